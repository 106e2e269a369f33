"""Clause numbers that a spreadsheet spoilt, and which clause of an edition they most likely were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from auditlab.errors import ClauseError
from auditlab.intake.clause_numbers import first_meaning
from auditlab.standard.clauses import EDITIONS, clause_exists, parse_clause


def possible_editions(edition: object) -> tuple[str, ...]:
    """The edition of an audit where it is known, otherwise those that it may be."""
    return (edition,) if isinstance(edition, str) and edition in EDITIONS else EDITIONS


def known_clause(clause: str, *, editions: Iterable[str]) -> bool:
    """Whether one of the editions has the clause."""
    try:
        number = parse_clause(clause)
    except ClauseError:
        return False
    return any(clause_exists(number, edition=edition) for edition in editions)


def clause_proposals(day: dt.date) -> tuple[str, ...]:
    """The clauses that a date may have been, the likeliest first.

    8 June 2003 was 8.6.3 or, where the spreadsheet added its own year, 8.6.
    """
    return f"{day.day}.{day.month}.{day.year % 100}", f"{day.day}.{day.month}"


def likely_clause(text: str, *, editions: Iterable[str]) -> str:
    """The clause that a spoilt cell most likely was, ``""`` where none of the editions has one."""
    if meaning := first_meaning(text):
        return meaning
    day, possible = _written_day(text), tuple(editions)
    return next((each for each in clause_proposals(day) if known_clause(each, editions=possible)), "") if day else ""


def what_happened(text: str) -> str:
    """What the spreadsheet did to the citation, as a sentence that follows another; ``""`` where it did nothing."""
    if _written_day(text):
        return " The spreadsheet seems to have turned the number into a date."
    return " The spreadsheet kept it as a number, which has no zero at its end." if first_meaning(text) else ""


def _written_day(text: str) -> dt.date | None:
    """The date that a spreadsheet made of a clause, or ``None``."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None

"""Which edition an audit cites, told from all clause numbers of the audit and its date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from auditlab.errors import ClauseError
from auditlab.standard.clauses import EDITIONS, clause_order, clause_tree, parse_clause

PUBLISHED_2018 = dt.date(2018, 9, 1)  # the edition appeared in September 2018
LAST_DAY_2011 = dt.date(2021, 9, 29)  # end of the transition to the 2018 edition
LAST_YEAR_2005 = 2013  # certificates to the first edition ran out in that year

# Numbers of the first edition; the marks are what 2011 does not have.
_CHAPTERS_2005 = {"3": 3, "4": 4, "5": 0, "6": 6, "7": 3, "8": 3, "9": 2, "10": 1}  # chapter: sub-clauses
_NUMBERS_2005 = frozenset(
    {"4.4.1", "4.4.2", "4.4.3", *_CHAPTERS_2005}
    | {f"{chapter}.{i + 1}" for chapter, size in _CHAPTERS_2005.items() for i in range(size)}
)
_MARKS_2005 = frozenset(("7.3", "8.3", "10", "10.1"))
# Beyond the two trees: a sub-clause cited below a number that only one edition divides further.
_SHAPES = MappingProxyType(
    {
        "2011": re.compile(r"(4\.[1345]|6\.[36])\..+|(5\.4|6\.[456])(\..+)?"),
        "2018": re.compile(r"(5\.2|6\.[12]|8\.[0-9]+|9\.2)\..+|(7\.[3456]|9\.4|10\.[0-9]+)(\..+)?"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionEvidence:
    """What the clause numbers of a whole audit say about its edition."""

    edition: str | None  # with `needs_confirmation` no more than a proposal
    only_2011: tuple[str, ...]
    only_2018: tuple[str, ...]
    colliding: tuple[str, ...]  # numbers that both editions use
    neither: tuple[str, ...]  # numbers or texts that are in no known edition
    needs_confirmation: bool
    silent: bool  # the numbers say nothing at all; only the date may propose an edition
    note: str


def detect_edition(clauses: Iterable[object], *, audit_date: dt.date | None = None) -> EditionEvidence:
    """The edition of an audit from all clause numbers it cites or covers.

    A number that only one edition has decides. Numbers of both give no edition; where every number
    collides, `audit_date` gives a proposal that somebody has to confirm.

    Parameters
    ----------
    clauses : iterable of str
        Every clause of the audit, not of one row. Texts that are no clause number, and missing
        values, decide nothing.
    audit_date : date, optional
        First day of the audit.

    Returns
    -------
    EditionEvidence
        Numbers without duplicates in natural order, and a note that can be shown as it stands.
    """
    sides: dict[str, list[str]] = {"2011": [], "2018": [], "both": [], "neither": []}
    for clause in _distinct(clauses):
        sides[_side(clause)].append(clause)
    day = None if audit_date is None or pd.isna(audit_date) else pd.Timestamp(audit_date).date()
    silent = not sides["2011"] and not sides["2018"] and not _looks_like_2005(sides, day)
    edition, sure, note = _by_date(sides["both"], day) if silent else _verdict(sides, day)
    return EditionEvidence(
        edition=edition,
        only_2011=tuple(sides["2011"]),
        only_2018=tuple(sides["2018"]),
        colliding=tuple(sides["both"]),
        neither=tuple(sides["neither"]),
        needs_confirmation=not sure,
        silent=silent,
        note=note,
    )


def _distinct(clauses: Iterable[object]) -> list[str]:
    """Numbers in natural order, then other texts; missing values and blanks say nothing."""
    texts = sorted({clause for clause in clauses if isinstance(clause, str) and clause.strip()})
    numbers = [text for text in texts if _is_number(text)]
    return sorted(numbers, key=clause_order) + [text for text in texts if text not in numbers]


def _is_number(text: str) -> bool:
    try:
        parse_clause(text)
    except ClauseError:
        return False
    return True


def _side(clause: str) -> str:
    """Which edition a number speaks for: 2011, 2018, both or neither."""
    known = [edition for edition in EDITIONS if clause in clause_tree(edition)]
    if known:
        return known[0] if len(known) == 1 else "both"
    shaped = [edition for edition, shape in _SHAPES.items() if _is_number(clause) and shape.fullmatch(clause)]
    return shaped[0] if len(shaped) == 1 else "neither"


def _verdict(sides: Mapping[str, list[str]], day: dt.date | None) -> tuple[str | None, bool, str]:
    """Edition, whether it is sure, and the sentence that explains it, where some number speaks for one."""
    only_2011, only_2018 = sides["2011"], sides["2018"]
    if _looks_like_2005(sides, day):
        marks = [number for number in (*sides["neither"], *only_2018) if number in _NUMBERS_2005]
        beside = f" beside {_listed(only_2011)}" if only_2011 else ""
        note = (
            f"{_listed(marks)}{beside} looks like the edition of 2005, which is not mapped. "
            "Name the edition, or give the findings their 2018 clauses by hand."
        )
        return None, False, note
    if only_2011 and only_2018:
        note = (
            f"numbers of two editions in one audit: only in 2011 {_listed(only_2011)}; only in 2018 "
            f"{_listed(only_2018)}. Name the edition of the audit and mend the other citations."
        )
        return None, False, note
    if only_2011:
        late = "; the audit is dated after 29 September 2021: internal template or data error?"
        return "2011", True, f"only in 2011: {_listed(only_2011)}" + (late if day and day > LAST_DAY_2011 else "")
    early = "; the audit is dated before that edition appeared in September 2018: data error?"
    return "2018", True, f"only in 2018: {_listed(only_2018)}" + (early if day and day < PUBLISHED_2018 else "")


def _by_date(colliding: list[str], day: dt.date | None) -> tuple[str | None, bool, str]:
    """The proposal where no number decides."""
    numbers = f"only numbers that both editions use ({_listed(colliding)})" if colliding else "no number that decides"
    if day is not None and day > LAST_DAY_2011:
        return "2018", False, f"{numbers}; proposed by the date, as 2011 ended on 29 September 2021. Please confirm."
    if day is not None and day < PUBLISHED_2018:
        return "2011", False, f"{numbers}; proposed by the date, as 2018 appeared in September 2018. Please confirm."
    when = "the audit has no date" if day is None else "in that year audits were made against both"
    return None, False, f"{numbers}, and {when}. Name the edition."


def _looks_like_2005(sides: Mapping[str, list[str]], day: dt.date | None) -> bool:
    """Whether the numbers fit the first edition and 2011 cannot explain them.

    Its release process was 10.1 and its management system clause 3, beside 6.4 to 6.6, which 2018
    does not have.
    """
    if day is not None and day.year > LAST_YEAR_2005:
        return False
    cited = {number for numbers in sides.values() for number in numbers if _is_number(number)}
    if not cited or not cited <= _NUMBERS_2005:
        return False
    chapter_3 = any(number.split(".")[0] == "3" for number in cited)
    return chapter_3 or bool(cited & _MARKS_2005 and sides["2011"])


def _listed(numbers: list[str], *, at_most: int = 6) -> str:
    more = len(numbers) - at_most
    return ", ".join(numbers[:at_most]) + (f" and {more} more" if more > 0 else "")

"""The clause trees of ISO/IEC 20000-1 and the arithmetic on their numbers.

Numbers and headings are facts about the standard; evidence, roles and indicators are our own
wording. No requirement text is held. ``clauses.csv`` beside this module is the one definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from auditlab.errors import ClauseError
from auditlab.standard._tables import read_rows

EDITIONS = ("2011", "2018")
"""Editions of ISO/IEC 20000-1 whose clause tree is known."""

LABEL_OURS = "[label ours] "
"""Marks a clause that the standard numbers but gives no heading."""

_NUMBER = re.compile(r"[1-9][0-9]?(\.[1-9][0-9]?){0,4}")
_LEVELS_IN_OPERATION = 3  # clause 8 names its processes on the third level, the other clauses on the second
_LEVELS_ELSEWHERE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One entry of a clause tree."""

    number: str
    title: str  # heading as in the standard, or our label where it has none
    label_ours: bool
    leaf: bool  # auditable: findings and coverage are expected here
    evidence: str
    roles: str
    kpis: str


@cache
def clause_tree(edition: str = "2018") -> Mapping[str, Clause]:
    """All entries of an edition by number, in natural order.

    Raises
    ------
    ClauseError
        If the clause tree of that edition is not known.
    """
    if edition not in EDITIONS:
        raise ClauseError(
            f"There is no clause tree of edition '{edition}'. Known editions: {', '.join(EDITIONS)}. "
            "Name one of them, or leave the clauses of other editions as cited."
        )
    entries = [
        Clause(
            number=row["clause"],
            title=row["title"].removeprefix(LABEL_OURS),
            label_ours=row["title"].startswith(LABEL_OURS),
            leaf=row["leaf"] == "y",
            evidence=row["evidence"],
            roles=row["roles"],
            kpis=row["kpis"],
        )
        for row in read_rows("clauses.csv")
        if row["edition"] == edition
    ]
    return MappingProxyType({entry.number: entry for entry in sorted(entries, key=lambda e: clause_order(e.number))})


def parse_clause(text: object) -> str:
    """The clause number that `text` is, such as ``"8.5.1.3"``; nothing is cleaned or guessed.

    Parameters
    ----------
    text : object
        A text of one to five numbers from 1 to 99 joined by dots.

    Returns
    -------
    str
        The same number.

    Raises
    ------
    ClauseError
        If it is no text (a spreadsheet number 8.1 may once have been 8.10) or holds anything else.
    """
    if not isinstance(text, str):
        raise ClauseError(
            f"{text!r} is no clause number but a value of type {type(text).__name__}. "
            "Keep clauses as text, because 8.1 and 8.10 are the same number to a spreadsheet."
        )
    if not _NUMBER.fullmatch(text):
        raise ClauseError(
            f"'{text}' is no clause number. Expected numbers joined by dots and nothing else, e.g. 8.5.1.3. "
            "Mend the cell or split it into one row per clause."
        )
    return text


def clause_order(clause: str) -> tuple[int, ...]:
    """Sort key that puts 8.2 before 8.10; raises `ClauseError` as `parse_clause` does."""
    return tuple(int(part) for part in parse_clause(clause).split("."))


def clause_exists(clause: str, *, edition: str = "2018") -> bool:
    """Whether the edition has this clause, at any level; a text that is no clause number is in none."""
    return clause in clause_tree(edition)


def clause_title(clause: str, *, edition: str = "2018") -> str:
    """Heading of a clause, or our label where the standard numbers but does not name it.

    Raises
    ------
    ClauseError
        If the text is no clause number or the edition has no such clause.
    """
    return _entry(clause, edition=edition).title


@cache
def auditable_leaves(edition: str = "2018") -> tuple[str, ...]:
    """The clauses at which coverage is counted, in natural order: 63 in 2018, 39 in 2011."""
    return tuple(number for number, entry in clause_tree(edition).items() if entry.leaf)


@cache
def leaves_under(clause: str, *, edition: str = "2018") -> tuple[str, ...]:
    """The auditable leaves below a clause in natural order; a leaf is its own.

    Coverage may be expanded this way. A finding may not: what was cited at 8.5 says nothing about
    one of its leaves.

    Raises
    ------
    ClauseError
        If the text is no clause number or the edition has no such clause.
    """
    number = _entry(clause, edition=edition).number
    return tuple(leaf for leaf in auditable_leaves(edition) if leaf == number or leaf.startswith(f"{number}."))


def parent_clause(clause: str) -> str | None:
    """The clause one level up, ``None`` above a main clause; whether an edition has it is not asked."""
    return next(iter(ancestors(clause)), None)


def ancestors(clause: str) -> tuple[str, ...]:
    """The clauses above, nearest first: 8.5.1.3 gives 8.5.1, 8.5, 8."""
    parts = parse_clause(clause).split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))


def recurrence_key(clause: str) -> str:
    """The clause at which findings of several audits are compared.

    Three levels inside clause 8 and two elsewhere; a citation above that level keeps its own
    number, because it must not be pushed down.
    """
    parts = parse_clause(clause).split(".")
    return ".".join(parts[: _LEVELS_IN_OPERATION if parts[0] == "8" else _LEVELS_ELSEWHERE])


def common_ancestor(clauses: Iterable[str]) -> str | None:
    """The deepest clause that is above or equal to all of them; ``None`` if there is none.

    Findings cited at different depths are compared there, and the level is printed.
    """
    orders = [parse_clause(clause).split(".") for clause in clauses]
    shared: list[str] = []
    for parts in zip(*orders, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ".".join(shared) or None


def clause_table(edition: str = "2018") -> pd.DataFrame:
    """The clause tree of an edition as a frame.

    Returns
    -------
    DataFrame
        ``clause, parent`` (missing at the top), ``title, label_ours`` (the heading is our label),
        ``leaf, key`` (recurrence key), ``evidence, roles, kpis``, in natural order.
    """
    frame = pd.DataFrame(
        {
            "clause": entry.number,
            "parent": parent_clause(entry.number),
            "title": entry.title,
            "label_ours": entry.label_ours,
            "leaf": entry.leaf,
            "key": recurrence_key(entry.number),
            "evidence": entry.evidence,
            "roles": entry.roles,
            "kpis": entry.kpis,
        }
        for entry in clause_tree(edition).values()
    )
    return frame.astype({column: "bool" if column in ("label_ours", "leaf") else "str" for column in frame})


def _entry(clause: str, *, edition: str) -> Clause:
    tree = clause_tree(edition)
    if parse_clause(clause) in tree:
        return tree[clause]
    known = next((above for above in ancestors(clause) if above in tree), None)
    below = [number for number in tree if parent_clause(number) == known]
    where = f"Below {known} it has {', '.join(below) or 'no clause'}" if known else f"It has {', '.join(below)}"
    raise ClauseError(
        f"ISO/IEC 20000-1:{edition} has no clause {clause}. {where}. Mend the number or name the edition it comes from."
    )

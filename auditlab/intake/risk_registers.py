"""Registers of risks: with a running number and actions they fit the table of corrective actions, and are none.

``risk_words.csv`` beside this module lists the headers that tell them, and those of a finding. Where a header
names a finding, its audit or its clause, risks are but a column of a list of actions.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from auditlab.intake.aliases import column_aliases, common_headers
from auditlab.intake.plain import plain_header

ACTIONS = "corrective_actions"
SURE = 2
"""So many headers of a register of risks tell one; a single one may be a column of any list."""
_OF_A_FINDING = frozenset({"finding_id", "audit_id", "audit_date", "clause_as_cited"})


def risk_headers(headers: Iterable[str]) -> tuple[str, ...]:
    """Those of `headers` that a register of risks has; none where another of them is about a finding."""
    plain = {header: plain_header(header) for header in headers}
    if _finding_words().intersection(plain.values()):
        return ()
    return tuple(header for header, text in plain.items() if text in _words("risk"))


def may_list_risks(table: str, columns: Mapping[str, int], headers: Mapping[int, str]) -> bool:
    """Whether a sheet fits corrective actions, but may as well be a register of risks.

    Parameters
    ----------
    table : str
        Canonical table that its headers fit.
    columns : mapping of str to int
        Canonical column to sheet column.
    headers : mapping of int to str
        Sheet column to header.
    """
    number = headers.get(columns.get("finding_id", 0), "")
    return table == ACTIONS and plain_header(number) in _numbers() and bool(risk_headers(headers.values()))


@cache
def _words(about: str) -> frozenset[str]:
    with resources.files(__package__).joinpath("risk_words.csv").open(encoding="utf-8") as source:
        lists = [row["headers"].split("|") for row in csv.DictReader(source) if row["about"] == about]
    return frozenset(plain_header(text) for texts in lists for text in texts)


@cache
def _numbers() -> frozenset[str]:
    """Headers of a running number, which says nothing of a finding."""
    return frozenset(text for text, column in common_headers(ACTIONS).items() if column == "finding_id")


@cache
def _finding_words() -> frozenset[str]:
    named = {text for text, column in column_aliases("findings").items() if column in _OF_A_FINDING}
    return frozenset(named | _words("finding")) - _numbers()

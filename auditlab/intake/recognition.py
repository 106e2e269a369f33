"""What a sheet was recognised as, and the words in which a person may say so in ``[mapping]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditlab.intake.near_headers import NearHeader

SEARCHED_ROWS = 30
MIN_MATCHED = 2
TABLE = "table"
NO_TABLE = "none"
"""Answer for a sheet that holds no table: it is left out without a question."""
JOIN = " + "
"""Between the headers that a person joins for one column."""
CONSTANT = "= "
"""Begins an answer that is no header but the value of the column in all rows of the sheet."""
ROW = "row"
"""Behind `CONSTANT`, for a list without numbers: each record is called by its row."""
NO_COLUMN = "none"
"""Answer for a canonical column that the sheet does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What a sheet was recognised as.

    Attributes
    ----------
    table : str
        Canonical table.
    header_row : int
        Row of the headers, as the spreadsheet program numbers it.
    columns : mapping of str to int
        Canonical column to sheet column, counted from 1.
    unknown : mapping of str to int
        Headers that belong to no canonical column of the table, or to one that is taken already.
    missing : tuple of str
        Required columns for which no header was found.
    system : str
        Tool whose export it is, or ``""``.
    units : mapping of str to str
        Canonical column to the unit of its bare numbers, where the header or the tool says it.
    roles : mapping of str to int
        What some columns are good for beyond their value (`Role`) to sheet column.
    times : mapping of str to int
        Canonical column to the sheet column that holds its time of day.
    zones : mapping of int to str
        Sheet column to the time zone that its header names.
    persons : tuple of str
        Headers of columns that name people; they are left out.
    near : tuple of NearHeader
        Headers that resemble a known one; the likely ones are among `columns` already.
    set_aside : mapping of int to str
        Rows that are no record of their own, with the reason.
    joined : mapping of str to tuple of int
        Canonical column to the sheet columns that a person joined for it, such as a key of three.
    explained : int
        Headers that the export of a tool is known by [count].
    remark : str
        What a person should know of how the table came about.
    """

    table: str
    header_row: int
    columns: Mapping[str, int]
    unknown: Mapping[str, int]
    missing: tuple[str, ...]
    system: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)
    zones: Mapping[int, str] = field(default_factory=dict)
    persons: tuple[str, ...] = ()
    near: tuple[NearHeader, ...] = ()
    set_aside: Mapping[int, str] = field(default_factory=dict)
    joined: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    explained: int = 0
    remark: str = ""

    @property
    def score(self) -> tuple[bool, float, int]:
        """Complete tables first, then the share of headers explained, then their number."""
        known = max(self.explained, len(self.columns))
        total = len(self.columns) + len(self.unknown) + len(self.persons)
        return not self.missing, known / total, known

    @property
    def shown(self) -> str:
        """What was recognised beyond the table, as remarks for the summary."""
        parts = [f"export of {self.system}"] if self.system else []
        if self.persons:
            parts.append(f"columns that name people left out: {', '.join(self.persons)}")
        parts += [near.shown for near in self.near if near.taken]
        parts += [self.remark] if self.remark else []
        return "; ".join(parts)

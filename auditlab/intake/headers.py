"""Find the header row of a sheet and tell by its headers which canonical table it holds.

The catalogue ``column_aliases.csv`` lists, per canonical column, the headers seen in practice.
A header matches when it is the same without case and punctuation, or else without what stands in
brackets (usually a unit).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import clean_text
from auditlab.tables import table_specs

SEARCHED_ROWS = 30
MIN_MATCHED = 2
EVERY_TABLE = "*"
TABLE = "table"
NO_TABLE = "none"
"""Answer for a sheet that holds no table: it is left out without a question."""


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
    """

    table: str
    header_row: int
    columns: Mapping[str, int]
    unknown: Mapping[str, int]
    missing: tuple[str, ...]

    @property
    def score(self) -> tuple[bool, float, int]:
        """Complete tables first, then the share of headers explained, then their number."""
        return not self.missing, len(self.columns) / (len(self.columns) + len(self.unknown)), len(self.columns)


def plain_header(header: str) -> str:
    """A header without case and punctuation."""
    return re.sub(r"[\W_]+", " ", header.casefold()).strip() or header.strip()


def _without_brackets(header: str) -> str:
    """A header without what stands in brackets, usually a unit."""
    return plain_header(re.sub(r"[(\[].*?[)\]]", " ", header))


def _told_apart(header: str, column: str | None, columns: Mapping[str, int], unknown: Mapping[str, int]) -> str:
    """A header of no column of its own, with what makes it differ from its namesakes."""
    told = f"{header} (a second '{column}')" if column in columns else header
    repeats = 2
    while told in unknown:
        told = f"{header} ({repeats})"
        repeats += 1
    return told


@cache
def column_aliases(table: str) -> Mapping[str, str]:
    """Plain header to canonical column for one table."""
    with resources.files(__package__).joinpath("column_aliases.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    names = {plain_header(name): name for name in table_specs()[table].column_names}
    own = rows[rows["table"].isin([table, EVERY_TABLE]) & rows["column"].isin(names.values())]
    # The table's own aliases are laid over the general ones.
    for general in (True, False):
        part = own[(own["table"] == EVERY_TABLE) == general]
        for column, aliases in zip(part["column"], part["aliases"], strict=True):
            names |= {plain_header(alias): column for alias in aliases.split("|")}
    return names


def recognise(sheet: RawSheet, *, mapping: Mapping[str, str] | None = None) -> Recognition | None:
    """The best table for a sheet, or ``None`` when its headers explain nothing.

    Parameters
    ----------
    sheet : RawSheet
        The cells.
    mapping : mapping of str to str, optional
        What a person said of this sheet: canonical column to header, and ``table`` to the name of
        the table. It wins over the catalogue.

    Returns
    -------
    Recognition or None
        A table is only proposed when at least `MIN_MATCHED` headers match and its headers cover half
        of the required columns; `Recognition.missing` then names the others.
    """
    mapping = mapping or {}
    own = {plain_header(header): column for column, header in mapping.items() if column != TABLE}
    tables = [mapping[TABLE]] if TABLE in mapping else list(table_specs())
    best: Recognition | None = None
    for number, row in enumerate(sheet.rows[:SEARCHED_ROWS], start=1):
        headers = {column: clean_text(cell) for column, cell in enumerate(row, start=1) if isinstance(cell, str)}
        headers = {column: header for column, header in headers.items() if header}
        if len(headers) < MIN_MATCHED:
            continue
        for table in tables:
            found = _match(table, headers, header_row=number, own=own)
            if found is not None and (best is None or found.score > best.score):
                best = found
    return best


def _match(table: str, headers: Mapping[int, str], *, header_row: int, own: Mapping[str, str]) -> Recognition | None:
    names = set(table_specs()[table].column_names)
    aliases = dict(column_aliases(table)) | {header: column for header, column in own.items() if column in names}
    columns: dict[str, int] = {}
    unknown: dict[str, int] = {}
    # A header that a person named takes its column before any header of the catalogue.
    named_first = sorted(headers.items(), key=lambda item: plain_header(item[1]) not in own)
    for position, header in named_first:
        column = aliases.get(plain_header(header)) or aliases.get(_without_brackets(header))
        if column is None or column in columns:
            unknown[_told_apart(header, column, columns, unknown)] = position
        else:
            columns[column] = position
    required = table_specs()[table].required
    missing = tuple(name for name in required if name not in columns)
    if len(columns) < MIN_MATCHED or len(missing) * 2 > len(required):
        return None
    return Recognition(table=table, header_row=header_row, columns=columns, unknown=unknown, missing=missing)

"""Sheets of one file that hold the same table, such as one per month, whose headers drift from sheet to sheet."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import replace

from auditlab.intake.cells import Cell
from auditlab.intake.headers import recognise
from auditlab.intake.plain import plain_header
from auditlab.intake.recognition import TABLE
from auditlab.intake.table_regions import TableArea
from auditlab.intake.values import clean_text

_SAMPLED_ROWS = 50
MIN_SHARED = 4
"""Fewer headers in common say nothing about two sheets."""


def settle_siblings(areas: Sequence[TableArea], *, confirmed: Container[tuple[str, str]] = ()) -> list[TableArea]:
    """The tables, with a header nobody knows read as the column that stands in its place in the other sheets.

    That is done only within one file, for the same table, where the other sheet has the same field
    before it, this sheet lacks the field, and the cells of both columns are of one kind. Every such
    column is marked in the ledger. A sheet that shares most headers with another and seems to be
    another table only because of the header that changed is read as the other, if then nothing is missing.

    Parameters
    ----------
    areas : sequence of TableArea
        All tables of all files.
    confirmed : container of (file, sheet)
        Sheets of which a person said what they are; they stay as they are.
    """
    free = [area for area in areas if (area.sheet.file, area.sheet.name) not in confirmed]
    settled = {id(area): _settled(area, [other for other in areas if _siblings(area, other)]) for area in free}
    settled |= {id(area): found for area in free if (found := _like_sibling(area, areas)) is not None}
    return [settled.get(id(area), area) for area in areas]


def _like_sibling(area: TableArea, areas: Sequence[TableArea]) -> TableArea | None:
    """The sheet read as the table of a sheet with mostly the same headers, where that explains more of them."""
    own = _headers(area)
    for other in areas:
        same_file = other.sheet.file == area.sheet.file and other.sheet.name != area.sheet.name
        differs = same_file and other.recognition.table != area.recognition.table and not area.first_column
        if not differs or other.recognition.missing or 2 * len(own & _headers(other)) <= max(len(own), MIN_SHARED):
            continue
        found = recognise(area.sheet, mapping={TABLE: other.recognition.table})
        if found is None or found.header_row != area.recognition.header_row:
            continue
        siblings = [one for one in areas if one.sheet.file == other.sheet.file and one.recognition.table == found.table]
        forced = _settled(replace(area, recognition=found), siblings)
        if not forced.recognition.missing and len(found.columns) > len(area.recognition.columns):
            return forced
    return None


def _headers(area: TableArea) -> set[str]:
    row = area.sheet.rows[area.recognition.header_row - 1]
    return {plain_header(clean_text(cell)) for cell in row if clean_text(cell)}


def _siblings(one: TableArea, other: TableArea) -> bool:
    return (
        one is not other
        and one.sheet.file == other.sheet.file
        and one.sheet.name != other.sheet.name
        and one.recognition.table == other.recognition.table
    )


def _settled(area: TableArea, siblings: Sequence[TableArea]) -> TableArea:
    columns, unknown = dict(area.recognition.columns), dict(area.recognition.unknown)
    by_place: dict[str, str] = {}
    for sibling in siblings:
        for name, column in sibling.recognition.columns.items():
            header = next((text for text, position in unknown.items() if position == column), None)
            if name in columns or header is None or not _same_before(columns, sibling, column):
                continue
            if _cell_kind(area, column) == _cell_kind(sibling, column) != "":
                columns[name] = unknown.pop(header)
                by_place[name] = sibling.sheet.name
    missing = tuple(name for name in area.recognition.missing if name not in columns)
    recognition = replace(area.recognition, columns=columns, unknown=unknown, missing=missing)
    return replace(area, recognition=recognition, by_place=by_place) if by_place else area


def _same_before(columns: dict[str, int], sibling: TableArea, column: int) -> bool:
    """Whether the field left of a column is the same in both sheets; the first column has none."""
    here = next((name for name, position in columns.items() if position == column - 1), "")
    there = next((name for name, position in sibling.recognition.columns.items() if position == column - 1), "")
    return here == there


def _cell_kind(area: TableArea, column: int) -> str:
    """What most of the first cells below a header are; ``""`` if none is filled."""
    first = area.recognition.header_row + 1
    rows = range(first, min(first + _SAMPLED_ROWS, len(area.sheet.rows) + 1))
    kinds = Counter(_kind(cell) for row in rows if (cell := area.sheet.cell(row, column)) is not None)
    return kinds.most_common(1)[0][0] if kinds else ""


def _kind(cell: Cell) -> str:
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        return "time"
    return "text" if isinstance(cell, str) else "number"

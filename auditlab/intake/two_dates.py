"""Due dates of which a cell holds two: the one first agreed and the one after an extension."""

from __future__ import annotations

import re
from dataclasses import replace

from auditlab.intake.cells import Cell
from auditlab.intake.table_regions import TableArea
from auditlab.intake.values import clean_text

FIRST, LAST = "due_original", "due_current"
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)")
TWO_DATES = "two dates in one cell: the first is the due date agreed first, the second the one after the extension"
HEADER = "(second date)"


def with_two_dates(area: TableArea) -> TableArea:
    """`area` with a further column for the second date of its due dates, where cells hold two and it has none.

    The rows of the sheet are changed: a cell with two dates keeps the first, and the second stands right of
    the table under `HEADER`.
    """
    found = area.recognition
    if found.table != "corrective_actions" or FIRST not in found.columns or LAST in found.columns:
        return area
    place = found.columns[FIRST]
    below = range(found.header_row, len(area.sheet.rows))
    second = {number: dates for number in below if (dates := _two(area.sheet.cell(number + 1, place)))}
    if not second:
        return area
    width = area.sheet.width
    rows = list(area.sheet.rows)
    header = rows[found.header_row - 1]
    rows[found.header_row - 1] = (*header, *(None,) * (width - len(header)), HEADER)
    for number, (first, last) in second.items():
        row = rows[number]
        rows[number] = (*row[: place - 1], first, *row[place:], *(None,) * (width - len(row)), last)
    columns = dict(found.columns) | {LAST: width + 1}
    return replace(
        area,
        sheet=replace(area.sheet, rows=tuple(rows)),
        recognition=replace(found, columns=columns),
        parted={(number + 1, place): clean_text(area.sheet.cell(number + 1, place)) for number in second},
    )


def _two(cell: Cell) -> tuple[str, str] | None:
    """The two different dates of a text, as they stand."""
    dates = [match[0] for match in _DATE.finditer(clean_text(cell))] if isinstance(cell, str) else []
    return (dates[0], dates[1]) if len(dates) == 2 and dates[0] != dates[1] else None

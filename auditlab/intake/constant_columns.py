"""A column that a sheet does not have because it is the same for all its rows: the metric, or the month in a title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditlab.intake.plain import one_word
from auditlab.intake.recognition import CONSTANT, ROW
from auditlab.intake.table_regions import TableArea
from auditlab.tables import table_specs


def constants(mapping: Mapping[str, str]) -> dict[str, str]:
    """Canonical column to the value that a person said it has in all rows of the sheet."""
    return {
        column: said.removeprefix(CONSTANT).strip() for column, said in mapping.items() if said.startswith(CONSTANT)
    }


def with_constants(area: TableArea, mapping: Mapping[str, str]) -> TableArea:
    """The table with one further column per constant, right of its last, under a header that says so.

    Only rows that hold something get the value, so that no blank row becomes a record. A key said to be
    `ROW` is the name of the sheet with the number of the row.
    """
    known = table_specs()[area.recognition.table].column_names
    said = {column: value for column, value in constants(mapping).items() if column in known}
    if not said:
        return area
    own = table_specs()[area.recognition.table].columns[0].name
    width = area.sheet.width
    header = area.recognition.header_row
    rows = list(area.sheet.rows)
    for number, row in enumerate(rows, start=1):
        if number >= header and any(cell is not None for cell in row):
            mark = CONSTANT if number == header else ""
            key = f"{one_word(area.sheet.name)}/{number}"
            values = (
                key if value == ROW and name == own and not mark else mark + value for name, value in said.items()
            )
            rows[number - 1] = (*row, *(None,) * (width - len(row)), *values)
    columns = dict(area.recognition.columns) | {column: place for place, column in enumerate(said, start=width + 1)}
    return replace(
        area,
        sheet=replace(area.sheet, rows=tuple(rows)),
        recognition=replace(area.recognition, columns=columns),
    )

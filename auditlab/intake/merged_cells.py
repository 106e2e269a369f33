"""Merged cells in the body of a table: the value counts for every row it covers, and never makes a record.

A cell merged over several columns keeps its value in the first of them: what it would mean in the
others nobody can know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from auditlab.intake.cells import Cell
from auditlab.intake.header_rows import HeaderRow
from auditlab.intake.record_keys import KEYS
from auditlab.intake.sheets import RawSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """What merged cells did to a table.

    Attributes
    ----------
    cells : mapping of (int, int) to int
        Row and column of a filled cell to the row from which its value comes.
    continued : mapping of int to int
        Row that only continues a record, because its whole key is merged, to the row of that record.
    across : frozenset of int
        Rows whose first filled cell is merged over several columns.
    """

    cells: Mapping[tuple[int, int], int] = field(default_factory=dict)
    continued: Mapping[int, int] = field(default_factory=dict)
    across: frozenset[int] = frozenset()


def repeat_merged(sheet: RawSheet, header: HeaderRow, *, below: range) -> tuple[RawSheet, Repeats]:
    """The sheet with merged values repeated down, in rows that hold something of their own.

    Parameters
    ----------
    sheet : RawSheet
        The sheet with one table alone.
    header : HeaderRow
        Its headers.
    below : range
        Rows of the records.
    """
    boxes = [box for box in sheet.marks.merged if below.start <= box.top < below.stop]
    across = frozenset(box.top for box in boxes if box.right > box.left and _opens_row(sheet, box.top, box.left))
    down = [box for box in boxes if box.bottom > box.top and sheet.cell(box.top, box.left) is not None]
    if not down:
        return sheet, Repeats(across=across)
    rows = dict(enumerate(sheet.rows, start=1))
    own = {row for row in below if any(cell is not None for cell in rows[row])}
    cells: dict[tuple[int, int], int] = {}
    for box in down:
        value = sheet.cell(box.top, box.left)
        for row in range(box.top + 1, min(box.bottom, below.stop - 1) + 1):
            if row in own and sheet.cell(row, box.left) is None:
                rows[row] = _with(rows[row], box.left, value)
                cells[row, box.left] = box.top
    filled = replace(sheet, rows=tuple(rows.values()))
    return filled, Repeats(cells=cells, continued=_continued(header, cells), across=across)


def _opens_row(sheet: RawSheet, row: int, column: int) -> bool:
    first = next((place for place, cell in enumerate(sheet.rows[row - 1], start=1) if cell is not None), 0)
    return first == column


def _with(row: tuple[Cell, ...], column: int, value: Cell) -> tuple[Cell, ...]:
    longer = row + (None,) * (column - len(row))
    return (*longer[: column - 1], value, *longer[column:])


def _continued(header: HeaderRow, cells: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """Rows whose whole key comes from merged cells that begin in one and the same row."""
    columns = header.recognition.columns
    key = [columns[name] for name in KEYS.get(header.recognition.table, ()) if name in columns]
    continued = {}
    for row in {row for row, _ in cells}:
        origins = {cells.get((row, column)) for column in key}
        origin = origins.pop() if len(origins) == 1 else None
        if origin is not None:
            continued[row] = origin
    return continued

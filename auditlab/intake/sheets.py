"""Raw sheets: every cell as it stands, at its own row and column. Nothing is interpreted here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np

from auditlab.intake.cell_rows import CellRows
from auditlab.intake.cells import Cell, Row
from auditlab.intake.coded_cells import PackedSheet
from auditlab.intake.sheet_xml import SheetMarks


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSheet:
    """One sheet, cell by cell; ``rows[0]`` is row 1 of the spreadsheet program.

    Attributes
    ----------
    file, name : str
        File and sheet, as the ledger calls them.
    rows : sequence of tuple
        The cells; rows may differ in length. As they were read they are columns (`CellRows`), once a
        step has changed some of them they are tuples.
    hidden : bool
        Whether the sheet is hidden.
    marks : SheetMarks
        What is known of the sheet beside its cells.
    engine : str
        The library that read it.
    notes : tuple of str
        What a person should know of how the file was read.
    """

    file: str
    name: str
    rows: CellRows | tuple[Row, ...]
    hidden: bool = False
    marks: SheetMarks = field(default_factory=SheetMarks)
    engine: str = ""
    notes: tuple[str, ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """The cell at `row` and `column`, both counted from 1; ``None`` outside the sheet."""
        values = self.rows[row - 1]
        return values[column - 1] if column <= len(values) else None

    @classmethod
    def unpacked(cls, packed: PackedSheet, *, file: str) -> RawSheet:
        """The sheet as a reader found it; `file` is what the ledger calls its file."""
        # calamine returns error cells as if they were blank, and may end above a row of formulas without a value.
        longest = max(packed.marks.unsaved_rows, default=0)
        return cls(
            file=file,
            name=packed.name,
            rows=CellRows.of(packed.cells.coded(), errors=packed.marks.errors, rows=longest),
            hidden=packed.hidden,
            marks=packed.marks,
            engine=packed.engine,
            notes=packed.notes,
        )

    def cells(self, rows: Sequence[int] | np.ndarray, column: int) -> Sequence[Cell]:
        """The cells of `column` in `rows`, all counted from 1; ``None`` outside the sheet."""
        if isinstance(self.rows, CellRows):
            return self.rows.cells(rows, column)
        counted = ((), *self.rows)
        found = list(map(counted.__getitem__, rows))
        try:
            return list(map(itemgetter(column - 1), found))
        except IndexError:  # a row ends before the column
            return [row[column - 1] if column <= len(row) else None for row in found]

    @property
    def sizes(self) -> np.ndarray:
        """Number of filled cells of every row, from row 1."""
        if isinstance(self.rows, CellRows):
            return self.rows.sizes
        return np.fromiter((len(row) - row.count(None) for row in self.rows), dtype="int64", count=len(self.rows))

    @property
    def width(self) -> int:
        """Number of cells of the longest row."""
        return self.rows.width if isinstance(self.rows, CellRows) else max(map(len, self.rows), default=0)

"""Raw sheets: every cell as it stands, at its own row and column. Nothing is interpreted here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from auditlab.intake.sheet_xml import SheetMarks

Cell = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
Rows = tuple[tuple[Cell, ...], ...]

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
TEXT_SUFFIXES = (".csv", ".tsv")
COLUMN_SUFFIXES = (".parquet",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSheet:
    """One sheet, cell by cell; ``rows[0]`` is row 1 of the spreadsheet program.

    Attributes
    ----------
    file, name : str
        File and sheet, as the ledger calls them.
    rows : tuple of tuple
        The cells; rows may differ in length.
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
    rows: Rows
    hidden: bool = False
    marks: SheetMarks = field(default_factory=SheetMarks)
    engine: str = ""
    notes: tuple[str, ...] = ()

    def cell(self, row: int, column: int) -> Cell:
        """The cell at `row` and `column`, both counted from 1; ``None`` outside the sheet."""
        values = self.rows[row - 1]
        return values[column - 1] if column <= len(values) else None

    def cells(self, rows: Sequence[int], column: int) -> list[Cell]:
        """The cells of `column` in `rows`, all counted from 1; ``None`` outside the sheet."""
        counted = ((), *self.rows)
        found = list(map(counted.__getitem__, rows))
        try:
            return list(map(itemgetter(column - 1), found))
        except IndexError:  # a row ends before the column
            return [row[column - 1] if column <= len(row) else None for row in found]


def is_table_file(path: Path) -> bool:
    """Whether intake reads `path`; lock files of open workbooks and hidden files are left alone."""
    known = WORKBOOK_SUFFIXES + TEXT_SUFFIXES + COLUMN_SUFFIXES
    return path.suffix.lower() in known and not path.name.startswith((".", "~$"))


def filled(cell: Cell) -> Cell:
    """A cell that holds nothing but white space holds nothing; readers of workbooks disagree on this."""
    return None if isinstance(cell, str) and not cell.strip() else cell

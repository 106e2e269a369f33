"""The ledger: what happened to every row of every sheet and to every cell that was changed.

For every sheet, rows seen = loaded + rejected + skipped + duplicate. A row has one entry, with
an empty ``field``; an entry with a ``field`` tells of a cell (or, at the header row, of a whole
column) that was repaired, rejected or flagged. ``flagged`` keeps a value as it is and asks for eyes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from auditlab.errors import AccountError
from auditlab.intake.cells import Cell
from auditlab.intake.sheet_places import column_letter
from auditlab.intake.sheets import RawSheet

LEDGER_COLUMNS = ("file", "sheet", "row", "column", "table", "field", "action", "rule", "old", "new")
SUMMARY_COLUMNS = ("file", "sheet", "table", "seen", "loaded", "rejected", "skipped", "duplicate", "note", "engine")
_LEDGER_TYPES = dict.fromkeys(LEDGER_COLUMNS, "str") | {"row": "Int64"}

_Block = tuple[str, str, int]
"""File, sheet, and the first column of a table that stands beside others."""


COLUMN_COLUMNS = ("file", "sheet", "table", "column", "header_row", "header", "field", "filled", "rows")


class Action(StrEnum):
    """What happened to a row or a cell."""

    LOADED = "loaded"
    REPAIRED = "repaired"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    DUPLICATE = "duplicate"
    FLAGGED = "flagged"


class Place(NamedTuple):
    """A row of a sheet, as the spreadsheet program numbers it."""

    file: str
    sheet: str
    row: int
    column: int = 0
    """First column of the table, counted from 1, where several tables stand side by side; otherwise 0."""


def place_of(record: Mapping[Hashable, Any]) -> Place:  # Any: a cell of a frame
    """The place from which a row of a canonical frame came."""
    column = record["source_column"]
    file, sheet = str(record["source_file"]), str(record["source_sheet"])
    return Place(file, sheet, int(record["source_row"]), 0 if pd.isna(column) else int(column))


class _CellEntry(NamedTuple):
    place: Place
    column: str
    table: str
    field: str
    action: Action
    rule: str
    old: str
    new: str


_RowEntry = tuple[str, Action, str]
"""Table, action and rule."""


def shown(value: object) -> str:
    """A cell as the ledger writes it: dates in ISO form, whole numbers without ``.0``."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


class Ledger:
    """Collects the entries of one intake run."""

    def __init__(self) -> None:
        self._rows: dict[_Block, dict[int, _RowEntry]] = {}
        self._cells: list[_CellEntry] = []
        self._columns: list[tuple[str, str, str, str, int, str, str, int, int]] = []
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._tables: dict[tuple[str, str, str], str] = {}
        self._notes: dict[tuple[str, str], list[tuple[str | None, str]]] = {}
        self.unread_audits: set[str] = set()
        """Numbers of the audits that a list names in a row that could not be read."""

    def sheet(self, sheet: RawSheet, *, table: str, note: str = "") -> None:
        """Register a table of a sheet, so that it appears in the summary even without a row."""
        known = (sheet.file, sheet.name) in self._notes
        self._tables[sheet.file, sheet.name, table] = sheet.engine
        for text in (note, *(() if known else sheet.notes)):
            if text:
                self.note(sheet.file, sheet.name, text, table=table)

    def seen(self, sheet: RawSheet, *, table: str, rows: int) -> None:
        """Tell how many rows of a table the sheet itself has, counted without regard to what becomes of them."""
        self._seen[sheet.file, sheet.name, table] += rows

    def note(self, file: str, sheet: str, text: str, *, table: str | None = None) -> None:
        """Add a remark to the summary line of a sheet, or of one of its tables."""
        notes = self._notes.setdefault((file, sheet), [])
        if (table, text) not in notes:
            notes.append((table, text))

    def row(self, place: Place, *, table: str, action: Action, rule: str = "") -> None:
        """Account for a row; a later entry for the same row replaces the earlier one."""
        self._block(place)[place.row] = (table, action, rule)

    def loaded(self, header: Place, *, table: str, rows: Sequence[int]) -> None:
        """Account for `rows` of the table under `header` as loaded."""
        block = self._rows.setdefault((*header[:2], header.column), {})
        block.update(dict.fromkeys(rows, (table, Action.LOADED, "")))

    def _block(self, place: Place) -> dict[int, _RowEntry]:
        """The entries of the table in which a row stands, also where the caller does not know the table's column."""
        own = self._rows.setdefault((*place[:2], place.column), {})
        if place.column:
            return own
        beside = [
            block
            for (file, sheet, column), block in self._rows.items()
            if column and (file, sheet) == place[:2] and place.row in block
        ]
        return beside[0] if len(beside) == 1 else own

    def accounted(self, file: str, sheet: str) -> set[int]:
        """Numbers of the rows of a sheet that have an entry."""
        cells = {entry.place.row for entry in self._cells if entry.place[:2] == (file, sheet)}
        return cells.union(*(block for place, block in self._rows.items() if place[:2] == (file, sheet)))

    def cell(
        self,
        place: Place,
        *,
        table: str,
        field: str,
        action: Action,
        rule: str,
        old: Cell | object = None,
        new: object = None,
        column: int | None = None,
    ) -> None:
        """Tell of one cell; at the header row, of the column below it."""
        self._cells.append(_CellEntry(place, _letter(column), table, field, action, rule, shown(old), shown(new)))

    def column(self, header: Place, *, table: str, field: str, column: int, text: str, filled: int, rows: int) -> None:
        """Tell what a column was read as: `field` is empty where it has no canonical name."""
        place = (header.file, header.sheet, table, column_letter(column), header.row)
        self._columns.append((*place, text, field, filled, rows))

    def columns(self) -> pd.DataFrame:
        """What every column of every table was read as, in the order of the sheets."""
        frame = pd.DataFrame(self._columns, columns=list(COLUMN_COLUMNS))
        texts = dict.fromkeys(("file", "sheet", "table", "column", "header", "field"), "str")
        return frame.astype(texts | dict.fromkeys(("header_row", "filled", "rows"), "int64"))

    def frame(self) -> pd.DataFrame:
        """All entries, ordered by file, sheet and row; a row's own entry before those of its cells."""
        rows = [_row_frame(place, block) for place, block in self._rows.items() if block]
        cells = [
            (
                *entry.place[:3],
                entry.column,
                entry.table,
                entry.field,
                str(entry.action),
                entry.rule,
                entry.old,
                entry.new,
            )
            for entry in self._cells
        ]
        told = pd.DataFrame(cells, columns=list(LEDGER_COLUMNS)).astype(_LEDGER_TYPES)
        frame = pd.concat([*rows, told], ignore_index=True)
        return frame.sort_values(["file", "sheet", "row", "column", "field"], kind="stable", ignore_index=True)

    def summary(self) -> pd.DataFrame:
        """One line per sheet and table on it: rows by action, remarks, and the library that read the file.

        Raises
        ------
        AccountError
            If the rows of a table are not the rows that its sheet has: one would be lost or invented.
        """
        counts: Counter[tuple[str, str, str, Action]] = Counter()
        for (file, sheet, _), block in self._rows.items():
            for (table, action, _rule), times in Counter(block.values()).items():
                counts[file, sheet, table, action] += times
        lines = []
        for (file, sheet, table), engine in self._tables.items():
            by_action = [counts[file, sheet, table, action] for action in _ROW_ACTIONS]
            notes = [text for about, text in self._notes.get((file, sheet), []) if about in (None, table)]
            if sum(by_action) != self._seen[file, sheet, table]:
                raise AccountError(
                    f"{file}, sheet '{sheet}', table '{table}': {self._seen[file, sheet, table]} rows were seen and "
                    f"{sum(by_action)} are accounted for. This is a fault of auditlab; nothing was read. Report it."
                )
            lines.append((file, sheet, table, sum(by_action), *by_action, "; ".join(notes), engine))
        return pd.DataFrame(lines, columns=list(SUMMARY_COLUMNS))


def _row_frame(place: _Block, block: Mapping[int, _RowEntry]) -> pd.DataFrame:
    """The entries of the rows of one table, or of those of a sheet that belong to none."""
    file, sheet, column = place
    codes, different = pd.factorize(pd.Series(list(block.values()), dtype="object"))
    texts = pd.DataFrame(list(different), columns=["table", "action", "rule"]).astype("str").take(codes)
    frame = texts.reset_index(drop=True).assign(
        file=file, sheet=sheet, row=list(block), column=_letter(column), field="", old="", new=""
    )
    return frame[list(LEDGER_COLUMNS)].astype(_LEDGER_TYPES)


def _letter(column: int | None) -> str:
    return column_letter(column) if column else ""


_ROW_ACTIONS = (Action.LOADED, Action.REJECTED, Action.SKIPPED, Action.DUPLICATE)

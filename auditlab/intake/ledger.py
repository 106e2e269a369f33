"""The ledger: what happened to every row of every sheet and to every cell that was changed.

For every sheet, rows seen = loaded + rejected + skipped + duplicate. A row has one entry, with
an empty ``field``; an entry with a ``field`` tells of a cell (or, at the header row, of a whole
column) that was repaired, rejected or flagged. ``flagged`` keeps a value as it is and asks for eyes.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import NamedTuple

import pandas as pd

from auditlab.intake.sheet_xml import column_letter
from auditlab.intake.sheets import Cell, RawSheet

LEDGER_COLUMNS = ("file", "sheet", "row", "column", "table", "field", "action", "rule", "old", "new")
SUMMARY_COLUMNS = ("file", "sheet", "table", "seen", "loaded", "rejected", "skipped", "duplicate", "note")


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


class _CellEntry(NamedTuple):
    place: Place
    column: str
    table: str
    field: str
    action: Action
    rule: str
    old: str
    new: str


def shown(value: object) -> str:
    """A cell as the ledger writes it: dates in ISO form, whole numbers without ``.0``."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


class Ledger:
    """Collects the entries of one intake run."""

    def __init__(self) -> None:
        self._rows: dict[Place, tuple[str, Action, str]] = {}
        self._cells: list[_CellEntry] = []
        self._tables: dict[tuple[str, str], str] = {}
        self._notes: dict[tuple[str, str], list[str]] = {}

    def sheet(self, sheet: RawSheet, *, table: str, note: str = "") -> None:
        """Register a sheet, so that it appears in the summary even without a row."""
        self._tables[sheet.file, sheet.name] = table
        if note:
            self.note(sheet.file, sheet.name, note)

    def note(self, file: str, sheet: str, text: str) -> None:
        """Add a remark to the summary line of a sheet."""
        self._notes.setdefault((file, sheet), []).append(text)

    def row(self, place: Place, *, table: str, action: Action, rule: str = "") -> None:
        """Account for a row; a later entry for the same row replaces the earlier one."""
        self._rows[place] = (table, action, rule)

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
        letter = column_letter(column) if column else ""
        self._cells.append(_CellEntry(place, letter, table, field, action, rule, shown(old), shown(new)))

    def frame(self) -> pd.DataFrame:
        """All entries, ordered by file, sheet and row; a row's own entry before those of its cells."""
        rows = [
            (*place, "", table, "", str(action), rule, "", "") for place, (table, action, rule) in self._rows.items()
        ]
        cells = [
            (*entry.place, entry.column, entry.table, entry.field, str(entry.action), entry.rule, entry.old, entry.new)
            for entry in self._cells
        ]
        frame = pd.DataFrame(rows + cells, columns=list(LEDGER_COLUMNS))
        frame = frame.astype({column: "str" for column in LEDGER_COLUMNS if column != "row"} | {"row": "Int64"})
        return frame.sort_values(["file", "sheet", "row", "column", "field"], kind="stable", ignore_index=True)

    def summary(self) -> pd.DataFrame:
        """One line per sheet: the table it was read as, and the count of its rows by action."""
        counts = Counter((place.file, place.sheet, action) for place, (_, action, _) in self._rows.items())
        lines = []
        for (file, sheet), table in self._tables.items():
            by_action = [counts[file, sheet, action] for action in _ROW_ACTIONS]
            lines.append(
                (file, sheet, table, sum(by_action), *by_action, "; ".join(self._notes.get((file, sheet), [])))
            )
        return pd.DataFrame(lines, columns=list(SUMMARY_COLUMNS))


_ROW_ACTIONS = (Action.LOADED, Action.REJECTED, Action.SKIPPED, Action.DUPLICATE)

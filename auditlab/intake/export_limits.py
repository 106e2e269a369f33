"""Signs that an export is not whole: a round number of rows, a last month that falls away."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab.intake.headers import Recognition
from auditlab.intake.ledger import Action, Ledger, Place
from auditlab.intake.sheets import RawSheet

ROUND_COUNTS = frozenset({10_000, 50_000, 100_000})
"""Row limits at which tools cut an export off without an error."""
LIMITS_OF_SYSTEM = {"Jira": frozenset({1_000})}
SHEET_LIMITS = {65_535: "an .xls sheet", 1_048_575: "an .xlsx sheet"}
"""Rows below one header row that a sheet can hold at most."""
MONTHS_COMPARED = 6
DROP = 0.5
DATED_TABLES = {"incidents": "opened", "requests": "opened", "changes": "opened"}


def note_round_count(sheet: RawSheet, found: Recognition, *, ledger: Ledger) -> None:
    """Flag a sheet whose number of rows is a limit at which exports are cut off."""
    rows = sum(any(cell is not None for cell in row) for row in sheet.rows[found.header_row :])
    limits = ROUND_COUNTS | LIMITS_OF_SYSTEM.get(found.system, frozenset())
    if rows not in limits and rows not in SHEET_LIMITS:
        return
    what = SHEET_LIMITS.get(rows, "an export")
    text = f"exactly {rows} rows, a limit at which {what} is cut off without an error: compare with the tool"
    ledger.note(sheet.file, sheet.name, text)
    place = Place(sheet.file, sheet.name, found.header_row)
    ledger.cell(place, table=found.table, field="(sheet)", action=Action.FLAGGED, rule=text)


def note_last_month(tables: Mapping[str, pd.DataFrame], *, ledger: Ledger) -> None:
    """Flag sheets whose last month holds less than `DROP` of the median of the months before.

    Compared with the `MONTHS_COMPARED` months before it; shorter series say nothing. A sheet with
    one month per file says nothing either.
    """
    for table, column in DATED_TABLES.items():
        dated = tables[table].dropna(subset=[column])
        for (file, name), rows in dated.groupby(["source_file", "source_sheet"], sort=True):
            months = rows[column].dt.to_period("M").value_counts().sort_index()
            before = months.iloc[-1 - MONTHS_COMPARED : -1]
            if len(before) < MONTHS_COMPARED or months.iloc[-1] >= DROP * before.median():
                continue
            last = int(rows.sort_values(column)["source_row"].iloc[-1])
            text = (
                f"the last month, {months.index[-1]}, holds {months.iloc[-1]} records, the median of the "
                f"{MONTHS_COMPARED} before {before.median():g}: the export may end within it"
            )
            ledger.note(str(file), str(name), text)
            place = Place(str(file), str(name), last)
            ledger.cell(place, table=table, field=column, action=Action.FLAGGED, rule=text)

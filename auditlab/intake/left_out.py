"""Account for what is not loaded: whole sheets, and rows of a sheet that belong to none of its tables."""

from __future__ import annotations

from auditlab.intake.ledger import Action, Ledger, Place
from auditlab.intake.sheets import RawSheet

OUTSIDE = "outside the tables of the sheet"


def skip_sheet(sheet: RawSheet, *, rule: str, ledger: Ledger, note: str = "") -> None:
    """Account for a sheet that is not loaded: every filled row is skipped with one reason, told in full in `note`."""
    ledger.sheet(sheet, table="", note=note or rule)
    ledger.seen(sheet, table="", rows=sum(row.count(None) < len(row) for row in sheet.rows))
    for number, row in enumerate(sheet.rows, start=1):
        if any(cell is not None for cell in row):
            ledger.row(Place(sheet.file, sheet.name, number), table="", action=Action.SKIPPED, rule=rule)


def account_outside(sheet: RawSheet, *, ledger: Ledger) -> None:
    """Account for filled rows of a loaded sheet that belong to none of its tables."""
    known = ledger.accounted(sheet.file, sheet.name)
    for number, row in enumerate(sheet.rows, start=1):
        if number not in known and any(cell is not None for cell in row):
            ledger.sheet(sheet, table="")
            ledger.seen(sheet, table="", rows=1)
            ledger.row(Place(sheet.file, sheet.name, number), table="", action=Action.SKIPPED, rule=OUTSIDE)

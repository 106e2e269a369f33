"""Account for what is not loaded: whole sheets, and rows of a sheet that belong to none of its tables."""

from __future__ import annotations

import numpy as np

from auditlab.intake.ledger import Action, Ledger, Place
from auditlab.intake.sheets import RawSheet

OUTSIDE = "outside the tables of the sheet"


def skip_sheet(sheet: RawSheet, *, rule: str, ledger: Ledger, note: str = "") -> None:
    """Account for a sheet that is not loaded: every filled row is skipped with one reason, told in full in `note`."""
    ledger.sheet(sheet, table="", note=note or rule)
    ledger.seen(sheet, table="", rows=int(np.count_nonzero(sheet.sizes)))
    for place in np.flatnonzero(sheet.sizes).tolist():
        ledger.row(Place(sheet.file, sheet.name, place + 1), table="", action=Action.SKIPPED, rule=rule)


def account_outside(sheet: RawSheet, *, ledger: Ledger) -> None:
    """Account for filled rows of a loaded sheet that belong to none of its tables."""
    known = ledger.accounted(sheet.file, sheet.name)
    filled = np.flatnonzero(sheet.sizes) + 1
    for number in filled[~np.isin(filled, list(known))].tolist():
        ledger.sheet(sheet, table="")
        ledger.seen(sheet, table="", rows=1)
        ledger.row(Place(sheet.file, sheet.name, number), table="", action=Action.SKIPPED, rule=OUTSIDE)

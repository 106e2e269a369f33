"""Tickets joined with their service-level clocks, one row per clock: folded to one row per ticket.

The row that stays is that of the clock which measures the resolution (see `resolution_clocks`). A
ticket with other clocks only keeps its first row, without what that clock says.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from auditlab.intake.exports import Role
from auditlab.intake.recognition import Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.sla_clocks import resolution_clocks
from auditlab.intake.values import clean_text
from auditlab.tables import as_canonical, table_specs

CLOCK_COLUMNS = ("sla_breached", "deadline", "elapsed_minutes", "paused_minutes")


def fold_clocks(sheet: RawSheet, found: Recognition) -> tuple[RawSheet, Recognition]:
    """The sheet and its recognition with the rows of further clocks of a ticket set aside.

    Parameters
    ----------
    sheet : RawSheet
        The cells.
    found : Recognition
        What the sheet was recognised as; a column must name the agreement of the clock
        (`Role.AGREEMENT`), otherwise both come back unchanged.
    """
    key, definition = found.columns.get(table_specs()[found.table].columns[0].name), found.roles.get(Role.AGREEMENT)
    if key is None or definition is None:
        return sheet, found
    stage = found.roles.get(Role.STAGE, 0)
    numbers = [n for n in range(found.header_row + 1, len(sheet.rows) + 1) if clean_text(sheet.cell(n, key))]
    clocks = pd.DataFrame(
        {
            "record_id": [clean_text(sheet.cell(number, key)) for number in numbers],
            "definition": [clean_text(sheet.cell(number, definition)) for number in numbers],
            "stage": [clean_text(sheet.cell(number, stage)) if stage else "" for number in numbers],
            "source_row": numbers,
        }
    )
    chosen = resolution_clocks(as_canonical("sla_clocks", clocks)).set_index("record_id")["source_row"]
    kept = clocks.groupby("record_id", sort=False)["source_row"].first().to_dict()
    rows = list(sheet.rows)
    for record, number in kept.items():
        if record not in chosen.index:
            own = {found.columns[name] for name in CLOCK_COLUMNS if name in found.columns}
            cells = enumerate(rows[number - 1], start=1)
            rows[number - 1] = tuple(None if place in own else cell for place, cell in cells)
    kept |= chosen.to_dict()
    set_aside = {
        int(number): f"a further clock of {record}, folded into row {kept[record]}"
        for record, number in zip(clocks["record_id"], clocks["source_row"], strict=True)
        if kept[record] != number
    }
    return replace(sheet, rows=tuple(rows)), replace(found, set_aside=dict(found.set_aside) | set_aside)

"""Fold an event log, one row per update of a record, to one row per record: the last.

Flags that a tool changes late (ServiceNow's made_sla) are right in the last row of a record only:
the mean over the rows of such a log answers no question that anybody asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from auditlab.intake.cells import Cell
from auditlab.intake.columns import order_evidence
from auditlab.intake.exports import Role
from auditlab.intake.recognition import Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import clean_text
from auditlab.intake.words import read_state
from auditlab.settings import DateOrder
from auditlab.tables import table_specs

MIN_ROWS_PER_RECORD = 1.2
FINAL_STATES = frozenset({"Resolved", "Closed"})


def fold_events(sheet: RawSheet, found: Recognition) -> tuple[RawSheet, Recognition]:
    """The sheet and its recognition with every earlier update of a record set aside.

    Parameters
    ----------
    sheet : RawSheet
        The cells.
    found : Recognition
        What the sheet was recognised as; a column must count or date the updates (`Role.SEQUENCE`
        or `Role.EVENT`), and the records must have at least `MIN_ROWS_PER_RECORD` rows on average.

    Returns
    -------
    tuple
        Both unchanged where the sheet is no event log. A log without columns for opening and end
        (`Role.EVENT`) gets them: the first event, and the first event of the last stay in a final
        state.
    """
    key = found.columns.get(table_specs()[found.table].columns[0].name)
    position = found.roles.get(Role.SEQUENCE) or found.roles.get(Role.EVENT)
    if key is None or position is None:
        return sheet, found
    events = _events(sheet, found, key=key, position=position)
    if len(events) < MIN_ROWS_PER_RECORD * events["record"].nunique():
        return sheet, found
    # An update without its number or moment never wins: what it says may be the oldest of all.
    ordered = events.sort_values(["record", "turn", "row"], kind="stable", na_position="first")
    last = ordered.drop_duplicates("record", keep="last").set_index("record")["row"]
    earlier = ordered[~ordered["row"].isin(last)]
    kept = earlier["record"].map(last)
    set_aside = {
        int(row): f"earlier update of {record}, folded into row {into}"
        for row, record, into in zip(earlier["row"], earlier["record"], kept, strict=True)
    }
    found = replace(found, set_aside=dict(found.set_aside) | set_aside)
    if Role.EVENT in found.roles and "opened" not in found.columns:
        return _with_moments(sheet, found, ordered)
    return sheet, found


def _events(sheet: RawSheet, found: Recognition, *, key: int, position: int) -> pd.DataFrame:
    """``row, record, turn, state``: one line per filled row below the headers."""
    numbers = range(found.header_row + 1, len(sheet.rows) + 1)
    records = [clean_text(sheet.cell(number, key)) for number in numbers]
    frame = pd.DataFrame(
        {
            "row": list(numbers),
            "record": pd.Series(records, dtype="str"),
            "turn": _turns([sheet.cell(number, position) for number in numbers]),
        }
    )
    return frame[frame["record"] != ""]


def _turns(cells: Sequence[Cell]) -> pd.Series:
    """Something that grows with the updates: a counter, or the moment as a number; else the order of the rows."""
    column = pd.Series(list(cells), dtype="object")
    counted = pd.to_numeric(column, errors="coerce")
    if counted.notna().mean() > 0.9:
        return counted
    day_first = order_evidence(cells).order is not DateOrder.MONTH_FIRST
    moments = pd.to_datetime(column, errors="coerce", format="mixed", dayfirst=day_first, utc=True)
    if moments.notna().mean() > 0.9:
        return moments.astype("int64").where(moments.notna()).astype("float64")
    return pd.Series(0.0, index=column.index)


def _with_moments(sheet: RawSheet, found: Recognition, ordered: pd.DataFrame) -> tuple[RawSheet, Recognition]:
    """Two further columns on the kept rows: the moments of the first event and of the end."""
    at, state = found.roles[Role.EVENT], found.columns.get("state")
    first = ordered.drop_duplicates("record", keep="first").set_index("record")["row"]
    width = sheet.width
    rows = list(sheet.rows)
    for record, group in ordered.groupby("record", sort=False)["row"]:
        numbers = [int(number) for number in group]
        end = _end_row(sheet, numbers, state)
        cells = list(rows[numbers[-1] - 1])
        cells += [None] * (width - len(cells))
        opened = sheet.cell(int(first[record]), at)
        rows[numbers[-1] - 1] = (*cells, opened, sheet.cell(end, at) if end else None)
    columns: Mapping[str, int] = dict(found.columns) | {"opened": width + 1, "resolved": width + 2}
    missing = tuple(name for name in found.missing if name not in columns)
    return replace(sheet, rows=tuple(rows)), replace(found, columns=columns, missing=missing)


def _end_row(sheet: RawSheet, numbers: Sequence[int], state: int | None) -> int | None:
    """The row at which a record entered the final state that it did not leave again."""
    if state is None:
        return None
    end = None
    for number in reversed(numbers):
        if read_state(sheet.cell(number, state), own={}).value not in FINAL_STATES:
            break
        end = number
    return end

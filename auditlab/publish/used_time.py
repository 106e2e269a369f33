"""The time that was really used, read back from the timetable of the filled-in checklists."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from auditlab.errors import EngagementError
from auditlab.publish.checklist_workbook import TIMETABLE_SHEET, USED
from auditlab.publish.worksheets import sheet_table, sheets_of

_NAMES = {"Site": "site", "Clause": "clause", "Minutes": "planned", USED: "used"}
USED_DTYPES = {"site": "str", "clause": "str", "minutes": "int64"}


def planned_and_used(path: str | Path | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Planned and used minutes of the interviews, for `planning.burn_down`.

    Parameters
    ----------
    path : str or Path, optional
        The filled-in checklists.xlsx of the run whose plan was followed; without it both tables are empty.

    Returns
    -------
    tuple of DataFrame
        Planned and used: ``site, clause`` (all clauses of an interview), ``minutes``. A row that nobody filled in is
        planned and not used: its time is unknown, not zero.

    Raises
    ------
    EngagementError
        If the file, its timetable or a column is not there, or a cell holds no whole number of minutes.
    """
    if path is None:
        none = pd.DataFrame(columns=list(USED_DTYPES)).astype(USED_DTYPES)
        return none, none
    file = Path(path)
    table = sheet_table(
        sheets_of(file, made_as="checklists.xlsx"), TIMETABLE_SHEET, needed=tuple(_NAMES), file=file
    ).rename(columns=_NAMES)
    table = table[table["clause"].notna()]
    for column in ("planned", "used"):
        wrong = table[table[column].notna() & ~table[column].str.fullmatch(r"\d{1,4}").fillna(value=True).astype(bool)]
        if len(wrong):
            row, cell = wrong["row"].iloc[0], wrong[column].iloc[0]
            raise EngagementError(
                f"{file.name}, sheet '{TIMETABLE_SHEET}', row {row}: '{cell}' is no number of minutes. "
                "Write whole minutes, or leave the cell empty."
            )
    frames = [
        table.dropna(subset=[column]).rename(columns={column: "minutes"})[list(USED_DTYPES)].astype(USED_DTYPES)
        for column in ("planned", "used")
    ]
    return frames[0].reset_index(drop=True), frames[1].reset_index(drop=True)

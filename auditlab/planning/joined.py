"""The timetable as people read it: one row per interview and per meeting."""

from __future__ import annotations

import pandas as pd

from auditlab.planning.timetable_board import TIMETABLE_DTYPES


def joined_sessions(sessions: pd.DataFrame) -> pd.DataFrame:
    """Sessions of one auditor that follow each other with the same person, joined into one.

    Parameters
    ----------
    sessions : DataFrame
        ``sessions`` of a `Timetable`.

    Returns
    -------
    DataFrame
        The same columns: ``clause`` names all clauses of the interview, ``minutes`` is their sum. The minutes of
        the whole table stay the same.
    """
    rows: list[dict[str, object]] = []
    ordered = sessions.sort_values(["day", "auditor", "start"], kind="stable")
    for held in ordered.to_dict("records"):
        row = {str(name): value for name, value in held.items()}
        if rows and _goes_on(rows[-1], row):
            before = rows[-1]
            # A clause that was parted and goes on at once is named once.
            named = dict.fromkeys(part for part in (*str(before["clause"]).split(", "), str(row["clause"])) if part)
            minutes = int(str(before["minutes"])) + int(str(row["minutes"]))
            before.update(end=row["end"], minutes=minutes, clause=", ".join(named))
        else:
            rows.append(row)
    frame = pd.DataFrame(rows, columns=list(TIMETABLE_DTYPES)).astype(TIMETABLE_DTYPES)
    return frame.sort_values(["day", "start", "auditor"], kind="stable").reset_index(drop=True)


def _goes_on(before: dict[str, object], row: dict[str, object]) -> bool:
    same = ("day", "auditor", "site", "kind", "interviewee")
    return before["end"] == row["start"] and all(before[name] == row[name] for name in same)

"""The workpaper of a planned audit: checklists, interviews, timetable and trace cards, to be filled in on site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from auditlab.publish.workbook import EntryColumn, Sheet, workbook_bytes

PLAN_TABLES = ("checklist", "interview_plan", "timetable", "trace_cards")
SEEN = ("seen", "seen in part", "not seen")
"""What an auditor can note beside a question; facts, no verdicts."""

TIMETABLE_SHEET = "Timetable"
USED = "Minutes used"

_NUMBERS = frozenset({"minutes", "rank", "day", "step"})
_TITLES = {
    "checklist": "Checklists",
    "interview_plan": "Interviews",
    "timetable": TIMETABLE_SHEET,
    "trace_cards": "Trace cards",
}
_LABELS: Mapping[str, Mapping[str, str]] = {
    "checklist": {
        "site": "Site", "clause": "Clause", "title": "Title", "minutes": "Minutes of the clause", "mark": "Mark",
        "question": "Question", "evidence": "Evidence to ask for", "methods": "Methods", "facts": "Why it is asked",
    },
    "interview_plan": {
        "site": "Site", "level": "Level", "role": "Role", "clauses": "Clauses", "minutes": "Minutes", "days": "Day",
        "question": "Opening question",
    },
    "timetable": {
        "date": "Date", "start": "Start", "end": "End", "local_start": "Start at the site", "auditor": "Auditor",
        "site": "Site", "kind": "What", "clause": "Clause", "interviewee": "With", "minutes": "Minutes",
    },
    "trace_cards": {
        "service": "Service", "kind": "Kind", "record": "Record", "site": "Site", "step": "Step", "clauses": "Clause",
        "question": "Question",
    },
}  # fmt: skip
_NOTES = EntryColumn(label="Notes", width=28)
# Widths that let a sheet be read on paper; rows are then as high as their longest text.
_WIDTHS: Mapping[str, Mapping[str, int]] = {
    "checklist": {
        "site": 8, "clause": 9, "title": 20, "mark": 12, "question": 38, "evidence": 28, "methods": 18, "facts": 60,
    },
    "interview_plan": {"site": 8, "level": 16, "role": 24, "clauses": 20, "days": 8, "question": 44},
    "timetable": {"site": 8, "clause": 24, "interviewee": 26},
    "trace_cards": {"service": 10, "kind": 12, "record": 18, "site": 8, "clauses": 10, "question": 50},
}  # fmt: skip
_ENTRIES: Mapping[str, tuple[EntryColumn, ...]] = {
    "checklist": (EntryColumn(label="Evidence", choices=SEEN, width=16), _NOTES),
    "interview_plan": (EntryColumn(label="Held", choices=("yes", "no", "with somebody else"), width=16), _NOTES),
    "timetable": (EntryColumn(label=USED, width=14), EntryColumn(label="Deviation and reason", width=36)),
    "trace_cards": (_NOTES,),
}


def checklist_workbook(tables: Mapping[str, pd.DataFrame], *, client: str, as_of: date) -> bytes:
    """The workbook of a planned audit.

    Parameters
    ----------
    tables : mapping
        The frames named by `PLAN_TABLES`, as the notebook wrote them.
    client : str
        Name of the audited organisation.
    as_of : date
        Day of the review.

    Returns
    -------
    bytes
        An .xlsx file, a sheet per table, with columns to fill in. Text stays text, whatever it begins with.
    """
    sheets = [
        Sheet(
            title=_TITLES[name],
            heading=f"{client}: {_TITLES[name].lower()} as of {as_of.isoformat()} (audit team only)",
            frame=tables[name],
            labels=_LABELS[name],
            entries=_ENTRIES[name],
            widths=_WIDTHS[name],
        )
        for name in PLAN_TABLES
    ]
    return workbook_bytes(sheets, title=f"Checklists as of {as_of.isoformat()}")


def read_plan_table(path: Path) -> pd.DataFrame:
    """A table of the plan, with clauses and times as they were written."""
    columns = pd.read_csv(path, nrows=0).columns
    types = {column: "int64" if column in _NUMBERS else "str" for column in columns}
    return pd.read_csv(path, dtype=types, keep_default_na=False)

"""The ledger as a workbook: every entry one click away from the file, the sheet and the cell it tells of."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.publish.workbook import Sheet, workbook_bytes

MAX_ENTRIES = 60_000
"""Entries in the workbook at most: a sheet holds 65,530 links. ``tables/intake_ledger.csv`` has all."""

_WEIGHT = ("rejected", "flagged", "duplicate", "repaired", "skipped")
_SHEET_NAME = 31  # characters of a file name that a spreadsheet program takes as the name of the sheet of a text file
_WITHOUT_SHEETS = (".parquet",)
_TEXT = (".csv", ".tsv")


def ledger_workbook(lab: Engagement, *, folder: Path) -> bytes:
    """The account of intake: sheets, entries and questions, linked to their places.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    folder : Path
        Folder into which the workbook is written; the links are relative to it, so that they hold
        as long as reports and engagement keep their places to each other.

    Returns
    -------
    bytes
        An .xlsx file. Rows that were simply loaded are left out; the heading says how many entries
        of the others are shown.
    """
    places = _Places(lab.folder, folder)
    told = lab.ledger[lab.ledger["action"] != "loaded"]
    order = told["action"].map({action: weight for weight, action in enumerate(_WEIGHT)})
    shown = told.assign(order=order).sort_values("order", kind="stable").drop(columns="order").head(MAX_ENTRIES)
    day = lab.settings.as_of.isoformat()
    sheets = [
        _sheets_page(lab.summary, places, heading=f"{lab.settings.client}: what became of every row, as of {day}"),
        _entries_page(shown, places, of=len(told)),
        _questions_page(lab.questions, places),
    ]
    return workbook_bytes(sheets, title=f"Ledger of intake as of {day}")


class _Places:
    """Links to files, sheets and cells of the engagement, as seen from the folder of the workbook."""

    def __init__(self, engagement: Path, folder: Path) -> None:
        self._engagement, self._folder = engagement.resolve(), folder.resolve()

    def link(self, file: str, sheet: str = "", cell: str = "A1") -> str:
        """Link to a cell, or to the file alone; ``""`` without a file."""
        if not file:
            return ""
        # A per cent sign or a hash in a name would be read as part of the link itself.
        path = self._path(file).replace("%", "%25").replace("#", "%23").replace(" ", "%20")
        suffix = PurePosixPath(file).suffix.lower()
        if not sheet or suffix in _WITHOUT_SHEETS:
            return f"external:{path}"
        name = PurePosixPath(file).stem[:_SHEET_NAME] if suffix in _TEXT else sheet
        quoted = name.replace("'", "''")
        return f"external:{path}#'{quoted}'!{cell}"

    def _path(self, file: str) -> str:
        target = self._engagement / file
        try:
            return Path(os.path.relpath(target, self._folder)).as_posix()
        except ValueError:  # another drive of the same computer
            return target.as_posix()


def _sheets_page(summary: pd.DataFrame, places: _Places, *, heading: str) -> Sheet:
    labels = {
        "file": "File", "sheet": "Sheet", "table": "Read as", "seen": "Rows seen", "loaded": "Loaded",
        "rejected": "Rejected", "skipped": "Skipped", "duplicate": "Duplicate", "engine": "Read by", "note": "Remarks",
    }  # fmt: skip
    pairs = list(zip(summary["file"], summary["sheet"], strict=True))
    links = {
        "file": [places.link(file) for file, _ in pairs],
        "sheet": [places.link(file, sheet) for file, sheet in pairs],
    }
    return Sheet(title="Sheets", heading=heading, frame=summary, labels=labels, links=links)


def _entries_page(entries: pd.DataFrame, places: _Places, *, of: int) -> Sheet:
    cells = _cells(entries)
    labels = {
        "cell": "Cell", "file": "File", "sheet": "Sheet", "table": "Table", "field": "Field", "action": "What was done",
        "rule": "Why", "old": "As found", "new": "As used",
    }  # fmt: skip
    triples = zip(entries["file"], entries["sheet"], cells, strict=True)
    links = {"cell": [places.link(file, sheet, cell) for file, sheet, cell in triples]}
    every = "all" if len(entries) == of else "the weightiest; tables/intake_ledger.csv has all"
    heading = f"{len(entries):,} of {of:,} entries of the ledger beside the rows that were loaded ({every})"
    return Sheet(title="Entries", heading=heading, frame=entries.assign(cell=cells), labels=labels, links=links)


def _questions_page(questions: pd.DataFrame, places: _Places) -> Sheet:
    labels = {
        "cell": "Cell", "file": "File", "sheet": "Sheet", "asks": "Question", "proposal": "Proposal",
        "answer": "Answer", "affects": "Cells affected", "setting": "Line of auditlab.toml",
    }  # fmt: skip
    cells = [f"A{int(row)}" if row else "" for row in questions["row"].fillna(0)]
    triples = zip(questions["file"], questions["sheet"], cells, strict=True)
    links = {"cell": [places.link(file, sheet, cell) if cell else "" for file, sheet, cell in triples]}
    heading = f"{len(questions):,} questions that a program could not decide"
    return Sheet(title="Questions", heading=heading, frame=questions.assign(cell=cells), labels=labels, links=links)


def _cells(entries: pd.DataFrame) -> list[str]:
    """References such as B5; an entry of a whole row points to its first column."""
    pairs = zip(entries["column"].fillna(""), entries["row"].fillna(1), strict=True)
    return [f"{column or 'A'}{max(int(row), 1)}" for column, row in pairs]

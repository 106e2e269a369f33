"""The engagement: settings, canonical tables, and the account of how they were read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from auditlab.pseudonyms import Pseudonyms
from auditlab.settings import Settings
from auditlab.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """One file that was read, identified by its content."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """What ``auditlab.open_engagement`` returns; everything above floor 1 works from it.

    Attributes
    ----------
    folder : Path
        The engagement folder (read only).
    settings : Settings
        Frozen, validated settings, with the answers to intake's questions.
    tables : Tables
        Canonical frames; a table that was not handed over is an empty frame.
    ledger : DataFrame
        What happened to every row and every repaired cell: ``file, sheet, row, table, field,
        action, rule, old, new``. Entries with an empty ``field`` account for rows.
    summary : DataFrame
        Per file and sheet: ``file, sheet, table, seen, loaded, rejected, skipped, duplicate, note``.
    questions : DataFrame
        What intake could not decide: ``question, file, sheet, row, field, asks, proposal, answer,
        answered, setting, affects, offered``. ``setting`` is the line of ``auditlab.toml`` that answers it,
        ``offered`` are the lines of a whole sheet for the same section.
    discrepancies : DataFrame
        Contradictions between rows that were loaded: ``table, record, field, rule, found,
        expected, effect``.
    inputs : tuple of InputFile
        The files read, with their SHA-256.
    columns : DataFrame
        What every column was read as: ``file, sheet, table, column, header_row, header, field,
        filled, rows``. An empty ``field`` is a column without canonical name.
    pseudonyms : Pseudonyms
        What stands for persons in all of the above; empty where names are shown.
    """

    folder: Path
    settings: Settings
    tables: Tables
    ledger: pd.DataFrame
    summary: pd.DataFrame
    questions: pd.DataFrame
    discrepancies: pd.DataFrame
    inputs: tuple[InputFile, ...]
    columns: pd.DataFrame = field(default_factory=pd.DataFrame)
    pseudonyms: Pseudonyms = field(default_factory=Pseudonyms)

    def has(self, table: str) -> bool:
        """Whether at least one row of the canonical table was loaded."""
        return self.tables.handed_over(table)

    def known_empty(self, table: str) -> bool:
        """Whether the table was handed over and held no record by the day of the review: then there is none.

        A table whose rows were all rejected is not known to be empty.
        """
        if self.summary.empty:  # tables that no file was read for
            return False
        own = self.summary[self.summary["table"] == table]
        return len(own) > 0 and not own[["loaded", "rejected", "duplicate"]].to_numpy().any()

    def tells(self, table: str) -> bool:
        """Whether the canonical table says what there is, and be it that there is nothing."""
        return self.has(table) or self.known_empty(table)

    @property
    def open_questions(self) -> pd.DataFrame:
        """The questions nobody has answered yet."""
        return self.questions[~self.questions["answered"].astype(bool)]

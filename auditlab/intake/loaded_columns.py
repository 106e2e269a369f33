"""A canonical column as it was read: which rows it stops, and what becomes of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlab.intake.cells import Cell
from auditlab.intake.clause_numbers import LOST_ZERO
from auditlab.intake.column_readings import ColumnReadings
from auditlab.intake.distinct import distinct
from auditlab.intake.ledger import Action
from auditlab.intake.plain_texts import clean_texts
from auditlab.intake.values import Reading, clean_text
from auditlab.intake.words import CLAUSE_FROM_DATE, UNREADABLE_CLAUSE
from auditlab.tables import Column, Kind

MOST_WORDS = 12
"""So many different unknown words of one column are asked about; a column with more holds other things."""

_CLAUSE_PROBLEMS = frozenset({CLAUSE_FROM_DATE, LOST_ZERO, UNREADABLE_CLAUSE})
# A row whose site or grade nobody knows would be counted in the wrong place: it waits for the answer.
_BLOCKING_KINDS = frozenset({Kind.SITE, Kind.SITES, Kind.SERVICE, Kind.SUPPLIER, Kind.CLIENT, Kind.GRADE})
WORD_KINDS = frozenset({Kind.WORD, Kind.FLAG})


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedColumn:
    """A canonical column as it was read; ``refused`` says why none of it is used."""

    column: Column
    position: int
    readings: ColumnReadings
    refused: str = ""

    @property
    def blocking(self) -> bool:
        """Whether a row waits for the answer where a word of this column is not known."""
        if self.column.kind in WORD_KINDS:
            return self.column.required and not self.refused
        return self.column.kind in _BLOCKING_KINDS

    def values(self, accepted: np.ndarray) -> pd.Series:
        """The values of the rows that were loaded."""
        dtype = self.column.kind.dtype
        return (
            pd.Series(None, index=range(len(accepted)), dtype=dtype)
            if self.refused
            else self.readings.series(accepted, dtype)
        )

    @property
    def stops(self) -> np.ndarray:
        """For every row, whether the cell keeps it from being loaded."""
        required, blocking = self.column.required, self.blocking
        stops = np.full(len(self.readings.codes), required and bool(self.refused))
        if blocking:
            stops |= self.readings.problems
        return stops | self.readings.missing if required else stops


def is_asked(column: Column, readings: ColumnReadings, cells: Sequence[Cell]) -> bool:
    """Whether a person is asked about the cells of a column that cannot be read, so that it is never refused."""
    if column.required and column.kind in WORD_KINDS:
        bad = np.flatnonzero(readings.problems).tolist()
        strange = {clean_text(cells[index]) for index in bad}
        return len(strange) <= MOST_WORDS
    return column.kind in _BLOCKING_KINDS or column.kind is Kind.CLAUSE


def cell_action(reading: Reading) -> Action:
    """What the ledger calls a cell that was changed or could not be read."""
    if reading.problem in _CLAUSE_PROBLEMS:
        return Action.FLAGGED
    return Action.REJECTED if reading.problem else Action.REPAIRED


def given_texts(cells: Sequence[Cell]) -> pd.Series:
    """The texts of a column without a canonical name, missing where there is none."""
    codes, different = distinct(cells)
    texts = pd.Series([text or None for text in clean_texts(different)], dtype="str")
    return texts.take(codes).reset_index(drop=True)

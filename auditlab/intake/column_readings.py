"""What the cells of a column mean: each different one once, and for every cell the place of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from auditlab.intake.cells import Cell
from auditlab.intake.values import Reading, Value


@dataclass(frozen=True, kw_only=True)
class ColumnReadings:
    """The readings of a column.

    Attributes
    ----------
    codes : array of int
        For every cell the place of its reading.
    values : sequence of Value
        The value of every different reading.
    told : mapping of int to Reading
        Place to reading, of those that changed a cell or could not read it.
    """

    codes: np.ndarray
    values: Sequence[Value]
    told: Mapping[int, Reading]

    @classmethod
    def read(
        cls,
        codes: np.ndarray,
        cells: Sequence[Cell],
        *,
        known: Mapping[int, Value],
        reader: Callable[[Cell], Reading],
    ) -> ColumnReadings:
        """The readings of different `cells` by `reader`, but for those whose value is `known` by their place."""
        values = list(map(known.get, range(len(cells))))
        unknown = [place for place in range(len(cells)) if place not in known] if len(known) < len(cells) else []
        read = {place: reader(cells[place]) for place in unknown}
        for place, reading in read.items():
            values[place] = reading.value
        return cls(codes=codes, values=values, told=_told(read))

    def __getitem__(self, index: int) -> Reading:
        place = int(self.codes[index])
        return self.told[place] if place in self.told else Reading(self.values[place])

    @property
    def different(self) -> list[Reading]:
        """Every different reading."""
        return [self.told.get(place) or Reading(value) for place, value in enumerate(self.values)]

    @cached_property
    def missing(self) -> np.ndarray:
        """Whether each cell has no value."""
        none = np.fromiter((value is None for value in self.values), dtype="bool", count=len(self.values))
        missing: np.ndarray = none[self.codes]
        return missing

    @cached_property
    def problems(self) -> np.ndarray:
        """Whether each cell could not be read."""
        return self._at({place for place, reading in self.told.items() if reading.problem})

    @cached_property
    def marked(self) -> np.ndarray:
        """Whether each cell was changed or could not be read."""
        return self._at(self.told)

    def _at(self, places: Collection[int]) -> np.ndarray:
        """Whether the reading of each cell is one of those at `places`."""
        held = np.zeros(len(self.values), dtype="bool")
        held[list(places)] = True
        found: np.ndarray = held[self.codes]
        return found

    def replaced(self, others: Mapping[int, Reading]) -> ColumnReadings:
        """With `others` in place of the readings of single cells."""
        codes, first = self.codes.copy(), len(self.values)
        codes[list(others)] = np.arange(len(others)) + first
        values = [*self.values, *(reading.value for reading in others.values())]
        told = _told(dict(enumerate(others.values(), start=first)))
        return ColumnReadings(codes=codes, values=values, told={**self.told, **told})

    def changed(self, change: Callable[[Sequence[Reading]], Sequence[Reading]]) -> ColumnReadings:
        """With the different readings as `change` gives them back, one for each."""
        readings = change(self.different)
        told = _told(dict(enumerate(readings)))
        return ColumnReadings(codes=self.codes, values=[reading.value for reading in readings], told=told)

    def series(self, accepted: np.ndarray, dtype: str) -> pd.Series:
        """The values of the cells at the places `accepted`, as a column of `dtype`."""
        if dtype == "datetime64[us]":
            different = pd.Series(pa.array(self.values, type=pa.timestamp("us")).to_numpy(zero_copy_only=False))
        else:
            different = pd.Series(list(self.values), dtype="object").astype(dtype)  # type: ignore[call-overload]
        return different.take(self.codes[accepted]).reset_index(drop=True)


def _told(readings: Mapping[int, Reading]) -> dict[int, Reading]:
    return {place: reading for place, reading in readings.items() if reading.rule or reading.problem}

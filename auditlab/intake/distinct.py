"""Equal cells of a column as one: what a cell means is asked once for each different cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

from auditlab.intake.cell_rows import CellColumn
from auditlab.intake.cells import NUMBER_TYPES, Cell

Found = TypeVar("Found")
OfKind = TypeVar("OfKind")


def distinct(cells: Sequence[Cell]) -> tuple[np.ndarray, list[Cell]]:
    """For each cell the number of its like, and the different cells; 1, 1.0 and True differ.

    Cells that are one object, as the readers of files make equal cells of a column, are not compared.
    """
    if isinstance(cells, CellColumn):
        objects, places = pd.factorize(cells.codes)
        values = list(map(cells.different.cells.__getitem__, places.tolist()))
        if cells.different.unlike:
            return objects, values
    else:
        objects, addresses = pd.factorize(np.fromiter(map(id, cells), dtype="int64", count=len(cells)))
        first = np.empty(len(addresses), dtype="int64")
        first[objects[::-1]] = np.arange(len(cells))[::-1]
        values = list(map(cells.__getitem__, first.tolist()))
    if len(NUMBER_TYPES.intersection(map(type, values))) < 2 and len(set(values)) == len(values):
        return objects, values
    numbers: dict[tuple[type, Cell], int] = {}
    like = [numbers.setdefault((type(value), value), len(numbers)) for value in values]
    return np.array(like, dtype="int64")[objects], [value for _, value in numbers]


def counted(cells: Sequence[Cell], kind: type[OfKind]) -> list[tuple[OfKind, int]]:
    """Each different cell of a type and how often it occurs."""
    if isinstance(cells, CellColumn) and not any(issubclass(own, kind) for own in cells.different.types):
        return []
    codes, values = distinct(cells)
    times = np.bincount(codes, minlength=len(values)).tolist()
    return [(value, often) for value, often in zip(values, times, strict=True) if isinstance(value, kind)]


def each(cells: Sequence[Cell], meaning: Callable[[Cell], Found]) -> list[Found]:
    """What `meaning` says of every cell, asked once for each different one."""
    codes, values = distinct(cells)
    return spread([meaning(value) for value in values], codes)


def spread(found: Sequence[Found], codes: np.ndarray) -> list[Found]:
    """What was found for each different cell, laid out over all cells."""
    return list(map(found.__getitem__, codes.tolist()))

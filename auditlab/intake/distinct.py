"""Equal cells of a column as one: what a cell means is asked once for each different cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from typing import TypeVar

import numpy as np
import pandas as pd

from auditlab.intake.cell_rows import CellColumn
from auditlab.intake.cells import NUMBER_TYPES, Cell

Found = TypeVar("Found")
OfKind = TypeVar("OfKind")


def distinct(cells: Sequence[Cell]) -> tuple[np.ndarray, list[Cell]]:
    """For each cell the number of its like, and the different cells, not to be changed; 1, 1.0 and True differ.

    Cells that are one object, as the readers of files make equal cells of a column, are not compared.
    """
    if isinstance(cells, CellColumn):
        return _used(cells)
    objects, addresses = pd.factorize(np.fromiter(map(id, cells), dtype="int64", count=len(cells)))
    first = np.empty(len(addresses), dtype="int64")
    first[objects[::-1]] = np.arange(len(cells))[::-1]
    values = list(map(cells.__getitem__, first.tolist()))
    if len(NUMBER_TYPES.intersection(map(type, values))) < 2 and len(set(values)) == len(values):
        return objects, values
    numbers: dict[tuple[type, Cell], int] = {}
    like = [numbers.setdefault((type(value), value), len(numbers)) for value in values]
    return np.array(like, dtype="int64")[objects], [value for _, value in numbers]


def _used(cells: CellColumn) -> tuple[np.ndarray, list[Cell]]:
    """As `distinct`, without the values that none of the cells has."""
    values = cells.different.cells
    used = np.zeros(len(values), dtype="bool")
    used[cells.codes] = True
    if used.all():
        return cells.codes, values
    return (np.cumsum(used) - 1)[cells.codes], list(compress(values, used.tolist()))


def counted(cells: Sequence[Cell], kind: type[OfKind]) -> tuple[list[OfKind], np.ndarray]:
    """The different cells of a type, and how often each occurs."""
    if isinstance(cells, CellColumn):
        codes, values, own = cells.codes, cells.different.cells, cells.different.places(kind)
    else:
        codes, values = distinct(cells)
        own = np.array([isinstance(value, kind) for value in values], dtype="bool")
    if not own.any():
        return [], np.zeros(0, dtype="int64")
    times = np.bincount(codes, minlength=len(values))
    found: list[OfKind] = list(compress(values, (own & (times > 0)).tolist()))  # type: ignore[arg-type]  # of the kind
    return found, times[own & (times > 0)]


def each(cells: Sequence[Cell], meaning: Callable[[Cell], Found]) -> list[Found]:
    """What `meaning` says of every cell, asked once for each different one."""
    codes, values = distinct(cells)
    return spread([meaning(value) for value in values], codes)


def spread(found: Sequence[Found], codes: np.ndarray) -> list[Found]:
    """What was found for each different cell, laid out over all cells."""
    return list(map(found.__getitem__, codes.tolist()))

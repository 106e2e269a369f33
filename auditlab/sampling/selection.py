"""Positions along a line of records or money units: by a fixed interval, or one at random in each cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from auditlab.errors import ArgumentError

Positions = npt.NDArray[np.int64]
Points = npt.NDArray[np.floating]


def interval_points(total: float, *, n: int, start: float) -> Points:
    """The points ``start + j total / n`` for j = 0 to n - 1.

    Parameters
    ----------
    total : float
        Length of the line [records or money units].
    n : int
        Points [count].
    start : float
        First point, above 0 and at most the interval ``total / n``.

    Raises
    ------
    ArgumentError
        If the start lies outside the first interval.
    """
    interval = total / n if n else total
    if n and not 0 < start <= interval:
        raise ArgumentError(f"start is {start:g}. Give a start above 0 and not beyond the interval {interval:g}.")
    points: Points = start + np.arange(n, dtype=np.float64) * interval
    return points


def cell_points(total: float, *, n: int, generator: np.random.Generator) -> Points:
    """One point at random in each of n equal cells of the line."""
    width = total / n if n else total
    points: Points = (np.arange(n) + 1 - generator.random(n)) * width
    return points


def records_at(points: Points, *, records: int) -> Positions:
    """Positions (from 0) of the records that points along the list of records fall on: ``ceil(point) - 1``."""
    # The sum of start and steps may end a rounding beyond a whole number.
    positions: Positions = np.ceil(points - 1e-9).astype(np.int64) - 1
    return np.clip(positions, 0, max(records - 1, 0))


def units_at(points: Points, sizes: Points) -> Positions:
    """Positions (from 0) of the records that points along the sizes fall on: the first whose sum reaches the point."""
    reached = np.cumsum(sizes)
    tolerance = 1e-12 * (float(reached[-1]) if len(reached) else 0.0)
    positions: Positions = np.searchsorted(reached, points - tolerance, side="left")
    return np.clip(positions, 0, max(len(sizes) - 1, 0))

"""Candidate changes of a series as vectors, so that many series are searched at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from auditlab.statistics.arrays import Floats
from auditlab.statistics.chart_limits import deviation

MIN_BASELINE = 12  # points before a change, or nothing is known about what was usual
MIN_SEGMENT = 6  # points of a level
MIN_SLOPE = 3  # points on the slope of a drift
PENALTY = 3.0  # times ln n; false alarms in one to three series of a hundred at 24 to 60 points

Numbers = npt.NDArray[np.int_]


class Change(StrEnum):
    """What kind of change a series shows."""

    NONE = "none"
    DRIFT = "drift"
    STEP = "step"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """The points present, in standard deviations around their weighted mean."""

    time: Numbers  # numbers of the points, from 1
    value: Floats
    root: Floats  # square root of the weight: one over the standard deviation of the point
    z: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Candidate changes, one row each."""

    kind: Change
    onset: Numbers  # numbers of the first points after the change
    unit: Floats  # unit vectors, at right angles to "no change"
    length: Floats  # what an effect of one unit of the values explains [standard deviations]

    def best(self, z: Floats) -> tuple[Numbers, Floats]:
        """Row of the best candidate for each series, and what it explains with its sign [standard deviations]."""
        explained = np.atleast_2d(z) @ self.unit.T
        row = np.abs(explained).argmax(axis=1)
        return row, explained[np.arange(len(row)), row]


def scaled(value: Floats, n: Floats) -> Scaled:
    """Points in units of the spread that neighbours show; a missing point is not bridged.

    Parameters
    ----------
    value : array of float
        One value a period, missing as nan.
    n : array of float
        Weight of each period, in inverse proportion to its variance.

    Returns
    -------
    Scaled
        ``root`` is nan where no two neighbours are present, and 0 where neighbours never differ.

    References
    ----------
    .. [1] Laney (2002), Quality Engineering 14:531-537, for the spread of neighbours with unlike
       denominators.
    """
    here = np.isfinite(value) & (n > 0)
    weight = np.where(here, n, np.nan)
    series = np.where(here, value, np.nan)
    ranges = np.abs(np.diff(series)) / np.sqrt(1 / weight[1:] + 1 / weight[:-1])
    ranges = ranges[np.isfinite(ranges)]
    sigma = math.sqrt(math.pi / 2) * float(ranges.mean()) if ranges.size else math.nan
    points, weights = series[here], weight[here]
    away = deviation(points, float(np.average(points, weights=weights))) if points.size else points
    root = np.sqrt(weights) / sigma if sigma > 0 else np.full(points.shape, sigma)
    return Scaled(time=np.flatnonzero(here) + 1, value=points, root=root, z=away * root)


def drifts(points: Scaled) -> Shapes:
    """Broken sticks: flat until the point before the onset, then a straight slope.

    References
    ----------
    .. [1] Hinkley (1971), JASA 66:736-743.
    """
    onset = points.time[MIN_BASELINE : len(points.time) - MIN_SLOPE + 1]
    slopes = np.maximum(0, points.time[None, :] - (onset[:, None] - 1)).astype("float64")
    return _shapes(Change.DRIFT, onset, slopes, points.root)


def steps(points: Scaled) -> Shapes:
    """One change of the level.

    References
    ----------
    .. [1] Hinkley (1970), Biometrika 57:1-17.
    """
    onset = points.time[MIN_BASELINE : len(points.time) - MIN_SEGMENT + 1]
    levels = (points.time[None, :] >= onset[:, None]).astype("float64")
    return _shapes(Change.STEP, onset, levels, points.root)


def _shapes(kind: Change, onset: Numbers, shapes: Floats, root: Floats) -> Shapes:
    flat = root / np.linalg.norm(root)
    rows = shapes * root
    rows = rows - np.outer(rows @ flat, flat)
    length = np.linalg.norm(rows, axis=1)
    return Shapes(kind=kind, onset=onset, unit=rows / length[:, None], length=length)


def level_breaks(points: Scaled, *, penalty: float = PENALTY, min_segment: int = MIN_SEGMENT) -> tuple[int, ...]:
    """First points of the levels that explain a series best, each level at a price.

    Parameters
    ----------
    points : Scaled
        The series.
    penalty : float
        Price of a level, times ln n [variances].
    min_segment : int
        Fewest points of a level [count].

    Returns
    -------
    tuple of int
        Numbers of the points, in the order of time; empty where one level is best. The minimum is
        exact: the one that PELT finds, without its pruning, which short series do not need.

    References
    ----------
    .. [1] Jackson et al. (2005), IEEE Signal Processing Letters 12:105-108. [2] Killick, Fearnhead and
       Eckley (2012), JASA 107:1590-1598.
    """
    size = len(points.z)
    # The cost of a level is its weighted squares around its own weighted mean.
    weight = np.concatenate(([0.0], np.cumsum(points.root**2)))
    first = np.concatenate(([0.0], np.cumsum(points.z * points.root)))
    second = np.concatenate(([0.0], np.cumsum(points.z**2)))
    price = penalty * math.log(size) if size else 0.0
    best, before = np.full(size + 1, np.inf), np.zeros(size + 1, dtype=int)
    best[0] = -price
    for end in range(min_segment, size + 1):
        start = np.arange(end - min_segment + 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean_squares = (first[end] - first[start]) ** 2 / (weight[end] - weight[start])
        costs = best[start] + second[end] - second[start] - np.nan_to_num(mean_squares) + price
        before[end] = int(costs.argmin())
        best[end] = costs[before[end]]
    found: list[int] = []
    end = int(before[size])
    while end > 0:
        found.append(int(points.time[end]))
        end = int(before[end])
    return tuple(reversed(found))

"""The points of a control chart: numerators, subgroups, phases and baselines brought into one form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import Flags, Floats, floats
from auditlab.statistics.chart_kinds import ChartKind
from auditlab.statistics.chart_limits import moving_ranges

_NEEDS_DENOMINATORS = frozenset(
    (
        ChartKind.PROPORTION,
        ChartKind.PROPORTION_LANEY,
        ChartKind.RATE,
        ChartKind.RATE_LANEY,
        ChartKind.INDIVIDUALS_WEIGHTED,
    )
)
_SUBGROUPED = frozenset((ChartKind.SUBGROUP_MEAN, ChartKind.SUBGROUP_SD))
_SHARES = frozenset((ChartKind.PROPORTION, ChartKind.PROPORTION_LANEY))
_COUNTS = frozenset((ChartKind.COUNT, ChartKind.CASES_BETWEEN, ChartKind.RATE, ChartKind.RATE_LANEY))

Values = npt.ArrayLike | Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """One entry a point; missing as nan."""

    value: Floats  # as plotted
    n: Floats  # denominators or subgroup sizes; ones where the kind has none
    spread: Floats  # standard deviation within the subgroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which points belong together and which the lines are computed from."""

    phase: npt.NDArray[np.int_]  # from 1, in the order of time
    used: Flags
    included: Flags  # not excluded


def points_of(
    values: Values, *, kind: ChartKind, denominators: npt.ArrayLike | None, subgroups: npt.ArrayLike | None
) -> Points:
    """The plotted points of a chart.

    Parameters
    ----------
    values, denominators, subgroups
        As `control_charts.control_chart`.
    kind : ChartKind
        What the points are.

    Returns
    -------
    Points
        A point whose denominator is 0 or missing is missing.

    Raises
    ------
    ArgumentError
        If a denominator is needed or negative, lengths differ, or a value is out of its range.
    """
    if kind in _SUBGROUPED:
        return _subgrouped(values, kind, subgroups)
    value = floats(values, name="values")
    n = np.ones(value.shape)
    if denominators is None and kind in _NEEDS_DENOMINATORS:
        raise ArgumentError(f"A chart of kind '{kind}' needs denominators. Give one for each point.")
    if denominators is not None:
        n = floats(denominators, name="denominators")
        if n.shape != value.shape:
            raise ArgumentError(f"{value.size} values, but {n.size} denominators. Give one denominator a value.")
        if (n < 0).any():
            raise ArgumentError(f"A denominator is negative: {n[n < 0][0]:g}. Give counts or exposures of 0 or more.")
        n = np.where(n > 0, n, np.nan)
    _check_range(value, n, kind)
    plotted = value / n
    if kind is ChartKind.MOVING_RANGE:
        plotted = np.concatenate(([np.nan], moving_ranges(plotted))) if plotted.size else plotted
    return Points(value=plotted, n=n, spread=np.full(value.shape, np.nan))


def layout_of(
    size: int, *, baseline: int | npt.ArrayLike | None, phases: npt.ArrayLike | None, exclude: npt.ArrayLike | None
) -> Layout:
    """Phases of a chart of so many points, and the points that count.

    Raises
    ------
    ArgumentError
        If a flag array has another length, or a point number lies outside the chart.
    """
    base = np.arange(size) < baseline if isinstance(baseline, int) else _flags(baseline, size, name="baseline", on=True)
    included = ~_flags(exclude, size, name="exclude", on=False)
    return Layout(phase=_phases(phases, size), used=base & included, included=included)


def _check_range(value: Floats, n: Floats, kind: ChartKind) -> None:
    if kind is ChartKind.TIME_BETWEEN and (value <= 0).any():
        raise ArgumentError(
            f"A time between events is {value[value <= 0][0]:g}. A t chart needs times above 0; give finer times."
        )
    if (kind in _COUNTS or kind in _SHARES) and (value < 0).any():
        raise ArgumentError(f"A count is negative: {value[value < 0][0]:g}. A chart of kind '{kind}' needs 0 or more.")
    if kind in _SHARES and (value > n).any():
        first = int(np.flatnonzero(value > n)[0])
        raise ArgumentError(
            f"Point {first + 1} counts {value[first]:g} of {n[first]:g}. Give the numerators of the shares, "
            "or kind 'u' where a case can count more than once."
        )


def _subgrouped(values: Values, kind: ChartKind, labels: npt.ArrayLike | None) -> Points:
    """Means or standard deviations of subgroups, in the order in which they first appear."""
    if labels is not None:
        flat, names = floats(values, name="values"), np.asarray(labels)
        if flat.shape != names.shape:
            raise ArgumentError(f"{flat.size} values, but {names.size} labels of subgroups. Give one label a value.")
        groups = [part.to_numpy() for _, part in pd.Series(flat).groupby(names, sort=False)]
    else:
        rows = list(values) if isinstance(values, Sequence) else list(np.asarray(values))
        if any(np.ndim(row) != 1 for row in rows):
            raise ArgumentError(
                f"A chart of kind '{kind}' needs subgroups: give one sequence a point, or labels in `subgroups`."
            )
        groups = [floats(row, name="values") for row in rows]
    present = [group[np.isfinite(group)] for group in groups]
    sizes = np.array([group.size for group in present], dtype="float64")
    means = np.array([group.mean() if group.size else np.nan for group in present])
    sds = np.array([group.std(ddof=1) if group.size > 1 else np.nan for group in present])
    n = np.where(sizes > 0, sizes, np.nan)
    return Points(value=means if kind is ChartKind.SUBGROUP_MEAN else sds, n=n, spread=sds)


def _flags(given: npt.ArrayLike | None, size: int, *, name: str, on: bool) -> Flags:
    """A flag a point, from flags or from point numbers that start at 1."""
    if given is None:
        return np.full(size, on)
    array = np.asarray(given)
    if array.dtype == bool:
        if array.size != size:
            raise ArgumentError(f"{name} has {array.size} flags for {size} points. Give one flag a point.")
        return array
    found = np.zeros(size, dtype=bool)
    found[_numbers(array, size, name=name) - 1] = True
    return found


def _numbers(given: npt.NDArray[np.generic], size: int, *, name: str) -> npt.NDArray[np.int_]:
    numbers = given.astype(int)
    if ((numbers < 1) | (numbers > size)).any() or (numbers != given).any():
        raise ArgumentError(f"{name} is {given.tolist()}. Points are numbered from 1 to {size}.")
    return numbers


def _phases(given: npt.ArrayLike | None, size: int) -> npt.NDArray[np.int_]:
    """Numbers of the phases from 1, from one label a point or from the last points of the phases."""
    if given is None:
        return np.ones(size, dtype=int)
    array = np.atleast_1d(np.asarray(given))
    if array.size == size and size > 1:
        return 1 + np.concatenate(([0], np.cumsum(array[1:] != array[:-1])))
    ends = np.unique(_numbers(array, size, name="phases"))
    return 1 + np.searchsorted(ends, np.arange(1, size + 1))

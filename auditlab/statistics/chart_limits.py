"""Centre line and limits of one phase of a control chart, kind by kind."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from auditlab.statistics.arrays import Floats
from auditlab.statistics.chart_constants import mean_of_sd
from auditlab.statistics.chart_kinds import ChartKind, Convention, Lines, Phase, SigmaEstimator

# Times between events follow an exponential law; this power makes them nearly normal (Nelson 1994).
_TIME_POWER = 3.6
_MEDIAN_RANGE = 0.954  # median of the moving range in standard deviations, as printed
_SAME = 1e-9  # values that differ by less, relative to their size, differ by rounding alone


def phase_lines(phase: Phase, *, kind: ChartKind, convention: Convention) -> Lines:
    """Centre line and limits of one phase.

    Parameters
    ----------
    phase : Phase
        The points.
    kind : ChartKind
        Which formula; not `EWMA` or `CUSUM`, which add up over time.
    convention : Convention
        Constants, screening, estimator and known parameters.

    Returns
    -------
    Lines
        nan where nothing can be said: no usable point, no moving range, no denominator.

    References
    ----------
    .. [1] Montgomery, Introduction to Statistical Quality Control. [2] Laney (2002), Quality
       Engineering 14:531-537. [3] Nelson (1982), Journal of Quality Technology 14:172-173.
    .. [4] Nelson (1994), Journal of Quality Technology 26:71-72, for the power of times.
    """
    if not (phase.used & np.isfinite(phase.value)).any():
        nothing = np.full(phase.value.shape, np.nan)
        return Lines(center=nothing, lower=nothing, upper=nothing, z=nothing)
    return _FORMULAS[kind](phase, convention)


def moving_ranges(values: Floats) -> Floats:
    """Absolute differences of neighbours; missing beside a missing value, never bridged."""
    return np.abs(np.diff(values))


def mean_range(ranges: Floats, *, convention: Convention) -> float:
    """Mean of the moving ranges, with one pass of screening where the convention says so."""
    present = ranges[np.isfinite(ranges)]
    if not present.size:
        return math.nan
    mean = float(present.mean())
    if convention.screened and mean > 0:
        mean = float(present[present < convention.constant.upper_factor * mean].mean())
    return mean


def range_sigma(values: Floats, *, convention: Convention) -> float:
    """Standard deviation of single values, estimated as the convention says; nan with fewer than two."""
    if convention.sd is not None:
        return convention.sd
    present = values[np.isfinite(values)]
    if convention.estimator is SigmaEstimator.SD:
        return float(present.std(ddof=1)) if present.size > 1 else math.nan
    ranges = moving_ranges(values)
    if convention.estimator is SigmaEstimator.MEDIAN_RANGE:
        found = ranges[np.isfinite(ranges)]
        return float(np.median(found)) / _MEDIAN_RANGE if found.size else math.nan
    return mean_range(ranges, convention=convention) / convention.constant.d2


def deviation(values: Floats, center: Floats | float) -> Floats:
    """Difference from the centre; exactly zero where it is rounding alone."""
    difference: Floats = np.asarray(values - center, dtype="float64")
    noise = np.abs(difference) <= _SAME * np.maximum(np.abs(values), np.abs(center))
    difference[noise] = 0.0
    return difference


def _lines(
    phase: Phase,
    center: float,
    *,
    sigma: Floats,
    convention: Convention,
    floor: float = -math.inf,
    ceiling: float = math.inf,
) -> Lines:
    """Symmetric limits, cut at the ends of the scale; a point without its own sigma has none."""
    middle = np.full(phase.value.shape, center)
    away = deviation(phase.value, middle)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = away / sigma  # nan, and so no pattern, where neither the point nor the series varies
    half = convention.sigmas * sigma
    return Lines(
        center=middle,
        lower=np.maximum(middle - half, floor),
        upper=np.minimum(middle + half, ceiling),
        z=z,
    )


def _estimable(phase: Phase) -> Floats:
    """The points that limits are computed from, the others missing so that nothing bridges them."""
    return np.where(phase.used, phase.value, np.nan)


def _center(phase: Phase, convention: Convention) -> float:
    """Known centre, or the mean of the used points weighted by their denominators."""
    if convention.center is not None:
        return convention.center
    used = phase.used & np.isfinite(phase.value) & (phase.n > 0)
    return float(np.average(phase.value[used], weights=phase.n[used])) if used.any() else math.nan


def _run(phase: Phase, convention: Convention) -> Lines:
    center = float(np.nanmedian(_estimable(phase))) if convention.center is None else convention.center
    none = np.full(phase.value.shape, np.nan)
    return Lines(center=np.full(phase.value.shape, center), lower=none, upper=none, z=none)


def _individuals(phase: Phase, convention: Convention) -> Lines:
    sigma = np.full(phase.value.shape, range_sigma(_estimable(phase), convention=convention))
    # A plain chart of ratios gives each point the same weight, whatever its denominator.
    equal = Phase(value=phase.value, n=np.ones_like(phase.n), used=phase.used, spread=phase.spread)
    return _lines(phase, _center(equal, convention), sigma=sigma, convention=convention)


def _ranges(phase: Phase, convention: Convention) -> Lines:
    center = mean_range(_estimable(phase), convention=convention)
    share = (convention.constant.upper_factor - 1) / 3
    return _lines(phase, center, sigma=np.full(phase.value.shape, share * center), convention=convention, floor=0.0)


def _shares(phase: Phase, convention: Convention) -> Lines:
    center = _center(phase, convention)
    sigma = _sampling_sigma(phase, _binomial(center))
    return _lines(phase, center, sigma=sigma, convention=convention, floor=0.0, ceiling=1.0)


def _rates(phase: Phase, convention: Convention) -> Lines:
    center = _center(phase, convention)
    return _lines(phase, center, sigma=_sampling_sigma(phase, center), convention=convention, floor=0.0)


def _binomial(share: float) -> float:
    return max(0.0, share * (1 - share))  # rounding must not put a share of 1 above 1


def _sampling_sigma(phase: Phase, variance: float) -> Floats:
    with np.errstate(divide="ignore"):
        return np.where(phase.n > 0, np.sqrt(variance / np.where(phase.n > 0, phase.n, np.nan)), np.nan)


def _laney(phase: Phase, convention: Convention, variance: Callable[[float], float], ceiling: float) -> Lines:
    """Sampling limits widened by the spread of the standardised points (Laney 2002)."""
    center = _center(phase, convention)
    sampling = _sampling_sigma(phase, variance(center))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sampling > 0, deviation(_estimable(phase), center) / sampling, 0.0)
    z[~phase.used | ~np.isfinite(phase.value)] = np.nan
    between = range_sigma(z, convention=convention)
    return _lines(phase, center, sigma=sampling * between, convention=convention, floor=0.0, ceiling=ceiling)


def _laney_shares(phase: Phase, convention: Convention) -> Lines:
    return _laney(phase, convention, _binomial, 1.0)


def _laney_rates(phase: Phase, convention: Convention) -> Lines:
    return _laney(phase, convention, lambda rate: rate, math.inf)


def _counts(phase: Phase, convention: Convention) -> Lines:
    center = _center(phase, convention)
    sigma = np.full(phase.value.shape, math.sqrt(center))
    return _lines(phase, center, sigma=sigma, convention=convention, floor=0.0)


def _cases_between(phase: Phase, convention: Convention) -> Lines:
    """Limits around the mean of a geometric law; the line drawn is the median, half the points on each side."""
    mean = _center(phase, convention)
    sigma = np.full(phase.value.shape, math.sqrt(mean * (mean + 1)))
    lines = _lines(phase, mean, sigma=sigma, convention=convention, floor=0.0)
    median = float(np.nanmedian(_estimable(phase)))
    return Lines(center=np.full(phase.value.shape, median), lower=lines.lower, upper=lines.upper, z=lines.z)


def _time_between(phase: Phase, convention: Convention) -> Lines:
    """An individuals chart of the values to the power 1/3.6, transformed back."""
    straight = Phase(value=phase.value ** (1 / _TIME_POWER), n=phase.n, used=phase.used, spread=phase.spread)
    lines = _individuals(straight, convention)
    return Lines(
        center=lines.center**_TIME_POWER,
        lower=np.maximum(lines.lower, 0.0) ** _TIME_POWER,
        upper=lines.upper**_TIME_POWER,
        z=lines.z,
    )


def _weighted(phase: Phase, convention: Convention) -> Lines:
    """I': values with unlike denominators, spread from neighbours scaled to one unit of denominator."""
    values = _estimable(phase)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(phase.n > 0, 1 / phase.n, np.nan)
        scaled = math.sqrt(math.pi / 2) * moving_ranges(values) / np.sqrt(inverse[1:] + inverse[:-1])
    unit = mean_range(scaled, convention=convention) if convention.sd is None else convention.sd
    return _lines(phase, _center(phase, convention), sigma=unit * np.sqrt(inverse), convention=convention)


def _within(phase: Phase) -> float:
    """Mean standard deviation within subgroups, pooled by degrees of freedom where the sizes differ."""
    used = phase.used & np.isfinite(phase.spread)
    sizes, spreads = phase.n[used], phase.spread[used]
    if not used.any():
        return math.nan
    if (sizes == sizes[0]).all():
        return float(spreads.mean())
    return math.sqrt(float(((sizes - 1) * spreads**2).sum() / (sizes - 1).sum()))


def _bias(phase: Phase) -> Floats:
    return np.array([mean_of_sd(int(size)) if size > 1 else math.nan for size in phase.n])


def _subgroup_means(phase: Phase, convention: Convention) -> Lines:
    sigma = _within(phase) / (_bias(phase) * np.sqrt(phase.n))
    return _lines(phase, _center(phase, convention), sigma=sigma, convention=convention)


def _subgroup_sds(phase: Phase, convention: Convention) -> Lines:
    center, bias = _within(phase), _bias(phase)
    sigma = center * np.sqrt(1 - bias**2) / bias
    return _lines(phase, center, sigma=sigma, convention=convention, floor=0.0)


_FORMULAS: dict[ChartKind, Callable[[Phase, Convention], Lines]] = {
    ChartKind.RUN: _run,
    ChartKind.INDIVIDUALS: _individuals,
    ChartKind.MOVING_RANGE: _ranges,
    ChartKind.PROPORTION: _shares,
    ChartKind.PROPORTION_LANEY: _laney_shares,
    ChartKind.RATE: _rates,
    ChartKind.RATE_LANEY: _laney_rates,
    ChartKind.COUNT: _counts,
    ChartKind.CASES_BETWEEN: _cases_between,
    ChartKind.TIME_BETWEEN: _time_between,
    ChartKind.INDIVIDUALS_WEIGHTED: _weighted,
    ChartKind.SUBGROUP_MEAN: _subgroup_means,
    ChartKind.SUBGROUP_SD: _subgroup_sds,
}

"""Charts that add up small deviations over time: EWMA and CUSUM."""

from __future__ import annotations

import math

import numpy as np

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import positive
from auditlab.statistics.arrays import Floats
from auditlab.statistics.chart_kinds import Convention, Lines, Phase
from auditlab.statistics.chart_limits import range_sigma

ROUNDING = 1e-12
"""Distances below this part of the centre come from adding up."""


def ewma_lines(phase: Phase, *, convention: Convention) -> tuple[Floats, Lines]:
    """Exponentially weighted moving average of one phase and its widening limits.

    Parameters
    ----------
    phase : Phase
        The points; a missing one leaves the average where it is.
    convention : Convention
        Weight of the newest value [0-1]; known centre and sd, or how to estimate them.

    Returns
    -------
    tuple of array and Lines
        The average at each point, missing where the point is, and the lines.

    Raises
    ------
    ArgumentError
        If the weight is not above 0 and at most 1.

    References
    ----------
    .. [1] Roberts (1959), Technometrics 1:239-250; NIST/SEMATECH e-Handbook 6.3.2.4.
    """
    weight = convention.weight
    if not 0 < weight <= 1:
        raise ArgumentError(f"weight is {weight!r}. Give a number above 0 and at most 1, e.g. 0.2.")
    center, sigma = _parameters(phase, convention)
    average, count = center, 0
    averages, shares = np.full(phase.value.shape, np.nan), np.full(phase.value.shape, np.nan)
    for index, value in enumerate(phase.value):
        if math.isfinite(value):
            average, count = weight * value + (1 - weight) * average, count + 1
            averages[index] = average
        # Without a new value the average keeps the uncertainty it had.
        shares[index] = math.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * count)))
    half = convention.sigmas * sigma * shares
    middle = np.full(phase.value.shape, center)
    away = averages - middle
    # The average of equal values differs from them in its last bits; that is no distance.
    away[np.abs(away) <= ROUNDING * abs(center)] = 0.0
    return averages, Lines(center=middle, lower=middle - half, upper=middle + half, z=_distance(away, sigma * shares))


def cusum_lines(phase: Phase, *, convention: Convention) -> tuple[Floats, Lines]:
    """Two-sided cumulative sum of one phase, in standard deviations.

    Parameters
    ----------
    phase : Phase
        The points; a missing one leaves the sums where they are.
    convention : Convention
        Allowance k (deviations up to it are not added up) and decision h (a sum beyond it is a
        signal), both in standard deviations; known centre and sd, or how to estimate them.

    Returns
    -------
    tuple of array and Lines
        The sum farther from zero at each point (falling sums are negative), and lines at ±h.

    Raises
    ------
    ArgumentError
        If allowance or decision is not above 0.

    References
    ----------
    .. [1] Page (1954), Biometrika 41:100-115; Montgomery, Introduction to Statistical Quality Control.
    """
    k, h = positive(convention.allowance, name="allowance"), positive(convention.decision, name="decision")
    above, below = cusum_sums(phase.value, parameters=_parameters(phase, convention), allowance=k)
    sums = np.where(above >= -below, above, below)
    level = np.full(phase.value.shape, h)
    # The limits stand at h however wide the limits of other charts are.
    return sums, Lines(center=level * 0, lower=-level, upper=level, z=sums / h * convention.sigmas)


def cusum_sums(values: Floats, *, parameters: tuple[float, float], allowance: float) -> tuple[Floats, Floats]:
    """The rising and the falling sum at each point, in standard deviations from the centre.

    References
    ----------
    .. [1] As `cusum_lines`.
    """
    center, sigma = parameters
    above, below = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    high = low = 0.0
    for index, z in enumerate(_distance(values - center, np.full(values.shape, sigma))):
        if math.isfinite(z):
            high, low = max(0.0, high + z - allowance), min(0.0, low + z + allowance)
            above[index], below[index] = high, low
    return above, below


def _parameters(phase: Phase, convention: Convention) -> tuple[float, float]:
    """Centre and standard deviation, known or estimated from the used points."""
    values = np.where(phase.used, phase.value, np.nan)
    present = values[np.isfinite(values)]
    center = convention.center if convention.center is not None else float(present.mean()) if present.size else math.nan
    return center, range_sigma(values, convention=convention)


def _distance(away: Floats, sigma: Floats) -> Floats:
    """Deviations in standard deviations; none where nothing varies."""
    with np.errstate(divide="ignore", invalid="ignore"):
        distances: Floats = np.where((away == 0) & (sigma == 0), 0.0, away / sigma)
    return distances

"""Estimates of many small groups, drawn towards what the groups have in common.

A group with few cases has an extreme rate by chance alone. Each estimate here is a weighted mean of
the group's own rate and of the rate of all, with more weight on its own the more cases it has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import positive
from auditlab.statistics.arrays import Floats, floats, group_counts

_MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gamma:
    """A gamma law of relative rates, mean shape / rate; both infinite where all rates are alike."""

    shape: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """A beta law of shares, mean first / (first + second); both infinite where all shares are alike."""

    first: float
    second: float
    mean: float


def marshall(counts: npt.ArrayLike, *, exposures: npt.ArrayLike) -> pd.DataFrame:
    """Global empirical Bayes estimates of rates by the method of moments.

    Parameters
    ----------
    counts : array of int
        Events of each group [count].
    exposures : array of float
        What they were counted in; its unit is the unit of the rates.

    Returns
    -------
    DataFrame
        ``rate`` (own), ``shrunken`` and ``own_weight`` [0-1]. A group without exposure has no rate of
        its own and gets the common one. ``attrs``: ``mean`` and ``variance`` of the rates of groups.

    Raises
    ------
    ArgumentError
        If lengths differ, a number is missing or negative, or no group has exposure.

    References
    ----------
    .. [1] Marshall (1991), Applied Statistics 40:283-294.
    """
    count, exposure = group_counts(counts, exposures, of="exposures")
    here = exposure > 0
    rate = np.divide(count, exposure, out=np.full(count.shape, np.nan), where=here)
    mean = float(count.sum() / exposure.sum())
    spread = float((exposure[here] * (rate[here] - mean) ** 2).sum() / exposure.sum())
    between = max(0.0, spread - mean / float(exposure[here].mean()))
    weight = between * exposure / (between * exposure + mean) if mean else np.zeros(count.shape)
    shrunken = mean + weight * np.where(here, rate - mean, 0.0)
    table = pd.DataFrame({"rate": rate, "shrunken": shrunken, "own_weight": weight})
    table.attrs.update(mean=mean, variance=between)
    return table


def fit_gamma(counts: npt.ArrayLike, *, expected: npt.ArrayLike, tolerance: float = 1e-10) -> Gamma:
    """The gamma law of relative rates from which the groups may come.

    Parameters
    ----------
    counts : array of int
        Events of each group [count].
    expected : array of float
        Events expected of each group at the common rate; groups with 0 say nothing.
    tolerance : float
        The steps end where the shape moves by less; the R package DCluster ends at 1e-4.

    Returns
    -------
    Gamma
        Mean and variance of the relative rates by the equations of Clayton and Kaldor, which start at
        the raw ones. Infinite where the counts vary no more than chance makes them vary.

    Raises
    ------
    ArgumentError
        As `marshall`, or if fewer than two groups expect events.

    References
    ----------
    .. [1] Clayton and Kaldor (1987), Biometrics 43:671-681.
    """
    count, expect = group_counts(counts, expected, of="expected")
    count, expect = count[expect > 0], expect[expect > 0]
    if count.size < 2:
        raise ArgumentError(f"{count.size} groups expect events; two or more are needed to compare them. Give more.")
    relative, rate, shape = count / expect, 0.0, math.nan
    for _ in range(_MOST_STEPS):
        mean = float(relative.mean())
        variance = float(((1 + rate / expect) * (relative - mean) ** 2).sum()) / (count.size - 1)
        if variance <= mean**2 / _MOST_STEPS:  # shapes beyond this differ from "all alike" by less than 1 %
            return Gamma(shape=math.inf, rate=math.inf)
        before, rate, shape = shape, mean / variance, mean**2 / variance
        if abs(shape - before) < tolerance:
            break
        relative = (count + shape) / (expect + rate)
    return Gamma(shape=shape, rate=rate)


def gamma_poisson(counts: npt.ArrayLike, *, expected: npt.ArrayLike, prior: Gamma | None = None) -> Floats:
    """Relative rates (observed to expected) drawn towards their common mean.

    Parameters
    ----------
    counts, expected : array
        As `fit_gamma`.
    prior : Gamma, optional
        The common law; by default `fit_gamma` of the same groups.

    Returns
    -------
    array of float
        Posterior means (count + shape) / (expected + rate).

    Raises
    ------
    ArgumentError
        As `fit_gamma`.

    References
    ----------
    .. [1] As `fit_gamma`.
    """
    count, expect = group_counts(counts, expected, of="expected")
    law = prior or fit_gamma(count, expected=expect)
    if math.isinf(law.shape):
        return np.full(count.shape, float(count.sum() / expect.sum()))
    shrunken: Floats = (count + law.shape) / (expect + law.rate)
    return shrunken


def fit_beta(counts: npt.ArrayLike, *, n: npt.ArrayLike) -> Beta:
    """The beta law of shares that makes the counts of all groups most likely.

    Parameters
    ----------
    counts : array of int
        Cases with the property in each group [count].
    n : array of int
        Cases of each group [count].

    Returns
    -------
    Beta
        Infinite where the shares vary no more than chance makes them vary.

    Raises
    ------
    ArgumentError
        As `marshall`, or if a count exceeds its cases.

    References
    ----------
    .. [1] Griffiths (1973), Biometrics 29:637-648.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  # keeps the import of auditlab light

    count, size = group_counts(counts, n, of="n")
    if (count > size).any():
        raise ArgumentError("A count is larger than the cases of its group. Mend one of the two.")
    common = float(count.sum() / size.sum())
    if common in {0.0, 1.0}:
        return Beta(first=math.inf, second=math.inf, mean=common)

    def loss(mean: float, strength: float) -> float:
        first, second = mean * strength, (1 - mean) * strength
        likely = special.betaln(count + first, size - count + second) - special.betaln(first, second)
        return -float(likely.sum())

    def best_mean(log_strength: float) -> tuple[float, float]:
        strength = math.exp(log_strength)
        found = minimize_scalar(lambda mean: loss(mean, strength), bounds=(1e-9, 1 - 1e-9), options={"xatol": 1e-10})
        return float(found.x), float(found.fun)

    strongest = 14.0  # shares that vary by a thousandth of their error are alike
    found = minimize_scalar(lambda strength: best_mean(strength)[1], bounds=(-7, strongest), options={"xatol": 1e-9})
    mean, strength = best_mean(found.x)[0], math.exp(found.x)
    if found.x > strongest - 1:
        return Beta(first=math.inf, second=math.inf, mean=common)
    return Beta(first=mean * strength, second=(1 - mean) * strength, mean=mean)


def beta_binomial(counts: npt.ArrayLike, *, n: npt.ArrayLike, prior: Beta | None = None) -> Floats:
    """Shares drawn towards their common mean: (count + first) / (n + first + second).

    References
    ----------
    .. [1] As `fit_beta`.
    """
    count, size = group_counts(counts, n, of="n")
    law = prior or fit_beta(count, n=size)
    if math.isinf(law.first):
        return np.full(count.shape, law.mean)
    shrunken: Floats = (count + law.first) / (size + law.first + law.second)
    return shrunken


def james_stein(estimates: npt.ArrayLike, *, variance: float) -> Floats:
    """Efron and Morris's estimates of four or more means with one known variance, drawn to their mean.

    Parameters
    ----------
    estimates : array of float
        One estimate a group.
    variance : float
        Their common sampling variance, in the square of their unit.

    Returns
    -------
    array of float
        mean + (1 - (k - 3) variance / squares) (estimate - mean); the factor is never below 0.

    Raises
    ------
    ArgumentError
        If there are fewer than four estimates, one is missing, or the variance is not above 0.

    References
    ----------
    .. [1] Efron and Morris (1975), JASA 70:311-319.
    """
    given, error = floats(estimates, name="estimates"), positive(variance, name="variance")
    if given.size < 4 or np.isnan(given).any():
        raise ArgumentError(
            f"{np.isfinite(given).sum()} estimates; four or more are needed. Give them, none of them missing."
        )
    away = given - given.mean()
    squares = float((away**2).sum())
    kept = max(0.0, 1 - (given.size - 3) * error / squares) if squares else 0.0
    shrunken: Floats = given.mean() + kept * away
    return shrunken

"""Rates of many small cells, each drawn towards its column and its row: two levels of empirical Bayes.

Rows are units (sites, clients), columns are kinds (clauses). The arithmetic works on matrices, so that thousands of
units cost no more than a few passes over the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlab.statistics.arrays import Floats

PRIOR_WEIGHT = 10.0
"""An outside rate of a column counts as so many trials."""

GRAND_MEAN_WEIGHT = 2.0
"""Without an outside rate the mean over all cells counts as so many trials."""

CEILING = 0.95
"""No cell starts from a higher rate than this before its own history is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoLevel:
    """Rates of all cells and what they are made of.

    Attributes
    ----------
    base : array
        Rate of the column, by row and column [0-1].
    propensity : array
        Factor of the row.
    start : array
        What column and row lead one to expect, by row and column [0-1].
    above, below : array
        Parameters of the Beta distribution of the rate, by row and column.
    """

    base: Floats
    propensity: Floats
    start: Floats
    above: Floats
    below: Floats

    @property
    def expected(self) -> Floats:
        """Mean of the Beta distribution of every cell [0-1]."""
        return np.asarray(self.above / (self.above + self.below))


def column_rates(trials: Floats, hits: Floats, *, outside: Floats | None = None, mean: float | None = None) -> Floats:
    """Rate of each column, drawn towards an outside rate or towards the mean.

    Parameters
    ----------
    trials, hits : array
        Sums by column [count].
    outside : array, optional
        Rates from elsewhere [0-1], ``nan`` where there is none; they weigh as 10 trials.
    mean : float, optional
        What columns without an outside rate are drawn to, with the weight of 2 trials; by default the
        mean over all cells, and a half, which claims least, where there is no trial at all.

    Returns
    -------
    array
        Rates by column [0-1].

    References
    ----------
    .. [1] As `two_level`.
    """
    total = float(trials.sum())
    if mean is None:
        mean = float(hits.sum()) / total if total else 0.5
    known = np.zeros(len(trials), dtype=bool) if outside is None else ~np.isnan(outside)
    pull = np.where(known, PRIOR_WEIGHT, GRAND_MEAN_WEIGHT)
    towards = np.full(len(trials), mean) if outside is None else np.where(known, outside, mean)
    return np.asarray((pull * towards + hits) / (pull + trials))


def two_level(base: Floats, *, trials: Floats, hits: Floats, k: float, alpha: float) -> TwoLevel:
    """Rates of all cells from the rates of their columns and their own, decayed history.

    Parameters
    ----------
    base : array
        Rate of the column, by row and column, or by column alone [0-1].
    trials, hits : array
        Weights of the trials and of the hits of every cell, rows by columns.
    k : float
        Weight of the expectation against the own history of a cell [trials].
    alpha : float
        Weight of the propensity 1 against the history of a row [hits].

    Returns
    -------
    TwoLevel
        Rates and their parts.

    References
    ----------
    .. [1] Marshall (1991), Applied Statistics 40:283-294, for the shrinkage towards local means.
    .. [2] Clayton and Kaldor (1987), Biometrics 43:671-681.
    """
    full = np.broadcast_to(base, trials.shape)
    propensity = (alpha + hits.sum(axis=1)) / (alpha + (trials * full).sum(axis=1))
    start = np.minimum(full * propensity[:, None], CEILING)
    above = k * start + hits
    below = k * (1 - start) + trials - hits
    return TwoLevel(base=full, propensity=propensity, start=start, above=above, below=below)


def beta_limits(above: Floats, below: Floats, *, cover: float) -> tuple[Floats, Floats]:
    """The central share `cover` of Beta distributions.

    Parameters
    ----------
    above, below : array
        Parameters; one that is zero is taken as the smallest number above it (all mass at 0 or at 1).
    cover : float
        Probability between the limits [0-1].

    Returns
    -------
    tuple of array
        Lower and upper limits [0-1].
    """
    from scipy.special import betaincinv  # noqa: PLC0415  # scipy is loaded where it is needed

    tail, tiny = (1 - cover) / 2, np.finfo(float).tiny
    safe_above, safe_below = np.maximum(above, tiny), np.maximum(below, tiny)
    return betaincinv(safe_above, safe_below, tail), betaincinv(safe_above, safe_below, 1 - tail)

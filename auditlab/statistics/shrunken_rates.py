"""Intervals of relative rates that were drawn towards a common one, where how far to draw them is uncertain as well."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import Floats, floats
from auditlab.statistics.relative_rates import likeliest_gamma

_LAWS = 200  # laws that the interval is averaged over [count]


class ShrunkenRates(NamedTuple):
    """Relative rates, 1 being the common one."""

    rate: Floats
    low: Floats
    high: Floats
    shape: float  # of the likeliest gamma law; infinite where the groups vary no more than by chance


def shrunken_rates(counts: npt.ArrayLike, *, expected: npt.ArrayLike, confidence: float = 0.95) -> ShrunkenRates:
    """Relative rates drawn towards the common one, with an interval of what the true ones may be.

    Parameters
    ----------
    counts : array of float
        Events of each group [count].
    expected : array of float
        Events expected of each group at the common rate; above 0.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    ShrunkenRates
        ``rate`` is the posterior mean under the likeliest gamma law of mean 1. ``low`` and ``high`` take in that this
        law and the common rate are estimates: the gamma law with the mean and variance that all laws together give,
        each weighed by its likelihood. So they have a width even where the likeliest variance between groups is 0,
        and a small group has a wider one.

    Raises
    ------
    ArgumentError
        As `relative_rates.likeliest_gamma`, or if `confidence` is no share between 0 and 1, or nothing was counted.

    References
    ----------
    .. [1] Christiansen and Morris (1997), JASA 92:618-632: a Poisson-gamma law with uniform shrinkage. [2] Kass and
       Steffey (1989), JASA 84:717-726, for the variance that the estimated law adds.
    """
    if not 0 < confidence < 1:
        raise ArgumentError(f"confidence is {confidence!r}. Give a share between 0 and 1.")
    law = likeliest_gamma(counts, expected=expected)
    count, expect = floats(counts, name="counts"), floats(expected, name="expected")
    total = float(count.sum())
    if not total > 0:
        raise ArgumentError("Nothing was counted, so there is no common rate. Give groups with events.")
    rate = np.ones(count.shape) if np.isinf(law.shape) else (count + law.shape) / (expect + law.shape)
    mean, square = np.zeros(count.shape), np.zeros(count.shape)
    shapes, weights = _laws(count, expect)
    for shape, weight in zip(shapes, weights, strict=True):
        own = (count + shape) / (expect + shape)
        mean += weight * own
        square += weight * (own / (expect + shape) + own**2)
    variance = square - mean**2 + mean**2 / total
    form, tail = mean**2 / variance, (1 - confidence) / 2
    low, high = (special.gammaincinv(form, share) / form * mean for share in (tail, 1 - tail))
    return ShrunkenRates(rate=rate, low=np.minimum(low, rate), high=np.maximum(high, rate), shape=law.shape)


def _laws(count: Floats, expect: Floats) -> tuple[Floats, Floats]:
    """Shapes for which the weight of the common rate in a middling group is spread evenly, and their likelihoods."""
    share = (np.arange(_LAWS) + 0.5) / _LAWS
    shapes = float(np.median(expect)) * share / (1 - share)
    likely = np.array([
        float((special.gammaln(count + a) - special.gammaln(a) - a * np.log1p(expect / a)
               - count * np.log(a + expect)).sum())
        for a in shapes
    ])  # fmt: skip
    weights = np.exp(likely - likely.max())
    return shapes, weights / weights.sum()

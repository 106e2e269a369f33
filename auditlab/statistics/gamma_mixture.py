"""Relative rates under a mixture of two gamma laws: the gamma-Poisson shrinker."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from auditlab.statistics.arrays import Floats, group_counts
from auditlab.statistics.shrinkage import Gamma

_HALVINGS = 200  # more than a double needs to tell two quantiles apart


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaMixture:
    """Two gamma laws of relative rates, the prior of the gamma-Poisson shrinker."""

    first: Gamma
    second: Gamma
    share: float  # of the first law [0-1]


def gps(counts: npt.ArrayLike, *, expected: npt.ArrayLike, prior: GammaMixture) -> pd.DataFrame:
    """Relative rates under a mixture of two gamma laws (gamma-Poisson shrinker).

    Parameters
    ----------
    counts, expected : array
        As `fit_gamma`.
    prior : GammaMixture
        The law of the relative rates.

    Returns
    -------
    DataFrame
        ``ebgm`` (geometric mean of the posterior), ``low`` and ``high`` (its 5 % and 95 % points).

    Raises
    ------
    ArgumentError
        As `fit_gamma`.

    References
    ----------
    .. [1] DuMouchel (1999), The American Statistician 53:177-190.
    """
    count, expect = group_counts(counts, expected, of="expected")
    laws = (prior.first, prior.second)
    first, second = (_log_negative_binomial(count, expect, law=law) for law in laws)
    share = special.expit(math.log(prior.share) - math.log1p(-prior.share) + first - second)
    logs = [special.digamma(law.shape + count) - np.log(law.rate + expect) for law in laws]
    posterior = [(law.shape + count, law.rate + expect) for law in laws]

    def chance_below(values: Floats) -> Floats:
        below = [special.gammainc(shape, rate * values) for shape, rate in posterior]
        mixed: Floats = share * below[0] + (1 - share) * below[1]
        return mixed

    return pd.DataFrame(
        {
            "ebgm": np.exp(share * logs[0] + (1 - share) * logs[1]),
            "low": _quantile(chance_below, 0.05, size=count.size),
            "high": _quantile(chance_below, 0.95, size=count.size),
        }
    )


def _log_negative_binomial(count: Floats, expect: Floats, *, law: Gamma) -> Floats:
    """Logarithm of the chance of each count, up to what does not depend on the law."""
    logs: Floats = (
        special.gammaln(law.shape + count)
        - special.gammaln(law.shape)
        - law.shape * np.log1p(expect / law.rate)
        - count * np.log(law.rate + expect)
    )
    return logs


def _quantile(chance_below: Callable[[Floats], Floats], share: float, *, size: int) -> Floats:
    """Where the chance below reaches a share, by bisection for all groups at once."""
    low, high = np.zeros(size), np.ones(size)
    while (chance_below(high) < share).any():
        high = np.where(chance_below(high) < share, high * 2, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = chance_below(middle) < share
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return (low + high) / 2

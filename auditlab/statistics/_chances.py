"""Discrete chances in floating point, through logarithms so that large counts do not overflow."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

Chances = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int_]

# Outcomes that differ by rounding alone are equally likely; the same tolerance as in R.
_SAME = 1 + 1e-7
_WIDEST_LOG_ODDS = 700.0  # beyond it exp() overflows


def as_unlikely(chances: Chances, observed: int) -> float:
    """Chance of all outcomes that are not more likely than the observed one."""
    return min(1.0, float(chances[chances <= chances[observed] * _SAME].sum()))


def binomial_chances(n: int, share: float) -> Chances:
    """Chances of 0 to n events, each with the same chance."""
    counts = np.arange(n + 1)
    return normalised(log_comb(n, counts) + counts * math.log(share) + (n - counts) * math.log1p(-share))


def log_comb(total: int, chosen: Counts) -> Chances:
    """Logarithms of the ways to choose; through log-beta, which keeps its digits where factorials lose them."""
    logs: Chances = -np.log(total + 1.0) - special.betaln(total - chosen + 1.0, chosen + 1.0)
    return logs


def normalised(log_weights: Chances) -> Chances:
    """Weights, given as logarithms, as chances that sum to 1."""
    weights = np.exp(log_weights - log_weights.max())
    chances: Chances = weights / weights.sum()
    return chances


def odds_where(quantity: Callable[[Chances], float], target: float, log_ways: Chances, counts: Counts) -> float:
    """The odds ratio at which a quantity that grows with it reaches the target, by bisection."""
    low, high = -_WIDEST_LOG_ODDS, _WIDEST_LOG_ODDS
    for _ in range(100):  # halves 1400 until a double can tell no difference
        middle = (low + high) / 2
        if quantity(normalised(log_ways + counts * middle)) < target:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)

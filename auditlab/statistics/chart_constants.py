"""Constants that turn ranges and standard deviations of small subgroups into limits, computed, not copied."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
from scipy import special

from auditlab.statistics.arguments import whole

_REACH = 8.5  # standard deviations; beyond it the normal tail is below the precision of a double
_NODES = 400


class MovingRangeConstant(StrEnum):
    """Which printed form of the constants for moving ranges of two points a chart uses."""

    PRINTED = "1.128"  # 3 / 1.128 = 2.6596, as NIST and most software
    EXACT = "exact"  # 2 / sqrt(pi)
    ROUNDED = "2.66"  # as Making Data Count prints it

    @property
    def d2(self) -> float:
        """Mean of the moving range in standard deviations."""
        return {"1.128": 1.128, "exact": 2 / math.sqrt(math.pi), "2.66": 3 / 2.66}[self.value]

    @property
    def upper_factor(self) -> float:
        """D4: the upper limit of a moving range in mean moving ranges."""
        return chart_constants(2).upper_range if self is MovingRangeConstant.EXACT else 3.267


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartConstants:
    """Constants for subgroups of one size."""

    n: int  # records in a subgroup [count]
    d2: float  # mean of the range, in standard deviations
    d3: float  # standard deviation of the range
    c4: float  # mean of the sample standard deviation
    individual: float  # E2 = 3 / d2
    mean_by_range: float  # A2
    mean_by_sd: float  # A3
    lower_range: float  # D3
    upper_range: float  # D4
    lower_sd: float  # B3
    upper_sd: float  # B4


@cache
def chart_constants(n: int) -> ChartConstants:
    """Constants of control charts for subgroups of `n` values.

    Parameters
    ----------
    n : int
        Records in a subgroup, two or more [count].

    Returns
    -------
    ChartConstants
        The constants known as d2, d3, c4, E2, A2, A3, D3, D4, B3 and B4.

    Raises
    ------
    ArgumentError
        If `n` is no whole number of two or more.

    References
    ----------
    .. [1] Montgomery, Introduction to Statistical Quality Control, appendix VI, for the definitions.
    .. [2] Tippett (1925), Biometrika 17:364-387, for the distribution of the range.
    """
    size = whole(n, name="n", at_least=2)
    mean_range, sd_range = _range_moments(size)
    c4 = mean_of_sd(size)
    spread = 3 * sd_range / mean_range
    spread_sd = 3 * math.sqrt(1 - c4**2) / c4
    return ChartConstants(
        n=size,
        d2=mean_range,
        d3=sd_range,
        c4=c4,
        individual=3 / mean_range,
        mean_by_range=3 / (mean_range * math.sqrt(size)),
        mean_by_sd=3 / (c4 * math.sqrt(size)),
        lower_range=max(0.0, 1 - spread),
        upper_range=1 + spread,
        lower_sd=max(0.0, 1 - spread_sd),
        upper_sd=1 + spread_sd,
    )


def mean_of_sd(n: int) -> float:
    """c4: mean of the standard deviation of `n` independent normal values with unit variance.

    References
    ----------
    .. [1] As `chart_constants`.
    """
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))


def _range_moments(n: int) -> tuple[float, float]:
    """Mean and standard deviation of the range of `n` normal values, by Gauss-Legendre quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    x, w = nodes * _REACH, weights * _REACH
    below = special.ndtr(x)
    mean = float((w * (1 - below**n - (1 - below) ** n)).sum())
    # E(range^2) = 2 * integral over x < y of 1 - F(y)^n - (1 - F(x))^n + (F(y) - F(x))^n, with y = x + gap.
    half = (nodes + 1) * _REACH
    high = special.ndtr(x[:, None] + half[None, :])
    inner = 1 - high**n - (1 - below[:, None]) ** n + (high - below[:, None]) ** n
    square = 2 * float((w[:, None] * (weights * _REACH)[None, :] * inner).sum())
    return mean, math.sqrt(square - mean**2)

"""Comparisons of counts, shares and rates, with the effect and its limits beside every p-value.

The numbers of an audit are small, so the tests are exact and condition on the total. A p-value is
two-sided: every outcome as unlikely as the observed one, or less likely, counts. The limits are
central (equal tails), so limits and p-value may disagree where both are close to the threshold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics._chances import (
    Chances,
    Counts,
    as_unlikely,
    binomial_chances,
    log_comb,
    normalised,
    odds_where,
)
from auditlab.statistics.arguments import positive, risk_of, whole
from auditlab.statistics.intervals import clopper_pearson, wilson

AS_UNLIKELY = "as unlikely"
DOUBLED = "doubled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two groups compared."""

    effect: float  # odds ratio, rate ratio or difference, as `measure` says; nan where nothing can be said
    low: float
    high: float
    p: float  # two-sided, not corrected for other tests
    measure: str
    method: str
    n: int  # records or events that the comparison rests on [count]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Homogeneity:
    """Several rates compared with the one rate they may have in common."""

    statistic: float
    df: int
    p: float
    smallest_expected: float  # the chi-square is coarse below about 5 [count]
    method: str
    n: int  # events [count]


def fisher(table: Sequence[Sequence[int]], *, confidence: float = 0.95) -> Comparison:
    """Fisher's exact test of a two-by-two table.

    Parameters
    ----------
    table : two sequences of two counts
        ``[[a, b], [c, d]]``: two groups in rows, the property present and absent in columns [count].
    confidence : float
        Two-sided confidence of the limits [0-1].

    Returns
    -------
    Comparison
        ``effect`` is the conditional maximum-likelihood odds ratio with its exact limits. Where a
        row or column is empty the table says nothing: nan, 0, infinity, p = 1.

    Raises
    ------
    ArgumentError
        If the table is not two by two, or holds anything but counts.

    References
    ----------
    .. [1] Fisher (1935), JRSS 98:39-82. [2] Cornfield (1956), conditional limits of the odds ratio,
       Proc. Third Berkeley Symposium 4:135-148.
    """
    a, b, c, d = _two_by_two(table)
    tail = float(risk_of(confidence) / 2)
    counts = np.arange(max(0, a - d), min(a + b, a + c) + 1)
    log_ways = log_comb(a + b, counts) + log_comb(c + d, a + c - counts)
    effect, low, high = _odds_ratio(a, counts, log_ways, tail=tail)
    return Comparison(
        effect=effect,
        low=low,
        high=high,
        p=as_unlikely(normalised(log_ways), a - int(counts[0])),
        measure="odds ratio",
        method="Fisher exact, conditional odds ratio with exact limits",
        n=a + b + c + d,
        confidence=confidence,
    )


def rate_ratio(
    count_1: int,
    exposure_1: float,
    count_2: int,
    exposure_2: float,
    *,
    confidence: float = 0.95,
    two_sided: str = AS_UNLIKELY,
) -> Comparison:
    """Ratio of two rates of events, given the total number of events.

    If the rates were equal, the events would fall on the first group with the chance that its share
    of the exposure is; the count is compared with that binomial distribution.

    Parameters
    ----------
    count_1, count_2 : int
        Events [count].
    exposure_1, exposure_2 : float
        What they were found in, in one unit, such as auditor-days or months.
    confidence : float
        Two-sided confidence of the limits [0-1].
    two_sided : str
        ``"as unlikely"``: all outcomes not more likely than the observed one. ``"doubled"``: twice
        the smaller tail, as funnel comparisons of a portfolio use it.

    Returns
    -------
    Comparison
        ``effect`` is the first rate over the second; nan where there is no event at all.

    Raises
    ------
    ArgumentError
        If a count is no count, an exposure not above 0, or the way to two sides unknown.

    References
    ----------
    .. [1] Przyborowski and Wilenski (1940), Biometrika 31:313-323. Limits: Clopper and Pearson (1934).
    """
    k_1, k_2 = whole(count_1, name="count_1"), whole(count_2, name="count_2")
    time_1, time_2 = positive(exposure_1, name="exposure_1"), positive(exposure_2, name="exposure_2")
    if two_sided not in (AS_UNLIKELY, DOUBLED):
        raise ArgumentError(f"two_sided is '{two_sided}'. Use '{AS_UNLIKELY}' or '{DOUBLED}'.")
    share = clopper_pearson(k_1, n=k_1 + k_2, confidence=confidence)
    chances = binomial_chances(k_1 + k_2, time_1 / (time_1 + time_2))
    if two_sided == DOUBLED:
        p = min(1.0, 2 * float(min(chances[: k_1 + 1].sum(), chances[k_1:].sum())))
    else:
        p = as_unlikely(chances, k_1)
    scale = time_2 / time_1
    return Comparison(
        effect=_odds(k_1, k_2) * scale,
        low=_odds(share.low, 1 - share.low) * scale,
        high=_odds(share.high, 1 - share.high) * scale,
        p=p,
        measure="rate ratio",
        method=f"conditional binomial exact, two-sided ({two_sided}), Clopper-Pearson limits",
        n=k_1 + k_2,
        confidence=confidence,
    )


def compare_proportions(
    deviations_1: int, n_1: int, deviations_2: int, n_2: int, *, confidence: float = 0.95
) -> Comparison:
    """Difference of two independent shares.

    Parameters
    ----------
    deviations_1, deviations_2 : int
        Records with the property [count].
    n_1, n_2 : int
        Records examined [count]; with 0 nothing can be said.
    confidence : float
        Two-sided confidence of the limits [0-1].

    Returns
    -------
    Comparison
        ``effect`` is the first share minus the second [-1 to 1], with Newcombe's limits from two Wilson
        intervals; ``p`` is Fisher's.

    Raises
    ------
    ArgumentError
        As `intervals.wilson`.

    References
    ----------
    .. [1] Newcombe (1998), Statistics in Medicine 17:873-890, method 10.
    """
    one = wilson(deviations_1, n=n_1, confidence=confidence)
    two = wilson(deviations_2, n=n_2, confidence=confidence)
    test = fisher([[deviations_1, n_1 - deviations_1], [deviations_2, n_2 - deviations_2]], confidence=confidence)
    effect, low, high = one.estimate - two.estimate, -1.0, 1.0
    if n_1 and n_2:
        low = effect - math.hypot(one.estimate - one.low, two.high - two.estimate)
        high = effect + math.hypot(one.high - one.estimate, two.estimate - two.low)
    return Comparison(
        effect=effect,
        low=low,
        high=high,
        p=test.p,
        measure="difference of shares",
        method="Newcombe-Wilson limits, Fisher exact p",
        n=n_1 + n_2,
        confidence=confidence,
    )


def homogeneity(counts: Sequence[int], exposures: Sequence[float]) -> Homogeneity:
    """Whether several rates may be one and the same.

    Parameters
    ----------
    counts : sequence of int
        Events of each group [count].
    exposures : sequence of float
        Exposure of each group, in one unit.

    Returns
    -------
    Homogeneity
        Pearson's chi-square against expected counts in proportion to the exposure. Without any
        event all rates are the same: statistic 0, p = 1.

    Raises
    ------
    ArgumentError
        With fewer than two groups, lists of unequal length, or numbers out of range.

    References
    ----------
    .. [1] Pearson (1900), Philosophical Magazine 50:157-175.
    """
    if len(counts) != len(exposures) or len(counts) < 2:
        raise ArgumentError(
            f"{len(counts)} counts and {len(exposures)} exposures were given. "
            "Give two groups or more, each with its count and its exposure."
        )
    observed = np.array([whole(count, name=f"counts[{i}]") for i, count in enumerate(counts)], dtype=float)
    over = np.array([positive(exposure, name=f"exposures[{i}]") for i, exposure in enumerate(exposures)])
    total, whole_exposure = int(observed.sum()), float(over.sum())
    expected = total * over / whole_exposure
    statistic = float(((observed - expected) ** 2 / expected).sum()) if total else 0.0
    df = len(observed) - 1
    return Homogeneity(
        statistic=statistic,
        df=df,
        p=float(special.chdtrc(df, statistic)),
        smallest_expected=float(expected.min()),
        n=total,
        method="Pearson chi-square of counts against exposure",
    )


def _odds_ratio(observed: int, counts: Counts, log_ways: Chances, *, tail: float) -> tuple[float, float, float]:
    """Odds ratio and limits from the counts that the margins allow and the ways to reach them."""
    at = observed - int(counts[0])
    is_least, is_most = at == 0, at == len(counts) - 1
    if is_least and is_most:
        return math.nan, 0.0, math.inf
    low, high = 0.0, math.inf
    if not is_least:
        low = odds_where(lambda chances: float(chances[at:].sum()), tail, log_ways, counts)
    if not is_most:
        high = odds_where(lambda chances: float(chances[at + 1 :].sum()), 1 - tail, log_ways, counts)
    if is_least or is_most:
        return low if is_least else high, low, high
    return odds_where(lambda chances: float(chances @ counts), float(observed), log_ways, counts), low, high


def _two_by_two(table: Sequence[Sequence[int]]) -> tuple[int, int, int, int]:
    rows = [list(row) for row in table]
    if [len(row) for row in rows] != [2, 2]:
        raise ArgumentError(f"{rows} is no table of two rows and two columns. Give [[a, b], [c, d]].")
    a, b, c, d = (whole(count, name="a count of the table") for row in rows for count in row)
    return a, b, c, d


def _odds(for_it: float, against_it: float) -> float:
    if against_it:
        return for_it / against_it
    return math.inf if for_it else math.nan

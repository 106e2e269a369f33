"""Samples along money: sizes and upper bounds for invoices, budgets and costs of services.

A taint is the share of a record's amount that is wrong: (booked - audited) / booked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from scipy import special

from auditlab.errors import ArgumentError
from auditlab.sampling.question import as_written
from auditlab.sampling.sizes import reliability_factor, sample_size
from auditlab.statistics import Limit, upper_limit
from auditlab.statistics.arguments import not_negative, positive, risk_of, whole
from auditlab.statistics.sampling_chances import Hypergeometric

SIZE_METHODS = ("poisson", "factor", "hypergeometric")
_BOUND_METHODS = ("binomial", "poisson", "hypergeometric")
ADJUSTMENTS = ("meikle", "lta", "pvz")


def monetary_sample_size(
    *, book_value: float, tolerable: float, expected: float = 0, confidence: float = 0.95, method: str = "poisson"
) -> int:
    """Points to draw along the money.

    Parameters
    ----------
    book_value : float
        Sum of all amounts above 0 [money].
    tolerable, expected : float
        Tolerable and expected error [money].
    confidence : float
        One-sided [0-1].
    method : str
        ``"poisson"``: the smallest size whose limit is below the tolerable error. ``"factor"``: the
        reliability factor rounded up to two digits. ``"hypergeometric"``: between two whole numbers of
        errors, a straight line, as the R package MUS does.

    Returns
    -------
    int
        Points [count].

    Raises
    ------
    ArgumentError
        If a number is out of its range, the method unknown, or no size can do it.

    References
    ----------
    .. [1] AICPA Audit Guide, Audit Sampling, appendix C. [2] Stewart (2012), Technical Notes on it.
    """
    value, most = positive(book_value, name="book_value"), positive(tolerable, name="tolerable")
    likely = not_negative(expected, name="expected")
    if not likely < most < value:
        raise ArgumentError(
            f"expected is {expected!r}, tolerable {tolerable!r}, book_value {book_value!r}. "
            "Give an expected error below the tolerable one, and that below the book value."
        )
    if method not in SIZE_METHODS:
        raise ArgumentError(
            f"There is no method '{method}' for sizes along money. Use one of {', '.join(SIZE_METHODS)}."
        )
    share, rate = (Fraction(as_written(amount)) / as_written(value) for amount in (most, likely))
    if method == "hypergeometric":
        return _interpolated(
            round(value), round(float(share) * value), rate=float(rate), risk=float(risk_of(confidence))
        )
    if method == "factor":
        exact = reliability_factor(risk=float(risk_of(confidence)), ratio=float(rate / share))
        return math.ceil(Fraction(math.ceil(100 * exact - 1e-9), 100) / share)
    return sample_size(tolerable=float(share), expected=float(rate), confidence=confidence, method="poisson").n


def stringer_bound(
    taints: Sequence[float],
    *,
    n: int,
    confidence: float = 0.95,
    method: str = "binomial",
    population: int | None = None,
    adjustment: str | None = None,
) -> Limit:
    """Upper bound of the share of the money that is wrong.

    Parameters
    ----------
    taints : sequence of float
        Of the points examined; zeros may be left out. Below 0 where the audited amount is higher.
    n : int
        Points examined [count].
    confidence : float
        One-sided [0-1].
    method : str
        ``"binomial"``, ``"poisson"`` or ``"hypergeometric"`` (with `population`) limits of the number
        of errors.
    population : int, optional
        Money units, or records [count].
    adjustment : str, optional
        For amounts booked too low: ``"meikle"`` or ``"lta"`` (least) subtract what understatements
        offset, as the R package jfa computes it; ``"pvz"`` is the modification of Pap and van Zuijlen.

    Returns
    -------
    Limit
        ``high`` the bound, ``estimate`` the mean taint, ``k`` the sum of taints, as shares of the money
        [0-1]. Without an error it is the limit of an attribute sample.

    Raises
    ------
    ArgumentError
        If a taint is above 1, there are more taints than points, or the method is unknown.

    References
    ----------
    .. [1] Stringer (1963), Practical aspects of statistical sampling in auditing.
    .. [2] Meikle (1972).
    .. [3] Leslie, Teitlebaum and Anderson (1979).
    .. [4] Pap and van Zuijlen (1996), Statistica Neerlandica 50:367-389.
    """
    size = whole(n, name="n", at_least=1)
    wrong = checked_taints(taints, n=size)
    if method not in _BOUND_METHODS:
        raise ArgumentError(f"There is no method '{method}' for this bound. Use one of {', '.join(_BOUND_METHODS)}.")
    if adjustment not in {None, *ADJUSTMENTS}:
        raise ArgumentError(f"There is no adjustment '{adjustment}'. Use one of {', '.join(ADJUSTMENTS)}.")
    over = sorted((taint for taint in wrong if taint > 0), reverse=True)
    limits = [
        upper_limit(
            deviations=count, n=size, confidence=confidence, method=method,
            population=population if method == "hypergeometric" else None,
        ).high
        for count in range(len(over) + 1)
    ]  # fmt: skip
    bound = limits[0] + sum(
        (after - before) * taint for (before, after), taint in zip(pairwise(limits), over, strict=True)
    )
    bound -= _adjusted(adjustment, wrong, n=size, confidence=confidence)
    return Limit(
        low=0.0, high=bound, estimate=sum(wrong) / size, k=sum(wrong), n=size, confidence=confidence,
        method=f"Stringer, {method}{f', {adjustment}' if adjustment else ''}", population=population,
    )  # fmt: skip


def checked_taints(taints: Sequence[float], *, n: int) -> list[float]:
    """The taints other than 0; raises `ArgumentError` where one is above 1 or no number."""
    values = [float(taint) for taint in taints]
    odd = [taint for taint in values if not taint <= 1 or math.isinf(taint)]
    if odd:
        raise ArgumentError(
            f"A taint is {odd[0]:g}. A taint is the wrong share of an amount, at most 1; "
            "examine records with a higher or unknown one on their own."
        )
    wrong = [taint for taint in values if taint]
    if len(wrong) > n:
        raise ArgumentError(f"There are {len(wrong)} taints, more than the {n} points examined. Mend one of the two.")
    return wrong


def _adjusted(adjustment: str | None, taints: Sequence[float], *, n: int, confidence: float) -> float:
    """What an adjustment takes off the bound."""
    under = sorted(taint for taint in taints if taint < 0)
    if adjustment == "lta":
        return sum(abs(taint) for taint in under) / n
    if adjustment == "meikle" and under:
        quantiles = [float(special.betaincinv(i + 1, n - 1, confidence)) for i in range(len(under) + 1)]
        offset = quantiles[1] * abs(under[0])
        if len(under) > 2:  # the package named above leaves out the second of exactly two
            steps = zip(pairwise(quantiles[1:]), under[1:], strict=True)
            offset += sum((after - before) * abs(taint) for (before, after), taint in steps)
        return offset
    over = sorted((taint for taint in taints if taint > 0), reverse=True)
    if adjustment == "pvz" and over:
        mean = sum(over) / len(over)
        spread = math.sqrt(sum((taint - mean) ** 2 for taint in over) / n)
        weights = [(n - 2 * i + 1) / (2 * math.sqrt(i * (n - i + 1))) for i in range(1, len(over) + 1)]
        constant = sum(weight * taint for weight, taint in zip(weights, over, strict=True)) / n
        return (constant - spread) / math.sqrt(n) * float(special.ndtri(confidence))
    return 0.0


def _interpolated(units: int, wrong: int, *, rate: float, risk: float) -> int:
    """Where the expected errors of a size meet the errors it may show, on a straight line between whole numbers."""

    def size(errors: int) -> int:
        model, low, high = Hypergeometric(population=units, deviating=wrong), 0, units
        while low < high:
            middle = (low + high) // 2
            if model.chance(errors, middle) <= risk:
                high = middle
            else:
                low = middle + 1
        return low

    if not rate:
        return size(0)
    high = 1
    while size(high) * rate > high:
        high *= 2
    low = 0
    while low < high:
        middle = (low + high) // 2
        if size(middle) * rate <= middle:
            high = middle
        else:
            low = middle + 1
    before, after = size(low - 1), size(low)
    met = math.ceil((before / (after - before) - (low - 1)) / (1 / (after - before) - rate))
    return min(met, after)

"""Sizes that bring the limit close to the estimate, where a share is to be estimated rather than ruled out."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from scipy import special

from auditlab.errors import ArgumentError
from auditlab.sampling.question import as_written
from auditlab.sampling.search import bisected
from auditlab.statistics import Limit, upper_limit
from auditlab.statistics.arguments import not_negative, positive, risk_of, whole

_METHODS = ("binomial", "poisson", "hypergeometric")
_LARGEST = 2**40
_MOST_STEPS = 100_000


def precision_size(
    *,
    precision: float,
    tolerable: float | None = None,
    expected: float = 0,
    expected_count: float | None = None,
    confidence: float = 0.95,
    population: int | None = None,
    method: str | None = None,
) -> int:
    """The smallest sample whose upper limit is at most so far above the share found.

    Parameters
    ----------
    precision : float
        Largest distance of the upper limit from the share found [0-1].
    tolerable : float, optional
        A share that the limit must also be below [0-1].
    expected, expected_count, confidence, population, method
        As `sample_size`; hypergeometric, binomial or poisson.

    Returns
    -------
    int
        Records [count].

    Raises
    ------
    ArgumentError
        If a number is out of its range, the method unknown, or no sample can do it.
    """
    name = method or ("hypergeometric" if population is not None else "binomial")
    if name not in _METHODS:
        raise ArgumentError(f"There is no method '{name}' for a precision. Use one of {', '.join(_METHODS)}.")
    wanted, rate = positive(precision, name="precision"), as_written(not_negative(expected, name="expected"))
    total = None if population is None else whole(population, name="population", at_least=1)
    risk_of(confidence)

    def enough(n: int) -> bool:
        found = _found(n, rate=rate, count=expected_count, fractional=name == "poisson")
        if found >= n:
            return False
        limit = _limit(found, n=n, confidence=confidence, population=total, method=name)
        return limit.high - found / n <= wanted + 1e-12 and (tolerable is None or limit.high < tolerable)

    stepped = rate if expected_count is None and name != "poisson" else Fraction(0)
    return _smallest(enough, steps=stepped, largest=total or _LARGEST)


def proportion_size(*, precision: float, share: float, population: int | None = None, confidence: float = 0.95) -> int:
    """Records for an estimate of a share to within a precision on both sides, by the normal distribution.

    Parameters
    ----------
    precision : float
        Half the width of the interval [0-1].
    share : float
        The share to be expected; 0.5 asks for most records [0-1].
    population : int, optional
        Records drawn from without replacement [count].
    confidence : float
        Two-sided [0-1].

    Raises
    ------
    ArgumentError
        If a number is out of its range.

    References
    ----------
    .. [1] Cochran (1977), Sampling Techniques, 4.4.
    """
    half, middle = positive(precision, name="precision"), not_negative(share, name="share")
    if middle > 1:
        raise ArgumentError(f"share is {share!r}. Give a share between 0 and 1.")
    z = -float(special.ndtri(float(risk_of(confidence)) / 2))
    endless = middle * (1 - middle) * z**2 / half**2
    if population is None:
        return math.ceil(endless - 1e-9)
    total = whole(population, name="population", at_least=1)
    return math.ceil(endless * total / (endless + total) - 1e-9)


def _found(n: int, *, rate: Fraction, count: float | None, fractional: bool) -> float:
    if count is not None:
        return count if fractional else math.ceil(as_written(count))
    return float(rate * n) if fractional else math.ceil(rate * n)


def _limit(found: float, *, n: int, confidence: float, population: int | None, method: str) -> Limit:
    finite = population if method == "hypergeometric" else None
    return upper_limit(deviations=found, n=n, confidence=confidence, population=finite, method=method)


def _smallest(enough: Callable[[int], bool], *, steps: Fraction, largest: int) -> int:
    """The first size that is enough; `steps` is the rate whose rounding up makes the limit jump, or 0."""
    low, high, step = 1, 1, 0
    while not enough(high):
        if high >= largest or step > _MOST_STEPS:
            raise ArgumentError(
                "No sample reaches this precision. Allow a larger distance, or examine the whole population."
            )
        step += 1
        low = high + 1
        high = min(max(math.floor(step / steps), low) if steps else 2 * high, largest)
    return bisected(enough, low=low, high=high)

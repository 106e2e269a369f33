"""How many records of a finite population deviate, from a sample drawn without replacement.

The comparison of a tail with the risk is done in floating point and, where the two are close, once
more in integers: at an exact tie the limit must not depend on the last digit.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
from scipy import special

from auditlab.statistics._chances import log_comb

# Wide enough for the rounding of log-gamma in populations of millions, so rare that the integers cost nothing.
_CLOSE = 1e-6


def most_records(found: int, *, n: int, population: int, risk: Fraction) -> int:
    """The largest number of deviating records with which the sample is still credible.

    Parameters
    ----------
    found : int
        Deviations in the sample [count].
    n : int
        Records examined [count].
    population : int
        Records in the population [count].
    risk : Fraction
        A number of records is credible while the chance to find no more than `found` is above it [0-1].

    Returns
    -------
    int
        Deviating records in the population [count].

    References
    ----------
    .. [1] Buonaccorsi (1987), A note on confidence intervals for proportions in finite
       populations, The American Statistician 41:215-218.
    """
    low, high = found, population - (n - found)
    while low < high:
        middle = (low + high + 1) // 2
        if _tail_exceeds(risk, found, n=n, population=population, deviating=middle):
            low = middle
        else:
            high = middle - 1
    return low


def least_records(found: int, *, n: int, population: int, risk: Fraction) -> int:
    """The smallest credible number of deviating records; parameters as in `most_records`.

    It is what the largest number of records without deviation leaves over.
    """
    return population - most_records(n - found, n=n, population=population, risk=risk)


def beta_binomial_records(
    found: int, *, n: int, population: int, credibility: float, prior: tuple[float, float]
) -> int:
    """Smallest number of deviating records whose posterior probability of not being exceeded is above `credibility`.

    The records not examined deviate as a beta-binomial with ``a + found`` and ``b + n - found``;
    with ``b + n - found = 0`` all of them do.
    """
    rest = population - n
    a, b = prior[0] + found, prior[1] + n - found
    if b == 0:
        return population
    counts = np.arange(rest + 1)
    log_chance = log_comb(rest, counts) + special.betaln(counts + a, rest - counts + b) - special.betaln(a, b)
    # At an exact tie the chance is not above the credibility, whatever the last digits say.
    above = np.cumsum(np.exp(log_chance)) > credibility + 1e-9
    return found + (int(np.argmax(above)) if above.any() else rest)


def _tail_exceeds(risk: Fraction, found: int, *, n: int, population: int, deviating: int) -> bool:
    """Whether the chance of at most `found` deviations in the sample is above the risk."""
    least = max(0, n - (population - deviating))
    if least > found:
        return False
    counts = np.arange(least, min(found, n, deviating) + 1)
    log_chance = (
        log_comb(deviating, counts) + log_comb(population - deviating, n - counts) - log_comb(population, np.array(n))
    )
    tail = float(np.exp(log_chance).sum())
    if abs(tail - float(risk)) > _CLOSE * float(risk):
        return tail > risk
    ways = sum(comb(deviating, int(i)) * comb(population - deviating, n - int(i)) for i in counts)
    return ways * risk.denominator > risk.numerator * comb(population, n)

"""How many records of a finite population deviate, from a sample drawn without replacement."""

from __future__ import annotations

from fractions import Fraction

from auditlab.statistics.sampling_chances import Hypergeometric


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
        if Hypergeometric(population=population, deviating=middle).holds(found, n, risk=risk):
            high = middle - 1
        else:
            low = middle
    return low


def least_records(found: int, *, n: int, population: int, risk: Fraction) -> int:
    """The smallest credible number of deviating records; parameters as in `most_records`.

    It is what the largest number of records without deviation leaves over.

    References
    ----------
    .. [1] As `most_records`.
    """
    return population - most_records(n - found, n=n, population=population, risk=risk)

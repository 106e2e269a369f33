"""The upper limit after a sample in stages: the number of stages drawn depends on what was found."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from scipy import optimize

from auditlab.errors import ArgumentError
from auditlab.sampling.stages import Counted, after_stage
from auditlab.statistics import Limit, upper_limit
from auditlab.statistics.arguments import risk_of, whole
from auditlab.statistics.sampling_chances import Binomial, Hypergeometric


def staged_limit(
    found: Sequence[int], sizes: Sequence[int], *, population: int | None = None, confidence: float = 0.95
) -> Limit:
    """The exact upper limit of the deviation rate after the stages that were drawn.

    A result is as good as another, or better, if it stopped at an earlier stage with fewer deviations, or showed
    as many until the last stage and no more in it. So the limit takes account of the look after the first
    stage; the limit of one sample of the same size does not.

    Parameters
    ----------
    found : sequence of int
        Deviations of each stage drawn [count].
    sizes : sequence of int
        Records examined in each of them [count].
    population : int, optional
        Records drawn from without replacement [count]; without it the limit is binomial.
    confidence : float
        One-sided [0-1].

    Returns
    -------
    Limit
        As `statistics.upper_limit`; ``k, n, estimate`` over all stages together.

    Raises
    ------
    ArgumentError
        As `statistics.upper_limit`, or if the lists are empty or differ in length.

    References
    ----------
    .. [1] Stage-wise order: Armitage (1958), Biometrika 45:1-15; Jennison and Turnbull (2000), Group Sequential
       Methods, 8.4 and 12.
    """
    if not found or len(found) != len(sizes):
        raise ArgumentError(f"There are {len(found)} results of {len(sizes)} stages. Give one for each stage drawn.")
    counts, examined = [whole(one, name="found") for one in found], [whole(one, name="sizes") for one in sizes]
    together = upper_limit(
        deviations=sum(counts), n=sum(examined), population=population, confidence=confidence
    )  # checks the numbers
    if len(counts) == 1:
        return together
    risk = float(risk_of(confidence))
    how = f"exact in {len(counts)} stages, one-sided"
    if population is None:
        high = _rate(counts, examined, risk=risk)
        return Limit(
            low=0.0, high=high, estimate=together.estimate, k=together.k, n=together.n, confidence=confidence,
            method=f"{how}, binomial",
        )  # fmt: skip
    records = _records(counts, examined, population=population, risk=risk)
    return Limit(
        low=0.0, high=records / population, estimate=together.estimate, k=together.k, n=together.n,
        confidence=confidence, method=f"{how}, hypergeometric", population=population, low_records=0,
        high_records=records,
    )  # fmt: skip


def _as_good(model: Counted, counts: Sequence[int], sizes: Sequence[int]) -> float:
    """Chance of a result as good as this one or better."""
    if len(counts) == 1:
        return model.chance(counts[0], sizes[0])
    earlier = model.chance(counts[0] - 1, sizes[0]) if counts[0] else 0.0
    rest = after_stage(model, counts[0], sizes[0])
    return earlier + model.one(counts[0], sizes[0]) * _as_good(rest, counts[1:], sizes[1:])


def _records(counts: Sequence[int], sizes: Sequence[int], *, population: int, risk: float) -> int:
    """The most deviating records with which so good a result is more likely than the risk."""
    low, high = sum(counts), population - sum(sizes) + sum(counts)
    while low < high:
        middle = (low + high + 1) // 2
        model = Hypergeometric(population=population, deviating=middle)
        if _as_good(model, counts, sizes) > risk * (1 + 1e-12):
            low = middle
        else:
            high = middle - 1
    return low


def _rate(counts: Sequence[int], sizes: Sequence[int], *, risk: float) -> float:
    def excess(rate: float) -> float:
        return _as_good(Binomial(rate=Fraction(rate)), counts, sizes) - risk

    if excess(1.0) >= 0:  # every record of the last stage deviated
        return 1.0
    return float(optimize.brentq(excess, 0.0, 1.0, xtol=1e-12))

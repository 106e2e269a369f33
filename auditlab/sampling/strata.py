"""One conclusion from a sample that was drawn in strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditlab.errors import ArgumentError
from auditlab.statistics import Limit, upper_limit
from auditlab.statistics.arguments import risk_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """What one stratum showed."""

    name: str
    deviations: int  # [count]
    n: int  # records examined [count]
    population: int  # records of the stratum [count]


def stratified_limit(strata: Sequence[Stratum], *, confidence: float = 0.95) -> Limit:
    """Upper limit of the deviating records of a population sampled in strata.

    The accepted risk is divided equally among the strata that were not examined in full, and their
    exact limits are added up. It holds whatever the rates of the strata and however the sample was
    allocated; the price is a limit somewhat wider than that of one simple sample of the same size.

    Parameters
    ----------
    strata : sequence of Stratum
        All strata of the population.
    confidence : float
        One-sided [0-1].

    Returns
    -------
    Limit
        ``estimate`` weighs the strata by their records [0-1]; ``high_records`` is a count.

    Raises
    ------
    ArgumentError
        If there is no stratum, one stands twice, or numbers do not fit (as `statistics.upper_limit`).

    References
    ----------
    .. [1] Bonferroni's inequality on exact hypergeometric limits; Wright (1991), Exact confidence
       bounds when sampling from small finite universes.
    """
    if not strata:
        raise ArgumentError("There is no stratum. Give one for each part of the population.")
    names = [stratum.name for stratum in strata]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ArgumentError(f"Strata stand more than once: {', '.join(twice)}. Give each once.")
    open_strata = sum(stratum.n < stratum.population for stratum in strata)
    risk = risk_of(confidence) / max(open_strata, 1)
    level = float(1 - risk)
    limits = [
        upper_limit(deviations=stratum.deviations, n=stratum.n, population=stratum.population, confidence=level)
        for stratum in strata
    ]
    total = sum(stratum.population for stratum in strata)
    high = sum(limit.high_records or 0 for limit in limits)
    weighed = sum(limit.estimate * stratum.population for limit, stratum in zip(limits, strata, strict=True))
    found, examined = sum(stratum.deviations for stratum in strata), sum(stratum.n for stratum in strata)
    return Limit(
        low=0.0, high=high / total if total else 1.0, estimate=weighed / total if total else float("nan"), k=found,
        n=examined, confidence=confidence, population=total,
        method=f"exact hypergeometric in {len(strata)} strata, risk divided by {max(open_strata, 1)}",
        low_records=0, high_records=high,
    )  # fmt: skip

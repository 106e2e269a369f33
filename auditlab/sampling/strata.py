"""Samples drawn in strata: how many from each, what the plan can tell apart, and one conclusion from all."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.allocation import allocate
from auditlab.sampling.characteristic import true_rates
from auditlab.sampling.question import as_written, question
from auditlab.sampling.wording import on_its_side, percent, verb
from auditlab.sampling.worst_division import ROUNDING, most_hidden, worst_chance
from auditlab.statistics import Limit, upper_limit
from auditlab.statistics.arguments import risk_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """What one stratum showed, or in a plan what it is to give."""

    name: str
    deviations: int  # [count]
    n: int  # records examined [count]
    population: int  # records of the stratum [count]


@dataclass(frozen=True, slots=True, kw_only=True)
class StratifiedPlan:
    """A sample in strata that accepts if no record deviates, with everything it rests on."""

    n: int  # records of all strata [count]
    accept: int  # always 0
    strata: tuple[Stratum, ...]
    chance: float  # that a population just not tolerable shows no deviation, in its worst division [0-1]
    chance_before: float  # the same with one record fewer [0-1]
    proof: str
    tolerable: float
    tolerable_count: int
    confidence: float
    population: int
    method: str
    convention: str


def stratified_plan(
    sizes: Mapping[str, int],
    *,
    tolerable: float,
    confidence: float = 0.95,
    convention: str = "reaches",
    allocation: str = "proportional",
    rates: Mapping[str, float] | None = None,
) -> StratifiedPlan:
    """The smallest sample in strata that rules out the tolerable rate if no record deviates.

    The deviating records may be divided among the strata in any way: the division that hides them best
    counts. No stratum is left without a record.

    Parameters
    ----------
    sizes : mapping
        Stratum to its records [count].
    tolerable, confidence, convention
        As `sample_size`; ``"factor"`` knows no strata.
    allocation : str
        ``"proportional"`` or ``"neyman"``, see `allocate`.
    rates : mapping, optional
        Stratum to the deviation rate that an earlier examination showed there [0-1]; needed by
        ``"neyman"``, whose spread is the root of p (1 - p).

    Raises
    ------
    ArgumentError
        As `sample_size` and `allocate`, or if a rate is missing or out of its range.

    References
    ----------
    .. [1] Neyman (1934), JRSS 97:558-625, for the allocation. [2] The logarithm of the chance of no deviation
       is concave in the deviating records of a stratum, so the worst division is found one record at a time.
    """
    if convention == "factor":
        raise ArgumentError("Reliability factors know no strata. Use 'reaches' or 'exceeds'.")
    if allocation not in {"proportional", "neyman"}:
        raise ArgumentError(f"There is no allocation '{allocation}' for plans. Use proportional or neyman.")
    total = sum(sizes.values())
    asked = question(
        tolerable=tolerable, expected=0, expected_count=None, confidence=confidence, population=max(total, 1),
        method=None, convention=convention,
    )  # fmt: skip
    count, risk = asked.tolerable_count or 0, float(asked.risk)
    spread = _spreads(sizes, rates) if allocation == "neyman" else None

    def given(n: int) -> list[Stratum]:
        shares = stratum_shares(list(sizes.values()), n=n, spread=spread)
        return [
            Stratum(name=name, deviations=0, n=share, population=size)
            for (name, size), share in zip(sizes.items(), shares, strict=True)
        ]

    def chance(n: int) -> float:
        return worst_chance(given(n), deviating=count)

    n = _smallest(lambda size: chance(size) <= risk * (1 + ROUNDING), largest=total)
    at, before = chance(n), chance(n - 1)
    return StratifiedPlan(
        n=n, accept=0, strata=tuple(given(n)), chance=at, chance_before=before,
        proof=_proof(count, total, n=n, before=before, at=at, risk=risk), tolerable=float(asked.tolerable),
        tolerable_count=count, confidence=asked.confidence, population=total, method=asked.method,
        convention=str(asked.convention),
    )  # fmt: skip


def stratum_shares(sizes: Sequence[int], *, n: int, spread: Sequence[float] | None = None) -> list[int]:
    """Records of each stratum; none is left without one where there are enough.

    Parameters
    ----------
    sizes : sequence of int
        Records per stratum, each above 0 [count].
    n : int
        Records of the sample [count].
    spread : sequence of float, optional
        Standard deviation per stratum for Neyman's allocation; without it in proportion to the sizes.
    """
    method = "proportional" if spread is None else "neyman"
    parts = allocate(sizes, n=n, method=method, spread=spread, capped=True)
    while 0 in parts and n >= len(parts):
        parts[parts.index(max(parts))] -= 1
        parts[parts.index(0)] += 1
    return parts


def stratified_characteristic(plan: StratifiedPlan, rates: Sequence[float] | None = None) -> pd.DataFrame:
    """Chance of acceptance by the true deviation rate, for the division among the strata that hides it best.

    Parameters
    ----------
    plan : StratifiedPlan
        The plan.
    rates : sequence of float, optional
        True deviation rates [0-1]; by default 61 steps from 0 to three times the tolerable rate.

    Returns
    -------
    DataFrame
        As `operating_characteristic`.
    """
    asked = true_rates(rates, tolerable=plan.tolerable)
    counts = [int(as_written(rate) * plan.population + as_written(0.5)) for rate in asked]
    rows = [
        (float(rate), count, worst_chance(plan.strata, deviating=count), rate < plan.tolerable)
        for rate, count in zip(asked, counts, strict=True)
    ]
    types = {"rate": "float64", "records": "Int64", "chance_of_acceptance": "float64", "tolerable": "bool"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def stratified_limit(strata: Sequence[Stratum], *, confidence: float = 0.95) -> Limit:
    """Upper limit of the deviating records of a population sampled in strata.

    Where no deviation turned up outside the strata examined in full, the limit is exact for the division
    of the deviating records that hides them best. Otherwise the accepted risk is divided equally among the
    strata that were not examined in full, and their exact limits are added up; the price is a limit somewhat
    wider than that of one simple sample of the same size. It holds whatever the rates of the strata and however
    the sample was allocated: the limit without a deviation is never above the sum of limits, so both together
    miss no oftener than the sum alone.

    Parameters
    ----------
    strata : sequence of Stratum
        All strata of the population.
    confidence : float
        One-sided [0-1].

    Returns
    -------
    Limit
        ``estimate`` weighs the strata by their records [0-1], nan where one was not examined at all;
        ``high_records`` is a count.

    Raises
    ------
    ArgumentError
        If there is no stratum, one stands twice, or numbers do not fit (as `statistics.upper_limit`).

    References
    ----------
    .. [1] Bonferroni's inequality on exact hypergeometric limits; Wright (1991), Exact confidence
       bounds when sampling from small finite universes.
    """
    _check_names(strata)
    not_full = [stratum for stratum in strata if stratum.n < stratum.population]
    level = float(1 - risk_of(confidence) / max(len(not_full), 1))
    limits = [
        upper_limit(deviations=stratum.deviations, n=stratum.n, population=stratum.population, confidence=level)
        for stratum in strata
    ]
    total = sum(stratum.population for stratum in strata)
    high = sum(limit.high_records or 0 for limit in limits)
    how = f"risk divided by {max(len(not_full), 1)}"
    if not_full and not any(stratum.deviations for stratum in not_full):
        known = sum(stratum.deviations for stratum in strata)
        high, how = known + most_hidden(not_full, risk=float(risk_of(confidence))), "worst division"
    weighed = sum(limit.estimate * stratum.population for limit, stratum in zip(limits, strata, strict=True))
    found, examined = sum(stratum.deviations for stratum in strata), sum(stratum.n for stratum in strata)
    return Limit(
        low=0.0, high=high / total if total else 1.0, estimate=weighed / total if total else float("nan"), k=found,
        n=examined, confidence=confidence, population=total,
        method=f"exact hypergeometric in {len(strata)} strata, {how}", low_records=0, high_records=high,
    )  # fmt: skip


def _check_names(strata: Sequence[Stratum]) -> None:
    if not strata:
        raise ArgumentError("There is no stratum. Give one for each part of the population.")
    names = [stratum.name for stratum in strata]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ArgumentError(f"Strata stand more than once: {', '.join(twice)}. Give each once.")


def _smallest(enough: Callable[[int], bool], *, largest: int) -> int:
    """The smallest size that is enough; whole shares make the chance uneven, so the last steps are single ones."""
    low, high = 1, largest
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    while low > 1 and enough(low - 1):
        low -= 1
    return low


def _spreads(sizes: Mapping[str, int], rates: Mapping[str, float] | None) -> list[float]:
    known = dict(rates or {})
    missing = [name for name in sizes if name not in known]
    if missing:
        raise ArgumentError(
            f"Neyman's allocation needs an earlier deviation rate of each stratum; none for {', '.join(missing)}. "
            "Give it, or take the proportional allocation."
        )
    odd = [f"{name} {known[name]!r}" for name in sizes if not 0 <= known[name] <= 1]
    if odd:
        raise ArgumentError(f"Earlier rates are no shares: {', '.join(odd)}. Give a share from 0 to 1 for each.")
    return [math.sqrt(known[name] * (1 - known[name])) for name in sizes]


def _proof(count: int, total: int, *, n: int, before: float, at: float, risk: float) -> str:
    return (
        f"If {count} of the {total} records {verb(count)}, however they are divided among the strata, no deviation "
        f"turns up with a chance of at most {on_its_side(at, risk)} <= {percent(risk)} in {n} records, and of up to "
        f"{on_its_side(before, risk)} in {n - 1}."
    )

"""Plans in stages: a small sample first, a further one only where the first shows too much to accept at once.

A stage accepts the population if it shows fewer deviations than its number; with exactly that number
the next stage is drawn; with more the population is not accepted. The last stage accepts up to its
number. ``(1, 0)``: no deviation accepts at once, one calls for a second sample that must show none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.characteristic import true_rates
from auditlab.sampling.question import Question, as_written, question
from auditlab.sampling.wording import on_its_side, percent, verb
from auditlab.statistics.arguments import whole
from auditlab.statistics.sampling_chances import Binomial, Hypergeometric, Poisson

_METHODS = ("hypergeometric", "binomial", "poisson")
_LARGEST = 2**30


class Counted(Protocol):
    """How deviations turn up in a stage."""

    def chance(self, found: float, n: int) -> float:
        """Chance of at most so many deviations in `n` records [0-1]."""

    def one(self, found: int, n: int) -> float:
        """Chance of exactly so many [0-1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedPlan:
    """A plan in equal stages with everything it rests on."""

    n: int  # records of each stage [count]
    stages: tuple[int, ...]  # deviations with which a stage goes on to the next; of the last: accepted
    n_total: int  # records if every stage is drawn [count]
    chance: float  # that a population just not tolerable is accepted [0-1]
    chance_before: float  # the same with one record fewer in each stage [0-1]
    proof: str
    tolerable: float
    tolerable_count: int | None
    confidence: float
    population: int | None
    method: str
    convention: str
    depleted: bool


def staged_plan(
    *,
    tolerable: float,
    confidence: float = 0.95,
    population: int | None = None,
    stages: Sequence[int] = (1, 0),
    method: str | None = None,
    convention: str = "reaches",
    depleted: bool = True,
) -> StagedPlan:
    """The smallest equal stages with which a population just not tolerable is seldom accepted.

    Parameters
    ----------
    tolerable, confidence, population, convention
        As `sample_size`.
    stages : sequence of int
        Deviations per stage, as the module says; at least two.
    method : str, optional
        ``"hypergeometric"`` (default with a population), ``"binomial"`` (default without) or
        ``"poisson"``.
    depleted : bool
        Whether a later stage is drawn from what the earlier ones left, as on paper. Without it every
        stage counts as drawn from the whole population, as the R package jfa does; a little larger.

    Returns
    -------
    StagedPlan
        Its chances hold over all stages together.

    Raises
    ------
    ArgumentError
        As `sample_size`, if fewer than two stages are given, or no stages can do it.

    References
    ----------
    .. [1] ISO 28596:2022 for plans in two stages; Touw and Hoogduin (2011), p. 129, for an example.
    """
    accepted = tuple(whole(stage, name="stages") for stage in stages)
    if len(accepted) < 2:  # two stages are what the word means
        raise ArgumentError(f"stages is {tuple(stages)!r}. Give the deviations of two stages or more, e.g. (1, 0).")
    if method not in {None, *_METHODS}:
        raise ArgumentError(f"There is no method '{method}' for plans in stages. Use one of {', '.join(_METHODS)}.")
    if convention == "factor":
        raise ArgumentError("Reliability factors know no stages. Use 'reaches' or 'exceeds'.")
    asked = question(
        tolerable=tolerable, expected=0, expected_count=None, confidence=confidence,
        population=population, method=method, convention=convention,
    )  # fmt: skip
    n = _smallest(asked, accepted, depleted=depleted)
    at, before = (_chance(asked, size, accepted, depleted=depleted) for size in (n, n - 1))
    return StagedPlan(
        n=n, stages=accepted, n_total=n * len(accepted), chance=at, chance_before=before,
        proof=_proof(asked, n, before=before, at=at), tolerable=float(asked.tolerable),
        tolerable_count=asked.tolerable_count, confidence=asked.confidence, population=asked.population,
        method=asked.method, convention=str(asked.convention), depleted=depleted,
    )  # fmt: skip


def staged_characteristic(plan: StagedPlan, rates: Sequence[float] | None = None) -> pd.DataFrame:
    """Chance of acceptance and records to expect, by the true deviation rate.

    Parameters
    ----------
    plan : StagedPlan
        The plan.
    rates : sequence of float, optional
        True deviation rates [0-1]; by default 61 steps from 0 to three times the tolerable rate.

    Returns
    -------
    DataFrame
        ``rate`` [0-1], ``records`` (deviating records of a finite population) [count],
        ``chance_of_acceptance`` [0-1], ``expected_n`` (records examined on average) [count],
        ``tolerable`` (whether the rate is below the tolerable rate).
    """
    asked = true_rates(rates, tolerable=plan.tolerable)
    rows = []
    for rate in asked:
        deviating = None if plan.population is None else int(as_written(rate) * plan.population + as_written(0.5))
        accepted, drawn = _walk(plan, rate, deviating)
        rows.append((float(rate), deviating, accepted, drawn, rate < plan.tolerable))
    types = {
        "rate": "float64", "records": "Int64", "chance_of_acceptance": "float64", "expected_n": "float64",
        "tolerable": "bool",
    }  # fmt: skip
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def staged_decision(plan: StagedPlan | Sequence[int], found: Sequence[int]) -> str:
    """What the stages examined so far call for.

    Parameters
    ----------
    plan : StagedPlan or sequence of int
        The plan, or its deviations per stage.
    found : sequence of int
        Deviations of each stage examined, in order [count].

    Returns
    -------
    str
        ``"draw the first stage"``, ``"accepted"``, ``"draw the next stage"`` or ``"not accepted"``.

    Raises
    ------
    ArgumentError
        If more stages were examined than the plan has, or one after the decision had fallen.
    """
    stages = plan.stages if isinstance(plan, StagedPlan) else tuple(plan)
    decision = "draw the first stage"
    for place, deviations in enumerate(found):
        if decision in {"accepted", "not accepted"} or place >= len(stages):
            raise ArgumentError(
                f"Stage {place + 1} was examined, but the decision had fallen before. Leave its records out: "
                "stages added afterwards change the risk."
            )
        limit, last = stages[place], place == len(stages) - 1
        count = whole(deviations, name="found")
        if count < limit or (last and count == limit):
            decision = "accepted"
        else:
            decision = "draw the next stage" if count == limit else "not accepted"
    return decision


def _smallest(asked: Question, stages: tuple[int, ...], *, depleted: bool) -> int:
    def chance(n: int) -> float:
        return _chance(asked, n, stages, depleted=depleted)

    risk = float(asked.risk) * (1 + 1e-12)
    largest = asked.population // len(stages) if asked.population is not None else _LARGEST
    low, high = 1, 1
    while high < largest and chance(high) > risk:
        high = min(2 * high, largest)
    if high > largest or chance(high) > risk:
        among = f"the {asked.population} records" if asked.population else "any number of records"
        raise ArgumentError(
            f"No {len(stages)} equal stages among {among} rule out {percent(float(asked.tolerable))}. "
            "Raise the tolerable rate, take one stage, or examine the whole population."
        )
    while low < high:
        middle = (low + high) // 2
        if chance(middle) <= risk:
            high = middle
        else:
            low = middle + 1
    return low


def _chance(asked: Question, n: int, stages: tuple[int, ...], *, depleted: bool) -> float:
    """Chance that the population just not tolerable is accepted."""
    model = _model(asked.method, float(asked.tolerable), asked.population, asked.tolerable_count)
    return _accepted(model, n, stages, depleted=depleted)


def _model(method: str, rate: float, population: int | None, deviating: int | None) -> Counted:
    if method == "hypergeometric" and population is not None and deviating is not None:
        return Hypergeometric(population=population, deviating=deviating)
    return Binomial(rate=as_written(rate)) if method == "binomial" else Poisson(rate=as_written(rate))


def _accepted(model: Counted, n: int, stages: tuple[int, ...], *, depleted: bool) -> float:
    if len(stages) == 1:
        return model.chance(stages[0], n)
    at_once = model.chance(stages[0] - 1, n) if stages[0] else 0.0
    rest = after_stage(model, stages[0], n) if depleted else model
    return at_once + model.one(stages[0], n) * _accepted(rest, n, stages[1:], depleted=depleted)


def after_stage(model: Counted, found: int, n: int) -> Counted:
    """The population once a stage has been taken out of it."""
    if not isinstance(model, Hypergeometric):
        return model
    return Hypergeometric(population=max(model.population - n, 0), deviating=max(model.deviating - found, 0))


def _walk(plan: StagedPlan, rate: float, deviating: int | None) -> tuple[float, float]:
    model = _model(plan.method, rate, plan.population, deviating)
    chance, reached, drawn = _accepted(model, plan.n, plan.stages, depleted=plan.depleted), 1.0, 0.0
    for place, stage in enumerate(plan.stages):
        drawn += reached * plan.n
        if place < len(plan.stages) - 1:
            reached *= model.one(stage, plan.n)
            model = after_stage(model, stage, plan.n) if plan.depleted else model
    return chance, drawn


def _proof(asked: Question, n: int, *, before: float, at: float) -> str:
    risk = float(asked.risk)
    subject = f"If {percent(float(asked.tolerable))} of the records deviate"
    if asked.tolerable_count is not None:
        subject = f"If {asked.tolerable_count} of the {asked.population} records {verb(asked.tolerable_count)}"
    return (
        f"{subject}, the stages accept with a chance of {on_its_side(before, risk)} > {percent(risk)} with {n - 1} "
        f"records each, and of {on_its_side(at, risk)} <= {percent(risk)} with {n} each."
    )

"""The design of a random part: one sample, two stages, or strata; its size, its curve and where it falls back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.characteristic import operating_characteristic
from auditlab.sampling.sizes import SamplePlan, sample_size
from auditlab.sampling.stages import StagedPlan, staged_characteristic, staged_plan
from auditlab.sampling.strata import StratifiedPlan, Stratum, stratified_characteristic, stratified_plan
from auditlab.settings import SamplingDesign

ONE_STAGE, TWO_STAGES, STRATIFIED = "one stage", "two stages", "strata"
"""Words of the plan for the design that is followed."""

STAGES = (1, 0)
"""One deviation calls for the second stage, which must show none."""

Plan = SamplePlan | StagedPlan | StratifiedPlan

_RESERVE_PART = 5  # one reserve record for every five of the random part,
_LEAST_RESERVE = 3  # and not fewer than three


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What the random part must be able to rule out."""

    tolerable: float  # [0-1]
    confidence: float  # [0-1]
    convention: str
    expected: float = 0  # [0-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """The random part of a population under one design."""

    plan: Plan
    design: str
    fallback: str = ""  # why the design that was asked for is not followed

    @property
    def accept(self) -> int:
        """Deviations up to which the tolerable rate is ruled out; in stages in the first one [count]."""
        return self.plan.stages[0] - 1 if isinstance(self.plan, StagedPlan) else self.plan.accept

    @property
    def next_n(self) -> int | None:
        """Records of the second stage [count]."""
        return self.plan.n if isinstance(self.plan, StagedPlan) else None

    @property
    def drawn(self) -> int:
        """Records of all stages [count]."""
        return self.plan.n_total if isinstance(self.plan, StagedPlan) else self.plan.n

    @property
    def groups(self) -> tuple[Stratum, ...]:
        """What is drawn from which records: the strata, or one group without a name."""
        if isinstance(self.plan, StratifiedPlan):
            return self.plan.strata
        return (Stratum(name="", deviations=0, n=self.drawn, population=self.plan.population or 0),)

    @property
    def reserve(self) -> int:
        """Reserve records of all groups [count]."""
        return sum(reserve_size(group.n, population=group.population) for group in self.groups)

    @property
    def census(self) -> bool:
        """Whether the first draw takes every record."""
        return self.plan.n == self.plan.population

    @property
    def curve(self) -> pd.DataFrame:
        """The operating characteristic: ``rate, records, chance_of_acceptance, tolerable``."""
        if isinstance(self.plan, StagedPlan):
            return staged_characteristic(self.plan).drop(columns="expected_n")
        if isinstance(self.plan, StratifiedPlan):
            return stratified_characteristic(self.plan)
        return operating_characteristic(self.plan)


def reserve_size(n: int, *, population: int) -> int:
    """Reserve records beside a random part of `n`: a fifth, at least three, as far as the population reaches."""
    return min(max(_LEAST_RESERVE, -(-n // _RESERVE_PART)), population - n) if n else 0


def sized(criteria: Criteria, strata: Mapping[str, int], *, asked: SamplingDesign) -> Sized:
    """The random part of a population.

    Two stages and strata accept only if no deviation turns up, or one that the second stage does not repeat. Where
    the population cannot give them (too few records, one stratum, an expected rate, reliability factors) it is one
    sample, and the plan says why.

    Parameters
    ----------
    criteria : Criteria
        What must be ruled out.
    strata : mapping
        Stratum to the records drawn from [count]; one entry where there are no strata.
    asked : SamplingDesign
        The design of the settings.

    Raises
    ------
    ArgumentError
        As `sample_size`, if the criteria themselves cannot be met.
    """
    total = sum(strata.values())
    try:
        if asked.design == "two_stage":
            return Sized(plan=_in_stages(criteria, total), design=TWO_STAGES)
        if asked.design == "stratified":
            return Sized(plan=_in_strata(criteria, strata, asked), design=STRATIFIED)
    except ArgumentError as error:
        return Sized(plan=_at_once(criteria, total), design=ONE_STAGE, fallback=str(error))
    return Sized(plan=_at_once(criteria, total), design=ONE_STAGE)


def _at_once(criteria: Criteria, total: int) -> SamplePlan:
    plan = sample_size(
        tolerable=criteria.tolerable, expected=criteria.expected, confidence=criteria.confidence, population=total,
        convention=criteria.convention,
    )  # fmt: skip
    # Reliability factors know no population: what they ask beyond it is a census.
    return replace(plan, n=min(plan.n, total))


def _in_stages(criteria: Criteria, total: int) -> StagedPlan:
    _expect_none(criteria, what="Two stages")
    return staged_plan(
        tolerable=criteria.tolerable, confidence=criteria.confidence, population=total, stages=STAGES,
        convention=criteria.convention,
    )  # fmt: skip


def _in_strata(criteria: Criteria, strata: Mapping[str, int], asked: SamplingDesign) -> StratifiedPlan:
    _expect_none(criteria, what="Strata")
    if len(strata) == 1:
        raise ArgumentError(f"All records lie in the stratum '{next(iter(strata))}'. One sample is drawn instead.")
    return stratified_plan(
        strata, tolerable=criteria.tolerable, confidence=criteria.confidence, convention=criteria.convention,
        allocation=asked.allocation, rates=asked.rates,
    )  # fmt: skip


def _expect_none(criteria: Criteria, *, what: str) -> None:
    if criteria.expected:
        raise ArgumentError(
            f"{what} are planned for no deviation, but {criteria.expected:g} is expected. One sample is drawn instead."
        )

"""The rationale of a record sample: population, criteria, method and reach in sentences (ISO 19011, annex A.6)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from auditlab.sampling.designs import Criteria, Sized
from auditlab.sampling.draw import GENERATOR
from auditlab.sampling.priors import EarlierPrior
from auditlab.sampling.stages import StagedPlan
from auditlab.sampling.strata import StratifiedPlan, Stratum
from auditlab.sampling.wording import percent, records


def rationale(
    flagged: pd.DataFrame,
    plan: Sized | None,
    criteria: Criteria,
    *,
    population: str,
    size: int,
    prior: EarlierPrior | None = None,
) -> str:
    """Why the sample of a population is as it is.

    Parameters
    ----------
    flagged : DataFrame
        The judgement part with ``reason``.
    plan : Sized or None
        The random part.
    criteria : Criteria
        What it must rule out.
    population : str
        Name of the population.
    size : int
        Its records [count].
    prior : EarlierPrior, optional
        Of the credible limits.
    """
    parts = [f"Population: {population}, {records(size)}.", _judgement_words(flagged)]
    if plan is None:
        parts.append("No record is left for a random part, so nothing in per cent can be said.")
    elif plan.census:
        parts.append(
            f"{_criteria(plan, criteria, flagged=len(flagged))} These criteria ask for every one of them: a census, "
            "nothing is drawn."
        )
    else:
        parts += [_criteria(plan, criteria, flagged=len(flagged)), *_method(plan)]
        parts.append(f"A percentage concluded from it holds for the {records(plan.plan.population or 0)} drawn from.")
    if plan is not None and plan.fallback:
        parts.append(f"One sample, although the settings ask for another design: {plan.fallback}")
    if prior is not None:
        parts.append(
            f"{prior.note} Credible limits use it and stand beside the exact ones; the plan that is followed does not."
        )
    return " ".join(parts)


def strata_words(strata: Sequence[Stratum]) -> str:
    """Strata as one text that `strata_in` reads: ``"emergency: 9 of 36; normal: 16 of 135"``."""
    return "; ".join(f"{stratum.name}: {stratum.n} of {stratum.population}" for stratum in strata)


def strata_in(text: str) -> dict[str, int]:
    """Stratum to its records [count], read from `strata_words`."""
    return {name: int(size) for name, size in re.findall(r"(.+?): \d+ of (\d+)(?:; |$)", text)}


def _method(plan: Sized) -> list[str]:
    spare = records(plan.reserve)
    drawn = f"without replacement, {GENERATOR}."
    if isinstance(plan.plan, StagedPlan):
        first = (
            f"Method: two stages of {plan.plan.n} each, simple random {drawn} No deviation in the first stage ends the "
            "examination; exactly one calls for the second stage, which must show none; more end it as well."
        )
    elif isinstance(plan.plan, StratifiedPlan):
        first = f"Method: simple random samples in strata ({strata_words(plan.plan.strata)}) {drawn}"
        return [first, f"The next {spare} of the same draws are the reserve of their strata, used in order."]
    else:
        first = f"Method: simple random sample of {plan.plan.n} {drawn}"
    return [first, f"The next {spare} of the same draw are the reserve, used in order."]


def _judgement_words(flagged: pd.DataFrame) -> str:
    if flagged.empty:
        return "Judgement part: none; no record is flagged."
    counts = flagged["reason"].value_counts(sort=False)
    reasons = ", ".join(f"{reason} {counts[reason]}" for reason in sorted(counts.index))
    return f"Judgement part: all {len(flagged)} flagged ({reasons}); it carries no percentage."


def _criteria(plan: Sized, criteria: Criteria, *, flagged: int) -> str:
    count = records(plan.plan.tolerable_count or 0)
    counted = {"reaches": f"reached with {count}", "exceeds": f"exceeded with {count}"}.get(
        criteria.convention, "by reliability factors"
    )
    accepted = f"up to {plan.accept} deviations accepted"
    if isinstance(plan.plan, StagedPlan):
        accepted = "none accepted in the first stage, one in both together"
    return (
        f"The {'other ' if flagged else ''}{plan.plan.population}: tolerable {percent(criteria.tolerable)} (convention "
        f"'{criteria.convention}', {counted}), confidence {percent(criteria.confidence)}, expected "
        f"{percent(criteria.expected)}, {accepted}."
    )

"""What may be concluded from samples in stages and in strata, before the draw and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from auditlab.sampling.designs import STAGES, Sized
from auditlab.sampling.evaluation import ALL, About, Conclusion, conclusion, conclusions_before_draw, foreseen
from auditlab.sampling.staged_limits import staged_limit
from auditlab.sampling.stages import StagedPlan, staged_decision
from auditlab.sampling.strata import StratifiedPlan, Stratum, stratified_limit

_ORDINALS = ("first", "second")
_RESULTS = ((0,), (1, 0), (1, 1), (2,))
"""Results of two stages that are written down before the draw."""


def conclude_stages(
    found: Sequence[int],
    sizes: Sequence[int],
    *,
    population: int | None = None,
    confidence: float = 0.95,
    of: str = ALL,
) -> Conclusion:
    """The upper limit after the stages that were drawn, with its sentences; as `staged_limit` and `conclusion`."""
    limit = staged_limit(found, sizes, population=population, confidence=confidence)
    each = [
        f"{count} of {size} in the {stage} stage" for count, size, stage in zip(found, sizes, _ORDINALS, strict=False)
    ]
    return conclusion(limit, counted=" and ".join(each) + ("," if population is not None else ""), of=of)


def conclude_strata(strata: Sequence[Stratum], *, confidence: float = 0.95) -> Conclusion:
    """The upper limit over all strata, with its sentences; parameters as `stratified_limit`."""
    limit = stratified_limit(strata, confidence=confidence)
    each = ", ".join(f"{stratum.name} {stratum.deviations} of {stratum.n}" for stratum in strata)
    return conclusion(limit, counted=f"{limit.k:g} of {limit.n:g} ({each})")


def conclusions_of(sized: Sized, *, about: About | None = None) -> pd.DataFrame:
    """What could be concluded under a design; written before the draw.

    Parameters
    ----------
    sized : Sized
        The random part.
    about : About, optional
        As `conclusions_before_draw`.

    Returns
    -------
    DataFrame
        As `conclusions_before_draw`: in stages a line for none, for one that the second stage does not
        repeat, for one that it does, and for two at once; in strata for none, and for one in each.
    """
    plan = sized.plan
    if isinstance(plan, StagedPlan):
        rows = [_staged(plan, found, about=about) for found in _RESULTS if max(found) <= plan.n]
    elif isinstance(plan, StratifiedPlan):
        places = [None, *(place for place, stratum in enumerate(plan.strata) if stratum.n)]
        rows = [_stratified(plan, place, about=about) for place in places]
    else:
        return conclusions_before_draw(plan, about=about)
    return pd.DataFrame(rows).astype({"high_records": "Int64"})


def _staged(plan: StagedPlan, found: Sequence[int], *, about: About | None) -> dict[str, object]:
    said = conclude_stages(found, [plan.n] * len(found), population=plan.population, confidence=plan.confidence)
    return foreseen(said, accepted=staged_decision(STAGES, found) == "accepted", about=about)


def _stratified(plan: StratifiedPlan, place: int | None, *, about: About | None) -> dict[str, object]:
    """No deviation, or one in the stratum at this place."""
    strata = [replace(stratum, deviations=int(at == place)) for at, stratum in enumerate(plan.strata)]
    said = conclude_strata(strata, confidence=plan.confidence)
    ruled_out = (said.limit.high_records or 0) < plan.tolerable_count
    return foreseen(said, accepted=ruled_out, about=about)

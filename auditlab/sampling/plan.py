"""The plan for one population of records: all flagged records, a random part of the others, a sealed list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from auditlab.sampling.attributes import ANY
from auditlab.sampling.designs import ONE_STAGE, Criteria, Sized, sized
from auditlab.sampling.judgement import judgement_part, remainder
from auditlab.sampling.lists import JUDGEMENT, RECORD_LIST_TYPES, drawn_list, strata_of
from auditlab.sampling.priors import EarlierPrior, prior_from_earlier
from auditlab.sampling.rationale import rationale, strata_words
from auditlab.sampling.seal import Seal, seal
from auditlab.sampling.sizes import sample_size
from auditlab.sampling.strata import StratifiedPlan
from auditlab.seeds import PREDICTABLE, is_secret
from auditlab.settings import SamplingDesign

SEPARATOR = "; "
"""Stands between the attributes of a population in one cell."""

RECORD_SAMPLE_TYPES = {
    "population": "str",
    "records": "Int64",
    "judgement_n": "Int64",
    "N": "Int64",
    "tolerable": "Float64",
    "confidence": "Float64",
    "expected": "Float64",
    "convention": "str",
    "method": "str",
    "n": "Int64",
    "accept": "Int64",
    "reserve_n": "Int64",
    "chosen": "bool",
    "seed_fingerprint": "str",
    "list_hash": "str",
    "rationale": "str",
    "proof": "str",
    "attributes": "str",
    "design": "str",
    "next_n": "Int64",
    "strata": "str",
    "prior": "str",
}


class RecordSamplePlan(NamedTuple):
    """The two tables of a plan; the second stays with the audit team."""

    record_samples: pd.DataFrame
    record_list: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with the sizes that stand behind its first row."""

    samples: pd.DataFrame
    listed: pd.DataFrame
    sized: Sized | None  # none where every record is flagged


_ONE_STAGE = SamplingDesign()


def record_sample_plan(
    frame: pd.DataFrame,
    *,
    population: str,
    id: str,  # noqa: A002  # the name is part of the contract
    flags: Mapping[str, str],
    tolerable: float,
    seed: int | str,
    confidence: float = 0.95,
    convention: str = "reaches",
    expected: float = 0,
    alternatives: Sequence[tuple[float, float]] = (),
    attributes: Sequence[str] = (ANY,),
    design: SamplingDesign = _ONE_STAGE,
    strata: str | None = None,
) -> RecordSamplePlan:
    """Plan the sample of one population and draw its list.

    Parameters
    ----------
    frame : DataFrame
        The population, one row per record.
    population : str
        Its name, e.g. ``"changes of site B, 2023-04 to 2024-03"``; part of the seal and of the draw.
    id : str
        Column of identifiers.
    flags : mapping
        Column of truth values to its reason, as `judgement_part`; all flagged records are examined.
    tolerable, confidence, convention, expected
        As `sample_size`, for the records that are not flagged.
    seed : int or str
        Secret seed of the engagement. Without a secret one nothing is sealed, and the plan says so.
    alternatives : sequence of pairs
        Further (tolerable, confidence) to show beside the chosen ones; sizes only, nothing is drawn.
    attributes : sequence of str
        What to look at in each record; the worksheet gets a column for each.
    design : SamplingDesign
        One sample, two stages or strata, and an earlier sample; see `designs.sized`.
    strata : str, optional
        Column of strata. A record without one belongs to a stratum of its own, "(... not stated)".

    Returns
    -------
    RecordSamplePlan
        ``record_samples``: ``population, records`` (all of them), ``judgement_n, N`` (records the
        random part is drawn from), ``tolerable, confidence, expected, convention, method, n, accept,
        reserve_n, chosen, seed_fingerprint, list_hash`` (missing where not chosen, and without a secret
        seed), ``rationale, proof`` (missing where every record is examined), ``attributes`` (separated by
        semicolons), ``design`` (one stage, two stages, strata), ``next_n`` (records of the second stage; ``n``
        are those of the first), ``strata`` (records drawn and records of each), ``prior`` (of the credible
        limits, and where it comes from).
        ``record_list``: ``population, item, part`` (judgement, random, second stage, reserve), ``order`` (in
        which random records were drawn, and reserve records are used; by stratum), ``reason, stratum``.

    Raises
    ------
    ArgumentError
        As `sample_size`, `draw`, `judgement_part` and `seal`.
    """
    planned = plan_records(
        frame, population=population, id=id, flags=flags, seed=seed, alternatives=alternatives,
        attributes=attributes, design=design, strata=strata,
        criteria=Criteria(tolerable=tolerable, confidence=confidence, convention=convention, expected=expected),
    )  # fmt: skip
    return RecordSamplePlan(planned.samples, planned.listed)


def plan_records(
    frame: pd.DataFrame,
    *,
    population: str,
    id: str,  # noqa: A002  # as above
    flags: Mapping[str, str],
    criteria: Criteria,
    seed: int | str,
    alternatives: Sequence[tuple[float, float]],
    attributes: Sequence[str],
    design: SamplingDesign,
    strata: str | None,
) -> Planned:
    """The plan of `record_sample_plan` and the sizes behind it; parameters and errors as there."""
    flagged = judgement_part(frame, id=id, flags=flags)
    rest = remainder(frame, id=id, flags=flags)
    rest = rest.assign(stratum=strata_of(rest, strata if design.design == "stratified" else None))
    sizes = {str(name): int(count) for name, count in rest["stratum"].value_counts().sort_index().items()}
    prior = _prior(design)

    def row(asked: Criteria, plan: Sized | None, *, earlier: EarlierPrior | None = None) -> dict[str, object]:
        words = rationale(flagged, plan, asked, population=population, size=len(frame), prior=earlier)
        counts = {"records": len(frame), "judgement_n": len(flagged), "N": len(rest), "rationale": words}
        return {"population": population} | counts | _criteria_row(asked) | _plan_row(plan) | _prior_row(earlier)

    chosen = _sized(criteria, sizes, design=design)
    listed = _listed(flagged, drawn_list(rest, chosen, id=id, population=population, seed=seed), population, id=id)
    sealed = seal(listed, seed=seed, population=population) if is_secret(seed) else None
    rows = [_chosen(row(criteria, chosen, earlier=prior), sealed)]
    if prior is not None and len(rest):
        rows.append(row(criteria, _by_prior(criteria, len(rest), prior=prior), earlier=prior))
    for tolerable, confidence in alternatives:
        if (tolerable, confidence) != (criteria.tolerable, criteria.confidence):
            other = replace(criteria, tolerable=tolerable, confidence=confidence)
            rows.append(row(other, _sized(other, sizes, design=design)))
    table = pd.DataFrame(rows).assign(attributes=SEPARATOR.join(attributes)).reindex(columns=list(RECORD_SAMPLE_TYPES))
    return Planned(samples=table.astype(RECORD_SAMPLE_TYPES), listed=listed, sized=chosen)


def _listed(flagged: pd.DataFrame, drawn: pd.DataFrame, population: str, *, id: str) -> pd.DataFrame:  # noqa: A002  # as above
    judged = pd.DataFrame({"item": flagged[id], "reason": flagged["reason"]}).assign(part=JUDGEMENT)
    kept = [part for part in (judged, drawn) if not part.empty]
    listed = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(RECORD_LIST_TYPES))
    return listed.assign(population=population).reindex(columns=list(RECORD_LIST_TYPES)).astype(RECORD_LIST_TYPES)


def _sized(criteria: Criteria, sizes: Mapping[str, int], *, design: SamplingDesign) -> Sized | None:
    """The size of the random part; ``None`` where every record is flagged and none is left to draw."""
    return sized(criteria, sizes, asked=design) if sizes else None


def _prior(design: SamplingDesign) -> EarlierPrior | None:
    earlier = design.earlier
    if earlier is None:
        return None
    return prior_from_earlier(deviations=earlier.deviations, n=earlier.examined, source=earlier.source)


def _by_prior(criteria: Criteria, population: int, *, prior: EarlierPrior) -> Sized:
    """What the earlier sample would leave to examine, beside the plan that is followed without it."""
    plan = sample_size(
        tolerable=criteria.tolerable, expected=criteria.expected, confidence=criteria.confidence,
        population=population, method="beta_binomial", prior=prior.prior,
        convention="reaches" if criteria.convention == "factor" else criteria.convention,
    )  # fmt: skip
    return Sized(plan=plan, design=ONE_STAGE)


def _criteria_row(criteria: Criteria) -> dict[str, object]:
    return {
        "tolerable": criteria.tolerable,
        "confidence": criteria.confidence,
        "expected": criteria.expected,
        "convention": criteria.convention,
    }


def _plan_row(plan: Sized | None) -> dict[str, object]:
    if plan is None:
        return {"n": 0, "reserve_n": 0, "design": ONE_STAGE, "chosen": False}
    strata = plan.plan.strata if isinstance(plan.plan, StratifiedPlan) else ()
    return {
        "method": plan.plan.method,
        "n": plan.plan.n,
        "accept": plan.accept,
        "reserve_n": plan.reserve,
        "chosen": False,
        "proof": None if plan.census else plan.plan.proof,
        "design": plan.design,
        "next_n": plan.next_n,
        "strata": strata_words(strata) or None,
    }


def _prior_row(prior: EarlierPrior | None) -> dict[str, object]:
    return {"prior": prior.words if prior else None}


def _chosen(row: dict[str, object], sealed: Seal | None) -> dict[str, object]:
    """The row of the plan that is followed, with its seal where a secret seed was set."""
    if sealed is None:
        return row | {"chosen": True, "rationale": f"{row['rationale']} The list is {PREDICTABLE}."}
    return row | {"chosen": True, "seed_fingerprint": sealed.seed_fingerprint, "list_hash": sealed.list_hash}

"""What the random part of a worksheet says about all records it was drawn from, by the design of its plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from auditlab.sampling.design_conclusions import conclude_stages, conclude_strata
from auditlab.sampling.designs import STAGES, STRATIFIED, TWO_STAGES
from auditlab.sampling.evaluation import ALL, APPLICABLE, About, Conclusion, Judged, conclusion, statement
from auditlab.sampling.lists import RANDOM, SECOND_STAGE
from auditlab.sampling.priors import prior_in
from auditlab.sampling.question import as_written
from auditlab.sampling.rationale import strata_in
from auditlab.sampling.results import DEVIATION, NOT_APPLICABLE, NOT_AVAILABLE
from auditlab.sampling.stages import staged_decision
from auditlab.sampling.strata import Stratum
from auditlab.sampling.wording import percent, records, upper_percent
from auditlab.statistics import Limit, upper_limit

SHORT = "open: fewer records count than were planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomPart:
    """The rows of a random part that count for one attribute.

    Attributes
    ----------
    rows : DataFrame
        ``part, stratum`` of the records that count.
    results : Series
        Their results.
    decision : str
        What the stages call for; empty where the design has one stage or the first is not complete.
    note : str
        Results that are left out, and why.
    """

    rows: pd.DataFrame
    results: pd.Series
    decision: str = ""
    note: str = ""


def random_part(plan: Mapping[str, str], drawn: pd.DataFrame, results: pd.Series) -> RandomPart:
    """The part of the drawn records that counts for one attribute: a second stage only if the first called for it.

    Parameters
    ----------
    plan : mapping
        Row of the plan sheet.
    drawn : DataFrame
        The drawn records with their ``part``.
    results : Series
        Their results for the attribute.
    """
    if plan.get("design") != TWO_STAGES:
        return RandomPart(rows=drawn, results=results)
    first, second = drawn["part"] == RANDOM, drawn["part"] == SECOND_STAGE
    begun = bool(results[second].notna().any())
    if results[first].isna().any():
        note = "the second stage was begun before the first was complete; its results are left out" if begun else ""
        return RandomPart(rows=drawn[first], results=results[first], note=note)
    found = [_deviations(results[first])]
    decision = staged_decision(STAGES, found)
    if decision != "draw the next stage":
        note = "the second stage was not called for; its results are left out" if begun else ""
        return RandomPart(rows=drawn[first], results=results[first], decision=decision, note=note)
    if results[second].notna().all():
        decision = staged_decision(STAGES, [*found, _deviations(results[second])])
    return RandomPart(rows=drawn, results=results, decision=decision)


def inferred(plan: Mapping[str, str], own: RandomPart, *, attribute: str, judged: Judged) -> dict[str, object]:
    """What holds for all records of the plan, in the columns of the evaluation.

    Parameters
    ----------
    plan : mapping
        Row of the plan sheet.
    own : RandomPart
        The rows that count.
    attribute : str
        What was looked at.
    judged : Judged
        What the judgement part showed.
    """
    confidence, tolerable, size = float(plan["confidence"]), float(plan["tolerable"]), int(float(plan["N"]))
    found = _concluded(plan, own, confidence=confidence, size=size)
    about = About(
        population=plan["population"], records=int(float(plan["records"])),
        judgement=int(float(plan["judgement_n"])), attribute=attribute,
    )  # fmt: skip
    ruled_out = _below(found.limit, tolerable, convention=plan["convention"])
    decision = SHORT if own.decision == "accepted" and not ruled_out else own.decision
    return {
        "N": size, "tolerable": tolerable, "confidence": confidence, "high": found.limit.high,
        "high_records": found.limit.high_records, "method": found.limit.method, "rules_out_tolerable": ruled_out,
        "sentence": statement(found, about, judged=judged), "not_to_say": found.not_to_say,
        "decision": decision or None,
    } | _credible(plan, own, confidence=confidence, size=size)  # fmt: skip


def _concluded(plan: Mapping[str, str], own: RandomPart, *, confidence: float, size: int) -> Conclusion:
    if plan.get("design") == STRATIFIED:
        return conclude_strata(_strata(plan["strata"], own), confidence=confidence)
    unfit = bool((own.results == NOT_APPLICABLE).any())
    population, of = (None, APPLICABLE) if unfit else (size, ALL)
    if plan.get("design") == TWO_STAGES:
        each = [own.results[own.rows["part"] == part] for part in (RANDOM, SECOND_STAGE)]
        drawn = [results for place, results in enumerate(each) if results.notna().any() or not place]
        return conclude_stages(
            [_deviations(results) for results in drawn], [_fit(results) for results in drawn],
            population=population, confidence=confidence, of=of,
        )  # fmt: skip
    limit = upper_limit(
        deviations=_deviations(own.results), n=_fit(own.results), population=population, confidence=confidence
    )
    return conclusion(limit, of=of)


def _strata(words: str, own: RandomPart) -> list[Stratum]:
    """What each stratum showed; a record to which the attribute does not apply does not deviate."""
    strata = []
    for name, size in strata_in(words).items():
        results = own.results[own.rows["stratum"] == name]
        strata.append(
            Stratum(name=name, deviations=_deviations(results), n=int(results.notna().sum()), population=size)
        )
    return strata


def _credible(plan: Mapping[str, str], own: RandomPart, *, confidence: float, size: int) -> dict[str, object]:
    """The limit that counts an earlier sample as well; none over strata, whose rates may differ."""
    prior, fit = prior_in(plan.get("prior", "")), _fit(own.results)
    if prior is None or plan.get("design") == STRATIFIED or fit == size:
        return {}
    finite = not (own.results == NOT_APPLICABLE).any()
    limit = upper_limit(
        deviations=_deviations(own.results), n=fit, confidence=confidence, prior=prior,
        population=size if finite else None, method="beta_binomial" if finite else "beta",
    )  # fmt: skip
    many = "" if limit.high_records is None else f" ({records(limit.high_records)})"
    words = f"With the earlier sample counted in: {percent(confidence)} credible that at most "
    return {
        "credible_high": limit.high, "credible_records": limit.high_records,
        "credible": f"{words}{upper_percent(limit.high)}{many} deviate. {plan['prior'].partition(': ')[2]}",
    }  # fmt: skip


def _deviations(results: pd.Series) -> int:
    """A record that could not be produced counts as deviating."""
    return int(results.isin([DEVIATION, NOT_AVAILABLE]).sum())


def _fit(results: pd.Series) -> int:
    """Records examined to which the attribute applies [count]."""
    return int((results.notna() & (results != NOT_APPLICABLE)).sum())


def _below(limit: Limit, tolerable: float, *, convention: str) -> bool:
    if limit.high_records is None or limit.population is None:
        return limit.high < tolerable
    share = as_written(tolerable) * limit.population
    count = math.floor(share) + 1 if convention == "exceeds" else math.ceil(share)
    return limit.high_records < count

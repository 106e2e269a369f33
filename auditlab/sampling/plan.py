"""The plan for one population of records: all flagged records, a random part of the others, a sealed list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from auditlab.sampling.attributes import ANY
from auditlab.sampling.draw import GENERATOR, draw
from auditlab.sampling.judgement import judgement_part, remainder
from auditlab.sampling.seal import RESERVE, Seal, seal
from auditlab.sampling.seeds import PREDICTABLE, derived_seed, is_secret
from auditlab.sampling.sizes import SamplePlan, sample_size
from auditlab.sampling.wording import percent, records

JUDGEMENT = "judgement"
RANDOM = "random"

_RESERVE_PART = 5  # one reserve record for every five of the random part,
_LEAST_RESERVE = 3  # and not fewer than three

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
}
RECORD_LIST_TYPES = {"population": "str", "item": "str", "part": "str", "order": "Int64", "reason": "str"}


class RecordSamplePlan(NamedTuple):
    """The two tables of a plan; the second stays with the audit team."""

    record_samples: pd.DataFrame
    record_list: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class _Population:
    """A population divided into its judgement part and the records the random part is drawn from."""

    name: str
    size: int
    flagged: pd.DataFrame
    others: int


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

    Returns
    -------
    RecordSamplePlan
        ``record_samples``: ``population, records`` (all of them), ``judgement_n, N`` (records the
        random part is drawn from), ``tolerable, confidence, expected, convention, method, n, accept,
        reserve_n, chosen, seed_fingerprint, list_hash`` (missing where not chosen, and without a secret
        seed), ``rationale, proof`` (missing where every record is examined), ``attributes`` (separated by
        semicolons).
        ``record_list``: ``population, item, part`` (judgement, random, reserve), ``order`` (in which random
        records were drawn, and reserve records are used), ``reason``.

    Raises
    ------
    ArgumentError
        As `sample_size`, `draw`, `judgement_part` and `seal`.
    """
    flagged = judgement_part(frame, id=id, flags=flags)
    rest = remainder(frame, id=id, flags=flags)
    divided = _Population(name=population, size=len(frame), flagged=flagged, others=len(rest))
    chosen = _sized(divided, tolerable, confidence, convention=convention, expected=expected)
    size = chosen.n if chosen else 0
    wanted = size + reserve_size(size, population=len(rest))
    drawn = draw(rest, id=id, n=wanted, seed=derived_seed(seed, purpose=population))
    listed = _record_list(divided, drawn, size=size, id=id)
    sealed = seal(listed, seed=seed, population=population) if is_secret(seed) else None
    first = _row(divided, chosen, tolerable, confidence, convention=convention, expected=expected)
    rows = [_chosen(first, sealed)]
    for other_tolerable, other_confidence in alternatives:
        if (other_tolerable, other_confidence) != (tolerable, confidence):
            plan = _sized(divided, other_tolerable, other_confidence, convention=convention, expected=expected)
            rows.append(
                _row(divided, plan, other_tolerable, other_confidence, convention=convention, expected=expected)
            )
    table = pd.DataFrame(rows).assign(attributes=SEPARATOR.join(attributes)).reindex(columns=list(RECORD_SAMPLE_TYPES))
    return RecordSamplePlan(record_samples=table.astype(RECORD_SAMPLE_TYPES), record_list=listed)


def reserve_size(n: int, *, population: int) -> int:
    """Reserve records beside a random part of `n`: a fifth, at least three, as far as the population reaches."""
    return min(max(_LEAST_RESERVE, -(-n // _RESERVE_PART)), population - n) if n else 0


def _sized(
    divided: _Population, tolerable: float, confidence: float, *, convention: str, expected: float
) -> SamplePlan | None:
    """The size of the random part; ``None`` where every record is flagged and none is left to draw."""
    if not divided.others:
        return None
    return sample_size(
        tolerable=tolerable,
        expected=expected,
        confidence=confidence,
        population=divided.others,
        convention=convention,
    )


def _record_list(divided: _Population, drawn: pd.DataFrame, *, size: int, id: str) -> pd.DataFrame:  # noqa: A002  # as above
    judged = pd.DataFrame({"item": divided.flagged[id], "reason": divided.flagged["reason"]}).assign(part=JUDGEMENT)
    others = pd.DataFrame({"item": drawn[id], "order": drawn["order"]})
    said = "every record that is not flagged" if size == divided.others else "drawn at random"
    random = others.head(size).assign(part=RANDOM, reason=said)
    reserve = others.iloc[size:].assign(part=RESERVE, reason="only in place of a record that cannot be examined")
    reserve["order"] -= size
    both = [part for part in (judged, random, reserve) if not part.empty]
    listed = pd.concat(both, ignore_index=True) if both else pd.DataFrame(columns=list(RECORD_LIST_TYPES))
    return listed.assign(population=divided.name).reindex(columns=list(RECORD_LIST_TYPES)).astype(RECORD_LIST_TYPES)


def _row(
    divided: _Population,
    plan: SamplePlan | None,
    tolerable: float,
    confidence: float,
    *,
    convention: str,
    expected: float,
) -> dict[str, object]:
    census = plan is None or plan.n == divided.others
    return {
        "population": divided.name,
        "records": divided.size,
        "judgement_n": len(divided.flagged),
        "N": divided.others,
        "tolerable": tolerable,
        "confidence": confidence,
        "expected": expected,
        "convention": convention,
        "method": plan.method if plan else None,
        "n": plan.n if plan else 0,
        "accept": plan.accept if plan else pd.NA,
        "reserve_n": reserve_size(plan.n, population=divided.others) if plan else 0,
        "chosen": False,
        "seed_fingerprint": None,
        "list_hash": None,
        "rationale": _rationale(divided, plan),
        "proof": None if plan is None or census else plan.proof,
    }


def _chosen(row: dict[str, object], sealed: Seal | None) -> dict[str, object]:
    """The row of the plan that is followed, with its seal where a secret seed was set."""
    if sealed is None:
        return row | {"chosen": True, "rationale": f"{row['rationale']} The list is {PREDICTABLE}."}
    return row | {"chosen": True, "seed_fingerprint": sealed.seed_fingerprint, "list_hash": sealed.list_hash}


def _rationale(divided: _Population, plan: SamplePlan | None) -> str:
    """Population, criteria, method and reach of the sample in sentences (ISO 19011, annex A.6)."""
    parts = [f"Population: {divided.name}, {records(divided.size)}.", _judgement_words(divided)]
    if plan is None:
        parts.append("No record is left for a random part, so nothing in per cent can be said.")
    elif plan.n == divided.others:
        parts.append(f"{_criteria(plan)} These criteria ask for every one of them: a census, nothing is drawn.")
    else:
        parts += [_criteria(plan), f"Method: simple random sample of {plan.n} without replacement, {GENERATOR}."]
        spare = records(reserve_size(plan.n, population=divided.others))
        parts.append(f"The next {spare} of the same draw are the reserve, used in order.")
        parts.append(f"A percentage concluded from it holds for the {records(plan.population or 0)} drawn from.")
    return " ".join(parts)


def _judgement_words(divided: _Population) -> str:
    if divided.flagged.empty:
        return "Judgement part: none; no record is flagged."
    counts = divided.flagged["reason"].value_counts(sort=False)
    reasons = ", ".join(f"{reason} {counts[reason]}" for reason in sorted(counts.index))
    return f"Judgement part: all {len(divided.flagged)} flagged ({reasons}); it carries no percentage."


def _criteria(plan: SamplePlan) -> str:
    counted = {
        "reaches": f"reached with {records(plan.tolerable_count or 0)}",
        "exceeds": f"exceeded with {records(plan.tolerable_count or 0)}",
    }.get(plan.convention, "by reliability factors")
    return (
        f"The other {plan.population}: tolerable {percent(plan.tolerable)} (convention "
        f"'{plan.convention}', {counted}), confidence {percent(plan.confidence)}, expected {percent(plan.expected)}, "
        f"up to {plan.accept} deviations accepted."
    )

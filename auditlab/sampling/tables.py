"""Everything a reader needs of one record sample: plan, list, curve, and what may be concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.sampling.attributes import ANY
from auditlab.sampling.design_conclusions import conclusions_of
from auditlab.sampling.designs import Criteria
from auditlab.sampling.evaluation import About
from auditlab.sampling.plan import plan_records
from auditlab.sampling.summary import plan_summary
from auditlab.settings import SamplingDesign

HEADLINE_DTYPES = {
    "order": "int64", "sentence": "str", "value": "Float64", "n": "Int64", "low": "Float64", "high": "Float64",
    "table": "str",
}  # fmt: skip

_ONE_STAGE = SamplingDesign()
_NO_CONCLUSIONS = pd.DataFrame(columns=[
    "deviations", "n", "high", "high_records", "confidence", "method", "rules_out_tolerable", "sentence", "not_to_say",
])  # fmt: skip
_NO_CURVE = pd.DataFrame(columns=["rate", "records", "chance_of_acceptance", "tolerable"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingTables:
    """The plan of one population, as tables.

    Attributes
    ----------
    record_samples, record_list : DataFrame
        As `record_sample_plan`.
    conclusions : DataFrame
        As `conclusions_of`, for the chosen design.
    curve : DataFrame
        As `operating_characteristic`, for the chosen design.
    headlines : DataFrame
        ``order, sentence, value, n, low, high, table``.
    summary : DataFrame
        As `plan_summary`.
    """

    record_samples: pd.DataFrame
    record_list: pd.DataFrame
    conclusions: pd.DataFrame
    curve: pd.DataFrame
    headlines: pd.DataFrame
    summary: pd.DataFrame

    @property
    def drawn(self) -> str:
        """Each population with the records of its random part, in stages of the first, for a caption."""
        chosen = self.record_samples[self.record_samples["chosen"]]
        return "; ".join(f"{name}, n = {n}" for name, n in zip(chosen["population"], chosen["n"], strict=True))


def sampling_tables(
    frame: pd.DataFrame,
    *,
    population: str,
    id: str = "change_id",  # noqa: A002  # the name is that of `record_sample_plan`
    flags: Mapping[str, str],
    tolerable: float,
    confidence: float,
    convention: str,
    seed: str,
    alternatives: Sequence[tuple[float, float]] = (),
    attributes: Sequence[str] = (ANY,),
    design: SamplingDesign = _ONE_STAGE,
    strata: str | None = None,
) -> SamplingTables:
    """Plan one record sample and say beforehand what it can show; parameters as `record_sample_plan`."""
    plan = plan_records(
        frame, population=population, id=id, flags=flags, seed=seed, alternatives=alternatives,
        attributes=attributes, design=design, strata=strata,
        criteria=Criteria(tolerable=tolerable, confidence=confidence, convention=convention),
    )  # fmt: skip
    chosen = plan.samples.iloc[0]
    about = About(population=population, records=int(chosen["records"]), judgement=int(chosen["judgement_n"]))
    conclusions, curve = _NO_CONCLUSIONS, _NO_CURVE
    if plan.sized is not None:
        conclusions, curve = conclusions_of(plan.sized, about=about), plan.sized.curve
    return SamplingTables(
        record_samples=plan.samples,
        record_list=plan.listed,
        conclusions=conclusions,
        curve=curve,
        headlines=_headlines(chosen, conclusions, population=population),
        summary=plan_summary(chosen),
    )


def _headlines(chosen: pd.Series, conclusions: pd.DataFrame, *, population: str) -> pd.DataFrame:
    first = f"There is no record to sample: {population} holds none."
    if chosen["records"]:
        first = f"{population[0].upper()}{population[1:]}: {chosen['records']} records; {_examined(chosen)}."
    sentences = [first]
    if len(conclusions):
        all_of_them = "the others" if chosen["judgement_n"] else "them"
        who = all_of_them if chosen["n"] == chosen["N"] else "those drawn"
        sentences.append(f"If none of {who} deviates, this may be said: {conclusions['sentence'].iloc[0]}")
    sizes = [chosen["n"], None]
    rows = [
        {"order": place, "sentence": sentence, "n": size, "table": table}
        for place, (sentence, size, table) in enumerate(
            zip(sentences, sizes, ("record_samples", "conclusions"), strict=False), start=1
        )
    ]
    return pd.DataFrame(rows, columns=list(HEADLINE_DTYPES)).astype(HEADLINE_DTYPES)


def _examined(chosen: pd.Series) -> str:
    flagged, size, others = (int(chosen[name]) for name in ("judgement_n", "n", "N"))
    judged = f"all {flagged} flagged ones are examined" if flagged else "none is flagged"
    rest = f"the other {others}" if flagged else f"the {others}"
    if not others:
        return f"{judged}, and no other is left"
    if size == others:
        return f"{judged}, and {rest} are examined as well, every one: a census, nothing is drawn"
    later = "" if pd.isna(chosen["next_n"]) else f", and {chosen['next_n']} more only if exactly one of them deviates"
    return f"{judged}, and {size} of {rest} drawn at random{later}"

"""Filled-in worksheets: are they still the sealed list, and what may be said after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.designs import STRATIFIED
from auditlab.sampling.evaluation import Judged
from auditlab.sampling.inference import inferred, random_part
from auditlab.sampling.lists import JUDGEMENT, RANDOM
from auditlab.sampling.results import DEVIATION, NO_DEVIATION, NOT_APPLICABLE, NOT_AVAILABLE, RESULTS
from auditlab.sampling.sealed_sheets import NOT_COMPARED, check_list, check_plan
from auditlab.sampling.substitutes import substitute_problems, unused_reserve, with_substitutes
from auditlab.sampling.tables import HEADLINE_DTYPES
from auditlab.sampling.wording import records, verb

ANY_ATTRIBUTE = "(any attribute)"

EVALUATION_TYPES = {
    "population": "str", "part": "str", "attribute": "str", "planned": "Int64", "examined": "Int64",
    "deviations": "Int64", "not_available": "Int64", "not_applicable": "Int64", "N": "Int64",
    "tolerable": "Float64", "confidence": "Float64", "high": "Float64", "high_records": "Int64", "method": "str",
    "rules_out_tolerable": "boolean", "state": "str", "sentence": "str", "not_to_say": "str", "note": "str",
    "decision": "str", "credible_high": "Float64", "credible_records": "Int64", "credible": "str",
}  # fmt: skip
REPLACEMENT_TYPES = {"population": "str", "item": "str", "replaced_by": "str", "reason": "str"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """One population as it came back from site.

    Attributes
    ----------
    plan : dict
        Its row of the plan sheet, by the column names of ``record_samples``, and ``sheet``.
    answers : DataFrame
        ``item, part, order, stratum`` (missing without strata), ``row`` (where it stands),
        ``replaced_by, replaced_why`` and a column per attribute, all text; an empty cell is missing.
    attributes : tuple of str
        Columns of `answers` that hold results.
    """

    plan: dict[str, str]
    answers: pd.DataFrame
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetResults:
    """What filled-in worksheets say.

    Attributes
    ----------
    evaluation : DataFrame
        One row per population, part and attribute: ``population, part, attribute, planned, examined,
        deviations`` (with records that were not available), ``not_available, not_applicable, N,
        tolerable, confidence, high, high_records, method, rules_out_tolerable`` (missing where the
        part carries no percentage), ``state`` (complete, begun, not begun), ``sentence, not_to_say, note,
        decision`` (what two stages call for), ``credible_high, credible_records, credible`` (limit and
        sentence that count an earlier sample; missing without one).
    replacements : DataFrame
        ``population, item, replaced_by, reason``.
    """

    evaluation: pd.DataFrame
    replacements: pd.DataFrame


def evaluate_worksheets(
    worksheets: Sequence[Worksheet],
    *,
    listed: pd.DataFrame | None = None,
    planned: pd.DataFrame | None = None,
    seed: str | None = None,
) -> WorksheetResults:
    """Evaluate filled-in worksheets.

    Rows may be reordered, columns added and cells left empty; identifiers may not be changed. A record
    that was not available counts as a deviation, unless it was replaced by the next reserve record: then the
    results of that one count. An attribute that does not apply to a record leaves
    it out, and the limit then is the one without a finite population, because nobody counted the
    records it applies to.

    Parameters
    ----------
    worksheets : sequence of Worksheet
        As read.
    listed : DataFrame, optional
        ``record_list`` of the run that drew the list; changed identifiers are then named one by one.
    planned : DataFrame, optional
        ``record_samples`` of the same run; a changed line of the plan sheet is then named.
    seed : str, optional
        Secret seed; without `listed` the hash of the plan is checked with it. Without either the notes say that
        nothing was compared.

    Returns
    -------
    WorksheetResults
        See there.

    Raises
    ------
    ArgumentError
        If an identifier or the plan was changed, a result is none of the words of the drop-down, or a
        replacement has no reason. All of a sheet at once.
    """
    rows: list[dict[str, object]] = []
    for worksheet in worksheets:
        check_plan(worksheet.plan, planned=planned)
        compared = check_list(worksheet.plan, worksheet.answers, listed=listed, seed=seed)
        _check_answers(worksheet)
        rows += _rows(worksheet, unchecked="" if compared else NOT_COMPARED)
    logged = [row for worksheet in worksheets for row in _replaced(worksheet)]
    return WorksheetResults(
        evaluation=pd.DataFrame(rows, columns=list(EVALUATION_TYPES)).astype(EVALUATION_TYPES),
        replacements=pd.DataFrame(logged, columns=list(REPLACEMENT_TYPES)).astype(REPLACEMENT_TYPES),
    )


def _check_answers(worksheet: Worksheet) -> None:
    answers, problems = worksheet.answers, []
    for attribute in worksheet.attributes:
        odd = answers[answers[attribute].notna() & ~answers[attribute].isin(RESULTS)]
        problems += [
            f"row {row}, '{attribute}': '{value}'" for row, value in zip(odd["row"], odd[attribute], strict=True)
        ]
    problems += substitute_problems(answers, worksheet.attributes)
    if problems:
        raise ArgumentError(
            f"Sheet '{worksheet.plan['sheet']}' cannot be evaluated: {'; '.join(problems)}. "
            f"Results are {', '.join(RESULTS)}, or empty."
        )


def _rows(worksheet: Worksheet, *, unchecked: str) -> list[dict[str, object]]:
    answers, attributes = worksheet.answers, worksheet.attributes
    judgement = _columns(answers[answers["part"] == JUDGEMENT], attributes)
    drawn = with_substitutes(answers, attributes)
    rows = []
    if len(drawn):
        spare = unused_reserve(answers, attributes)
        for name, results in _columns(drawn, attributes).items():
            counted = random_part(worksheet.plan, drawn, results)
            row = _row(worksheet, counted.rows, part=RANDOM, attribute=name, results=counted.results)
            row["note"] = "; ".join(filter(None, (str(row["note"]), counted.note, _spare_words(spare), unchecked)))
            rows.append(row | inferred(worksheet.plan, counted, attribute=name, judged=_judged(judgement[name])))
    for name, results in judgement.items():
        if len(results):
            own = answers.loc[results.index]
            row = _row(worksheet, own, part=JUDGEMENT, attribute=name, results=results)
            rows.append(row | _counted(row))
    return rows


def _columns(own: pd.DataFrame, attributes: Sequence[str]) -> dict[str, pd.Series]:
    """Results by attribute, with those of any attribute where there is more than one."""
    columns = {attribute: own[attribute] for attribute in attributes}
    return columns | ({ANY_ATTRIBUTE: _any_attribute(own, attributes)} if len(attributes) > 1 else {})


def _judged(results: pd.Series) -> Judged:
    deviations = int(results.isin([DEVIATION, NOT_AVAILABLE]).sum())
    return Judged(deviations=deviations, examined=int(results.notna().sum()))


def _spare_words(spare: int) -> str:
    return f"{records(spare)} of the reserve examined without being needed, left out" if spare else ""


def _any_attribute(own: pd.DataFrame, attributes: Sequence[str]) -> pd.Series:
    """A record deviates as soon as one attribute does; it does not when every attribute was looked at."""
    cells = own[list(attributes)]
    joined = pd.Series(NO_DEVIATION, index=own.index, dtype="str")
    joined = joined.mask((cells == NOT_APPLICABLE).all(axis="columns"), NOT_APPLICABLE)
    joined = joined.mask((cells == NOT_AVAILABLE).any(axis="columns"), NOT_AVAILABLE)
    joined = joined.mask((cells == DEVIATION).any(axis="columns"), DEVIATION)
    # A record whose examination ended with a deviation counts: left out, it would make the limit too low.
    return joined.where(cells.notna().all(axis="columns") | joined.isin([DEVIATION, NOT_AVAILABLE]))


def _row(
    worksheet: Worksheet, own: pd.DataFrame, *, part: str, attribute: str, results: pd.Series
) -> dict[str, object]:
    counts, strata = results.value_counts(), worksheet.plan.get("design") == STRATIFIED
    unavailable, unfit = (int(counts.get(word, 0)) for word in (NOT_AVAILABLE, NOT_APPLICABLE))
    looked, deviations = int(results.notna().sum()), int(counts.get(DEVIATION, 0)) + unavailable
    row: dict[str, object] = {
        "population": worksheet.plan["population"], "part": part, "attribute": attribute, "planned": len(own),
        "examined": looked - unfit, "deviations": deviations, "not_available": unavailable, "not_applicable": unfit,
        "state": "not begun" if not looked else ("complete" if looked == len(own) else "begun"),
        "note": "; ".join(_notes(own, results, unavailable=unavailable)),
    }  # fmt: skip
    if unfit:
        row["note"] = "; ".join(filter(None, (str(row["note"]), _unfit_words(unfit, part=part, strata=strata))))
    return row


def _counted(row: dict[str, object]) -> dict[str, object]:
    """The judgement part: a count, and nothing beyond it."""
    planned, examined, deviations = (int(str(row[name])) for name in ("planned", "examined", "deviations"))
    sentence = f"{deviations} of the {records(examined)} chosen for a reason and examined {verb(deviations)}."
    if row["state"] == "not begun":
        sentence = f"None of the {records(planned)} chosen for a reason is examined so far."
    elif not examined:
        sentence = f"The attribute applies to none of the {records(planned)} chosen for a reason that were examined."
    return {
        "sentence": sentence,
        "not_to_say": "Not to be said: any percentage of the population; these records were not drawn at random.",
    }


def _notes(own: pd.DataFrame, results: pd.Series, *, unavailable: int) -> list[str]:
    notes = []
    looked = int(results.notna().sum())
    if looked < len(own):
        notes.append(f"{len(own) - looked} of {len(own)} are still to be examined")
        if looked and _out_of_turn(own, results):
            notes.append("the ones examined are not the first drawn, so what is easy to find may come first")
    if unavailable:
        notes.append(f"{records(unavailable)} not available, counted as deviating")
    replaced = int(own["replaced_by"].notna().sum())
    if replaced:
        notes.append(f"{replaced} replaced, see the log")
    return notes


def _unfit_words(unfit: int, *, part: str, strata: bool) -> str:
    words = f"the attribute does not apply to {unfit}"
    if part == JUDGEMENT:
        return words
    if strata:
        return f"{words}, counted as not deviating; the limit is of all records"
    return f"{words}; the limit holds for records it applies to"


def _out_of_turn(own: pd.DataFrame, results: pd.Series) -> bool:
    """Whether a record was examined before one of its stratum that was drawn earlier."""
    order = pd.to_numeric(own["order"])[results.notna()]
    by_stratum = order.groupby(own["stratum"].fillna(""))
    return bool((by_stratum.max() > by_stratum.size()).any())


def _replaced(worksheet: Worksheet) -> list[tuple[str, str, str, str]]:
    rows = worksheet.answers[worksheet.answers["replaced_by"].notna()]
    name = worksheet.plan["population"]
    return [
        (name, item, other, why)
        for item, other, why in zip(rows["item"], rows["replaced_by"], rows["replaced_why"], strict=True)
    ]


def evaluation_headlines(results: WorksheetResults) -> pd.DataFrame:
    """The sentences of an evaluation for the top of a page: one per population, for the random part as a whole.

    Parameters
    ----------
    results : WorksheetResults
        As `evaluate_worksheets`.

    Returns
    -------
    DataFrame
        ``order, sentence, value, n, low, high, table``.
    """
    rows = results.evaluation
    drawn = rows[(rows["part"] == RANDOM) & (rows["state"] != "not begun")]
    last = drawn.groupby("population", sort=False).tail(1)  # any attribute, or the only one
    called = ("" if pd.isna(words) else f" By the plan in two stages: {words}." for words in last["decision"])
    sentences = [
        f"{sentence}{said}{f' ({note})' if note else ''}"
        for sentence, said, note in zip(last["sentence"], called, last["note"], strict=True)
    ]
    if not sentences:
        sentences = ["No record of a random part has been examined yet, so nothing may be concluded."]
    frame = pd.DataFrame({"order": range(1, len(sentences) + 1), "sentence": sentences})
    sizes = last["examined"].tolist() or [pd.NA]
    frame = frame.assign(n=sizes, table="sample_evaluation")
    return frame.reindex(columns=list(HEADLINE_DTYPES)).astype(HEADLINE_DTYPES)

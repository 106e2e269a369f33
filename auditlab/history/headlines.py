"""The sentences for the first screen, each made from a result and its figures.

A sentence whose input is missing says what cannot be known; it never reads as "none".
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from auditlab.history.cells import plural, text_of
from auditlab.history.grade_review import LOWERED, READS_LIKE_NC, SOFTENING
from auditlab.history.headline_actions import (
    effectiveness_sentence,
    follow_up_sentence,
    on_time_sentence,
    overdue_sentence,
)
from auditlab.history.headline_coverage import (
    examined_sentence,
    longest_without_visit_sentence,
    unplaced_nonconformities,
)
from auditlab.history.headline_parts import Headline, HistoryResults, ended, no_nonconformity, told_once, with_p
from auditlab.history.headline_recurrence import came_back_sentence, organisation_sentence, strongest_chain_sentence
from auditlab.history.rates import NO_FINDINGS, UNPLACED
from auditlab.standard.grades import Grade

HEADLINE_DTYPES = {
    "order": "Int64",
    "sentence": "str",
    "value": "Float64",
    "n": "Float64",
    "low": "Float64",
    "high": "Float64",
    "table": "str",
}


def headlines(results: HistoryResults) -> pd.DataFrame:
    """About ten sentences: what was examined, what came back, what worked, what must be followed up.

    Returns
    -------
    DataFrame
        ``order`` (1 first), ``sentence, value`` (the figure of the sentence), ``n`` (its base),
        ``low, high`` (its interval), ``table`` (where the rows are).
    """
    speakers: tuple[Callable[[HistoryResults], Headline | None], ...] = (
        examined_sentence,
        longest_without_visit_sentence,
        came_back_sentence,
        strongest_chain_sentence,
        organisation_sentence,
        effectiveness_sentence,
        overdue_sentence,
        on_time_sentence,
        follow_up_sentence,
        _audits_apart,
        _sites_apart,
        _grades,
    )
    spoken = told_once((headline for speak in speakers if (headline := speak(results)) is not None), results)
    rows = [
        {"order": place, **{name: getattr(headline, name) for name in HEADLINE_DTYPES if name != "order"}}
        for place, headline in enumerate(spoken, start=1)
    ]
    return pd.DataFrame(rows, columns=list(HEADLINE_DTYPES)).astype(HEADLINE_DTYPES)


def _audits_apart(results: HistoryResults) -> Headline:
    rates, tests = results.finding_rates, results.rate_comparisons
    row = rates[(rates["scope"] == "all") & (rates["grade_group"] == "nc")]
    total = row[row["rate"].notna()]
    test = tests[tests["comparison"] == "audits_homogeneous"]
    if total.empty:
        note = "" if row.empty else text_of(row["note"].iloc[0]).removeprefix("no rate: ")
        reason = no_nonconformity(results) if note in ("", NO_FINDINGS) else note
        sentence = f"Not known how many nonconformities were found per auditor-day: {reason}"
        return Headline(sentence=ended(sentence, results), table="finding_rates")
    overall = total.iloc[0]
    days = float(overall["auditor_days"])
    sentence = (
        f"{plural(int(overall['n']), 'nonconformity', 'nonconformities')} in {round(days, 2):g} "
        f"{'auditor-day' if days == 1 else 'auditor-days'}, {overall['rate']:.2f} per day "
        f"(interval {overall['low']:.2f} to {overall['high']:.2f})."
    )
    if len(test):
        p = float(test["p"].iloc[0])
        verdict = "cannot be told apart" if p >= 0.05 else "differ"
        sentence += f" Per auditor-day the audits {verdict} ({with_p('chi-square', p)})."
    if note := text_of(overall["note"]):
        sentence += f" {note}."
    return Headline(
        sentence=ended(sentence, results),
        table="rate_comparisons" if len(test) else "finding_rates",
        value=float(overall["rate"]),
        n=days,
        low=float(overall["low"]),
        high=float(overall["high"]),
    )


def _sites_apart(results: HistoryResults) -> Headline | None:
    rates, tests = results.finding_rates, results.rate_comparisons
    sites = rates[(rates["scope"] == "site") & (rates["grade_group"] == "nc")]
    test = tests[tests["comparison"] == "sites_homogeneous"]
    if sites["note"].str.contains(UNPLACED, regex=False).any():
        return _sites_not_compared(results)
    if test.empty:
        return None
    sites = sites[sites["rate"].notna()]
    p = float(test["p"].iloc[0])
    counts = ", ".join(
        f"{site} {n} in {round(days, 2):g} {'day' if days == 1 else 'days'}"
        for site, n, days in zip(sites["site"], sites["n"], sites["auditor_days"], strict=True)
    )
    verdict = "cannot be told apart" if p >= 0.05 else "differ"
    sentence = f"Per auditor-day the sites {verdict} ({with_p('chi-square', p)}): nonconformities at {counts}."
    return Headline(sentence=ended(sentence, results), table="rate_comparisons", value=p, n=len(sites))


def _sites_not_compared(results: HistoryResults) -> Headline:
    count = len(unplaced_nonconformities(results))
    who = f"{plural(count, 'nonconformity', 'nonconformities')} {'names' if count == 1 else 'name'} {UNPLACED}"
    sentence = f"Not known how the sites compare per auditor-day: {who}."
    return Headline(sentence=ended(sentence, results), table="finding_rates", value=count)


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _grades(results: HistoryResults) -> Headline | None:
    review = results.grade_review
    if review.empty:
        return None
    count = review["finding_id"].nunique()
    kinds = set(review["grade"])
    one, many = ("improvement", "improvements") if kinds == {str(Grade.OFI)} else ("finding", "findings")
    said = (
        (READS_LIKE_NC, "reads like a nonconformity", "read like a nonconformity"),
        (LOWERED, "repeats an earlier nonconformity", "repeat earlier nonconformities"),
        (SOFTENING, "follows nonconformities that came back", "follow nonconformities that came back"),
    )
    parts = []
    for reason, single, several in said:
        ids = list(review.loc[review["reason"] == reason, "finding_id"])
        parts += [f"{' '.join(ids)} {single if len(ids) == 1 else several}"] if ids else []
    number = (_NUMBERS[count] if count < len(_NUMBERS) else str(count)).capitalize()
    verb = f"{one} deserves" if count == 1 else f"{many} deserve"
    return Headline(
        sentence=f"{number} {verb} a second reading by a person: {'; '.join(parts)}.",
        table="grade_review",
        value=count,
    )

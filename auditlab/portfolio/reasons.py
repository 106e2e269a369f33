"""What is compared with what, in words, and why a table of the review has nothing to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from auditlab.history.cells import plural
from auditlab.portfolio.over_time import LEAST_COVERED, NO_MIX
from auditlab.portfolio.store import Store

if TYPE_CHECKING:
    from auditlab.portfolio.review import PortfolioReview

HALF_YEARS = 4
"""Half-years that the check of whole and parts needs: two at each end."""


def compared_with(store: Store) -> pd.DataFrame:
    """The period and the other settings on which every comparison rests.

    Returns
    -------
    DataFrame
        ``what`` (``period`` first, a sentence), ``value``.
    """
    compare, method = store.settings.compare, store.settings.method
    rows = [
        ("period", period_sentence(store)),
        ("same mix of", ", ".join(compare.strata) or "nothing: all audits together"),
        ("confidence of intervals", f"{100 * method.confidence:g} %"),
        ("declared rate of false discoveries", f"{100 * method.false_discovery_rate:g} %"),
        ("fewest clients of a number that leaves the house", str(method.suppress_below)),
        ("fewest audits of an auditor who is compared", str(method.least_audits)),
    ]
    return pd.DataFrame(rows, columns=["what", "value"], dtype="str")


def period_sentence(store: Store) -> str:
    """Which audits are compared, in one sentence."""
    types = [str(kind).replace("stage", "stage ") for kind in store.settings.compare.types]
    listed = " and ".join(", ".join(types).rsplit(", ", 1))
    return (
        f"Clients, auditors, clauses and sectors are compared over audits of the types {listed} that began "
        f"{period_words(store)} and whose auditor-days and findings are known."
    )


def period_words(store: Store) -> str:
    """The days of the period: from the first to the last."""
    first, last = (f"{pd.Timestamp(str(day)):%Y-%m-%d}" for day in store.period)
    return f"from {first} to {last}"


def empty_reasons(review: PortfolioReview) -> dict[str, str]:
    """Why a table has no rows, or a chart nothing to draw; empty where it has.

    Returns
    -------
    dict
        By name of the table on the page.
    """
    said = {
        "portfolio_mix": "no audit is known", "client_inventory": "no client is known",
        "audit_time": "how audit times were calculated was not handed over",
        "clause_rates": "no audit that is compared has a nonconformity or recorded coverage",
        "client_rates": "no audit in the period has auditor-days and findings",
        "next_period": _nothing_after(review), "forecast_errors": _nothing_after(review),
        "certificate_risk": "no certificate in force was handed over",
        "rates_over_time": "no audit has auditor-days and findings",
        "rates_by_place": "no audit has auditor-days and findings",
        "simpson_check": f"fewer than {HALF_YEARS} half-years lie between the first and the last audit",
        "soft_grades": "no audit that is compared has an improvement or observation with a text",
        "soft_candidates": "no improvement or observation reads like a nonconformity or follows ones that came back",
        "benchmark": "no audit in the period has auditor-days and findings",
        "committee_course": "no audit has auditor-days and findings",
    }  # fmt: skip
    held = {"simpson_check": review.simpson}
    found = {name: "" if len(held.get(name, getattr(review, name, ()))) else words for name, words in said.items()}
    found["auditor_calibration"] = "" if len(review.auditor_calibration) else auditors_refused(review)
    return found | {
        "funnel": _funnel(review), "clause_sector": _clause_sector(review),
        "portfolio_overdue_actions": _overdue(review), "programme_breaches": _breaches(review),
    }  # fmt: skip


def auditors_refused(review: PortfolioReview) -> str:
    """Why auditors are not compared; by measure where the reasons differ."""
    notes = review.calibration_measures.set_index("measure")["note"].str.removeprefix("refused: ")
    if notes.nunique() < 2:
        return "; ".join(notes.unique())
    return "; ".join(f"{measure}: {note}" for measure, note in notes.items() if note)


def _nothing_after(review: PortfolioReview) -> str:
    return (
        f"no audit after {review.period[1]:%Y-%m-%d}, the end of the period that is compared, has auditor-days and "
        "findings; the setting last under [compare] of portfolio.toml ends the period earlier"
    )


def course_caption(course: pd.DataFrame) -> str:
    """How to read the course of the half-years, and how many of them are at its one mix.

    Parameters
    ----------
    course : DataFrame
        Result of `rates_over_time`.
    """
    begin = "Nonconformities per auditor-day by half-year, as found with its interval"
    if course.empty or course["mix"].iloc[0] == NO_MIX:
        return f"{begin}."
    given, mix = int(course["standardised"].notna().sum()), course["mix"].iloc[0].replace("+", ", ")
    return (
        f"{begin} and at one mix of {mix}: given for {given} of {plural(len(course), 'half-year')}, those with at "
        f"least {100 * LEAST_COVERED:g} % of that mix; elsewhere the line is broken, and the rate as found follows "
        "the mix."
    )


def _funnel(review: PortfolioReview) -> str:
    if len(review.funnel):
        return ""
    notes = review.client_rates["note"].str.removeprefix("not compared: ").drop_duplicates()
    return "; ".join(note for note in notes if note) or "no audit in the period has auditor-days and findings"


def _clause_sector(review: PortfolioReview) -> str:
    cells, least = review.clause_sector, review.suppress_below
    if cells["ratio"].notna().any():
        return ""
    if cells.empty:
        return "no audit that is compared has a nonconformity or recorded coverage"
    if cells["sector"].nunique() < 2:
        return (
            f"the sectors are one group ({cells['sector'].iloc[0]}), because too few of them have {least} clients; "
            "there is no other sector to compare with"
        )
    return f"every cell is suppressed, as sectors with at least {least} clients examined are too few"


def _overdue(review: PortfolioReview) -> str:
    if len(review.overdue_actions):
        return ""
    rows = review.rows_read.set_index("table")["seen"]
    return "no action is overdue" if rows["corrective_actions"] else "no register of actions was handed over"


def _breaches(review: PortfolioReview) -> str:
    if len(review.programme_breaches):
        return ""
    cases = int(review.programme_summary["cases"].sum())
    return f"no rule was broken in {cases} cases" if cases else "no rule can be checked from what was handed over"

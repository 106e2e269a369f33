"""The sentences for the first screen of a portfolio, each made from a result and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from auditlab.history.cells import plural
from auditlab.numerals import p_value
from auditlab.portfolio.identity import WAITS
from auditlab.portfolio.inventory import UNREAD
from auditlab.portfolio.reasons import auditors_refused, empty_reasons

if TYPE_CHECKING:
    from auditlab.portfolio.review import PortfolioReview

HEADLINE_DTYPES = {
    "order": "Int64", "sentence": "str", "value": "Float64", "n": "Float64", "low": "Float64", "high": "Float64",
    "table": "str",
}  # fmt: skip

Said = dict[str, object]


def portfolio_headlines(review: PortfolioReview) -> pd.DataFrame:
    """What the portfolio shows, in the order in which a reviewer asks.

    Returns
    -------
    DataFrame
        ``order, sentence, value, n, low, high, table``; a sentence whose input is missing says what cannot be known.
    """
    said = [
        _outliers(review), _smallest(review), _regression(review), _certificates(review), _breaches(review),
        _caps(review), _auditors(review), _sectors(review), _inventory(review), _waiting(review),
        _without_client(review), _benchmark(review),
    ]  # fmt: skip
    rows = [row | {"order": place} for place, row in enumerate((row for row in said if row), start=1)]
    return pd.DataFrame(rows, columns=list(HEADLINE_DTYPES)).astype(HEADLINE_DTYPES)


def _outliers(review: PortfolioReview) -> Said:
    rates, rate = review.client_rates, review.false_discovery_rate
    tests = int(rates.attrs["tests"])
    if not tests:
        why = empty_reasons(review)["funnel"]
        return {"sentence": f"No client can be compared: {why}.", "table": "client_rates"}
    flagged = rates[rates["flagged"].fillna(False).astype(bool)]
    more = flagged.loc[flagged["direction"] == "more", "client"].tolist()
    fewer = flagged.loc[flagged["direction"] == "fewer", "client"].tolist()
    share = f"false discovery rate {100 * rate:g} % over {tests} clients"
    if flagged.empty:
        return {"sentence": f"No client differs from the others by more than clients usually do ({share}).", "value": 0,
                "n": tests, "table": "client_rates"}  # fmt: skip
    parts = [f"{plural(len(who), 'client')} with {word} nonconformities than the others ({_listed(who)})"
             for who, word in ((more, "more"), (fewer, "fewer")) if who]  # fmt: skip
    return {"sentence": f"{' and '.join(parts)}: {share}.", "value": len(flagged), "n": tests, "table": "client_rates"}


def _smallest(review: PortfolioReview) -> Said | None:
    """The client that a league table would put first, where it is no outlier."""
    rates = review.client_rates.dropna(subset=["rate", "q"])
    if rates.empty:
        return None
    first = rates.sort_values(["rate", "client"], ascending=[False, True]).iloc[0]
    if bool(first["flagged"]):
        return None
    time = f"{first['auditor_days']:g} {'day' if first['auditor_days'] == 1 else 'days'}"
    found = plural(int(first["nonconformities"]), "nonconformity", "nonconformities")
    return {
        "sentence": f"The highest raw rate, {first['client']} with {first['rate']:.1f} per auditor-day in "
        f"{time} (interval {first['low']:.1f} to {first['high']:.1f} from {found}), "
        f"{_spared_by(first, rates, rate=review.false_discovery_rate)}.",
        "value": first["rate"], "n": first["nonconformities"], "low": first["low"], "high": first["high"],
        "table": "client_rates",
    }  # fmt: skip


LITTLE = 0.5
"""A client with less than this share of the days of the middle client was audited for little time [0-1]."""


def _spared_by(client: pd.Series, rates: pd.DataFrame, *, rate: float) -> str:
    """Which of both tests spares a client with a high rate."""
    if client["q"] <= rate:
        variance = float(rates.attrs["between"])
        return (
            f"is not flagged: chance alone does not explain it (q {p_value(client['q'])}), but clients usually differ "
            f"that much (q with the variance between clients of {variance:.2g}: {p_value(client['q_widened'])})"
        )
    q = f"(q {p_value(client['q'])})"
    if client["auditor_days"] < LITTLE * rates["auditor_days"].median():
        return f"is no outlier: so little time allows it by chance {q}"
    return f"is no outlier: chance allows it at its mix of audits {q}"


def _regression(review: PortfolioReview) -> Said | None:
    errors = review.forecast_errors.set_index("forecast")
    if errors.empty or not errors["clients"].max() or errors["error"].isna().any():
        return None
    raw, shrunken = errors["error"].astype("float64").loc[["rate", "shrunken"]]
    n = int(errors["clients"].max())
    return {
        "sentence": "Extreme rates go back by themselves: as a forecast of what followed, the raw rates miss by a mean "
        f"square of {raw:.2f} and the shrunken ones by {shrunken:.2f} ({n} clients).",
        "value": raw / shrunken if shrunken else None, "n": n, "table": "next_period",
    }  # fmt: skip


def _certificates(review: PortfolioReview) -> Said:
    risk = review.certificate_risk
    if risk.empty:
        return {"sentence": "No certificate was handed over, so none can be watched.", "table": "certificate_risk"}
    ended = int((risk["days_left"] < 0).fillna(False).sum())
    soon = int(risk["days_left"].between(0, 183).fillna(False).sum())
    overdue = review.overdue_actions
    longest = ""
    if len(overdue):
        longest = (
            f" The longest overdue action is {overdue['days_overdue'].iloc[0]} days late ({overdue['client'].iloc[0]})."
        )
    rows = review.rows_read.set_index("table")["rejected"]
    unread = int(rows.get("certificates", 0))
    but = f" (but {plural(unread, 'row')} of certificates could not be read)" if ended and unread else ""
    return {
        "sentence": f"{plural(ended, 'certificate')} ended without a later decision{but}, {soon} end within six "
        f"months; {int((risk['threats'] != '').sum())} of {len(risk)} have something in their way.{longest}",
        "value": ended, "n": len(risk), "table": "certificate_risk",
    }  # fmt: skip


def _breaches(review: PortfolioReview) -> Said:
    summary = review.programme_summary
    cases, broken = int(summary["cases"].sum()), int(summary["broken"].sum())
    if not cases:
        return {"sentence": "No programme rule can be checked.", "table": "programme_breaches"}
    clients = review.programme_breaches["client"].nunique()
    return {
        "sentence": f"Programme rules were broken in {broken} of {cases} cases, at {plural(clients, 'client')}.",
        "value": broken, "n": cases, "table": "programme_breaches",
    }  # fmt: skip


def _caps(review: PortfolioReview) -> Said:
    summary = review.audit_time_summary
    whole = summary[summary["office"] == "all"].iloc[0]
    if not whole["audits"]:
        return {"sentence": "How audit times were calculated was not handed over.", "table": "audit_time"}
    return {
        "sentence": f"The cap on reductions binds in {whole['capped']} of {whole['audits']} calculated audit times, at "
        f"{whole['clients_capped']} of {plural(int(whole['clients']), 'client')} ({100 * whole['share']:.0f} %, "
        f"interval {100 * whole['low']:.0f} to {100 * whole['high']:.0f} %); the highest sum before the cap is "
        f"{100 * whole['highest_sum']:.0f} % of the table.",
        "value": whole["share"], "n": whole["clients"], "low": whole["low"], "high": whole["high"],
        "table": "audit_time",
    }  # fmt: skip


def _auditors(review: PortfolioReview) -> Said:
    measures = review.calibration_measures
    compared = int(measures["comparable"].max()) if len(measures) else 0
    if compared < 2:
        return {"sentence": f"Auditors are not compared: {auditors_refused(review)}.", "table": "auditor_calibration"}
    table = review.auditor_calibration
    flagged = int(table["flagged"].fillna(False).sum())
    refused = table[~table["identifiable"].fillna(False).astype(bool)].groupby("measure").size().max()
    lost = "" if pd.isna(refused) else f"; {refused} cannot be told from what they audited"
    differ = (
        "1 difference between an auditor and the others stands"
        if flagged == 1
        else (f"{flagged} differences between an auditor and the others stand")
    )
    return {
        "sentence": f"{compared} auditors can be compared on common clients, years, types and editions{lost}; "
        f"{differ} out.",
        "value": flagged, "n": compared, "table": "auditor_calibration",
    }  # fmt: skip


def _sectors(review: PortfolioReview) -> Said | None:
    cells = review.clause_sector
    tests = int(cells["tests"].max()) if len(cells) else 0
    if not tests:
        return None
    flagged = int(cells["flagged"].fillna(False).sum())
    return {
        "sentence": f"{flagged} of {tests} cells of clause and sector differ from the other sectors "
        f"(false discovery rate {100 * review.false_discovery_rate:g} %).",
        "value": flagged, "n": tests, "table": "clause_sector",
    }  # fmt: skip


def _inventory(review: PortfolioReview) -> Said:
    inventory = review.client_inventory
    gaps = int((inventory["gaps"] != "").sum())
    unread = int((inventory["gaps"] == UNREAD).sum())
    lost = f"; the files of {plural(unread, 'client')} could not be read" if unread else ""
    with_audits = int((inventory["audits"] > 0).sum())
    some = "" if with_audits == len(inventory) else f", {with_audits} of them"
    return {
        "sentence": f"{plural(len(inventory), 'client')}{some} with {plural(int(inventory['audits'].sum()), 'audit')}"
        f"{lost}; "
        f"something is missing at {gaps}.",
        "value": gaps, "n": len(inventory), "table": "client_inventory",
    }  # fmt: skip


def _waiting(review: PortfolioReview) -> Said | None:
    """Rows and names that wait for a person, and what cannot be."""
    rejected, asked = int(review.rows_read["rejected"].sum()), len(review.questions)
    names, told = review.client_identity, review.contradictions
    near = int((names["nearest"].notna() & (names["how"] != WAITS)).sum())  # what waits is a question already
    unknown = int(told["effect"].str.startswith("counts as unknown").sum())
    parts = [
        f"{plural(count, word)} {rest}"
        for count, word, rest in (
            (rejected, "row", "of files could not be read"), (asked, "question", "to be answered"),
            (near, "name", "nearly that of another client"), (unknown, "impossible value", "counted as unknown"),
        )
        if count
    ]  # fmt: skip
    if not parts:
        return None
    seen = int(review.rows_read["seen"].sum())
    sentence = f"Not settled: {', '.join(parts)}."
    return {"sentence": sentence, "value": rejected, "n": seen, "table": "portfolio_rows"}


def _without_client(review: PortfolioReview) -> Said | None:
    rows = review.rows_read[review.rows_read["without_client"] > 0]
    if rows.empty:
        return None
    total = int(rows["without_client"].sum())
    parts = ", ".join(f"{table} {count}" for table, count in zip(rows["table"], rows["without_client"], strict=True))
    return {
        "sentence": f"{plural(total, 'row')} {'is' if total == 1 else 'are'} of no known client and in no number "
        f"({parts}). Add a column with the client.",
        "value": total, "n": int(review.rows_read["seen"].sum()), "table": "portfolio_rows",
    }  # fmt: skip


def _benchmark(review: PortfolioReview) -> Said:
    table = review.benchmark
    whole = table["suppressed"].astype(bool)
    hidden = int(whole.sum())
    counts = int((~whole & table[["nonconformities", "majors"]].isna().any(axis=1)).sum())
    more = f", and single counts of {counts} more" if counts else ""
    return {
        "sentence": f"{hidden} of {plural(len(table), 'group')} of the benchmark are suppressed{more}: fewer than "
        f"{review.suppress_below} clients, or they would give such a number away.",
        "value": hidden, "n": len(table), "table": "benchmark",
    }  # fmt: skip


def _listed(names: list[str], *, most: int = 6) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"

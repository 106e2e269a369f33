"""The sentences for the first screen, each made from a result and its figures.

A sentence whose input is missing says what cannot be known; it never reads as "none".
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from auditlab.history.cells import clause_sort_key, natural_order, plural, text_of
from auditlab.history.grade_review import READS_LIKE_NC, SOFTENING
from auditlab.history.headline_actions import (
    effectiveness_sentence,
    follow_up_sentence,
    on_time_sentence,
    overdue_sentence,
)
from auditlab.history.headline_parts import Headline, HistoryResults, known_row, rate_and_interval, share_headline

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
        _examined,
        _longest_without_visit,
        _came_back,
        _strongest_chain,
        _organisation,
        effectiveness_sentence,
        overdue_sentence,
        on_time_sentence,
        follow_up_sentence,
        _audits_apart,
        _sites_apart,
        _grades,
    )
    spoken = [headline for speak in speakers if (headline := speak(results)) is not None]
    rows = [
        {"order": place, **{name: getattr(headline, name) for name in HEADLINE_DTYPES if name != "order"}}
        for place, headline in enumerate(spoken, start=1)
    ]
    return pd.DataFrame(rows, columns=list(HEADLINE_DTYPES)).astype(HEADLINE_DTYPES)


def _examined(results: HistoryResults) -> Headline:
    cells, table = results.coverage_cells, "coverage_cells"
    known = cells[cells["state"] != "unknown"]
    if known.empty:
        return Headline(
            sentence="Not known what was examined: neither coverage nor the sites of a dated audit were handed over.",
            table=table,
        )
    untouched = known[known["state"] == "untouched"]
    by_site = ", ".join(f"{site} {count}" for site, count in untouched["site"].value_counts(sort=False).items())
    sentence = (
        f"{len(known) - len(untouched)} of {len(known)} cells of clause and site were examined in this certification "
        f"cycle; {len(untouched)} were not" + (f" ({by_site})." if by_site else ".")
    )
    if len(known) < len(cells):
        unknown = sorted(set(cells["site"]) - set(known["site"]), key=natural_order)
        sentence += f" Nothing is known about {', '.join(unknown)}."
    if (known["exposure"] == "inferred").any():
        sentence += " Examination is inferred from audit scope."
    return Headline(sentence=sentence, table=table, value=len(untouched), n=len(known))


def _longest_without_visit(results: HistoryResults) -> Headline:
    visits = results.site_visits.dropna(subset=["days_since"])
    if visits.empty:
        return Headline(sentence="Not known when the sites were last visited.", table="site_visits")
    site = visits.sort_values("days_since", ascending=False, kind="stable").iloc[0]
    sentence = (
        f"Site {site['site']} is the longest without an audit: last visited on {site['last_visit']:%Y-%m-%d}, "
        f"{site['days_since']} days ago. No findings there since then means not visited."
    )
    return Headline(sentence=sentence, table="site_visits", value=float(site["days_since"]), n=len(visits))


def _came_back(results: HistoryResults) -> Headline:
    table = "recurrence_summary"
    row = known_row(results.recurrence_summary, "view", "site")
    if row is None:
        chains = results.recurrence_chains
        again = int(chains.loc[chains["view"] == "site", "recurrent"].sum())
        if chains.empty:
            return Headline(
                sentence="Not known what came back: no nonconformity with a clause is on record.", table=table
            )
        return Headline(
            sentence=f"Nonconformities came back in {plural(again, 'cell')}; out of how many examined twice is "
            "not known.",
            table=table,
            value=again,
        )
    sentence = (
        f"Nonconformities came back in {row['k']} of {row['n']} cells that had one and were examined at least twice "
        f"({rate_and_interval(row)})."
    )
    return share_headline(row, sentence, table)


def _strongest_chain(results: HistoryResults) -> Headline | None:
    chains = results.recurrence_chains
    chains = chains[(chains["view"] == "site") & chains["recurrent"].astype(bool)]
    if chains.empty:
        return None
    overdue = results.corrective_actions.set_index("finding_id")["days_overdue"]

    def strength(chain: pd.Series) -> tuple[object, ...]:
        count, base = int(chain["audits_with_nc"]), chain["examinations"]
        share = count / base if pd.notna(base) and base else 0.0
        late = max(
            (overdue.get(finding, 0) for finding in chain["findings"].split()),
            key=lambda days: 0 if pd.isna(days) else days,
        )
        return (-count, -share, 0 if pd.isna(late) else -late, clause_sort_key(chain["clause"]), text_of(chain["site"]))

    best = min((chain for _, chain in chains.iterrows()), key=strength)
    where = f"at {best['site']}" if text_of(best["site"]) else "(site not stated)"
    known = pd.notna(best["examinations"])
    base = (
        f"{best['audits_with_nc']} of {best['examinations']} examinations"
        if known
        else plural(int(best["audits_with_nc"]), "audit")
    )
    editions = f", across editions {' and '.join(best['editions'].split())}" if best["cross_edition"] else ""
    sentence = (
        f"The longest chain is {best['clause']} {where}: nonconformities in {base} ({best['findings']}){editions}."
    )
    return Headline(
        sentence=sentence,
        table="recurrence_chains",
        value=float(best["audits_with_nc"]),
        n=float(best["examinations"]) if known else None,
    )


def _organisation(results: HistoryResults) -> Headline | None:
    chains = results.recurrence_chains
    organisation = chains[(chains["view"] == "organisation") & (chains["audits_with_nc"] >= 2)]
    at_sites = chains[chains["view"] == "site"].groupby("clause")["audits_with_nc"].max()
    hidden = organisation[organisation["audits_with_nc"] > organisation["clause"].map(at_sites).fillna(0)]
    if hidden.empty:
        return None
    top = int(hidden["audits_with_nc"].max())
    best = hidden[hidden["audits_with_nc"] == top]
    base = best["examinations"].dropna().unique()
    of = f"{top} of {base[0]} audits" if len(base) == 1 else plural(top, "audit")
    sentence = (
        f"Seen over all sites together, {' and '.join(best['clause'])} had nonconformities in {of}, more than at any "
        "single site."
    )
    return Headline(
        sentence=sentence, table="recurrence_chains", value=top, n=float(base[0]) if len(base) == 1 else None
    )


def _audits_apart(results: HistoryResults) -> Headline:
    table = "rate_comparisons"
    rates, tests = results.finding_rates, results.rate_comparisons
    total = rates[(rates["scope"] == "all") & (rates["grade_group"] == "nc") & rates["rate"].notna()]
    test = tests[tests["comparison"] == "audits_homogeneous"]
    if total.empty:
        return Headline(
            sentence="Not known how many nonconformities were found per auditor-day: findings or auditor-days are "
            "missing. Counts alone compare nothing.",
            table="finding_rates",
        )
    overall = total.iloc[0]
    sentence = (
        f"{overall['n']} nonconformities in {overall['auditor_days']:g} auditor-days, {overall['rate']:.2f} per day "
        f"(interval {overall['low']:.2f} to {overall['high']:.2f})."
    )
    if len(test):
        p = test["p"].iloc[0]
        sentence += f" Per auditor-day the audits {'cannot be told apart' if p >= 0.05 else 'differ'} (p = {p:.2f})."
    return Headline(
        sentence=sentence,
        table=table,
        value=float(overall["rate"]),
        n=float(overall["auditor_days"]),
        low=float(overall["low"]),
        high=float(overall["high"]),
    )


def _sites_apart(results: HistoryResults) -> Headline | None:
    rates, tests = results.finding_rates, results.rate_comparisons
    sites = rates[(rates["scope"] == "site") & (rates["grade_group"] == "nc") & rates["rate"].notna()]
    test = tests[tests["comparison"] == "sites_homogeneous"]
    if test.empty:
        return None
    p = float(test["p"].iloc[0])
    counts = ", ".join(
        f"{site} {n} in {days:g} days"
        for site, n, days in zip(sites["site"], sites["n"], sites["auditor_days"], strict=True)
    )
    verdict = "cannot be told apart" if p >= 0.05 else "differ"
    return Headline(
        sentence=f"Per auditor-day the sites {verdict} (p = {p:.2f}): nonconformities at {counts}.",
        table="rate_comparisons",
        value=p,
        n=len(sites),
    )


def _grades(results: HistoryResults) -> Headline | None:
    review = results.grade_review
    wording, softened = review[review["reason"] == READS_LIKE_NC], review[review["reason"] == SOFTENING]
    if review.empty:
        return None
    parts = []
    if len(wording):
        parts.append(
            f"{' '.join(wording['finding_id'])} {'reads' if len(wording) == 1 else 'read'} like a nonconformity"
        )
    if len(softened):
        follows = "follows" if len(softened) == 1 else "follow"
        parts.append(f"{' '.join(softened['finding_id'])} {follows} nonconformities that came back")
    return Headline(
        sentence=f"A person reads these grades again: {'; '.join(parts)}.",
        table="grade_review",
        value=review["finding_id"].nunique(),
    )

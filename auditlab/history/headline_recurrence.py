"""Sentences for the first screen about what came back."""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import INFERRED, clause_sort_key, looked_up, plural, text_of
from auditlab.history.headline_parts import (
    Headline,
    HistoryResults,
    ended,
    known_row,
    no_nonconformity,
    rate_and_interval,
    share_headline,
)


def came_back_sentence(results: HistoryResults) -> Headline:
    """In how many of the cells that could show it nonconformities came back."""
    table = "recurrence_summary"
    row = known_row(results.recurrence_summary, "view", "site")
    if row is None:
        return _without_share(results)
    had = "cell that had one and was" if row["n"] == 1 else "cells that had one and were"
    sentence = (
        f"Nonconformities came back in {row['k']} of {row['n']} {had} examined at least twice "
        f"({rate_and_interval(row)}){_beside(row['expected_rate'])}."
    )
    return share_headline(row, ended(sentence, results, inferred=row["exposure"] == INFERRED), table)


def _beside(expected: object) -> str:
    """What to expect where corrective actions change nothing and nothing comes back but by chance."""
    return "" if pd.isna(expected) else f"; expected from their sites and clauses alone: {100 * expected:.0f} %"  # type: ignore[call-overload,operator]  # a number of a frame


def _without_share(results: HistoryResults) -> Headline:
    table, chains = "recurrence_summary", results.recurrence_chains
    if chains.empty:
        sentence = f"Not known what came back: {no_nonconformity(results)}."
        return Headline(sentence=ended(sentence, results), table=table)
    at_sites = chains[chains["view"] == "site"]
    again = int(at_sites["recurrent"].sum())
    known = at_sites["examinations"].notna().any()
    inferred = (at_sites["exposure"] == INFERRED).any()
    if not again:
        reason = "no cell was examined twice" if known else "the examinations are not on record"
        sentence = f"Not known whether anything came back: {reason}."
        return Headline(sentence=ended(sentence, results, inferred=bool(inferred)), table=table)
    reason = "no cell was examined twice on record" if known else "out of how many examined twice is not known"
    sentence = f"Nonconformities came back in {plural(again, 'cell')}; {reason}."
    return Headline(sentence=ended(sentence, results, inferred=bool(inferred)), table=table, value=again)


def strongest_chain_sentence(results: HistoryResults) -> Headline | None:
    """The chain over most audits; among equals the one with the most overdue action."""
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
    # The note begins with the count, which keeps audits outside the coverage apart.
    base = text_of(best["note"]).split(";")[0] if known else plural(int(best["audits_with_nc"]), "audit")
    editions = f", across editions {' and '.join(best['editions'].split())}" if best["cross_edition"] else ""
    sentence = (
        f"The longest chain is {best['clause']} {where}: nonconformities in {base} ({best['findings']}){editions}."
    )
    return Headline(
        sentence=ended(sentence, results, inferred=best["exposure"] == INFERRED),
        table="recurrence_chains",
        value=float(best["audits_with_nc"]),
        n=float(best["examinations"]) if known else None,
    )


def organisation_sentence(results: HistoryResults) -> Headline | None:
    """Clauses that came back more often over all sites than at any one."""
    chains = results.recurrence_chains
    organisation = chains[(chains["view"] == "organisation") & (chains["audits_with_nc"] >= 2)]
    at_sites = chains[chains["view"] == "site"].groupby("clause")["audits_with_nc"].max()
    hidden = organisation[organisation["audits_with_nc"] > looked_up(organisation["clause"], at_sites).fillna(0)]
    if hidden.empty:
        return None
    top = int(hidden["audits_with_nc"].max())
    best = hidden[hidden["audits_with_nc"] == top]
    base = best["examinations"].dropna().unique()
    inside = len(base) == 1 and not best["note"].str.contains("outside the coverage").any()
    of = f"{top} of {plural(int(base[0]), 'audit')}" if inside else plural(top, "audit")
    sentence = (
        f"Seen over all sites together, {' and '.join(best['clause'])} had nonconformities in {of}, more than at any "
        "single site."
    )
    sentence = ended(sentence, results, inferred=bool((best["exposure"] == INFERRED).any()))
    return Headline(sentence=sentence, table="recurrence_chains", value=top, n=float(base[0]) if inside else None)

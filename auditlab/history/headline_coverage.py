"""Sentences for the first screen about what was examined and which site was left longest."""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import INFERRED, natural_order, plural
from auditlab.history.headline_parts import Headline, HistoryResults


def examined_sentence(results: HistoryResults) -> Headline:
    """How many cells were examined in the cycle; at most how many, where that is inferred."""
    cells, table = results.coverage_cells, "coverage_cells"
    known = cells[cells["state"] != "unknown"]
    if known.empty:
        return Headline(sentence=_nothing_examined(results), table=table)
    untouched = known[known["state"] == "untouched"]
    inferred = int(((known["state"] == "examined") & (known["exposure"] == INFERRED)).sum())
    by_site = ", ".join(f"{site} {count}" for site, count in untouched["site"].value_counts(sort=False).items())
    where = f" ({by_site})" if by_site else ""
    words = _inferred if inferred else _recorded
    sentence = words(len(known) - len(untouched), len(known), inferred, where, in_cycle=results.cycle_start is not None)
    if results.cycle_start is not None and not inferred and len(untouched) == len(known):
        began = f"this certification cycle began on {results.cycle_start:%Y-%m-%d}"
        sentence = f"None of {len(known)} cells of clause and site has been examined since {began}."
    if len(known) < len(cells):
        unknown = sorted(set(cells["site"]) - set(known["site"]), key=natural_order)
        sentence += f" Nothing is known about {', '.join(unknown)}."
    # A count of untouched cells under an assumed scope would read as knowledge.
    return Headline(sentence=sentence, table=table, value=None if inferred else len(untouched), n=len(known))


def _nothing_examined(results: HistoryResults) -> str:
    if results.site_visits["visits"].notna().any():
        return "Not known what was examined when: the dates of the audits are missing."
    return "Not known what was examined: neither coverage nor the sites of a dated audit were handed over."


def _recorded(examined: int, known: int, _inferred: int, where: str, *, in_cycle: bool) -> str:
    count, left = f"{examined} of {known} cells of clause and site", known - examined
    if in_cycle:
        verb, rest = "was" if examined == 1 else "were", "was" if left == 1 else "were"
        return f"{count} {verb} examined in this certification cycle; {left} {rest} not{where}."
    verb, rest = "has" if examined == 1 else "have", "has" if left == 1 else "have"
    return f"{count} {verb} an examination on record; {left} {rest} none{where}."


def _inferred(examined: int, known: int, inferred: int, where: str, *, in_cycle: bool) -> str:
    left = known - examined
    of_cycle = " of this certification cycle" if in_cycle else ""
    if inferred == examined:
        sentence = (
            f"What was examined is not on record: at most {examined} of {known} cells, inferred from the scope of "
            f"the audits{of_cycle}."
        )
        return sentence + (f" {plural(left, 'cell')} outside that scope{where}." if left else "")
    sentence = (
        f"At most {examined} of {known} cells of clause and site were examined in the audits{of_cycle}: "
        f"{examined - inferred} on record, {inferred} inferred from the scope of the audits"
    )
    return sentence + (f"; {left} outside both{where}." if left else ".")


def longest_without_visit_sentence(results: HistoryResults) -> Headline:
    """Which site was visited longest ago, and how many findings stand where no visit is known."""
    table, visits = "site_visits", results.site_visits
    dated = visits.dropna(subset=["days_since"])
    if dated.empty:
        reason = ": the dates of the audits are missing" if visits["visits"].notna().any() else ""
        return Headline(sentence=f"Not known when the sites were last visited{reason}.", table=table)
    longest = dated[dated["days_since"] == dated["days_since"].max()]
    site, names = longest.iloc[0], ", ".join(longest["site"])
    who = f"Site {names} is" if len(longest) == 1 else f"Sites {names} are"
    ago = plural(int(site["days_since"]), "day")
    since = f"last visited on {site['last_visit']:%Y-%m-%d}, {ago} ago. No findings there since then means not visited."
    sentence = f"{who} the longest without an audit: {since}"
    if len(longest) == len(visits) > 1:
        sentence = f"All sites were {since}"
    return Headline(sentence=sentence + _elsewhere(results), table=table, value=float(site["days_since"]))


def _elsewhere(results: HistoryResults) -> str:
    visits = results.site_visits
    unvisited = set(visits.loc[visits["visits"].isna(), "site"])
    found = unplaced_nonconformities(results)
    names = found.loc[found["site"].isin(unvisited), "site"]
    if names.empty:
        return ""
    verb = "names" if len(names) == 1 else "name"
    sites = sorted(set(names), key=natural_order)
    count = plural(len(names), "nonconformity", "nonconformities")
    where = f"{'a site' if len(sites) == 1 else 'sites'} without any visit on record ({', '.join(sites)})"
    return f" {count} {verb} {where}: not assigned."


def unplaced_nonconformities(results: HistoryResults) -> pd.DataFrame:
    """The nonconformities that name no site, or one to which no visit is on record."""
    visits, status = results.site_visits, results.corrective_actions
    visited = visits.loc[visits["visits"].notna(), "site"]
    return status[status["grade"].notna() & ~status["site"].isin(visited)]

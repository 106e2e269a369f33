"""Were changes approved before they started? Tested on every change, not on a sample.

Where the fields of an export allow it, the whole population is tested; the auditor's time then goes
to what the fields cannot show, such as the quality of the assessment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from auditlab.signals.definitions import definition_of
from auditlab.signals.frames import COMPARISON_DTYPES, KPI_DTYPES, SIGNAL_DTYPES, typed
from auditlab.signals.groups import NOT_NAMED, named
from auditlab.signals.periods import last_months
from auditlab.statistics.exact_tests import compare_proportions
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.intervals import clopper_pearson

UNAPPROVED, EMERGENCY = "unapproved_at_start_rate", "emergency_change_rate"
PRE_APPROVED = frozenset({"standard", "pre-approved", "preapproved", "routine"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSignals:
    """Change approvals and emergencies by site.

    Attributes
    ----------
    kpis : DataFrame
        Per measure and site: ``k`` of ``n`` changes, ``value, low, high`` (Clopper-Pearson) [0-1].
    comparisons : DataFrame
        Each site against all others: shares, odds ratio as ``effect`` with its exact interval, ``p``
        (Fisher).
    signals : DataFrame
        One row per comparison, with ``q`` within its family; ``flagged`` where the share at the site
        is higher and ``q`` is at most the false-discovery rate.
    """

    kpis: pd.DataFrame
    comparisons: pd.DataFrame
    signals: pd.DataFrame


def unapproved_at_start(changes: pd.DataFrame) -> pd.Series:
    """Whether each change started without an approval: none recorded, or one that came later.

    Returns
    -------
    Series of boolean
        Missing where the actual start is missing: it cannot be told then.
    """
    late = changes["approved"].isna() | (changes["approved"] > changes["started"])
    return late.astype("boolean").mask(changes["started"].isna())


def period_changes(changes: pd.DataFrame, *, as_of: pd.Timestamp, months: int = 12) -> pd.DataFrame:
    """Changes started in the last `months` full calendar months up to `as_of`, without pre-approved ones."""
    started = changes[last_months(as_of, months).holds(changes["started"])]
    return started[~started["type"].fillna("").str.strip().str.casefold().isin(PRE_APPROVED)]


def change_signals(
    changes: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    months: int = 12,
    confidence: float = 0.95,
    false_discovery_rate: float = 0.10,
) -> ChangeSignals:
    """Unapproved starts and emergencies by site, on the full population of changes.

    Parameters
    ----------
    changes : DataFrame
        Canonical changes.
    as_of : Timestamp
        Day of the review.
    months : int
        Length of the period [full calendar months], declared before looking.
    confidence : float
        Two-sided confidence of the intervals [0-1].
    false_discovery_rate : float
        Accepted rate of false discoveries within the family of one measure [0-1].

    Returns
    -------
    ChangeSignals
        Changes that name no site have key figures of their own and are compared with nobody. Without a single
        approval time the measure of approvals is left out, because a field that is not kept is not evidence.
    """
    period = named(period_changes(changes, as_of=as_of, months=months), ["site"])
    label = last_months(as_of, months).label
    marks = {EMERGENCY: emergency_changes(period)}
    if period["approved"].notna().any():
        marks = {UNAPPROVED: unapproved_at_start(period)} | marks
    counted = {kpi: _counts(period["site"], mark) for kpi, mark in marks.items() if mark.notna().any()}
    kpis = [row for kpi, counts in counted.items() for row in _kpi_rows(kpi, counts, label, confidence)]
    compared = [row for kpi, counts in counted.items() for row in _comparison_rows(kpi, counts, label, confidence)]
    comparisons = typed(compared, COMPARISON_DTYPES)
    return ChangeSignals(
        kpis=typed(kpis, KPI_DTYPES),
        comparisons=comparisons,
        signals=typed(_signal_rows(comparisons, false_discovery_rate), SIGNAL_DTYPES),
    )


def emergency_changes(changes: pd.DataFrame) -> pd.Series:
    """Whether each change was an emergency, by its flag or else its type; missing where neither tells."""
    by_type = changes["type"].str.strip().str.casefold().eq("emergency").astype("boolean").mask(changes["type"].isna())
    return changes["emergency"].fillna(by_type)


def _counts(sites: pd.Series, mark: pd.Series) -> Mapping[str, tuple[int, int]]:
    """Marked and counted changes by site; a change for which it cannot be told is not counted."""
    known = mark.notna()
    grouped = mark[known].astype("int64").groupby(sites[known])
    return {str(site): (int(values.sum()), len(values)) for site, values in sorted(grouped)}


def _kpi_rows(
    kpi: str, counts: Mapping[str, tuple[int, int]], period: str, confidence: float
) -> list[dict[str, object]]:
    rows = []
    for site, (k, n) in counts.items():
        limit = clopper_pearson(k, n=n, confidence=confidence)
        rows.append(
            {
                "kpi": kpi, "clause": definition_of(kpi).clause, "site": site, "period": period, "k": k, "n": n,
                "value": limit.estimate, "low": limit.low, "high": limit.high, "unit": definition_of(kpi).unit,
                "method": limit.method, "definition": definition_of(kpi).definition, "note": "full population",
            }
        )  # fmt: skip
    return rows


def _comparison_rows(
    kpi: str, counts: Mapping[str, tuple[int, int]], period: str, confidence: float
) -> list[dict[str, object]]:
    counts = {site: pair for site, pair in counts.items() if site != NOT_NAMED["site"]}
    if len(counts) < 2:
        return []
    marked, total = sum(k for k, _ in counts.values()), sum(n for _, n in counts.values())
    rows = []
    for site, (k, n) in counts.items():
        rest_k, rest_n = marked - k, total - n
        rest = clopper_pearson(rest_k, n=rest_n, confidence=confidence)
        test = compare_proportions(k, n, rest_k, rest_n, confidence=confidence)
        rows.append(
            {
                "kpi": kpi, "clause": definition_of(kpi).clause, "site": site, "subject": site,
                "against": "rest", "period": period, "k": k, "n": n, "value": k / n,
                "k_against": rest_k, "n_against": rest_n, "value_against": rest.estimate, "low_against": rest.low,
                "high_against": rest.high, "measure": test.measure, "effect": test.effect,
                "low": test.low, "high": test.high, "p": test.p,
                "method": test.method, "note": f"{test.measure}; site against all other sites",
            }
        )  # fmt: skip
    return rows


def _signal_rows(comparisons: pd.DataFrame, rate: float) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for kpi, family in comparisons.groupby("kpi", sort=False):
        q = q_values(list(family["p"].astype("float64")))
        for row, value in zip(family.to_dict("records"), q, strict=True):
            higher = row["value"] > row["value_against"]
            share = f"{row['k']} of {row['n']} ({100 * row['value']:.1f} %)"
            elsewhere = f"{row['k_against']} of {row['n_against']} elsewhere ({100 * row['value_against']:.2g} %)"
            rows.append(
                {
                    "family": kpi, "series": f"{row['subject']}, {row['period']}",
                    "clause": definition_of(str(kpi)).clause,
                    "site": row["subject"], "method": f"{row['method']}; Benjamini-Hochberg over {len(family)} tests",
                    "measure": row["measure"], "recent": row["value"], "earlier": row["value_against"],
                    "tests": len(family), "effect": row["effect"], "low": row["low"], "high": row["high"],
                    "n": row["n"] + row["n_against"], "p": row["p"], "q": value,
                    "flagged": bool(higher and value <= rate),
                    "direction": "worse" if higher else "better" if row["value"] < row["value_against"] else "",
                    "note": f"{share} against {elsewhere}",
                }
            )  # fmt: skip
    return rows


def flagged_site(signals: pd.DataFrame, *, family: str = UNAPPROVED) -> str | None:
    """The site with the strongest flagged signal of a family; ``None`` where none is flagged."""
    flagged = signals[(signals["family"] == family) & signals["flagged"].fillna(value=False).astype(bool)]
    return None if flagged.empty else str(flagged.sort_values(["q", "site"], kind="stable")["site"].iloc[0])


def changes_to_sample(
    changes: pd.DataFrame, *, as_of: pd.Timestamp, site: str | None, months: int = 12
) -> tuple[str, pd.DataFrame]:
    """The population of changes for a record sample, with the flags that pick its judgement part.

    Parameters
    ----------
    changes : DataFrame
        Canonical changes.
    as_of : Timestamp
        Day of the review.
    site : str or None
        The site; ``None`` for all sites together.
    months : int
        Length of the period [full calendar months].

    Returns
    -------
    str
        Name of the population, for the plan.
    DataFrame
        The changes of the period, with truth values ``no_approval`` and ``approved_late``. Without a single
        approval time in the period neither is true: a field that is not kept is not evidence.
    """
    period = period_changes(changes, as_of=as_of, months=months)
    chosen = period if site is None else period[period["site"] == site]
    name = f"changes {'of all sites' if site is None else f'of site {site}'}, {last_months(as_of, months).label}"
    missing = chosen["approved"].isna() & bool(period["approved"].notna().any())
    late = (chosen["approved"] > chosen["started"]).fillna(value=False)
    return name, chosen.assign(no_approval=missing, approved_late=late).reset_index(drop=True)


def approvals_tested(population: pd.DataFrame, *, name: str) -> pd.DataFrame:
    """What the fields tell of every change of a population, so that no sample is needed for it.

    Parameters
    ----------
    population : DataFrame
        Changes with ``no_approval`` and ``approved_late``, as `changes_to_sample`.
    name : str
        Name of the population.

    Returns
    -------
    DataFrame
        ``population, tested, k, n, value`` (share of all records [0-1]; missing where nothing could be tested),
        ``method, cannot_show``. A count of every record has no sampling error, so there is no interval.
    """
    kept = bool((population["approved"].notna() | population["no_approval"]).any())
    marks = {
        "no approval on record": population["no_approval"],
        "approved after the start": population["approved_late"],
        "one of these": population["no_approval"] | population["approved_late"],
    }
    rows = [(name, tested, int(mark.sum()), len(mark) if kept else 0) for tested, mark in marks.items()]
    table = pd.DataFrame(rows, columns=["population", "tested", "k", "n"])
    table["value"] = (table["k"] / table["n"].where(table["n"] > 0)).astype("Float64")
    how = "every record tested, no sampling error" if kept else "not tested: no approval time is on record"
    limits = "who approved, on what grounds, and whether the times in the tool are right"
    return table.assign(method=how, cannot_show=limits).astype({"k": "Int64", "n": "Int64"})

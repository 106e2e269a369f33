"""Key figures of problem management: recurring incidents, closure and age of problem records, what came after a fix."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Row
from auditlab.signals.groups import groups_of, named
from auditlab.signals.periods import Period, recorded_months, review_periods
from auditlab.signals.restoration import km_figures
from auditlab.statistics.exact_tests import rate_ratio
from auditlab.statistics.intervals import clopper_pearson
from auditlab.tables import Tables

FIX_DAYS = 90
"""Time before the opening and after the closing of a problem record that are compared [days]."""


def problem_figures(
    tables: Tables, clusters: pd.DataFrame, *, as_of: pd.Timestamp, cut_off: pd.Timestamp, confidence: float = 0.95
) -> list[Row]:
    """The figures of problem management.

    Parameters
    ----------
    tables : Tables
        Uses incidents and problems.
    clusters : DataFrame
        Result of ``clusters.incident_clusters``.
    as_of, cut_off : Timestamp
        Day of the review and its end.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures.
    """
    incidents, problems = tables.incidents, tables.problems
    rows: list[Row] = []
    recorded = recorded_months(incidents["opened"], as_of=as_of)
    if recorded is not None:
        rows += _recurring(incidents, clusters, recorded, confidence=confidence)
    kept = recorded_months(problems["opened"], as_of=as_of)
    for period in [] if kept is None else review_periods(kept, as_of=as_of):
        rows += _closure(problems, period, cut_off=cut_off, confidence=confidence)
    if kept is not None:
        rows += km_figures(
            "problem_age", problems, start="opened", end="closed", period=kept, cut_off=cut_off, confidence=confidence
        )
        rows += _after_fixes(incidents, problems, recorded, confidence=confidence)
    return rows


def _recurring(incidents: pd.DataFrame, clusters: pd.DataFrame, recorded: Period, *, confidence: float) -> list[Row]:
    rows = []
    for service, own in groups_of(incidents[recorded.holds(incidents["opened"])], "service"):
        known = own[own["ci"].notna() & own["category"].notna()]
        n, k = len(known), _in_clusters(known, clusters)
        note = f"{len(own) - n} incidents without item or category can be in no cluster" if n < len(own) else ""
        rows.append(
            frames.share("recurring_incident_ratio", k, n, period=recorded.label,
                         confidence=confidence, note=note, service=service)
        )  # fmt: skip
    for service, own in groups_of(clusters, "service"):
        bare = int((own["problem_records"] == 0).sum())
        rows.append(
            frames.share("clusters_without_problem", bare, len(own), period=recorded.label, confidence=confidence,
                         service=service)
        )  # fmt: skip
    return rows


def _in_clusters(known: pd.DataFrame, clusters: pd.DataFrame) -> int:
    """How many of these incidents lie in a cluster, which can reach beyond their period [count]."""
    keys = ["service", "ci", "category"]
    pairs = named(known, ["service"])[[*keys, "opened"]].merge(clusters[[*keys, "first", "last"]], on=keys)
    return int(pairs["opened"].between(pairs["first"], pairs["last"]).sum())


def _closure(problems: pd.DataFrame, period: Period, *, cut_off: pd.Timestamp, confidence: float) -> Iterator[Row]:
    began, ended = period.holds(problems["opened"]), period.holds(problems["closed"])
    opened, closed, both = int(began.sum()), int(ended.sum()), int((began & ended).sum())
    end = min(period.after, cut_off)
    backlog = int(((problems["opened"] < end) & ~(problems["closed"] < end)).sum())
    if opened:
        low, high = _closure_limits(both, opened - both, closed - both, confidence=confidence)
        yield frames.figure(
            "problem_closure_ratio", closed / opened, k=closed, n=opened, low=low, high=high, period=period.label,
            method="exact limits from the records only opened or only closed in the period (paired counts)",
            note=f"{backlog} problem records open at the end of the period; {both} of the {closed} closed were opened "
            "in it as well and count on both sides",
        )  # fmt: skip


def _closure_limits(both: int, opened: int, closed: int, *, confidence: float) -> tuple[float | None, float | None]:
    """Limits of closed over opened, where records opened and closed in the period count on both sides.

    Given how many count on both sides and how many on one, the number only closed is binomial, and the ratio rises
    with its share: the Clopper-Pearson limits of that share are limits of the ratio.
    """
    single = opened + closed
    if not single:
        return None, None
    share = clopper_pearson(closed, n=single, confidence=confidence)
    low, high = (
        (both + single * limit) / (both + single * (1 - limit)) if both or limit < 1 else math.inf
        for limit in (share.low, share.high)
    )
    return low, high


def _after_fixes(
    incidents: pd.DataFrame, problems: pd.DataFrame, recorded: Period | None, *, confidence: float
) -> Iterator[Row]:
    """Incidents of the items of closed problem records, before the record was opened and after it was closed."""
    if recorded is None:
        return
    length = pd.Timedelta(days=FIX_DAYS)
    closed = problems.dropna(subset=["opened", "closed", "ci", "service"])
    whole = closed[(closed["opened"] - length >= recorded.first) & (closed["closed"] + length <= recorded.after)]
    pairs = whole.merge(
        incidents[["service", "ci", "opened"]].dropna(), on=["service", "ci"], suffixes=("", "_incident")
    )
    before = (
        (pairs["opened_incident"] < pairs["opened"]) & (pairs["opened_incident"] >= pairs["opened"] - length)
    ).sum()
    after = (
        (pairs["opened_incident"] > pairs["closed"]) & (pairs["opened_incident"] <= pairs["closed"] + length)
    ).sum()
    if len(whole) and before + after:
        test = rate_ratio(int(after), 1.0, int(before), 1.0, confidence=confidence)
        note = (
            f"{int(after)} after and {int(before)} before, {len(whole)} problem records with {FIX_DAYS} recorded days "
            "on both sides. Regression to the mean: problem records are opened after a spike, so fewer incidents "
            "afterwards are expected even without any effect"
        )
        yield frames.figure(
            "incidents_after_fix", test.effect, k=int(after), n=int(after + before), low=test.low, high=test.high,
            period=recorded.label, method=test.method, note=note,
        )  # fmt: skip

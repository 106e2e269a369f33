"""The whole of what service data show, from the canonical tables to the tables of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.signals import engine
from auditlab.signals.actions import audit_remarks, regression_warnings
from auditlab.signals.agreements import agreement_figures
from auditlab.signals.availability import availability_figures
from auditlab.signals.backlog import backlog_figures
from auditlab.signals.change_approvals import change_signals
from auditlab.signals.change_figures import change_figures
from auditlab.signals.chart_settings import confirmed_rebases, named_baselines
from auditlab.signals.clusters import incident_clusters
from auditlab.signals.comparisons import against_rest, corrected, year_comparisons
from auditlab.signals.continuity import continuity_figures
from auditlab.signals.families import series_signals
from auditlab.signals.frames import COMPARISON_DTYPES, KPI_DTYPES, Row, typed
from auditlab.signals.groups import UNNAMED, as_missing
from auditlab.signals.incident_figures import incident_figures
from auditlab.signals.levels import SUFFIX, base_family
from auditlab.signals.periods import cut_off, recorded_months
from auditlab.signals.problem_figures import problem_figures
from auditlab.signals.reported_series import reported_series
from auditlab.signals.restoration import restoration_figures
from auditlab.signals.restoration_signals import restoration_signals
from auditlab.signals.satisfaction import satisfaction_figures
from auditlab.signals.series import Series, watched_series
from auditlab.signals.strength import strength_of
from auditlab.signals.suppliers import before_onset, supplier_figures, supplier_months
from auditlab.signals.trends import RULE_SETS
from auditlab.statistics.false_discovery import q_values
from auditlab.tables import Tables

GROUPED = {
    "site": ("change_success_rate",),
    "service": ("resolution_attainment_settled", "major_incident_rate", "csat_top2"),
    "supplier": ("supplier_attainment",),
    "priority": ("sla_attainment",),
}
"""Families whose members are also compared with each other; volumes are not, because services differ in size."""

FIGURES = (
    availability_figures,
    supplier_figures,
    continuity_figures,
    satisfaction_figures,
)
"""Key figures that need the tables, the day of the review and the confidence, and nothing else."""


class _Scale(TypedDict):
    confidence: float
    false_discovery_rate: float


class _Day(TypedDict):
    as_of: pd.Timestamp
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSignals:
    """What service data show.

    Attributes
    ----------
    signals : DataFrame
        Every test of every family, see `frames.SIGNAL_DTYPES`; flagged ones first, then by ``q``.
    kpis : DataFrame
        Every key figure, see `frames.KPI_DTYPES`.
    comparisons : DataFrame
        Groups and years side by side, see `frames.COMPARISON_DTYPES`.
    clusters : DataFrame
        Recurring incidents, see `clusters.CLUSTER_DTYPES`.
    series : tuple of Series
        The monthly series behind the signals.
    rules : str
        Rules of the charts.
    rebases, baselines : mapping
        Confirmed months of new limits, and months that limits are frozen on, by family and series.
    """

    signals: pd.DataFrame
    kpis: pd.DataFrame
    comparisons: pd.DataFrame
    clusters: pd.DataFrame
    series: tuple[Series, ...]
    rules: str = "anhoej"
    rebases: Mapping[tuple[str, str], str] = field(default_factory=dict)
    baselines: Mapping[tuple[str, str], str] = field(default_factory=dict)


def service_signals(
    tables: Tables,
    *,
    as_of: pd.Timestamp,
    months: int = 12,
    confidence: float = 0.95,
    false_discovery_rate: float = 0.10,
    seed: int = 0,
    rules: str = "anhoej",
    rebase: Mapping[str, str] | None = None,
    baseline: Mapping[str, str] | None = None,
) -> ServiceSignals:
    """Key figures, comparisons, signals and clusters of an engagement.

    Parameters
    ----------
    tables : Tables
        Canonical tables; those that were not handed over are empty and lead to no row.
    as_of : Timestamp
        Day of the review.
    months : int
        Period of the comparison of changes between sites [full calendar months].
    confidence : float
        Two-sided confidence of the intervals [0-1].
    false_discovery_rate : float
        Accepted rate of false discoveries within each family [0-1].
    seed : int
        Seed of the bootstrap of onsets and of the orders drawn for levels.
    rules : str
        Rules of the charts: ``anhoej`` (with three-sigma limits), ``mdc``, ``nelson`` or ``western_electric``.
    rebase : mapping, optional
        Months from which a person confirmed new limits, such as
        ``{"supplier_attainment: S3, supplier X": "2023-05"}``.
    baseline : mapping, optional
        Months that the limits of a series are frozen on instead of its first twelve, such as
        ``{"supplier_attainment: S3, supplier X": "2022-07/2023-06"}``.

    Returns
    -------
    ServiceSignals
        The tables.

    Raises
    ------
    ArgumentError
        If there is no such set of rules, or a rebase or baseline names no series or months outside it.
    """
    tables = with_a_service(tables)
    end = cut_off(as_of)
    scale = _Scale(confidence=confidence, false_discovery_rate=false_discovery_rate)
    counts = engine.monthly_counts(tables.incidents, cut_off=end)
    recorded = recorded_months(tables.incidents["opened"], as_of=as_of, until_last=True)
    watched = watched_series(tables, counts, as_of=as_of, cut_off=end)
    series = (*watched, *reported_series(tables, as_of=as_of))
    if rules not in RULE_SETS:
        raise ArgumentError(f"There are no rules '{rules}' for charts. Use one of: {', '.join(RULE_SETS)}.")
    rebases = confirmed_rebases(series, rebase or {})
    baselines = named_baselines(series, baseline or {}, rebases=rebases)
    changes = change_signals(tables.changes, as_of=as_of, months=months, **scale)
    found = [
        changes.signals,
        series_signals(series, seed=seed, rules=rules, rebases=rebases, baselines=baselines, **scale),
        restoration_signals(tables.incidents, recorded=recorded, cut_off=end, **scale),
    ]
    together = ranked(found, false_discovery_rate=false_discovery_rate)
    signals = audit_remarks(regression_warnings(together, series, tables), tables.audits)
    clusters = incident_clusters(tables.incidents, tables.problems, tables.findings)
    rows = _figures(tables, counts, clusters, as_of=as_of, confidence=confidence)
    rows += _before_onsets(signals, series, tables, confidence=confidence)
    kpis = pd.concat([changes.kpis, typed(rows, KPI_DTYPES)], ignore_index=True)
    return ServiceSignals(
        signals=signals,
        kpis=kpis.assign(cut_off=f"{as_of:%Y-%m-%d}").astype(KPI_DTYPES),
        comparisons=_comparisons(changes.comparisons, series, as_of=as_of, confidence=confidence),
        clusters=clusters,
        series=series,
        rules=rules,
        rebases=rebases,
        baselines=baselines,
    )


def with_a_service(tables: Tables) -> Tables:
    """`tables` with `UNNAMED` for the service of all incidents where neither they nor the master data name any.

    Exports of a service desk often have no such field. Then the desk as a whole is watched instead of nothing.
    """
    nameless = tables.incidents["service"].isna().all() and tables.services.empty
    if tables.incidents.empty or not nameless:
        return tables
    incidents = tables.incidents.assign(service=UNNAMED).astype({"service": tables.incidents["service"].dtype})
    return Tables({name: tables[name] for name in tables} | {"incidents": incidents})


def ranked(parts: list[pd.DataFrame], *, false_discovery_rate: float) -> pd.DataFrame:
    """The signals of several families in one list: flagged first, then by how sure they are.

    A page of many families flags by chance somewhere even where each family is corrected for itself. So a flag of a
    family stands only if it stands among all tests of the page as well; ``q_page`` is that second q-value.
    """
    together = pd.concat(parts, ignore_index=True)
    q_page = q_values(list(together["p"].astype("float64")))
    stands = pd.Series(q_page, index=together.index) <= false_discovery_rate
    together = together.assign(q_page=pd.array(q_page, dtype="Float64"), flagged=together["flagged"] & stands)
    calm = ~together["flagged"].fillna(value=False).astype(bool)
    order = ["_calm", "q", "p", "family", "series"]
    strength = [strength_of(row) for row in together.to_dict("records")]
    together = together.assign(_calm=calm, strength=pd.Series(strength, index=together.index, dtype="str"))
    together = together.sort_values(order, kind="stable", na_position="last")
    return together.drop(columns="_calm").reset_index(drop=True)


def _figures(
    tables: Tables, counts: pd.DataFrame, clusters: pd.DataFrame, *, as_of: pd.Timestamp, confidence: float
) -> list[Row]:
    end = cut_off(as_of)
    day = _Day(as_of=as_of, confidence=confidence)
    recorded = recorded_months(tables.incidents["opened"], as_of=as_of, until_last=True)
    rows: list[Row] = []
    if recorded is not None:
        rows += incident_figures(counts, tables.services, recorded=recorded, **day)
        rows += restoration_figures(tables.incidents, recorded=recorded, cut_off=end, **day)
        rows += backlog_figures(tables.incidents, recorded=recorded, as_of=as_of, cut_off=end)
    rows += problem_figures(tables, clusters, cut_off=end, **day)
    rows += change_figures(tables, cut_off=end, **day)
    for figures in FIGURES:
        rows += figures(tables, **day)
    rows += agreement_figures(tables, cut_off=end, **day)
    return rows


def _before_onsets(
    signals: pd.DataFrame, series: tuple[Series, ...], tables: Tables, *, confidence: float
) -> list[Row]:
    """What a drifting supplier delivered before the drift began."""
    drifting = signals[(signals["family"] == "supplier_attainment") & (signals["shape"] == "drift")]
    months = supplier_months(tables.sla_monthly)
    metrics = {one.name: one.metric for one in series if one.family == "supplier_attainment"}
    rows = [
        before_onset(
            row, months, metric=metrics[row["series"]], onset=pd.Timestamp(row["onset"]), confidence=confidence
        )
        for row in drifting.to_dict("records")
    ]
    return [row for row in rows if row is not None]


def _comparisons(
    changes: pd.DataFrame, series: tuple[Series, ...], *, as_of: pd.Timestamp, confidence: float
) -> pd.DataFrame:
    parts = [changes, year_comparisons(series, as_of=as_of, confidence=confidence)]
    for by, families in GROUPED.items():
        chosen = [one for one in series if one.family in families]
        parts.append(against_rest(chosen, by=by, as_of=as_of, confidence=confidence))
    return corrected(pd.concat(parts, ignore_index=True)).astype(COMPARISON_DTYPES)


def worse(signals: pd.DataFrame) -> pd.DataFrame:
    """The flagged signals that speak for a nonconformity: things got worse, or are worse than elsewhere.

    A flagged improvement is worth telling and is no reason to look first; neither is a volume, which is a count of
    reports. A series that both its tests flag is one fact: its declared window stands for it. Records that name no
    service or site have a series, but point at no place: the column is missing there.
    """
    flagged = signals["flagged"].fillna(value=False).astype(bool)
    return as_missing(one_a_series(signals[flagged & (signals["direction"] == "worse")]))


def one_a_series(signals: pd.DataFrame) -> pd.DataFrame:
    """`signals` with one row for each series, that of the declared window where there is one, in the same order."""
    names = pd.DataFrame({"family": signals["family"].map(base_family), "series": signals["series"]})
    names = names.assign(level=signals["family"].str.endswith(SUFFIX)).sort_values("level", kind="stable")
    kept = names.index[~names.duplicated(["family", "series"])]
    return signals.loc[signals.index.isin(kept)].reset_index(drop=True)

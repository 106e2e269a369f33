"""How long it takes: survival figures of durations, with the open cases censored at the cut-off."""

from __future__ import annotations

import math
from typing import Unpack

import pandas as pd

from auditlab.signals import engine, frames
from auditlab.signals.frames import Cut, Row
from auditlab.signals.groups import groups_of, named
from auditlab.signals.periods import Period, review_periods
from auditlab.statistics.survival import SurvivalCurve, survival

FEW_FOR_TAIL = 100
"""Cases below which the slowest tenth is told with a warning [count]."""


def restoration_figures(
    incidents: pd.DataFrame, *, recorded: Period, as_of: pd.Timestamp, cut_off: pd.Timestamp, confidence: float = 0.95
) -> list[Row]:
    """Survival median and ninetieth percentile by service and priority, and the median of the restored beside them.

    Parameters
    ----------
    incidents : DataFrame
        Canonical incidents.
    recorded : Period
        Months with records.
    as_of, cut_off : Timestamp
        Day of the review and its end.
    confidence : float
        Confidence of the intervals, point by point [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures. A quantile that is not reached has a missing value.
    """
    rows: list[Row] = []
    for period in review_periods(recorded, as_of=as_of):
        counted = engine.durations(incidents, cut_off=cut_off, first=period.first, after=period.after)
        by = ["service", "priority"]
        for (service, priority), own in named(counted, by).groupby(by, sort=True):
            rows += _figures(own, period, confidence, service=str(service), priority=str(priority))
    return rows


def _figures(own: pd.DataFrame, period: Period, confidence: float, **cut: Unpack[Cut]) -> list[Row]:
    cases, untimed = engine.timed_cases(own)
    left = frames.leaves_out(untimed, frames.BEFORE_OPENED)
    if cases.empty:
        return [
            frames.figure(kpi, None, k=0, n=0, period=period.label, note=left, **cut)
            for kpi in ("ttr_median_km", "ttr_p90_km")
        ]
    curve = survival(cases["hours"].to_numpy(), cases["observed"].to_numpy(), confidence=confidence)
    few = f"{curve.n} cases are few for the slowest tenth" if curve.n < FEW_FOR_TAIL else ""
    rows = [
        _quantile("ttr_median_km", curve, 0.5, period, note=left, **cut),
        _quantile("ttr_p90_km", curve, 0.9, period, note="; ".join(filter(None, (few, left))), **cut),
    ]
    restored = cases.loc[cases["observed"], "hours"]
    if len(restored):
        still = f"leaves out {curve.n - curve.events} open of {curve.n}" if curve.events < curve.n else ""
        rows.append(
            frames.figure("ttr_median_resolved", float(restored.median()), k=curve.events, n=curve.n,
                          period=period.label, method="median of the restored",
                          note="; ".join(filter(None, (still, left))), **cut)
        )  # fmt: skip
    return rows


def _quantile(
    kpi: str, curve: SurvivalCurve, share: float, period: Period, *, note: str = "", **cut: Unpack[Cut]
) -> Row:
    found = curve.quantile(share)
    longest = float(curve.table["time"].max())
    reached = f"not reached: longer than the longest observed, {longest:.1f}" if math.isnan(found.estimate) else ""
    open_cases = f"{curve.n - curve.events} of {curve.n} open" if curve.events < curve.n else ""
    return frames.figure(
        kpi, _known(found.estimate), k=curve.events, n=curve.n, low=_known(found.low), high=_known(found.high),
        period=period.label, method=curve.method, note="; ".join(filter(None, (reached, open_cases, note))), **cut,
    )  # fmt: skip


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def km_figures(
    kpi: str, records: pd.DataFrame, *, start: str, end: str, period: Period, cut_off: pd.Timestamp,
    confidence: float,
) -> list[Row]:  # fmt: skip
    """The survival median in days of records opened in a period, by service.

    Parameters
    ----------
    kpi : str
        Identifier of the figure.
    records : DataFrame
        Records with ``service`` and the two times.
    start, end : str
        Columns of the two times.
    period : Period
        Cohort by `start`.
    cut_off : Timestamp
        Where open records are censored.
    confidence : float
        Confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures; records that name no service have a row of their own. Records without a
        usable time are counted in the note.
    """
    placed = records[period.holds(records[start]) | records[start].isna()]
    ended = placed[end].where(placed[end] < cut_off)
    days = (ended.fillna(cut_off) - placed[start]).dt.total_seconds() / 86_400
    cases = placed.assign(days=days.where(~(placed[end] < placed[start])), observed=ended.notna())
    return [
        _closing(kpi, own, start=start, period=period, service=service, confidence=confidence)
        for service, own in groups_of(cases, "service")
    ]


def _closing(kpi: str, cases: pd.DataFrame, *, start: str, period: Period, service: str, confidence: float) -> Row:
    undated = int(cases[start].isna().sum())
    turned = int(cases["days"].isna().sum()) - undated
    left = "; ".join(filter(None, (
        frames.leaves_out(turned, "that ended before they began"),
        frames.leaves_out(undated, f"without a date in {start}"),
    )))  # fmt: skip
    timed = cases.dropna(subset=["days"])
    if timed.empty:
        return frames.figure(kpi, None, k=0, n=0, period=period.label, note=left, service=service)
    curve = survival(timed["days"].to_numpy(), timed["observed"].to_numpy(), confidence=confidence)
    return _quantile(kpi, curve, 0.5, period, note=left, service=service)

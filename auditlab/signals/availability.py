"""Availability from the outages themselves, beside what the service reports say.

Outages of one service are joined before their minutes are counted, so overlapping ones count once. An outage coded as
excluded leaves the count only where it names a change on record that was approved before the outage began: a code
alone is a claim.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Row
from auditlab.signals.groups import UNNAMED
from auditlab.signals.periods import Period, recorded_months, review_periods
from auditlab.statistics.arrays import Flags
from auditlab.statistics.poisson_rates import poisson_rate
from auditlab.tables import Tables

MINUTE = pd.Timedelta(minutes=1)

GRACE = pd.Timedelta(hours=1)
"""An incident opened so long before or after an outage is taken as its trace."""

Moments = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outages:
    """The outages of one service as arrays: months are cut from them far more often than from any other table."""

    begin: Moments
    finish: Moments  # missing where an outage runs on
    coded: Flags  # coded as excluded
    covered: Flags  # names a change approved before
    users: npt.NDArray[np.float64]  # affected [count], not a number where not recorded

    @classmethod
    def of(cls, own: pd.DataFrame) -> _Outages:
        return cls(
            begin=own["start"].to_numpy("datetime64[us]"),
            finish=own["end"].to_numpy("datetime64[us]"),
            coded=own["exclusion_code"].notna().to_numpy("bool"),
            covered=own["covered"].to_numpy("bool"),
            users=np.asarray(
                own["affected_users"].astype("Float64").to_numpy("float64", na_value=np.nan), dtype="float64"
            ),
        )

    @property
    def counted(self) -> Flags:
        """Which count as downtime."""
        return ~(self.coded & self.covered)

    def minutes(self, chosen: Flags, period: Period) -> float:
        """Minutes of a period in which one of those chosen ran."""
        return _union(self.begin[chosen], self.finish[chosen], first=period.first, after=period.after)


def union_minutes(outages: pd.DataFrame, *, first: pd.Timestamp, after: pd.Timestamp) -> float:
    """Minutes between `first` and `after` in which at least one of `outages` ran [minutes].

    Parameters
    ----------
    outages : DataFrame
        ``start`` and ``end``; an outage without an end runs on.
    first, after : Timestamp
        The period, from `first` until before `after`.
    """
    return _union(
        outages["start"].to_numpy("datetime64[us]"), outages["end"].to_numpy("datetime64[us]"), first=first, after=after
    )


def _union(begin: Moments, finish: Moments, *, first: pd.Timestamp, after: pd.Timestamp) -> float:
    lower, upper = np.datetime64(first, "us"), np.datetime64(after, "us")
    begin, finish = np.maximum(begin, lower), np.where(np.isnat(finish), upper, np.minimum(finish, upper))
    order = np.argsort(begin[begin < finish], kind="stable")
    begin, finish = begin[begin < finish][order], finish[begin < finish][order]
    reached = np.concatenate(([lower], np.maximum.accumulate(finish)[:-1])) if begin.size else begin
    added = finish - np.maximum(begin, reached)
    return float(added[added > np.timedelta64(0)].sum() / np.timedelta64(1, "m")) if begin.size else 0.0


def covered_by_change(outages: pd.DataFrame, changes: pd.DataFrame) -> pd.Series:
    """Which outages name a change on record that was approved before the outage began."""
    approved = changes.dropna(subset=["approved"]).drop_duplicates("change_id").set_index("change_id")["approved"]
    given = pd.Series(approved.reindex(outages["change_id"]).to_numpy("datetime64[us]"), index=outages.index)
    return given <= outages["start"]


def availability_figures(tables: Tables, *, as_of: pd.Timestamp, confidence: float = 0.95) -> list[Row]:
    """The figures of outages and of reported availability, by service and month.

    Parameters
    ----------
    tables : Tables
        Uses outages, changes, services, incidents and sla_monthly.
    as_of : Timestamp
        Day of the review.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures. A month that a service did not report has a row with a missing value, and so
        has one before the first outage on record: whether outages were recorded then is not known.
    """
    reported = reported_availability(tables.sla_monthly)
    outages = tables.outages.dropna(subset=["service", "start"])
    outages = outages.assign(covered=covered_by_change(outages, tables.changes))
    recorded = _recorded(outages, reported, as_of=as_of)
    rows = _nowhere(tables.outages, period=f"{as_of:%Y-%m-%d}")
    if recorded is None:
        return rows
    kept = recorded_months(outages["start"], as_of=as_of)
    for service in sorted({*outages["service"], *reported["service"]}):
        own = outages[outages["service"] == service]
        told = reported[reported["service"] == service]
        monthly = dict(zip(told["month"], told["value"].astype("float64"), strict=True))
        ran, users = _Outages.of(own), _users_of(tables.services, service)
        for period in recorded.single_months if len(own) or len(told) else []:
            rows += _month(ran, monthly, period=period, service=service, kept=kept)
            if kept is not None and period.first >= kept.first:
                rows += _user_weighted(ran, users, period=period, service=service)
        for period in review_periods(kept, as_of=as_of):
            rows += _outage_times(own, tables, period=period, service=service, confidence=confidence)
    return rows


def _nowhere(outages: pd.DataFrame, *, period: str) -> list[Row]:
    """The outages that can be counted for no service and no month."""
    left = int((outages["service"].isna() | outages["start"].isna()).sum())
    if not left:
        return []
    note = f"{left} of {len(outages)} outages name no service or no start and are in no availability"
    return [frames.figure("availability_agreed", None, n=left, period=period, note=note, service=UNNAMED)]


def is_availability(sla_monthly: pd.DataFrame) -> pd.Series:
    """Whether a row of a service report is about availability, by the name of its measure."""
    return sla_monthly["metric"].str.contains("availab|verfügbar|disponib", case=False, na=False).astype(bool)


def reported_availability(sla_monthly: pd.DataFrame) -> pd.DataFrame:
    """Reported monthly availability: ``service, month, value``; the measure is known by its name."""
    named = sla_monthly[is_availability(sla_monthly)]
    whole = named[named["priority"].isna() & named["supplier"].isna()]
    return whole.dropna(subset=["service", "month"]).drop_duplicates(["service", "month"])[
        ["service", "month", "value"]
    ]


def _recorded(outages: pd.DataFrame, reported: pd.DataFrame, *, as_of: pd.Timestamp) -> Period | None:
    return recorded_months(pd.concat([outages["start"], reported["month"]]), as_of=as_of)


def _month(
    own: _Outages, told: Mapping[pd.Timestamp, float], *, period: Period, service: str, kept: Period | None
) -> list[Row]:
    minutes = (period.after - period.first) / MINUTE
    value = told.get(period.first, math.nan)
    known = not math.isnan(value)
    rows: list[Row] = []
    if told:
        note = "" if known else "no figure reported for this month: a gap, not zero and not interpolated"
        unweighted = "as reported, unweighted; no interval possible"
        rows.append(
            frames.figure("availability_reported", value if known else None, period=period.label,
                          method=unweighted, note=note, service=service)
        )  # fmt: skip
    if kept is None:
        return rows
    if period.first < kept.first:
        note = f"no outage is on record before {kept.first:%Y-%m}: whether they were recorded is not known"
        return [*rows, frames.figure("availability_agreed", None, period=period.label, note=note, service=service)]
    down = own.minutes(own.counted, period)
    every, excluded = own.minutes(np.ones_like(own.coded), period), own.minutes(own.coded, period)
    agreed = 1 - down / minutes
    rows.append(
        frames.figure("availability_agreed", agreed, k=round(minutes - down), n=round(minutes), period=period.label,
                      method="recomputed from outages", service=service,
                      note=f"{down:g} of {minutes:g} minutes lost; no interval: minutes of one outage are no trials")
    )  # fmt: skip
    if known:
        rows.append(
            frames.figure("report_source_gap", 100 * (value - agreed), period=period.label,
                          method="reported minus recomputed availability", service=service)
        )  # fmt: skip
    if every:
        bare = own.minutes(own.coded & ~own.covered, period)
        rows.append(
            frames.figure("excluded_downtime_share", excluded / every, k=round(excluded), n=round(every),
                          period=period.label, method="minutes of the union", service=service,
                          note=f"{bare:g} of the excluded minutes without a change approved before" if bare else "")
        )  # fmt: skip
    if excluded:
        rows.append(
            frames.figure("excluded_without_change_share", bare / excluded, k=round(bare), n=round(excluded),
                          period=period.label, method="minutes of the union", service=service)
        )  # fmt: skip
    return rows


def _users_of(services: pd.DataFrame, service: str) -> float | None:
    stated = services.loc[services["service"] == service, "users"].dropna()
    return None if stated.empty else float(stated.iloc[0])


def _user_weighted(own: _Outages, users: float | None, *, period: Period, service: str) -> list[Row]:
    counted = own.counted
    if users is None or not counted.any() or np.isnan(own.users[counted]).any():
        return []
    first, after = (np.datetime64(moment, "us") for moment in (period.first, period.after))
    finish = own.finish[counted]
    finish = np.where(np.isnat(finish), after, np.minimum(finish, after))
    lasted = (finish - np.maximum(own.begin[counted], first)).astype("timedelta64[us]").astype("float64")
    minutes = lasted.clip(min=0) / 60e6
    lost = float((minutes * own.users[counted].clip(max=users)).sum())
    agreed = users * ((period.after - period.first) / MINUTE)
    note = "users affected as recorded, often an estimate"
    return [
        frames.figure("availability_user_weighted", 1 - lost / agreed, period=period.label, service=service,
                      method="user-minutes, 24 x 7", note=note)
    ]  # fmt: skip


def _outage_times(own: pd.DataFrame, tables: Tables, *, period: Period, service: str, confidence: float) -> list[Row]:
    begun = own[period.holds(own["start"])]
    counted = begun[~(begun["exclusion_code"].notna() & begun["covered"])]
    if begun.empty:
        return []
    cut = {"period": period.label, "service": service}
    hours = (period.after - period.first) / pd.Timedelta(hours=1)
    rows: list[Row] = []
    if len(counted):
        limit = poisson_rate(len(counted), exposure=hours, confidence=confidence)
        rows.append(
            frames.figure("mtbsi", hours / len(counted), k=len(counted), n=round(hours), low=1 / limit.high,
                          high=1 / limit.low, method=limit.method, **cut)
        )  # fmt: skip
    ended = counted[counted["end"] >= counted["start"]]
    lasted = (ended["end"] - ended["start"]).dt.total_seconds() / 3600
    if len(lasted) > 1:
        low, high = _mean_limits(lasted, confidence)
        left = len(counted) - len(lasted)
        note = f"{left} without an end, or with one before the start, are left out" if left else ""
        rows.append(
            frames.figure("mtrs", float(lasted.mean()), k=len(lasted), n=len(counted), low=low, high=high,
                          method="mean, t distribution", note=note, **cut)
        )  # fmt: skip
    return rows + _incident_links(begun, tables.incidents, confidence=confidence, **cut)


def _mean_limits(values: pd.Series, confidence: float) -> tuple[float, float]:
    from scipy import stats  # noqa: PLC0415  # keeps the import of auditlab light

    half = float(stats.t.ppf((1 + confidence) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return float(values.mean()) - half, float(values.mean()) + half


def _incident_links(
    begun: pd.DataFrame, incidents: pd.DataFrame, *, period: str, service: str, confidence: float
) -> list[Row]:
    """Whether unplanned outages left a trace among the incidents of the service."""
    unplanned = begun[~begun["planned"].fillna(value=False).astype(bool)]
    opened = incidents.loc[incidents["service"] == service, "opened"].dropna().sort_values().to_numpy()
    if unplanned.empty or not len(opened):
        return []
    # An hour of grace on both sides of every outage; where its end is not known, on both sides of its start.
    ended = unplanned["end"].where(unplanned["end"] >= unplanned["start"])
    first = np.searchsorted(opened, (unplanned["start"] - GRACE).to_numpy(), side="left")
    last = np.searchsorted(opened, (ended.fillna(unplanned["start"]) + GRACE).to_numpy(), side="right")
    linked = int((last > first).sum())
    unended = int(ended.isna().sum())
    around = f"; {unended} without a usable end, matched around the start" if unended else ""
    note = f"matched by service and time only{around}"
    return [
        frames.share("outage_incident_link", linked, len(unplanned), period=period, confidence=confidence, note=note,
                     service=service)
    ]  # fmt: skip

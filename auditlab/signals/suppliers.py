"""Suppliers: what they delivered, month by month, and whether their contract can carry the promise to customers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Unpack

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Cut, Row
from auditlab.signals.periods import Period, last_months, recorded_months, review_periods
from auditlab.tables import Tables

GAP = "no figure reported for this month: a gap, not zero and not interpolated"


def supplier_months(sla_monthly: pd.DataFrame) -> pd.DataFrame:
    """Met and measured by supplier, service, measure and month: ``supplier, service, metric, month, met, total``."""
    counted = sla_monthly.dropna(subset=["supplier", "month", "met", "total"])
    by = ["supplier", "service", "metric", "month"]
    return counted.groupby(by, sort=True, as_index=False)[["met", "total"]].sum().astype({"met": int, "total": int})


def supplier_figures(tables: Tables, *, as_of: pd.Timestamp, confidence: float = 0.95) -> list[Row]:
    """Attainment by supplier for every month and period, the gap of targets, and who is measured at all.

    Parameters
    ----------
    tables : Tables
        Uses sla_monthly, contracts and suppliers.
    as_of : Timestamp
        Day of the review.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures; a month that was not reported has a row with a missing value.
    """
    months = supplier_months(tables.sla_monthly)
    recorded = recorded_months(months["month"], as_of=as_of)
    rows: list[Row] = []
    if recorded is not None:
        for (supplier, service, metric), own in months.groupby(["supplier", "service", "metric"], sort=True):
            cut = Cut(supplier=str(supplier), service=str(service))
            rows += [
                _attainment(own, period, metric=str(metric), confidence=confidence, **cut)
                for period in _shown(recorded, as_of)
            ]
    return rows + target_gaps(tables.contracts, as_of=as_of) + _measured(tables, as_of=as_of, confidence=confidence)


def _shown(recorded: Period, as_of: pd.Timestamp) -> list[Period]:
    longer = [period for period in review_periods(recorded, as_of=as_of) if len(period) > 1]
    return longer + recorded.single_months


def _attainment(own: pd.DataFrame, period: Period, *, metric: str, confidence: float, **cut: Unpack[Cut]) -> Row:
    chosen = own[period.holds(own["month"])]
    missing = len(period) - chosen["month"].nunique()
    note = metric
    if missing:
        note += f"; {GAP}" if len(period) == 1 else f"; {missing} of {len(period)} months not reported and left out"
    met, total = int(chosen["met"].sum()), int(chosen["total"].sum())
    row = frames.share("supplier_attainment", met, total, period=period.label, confidence=confidence, note=note, **cut)
    return row if total else row | {"k": None, "n": None}


def before_onset(
    row: Mapping[Hashable, object], months: pd.DataFrame, *, metric: str, onset: pd.Timestamp, confidence: float
) -> Row | None:
    """The attainment of the months before the onset of a drift, as a figure to compare with; ``None`` without any.

    `metric` names the measure where the supplier has several for the service; else it is empty.
    """
    own = months[(months["supplier"] == row["supplier"]) & (months["service"] == row["service"])]
    earlier = own[(own["month"] < onset) & (own["metric"].eq(metric) | (metric == ""))]
    if earlier.empty:
        return None
    period = Period(first=earlier["month"].min(), after=onset)
    words = f"{earlier['metric'].iloc[0]}; months before the onset of the drift, a period chosen from the data"
    return _attainment(
        earlier,
        period,
        metric=words,
        confidence=confidence,
        supplier=str(row["supplier"]),
        service=str(row["service"]),
    )


def target_gaps(contracts: pd.DataFrame, *, as_of: pd.Timestamp) -> list[Row]:
    """Promise to customers minus contract target, per service and measure, in percentage points."""
    ended = contracts["end"].notna() & (contracts["end"] < as_of)
    begun = contracts["start"].isna() | (contracts["start"] <= as_of)
    live = contracts[begun & ~ended].dropna(subset=["service", "metric", "target"])
    live = live.assign(measure=live["metric"].str.strip().str.casefold())
    bought = live[live["supplier"].notna()]
    promised = live[live["supplier"].isna()]
    both = bought.merge(promised, on=["service", "measure"], suffixes=("", "_promised"))
    return [
        frames.figure(
            "supplier_sla_gap",
            round(100 * (row["target_promised"] - row["target"]), 9),
            period=f"{as_of:%Y-%m-%d}",
            method="targets of the agreements in force",
            note=f"{row['metric']}: {100 * row['target_promised']:g} % promised ({row['contract_id_promised']}), "
            f"{100 * row['target']:g} % bought ({row['contract_id']})",
            service=row["service"],
            supplier=row["supplier"],
        )
        for row in both.sort_values(["service", "supplier", "contract_id"]).to_dict("records")
    ]


def _measured(tables: Tables, *, as_of: pd.Timestamp, confidence: float) -> list[Row]:
    known = set(tables.suppliers["supplier"].dropna())
    if not known:
        return []
    year = last_months(as_of, 12)
    recent = tables.sla_monthly[year.holds(tables.sla_monthly["month"])]
    measured = known & set(recent["supplier"].dropna())
    return [frames.share("other_party_measured", len(measured), len(known), period=year.label, confidence=confidence)]

"""What is agreed and what is catalogued: services without an agreement, services that only the records know."""

from __future__ import annotations

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Row, Within
from auditlab.signals.groups import shares_by
from auditlab.signals.periods import recorded_months, review_periods
from auditlab.tables import Tables


def agreement_figures(
    tables: Tables, *, as_of: pd.Timestamp, cut_off: pd.Timestamp, confidence: float = 0.95
) -> list[Row]:
    """Services with an agreement, services found that are catalogued, and requests fulfilled in time.

    Parameters
    ----------
    tables : Tables
        Uses services, contracts, incidents, changes and requests.
    as_of, cut_off : Timestamp
        Day of the review and its end.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures.
    """
    listed = set(tables.services["service"].dropna())
    day = Within(period=f"{as_of:%Y-%m-%d}", confidence=confidence)
    rows: list[Row] = []
    contracts = tables.contracts[tables.contracts["supplier"].isna()]
    if listed and len(contracts):
        live = contracts[~(contracts["end"] < as_of) & ~(contracts["start"] > as_of)]
        covered = listed & set(live["service"])
        without = ", ".join(sorted(listed - covered))
        nameless = int(live["service"].isna().sum())
        note = "; ".join((
            *([f"without an agreement in force: {without}"] if without else []),
            *([f"{nameless} agreements in force name no service and cover none here"] if nameless else []),
        ))  # fmt: skip
        rows.append(frames.share("sla_coverage", len(covered), len(listed), note=note, **day))
    found = set(tables.incidents["service"].dropna()) | set(tables.changes["service"].dropna())
    if listed and found:
        note = "intake admits only services it knows; unknown names are questions there"
        rows.append(frames.share("catalogue_completeness", len(found & listed), len(found), note=note, **day))
    return rows + _requests(tables.requests, as_of=as_of, cut_off=cut_off, confidence=confidence)


def _requests(requests: pd.DataFrame, *, as_of: pd.Timestamp, cut_off: pd.Timestamp, confidence: float) -> list[Row]:
    timed = requests.dropna(subset=["opened", "sla_target_minutes"])
    due = timed["opened"] + pd.to_timedelta(timed["sla_target_minutes"], unit="min")
    met = (timed["closed"] <= due).astype("boolean").mask(timed["closed"] < timed["opened"])
    settled = timed.assign(met=met)[due <= cut_off]
    recorded = recorded_months(settled["opened"], as_of=as_of)
    return shares_by(
        settled, "request_fulfilment_attainment", by="service", met="met", moment="opened",
        periods=review_periods(recorded, as_of=as_of), confidence=confidence, unknown="closed before they were opened",
    )  # fmt: skip

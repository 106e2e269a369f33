"""What customers answer, how many answer at all, and what they complain about."""

from __future__ import annotations

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Row, Within
from auditlab.signals.periods import Period, recorded_months, review_periods
from auditlab.tables import Tables


def satisfaction_figures(tables: Tables, *, as_of: pd.Timestamp, confidence: float = 0.95) -> list[Row]:
    """Answers in the two best classes and response rates by service, and complaints per user.

    Parameters
    ----------
    tables : Tables
        Uses csat, complaints and services.
    as_of : Timestamp
        Day of the review.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures.
    """
    csat = tables.csat
    recorded = recorded_months(csat["month"], as_of=as_of)
    rows: list[Row] = []
    for period in [] if recorded is None else review_periods(recorded, as_of=as_of):
        for service, own in csat[period.holds(csat["month"])].groupby("service", sort=True):
            rows += _answers(own, str(service), period=period, confidence=confidence)
    return rows + _complaints(tables, as_of=as_of, confidence=confidence)


def _answers(own: pd.DataFrame, service: str, *, period: Period, confidence: float) -> list[Row]:
    within = Within(period=period.label, confidence=confidence)
    scored, sent = own.dropna(subset=["top_two", "responded"]), own.dropna(subset=["responded", "sent"])
    k, n = int(scored["top_two"].sum()), int(scored["responded"].sum())
    answered, asked = int(sent["responded"].sum()), int(sent["sent"].sum())
    told = (
        f"{answered} of {asked} surveys answered ({100 * answered / asked:.1f} %)" if asked else "surveys sent: unknown"
    )
    changed = len(own["scale"].dropna().unique()) > 1 or len(own["channel"].dropna().unique()) > 1
    note = told + ("; scale or channel changed in the period" if changed else "")
    rows = [frames.share("csat_top2", k, n, note=note, **within, service=service)] if n else []
    return rows + ([frames.share("csat_response_rate", answered, asked, **within, service=service)] if asked else [])


def _complaints(tables: Tables, *, as_of: pd.Timestamp, confidence: float) -> list[Row]:
    complaints = tables.complaints
    recorded = recorded_months(complaints["received"], as_of=as_of)
    users = tables.services.dropna(subset=["users"]).set_index("service")["users"].astype("float64").to_dict()
    rows: list[Row] = []
    for period in [] if recorded is None else review_periods(recorded, as_of=as_of):
        chosen = complaints[period.holds(complaints["received"])]
        for service, own in chosen.groupby("service", sort=True):
            if service in users:
                rows.append(
                    frames.rate("complaint_rate", len(own), users[service] * len(period), scale=1000,
                                period=period.label, confidence=confidence, service=str(service))
                )  # fmt: skip
    return rows

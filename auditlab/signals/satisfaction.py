"""What customers answer, how many answer at all, and what they complain about."""

from __future__ import annotations

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Row, Within
from auditlab.signals.groups import groups_of
from auditlab.signals.periods import Period, cut_off, recorded_months, review_periods
from auditlab.signals.restoration import km_figures
from auditlab.tables import Tables


def satisfaction_figures(tables: Tables, *, as_of: pd.Timestamp, confidence: float = 0.95) -> list[Row]:
    """Answers in the two best classes, response rates, complaints per user and how long they stay open, by service.

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
    for period in review_periods(recorded, as_of=as_of):
        for service, own in groups_of(csat[period.holds(csat["month"])], "service"):
            rows += _answers(own, service, period=period, confidence=confidence)
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
    notes = (
        told, "scale or channel changed in the period" if changed else "",
        _without(own, scored, "answers or the best two classes"),
    )  # fmt: skip
    rows = [frames.share("csat_top2", k, n, note="; ".join(filter(None, notes)), **within, service=service)]
    if asked:
        left = _without(own, sent, "surveys sent or answers")
        rows.append(frames.share("csat_response_rate", answered, asked, note=left, **within, service=service))
    return rows


def _without(own: pd.DataFrame, used: pd.DataFrame, what: str) -> str:
    return frames.leaves_out(len(own) - len(used), f"of {len(own)} rows without {what}")


def _complaints(tables: Tables, *, as_of: pd.Timestamp, confidence: float) -> list[Row]:
    complaints = tables.complaints
    recorded = recorded_months(complaints["received"], as_of=as_of)
    users = tables.services.dropna(subset=["users"]).set_index("service")["users"].astype("float64").to_dict()
    rates = [
        frames.rate("complaint_rate", len(own), users.get(service, 0.0) * len(period), scale=1000, service=service,
                    period=period.label, confidence=confidence,
                    note="" if service in users else "users of the service are not known: no rate")
        for period in review_periods(recorded, as_of=as_of)
        for service, own in groups_of(complaints[period.holds(complaints["received"])], "service")
    ]  # fmt: skip
    if recorded is None:
        return rates
    return rates + km_figures(
        "complaint_closure_km", complaints, start="received", end="closed", period=recorded, cut_off=cut_off(as_of),
        confidence=confidence,
    )  # fmt: skip

"""Within target and slow all the same: the median, the tail, and the stage where the time goes."""

from __future__ import annotations

import math

import pandas as pd

from auditlab.signals import engine
from auditlab.signals.periods import Period, cut_off, last_months
from auditlab.signals.review import with_a_service
from auditlab.statistics.intervals import wilson
from auditlab.statistics.survival import survival
from auditlab.tables import Tables

LENS_DTYPES = {
    "service": "str", "priority": "str", "period": "str", "n": "Int64", "open": "Int64", "median_hours": "Float64",
    "median_low": "Float64", "median_high": "Float64", "p90_hours": "Float64", "p90_low": "Float64",
    "p90_high": "Float64", "median_resolved_hours": "Float64", "due": "Int64", "within_target": "Float64",
    "within_low": "Float64", "within_high": "Float64", "note": "str",
}  # fmt: skip
STAGE_DTYPES = {
    "service": "str", "period": "str", "n": "Int64", "hours": "Float64", "waiting": "Float64", "paused": "Float64",
    "working": "Float64", "bottleneck": "str", "left_out": "Int64", "note": "str",
}  # fmt: skip
FEW = 20
"""Incidents below which quantiles are not told [count]."""

STAGES = ("waiting", "paused", "working")


def efficiency_lens(tables: Tables, *, as_of: pd.Timestamp, confidence: float = 0.95) -> pd.DataFrame:
    """How long incidents take, beside the share within target: last year, the year before, and the last quarter.

    Parameters
    ----------
    tables : Tables
        Uses incidents.
    as_of : Timestamp
        Day of the review; open incidents are censored at its end.
    confidence : float
        Confidence of the intervals, point by point [0-1].

    Returns
    -------
    DataFrame
        By service, priority and period: ``n`` incidents opened, ``open`` of them, survival ``median_hours`` and
        ``p90_hours`` with intervals (missing where not reached), ``median_resolved_hours`` (of the restored alone: what
        reports show), ``within_target`` of the ``due`` ones (pauses deducted) with its Wilson interval [0-1], ``note``.
    """
    incidents, end = with_a_service(tables).incidents, cut_off(as_of)
    counts = engine.monthly_counts(incidents, cut_off=end)
    rows = []
    for period in (last_months(as_of, 12, before=12), last_months(as_of, 12), last_months(as_of, 3)):
        timed = engine.durations(incidents, cut_off=end, first=period.first, after=period.after)
        inside = counts[period.holds(counts["month"])]
        met = inside.groupby(["service", "priority"])[["settled", "settled_met"]].sum()
        for (service, priority), own in timed.groupby(["service", "priority"], sort=True):
            settled = met.loc[[(str(service), str(priority))]].iloc[0] if (service, priority) in met.index else None
            rows.append(
                {"service": service, "priority": priority, "period": period.label}
                | _times(own, confidence) | _within(settled, confidence)
            )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(LENS_DTYPES)).astype(LENS_DTYPES)
    return frame.sort_values(["service", "priority"], kind="stable").reset_index(drop=True)


def _times(own: pd.DataFrame, confidence: float) -> dict[str, object]:
    cases = own.loc[own.index.repeat(own["n"])]
    n, restored = len(cases), cases.loc[cases["observed"], "hours"]
    row: dict[str, object] = {"n": n, "open": n - len(restored)}
    if n < FEW:
        return row | {"note": f"fewer than {FEW} incidents: no quantiles"}
    curve = survival(cases["hours"].to_numpy(), cases["observed"].to_numpy(), confidence=confidence)
    for name, share in (("median", 0.5), ("p90", 0.9)):
        found = curve.quantile(share)
        reached = {"hours": found.estimate, "low": found.low, "high": found.high}
        row |= {f"{name}_{what}": pd.NA if math.isnan(value) else value for what, value in reached.items()}
    open_words = f"{n - len(restored)} of {n} still open" if len(restored) < n else ""
    return row | {"median_resolved_hours": float(restored.median()) if len(restored) else pd.NA, "note": open_words}


def _within(settled: pd.Series | None, confidence: float) -> dict[str, object]:
    if settled is None or not settled["settled"]:
        return {"due": 0}
    limit = wilson(int(settled["settled_met"]), n=int(settled["settled"]), confidence=confidence)
    return {"due": int(settled["settled"]), "within_target": limit.estimate, "within_low": limit.low,
            "within_high": limit.high}  # fmt: skip


def stage_shares(tables: Tables, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Where the time of restored incidents went: waiting for somebody, paused, or worked on.

    Parameters
    ----------
    tables : Tables
        Uses incidents.
    as_of : Timestamp
        Day of the review.

    Returns
    -------
    DataFrame
        By service, of the incidents opened in the last twelve months and restored: ``n, hours`` in all, the shares
        ``waiting`` (to the first response), ``paused`` (clock stopped) and ``working`` (the rest) [0-1],
        ``bottleneck`` (the largest of them), ``left_out`` (times missing or contradicting each other), ``note``.
        Waiting is missing where no first response is recorded.
    """
    incidents, period = with_a_service(tables).incidents, last_months(as_of, 12)
    restored = incidents[period.holds(incidents["opened"]) & (incidents["resolved"] < cut_off(as_of))]
    rows = [_stages(str(service), own, period) for service, own in restored.groupby("service", sort=True)]
    return pd.DataFrame(rows, columns=list(STAGE_DTYPES)).astype(STAGE_DTYPES)


def _stages(service: str, own: pd.DataFrame, period: Period) -> dict[str, object]:
    elapsed = own["resolved"].sub(own["opened"]).dt.total_seconds() / 60
    waiting = own["first_response"].sub(own["opened"]).dt.total_seconds() / 60
    paused = own["paused_minutes"]
    known_wait, known_pause = bool(waiting.notna().any()), bool(paused.notna().any())
    # Where only some rows know a stage, the others cannot be compared with them.
    usable = elapsed > 0
    usable &= waiting.between(0, elapsed) if known_wait else True
    usable &= paused.between(0, elapsed) if known_pause else True
    n, total = int(usable.sum()), float(elapsed[usable].sum())
    row: dict[str, object] = {"service": service, "period": period.label, "n": n, "left_out": len(own) - n}
    if not n:
        return row | {"note": "no incident with usable times"}
    shares: dict[str, float | None] = {
        "waiting": float(waiting[usable].sum()) / total if known_wait else None,
        "paused": float(paused[usable].sum()) / total if known_pause else None,
    }
    known = {name: share for name, share in shares.items() if share is not None}
    known["working"] = max(0.0, 1 - sum(known.values()))
    absent = ", ".join(name for name in STAGES[:2] if shares[name] is None)
    note = f"not recorded: {absent}; it is part of working" if absent else ""
    return (
        row
        | shares
        | known
        | {"hours": total / 60, "bottleneck": max(known, key=lambda name: known[name]), "note": note}
    )

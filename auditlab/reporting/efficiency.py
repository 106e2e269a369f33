"""Within target and slow all the same: the median and the tail beside the share within target."""

from __future__ import annotations

import math

import pandas as pd

from auditlab.history.cells import number_of
from auditlab.signals import engine
from auditlab.signals.frames import BEFORE_OPENED, leaves_out
from auditlab.signals.periods import cut_off, last_months
from auditlab.signals.review import with_a_service
from auditlab.statistics.intervals import wilson
from auditlab.statistics.survival import survival
from auditlab.tables import Tables

LENS_DTYPES = {
    "service": "str", "priority": "str", "period": "str", "n": "Int64", "open": "Int64", "median_hours": "Float64",
    "median_low": "Float64", "median_high": "Float64", "p90_hours": "Float64", "p90_low": "Float64",
    "p90_high": "Float64", "median_resolved_hours": "Float64", "due": "Int64", "within_target": "Float64",
    "within_low": "Float64", "within_high": "Float64", "said": "str", "note": "str",
}  # fmt: skip
FEW = 20
"""Incidents below which quantiles are not told [count]."""


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
        reports show), ``within_target`` of the ``due`` ones (pauses deducted) with its Wilson interval [0-1], ``said``
        (slower than the year before although as much is within target; the restored alone look faster), ``note``. A
        difference is told only where the intervals leave no doubt about it.
    """
    incidents, end = with_a_service(tables).incidents, cut_off(as_of)
    counts = engine.monthly_counts(incidents, cut_off=end)
    rows: list[dict[str, object]] = []
    year_before, year = last_months(as_of, 12, before=12), last_months(as_of, 12)
    for period in (year_before, year, last_months(as_of, 3)):
        timed = engine.durations(incidents, cut_off=end, first=period.first, after=period.after)
        inside = counts[period.holds(counts["month"])]
        met = inside.groupby(["service", "priority"])[["settled", "settled_met"]].sum()
        for (service, priority), own in timed.groupby(["service", "priority"], sort=True):
            settled = met.loc[[(str(service), str(priority))]].iloc[0] if (service, priority) in met.index else None
            rows.append(
                {"service": service, "priority": priority, "period": period.label}
                | _times(own, confidence) | _within(settled, confidence)
            )  # fmt: skip
    earlier = {(row["service"], row["priority"]): row for row in rows if row["period"] == year_before.label}
    for row in rows:
        compared = earlier.get((row["service"], row["priority"])) if row["period"] == year.label else None
        row["said"] = "; ".join([*_faster_alone(row), *(_slower(row, compared) if compared else [])])
    frame = pd.DataFrame(rows, columns=list(LENS_DTYPES)).astype(LENS_DTYPES)
    return frame.sort_values(["service", "priority"], kind="stable").reset_index(drop=True)


def _times(own: pd.DataFrame, confidence: float) -> dict[str, object]:
    cases, untimed = engine.timed_cases(own)
    left = leaves_out(untimed, BEFORE_OPENED)
    n, restored = len(cases), cases.loc[cases["observed"], "hours"]
    row: dict[str, object] = {"n": n, "open": n - len(restored)}
    if n < FEW:
        return row | {"note": "; ".join(filter(None, (f"fewer than {FEW} incidents: no quantiles", left)))}
    curve = survival(cases["hours"].to_numpy(), cases["observed"].to_numpy(), confidence=confidence)
    for name, share in (("median", 0.5), ("p90", 0.9)):
        found = curve.quantile(share)
        reached = {"hours": found.estimate, "low": found.low, "high": found.high}
        row |= {f"{name}_{what}": pd.NA if math.isnan(value) else value for what, value in reached.items()}
    open_words = f"{n - len(restored)} of {n} still open" if len(restored) < n else ""
    return row | {
        "median_resolved_hours": float(restored.median()) if len(restored) else pd.NA,
        "note": "; ".join(filter(None, (open_words, left))),
    }


def _within(settled: pd.Series | None, confidence: float) -> dict[str, object]:
    if settled is None or not settled["settled"]:
        return {"due": 0}
    limit = wilson(int(settled["settled_met"]), n=int(settled["settled"]), confidence=confidence)
    return {"due": int(settled["settled"]), "within_target": limit.estimate, "within_low": limit.low,
            "within_high": limit.high}  # fmt: skip


def _faster_alone(row: dict[str, object]) -> list[str]:
    """Where the median of the restored lies below the interval of the median of all."""
    alone, low = (number_of(row.get(name)) for name in ("median_resolved_hours", "median_low"))
    if alone is None or low is None or alone >= low:
        return []
    median = number_of(row.get("median_hours"))
    whole = "is not reached" if median is None else f"is {median:.3g} h"
    return [f"the restored alone have a median of {alone:.3g} h; with the open ones it {whole}"]


def _slower(row: dict[str, object], before: dict[str, object]) -> list[str]:
    """Where the median or the slowest tenth grew beyond both intervals, and whether the target shows it."""
    told = []
    for name, words in (("median", "median"), ("p90", "slowest tenth")):
        low, high = number_of(row.get(f"{name}_low")), number_of(before.get(f"{name}_high"))
        now, then = number_of(row.get(f"{name}_hours")), number_of(before.get(f"{name}_hours"))
        if low is not None and high is not None and low > high:
            reached = "not reached" if now is None else f"{now:.3g} h"
            told.append(f"{words} {reached} after {then:.3g} h the year before")
    if not told:
        return []
    share, least = number_of(row.get("within_target")), number_of(before.get("within_low"))
    if share is None or least is None:
        return [f"slower: {', '.join(told)}"]
    held = share >= least
    return [f"{'as much within target, and slower' if held else 'slower, and less within target'}: {', '.join(told)}"]

"""What each service delivered against its targets, month by month: consistency, not the average alone."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from auditlab.signals.series import Measure, Series
from auditlab.statistics.intervals import wilson

CAPABILITY_DTYPES = {
    "service": "str", "supplier": "str", "priority": "str", "kpi": "str", "target": "Float64", "months": "Int64",
    "months_met": "Int64", "share_met": "Float64", "low": "Float64", "high": "Float64", "average": "Float64",
    "worst": "Float64", "last_three_met": "Int64", "last_three": "Int64", "method": "str", "statement": "str",
}  # fmt: skip


def capability_statement(series: Iterable[Series], *, confidence: float = 0.95) -> pd.DataFrame:
    """For every monthly share with a target: in how many months it was met, and in the last three.

    Parameters
    ----------
    series : iterable of Series
        Result of `measured_series`; those without a target are left out.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        ``service, supplier, priority, kpi, target, months`` with data, ``months_met, share_met`` with its Wilson
        interval, ``average`` (all records together), ``worst`` month [0-1], ``last_three_met`` of ``last_three``,
        ``method, statement``. A month without data is no month.
    """
    chosen = [one for one in series if one.target is not None and one.measure is Measure.SHARE and len(one.known)]
    rows = [_row(one, float(one.target), confidence) for one in chosen if one.target is not None]
    return pd.DataFrame(rows, columns=list(CAPABILITY_DTYPES)).astype(CAPABILITY_DTYPES)


def _row(one: Series, target: float, confidence: float) -> dict[str, object]:
    known = one.known
    met = known["value"] >= target
    limit = wilson(int(met.sum()), n=len(met), confidence=confidence)
    last = met.tail(3)
    k, n = int(known["k"].sum()), int(known["n"].sum())
    statement = (
        f"{one.name}: target {100 * target:g} % met in {int(met.sum())} of {len(met)} months, "
        f"in {int(last.sum())} of the last {len(last)}; {100 * k / n:.1f} % over all records."
    )
    return {
        **{name: one.cut.get(name, "") for name in ("service", "supplier", "priority")}, "kpi": one.family,
        "target": target, "months": len(met), "months_met": int(met.sum()), "share_met": limit.estimate,
        "low": limit.low, "high": limit.high, "average": k / n, "worst": float(known["value"].min()),
        "last_three_met": int(last.sum()), "last_three": len(last), "method": limit.method, "statement": statement,
    }  # fmt: skip

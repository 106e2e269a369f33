"""How long it takes before an improvement shows in a rate: often longer than until the next audit."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.statistics.detectability import CONFIDENCE, POWER, records_to_see

DETECTABILITY_DTYPES = {
    "kpi": "str",
    "site": "str",
    "service": "str",
    "clause": "str",
    "baseline": "Float64",
    "low": "Float64",
    "high": "Float64",
    "k": "Int64",
    "n": "Int64",
    "planned": "Float64",
    "n_per_period": "Int64",
    "per_month": "Float64",
    "months": "Float64",
    "confidence": "Float64",
    "power": "Float64",
    "method": "str",
    "note": "str",
}


def detectability(
    kpis: pd.DataFrame,
    *,
    months: int,
    improvement: float = 0.6,
    confidence: float = CONFIDENCE,
    power: float = POWER,
) -> pd.DataFrame:
    """Months of records until a planned fall of each rate would be seen.

    Parameters
    ----------
    kpis : DataFrame
        Rates of deviations with ``kpi, site, service, clause, k, n, value, low, high``; shares [0-1].
    months : int
        Period that the rates cover [months].
    improvement : float
        Planned fall of the rate, as a part of it; 0.6 plans 2 % instead of 5 % [0-1].
    confidence, power : float
        Of the two-sided comparison of the period with one as long after the improvement [0-1].

    Returns
    -------
    DataFrame
        ``kpi, site, service, clause, baseline`` with ``low, high`` and its ``k`` of ``n``, ``planned`` (rate after the
        improvement), ``n_per_period`` (records before and as many after), ``per_month`` [records], ``months`` (until
        so many have come after the improvement; missing where there is nothing to improve), ``confidence, power,
        method, note``.

    Raises
    ------
    ArgumentError
        If the period or the improvement is none.
    """
    if months < 1:
        raise ArgumentError(f"The period is {months} months. Give the months that the rates cover.")
    if not 0 < improvement <= 1:
        raise ArgumentError(
            f"The improvement is {improvement!r}. Give a part above 0 and up to 1; 0.6 plans 2 % for 5 %."
        )
    rows = [_row(rate, months, improvement, confidence, power) for rate in kpis.to_dict("records")]
    return pd.DataFrame(rows, columns=list(DETECTABILITY_DTYPES)).astype(DETECTABILITY_DTYPES)


def _row(
    rate: dict[Hashable, Any],  # Any: the cells of one row of a frame
    period: int,
    improvement: float,
    confidence: float,
    power: float,
) -> dict[str, object]:
    names = ("kpi", "site", "service", "clause", "low", "high", "k", "n")
    row = {name: rate.get(name) for name in names} | {"baseline": rate["value"], "confidence": confidence}
    row |= {"power": power, "method": "two proportions, normal approximation, two-sided"}
    if pd.isna(rate["n"]) or not rate["n"]:
        return row | {"note": "no record in the period"}
    baseline, monthly = float(rate["value"]), int(rate["n"]) / period
    row |= {"per_month": round(monthly, 1)}
    if baseline == 0:
        return row | {"note": "nothing found in the period: there is no rate to improve"}
    planned = baseline * (1 - improvement)
    needed = records_to_see(baseline, planned, confidence=confidence, power=power)
    wait = needed / monthly
    note = f"about {wait:.0f} months at {monthly:.0f} a month"
    if wait > period:
        note += ", longer than the period observed: the rate cannot show it in time"
    return row | {"planned": round(planned, 6), "n_per_period": needed, "months": round(wait, 1), "note": note}

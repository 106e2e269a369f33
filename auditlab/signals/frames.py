"""The shapes of the tables of this floor, and the one way to make a row of key figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypedDict, Unpack

import pandas as pd

from auditlab.signals.definitions import definition_of
from auditlab.statistics.intervals import wilson
from auditlab.statistics.limits import Limit
from auditlab.statistics.poisson_rates import poisson_rate

Row: TypeAlias = dict[str, object]


class Cut(TypedDict, total=False):
    """What a figure is about; what is not named is not split."""

    service: str
    site: str
    supplier: str
    priority: str


class Within(TypedDict):
    """Period and confidence that several figures share."""

    period: str
    confidence: float


CUTS = ("service", "site", "supplier", "priority")
"""The columns by which figures are split, and by which a page can be filtered."""

ALL = "all"
"""All priorities together, where the same figure is also given for each of them."""

KPI_DTYPES = {
    "kpi": "str", "clause": "str", "service": "str", "site": "str", "supplier": "str", "priority": "str",
    "period": "str", "k": "Int64", "n": "Int64", "value": "Float64", "low": "Float64", "high": "Float64",
    "unit": "str", "method": "str", "definition": "str", "cut_off": "str", "note": "str",
}  # fmt: skip
COMPARISON_DTYPES = {
    "kpi": "str", "clause": "str", "service": "str", "site": "str", "supplier": "str", "priority": "str",
    "subject": "str", "against": "str", "period": "str", "k": "Int64", "n": "Int64", "value": "Float64",
    "k_against": "Int64", "n_against": "Int64", "value_against": "Float64", "low_against": "Float64",
    "high_against": "Float64", "standardised": "Float64", "standardised_against": "Float64", "measure": "str",
    "effect": "Float64", "low": "Float64", "high": "Float64", "p": "Float64", "q": "Float64", "tests": "Int64",
    "strength": "str", "method": "str", "note": "str",
}  # fmt: skip
SIGNAL_DTYPES = {
    "family": "str", "series": "str", "clause": "str", "site": "str", "service": "str", "supplier": "str",
    "priority": "str", "method": "str", "measure": "str", "recent": "Float64", "earlier": "Float64",
    "effect": "Float64", "low": "Float64", "high": "Float64",
    "n": "Int64", "p": "Float64", "q": "Float64", "tests": "Int64", "onset": "str", "onset_low": "str",
    "onset_high": "str", "shape": "str",
    "flagged": "boolean", "direction": "str", "chart_signal": "boolean", "first_outside": "str",
    "convention": "str", "spark": "str", "note": "str",
}  # fmt: skip


def leaves_out(count: int, what: str) -> str:
    """What a figure leaves out, for its note: ``leaves out 2 restored before they were opened``; empty for none."""
    return f"leaves out {count} {what}" if count else ""


BEFORE_OPENED = "restored before they were opened"
"""An error of the record: such times are impossible, so nothing is known of them."""


def typed(rows: Iterable[Mapping[str, object]], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """`rows` as a frame with exactly the columns and types of `dtypes`."""
    return pd.DataFrame(list(rows), columns=list(dtypes)).astype(dict(dtypes))


def share(kpi: str, k: int, n: int, *, period: str, confidence: float, note: str = "", **cut: Unpack[Cut]) -> Row:
    """One proportion with its Wilson interval; with `n` 0 the row stays and its value is missing."""
    limit = wilson(k, n=n, confidence=confidence) if n else None
    return _row(kpi, k=k, n=n, limit=limit, period=period, note=note, cut=cut)


def rate(
    kpi: str, k: int, exposure: float, *, period: str, confidence: float, scale: float = 1.0, note: str = "",
    **cut: Unpack[Cut],
) -> Row:  # fmt: skip
    """Events per unit of exposure with the exact Poisson interval; ``n`` is the exposure in whole units."""
    limit = poisson_rate(k, exposure=exposure / scale, confidence=confidence) if exposure else None
    return _row(kpi, k=k, n=round(exposure), limit=limit, period=period, note=note, cut=cut)


def figure(
    kpi: str, value: float | None, *, period: str, k: int | None = None, n: int | None = None,
    low: float | None = None, high: float | None = None, method: str = "", note: str = "", **cut: Unpack[Cut],
) -> Row:  # fmt: skip
    """One figure whose value and interval were worked out by the caller; missing ones are ``None``."""
    row = _row(kpi, k=k, n=n, limit=None, period=period, note=note, cut=cut)
    return row | {"value": value, "low": low, "high": high, "method": method}


def _row(
    kpi: str,
    *,
    k: int | None,
    n: int | None,
    limit: Limit | None,
    period: str,
    note: str,
    cut: Cut,
) -> Row:
    known = definition_of(kpi)
    row: Row = {
        "kpi": kpi,
        "clause": known.clause,
        "period": period,
        "k": k,
        "n": n,
        "value": None if limit is None else limit.estimate,
        "low": None if limit is None else limit.low,
        "high": None if limit is None else limit.high,
        "unit": known.unit,
        "method": "" if limit is None else limit.method,
        "definition": known.definition,
        "note": note,
    }
    return row | dict(cut)

"""Rates with their intervals."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import BLUE, Row, category_range, new_figure, plain


def rate_intervals(rates: pd.DataFrame) -> go.Figure:
    """Nonconformities per auditor-day by audit and by site, each with its interval.

    Parameters
    ----------
    rates : DataFrame
        Result of ``history.finding_rates``.
    """
    group = rates[(rates["grade_group"] == "nc") & rates["scope"].isin(list(_SYMBOLS))]
    rows = [_rate(row) for row in group.to_dict("records")][::-1]
    known = [row for row in rows if row.known]
    spread = {
        "type": "data",
        "symmetric": False,
        "thickness": 2,
        "width": 5,
        "color": BLUE,
        "array": [row.high - row.rate for row in known],
        "arrayminus": [row.rate - row.low for row in known],
    }
    trace = go.Scatter(
        mode="markers",
        x=[row.rate for row in known],
        y=[row.name for row in known],
        error_x=spread,
        marker={"size": 11, "color": BLUE, "symbol": [row.symbol for row in known]},
        hovertext=[f"{row.name}: {row.rate:.2f} per day, {row.low:.2f} to {row.high:.2f}" for row in known],
        hoverinfo="text",
        showlegend=False,
    )
    figure = new_figure([trace], height=90 + 32 * max(len(rows), 1))
    names = [row.name for row in rows]
    figure.update_layout(
        margin={"t": 12},
        xaxis={"title": {"text": "nonconformities per auditor-day"}, "rangemode": "tozero"},
        yaxis={
            "type": "category", "categoryorder": "array", "categoryarray": names, "range": category_range(len(names))
        },
    )  # fmt: skip
    for row in rows:
        if not row.known:
            figure.add_annotation(x=0, y=row.name, text="rate unknown", showarrow=False, xanchor="left")
    return figure


_SYMBOLS = {"all": "diamond", "audit": "circle", "site": "square"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rate:
    name: str
    symbol: str
    known: bool
    rate: float
    low: float
    high: float


def _rate(row: Row) -> _Rate:
    scope = str(row["scope"])
    who = {"all": "all together", "audit": str(row["audit_id"]), "site": f"site {row['site']}"}[scope]
    n: str = "?" if pd.isna(row["n"]) else f"{row['n']}"
    days: str = "?" if pd.isna(row["auditor_days"]) else f"{row['auditor_days']:g}"
    known = not pd.isna(row["rate"])
    rate, low, high = (float(row[column]) if known else float("nan") for column in ("rate", "low", "high"))
    name = plain(f"{who} ({n} in {days} d)")
    return _Rate(name=name, symbol=_SYMBOLS[scope], known=known, rate=rate, low=low, high=high)

"""Clients side by side: the funnel, and the map of clauses and sectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.service_trends import Panel
from auditlab.figures.theme import BLUE, GREY, ORANGE, VERMILION, new_figure, plain

LEAST_POINTS = 5
"""A funnel with fewer clients shows nothing that the table does not."""


def funnel_panels(funnel: pd.DataFrame, *, by: str = "sector") -> list[Panel]:
    """The funnel of all clients, and one for every value of `by` with enough of them.

    Parameters
    ----------
    funnel : DataFrame
        Result of ``portfolio.comparison.funnel``.
    by : str
        Column whose filter chooses the panel.
    """
    if funnel.empty:
        return []
    panels = [_panel(funnel, funnel, title=f"All {len(funnel)} clients", facets={})]
    for value, own in funnel.groupby(by, sort=True):
        if len(own) >= LEAST_POINTS:
            panels.append(_panel(own, funnel, title=f"{by} {value}: {len(own)} clients", facets={by: str(value)}))
    return panels


def _panel(own: pd.DataFrame, whole: pd.DataFrame, *, title: str, facets: dict[str, str]) -> Panel:
    spread = whole.attrs.get("overdispersion", {})
    phi = spread.get("phi", float("nan"))
    caption = (
        "Observed to expected nonconformities against the number expected from the client's mix of audits. Dotted: "
        "95 % and 99.8 % limits of chance alone; dashed: widened by the variance between ordinary clients "
        f"(phi {phi:.2f}, variance {spread.get('between', 0.0):.3f}). A diamond is flagged after control of false "
        "discoveries; a small client far from 1 is mostly luck. Hover for the client; its row is in the table above."
    )
    return Panel(figure=funnel_figure(own, limits=whole), title=title, caption=caption, data=own, facets=facets)


def funnel_figure(own: pd.DataFrame, *, limits: pd.DataFrame) -> go.Figure:
    """One funnel: the points of `own` between the limits that hold for all clients."""
    edge = limits.sort_values("expected")
    traces = [
        go.Scatter(x=edge["expected"], y=edge[name], mode="lines", name=label, legendgroup=label,
                   showlegend=side == "low", line={"color": colour, "width": 1.5, "dash": dash}, hoverinfo="skip")
        for kind, label, colour, dash in (
            ("95", "95 %, chance alone", GREY, "dot"), ("998", "99.8 %, chance alone", BLUE, "dot"),
            ("adjusted_998", "99.8 %, widened", ORANGE, "dash"),
        )
        for side in ("low", "high")
        for name in (f"adjusted_{side}_998" if kind.startswith("adjusted") else f"{side}_{kind}",)
    ]  # fmt: skip
    flagged = own["flagged"].fillna(False).astype(bool)
    words = [
        f"{plain(row.client)}: {row.ratio:.2f} times the expected {row.expected:.1f}, {row.auditor_days:g} auditor-days"
        for row in own.itertuples()
    ]
    traces.append(
        go.Scatter(
            x=own["expected"],
            y=own["ratio"],
            mode="markers",
            name="client",
            hovertext=words,
            hoverinfo="text",
            showlegend=False,
            marker={
                "size": np.where(flagged, 13, 8),
                "symbol": np.where(flagged, "diamond", "circle"),
                "color": np.where(flagged, VERMILION, BLUE),
            },
        )
    )
    figure = new_figure(traces, height=420)
    figure.update_layout(
        xaxis={"title": {"text": "nonconformities expected from the mix of audits"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "observed to expected"}, "rangemode": "tozero"},
    )
    return figure


def clause_sector_map(cells: pd.DataFrame) -> go.Figure:
    """Ratio to the other sectors by clause and sector; suppressed cells are empty, flagged ones bear a star.

    Parameters
    ----------
    cells : DataFrame
        Result of ``portfolio.clauses.clause_sectors``.
    """
    shown = cells.assign(mark=np.where(cells["flagged"].fillna(False).astype(bool), "★", ""))
    clauses, sectors = list(dict.fromkeys(shown["clause"])), sorted(shown["sector"].unique())
    placed = shown.set_index(["clause", "sector"])
    grid = pd.MultiIndex.from_product([clauses, sectors])
    size = (len(clauses), len(sectors))
    ratio = placed["ratio"].reindex(grid).to_numpy(dtype="float64").reshape(size)
    mark = placed["mark"].reindex(grid, fill_value="").to_numpy().reshape(size)
    trace = go.Heatmap(
        x=[plain(sector) for sector in sectors], y=clauses, z=np.log2(np.clip(ratio, 0.25, 4)),
        text=mark, texttemplate="%{text}", zmid=0, zmin=-2, zmax=2,
        colorscale=[[0, BLUE], [0.5, "#F2F2F2"], [1, VERMILION]],
        colorbar={"title": {"text": "times the others"}, "tickvals": [-2, -1, 0, 1, 2],
                  "ticktext": ["¼", "½", "1", "2", "4"]},
        hovertemplate="%{y}, %{x}<extra></extra>",
    )  # fmt: skip
    figure = new_figure([trace], height=120 + 22 * max(len(clauses), 4))
    figure.update_layout(
        xaxis={"title": {"text": "sector"}, "type": "category"},
        yaxis={"type": "category", "autorange": "reversed", "title": {"text": "clause"}},
    )
    return figure


def rate_course(rates: pd.DataFrame) -> go.Figure:
    """Nonconformities per auditor-day by half-year, raw with interval and at the common mix.

    Parameters
    ----------
    rates : DataFrame
        Result of ``portfolio.over_time.rates_over_time``.
    """
    spread = {"type": "data", "symmetric": False, "array": rates["high"] - rates["rate"],
              "arrayminus": rates["rate"] - rates["low"], "color": BLUE}  # fmt: skip
    traces = [
        go.Scatter(x=rates["half_year"], y=rates["rate"], mode="markers", name="as found", error_y=spread,
                   marker={"color": BLUE, "size": 9}),
        go.Scatter(x=rates["half_year"], y=rates["standardised"], mode="lines+markers", name="at one mix of audits",
                   line={"color": ORANGE, "width": 2}, marker={"symbol": "diamond", "size": 9}),
    ]  # fmt: skip
    figure = new_figure(traces, height=340)
    figure.update_layout(
        xaxis={"type": "category"}, yaxis={"title": {"text": "nonconformities per auditor-day"}, "rangemode": "tozero"}
    )
    return figure

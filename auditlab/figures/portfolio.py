"""Clients side by side: the funnel, and the map of clauses and sectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import BLUE, GREY, ORANGE, VERMILION, new_figure, plain
from auditlab.numerals import known

FACETS = ("sector", "country", "edition", "office")
"""Columns by which the filters of a page narrow the points and curves of these charts."""

MOST_POINTS = 3000
"""A funnel of more clients draws all that stand out and an even choice of the others."""

_LIMIT_POINTS = 120


def funnel_chart(funnel: pd.DataFrame) -> go.Figure:
    """Observed to expected nonconformities of every client between the limits that hold for all.

    Parameters
    ----------
    funnel : DataFrame
        Result of ``portfolio.comparison.funnel``.
    """
    edge = funnel.drop_duplicates("expected").sort_values("expected")
    edge = edge.iloc[_evenly(len(edge), _LIMIT_POINTS)].round(4)
    traces = [
        go.Scatter(x=edge["expected"].tolist(), y=edge[name].tolist(), mode="lines", name=label, legendgroup=label,
                   showlegend=side == "low", line={"color": colour, "width": 1.5, "dash": dash}, hoverinfo="skip")
        for kind, label, colour, dash in (
            ("95", "95 %, chance alone", GREY, "dot"), ("998", "99.8 %, chance alone", BLUE, "dot"),
            ("adjusted_998", "99.8 %, widened", ORANGE, "dash"),
        )
        for side in ("low", "high")
        for name in (f"adjusted_{side}_998" if kind.startswith("adjusted") else f"{side}_{kind}",)
    ]  # fmt: skip
    shown = drawn_points(funnel)
    flagged = shown["flagged"].fillna(False).astype(bool)
    traces += [
        _points(shown[~flagged], name="client", colour=BLUE, symbol="circle", size=7),
        _points(shown[flagged], name="flagged", colour=VERMILION, symbol="diamond", size=13),
    ]
    figure = new_figure(traces, height=420)
    figure.update_layout(
        xaxis={"title": {"text": "nonconformities expected from the mix of audits"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "observed to expected"}, "rangemode": "tozero"},
        hovermode="closest",
    )
    return figure


def funnel_caption(funnel: pd.DataFrame) -> str:
    """How to read the funnel, with its over-dispersion and how many clients it draws."""
    spread = funnel.attrs.get("overdispersion", {})
    if funnel.empty:
        return "Observed to expected nonconformities of each client. Nothing is drawn: no client is compared."
    drawn = min(len(drawn_points(funnel)), len(funnel))
    which = "" if drawn == len(funnel) else f" Drawn are {drawn} of {len(funnel)}: all that stand out, others evenly."
    return (
        "Observed to expected nonconformities against the number expected from the client's mix of audits. Dotted: "
        "95 % and 99.8 % limits of chance alone; dashed: moved outward by the variance between ordinary clients "
        f"(phi {known(spread.get('phi'), 2)}, variance {known(spread.get('between'), 3)}), which also widens q. A "
        "diamond is flagged after control of false discoveries; a small client far from 1 is mostly luck. A click on a "
        f"point opens the page of its client, where there is one.{which}"
    )


def drawn_points(funnel: pd.DataFrame) -> pd.DataFrame:
    """The rows of `funnel` that are drawn: all, or those that stand out and an even choice of the others."""
    if len(funnel) <= MOST_POINTS:
        return funnel
    stands_out = (funnel["flagged"].fillna(False) | funnel["outside"]).astype(bool)
    others = funnel[~stands_out]
    chosen = others.iloc[_evenly(len(others), max(MOST_POINTS - int(stands_out.sum()), 0))]
    return pd.concat([funnel[stands_out], chosen]).sort_index()


def _evenly(count: int, most: int) -> list[int]:
    """At most `most` places of `count`, first and last among them."""
    if count <= most:
        return list(range(count))
    return sorted({round(place) for place in np.linspace(0, count - 1, most)})


def _points(shown: pd.DataFrame, *, name: str, colour: str, symbol: str, size: int) -> go.Scatter:
    return go.Scatter(
        x=shown["expected"].round(2).tolist(), y=shown["ratio"].round(3).tolist(), mode="markers", name=name,
        text=[plain(client) for client in shown["client"]], customdata=shown["auditor_days"].round(2).tolist(),
        hovertemplate="%{text}: %{y:.2f} times the expected %{x:.1f}, %{customdata} auditor-days<extra></extra>",
        marker={"size": size, "symbol": symbol, "color": colour}, meta={"facets": _coded(shown), "opens": True},
    )  # fmt: skip


def _coded(shown: pd.DataFrame) -> dict[str, object]:
    """The facets of every point as numbers of a short list: thousands of words would fill the page."""
    coded: dict[str, object] = {}
    for facet in FACETS:
        codes, values = pd.factorize(shown[facet].astype("str").where(shown[facet].notna(), "not known"), sort=True)
        coded[facet] = {"values": [str(value) for value in values], "codes": codes.tolist()}
    return coded


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
        x=[plain(sector) for sector in sectors], y=clauses, z=_lists(np.log2(np.clip(ratio, 0.25, 4))),
        text=mark.tolist(), texttemplate="%{text}", zmid=0, zmin=-2, zmax=2,
        colorscale=[[0, BLUE], [0.5, "#F2F2F2"], [1, VERMILION]],
        colorbar={"title": {"text": "times the others"}, "tickvals": [-2, -1, 0, 1, 2],
                  "ticktext": ["¼", "½", "1", "2", "4"]},
        hovertemplate="%{y}, %{x}<extra></extra>", meta={"columns": "sector"},
    )  # fmt: skip
    figure = new_figure([trace], height=120 + 22 * max(len(clauses), 4))
    figure.update_layout(
        xaxis={"title": {"text": "sector"}, "type": "category"},
        yaxis={"type": "category", "autorange": "reversed", "title": {"text": "clause"}},
    )
    return figure


def _lists(grid: npt.NDArray[np.float64]) -> list[list[float | None]]:
    """Rows as lists, which a filter of the page can narrow; a missing number draws nothing."""
    return [[None if np.isnan(value) else round(float(value), 4) for value in row] for row in grid]


def rate_course(rates: pd.DataFrame, by_place: pd.DataFrame | None = None) -> go.Figure:
    """Nonconformities per auditor-day by half-year, raw with interval and at the common mix.

    Parameters
    ----------
    rates : DataFrame
        Result of ``portfolio.over_time.rates_over_time``.
    by_place : DataFrame, optional
        Result of ``portfolio.over_time.rates_by_place``: the curves that a filter of the page shows in its place.
    """
    traces = _curves(rates, only={})
    if by_place is not None:
        for (facet, value), own in by_place.groupby(["facet", "value"], sort=True):
            traces += _curves(own, only={str(facet): str(value)})
    figure = new_figure(traces, height=340)
    figure.update_layout(
        xaxis={"type": "category", "categoryorder": "array", "categoryarray": sorted(set(rates["half_year"]))},
        yaxis={"title": {"text": "nonconformities per auditor-day"}, "rangemode": "tozero"},
    )
    return figure


def _curves(rates: pd.DataFrame, *, only: dict[str, str]) -> list[go.Scatter]:
    """Both curves; those of one place are hidden until the reader narrows the page to it alone."""
    halves, meta = rates["half_year"].tolist(), {"only": only}
    spread = {"type": "data", "symmetric": False, "array": (rates["high"] - rates["rate"]).round(4).tolist(),
              "arrayminus": (rates["rate"] - rates["low"]).round(4).tolist(), "color": BLUE}  # fmt: skip
    raw, mixed = rates["rate"].round(6).tolist(), rates["standardised"].round(6).tolist()
    return [
        go.Scatter(x=halves, y=raw, mode="markers", name="as found", error_y=spread,
                   marker={"color": BLUE, "size": 9}, meta=meta, visible=not only),
        go.Scatter(x=halves, y=mixed, mode="lines+markers", name="at one mix of audits",
                   line={"color": ORANGE, "width": 2}, marker={"symbol": "diamond", "size": 9}, meta=meta,
                   visible=not only),
    ]  # fmt: skip

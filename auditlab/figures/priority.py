"""Where to look first: ranks with their stability, and what an order is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import BLUE, VERMILION, category_range, new_figure, plain, white_hatch


def rank_intervals(ranked: pd.DataFrame, *, top: int = 15) -> go.Figure:
    """The first cells with the range of ranks that the draws gave them.

    Parameters
    ----------
    ranked : DataFrame
        Result of ``priority.priorities``.
    top : int
        Cells shown [count].
    """
    shown = ranked.head(top)
    names = _names(shown)
    trace = go.Scatter(
        mode="markers",
        x=shown["rank"].tolist(),
        y=names,
        error_x={
            "type": "data",
            "symmetric": False,
            "thickness": 2,
            "width": 5,
            "color": BLUE,
            "array": (shown["rank_high"] - shown["rank"]).clip(lower=0).tolist(),
            "arrayminus": (shown["rank"] - shown["rank_low"]).clip(lower=0).tolist(),
        },
        marker={"size": 11, "color": BLUE},
        showlegend=False,
    )
    figure = _by_cell([trace], names)
    figure.update_layout(xaxis={"title": {"text": "rank (1 is first)"}, "rangemode": "tozero"})
    return figure


def score_parts(ranked: pd.DataFrame, *, top: int = 15) -> go.Figure:
    """What puts a cell where it is: its history, and what was added by judgement.

    Parameters
    ----------
    ranked : DataFrame
        Result of ``priority.priorities``.
    top : int
        Cells shown [count].
    """
    # A history without any finding expects nothing anywhere: its log odds are held finite.
    expected = ranked["expected"].clip(1e-9, 1 - 1e-9)
    log_odds = pd.Series(np.log(expected / (1 - expected)))
    shown, history = ranked.head(top), (log_odds - log_odds.median()).head(top)
    names = _names(shown)
    bars = [
        go.Bar(
            orientation="h", x=history.tolist(), y=names, name="history, against the median cell",
            marker={"color": BLUE},
        ),
        go.Bar(
            orientation="h", x=shown["contribution"].tolist(), y=names, name="declared contributions (judgement)",
            marker={"color": VERMILION, "pattern": white_hatch("/")},
        ),
    ]  # fmt: skip
    figure = _by_cell(bars, names)
    figure.update_layout(
        barmode="relative", xaxis={"title": {"text": "score above the history of the median cell [log odds]"}}
    )
    return figure


def _names(shown: pd.DataFrame) -> list[str]:
    rows = zip(shown["rank"], shown["clause"], shown["site"], strict=True)
    return [plain(f"{rank}. {clause}, site {site}") for rank, clause, site in rows]


def _by_cell(traces: list[go.Bar] | list[go.Scatter], names: list[str]) -> go.Figure:
    figure = new_figure(traces, height=110 + 30 * max(len(names), 1))
    figure.update_layout(
        yaxis={
            "type": "category", "categoryorder": "array", "categoryarray": names[::-1],
            "range": category_range(len(names)),
        }
    )  # fmt: skip
    return figure

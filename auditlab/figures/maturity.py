"""Maturity by process: filled where evidence was seen, hollow where it was not, and a word where nobody rated."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import BLUE, category_range, new_figure, plain

_LEVELS = 5


def maturity_bars(profile: pd.DataFrame) -> go.Figure:
    """The rated processes with their level from 0 to 5.

    Parameters
    ----------
    profile : DataFrame
        Result of ``reporting.maturity_profile``.
    """
    rated = profile[profile["level"].notna()].iloc[::-1]
    names = [plain(f"{process} {title}") for process, title in zip(rated["process"], rated["title"], strict=True)]
    solid = rated["evidence"].ne("").tolist()
    levels: list[int] = [int(level) for level in rated["level"]]
    traces = []
    for label, kept in (("with evidence", True), ("without evidence", False)):
        chosen = [place for place, one in enumerate(solid) if one is kept]
        marks: list[int | None] = [levels[place] for place in chosen]
        where: list[str | None] = [names[place] for place in chosen]
        # A trace without a mark would vanish from the legend, and with it what hollow means.
        traces.append(
            go.Scatter(
                name=label, mode="markers", x=marks or [None],
                y=where or [None], hoverinfo="x+y", showlegend=True,
                marker={"size": 14, "color": BLUE, "symbol": "circle" if kept else "circle-open", "line": {"width": 2}},
            )
        )  # fmt: skip
    figure = new_figure(traces, height=150 + 26 * max(len(names), 1))
    figure.update_layout(
        xaxis={"title": {"text": "level (0 to 5, own descriptors)"}, "range": [-0.4, _LEVELS + 0.4], "dtick": 1},
        yaxis={
            "type": "category", "categoryorder": "array", "categoryarray": names, "range": category_range(len(names))
        },
    )  # fmt: skip
    if not names:
        figure.add_annotation(x=2.5, y=0.5, yref="paper", text="no process was rated", showarrow=False)
    return figure

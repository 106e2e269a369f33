"""What a sample can tell before it is drawn."""

from __future__ import annotations

from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import GREY, PALETTE, new_figure


def operating_curve(curve: pd.DataFrame, *, tolerable: float) -> go.Figure:
    """Chance that a population passes the plan, by its true share of deviations.

    Parameters
    ----------
    curve : DataFrame
        Result of ``sampling.operating_characteristic``; with ``population`` a line for each.
    tolerable : float
        Tolerable rate, drawn as a line [0-1].
    """
    named = dict(tuple(curve.groupby("population", sort=False))) if "population" in curve else {"": curve}
    traces = [
        go.Scatter(
            mode="lines+markers",
            name=str(name),
            x=own["rate"].tolist(),
            y=own["chance_of_acceptance"].tolist(),
            line={"color": colour, "width": 2},
            marker={"size": 5, "color": colour},
            showlegend=len(named) > 1,
        )
        for (name, own), colour in zip(named.items(), cycle(PALETTE), strict=False)
    ]
    figure = new_figure(traces, height=340)
    figure.add_vline(x=tolerable, line={"color": GREY, "dash": "dash"}, annotation_text="tolerable rate")
    percent = {"tickformat": ".0%", "rangemode": "tozero"}
    figure.update_layout(
        xaxis=percent | {"title": {"text": "true share of deviating records"}},
        yaxis=percent | {"title": {"text": "chance that the sample accepts"}, "range": [0, 1.02]},
    )
    return figure

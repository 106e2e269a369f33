"""One look for all charts: palette, fonts and the plotly template for light and dark pages.

Colours are those of Okabe and Ito, told apart with any colour vision; every state also has a
letter, a shape or a hatch.

References
----------
.. [1] Okabe, Ito (2008), Color Universal Design.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from html import escape
from typing import Any, TypeAlias

import plotly.graph_objects as go

Row: TypeAlias = dict[Hashable, Any]  # Any: the cells of one row of a frame

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
SKY = "#56B4E9"
GREY = "#8A96A3"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, GREY)

AGES = ("#DCEAF5", "#9CC4E4", "#4E8FC7")
"""From recently to long ago, by lightness alone."""
INFERRED_CELL = "#E4EEE4"
UNTOUCHED = "#F7DCC3"
UNKNOWN = "#F2F2F2"
DARK_INK = "#1B2733"
"""Ink on the light fills above, on pages of either brightness."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def theme(*, dark: bool = False) -> go.layout.Template:
    """The plotly template of all charts.

    Parameters
    ----------
    dark : bool
        Whether for a dark page.
    """
    ink, muted, grid = ("#E6EBF0", "#A9B5C1", "#37434F") if dark else ("#1B2733", "#55636F", "#E1E6EB")
    axis = {
        "gridcolor": grid,
        "linecolor": muted,
        "zeroline": False,
        "automargin": True,
        "tickfont": {"color": ink, "size": 12},
        "title": {"font": {"color": muted, "size": 12}, "standoff": 12},
    }
    layout = {
        "font": {"family": FONT, "size": 13, "color": ink},
        "colorway": list(PALETTE),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 16, "t": 44, "b": 8},
        "xaxis": axis,
        "yaxis": axis,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "font": {"size": 12, "color": ink},
            "bgcolor": "rgba(0,0,0,0)",
        },
        "hoverlabel": {"font": {"family": FONT, "size": 12}},
        "bargap": 0.25,
    }
    return go.layout.Template(layout=layout)


def new_figure(traces: Sequence[go.Bar | go.Scatter], *, height: int) -> go.Figure:
    """A figure with the house theme and a height in pixels; the width follows the page."""
    figure = go.Figure(traces)
    figure.update_layout(template=theme(), height=height)
    return figure


def white_hatch(shape: str) -> dict[str, object]:
    """A white pattern over the fill of a bar, so that its meaning does not hang on colour alone."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": "white", "solidity": 0.25}


def category_range(count: int) -> list[float]:
    """Range of a category axis with `count` rows and a little air."""
    return [-0.6, max(count, 1) - 0.4]


def plain(text: object) -> str:
    """`text` from outside for a chart, where plotly would read tags and links in it."""
    return escape(str(text), quote=False)

"""The icons of Making Data Count above a chart: a letter, words and a colour, so that nothing hangs on colour."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import BLUE, DARK_INK, GREY, ORANGE, plain

VARIATION = {
    "special_cause_improvement": ("improvement", "#CDE3F2", BLUE),
    "special_cause_concern": ("concern", "#FBE3B8", ORANGE),
    "special_cause_neutral_high": ("special cause", "#E8E4F0", "#6A51A3"),
    "special_cause_neutral_low": ("special cause", "#E8E4F0", "#6A51A3"),
    "common_cause": ("common cause", "#F2F2F2", GREY),
}
"""Words, fill and border of the icon of the last month."""

ASSURANCE = {
    "consistently met": ("P", "#CDE3F2", BLUE),
    "consistently missed": ("F", "#FBE3B8", ORANGE),
    "hit or miss": ("?", "#F2F2F2", GREY),
}
"""Letter, fill and border of the icon of the target: passed, failed, or left to chance."""


def icon_words(own: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Text, fill and border of the icons of a series; none where its chart was not drawn by these rules.

    Parameters
    ----------
    own : DataFrame
        The rows of one series of ``signals.series_points``.
    """
    kind = own["variation"].iloc[-1]
    if kind not in VARIATION:
        return []
    words, fill, border = VARIATION[str(kind)]
    letter = "\u223f" if kind == "common_cause" else "H" if own["value"].iloc[-1] > own["center"].iloc[-1] else "L"
    icons = [(f"{letter} {words}", fill, border)]
    said = str(own["assurance"].iloc[0])
    for name, (mark, light, dark) in ASSURANCE.items():
        if f": {name};" in said:
            icons.append((f"{mark} target {name}", light, dark))
    return icons


def add_icons(figure: go.Figure, own: pd.DataFrame) -> None:
    """Put the icons of a series into the upper right corner of its chart."""
    for place, (text, fill, border) in enumerate(reversed(icon_words(own))):
        figure.add_annotation(
            x=1, y=1, xref="paper", yref="paper", xanchor="right", yanchor="bottom", xshift=-170 * place,
            showarrow=False, text=plain(text), font={"size": 11, "color": DARK_INK}, bgcolor=fill, bordercolor=border,
            borderwidth=2, borderpad=3,
        )  # fmt: skip

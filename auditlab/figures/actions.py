"""Corrective actions against the dates that were agreed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import AGES, GREY, ORANGE, VERMILION, Row, new_figure, plain, white_hatch

_DAY_MS = 86_400_000
_AGREED, _OVERDUE, _LATE = "time agreed", "over the date first agreed, still open", "completed late"
_UNDATED = "open without a due date"
_LOOKS = ((_AGREED, AGES[1], ""), (_OVERDUE, VERMILION, "/"), (_LATE, ORANGE, "."), (_UNDATED, GREY, "x"))


def action_ageing(status: pd.DataFrame, *, as_of: pd.Timestamp) -> go.Figure:
    """Open and late corrective actions against the date first agreed.

    Parameters
    ----------
    status : DataFrame
        Result of ``history.corrective_actions``.
    as_of : Timestamp
        Day of the review.
    """
    is_open = status["status"].astype("str").str.startswith("open")
    late = status["late_days"].fillna(0) > 0
    drawn = status[is_open | late].assign(open=is_open)
    drawn = drawn.sort_values(["open", "days_overdue", "late_days"], kind="stable", na_position="first")
    bars = [bar for row in drawn.to_dict("records") for bar in _action_bars(row, as_of)]
    figure = new_figure([_trace(bars, look) for look in _LOOKS], height=140 + 28 * max(len(drawn), 1))
    figure.update_layout(
        barmode="overlay",
        xaxis={"type": "date"},
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": list(dict.fromkeys(bar.action for bar in bars)),
        },
    )
    said = {"yref": "paper", "y": 0, "yanchor": "bottom", "xanchor": "right", "showarrow": False}
    figure.add_annotation(x=as_of, text=f"as of {as_of:%Y-%m-%d} ", **said)
    line = {"color": GREY, "dash": "dot", "width": 1.5}
    figure.add_shape(type="line", x0=as_of, x1=as_of, y0=0, y1=1, yref="paper", line=line)
    return figure


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    """A part of one action, from one day to another."""

    action: str
    kind: str
    start: pd.Timestamp
    end: pd.Timestamp
    said: str


def _trace(bars: list[_Bar], look: tuple[str, str, str]) -> go.Bar:
    kind, colour, hatch = look
    own = [bar for bar in bars if bar.kind == kind]
    actions: list[str | None] = [bar.action for bar in own]
    lengths: list[int | None] = [(bar.end - bar.start).days * _DAY_MS for bar in own]
    # A trace without a bar would vanish from the legend, and with it the explanation of a state.
    return go.Bar(
        name=kind,
        orientation="h",
        y=actions or [None],
        x=lengths or [None],
        base=[bar.start for bar in own],
        marker={"color": colour, "pattern": white_hatch(hatch)},
        hovertext=[bar.said for bar in own],
        hoverinfo="text",
        showlegend=True,
    )


def _action_bars(row: Row, as_of: pd.Timestamp) -> list[_Bar]:
    """The parts of one action: the time agreed, then what lies beyond."""
    clause: str = "" if pd.isna(row["clause"]) else f", {row['clause']}"
    site: str = "" if pd.isna(row["site"]) else f" site {row['site']}"
    name = plain(f"{row['finding_id']}{clause}{site}")
    raised, due, completed = (row[column] for column in ("audit_start", "due", "completed"))
    if pd.isna(due):
        start = as_of if pd.isna(raised) else raised
        return [_Bar(action=name, kind=_UNDATED, start=start, end=as_of, said=f"{name}: open, no due date")]
    start = due if pd.isna(raised) else raised
    agreed = _Bar(action=name, kind=_AGREED, start=start, end=due, said=f"{name}: due {due:%Y-%m-%d}")
    end = as_of if pd.isna(completed) else completed
    if end <= due:
        return [agreed]
    kind, words = (_OVERDUE, "overdue") if pd.isna(completed) else (_LATE, "late")
    return [agreed, _Bar(action=name, kind=kind, start=due, end=end, said=f"{name}: {(end - due).days} days {words}")]

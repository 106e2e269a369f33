"""Which clause was examined where, and how long ago."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import AGES, DARK_INK, GREY, INFERRED_CELL, UNKNOWN, UNTOUCHED, Row, new_figure, plain
from auditlab.history.cells import INFERRED
from auditlab.standard.clauses import clause_order, clause_title

DAYS_PER_MONTH = 30.44

CLAUSE_WIDTH = 18
"""Least width of a clause, so that two digits stay apart; a narrower page scrolls [pixels]."""

SITE_NAMES_WIDTH = 90
"""Room beside the map [pixels]."""

_Cells = Callable[[pd.DataFrame], pd.Series]


def _examined(low: float, high: float) -> _Cells:
    def chosen(cells: pd.DataFrame) -> pd.Series:
        months = cells["days_since"].astype("Float64") / DAYS_PER_MONTH
        recorded = (cells["state"] == "examined") & ~_is_inferred(cells)
        return recorded & months.gt(low).fillna(low < 0) & months.le(high).fillna(low < 0)

    return chosen


def _is_inferred(cells: pd.DataFrame) -> pd.Series:
    return (cells["state"] == "examined") & (cells["exposure"] == INFERRED)


_COVERAGE_STATES: tuple[tuple[str, _Cells, str, str], ...] = (
    ("examined, at most 12 months ago", _examined(-1, 12), AGES[0], ""),
    ("12 to 24 months ago", _examined(12, 24), AGES[1], ""),
    ("more than 24 months ago", _examined(24, float("inf")), AGES[2], ""),
    ("(n): inferred from the scope of an audit, no list says so", _is_inferred, INFERRED_CELL, "."),
    ("U: not examined in this cycle", lambda cells: cells["state"] == "untouched", UNTOUCHED, "/"),
    ("?: unknown", lambda cells: cells["state"] == "unknown", UNKNOWN, "x"),
)


def coverage_map(cells: pd.DataFrame) -> go.Figure:
    """Which clause was examined at which site, and how long ago.

    Examined cells carry the months since, in brackets and dotted where the examination is only inferred; cells not
    examined in this cycle are hatched and carry a U, cells about which nothing is known are crossed and carry a
    question mark.

    Parameters
    ----------
    cells : DataFrame
        ``site, clause, last_examined, days_since`` [days]``, state`` (examined, untouched, unknown), ``exposure``
        (recorded, inferred).
    """
    sites = list(dict.fromkeys(cells["site"]))
    clauses = sorted(set(cells["clause"]), key=clause_order)
    row_of = {site: place for place, site in enumerate(reversed(sites))}
    traces = [
        _coverage_trace(cells[chosen(cells)], name, colour, hatch, clauses=clauses, row_of=row_of)
        for name, chosen, colour, hatch in _COVERAGE_STATES
    ]
    figure = new_figure(traces, height=160 + 34 * max(len(sites), 1))
    figure.update_layout(
        barmode="overlay",
        bargap=0,
        meta={"least_width": SITE_NAMES_WIDTH + CLAUSE_WIDTH * len(clauses)},
        legend={"traceorder": "normal"},
        xaxis={
            "tickmode": "array",
            "tickvals": list(range(len(clauses))),
            "ticktext": clauses,
            "tickangle": -90,
            "tickfont": {"size": 10},
            "range": [-0.5, max(len(clauses), 1) - 0.5],
            "showgrid": False,
            "title": {"text": "clause of ISO/IEC 20000-1:2018"},
        },
        yaxis={
            "tickmode": "array",
            "tickvals": [place + 0.5 for place in row_of.values()],
            "ticktext": [plain(f"site {site}") for site in row_of],
            "showgrid": False,
            "range": [0, max(len(sites), 1)],
        },
    )
    return figure


def _coverage_trace(
    cells: pd.DataFrame, name: str, colour: str, hatch: str, *, clauses: list[str], row_of: dict[str, int]
) -> go.Bar:
    place_of = {clause: place for place, clause in enumerate(clauses)}
    rows = cells.to_dict("records")
    places: list[int | None] = [place_of[row["clause"]] for row in rows]
    heights: list[float | None] = [0.92] * len(rows)
    # An empty trace would vanish from the legend, and with it the explanation of a state.
    return go.Bar(
        name=name,
        x=places or [None],
        y=heights or [None],
        base=[row_of[row["site"]] + 0.04 for row in rows],
        width=0.92,
        marker={"color": colour, "line": {"width": 0}, "pattern": _hatch(hatch)},
        text=[_coverage_letter(row) for row in rows],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"size": 9, "color": "white" if colour == AGES[2] else DARK_INK, "weight": 700 if hatch else 400},
        constraintext="none",
        hovertext=[_coverage_hover(row) for row in rows],
        hoverinfo="text",
        showlegend=True,
    )


def _hatch(shape: str) -> dict[str, object]:
    colour = "#C98F5E" if shape == "/" else GREY
    return {"shape": shape, "fillmode": "overlay", "fgcolor": colour, "size": 7, "solidity": 0.12}


def _coverage_letter(row: Row) -> str:
    if row["state"] == "examined":
        months: str = "" if pd.isna(row["days_since"]) else f"{row['days_since'] / DAYS_PER_MONTH:.0f}"
        return f"({months})" if row["exposure"] == INFERRED else months
    return "U" if row["state"] == "untouched" else "?"


def _coverage_hover(row: Row) -> str:
    clause, last = str(row["clause"]), row["last_examined"]
    blank = "do not trust this blank: never examined, as far as known"
    told: str = blank if pd.isna(last) else f"last examined: {last:%Y-%m-%d}"
    return f"{clause} {clause_title(clause)}<br>site {plain(row['site'])}: {row['state']}<br>{told}"

"""Causes along the chains, and how long an improvement takes to show."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import BLUE, GREY, ORANGE, PALETTE, category_range, new_figure, plain, white_hatch

_HATCHES = ("", "/", "x", ".", "\\", "-", "+")
_NOT_CODED = "not coded"


def causes_by_chain(causes: pd.DataFrame) -> go.Figure:
    """Findings of each chain by the category of cause that a person gave; those without one stand apart.

    Parameters
    ----------
    causes : DataFrame
        Result of ``history.chain_causes``.
    """
    named = causes.assign(chain="site " + causes["site"] + ", " + causes["clause"])
    chains = list(dict.fromkeys(named["chain"]))
    categories = [*sorted(set(named["category"]) - {_NOT_CODED}), _NOT_CODED]
    bars = []
    for place, category in enumerate(categories):
        counts = named[named["category"] == category]["chain"].value_counts()
        colour = GREY if category == _NOT_CODED else PALETTE[place % (len(PALETTE) - 1)]
        hatch = "x" if category == _NOT_CODED else _HATCHES[place % len(_HATCHES)]
        bars.append(
            go.Bar(
                name=plain(category),
                orientation="h",
                y=[plain(chain) for chain in chains],
                x=[int(counts.get(chain, 0)) for chain in chains],
                marker={"color": colour, "pattern": white_hatch(hatch)},
                showlegend=True,
            )
        )
    figure = new_figure(bars, height=130 + 30 * max(len(chains), 1))
    figure.update_layout(
        barmode="stack",
        xaxis={"title": {"text": "findings"}, "dtick": 1},
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [plain(chain) for chain in chains][::-1],
            "range": category_range(len(chains)),
        },
    )
    return figure


def months_to_see(table: pd.DataFrame, *, period: int) -> go.Figure:
    """Months of records until a planned fall of each rate would show.

    Parameters
    ----------
    table : DataFrame
        Result of ``signals.detectability``.
    period : int
        Period that the rates cover, drawn as a line [months].
    """
    drawn = table.dropna(subset=["months"]).sort_values("months", kind="stable")
    rows = zip(drawn["kpi"], drawn["site"], drawn["baseline"], drawn["planned"], strict=True)
    names = [
        plain(f"{kpi.replace('_', ' ')}, site {site}: {100 * before:.1f} % to {100 * after:.1f} %")
        for kpi, site, before, after in rows
    ]
    beyond = (drawn["months"] > period).to_numpy(dtype=bool)
    bars = [
        go.Bar(
            orientation="h",
            y=[name for name, chosen in zip(names, part, strict=True) if chosen],
            x=drawn.loc[part, "months"].tolist(),
            text=[f"{months:.0f} months" for months in drawn.loc[part, "months"]],
            textposition="auto",
            marker={"color": colour, "pattern": white_hatch(hatch)},
            showlegend=False,
        )
        for part, colour, hatch in ((~beyond, BLUE, ""), (beyond, ORANGE, "/"))
    ]
    figure = new_figure(bars, height=130 + 34 * max(len(names), 1))
    figure.add_vline(x=period, line={"color": GREY, "dash": "dot", "width": 1.5})
    figure.update_layout(
        xaxis={"title": {"text": f"months (dotted: the {period} months observed)"}, "rangemode": "tozero"},
        yaxis={"type": "category", "categoryarray": names, "range": category_range(len(names))},
        barmode="overlay",
    )
    return figure

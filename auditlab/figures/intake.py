"""Charts about what was handed over."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import BLUE, DARK_INK, ORANGE, VERMILION, new_figure, plain, white_hatch
from auditlab.numerals import count

_FATES = (
    ("loaded", BLUE, ""),
    ("duplicate", ORANGE, "."),
    ("skipped", "#C3CBD3", "/"),
    ("rejected", VERMILION, "x"),
)


def rows_by_file(summary: pd.DataFrame) -> go.Figure:
    """What became of the rows of every sheet, as shares of the rows seen.

    Parameters
    ----------
    summary : DataFrame
        Summary of intake: ``file, sheet, table, seen, loaded, rejected, skipped, duplicate``.
    """
    sheets = summary[summary["seen"] > 0].iloc[::-1]
    names = [_label(row["file"], row["sheet"], row["table"], int(row["seen"])) for row in sheets.to_dict("records")]
    traces = [
        go.Bar(
            name=fate,
            y=names,
            x=[100 * int(part) / int(seen) for part, seen in zip(sheets[fate], sheets["seen"], strict=True)],
            orientation="h",
            marker={"color": colour, "pattern": white_hatch(hatch)},
            customdata=[int(part) for part in sheets[fate]],
            text=[f"{fate} {count(part)}" if part else "" for part in sheets[fate]],
            textposition="inside",
            textfont={"color": "white" if fate == "loaded" else DARK_INK},
            insidetextanchor="start",
            hovertemplate="%{y}<br>" + fate + ": %{customdata:,} rows<extra></extra>",
        )
        for fate, colour, hatch in _FATES
    ]
    figure = new_figure(traces, height=110 + 26 * max(len(names), 1))
    figure.update_layout(
        barmode="stack",
        legend={"traceorder": "normal"},
        xaxis={"title": {"text": "share of the rows seen [%]"}, "range": [0, 100]},
    )
    return figure


def _label(file: str, sheet: str, table: str, seen: int) -> str:
    what = table or "not recognised"
    place = file if sheet in {"", file} else f"{file} / {sheet}"
    if len(place) > 40:
        place = place[:19] + "…" + place[-20:]
    return plain(f"{place} → {what}, {count(seen)} {'row' if seen == 1 else 'rows'}")

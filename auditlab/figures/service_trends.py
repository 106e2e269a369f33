"""Panels of monthly series: the values, the limits of their chart, and since when they changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.icons import add_icons
from auditlab.figures.theme import BLUE, GREY, ORANGE, VERMILION, new_figure, plain
from auditlab.numerals import count
from auditlab.signals.definitions import definition_of
from auditlab.signals.headlines import family_words
from auditlab.signals.levels import SUFFIX, base_family

FACETS = ("service", "site", "supplier", "priority")

LINES = (
    ("lower", "limits", "dot"),
    ("upper", "", "dot"),
    ("center", "centre", "dash"),
    ("target", "target", "longdashdot"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One small chart with what belongs below it."""

    figure: go.Figure
    title: str
    caption: str
    data: pd.DataFrame
    facets: dict[str, str]
    labels: dict[str, str] = field(default_factory=dict)  # of columns of `data` drawn in another unit than stored


def trend_panels(points: pd.DataFrame, signals: pd.DataFrame, *, most: int = 40) -> list[Panel]:
    """One panel for each series, in the order of the signals.

    Parameters
    ----------
    points : DataFrame
        Result of ``signals.series_points``.
    signals : DataFrame
        Result of ``signals.service_signals``.
    most : int
        Panels at most [count].
    """
    return list(_panels(points, signals))[:most]


def _panels(points: pd.DataFrame, signals: pd.DataFrame) -> Iterator[Panel]:
    by_series = dict(iter(points.groupby(["family", "series"], sort=False)))
    drawn: set[tuple[str, str]] = set()
    for _, signal in signals.iterrows():
        # A series has two rows: its declared window, and its level in a family of its own.
        key = (base_family(str(signal["family"])), str(signal["series"]))
        if key not in by_series or key in drawn:
            continue
        drawn.add(key)
        own = by_series[key]
        tests = signals[(signals["family"].map(base_family) == key[0]) & (signals["series"] == key[1])]
        flagged = "flagged" if bool(signal["flagged"]) else "not flagged"
        title = f"{family_words(key[0])}, {signal['series']}: {flagged}"
        known = int(own["value"].notna().sum())
        caption = (
            f"{title} ({'; '.join(_test_words(row) for _, row in tests.iterrows())}). "
            f"{known} of {len(own)} months with data{_records(own)}. Definition: {own['definition'].iloc[0]}. "
            f"{own['convention'].iloc[0]}. {_judged(own)}Rules that signal on this chart: {signalling(own)}."
            f"{_candidate(key, tests)}"
        )
        facets = {name: str(own[name].iloc[0]) for name in FACETS if pd.notna(own[name].iloc[0])}
        shown = own.drop(columns=["definition", "convention", "assurance", "family", "series", *FACETS])
        shown = shown.dropna(axis="columns", how="all").loc[:, lambda table: ~(table == "").all()]
        yield Panel(
            figure=control_panel(own, signal, title=title), title=title, caption=caption, data=shown, facets=facets,
            labels=_percent_labels(shown) if _is_share(own) else {},
        )  # fmt: skip


def _records(own: pd.DataFrame) -> str:
    """How many records the shares of a series rest on."""
    if not _is_share(own):
        return ""
    return f", n = {count(int(own['n'].sum()))}"


def _is_share(own: pd.DataFrame) -> bool:
    return definition_of(str(own["family"].iloc[0])).unit == "share"


def _percent_labels(shown: pd.DataFrame) -> dict[str, str]:
    """Labels of the columns of a panel: what the chart draws in percent is shown in percent."""
    return {name: f"{name} [%]" if name in _DRAWN else name.replace("_", " ") for name in map(str, shown.columns)}


_DRAWN = ("value", "center", "lower", "upper", "target")


def _judged(own: pd.DataFrame) -> str:
    """Variation of the last month and assurance of the target, where they are known."""
    said = {
        "special_cause_improvement": "Last month: special cause, improvement",
        "special_cause_concern": "Last month: special cause, concern",
        "special_cause_neutral_high": "Last month: special cause, high",
        "special_cause_neutral_low": "Last month: special cause, low",
        "common_cause": "Last month: common cause",
    }
    words = [said.get(str(own["variation"].iloc[-1]), ""), str(own["assurance"].iloc[0])]
    return "".join(f"{word}. " for word in words if word)


def _candidate(key: tuple[str, str], tests: pd.DataFrame) -> str:
    """How a person confirms a step as a new level."""
    steps = tests[tests["shape"].fillna("").str.contains("candidate rebase") & tests["onset"].notna()]
    if steps.empty:
        return ""
    line = f'"{key[0]}: {key[1]}" = "{steps["onset"].iloc[0][:7]}"'
    return f" Candidate rebase: after confirming the reason, write {line} under [rebase] in auditlab.toml."


def _test_words(row: pd.Series) -> str:
    what = "change of level" if str(row["family"]).endswith(SUFFIX) else "last six months"
    return f"{what}: no test" if pd.isna(row["p"]) else f"{what}: p {_chance(row['p'])}, q {_chance(row['q'])}"


def _chance(share: float) -> str:
    return "< 0.0001" if share < 0.0001 else f"= {share:.2g}"  # smaller says nothing more


def control_panel(own: pd.DataFrame, signal: pd.Series, *, title: str = "") -> go.Figure:
    """The control chart of one series.

    Parameters
    ----------
    own : DataFrame
        Its rows of ``signals.series_points``.
    signal : Series
        Its row of the signals; the interval of a flagged onset is shaded.
    title : str
        What the chart shows, above it.

    Returns
    -------
    Figure
        Points outside the limits are diamonds, so that nothing hangs on colour. A month without data is a gap.
    """
    scale = 100 if _is_share(own) else 1
    numbers = own[list(_DRAWN)].astype("float64") * scale
    figure = points_and_limits(
        own.assign(**numbers), at="month", title=title, unit="%" if scale == 100 else "per month", when="%Y-%m"
    )
    add_icons(figure, own)
    if pd.notna(signal["onset_low"]):
        _shade(figure, signal)
    return figure


def points_and_limits(own: pd.DataFrame, *, at: str, title: str, unit: str, when: str) -> go.Figure:
    """The points of a control chart with its centre line and its limits.

    Parameters
    ----------
    own : DataFrame
        ``value, center, lower, upper, outside``, the column `at`, and ``target`` where there is one.
    at : str
        Column with the time of a point.
    title, unit : str
        What the chart shows, above it; what the values are, beside the axis.
    when : str
        How the time of a point is written, in the words of d3.
    """
    lines = [
        _line(own, at, own[name], name=label, dash=dash)
        for name, label, dash in LINES
        if name in own and own[name].notna().any()
    ]
    symbols = ["diamond" if out else "circle" for out in own["outside"]]
    colours = [VERMILION if out else BLUE for out in own["outside"]]
    trace = go.Scatter(
        x=list(own[at]),
        y=[None if pd.isna(one) else float(one) for one in own["value"]],
        mode="lines+markers",
        connectgaps=False,
        line={"color": BLUE, "width": 1.5},
        marker={"symbol": symbols, "color": colours, "size": 8, "line": {"width": 1.5}},
        name=at,
        showlegend=False,
        hovertemplate=f"%{{x|{when}}}: %{{y:.4g}}<extra></extra>",
    )
    figure = new_figure([*lines, trace], height=250)
    figure.update_layout(
        margin={"t": 52}, showlegend=False, yaxis={"title": {"text": unit}}, xaxis={"title": {"text": ""}},
        title={"text": plain(title), "font": {"size": 13}, "x": 0.01, "y": 0.97, "yanchor": "top"},
        hovermode="closest",
    )  # fmt: skip
    return figure


def signalling(own: pd.DataFrame) -> str:
    """The names of the rules that signal anywhere; run rules speak about the whole series."""
    rules = {rule for cell in own["rule"].dropna() for rule in str(cell).split("; ") if rule}
    return ", ".join(sorted(rules)) or "none"


def _line(own: pd.DataFrame, at: str, values: pd.Series, *, name: str, dash: str) -> go.Scatter:
    return go.Scatter(
        x=list(own[at]), y=[None if pd.isna(one) else float(one) for one in values], mode="lines",
        line={"color": GREY, "width": 1, "dash": dash, "shape": "hvh"}, name=plain(name), hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip


def _shade(figure: go.Figure, signal: pd.Series) -> None:
    """The interval of the onset, with its month in words."""
    low, high = (pd.Timestamp(signal[name]) for name in ("onset_low", "onset_high"))
    half = pd.Timedelta(days=15)
    figure.add_vrect(x0=str(low - half), x1=str(high + half), fillcolor=ORANGE, opacity=0.18, line_width=0)
    figure.add_annotation(
        x=str(pd.Timestamp(signal["onset"])), y=1, yref="paper", yanchor="bottom", showarrow=False, font={"size": 11},
        text=plain(f"since {signal['onset'][:7]}"),
    )  # fmt: skip

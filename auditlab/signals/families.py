"""From series to signals: every test of a declared family, corrected for how many there are.

``flagged`` comes from the false-discovery step alone. What a chart says stands in columns of its own: on a page of
forty charts some will show a pattern by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from auditlab.signals.frames import SIGNAL_DTYPES, Row, typed
from auditlab.signals.periods import WINDOW_MONTHS
from auditlab.signals.series import Measure, Series
from auditlab.signals.trends import chart_of, convention_words, onset, season_note
from auditlab.signals.windows import Change, window_change
from auditlab.statistics.false_discovery import q_values


def series_signals(
    series: Iterable[Series], *, confidence: float = 0.95, false_discovery_rate: float = 0.10, seed: int = 0
) -> pd.DataFrame:
    """One row for every series: what changed, how sure, and since when.

    Parameters
    ----------
    series : iterable of Series
        The watched series of all families.
    confidence : float
        Two-sided confidence of the intervals [0-1].
    false_discovery_rate : float
        Accepted rate of false discoveries within a family [0-1].
    seed : int
        Seed of the bootstrap of the onset.

    Returns
    -------
    DataFrame
        See `frames.SIGNAL_DTYPES`. ``effect`` is what ``measure`` says: the slope per month where a flagged series
        drifts, else the comparison of the last six months with the earlier ones. ``n`` counts months with data for
        shares and values, events for counts. A series that gets better is flagged like one that gets worse;
        ``direction`` says which.
    """
    families: dict[str, list[Series]] = {}
    for one in series:
        families.setdefault(one.family, []).append(one)
    rows: list[Row] = []
    for members in families.values():
        changes = [window_change(one, confidence=confidence) for one in members]
        q = q_values([change.p for change in changes])
        tests = sum(not math.isnan(change.p) for change in changes)
        for one, change, value in zip(members, changes, q, strict=True):
            flagged = bool(value <= false_discovery_rate)
            rows.append(_row(one, change, q=value, tests=tests, flagged=flagged, seed=seed, confidence=confidence))
    return typed(rows, SIGNAL_DTYPES)


def _row(
    series: Series, change: Change, *, q: float, tests: int, flagged: bool, seed: int, confidence: float
) -> Row:  # fmt: skip
    chart = chart_of(series)
    outside = chart.loc[chart["outside"], "month"]
    row: Row = {
        "family": series.family,
        "series": series.name,
        "clause": series.clause.split(";")[0],
        "method": f"last {WINDOW_MONTHS} months against {len(series.months) - WINDOW_MONTHS} earlier: {change.method}; "
        f"Benjamini-Hochberg over {tests} tests",
        "measure": change.measure,
        "recent": change.recent,
        "earlier": change.earlier,
        "effect": change.effect,
        "low": change.low,
        "high": change.high,
        "n": change.n,
        "p": change.p,
        "q": q,
        "tests": tests,
        "flagged": flagged,
        "chart_signal": bool(chart["signal"].any()),
        "first_outside": f"{outside.iloc[0]:%Y-%m-%d}" if len(outside) else None,
        "convention": convention_words(chart.attrs["convention"]),
        "spark": sparkline(series),
        "direction": _direction(series, change),
        "note": "; ".join(filter(None, (season_note(series), change.note))),
    } | dict(series.cut)
    return row | _since(series, row, seed=seed, confidence=confidence) if flagged else row


def _since(series: Series, row: Row, *, seed: int, confidence: float) -> Row:
    began = onset(series, seed=seed, confidence=confidence)
    words = [str(row["note"]), began.found.reason]
    said: Row = {"onset": began.month, "onset_low": began.low, "onset_high": began.high, "shape": began.shape}
    if began.shape == "drift":
        unit = "share" if series.measure is Measure.SHARE else "value" if series.measure is Measure.VALUE else "count"
        words.append(
            f"last six months against the earlier ones: {_signed(row['effect'])} "
            f"({row['measure']}, {_signed(row['low'])} to {_signed(row['high'])})"
        )
        said |= {
            "measure": f"change of the {unit} per month after the onset",
            "effect": began.found.effect,
            "low": began.found.effect_low,
            "high": began.found.effect_high,
        }
    return said | {"note": "; ".join(filter(None, words))}


def sparkline(series: Series) -> str:
    """The values of a series as text, ``-`` where a month is missing."""
    return " ".join("-" if math.isnan(value) else f"{value:.6g}" for value in series.months["value"].astype("float64"))


def _direction(series: Series, change: Change) -> str:
    """Which way the recent value lies, flagged or not; "changed" where neither way is better."""
    if math.isnan(change.p) or change.recent == change.earlier:
        return ""
    gets_higher = change.recent > change.earlier
    if not series.better:
        return "changed"
    return "better" if gets_higher == (series.better == "higher") else "worse"


def _signed(value: object) -> str:
    return f"{float(str(value)):+.3g}"

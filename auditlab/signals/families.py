"""From series to signals: every test of a declared family, corrected for how many there are.

``flagged`` comes from the false-discovery step alone. What a chart says stands in columns of its own: on a page of
forty charts some will show a pattern by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from auditlab.signals.frames import SIGNAL_DTYPES, Row, typed
from auditlab.signals.levels import SUFFIX, level_change
from auditlab.signals.periods import WINDOW_MONTHS
from auditlab.signals.seasons import season_note
from auditlab.signals.series import Measure, Series
from auditlab.signals.trends import chart_of, convention_words, onset
from auditlab.signals.windows import Change, window_change
from auditlab.statistics.false_discovery import q_values


def series_signals(
    series: Iterable[Series],
    *,
    confidence: float = 0.95,
    false_discovery_rate: float = 0.10,
    seed: int = 0,
    rules: str = "anhoej",
    rebases: Mapping[tuple[str, str], str] | None = None,
    baselines: Mapping[tuple[str, str], str] | None = None,
) -> pd.DataFrame:
    """Two rows for every series: whether its last six months changed, and whether its level did at any month.

    Parameters
    ----------
    series : iterable of Series
        The watched series of all families.
    confidence : float
        Two-sided confidence of the intervals [0-1].
    false_discovery_rate : float
        Accepted rate of false discoveries within a family [0-1].
    seed : int
        Seed of the bootstrap of the onset and of the orders drawn for the test of levels.
    rules : str
        Rules of the charts, one of `trends.RULE_SETS`; they never set a flag.
    rebases : mapping, optional
        Confirmed months of new limits by family and series.
    baselines : mapping, optional
        Months that limits are frozen on, by family and series, where they are not the first twelve.

    Returns
    -------
    DataFrame
        See `frames.SIGNAL_DTYPES`; the rows of the windows, then those of the levels, whose families end in
        `levels.SUFFIX`. ``effect`` is what ``measure`` says: the slope per month where a flagged series drifts, else
        the comparison that ``method`` names. ``n`` counts months with data for shares and values, events for counts.
        A series that gets better is flagged like one that gets worse; ``direction`` says which.
    """
    families: dict[str, list[Series]] = {}
    for one in series:
        families.setdefault(one.family, []).append(one)
    drawn: dict[int, Row] = {}
    for one in (one for members in families.values() for one in members):
        rebase, frozen = ((chosen or {}).get((one.family, one.name)) for chosen in (rebases, baselines))
        drawn[id(one)] = _facts(one, chart_of(one, rules=rules, rebase=rebase, baseline=frozen))
    rows: list[Row] = []
    for test in (_windows, _levels):
        for family, members in families.items():
            made = test(members, confidence=confidence, seed=seed)
            q = q_values([row["p"] for row in made])  # type: ignore[misc]  # a number, set from Change.p
            tests = sum(not math.isnan(float(str(row["p"]))) for row in made)
            for one, row, value in zip(members, made, q, strict=True):
                words = f"{row['method']}; Benjamini-Hochberg over {tests} tests"
                name = family if test is _windows else family + SUFFIX
                flagged = bool(value <= false_discovery_rate)
                said = drawn[id(one)] | row | {"family": name, "q": value, "tests": tests, "flagged": flagged}
                said |= {
                    "method": words,
                    "note": "; ".join(filter(None, (str(drawn[id(one)]["note"]), str(row["note"])))),
                }
                since = _since(one, said, seed=seed, confidence=confidence) if flagged else {"onset": None}
                rows.append(said | since)
    return typed(rows, SIGNAL_DTYPES)


def _windows(members: list[Series], *, confidence: float, seed: int) -> list[Row]:  # noqa: ARG001  # as _levels
    rows = []
    for one in members:
        change = window_change(one, confidence=confidence)
        method = f"last {WINDOW_MONTHS} months against {len(one.months) - WINDOW_MONTHS} earlier: {change.method}"
        rows.append(_compared(one, change) | {"method": method})
    return rows


def _levels(members: list[Series], *, confidence: float, seed: int) -> list[Row]:
    found = [(one, level_change(one, confidence=confidence, seed=seed)) for one in members]
    return [_compared(one, level.change) | {"onset": level.month} for one, level in found]


def _facts(series: Series, chart: pd.DataFrame) -> Row:
    """What a series and its chart are, whatever is tested."""
    outside = chart.loc[chart["outside"], "month"]
    return {
        "series": series.name,
        "clause": series.clause.split(";")[0],
        "chart_signal": bool(chart["signal"].any()),
        "first_outside": f"{outside.iloc[0]:%Y-%m-%d}" if len(outside) else None,
        "convention": convention_words(chart.attrs["convention"]),
        "spark": sparkline(series),
        "note": season_note(series),
    } | dict(series.cut)


def _compared(series: Series, change: Change) -> Row:
    names = ("method", "measure", "recent", "earlier", "effect", "low", "high", "n", "p", "note")
    return {name: getattr(change, name) for name in names} | {"direction": _direction(series, change)}


def _since(series: Series, row: Row, *, seed: int, confidence: float) -> Row:
    began = onset(series, seed=seed, confidence=confidence)
    words = [str(row["note"]), began.found.reason]
    if began.month is None:
        # The test of levels names a month even where the shape of the change stays open.
        return {"onset": row.get("onset"), "note": "; ".join(filter(None, words))}
    said: Row = {"onset": began.month, "onset_low": began.low, "onset_high": began.high, "shape": began.shape}
    if began.shape == "drift":
        unit = "share" if series.in_shares else "value" if series.measure is Measure.VALUE else "count"
        what = "level at the month of the test" if "onset" in row else "last six months"
        words.append(
            f"{what} against the earlier ones: {_signed(row['effect'])} "
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

"""Since when: the onset of a change, and the chart of a series with its convention in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.signals.periods import BASELINE_MONTHS
from auditlab.signals.seasons import season_effects, season_words
from auditlab.signals.series import Measure, Series
from auditlab.statistics.assurance import capability
from auditlab.statistics.change_points import ChangePoint, change_point
from auditlab.statistics.chart_rules import ANHOEJ, LIMITS
from auditlab.statistics.control_charts import control_chart

MANY = 1000
"""Mean denominator from which chance alone makes the limits too narrow and Laney's limits are used [count]."""

EVENTS = 5
"""Mean events a month from which Laney's limits can be estimated [count]."""

RARE = 1
"""Mean events a month below which monthly limits mean nothing: one event would lie outside them [count]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """When a change began, as far as the series can tell."""

    month: str | None
    low: str | None
    high: str | None
    shape: str  # drift, step (candidate rebase), or ""
    found: ChangePoint


def onset(series: Series, *, seed: int, confidence: float = 0.95) -> Onset:
    """The onset of a drift or step of a series with its bootstrap interval.

    Parameters
    ----------
    series : Series
        The series.
    seed : int
        Seed of the bootstrap.
    confidence : float
        Confidence of the interval [0-1].
    """
    months = series.months
    given = _numbers(months, "value" if series.measure is Measure.VALUE else "k")
    sizes = None if series.measure is Measure.VALUE else _numbers(months, "n")
    found = change_point(given, denominators=sizes, seed=seed, confidence=confidence)
    shape = {"drift": "drift", "step": "step, candidate rebase"}.get(str(found.kind), "")
    if found.withheld:
        shape = "level or trend, withheld as a step"
    return Onset(
        month=_month(months, found.onset), low=_month(months, found.low), high=_month(months, found.high), shape=shape,
        found=found,
    )  # fmt: skip


BETWEEN = frozenset({"t", "g"})
"""Kinds of charts whose points are gaps between events and not months."""

RULE_SETS = {
    "anhoej": (LIMITS, ANHOEJ),
    "mdc": ("mdc",),
    "nelson": ("nelson",),
    "western_electric": ("western_electric",),
}
"""The sets of rules a page can be drawn with; three-sigma limits with Anhøj's run rules unless another is asked for."""


def chart_of(
    series: Series, *, rules: str = "anhoej", rebase: str | None = None, baseline: str | None = None
) -> pd.DataFrame:
    """The control chart of a series, limits frozen on its first twelve months or on those that a person named.

    Parameters
    ----------
    series : Series
        The series.
    rules : str
        One of `RULE_SETS`.
    rebase : str, optional
        Month such as ``2023-05`` from which a person confirmed a new level; each part then has the limits of its own
        months.
    baseline : str, optional
        Months such as ``2022-07/2023-06`` that the limits are frozen on instead of the first twelve.

    Returns
    -------
    DataFrame
        ``month`` and the columns of ``statistics.control_chart``, and ``season``: what the calendar month adds to the
        recorded value, 0 with fewer than three years of it. ``value`` and the lines are without it; see `as_recorded`.
        ``attrs["convention"]`` as there, with the baseline.
    """
    months = series.months
    values = _numbers(months, "value" if series.measure is Measure.VALUE else "k")
    sizes = None if series.measure is Measure.VALUE else _numbers(months, "n")
    kind = chart_kind(series)
    # Most months of rare events lie on the median; run rules would take nearly every such chart for a signal.
    named = () if kind == "run" else RULE_SETS[rules]
    phases = None if rebase is None else (months["month"] >= pd.Timestamp(rebase)).to_numpy("int64")
    frozen = None if phases is not None else _frozen(months, baseline)
    effects = None if kind == "run" else season_effects(series, parts=phases)
    if effects is not None:
        values = _without_season(values, sizes, effects, series.measure)
    chart = control_chart(values, kind=kind, denominators=sizes, baseline=frozen, phases=phases, rules=named)
    convention = chart.attrs["convention"] | {"rebased": rebase, "baseline": baseline, "season": season_words(series)}
    chart["upper"] = chart["upper"].clip(upper=_most(series))
    chart = chart.assign(month=months["month"].to_numpy(), season=0.0 if effects is None else effects)
    chart.attrs["convention"] = convention
    return chart


def as_recorded(series: Series, chart: pd.DataFrame) -> pd.DataFrame:
    """The chart of a series with its lines on the scale of the recorded values.

    Parameters
    ----------
    series : Series
        The series.
    chart : DataFrame
        Result of `chart_of`.

    Returns
    -------
    DataFrame
        `chart`, its lines with the season that was taken out, so that they follow it; no line beyond what can be.
    """
    lines = chart[["center", "lower", "upper"]].add(chart["season"], axis=0).clip(upper=_most(series))
    return chart.assign(**lines if series.measure is Measure.VALUE else lines.clip(lower=0.0))


def _most(series: Series) -> float:
    """The largest value there can be: no share is above 1, and no service runs longer than the month."""
    return 1.0 if series.in_shares else np.inf


def _without_season(
    values: npt.NDArray[np.float64],
    sizes: npt.NDArray[np.float64] | None,
    effects: npt.NDArray[np.float64],
    measure: Measure,
) -> npt.NDArray[np.float64]:
    """Values, or numerators, as they would be in a calendar month like all others."""
    if sizes is None:
        return values - effects
    most = sizes if measure is Measure.SHARE else np.inf
    return np.clip(values - effects * sizes, 0, most)


def _frozen(months: pd.DataFrame, baseline: str | None) -> npt.NDArray[np.bool_]:
    """The months that the limits are computed from."""
    if baseline is None:
        return np.arange(len(months)) < BASELINE_MONTHS
    first, last = (pd.Timestamp(month) for month in baseline.split("/"))
    return np.asarray(months["month"].between(first, last).to_numpy("bool"))


def chart_kind(series: Series) -> str:
    """p or Laney p' for shares, u or Laney u' for counts, individuals for values; no limits for rare events."""
    if series.measure is Measure.SHARE:
        return "pp" if float(series.months["n"].mean()) >= MANY else "p"
    if series.measure is Measure.COUNT:
        mean = float(series.months["value"].mean())
        return "up" if mean >= EVENTS else "u" if mean >= RARE else "run"
    return "i"


def convention_words(convention: Mapping[str, object]) -> str:
    """One line that states how a chart was drawn."""
    names = {"p": "p", "pp": "p' (Laney)", "u": "u", "up": "u' (Laney)", "i": "individuals (XmR)",
             "t": "t (days between events, to the power 1/3.6)", "g": "g (cases between events)"}  # fmt: skip
    if convention["kind"] == "run":
        return "Rare events by month, no limits and no rules: most months have none; the exact test judges them"
    rules = ", ".join(str(rule) for rule in convention["rule_set"])  # type: ignore[attr-defined]  # a list of names
    base = f"baseline: first {convention['baseline_points']} months, frozen, no rebase"
    if convention.get("baseline"):
        base = f"baseline: {convention['baseline']} as auditlab.toml says, frozen, no rebase"
    if convention["kind"] in BETWEEN:
        base = f"baseline: all {convention['baseline_points']} gaps"
    if convention["rebased"]:
        base = f"limits of each part of its own months, rebased from {convention['rebased']} as a person confirmed"
    return (
        f"{names.get(str(convention['kind']), convention['kind'])} chart, {convention['sigmas']:g} sigma; "
        f"sigma: {_sigma(convention)}; moving-range screening {'on' if convention['mr_screening'] else 'off'}; "
        f"{base}; rules: {rules}" + (f"; {convention['season']}" if convention.get("season") else "")
    )


def _sigma(convention: Mapping[str, object]) -> str:
    laws = {"p": "binomial", "u": "Poisson", "g": "geometric"}
    if convention["kind"] in laws:
        return laws[str(convention["kind"])]
    return f"{convention['sigma_estimator']} / {convention['d2']}"


def assurance_words(series: Series, chart: pd.DataFrame, *, confidence: float = 0.95) -> str:
    """Whether the process will meet its target if nothing changes; empty where there is no target.

    Limits of a series that has changed say nothing about the months to come, so nothing is foretold then.
    """
    if series.target is None or series.better not in {"higher", "lower"}:
        return ""
    told = f"Target {100 * series.target:g} %"
    latest = chart[chart["phase"] == chart["phase"].max()]
    if latest["signal"].any():
        return f"{told}: not foretold, because the chart signals; confirm a rebase to judge the new level"
    better = "increase" if series.better == "higher" else "decrease"
    found = capability(chart, target=series.target, improvement=better, confidence=confidence)
    words = {"consistent_pass": "consistently met", "consistent_fail": "consistently missed",
             "inconsistent": "hit or miss"}.get(str(found.assurance), "")  # fmt: skip
    if not words or not found.enough:
        return f"{told}: fewer than thirteen months with limits" if words else ""
    share = f"{100 * found.share:.0f} % of months (interval {100 * found.low:.0f} to {100 * found.high:.0f} %)"
    return f"{told}: {words}; if nothing changes {share} are expected to meet it"


def _numbers(months: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    return np.asarray(months[column].astype("Float64").to_numpy("float64", na_value=np.nan), dtype="float64")


def _month(months: pd.DataFrame, number: int | None) -> str | None:
    if number is None:
        return None
    return f"{pd.Timestamp(months['month'].iloc[min(number, len(months)) - 1]):%Y-%m-%d}"

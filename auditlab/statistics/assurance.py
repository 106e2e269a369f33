"""What a control chart says about a service: whether it changes for better or worse, and can meet its target.

The icons of Making Data Count: variation is judged at the last point, assurance by the last limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import risk_of
from auditlab.statistics.arrays import Flags

MIN_POINTS = 13  # below, limits are too rough to judge by (Making Data Count)
_ONE_SIDED = frozenset(("g", "t", "mr", "s", "run", "ewma", "cusum"))
_PRECEDENCE = ("mdc_limits", "mdc_trend", "mdc_two_of_three", "mdc_shift")


class Improvement(StrEnum):
    """Which direction is better."""

    INCREASE = "increase"
    DECREASE = "decrease"
    NEUTRAL = "neutral"


class Variation(StrEnum):
    """Whether a point is ordinary variation."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "special_cause_improvement"
    CONCERN = "special_cause_concern"
    HIGH = "special_cause_neutral_high"
    LOW = "special_cause_neutral_low"
    UNKNOWN = "unknown"  # the point is missing


class Assurance(StrEnum):
    """Whether limits and target leave room for chance."""

    ALWAYS_MET = "consistent_pass"
    NEVER_MET = "consistent_fail"
    HIT_OR_MISS = "inconsistent"
    NONE = ""  # no target, no limits, or no direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """How a process stands to its target."""

    assurance: Assurance
    share: float  # of future points expected to meet the target if nothing changes [0-1]
    low: float  # interval from the uncertainty of the centre line
    high: float
    n: int  # points present that the last limits rest on or judge [count]
    enough: bool  # at least thirteen points
    confidence: float
    method: str


def variation(chart: pd.DataFrame, *, improvement: str) -> pd.Series:
    """Kind of variation of each point by the rules of Making Data Count.

    Parameters
    ----------
    chart : DataFrame
        As `control_chart` returns it with the rule set ``mdc``.
    improvement : str
        ``"increase"``, ``"decrease"`` or ``"neutral"``.

    Returns
    -------
    Series
        A `Variation` a point. The icon of a chart is its last entry.

    Raises
    ------
    ArgumentError
        If the direction is unknown or the chart was drawn by other rules.

    References
    ----------
    .. [1] NHS England, Making Data Count; the R package NHSRplotthedots for the order of the rules.
    """
    better = _direction(improvement)
    known = chart.attrs.get("convention", {}).get("rule_set", [])
    if not set(_PRECEDENCE) <= set(known):
        raise ArgumentError("Variation icons need the rules of Making Data Count. Draw the chart with rules=['mdc'].")
    side = np.sign((chart["value"] - chart["center"]).to_numpy(dtype="float64"))
    rising = _rising(chart)
    kinds = []
    for index, rules in enumerate(chart["rule"].str.split("; ")):
        first = next((rule for rule in _PRECEDENCE if rule in rules), None)
        if math.isnan(side[index]):
            kinds.append(Variation.UNKNOWN)
        elif first is None:
            kinds.append(Variation.COMMON_CAUSE)
        else:
            upward = rising[index] if first == "mdc_trend" else side[index] > 0
            kinds.append(_named(better, upward=bool(upward)))
    return pd.Series([str(kind) for kind in kinds], index=chart.index, name="variation", dtype="str")


def capability(chart: pd.DataFrame, *, target: float, improvement: str, confidence: float = 0.95) -> Capability:
    """Whether a process will meet its target if nothing changes.

    Parameters
    ----------
    chart : DataFrame
        As `control_chart` returns it.
    target : float
        In the unit of the chart.
    improvement : str
        ``"increase"``: the target is met at or above it; ``"decrease"``: at or below; with
        ``"neutral"`` nothing is said.
    confidence : float
        Confidence of the interval [0-1].

    Returns
    -------
    Capability
        The share assumes normal points around the last centre line, so it is missing for kinds whose
        limits are one-sided or skewed (g, t, mr, s), run, EWMA and CUSUM charts.

    Raises
    ------
    ArgumentError
        If the direction is unknown, the target no finite number, or the confidence out of range.

    References
    ----------
    .. [1] As `variation`. [2] Montgomery, Introduction to Statistical Quality Control, chapter 8.
    """
    better, tail = _direction(improvement), float(risk_of(confidence) / 2)
    if not math.isfinite(target):
        raise ArgumentError(f"target is {target!r}. Give a finite number in the unit of the chart.")
    present = chart[chart["value"].notna() & chart["lower"].notna()]
    n = int((present["phase"] == present["phase"].max()).sum()) if len(present) else 0
    share = low = high = math.nan
    if n and better is not Improvement.NEUTRAL and chart.attrs["convention"]["kind"] not in _ONE_SIDED:
        last = present.iloc[-1]
        # A limit cut at the end of its scale says less about the spread than the other one.
        sigma = (
            max(last["upper"] - last["center"], last["center"] - last["lower"]) / chart.attrs["convention"]["sigmas"]
        )
        away = (last["center"] - target) * (1 if better is Improvement.INCREASE else -1)
        reach = -float(special.ndtri(tail)) * sigma / math.sqrt(n)
        low, share, high = (_share_above(away + shift, sigma) for shift in (-reach, 0.0, reach))
    return Capability(
        assurance=_assurance(present, target, better),
        share=share,
        low=low,
        high=high,
        n=n,
        enough=n >= MIN_POINTS,
        confidence=confidence,
        method="normal points around the last centre line",
    )


def _share_above(away: float, sigma: float) -> float:
    if sigma > 0:
        return float(special.ndtr(away / sigma))
    return 1.0 if away >= 0 else 0.0


def _assurance(present: pd.DataFrame, target: float, better: Improvement) -> Assurance:
    if present.empty or better is Improvement.NEUTRAL:
        return Assurance.NONE
    lower, upper = present["lower"].iloc[-1], present["upper"].iloc[-1]
    if lower <= target <= upper:
        return Assurance.HIT_OR_MISS
    above = target > upper
    return Assurance.NEVER_MET if above == (better is Improvement.INCREASE) else Assurance.ALWAYS_MET


def _direction(name: str) -> Improvement:
    if name not in list(Improvement):
        raise ArgumentError(f"improvement is {name!r}. Use one of {', '.join(Improvement)}.")
    return Improvement(name)


def _named(better: Improvement, *, upward: bool) -> Variation:
    if better is Improvement.NEUTRAL:
        return Variation.HIGH if upward else Variation.LOW
    return Variation.IMPROVEMENT if upward == (better is Improvement.INCREASE) else Variation.CONCERN


def _rising(chart: pd.DataFrame) -> Flags:
    """Whether a point of a trend rises from the one before or, at the start, to the one after."""
    steps = chart.groupby("phase")["value"].diff()
    to_next = steps.shift(-1).where(chart["phase"].eq(chart["phase"].shift(-1)))
    in_trend = chart["rule"].str.contains("mdc_trend", regex=False)
    # The turning point of two trends belongs to the earlier one; the first point has no step before it.
    started = in_trend & in_trend.shift(1, fill_value=False)
    chosen = steps.where(started, to_next).fillna(steps)
    result: Flags = (chosen > 0).to_numpy(dtype="bool")
    return result

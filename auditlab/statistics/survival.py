"""Durations with open cases: survival curves, their quantiles and the comparison of groups.

An open case is known to have lasted at least until the cut-off. Leaving it out makes a service look
faster than it is, so it is censored instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import risk_of
from auditlab.statistics.arrays import Floats

_SAME = 1e-9  # a survival that equals the quantile up to rounding equals it


class IntervalScale(StrEnum):
    """The scale on which the interval of a survival curve is symmetric."""

    LOG_LOG = "log-log"
    LOG = "log"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """The time by which a share of the cases was closed."""

    share: float  # closed by then [0-1]
    estimate: float  # nan: not reached
    low: float  # nan: no case says anything
    high: float  # nan: not reached
    n: int
    events: int
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalCurve:
    """Kaplan-Meier estimate of the share still open after a time."""

    table: pd.DataFrame  # time, at_risk, events, censored, survival, se, low, high
    n: int  # cases [count]
    events: int  # closed [count]
    confidence: float
    method: str

    def quantile(self, share: float = 0.5) -> Quantile:
        """The time by which a share of the cases was closed, with its interval.

        Parameters
        ----------
        share : float
            Share closed [0-1]; 0.5 asks for the median.

        Returns
        -------
        Quantile
            nan where the curve, or its limit, does not come down that far: "not reached". Where the
            curve stays exactly at the share between two closures, the middle of the two.

        Raises
        ------
        ArgumentError
            If the share is not between 0 and 1.
        """
        risk_of(share)
        time = self.table["time"].to_numpy(dtype="float64")
        estimate, low, high = (
            _first_below(time, self.table[name].to_numpy(dtype="float64"), 1 - share)
            for name in ("survival", "low", "high")
        )
        return Quantile(
            share=share, estimate=estimate, low=low, high=high, n=self.n, events=self.events, method=self.method
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """Comparison of the survival of groups."""

    statistic: float
    df: int
    p: float
    n: int
    method: str


def survival(
    durations: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    interval_scale: str = "log-log",
) -> SurvivalCurve:
    """Kaplan-Meier curve of durations, open cases censored.

    Parameters
    ----------
    durations : array of float
        Time to closure, or to the cut-off for open cases; any unit. Cases without one are left out.
    observed : array of bool
        Whether the case was closed.
    entry : array of float, optional
        Age of the case when it came under observation, where an extract holds only cases that were
        open at its start (left truncation).
    confidence : float
        Confidence of the intervals, point by point [0-1].
    interval_scale : str
        ``"log-log"``, ``"log"`` or ``"plain"``.

    Returns
    -------
    SurvivalCurve
        ``table`` with one row a time at which a case was closed or censored: ``time``, ``at_risk``,
        ``events``, ``censored`` [count], ``survival``, its Greenwood ``se``, ``low`` and ``high`` [0-1].
        Empty without cases.

    Raises
    ------
    ArgumentError
        If lengths differ, a duration is negative, or a case ends before it came under observation.

    References
    ----------
    .. [1] Kaplan and Meier (1958), JASA 53:457-481. [2] Kalbfleisch and Prentice (1980), The
       Statistical Analysis of Failure Time Data, for the log-log interval.
    """
    scale = _scale(interval_scale)
    cases = _cases(durations, observed, entry)
    table = _table(cases)
    table["low"], table["high"] = _limits(
        table["survival"].to_numpy(), table["se"].to_numpy(), scale=scale, tail=float(risk_of(confidence) / 2)
    )
    return SurvivalCurve(
        table=table,
        n=len(cases),
        events=int(cases["observed"].sum()),
        confidence=confidence,
        method=f"Kaplan-Meier, {scale} interval",
    )


def log_rank(durations: npt.ArrayLike, observed: npt.ArrayLike, *, groups: Sequence[str] | npt.ArrayLike) -> LogRank:
    """Log-rank test that the groups close their cases alike.

    Parameters
    ----------
    durations, observed : array
        As `survival`.
    groups : array
        Group of each case.

    Returns
    -------
    LogRank
        With one group or without a closed case: nan, 0 or more degrees of freedom, p nan.

    Raises
    ------
    ArgumentError
        As `survival`, or if there is not one group a case.

    References
    ----------
    .. [1] Mantel (1966), Cancer Chemotherapy Reports 50:163-170.
    """
    from statsmodels.duration.survfunc import survdiff  # noqa: PLC0415  # keeps the import of auditlab light

    labels = np.asarray(groups)
    if labels.size != np.size(durations):
        raise ArgumentError(f"{np.size(durations)} cases, but {labels.size} groups. Give one group a case.")
    cases = _cases(durations, observed, None)
    kept = pd.Series(labels)[cases.index]
    found = kept.nunique()
    if found < 2 or not cases["observed"].any():
        return LogRank(statistic=np.nan, df=max(found - 1, 0), p=np.nan, n=len(cases), method="log-rank")
    codes = pd.factorize(kept)[0]
    statistic, p = survdiff(cases["duration"].to_numpy(), cases["observed"].to_numpy(dtype=int), codes)
    return LogRank(statistic=float(statistic), df=found - 1, p=float(p), n=len(cases), method="log-rank")


def _scale(name: str) -> IntervalScale:
    if name not in list(IntervalScale):
        raise ArgumentError(f"interval_scale is {name!r}. Use one of {', '.join(IntervalScale)}.")
    return IntervalScale(name)


def _cases(durations: npt.ArrayLike, observed: npt.ArrayLike, entry: npt.ArrayLike | None) -> pd.DataFrame:
    """The cases with a duration, checked; the index is the position given."""
    duration, closed = _floats(durations), _states(observed)
    if duration.size != closed.size:
        raise ArgumentError(f"{duration.size} durations, but {closed.size} flags. Give one flag a case.")
    start = np.zeros(duration.size) if entry is None else np.asarray(entry, dtype="float64")
    if start.size != duration.size:
        raise ArgumentError(f"{duration.size} durations, but {start.size} entry times. Give one entry time a case.")
    present = ~np.isnan(duration)
    if np.isnan(closed[present]).any():
        raise ArgumentError("A case with a duration has no flag for closed. Say for each case whether it was closed.")
    if (duration < 0).any():
        raise ArgumentError(f"A duration is negative: {duration[duration < 0][0]:g}. Mend its two times.")
    late = np.flatnonzero(present & (start > 0) & (start >= duration))
    if late.size:
        raise ArgumentError(
            f"Case {late[0] + 1} came under observation at {start[late[0]]:g}, "
            f"not before it ended at {duration[late[0]]:g}. Leave it out or mend its times."
        )
    return pd.DataFrame(
        {"duration": duration[present], "observed": closed[present] > 0, "entry": start[present]},
        index=np.flatnonzero(present),
    )


def _floats(values: npt.ArrayLike) -> Floats:
    given = np.asarray(values)
    if given.dtype.kind not in "fiu":
        given = pd.to_numeric(pd.Series(np.asarray(values, dtype=object))).to_numpy("float64", na_value=np.nan)
    return given.astype("float64")


def _states(values: npt.ArrayLike) -> Floats:
    """1 for true, 0 for false, missing as nan."""
    given = np.asarray(values)
    if given.dtype.kind != "b":
        given = pd.Series(np.asarray(values, dtype=object)).astype("boolean").to_numpy("float64", na_value=np.nan)
    return given.astype("float64")


def _table(cases: pd.DataFrame) -> pd.DataFrame:
    """Counts and the curve at each time at which something ended."""
    time, place, ended = np.unique(cases["duration"].to_numpy(), return_inverse=True, return_counts=True)
    events = np.bincount(place, weights=cases["observed"].to_numpy(), minlength=time.size).astype("int64")
    # At risk at t: came under observation before t and ended at t or later.
    entered = np.searchsorted(np.sort(cases["entry"].to_numpy()), time, side="left")
    entered[time == 0] = (cases["entry"] <= 0).sum()
    gone = np.searchsorted(np.sort(cases["duration"].to_numpy()), time, side="left")
    at_risk = entered - gone
    with np.errstate(divide="ignore", invalid="ignore"):
        curve = np.cumprod(1 - events / at_risk)
        spread = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        se = np.where(curve > 0, curve * spread, np.nan)
    return pd.DataFrame(
        {
            "time": time,
            "at_risk": at_risk,
            "events": events,
            "censored": ended - events,
            "survival": curve,
            "se": se,
        }
    )


def _limits(curve: Floats, se: Floats, *, scale: IntervalScale, tail: float) -> tuple[Floats, Floats]:
    """Limits point by point; missing where the curve has come down to 0 and has no error any more."""
    z = -float(special.ndtri(tail))
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale is IntervalScale.PLAIN:
            low, high = curve - z * se, curve + z * se
        elif scale is IntervalScale.LOG:
            low, high = curve * np.exp(-z * se / curve), curve * np.exp(z * se / curve)
        else:
            half = z * se / (curve * np.log(curve))
            low, high = curve ** np.exp(-half), curve ** np.exp(half)
    # Before the first closure the curve is 1 and its limits are 1.
    low, high = np.where(curve == 1, 1.0, low), np.where(curve == 1, 1.0, high)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)


def _first_below(time: Floats, curve: Floats, level: float) -> float:
    """First time at which a curve is at or below a level; nan where it never is."""
    known = np.isfinite(curve)
    time, curve = time[known], curve[known]
    below = np.flatnonzero(curve <= level + _SAME)
    if not below.size:
        return float("nan")
    first = int(below[0])
    later = np.flatnonzero(curve < level - _SAME)
    if abs(curve[first] - level) <= _SAME and later.size:
        return float(time[first] + time[later[0]]) / 2
    return float(time[first])

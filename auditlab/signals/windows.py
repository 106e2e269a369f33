"""The declared comparison of a series: its last six months against all earlier ones.

Counts and shares are compared by exact conditional tests. Where the months vary more than chance allows, an exact test
takes noise for change; then the test rests on the variation between neighbouring months instead.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from auditlab.signals.periods import BASELINE_MONTHS, WINDOW_MONTHS
from auditlab.signals.series import Measure, Series
from auditlab.statistics.exact_tests import compare_proportions, rate_ratio

ENOUGH_PER_MONTH = 5
"""Mean events (and failures) per month from which the variation between months can be estimated [count]."""

_D2 = 1.128379167  # mean moving range of two independent standard normal values


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The recent months against the earlier ones.

    Attributes
    ----------
    recent, earlier : float
        Value of the two windows: share, events per month, or median of values.
    measure : str
        What `effect` is.
    effect, low, high : float
        Difference of shares, rate ratio or difference of medians, with its interval.
    p : float
        Two-sided; not a number where the series is too short.
    n : int
        Months with data, for shares and values; events, for counts.
    dispersion : float
        Variance between months over that of chance; 1 where it is not more or cannot be estimated.
    method, note : str
        How, and what to keep in mind.
    """

    recent: float
    earlier: float
    measure: str
    effect: float
    low: float
    high: float
    p: float
    n: int
    dispersion: float
    method: str
    note: str


def window_change(series: Series, *, confidence: float = 0.95) -> Change:
    """Compare the last six months of a series with the earlier ones.

    Parameters
    ----------
    series : Series
        The series.
    confidence : float
        Two-sided confidence of the interval [0-1].

    Returns
    -------
    Change
        With fewer than twelve earlier months, or without data on one side, p is not a number and the note says so.

    References
    ----------
    .. [1] Laney (2002), Quality Engineering 14:531-537, for the variation between neighbouring months.
    .. [2] Hodges and Lehmann (1963), Annals of Mathematical Statistics 34:598-611, for series of values.
    """
    recent, earlier = series.months.tail(WINDOW_MONTHS), series.months.head(-WINDOW_MONTHS)
    return _undecided(compare_months(series, recent, earlier, confidence=confidence), series, recent, earlier)


def compare_months(
    series: Series, recent: pd.DataFrame, earlier: pd.DataFrame, *, confidence: float = 0.95, phi: float | None = None
) -> Change:
    """Compare two sets of months of one series, whatever their length.

    Parameters
    ----------
    series : Series
        The series; the variation between its months is estimated from all of them.
    recent, earlier : DataFrame
        Rows of its months.
    confidence : float
        Two-sided confidence of the interval [0-1].
    phi : float, optional
        Variation between months in units of chance, where other series take part; that of `series` if not given.
    """
    if series.measure is Measure.VALUE:
        return _values(series, recent, earlier, confidence)
    way = _shares if series.measure is Measure.SHARE else _counts
    return way(series, recent, earlier, confidence, series_dispersion(series) if phi is None else phi)


def series_dispersion(series: Series) -> float:
    """Variance between the months of a series over that of chance; 1 where it is not more or cannot be estimated."""
    if series.measure is Measure.SHARE:
        return _share_dispersion(series.months)
    values = series.months["value"].to_numpy("float64")
    center = float(np.nanmean(values)) if np.isfinite(values).any() else 0.0
    if series.measure is Measure.VALUE or center < ENOUGH_PER_MONTH:
        return 1.0
    return dispersion(values, np.full(values.shape, math.sqrt(center)), center=center)


def _undecided(change: Change, series: Series, recent: pd.DataFrame, earlier: pd.DataFrame) -> Change:
    """`change` without its p-value where the months do not suffice."""
    if len(earlier) < BASELINE_MONTHS:
        why = f"undecided: {max(len(earlier), 0)} earlier months, {BASELINE_MONTHS} needed"
    elif recent["value"].notna().sum() == 0 or earlier["value"].notna().sum() == 0:
        why = "undecided: no data in one of the two periods"
    else:
        return change
    note = f"{why}; {series.note}" if series.note else why
    return replace(change, effect=math.nan, low=math.nan, high=math.nan, p=math.nan, note=note)


def dispersion(values: npt.NDArray[np.float64], spread: npt.NDArray[np.float64], *, center: float) -> float:
    """Variance between neighbouring months over the variance of chance, never below 1.

    Parameters
    ----------
    values : array
        Monthly values; missing ones break the chain.
    spread : array
        Their standard deviation by chance alone.
    center : float
        Their common value.
    """
    moves = np.abs(np.diff((values - center) / spread))
    moves = moves[np.isfinite(moves)]
    return max(1.0, float(moves.mean() / _D2) ** 2) if moves.size else 1.0


def _shares(series: Series, recent: pd.DataFrame, earlier: pd.DataFrame, confidence: float, phi: float) -> Change:
    k_1, n_1, k_2, n_2 = (int(part[name].sum()) for part in (recent, earlier) for name in ("k", "n"))
    exact = compare_proportions(k_1, n_1, k_2, n_2, confidence=confidence)
    low, high, p, method = exact.low, exact.high, exact.p, exact.method
    if phi > 1 and n_1 and n_2:
        p, method = (
            _with_dispersion(_log_odds(k_1, n_1, k_2, n_2), phi, len(series.known)),
            _said(phi, "log odds ratio"),
        )
        low, high = (exact.effect + math.sqrt(phi) * (limit - exact.effect) for limit in (exact.low, exact.high))
    return Change(
        recent=_ratio(k_1, n_1), earlier=_ratio(k_2, n_2), measure=exact.measure, effect=exact.effect,
        low=max(low, -1.0), high=min(high, 1.0), p=p, n=len(series.known), dispersion=phi, method=method,
        note=series.note,
    )  # fmt: skip


def _share_dispersion(months: pd.DataFrame) -> float:
    known = months[months["n"].fillna(0) > 0]
    k, n = int(known["k"].sum()), int(known["n"].sum())
    if not n or min(k, n - k) < ENOUGH_PER_MONTH * len(known):
        return 1.0
    center = k / n
    sizes = months["n"].astype("Float64").to_numpy("float64", na_value=np.nan)
    return dispersion(months["value"].to_numpy("float64"), np.sqrt(center * (1 - center) / sizes), center=center)


def _counts(series: Series, recent: pd.DataFrame, earlier: pd.DataFrame, confidence: float, phi: float) -> Change:
    k_1, k_2 = int(recent["k"].sum()), int(earlier["k"].sum())
    days_1, days_2 = max(len(recent), 1), max(len(earlier), 1)
    exact = rate_ratio(k_1, days_1, k_2, days_2, confidence=confidence)
    low, high, p, method = exact.low, exact.high, exact.p, exact.method
    if phi > 1:
        ratio = math.log((k_1 + 0.5) / days_1) - math.log((k_2 + 0.5) / days_2)
        error = math.sqrt(1 / (k_1 + 0.5) + 1 / (k_2 + 0.5))
        p, method = _with_dispersion((ratio, error), phi, len(series.known)), _said(phi, "log rate ratio")
        width = math.sqrt(phi)
        low, high = (exact.effect * (limit / exact.effect) ** width if exact.effect else limit for limit in (low, high))
    return Change(
        recent=k_1 / days_1, earlier=k_2 / days_2, measure=exact.measure, effect=exact.effect, low=low, high=high,
        p=p, n=k_1 + k_2, dispersion=phi, method=method, note=series.note,
    )  # fmt: skip


def _values(series: Series, recent: pd.DataFrame, earlier: pd.DataFrame, confidence: float) -> Change:
    first, second = (part["value"].dropna().to_numpy("float64") for part in (recent, earlier))
    effect, low, high = _shift(first, second, confidence)
    return Change(
        recent=float(np.median(first)) if first.size else math.nan,
        earlier=float(np.median(second)) if second.size else math.nan,
        measure=f"shift of the {'shares' if series.in_shares else 'values'}", effect=effect, low=low, high=high,
        p=_rank_sum(first, second),
        n=len(series.known), dispersion=1.0, method="rank-sum test; Hodges-Lehmann shift", note=series.note,
    )  # fmt: skip


def _rank_sum(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    """Two-sided rank-sum test, exact where the months are few and no value comes twice."""
    if not first.size or not second.size:
        return math.nan
    if np.ptp(np.concatenate([first, second])) == 0:
        return 1.0
    from scipy.stats import mannwhitneyu  # noqa: PLC0415  # keeps the import of auditlab light

    return float(mannwhitneyu(first, second, alternative="two-sided").pvalue)


def _shift(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], confidence: float
) -> tuple[float, float, float]:
    """Hodges-Lehmann shift between two samples with its rank-sum interval."""
    if not first.size or not second.size:
        return math.nan, math.nan, math.nan
    shifts = np.sort(np.subtract.outer(first, second).ravel())
    half = special.ndtri((1 + confidence) / 2) * math.sqrt(
        first.size * second.size * (first.size + second.size + 1) / 12
    )
    place = max(0, math.floor(shifts.size / 2 - half))
    return float(np.median(shifts)), float(shifts[place]), float(shifts[-1 - place])


def _log_odds(k_1: int, n_1: int, k_2: int, n_2: int) -> tuple[float, float]:
    cells = [k_1 + 0.5, n_1 - k_1 + 0.5, k_2 + 0.5, n_2 - k_2 + 0.5]
    return math.log(cells[0] / cells[1]) - math.log(cells[2] / cells[3]), math.sqrt(sum(1 / cell for cell in cells))


def _with_dispersion(effect: tuple[float, float], phi: float, months: int) -> float:
    """Two-sided p-value of an effect whose standard error grows with the variation between months.

    A mean moving range of `months` values is as uncertain as a standard deviation with 0.605 (months - 1) degrees of
    freedom: its relative variance is 0.826 / months for normal values.
    """
    freedom = max(0.605 * (months - 1), 1.0)
    return float(2 * special.stdtr(freedom, -abs(effect[0]) / (effect[1] * math.sqrt(phi))))


def _said(phi: float, what: str) -> str:
    return f"{what}, months vary {phi:.1f} times as much as chance (Laney), t distribution"


def _ratio(k: int, n: int) -> float:
    return k / n if n else math.nan

"""When a series began to drift or moved to another level: candidates for a person to confirm.

A drift is a broken stick (flat, then a straight slope), a step is a change of the mean. Both are
judged on one scale: the weighted squares that the change explains, in units of the variance that
neighbouring points show, against a penalty of three times the logarithm of the number of points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import risk_of, whole
from auditlab.statistics.arrays import Floats, floats
from auditlab.statistics.change_shapes import (
    MIN_BASELINE,
    MIN_SEGMENT,
    MIN_SLOPE,
    PENALTY,
    Change,
    Scaled,
    Shapes,
    drifts,
    level_breaks,
    scaled,
    steps,
)
from auditlab.statistics.chart_kinds import ChartKind
from auditlab.statistics.chart_points import points_of

AUTOCORRELATED = 0.3  # above it every finder of steps sees steps that are none

_METHODS = {
    Change.DRIFT: "broken stick, weighted least squares",
    Change.STEP: "change of the mean, penalty 3 ln n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """A candidate change, or the reason why there is none."""

    kind: Change
    onset: int | None  # number of the first point after the change, from 1
    low: int | None  # interval of the onset
    high: int | None
    criterion: float  # explained squares less the penalty [variances]; above 0 speaks for a change, nan undecided
    effect: float  # step: new level less old one; drift: change a point of time; in the unit of the values
    effect_low: float
    effect_high: float
    p: float  # chance of so strong a change in exchangeable points; not corrected for other tests
    autocorrelation: float  # of neighbouring points once the change is taken out [-1 to 1]
    breaks: tuple[int, ...]  # first points of the levels where several steps are searched for
    n: int  # points present [count]
    confidence: float
    method: str
    reason: str  # why undecided, or why the word "step" is withheld; empty otherwise

    @property
    def withheld(self) -> bool:
        """Whether a step was found that autocorrelation alone could have made."""
        return self.kind is Change.STEP and not self.autocorrelation <= AUTOCORRELATED


@dataclass(frozen=True, slots=True, kw_only=True)
class Pettitt:
    """Rank test of one change of level."""

    last_before: int  # number of the last point before the change, from 1; 0 where nothing changes
    statistic: float  # K
    p: float  # approximate and, below about 40 points, on the safe side; nan below two points
    n: int


def change_point(
    values: npt.ArrayLike,
    *,
    denominators: npt.ArrayLike | None = None,
    kind: str = "auto",
    confidence: float = 0.95,
    seed: int = 0,
    draws: int = 999,
) -> ChangePoint:
    """The onset of a drift or of a new level, with its interval.

    Parameters
    ----------
    values : array of float
        One value a period in the order of time; with denominators the numerators. Missing ones keep
        their place in time.
    denominators : array of float, optional
        Cases or exposure of each period; a period counts by them. 0 or missing makes the point missing.
    kind : str
        ``"drift"``, ``"step"``, or ``"auto"`` for the one with the better criterion.
    confidence : float
        Confidence of the intervals [0-1].
    seed : int
        Seed of the permutations and of the bootstrap.
    draws : int
        Number of permutations and of bootstrap series [count].

    Returns
    -------
    ChangePoint
        ``kind`` is none where the criterion is not above 0, and undecided where fewer than twelve
        points lie before any change. A step is a candidate rebase: a person confirms it. Two years of
        months cannot tell a season from a change.

    Raises
    ------
    ArgumentError
        If the kind is unknown, lengths differ, or a value is infinite.

    References
    ----------
    .. [1] Hinkley (1971), JASA 66:736-743, for the broken stick. [2] As `change_shapes.level_breaks`.
    .. [3] Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 9, for resampled
       residuals.
    """
    if kind not in {"auto", "drift", "step"}:
        raise ArgumentError(f"kind is {kind!r}. Use drift, step or auto.")
    risk, repeats = float(risk_of(confidence)), whole(draws, name="draws", at_least=1)
    # A chart of individuals divides by the denominators and asks for nothing else.
    given = points_of(values, kind=ChartKind.INDIVIDUALS, denominators=denominators, subgroups=None)
    points = scaled(given.value, given.n)
    tail = MIN_SEGMENT if kind == "step" else MIN_SLOPE
    if len(points.time) < MIN_BASELINE + tail or not np.isfinite(points.root).all():
        reason = f"{len(points.time)} points present; {MIN_BASELINE} before a change and {tail} after it are needed"
        return _nothing(Change.UNDECIDED, points, confidence, reason=reason)
    if not points.z.any():
        return _nothing(Change.NONE, points, confidence, criterion=-_price(points))
    shapes = [found for found in (drifts(points), steps(points)) if kind in ("auto", found.kind) and len(found.onset)]
    rng = np.random.default_rng(seed)
    chosen = max(shapes, key=lambda found: abs(float(found.best(points.z)[1][0])))
    criterion = float(chosen.best(points.z)[1][0]) ** 2 - _price(points)
    p = _permuted(points, shapes, rng=rng, draws=repeats)
    if criterion <= 0:
        return _nothing(Change.NONE, points, confidence, criterion=criterion, p=p)
    return _described(points, chosen, p=p, confidence=confidence, risk=risk, rng=rng, draws=repeats)


def pettitt(values: npt.ArrayLike) -> Pettitt:
    """Pettitt's rank test of one change of level at an unknown time.

    Parameters
    ----------
    values : array of float
        One value a period in the order of time; missing ones are left out.

    Returns
    -------
    Pettitt
        ``statistic`` K = max abs(U_k) with U_k = 2 (r_1 + ... + r_k) - k (n + 1), and
        p = 2 exp(-6 K^2 / (n^3 + n^2)), at most 1.

    Raises
    ------
    ArgumentError
        If a value is infinite.

    References
    ----------
    .. [1] Pettitt (1979), Applied Statistics 28:126-135.
    """
    series = floats(values, name="values")
    present = np.flatnonzero(np.isfinite(series))
    size = present.size
    if size < 2:
        return Pettitt(last_before=0, statistic=0.0, p=math.nan, n=size)
    where, largest = pettitt_statistics(series[present])
    statistic = float(largest[0])
    return Pettitt(
        last_before=int(present[where[0]]) + 1 if statistic else 0,
        statistic=statistic,
        p=float(pettitt_p(largest, size=size)[0]),
        n=size,
    )


def pettitt_statistics(series: Floats) -> tuple[npt.NDArray[np.int_], Floats]:
    """Place of the largest statistic of each series (rows) and the statistic itself.

    References
    ----------
    .. [1] As `pettitt`.
    """
    from scipy.stats import rankdata  # noqa: PLC0415  # keeps the import of auditlab light

    rows = np.atleast_2d(series)
    size = rows.shape[1]
    ranks = rankdata(rows, axis=1)
    sums = np.abs(2 * np.cumsum(ranks, axis=1) - np.arange(1, size + 1) * (size + 1))
    where = sums.argmax(axis=1)
    return where, sums[np.arange(len(rows)), where]


def pettitt_p(statistics: Floats, *, size: int) -> Floats:
    """Approximate p-values of Pettitt's statistics for series of one length.

    References
    ----------
    .. [1] As `pettitt`.
    """
    chances: Floats = np.minimum(1.0, 2 * np.exp(-6 * statistics**2 / (size**3 + size**2)))
    return chances


def _price(points: Scaled) -> float:
    return PENALTY * math.log(len(points.time))


def _permuted(points: Scaled, shapes: list[Shapes], *, rng: np.random.Generator, draws: int) -> float:
    """Share of the orders of the same points in which some change looks as strong."""
    mixed = rng.permuted(np.tile(points.z, (draws, 1)), axis=1)

    def strongest(series: Floats) -> Floats:
        return np.max([np.abs(found.best(series)[1]) for found in shapes], axis=0)  # type: ignore[no-any-return]

    as_strong = strongest(mixed) >= strongest(points.z)[0] * (1 - 1e-12)
    return float((1 + as_strong.sum()) / (1 + draws))


def _described(
    points: Scaled, chosen: Shapes, *, p: float, confidence: float, risk: float, rng: np.random.Generator, draws: int
) -> ChangePoint:
    """The best candidate of one kind, with intervals from resampled residuals."""
    row, explained = chosen.best(points.z)
    fitted = explained[0] * chosen.unit[row[0]]
    residuals = points.z - fitted
    rows, effects = chosen.best(fitted + rng.choice(residuals, size=(draws, residuals.size)))
    low, high = np.quantile(chosen.onset[rows], [risk / 2, 1 - risk / 2], method="closest_observation")
    effect_low, effect_high = np.quantile(effects / chosen.length[rows], [risk / 2, 1 - risk / 2])
    breaks = level_breaks(points) if chosen.kind is Change.STEP else ()
    autocorrelation = _autocorrelation(points, residuals)
    return ChangePoint(
        kind=chosen.kind,
        onset=int(chosen.onset[row[0]]),
        low=int(low),
        high=int(high),
        criterion=float(explained[0] ** 2) - _price(points),
        effect=float(explained[0] / chosen.length[row[0]]),
        effect_low=float(effect_low),
        effect_high=float(effect_high),
        p=p,
        autocorrelation=autocorrelation,
        breaks=breaks,
        n=len(points.time),
        confidence=confidence,
        method=_METHODS[chosen.kind],
        reason=_why_withheld(chosen.kind, autocorrelation),
    )


def _why_withheld(kind: Change, autocorrelation: float) -> str:
    if kind is Change.STEP and not autocorrelation <= AUTOCORRELATED:
        return f"neighbouring points resemble each other (lag-1 autocorrelation {autocorrelation:.2f})"
    return ""


def _autocorrelation(points: Scaled, residuals: Floats) -> float:
    """Lag-1 autocorrelation of the residuals; pairs across a missing point do not count."""
    away = residuals - residuals.mean()
    neighbours = np.diff(points.time) == 1
    squares = float((away**2).sum())
    if not squares or not neighbours.any():
        return math.nan
    return float((away[1:] * away[:-1])[neighbours].sum()) / squares


def _nothing(
    kind: Change,
    points: Scaled,
    confidence: float,
    *,
    criterion: float = math.nan,
    p: float = math.nan,
    reason: str = "",
) -> ChangePoint:
    """No change found, or too little to say."""
    return ChangePoint(
        kind=kind,
        onset=None,
        low=None,
        high=None,
        criterion=criterion,
        effect=math.nan,
        effect_low=math.nan,
        effect_high=math.nan,
        p=p,
        autocorrelation=_autocorrelation(points, points.z) if len(points.z) else math.nan,
        breaks=(),
        n=len(points.time),
        confidence=confidence,
        method=", or ".join(_METHODS.values()),
        reason=reason,
    )

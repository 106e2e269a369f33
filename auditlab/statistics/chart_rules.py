"""Rules that say which points of a control chart are unlikely to be chance.

All work on one phase at a time. A missing point breaks every pattern of neighbours; it is not stepped over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import Flags, Floats
from auditlab.statistics.chart_kinds import Lines
from auditlab.statistics.chart_limits import deviation

LIMITS = "limits"
ANHOEJ = "anhoej"
_SETS = {
    "mdc": ("mdc_limits", "mdc_trend", "mdc_two_of_three", "mdc_shift"),
    "nelson": tuple(f"nelson{number}" for number in range(1, 9)),
    "western_electric": tuple(f"western_electric{number}" for number in range(1, 5)),
}
_OF_VALUES = frozenset(("nelson3", "nelson4", "mdc_trend"))  # the others look at standardised distances
_ROUNDING = 1e-9  # a point on a limit up to rounding is not beyond it


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Runs and crossings of a series around its centre line."""

    useful: int  # points that are not on the centre line [count]
    longest_run: int
    longest_run_limit: int  # a longer run is a signal
    crossings: int
    crossings_limit: int  # fewer crossings are a signal

    @property
    def signal(self) -> bool:
        """Whether the series is less random than chance alone makes one series in twelve or so."""
        return self.longest_run > self.longest_run_limit or self.crossings < self.crossings_limit


def anhoej_runs(values: npt.ArrayLike, *, center: npt.ArrayLike) -> Runs:
    """Longest run and number of crossings, with the limits of the Anhøj rules.

    Parameters
    ----------
    values : array of float
        The series; missing values and points on the centre line are left out, so a run goes on past them.
    center : float or array of float
        The centre line.

    Returns
    -------
    Runs
        For a series without useful points: no signal.

    References
    ----------
    .. [1] Anhøj and Olesen (2014), PLoS ONE 9(11):e113825.
    """
    series = np.asarray(values, dtype="float64")
    signs = np.sign(deviation(series, np.broadcast_to(np.asarray(center, dtype="float64"), series.shape)))
    signs = signs[np.isfinite(signs) & (signs != 0)]
    useful = int(signs.size)
    longest, fewest = anhoej_limits(useful)
    turns = np.flatnonzero(np.diff(signs))
    edges = np.concatenate(([-1], turns, [useful - 1])) if useful else np.array([0])
    return Runs(
        useful=useful,
        longest_run=int(np.diff(edges).max()) if useful else 0,
        longest_run_limit=longest,
        crossings=int(turns.size),
        crossings_limit=fewest,
    )


def anhoej_limits(useful: int) -> tuple[int, int]:
    """Longest run and fewest crossings that are still chance in a series of so many useful points.

    References
    ----------
    .. [1] As `anhoej_runs`.
    """
    if useful < 1:
        return 0, 0
    chances = np.exp(_log_binomial(useful - 1)).cumsum()
    return round(math.log2(useful)) + 3, int(np.searchsorted(chances, 0.05 * (1 - 1e-12)))


def anhoej_false_alarm(useful: int) -> float:
    """Chance that a series of so many useful points gives a signal by chance alone.

    Parameters
    ----------
    useful : int
        Points off the centre line, each as likely above as below, independent of each other [count].

    Returns
    -------
    float
        Exact [0-1]. With the median as centre line it is lower, about 0.02 to 0.04, because the median
        puts half of the points on each side.

    References
    ----------
    .. [1] Anhøj and Olesen (2014), PLoS ONE 9(11):e113825. Counted as compositions of the series into
       runs.
    """
    longest, fewest = anhoej_limits(useful)
    # ways[length]: compositions of a length into the runs so far, none longer than the limit.
    ways = [1] + [0] * useful
    quiet = 0
    for runs in range(1, useful + 1):
        ways = [sum(ways[max(0, length - longest) : length]) for length in range(useful + 1)]
        if runs - 1 >= fewest:
            quiet += 2 * ways[useful]  # the first run lies above or below
    return 1 - quiet / 2**useful if useful else 0.0


def _log_binomial(trials: int) -> Floats:
    counts = np.arange(trials + 1)
    ways = special.gammaln(trials + 1) - special.gammaln(counts + 1) - special.gammaln(trials - counts + 1)
    logs: Floats = ways - trials * math.log(2)
    return logs


def named_rules(rules: Sequence[str]) -> tuple[str, ...]:
    """Single rules in the order asked for; a set such as ``"nelson"`` stands for all of its rules.

    Raises
    ------
    ArgumentError
        If there is no rule or set of that name.
    """
    names: list[str] = []
    for rule in rules:
        found = _SETS.get(rule, (rule,))
        unknown = [name for name in found if name not in _PATTERNS and name != ANHOEJ]
        if unknown:
            known = [LIMITS, ANHOEJ, *_SETS]
            raise ArgumentError(
                f"There is no chart rule '{rule}'. Use {', '.join(known)}, or one rule of a set, e.g. nelson2."
            )
        names.extend(name for name in found if name not in names)
    return tuple(names)


def flagged(lines: Lines, *, value: Floats, included: Flags, rule: str, sigmas: float) -> Flags:
    """Points of one phase that a rule flags.

    Parameters
    ----------
    lines : Lines
        Centre, limits and standardised distances of the points.
    value : array of float
        The points as plotted.
    included : array of bool
        Points that the Anhøj rules look at; excluded points stay out of runs and crossings.
    rule : str
        A single rule, as `named_rules` gives them.
    sigmas : float
        Where the limits of the chart stand [standard deviations].

    Returns
    -------
    array of bool
        The Anhøj rules judge a series as a whole, so all points present are flagged or none. Nelson and
        Western Electric rules flag the point that completes a pattern and later ones that still satisfy
        it; Making Data Count rules flag every point of the pattern.

    References
    ----------
    .. [1] Nelson (1984), Journal of Quality Technology 16:237-239. [2] Western Electric (1956),
       Statistical Quality Control Handbook. [3] NHS England, Making Data Count.
    """
    if rule == ANHOEJ:
        useful = np.where(included, value, np.nan)
        return np.isfinite(value) & anhoej_runs(useful, center=lines.center).signal
    if rule in _OF_VALUES:
        return _PATTERNS[rule](value, sigmas)
    return _PATTERNS[rule](lines.z, sigmas)


def beyond(z: Floats, sigmas: float) -> Flags:
    """Points farther from the centre than so many standard deviations; a point on the limit is within."""
    return np.abs(z) > sigmas * (1 + _ROUNDING)


def _ends(held: Flags, size: int, *, at_least: int | None = None) -> Flags:
    """Points at which the last `size` points held a condition, or `at_least` of them did."""
    if held.size < size:
        return np.zeros(held.shape, dtype=bool)
    counts = np.convolve(held, np.ones(size, dtype=int))[: held.size]
    return np.asarray(counts >= (at_least or size))


def _same_side(z: Floats, size: int) -> Flags:
    return _ends(z > 0, size) | _ends(z < 0, size)


def _most_beyond(z: Floats, *, distance: float, least: int, size: int) -> Flags:
    """The point and `least - 1` others among the last `size` lie beyond a distance on one side."""
    whole = _ends(np.isfinite(z), size)
    found = np.zeros(z.shape, dtype=bool)
    for side in (1, -1):
        far = side * z > distance * (1 + _ROUNDING)
        found |= far & whole & _ends(far, size, at_least=least)
    return found


def _steady_ends(values: Floats) -> Flags:
    """Points that end a strictly rising or falling stretch of six."""
    found = np.zeros(values.shape, dtype=bool)
    steps = np.diff(values)
    found[1:] = _ends(steps > 0, 5) | _ends(steps < 0, 5)
    return found


def _trend_parts(values: Floats, _: float) -> Flags:
    """A trend of seven points has six differences; the point before the first difference belongs to it."""
    steps = np.diff(values)
    found = np.zeros(values.shape, dtype=bool)
    for held in (steps > 0, steps < 0):
        part = _widened(_ends(held, 6), 6)
        found[1:] |= part
        found[:-1] |= part
    return found


def _alternating(values: Floats, _: float) -> Flags:
    """Fourteen points in a row, up and down by turns; a step that stands still fits both, but not all of them may."""
    steps = np.diff(values)
    directed = np.where(np.arange(steps.size) % 2, -steps, steps)
    found = np.zeros(values.shape, dtype=bool)
    found[1:] = (_ends(directed >= 0, 13) | _ends(directed <= 0, 13)) & _ends(steps != 0, 13, at_least=1)
    return found


def _hugging(z: Floats) -> Flags:
    """Fifteen points in a row within one standard deviation; a series without any variation hugs nothing."""
    present = z[np.isfinite(z)]
    if not present.size or not np.ptp(present):
        return np.zeros(z.shape, dtype=bool)
    return _ends(np.abs(z) <= 1 + _ROUNDING, 15)


def _avoiding(z: Floats) -> Flags:
    """Eight points in a row beyond one standard deviation, some of them on each side."""
    far = np.abs(z) > 1 + _ROUNDING
    return _ends(far, 8) & ~_ends(z > 0, 8) & ~_ends(z < 0, 8)


def _two_of_three_parts(z: Floats, sigmas: float) -> Flags:
    """Points between two standard deviations and the limit, two of three neighbours all on one side."""
    near = (np.abs(z) > 2 * (1 + _ROUNDING)) & ~beyond(z, sigmas)
    found = np.zeros(z.shape, dtype=bool)
    for side in (z > 0, z < 0):
        windows = _ends(side, 3) & _ends(near, 3, at_least=2)
        found |= near & _widened(windows, 3)
    return found


def _widened(ends: Flags, size: int) -> Flags:
    """The points of the windows of `size` that end where the flags stand."""
    if not ends.any():
        return ends
    return np.asarray(np.convolve(ends[::-1], np.ones(size, dtype=int))[: ends.size][::-1] > 0)


# Each takes the standardised distances, or the values where `_OF_VALUES` names it, and the width of the limits.
_PATTERNS: dict[str, Callable[[Floats, float], Flags]] = {
    LIMITS: beyond,
    "mdc_limits": beyond,
    "mdc_trend": _trend_parts,
    "mdc_two_of_three": _two_of_three_parts,
    "mdc_shift": lambda z, _: _widened(_same_side(z, 7), 7),
    "nelson1": beyond,
    "nelson2": lambda z, _: _same_side(z, 9),
    "nelson3": lambda values, _: _steady_ends(values),
    "nelson4": _alternating,
    "nelson5": lambda z, _: _most_beyond(z, distance=2, least=2, size=3),
    "nelson6": lambda z, _: _most_beyond(z, distance=1, least=4, size=5),
    "nelson7": lambda z, _: _hugging(z),
    "nelson8": lambda z, _: _avoiding(z),
    "western_electric1": beyond,
    "western_electric2": lambda z, _: _most_beyond(z, distance=2, least=2, size=3),
    "western_electric3": lambda z, _: _most_beyond(z, distance=1, least=4, size=5),
    "western_electric4": lambda z, _: _same_side(z, 8),
}

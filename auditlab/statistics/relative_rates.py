"""Groups with counts and expected counts: how far each lies from the others, and what it may really be.

A group is compared with all others and never with a mean that holds the group itself. Where groups differ for
ordinary reasons, the chance of a count is that of a group drawn from groups that differ so much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import not_negative
from auditlab.statistics.arrays import Floats, floats
from auditlab.statistics.overdispersion import Overdispersion, overdispersion, trimmed_scores
from auditlab.statistics.shrinkage import Gamma

_STRONGEST = 14.0  # log of a shape at which relative rates vary by less than a thousandth


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What all other groups let one expect of each group."""

    expected: Floats  # events at the rate of the others [count]
    information: Floats  # events of the others that this rests on [count]
    odds: Floats  # exposure of the group to that of the others


def others(counts: npt.NDArray[np.float64], *, exposures: npt.NDArray[np.float64]) -> Others:
    """What the other groups let one expect of each group, stratum by stratum.

    Parameters
    ----------
    counts, exposures : array
        Groups in rows, strata in columns. A stratum in which a group is alone says nothing about it and must have no
        exposure there.

    Returns
    -------
    Others
        With one stratum, ``expected`` is the exposure times the rate of the others and ``information`` their count.

    Raises
    ------
    ArgumentError
        If the shapes differ, or a group is alone in a stratum.
    """
    count, size = np.asarray(counts, dtype="float64"), np.asarray(exposures, dtype="float64")
    if count.shape != size.shape or count.ndim != 2:
        raise ArgumentError(
            "Counts and exposures are not of the same shape. Give both with groups in rows and strata in columns."
        )
    rest_count, rest_size = count.sum(axis=0) - count, size.sum(axis=0) - size
    if ((size > 0) & (rest_size <= 0)).any():
        raise ArgumentError(
            "A group is alone in a stratum, so there is nothing to compare it with. Leave it out there."
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(size > 0, size / rest_size, 0.0)
        expected = (share * rest_count).sum(axis=1)
        variance = (share**2 * rest_count).sum(axis=1)
        odds = np.where(
            variance > 0, variance / expected, size.sum(axis=1) / np.where(size > 0, rest_size, 0).sum(axis=1)
        )
        information = np.where(variance > 0, expected**2 / variance, 0.0)
    return Others(expected=expected, information=information, odds=odds)


def leave_one_out(counts: npt.ArrayLike, *, rest: Others, between: float = 0.0) -> Floats:
    """Two-sided p-values of the counts of groups against all other groups.

    Parameters
    ----------
    counts : array of int
        Events of each group [count].
    rest : Others
        Result of `others`.
    between : float
        Variance of relative rates between ordinary groups; 0 is chance alone.

    Returns
    -------
    array of float
        The doubled smaller tail, at most 1. With one stratum and ``between=0`` it is exactly the conditional binomial
        test of the count, given the total and the group's share of the exposure; with a variance between groups the
        negative binomial takes its place [0-1].

    Raises
    ------
    ArgumentError
        If `between` is negative or no number.

    References
    ----------
    .. [1] Przyborowski and Wilenski (1940), Biometrika 31:313-323, for the conditional test. [2] Spiegelhalter,
       Sherlaw-Johnson, Bardsley, Blunt, Wood and Grigg (2012), JRSS A 175:1-47, for the variance between groups.
    """
    spread, count = not_negative(between, name="between"), floats(counts, name="counts")
    # r + 1 events of the others for the upper tail and r for the lower give the tails of the conditional binomial.
    upper = _tail_above(count, mean=rest.expected + rest.odds, shape=rest.information + 1, between=spread)
    lower = 1 - _tail_above(count + 1, mean=rest.expected, shape=rest.information, between=spread)
    p_values: Floats = np.minimum(1.0, 2 * np.minimum(upper, lower))
    return p_values


def _tail_above(count: Floats, *, mean: Floats, shape: Floats, between: float) -> Floats:
    """Chance of `count` or more events under a negative binomial law."""
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = 1 / (between + 1 / shape)
        chance = special.betainc(np.maximum(count, 1), np.maximum(wide, 1e-300), mean / (wide + mean))
    chance = np.where((shape <= 0) | (mean <= 0), 0.0, chance)  # others without events expect none
    tail: Floats = np.where(count <= 0, 1.0, chance)
    return tail


def variance_between(counts: npt.ArrayLike, *, expected: npt.ArrayLike, trim: float = 0.1) -> Overdispersion:
    """Variance of the relative rates of ordinary groups, which outliers at both ends hardly move.

    Parameters
    ----------
    counts : array of int
        Events of each group [count].
    expected : array of float
        Events expected of each group at the common rate; above 0.
    trim : float
        Share of the groups at each end that is set to the nearest group kept [0-0.5).

    Returns
    -------
    Overdispersion
        ``between`` by the method of moments as `statistics.funnel_limits`, where setting the ends back makes normal
        values vary less (0.68 of their variance at a tenth); here ``phi`` and ``between`` make that good, because a
        variance that is too small would flag ordinary groups.

    References
    ----------
    .. [1] Spiegelhalter (2005), Statistics in Medicine 24:1185-1202. [2] Dixon (1960), Annals of Mathematical
       Statistics 31:385-391, for the variance of winsorised values.
    """
    count, expect = floats(counts, name="counts"), floats(expected, name="expected")
    z = np.log((count + 0.5) / (expect + 0.5)) * np.sqrt(expect)
    kept = 1.0
    if trim > 0:
        edge = -float(special.ndtri(trim))
        kept = 1 - 2 * trim - 2 * edge * math.exp(-(edge**2) / 2) / math.sqrt(2 * math.pi) + 2 * trim * edge**2
    return overdispersion(trimmed_scores(z, trim=trim) / math.sqrt(kept), spread=1 / np.sqrt(expect))


def likeliest_gamma(counts: npt.ArrayLike, *, expected: npt.ArrayLike) -> Gamma:
    """The gamma law of relative rates with mean 1 that makes the counts of all groups most likely.

    Parameters
    ----------
    counts : array of int
        Events of each group [count].
    expected : array of float
        Events expected of each group at the common rate; above 0.

    Returns
    -------
    Gamma
        Infinite where the counts vary no more than chance makes them vary.

    Raises
    ------
    ArgumentError
        If lengths differ, fewer than two groups are given, or nothing is expected of one.

    References
    ----------
    .. [1] Fisher (1941), Annals of Eugenics 11:182-187, for the likelihood of the negative binomial law.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  # keeps the import of auditlab light

    count, expect = floats(counts, name="counts"), floats(expected, name="expected")
    if count.size != expect.size or count.size < 2 or not (expect > 0).all() or not (count >= 0).all():
        raise ArgumentError(
            "Too little to compare. Give two groups or more, each with a count from 0 and an expected one above 0."
        )

    def loss(log_shape: float) -> float:
        shape = math.exp(log_shape)
        likely = special.gammaln(count + shape) - special.gammaln(shape) - shape * np.log1p(expect / shape)
        return -float((likely - count * np.log(shape + expect)).sum())

    found = minimize_scalar(loss, bounds=(-7, _STRONGEST), method="bounded", options={"xatol": 1e-10})
    if found.x > _STRONGEST - 1:
        return Gamma(shape=math.inf, rate=math.inf)
    shape = math.exp(float(found.x))
    return Gamma(shape=shape, rate=shape)

"""How good forecasts of rare events were: order, calibration, and how far chance could have made them so.

Cases that share a forecast share a place; what lies across a threshold counts by its share. The intervals draw whole
clusters (sites) again with replacement, because the cells of a site resemble each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from auditlab.statistics.arrays import Floats

Codes: TypeAlias = NDArray[np.intp]

CLIP = 1e-6
"""Forecasts are held this far from 0 and 1 for log odds and log-loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """The cases that were forecast, and what happened.

    Attributes
    ----------
    hit : array
        Whether the event came, by case.
    cluster : array
        Code of the cluster (site) of every case, from 0 up.
    visit : array
        Code of the visit of every case, from 0 up.
    """

    hit: NDArray[np.bool_]
    cluster: Codes
    visit: Codes


def cluster_draws(clusters: int, *, draws: int, seed: int) -> Floats:
    """How often each of `clusters` was drawn, by draw; the first row holds each once, the data themselves."""
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)
    return np.vstack([np.ones((1, clusters)), drawn])


def with_added_odds(chances: Floats, added: Floats) -> Floats:
    """Chances after `added` was added to their log odds [0-1]."""
    held = np.clip(chances, CLIP, 1 - CLIP)
    return np.asarray(1 / (1 + (1 - held) / held * np.exp(-added)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ordered:
    """Cases in falling order of their forecast, with the ends of the groups that share one."""

    cluster: Codes
    hit_places: Codes  # positions of the hits
    group_of_hit: Codes  # number of the group of every hit
    ends: Codes  # last position of every group


def _ordered(forecast: Floats, outcomes: Outcomes) -> _Ordered:
    # Twelve digits: sums that ran in another order must not break a tie.
    order = np.argsort(-np.round(forecast, 12), kind="stable")
    values = np.round(forecast, 12)[order]
    ends = np.append(np.flatnonzero(values[1:] != values[:-1]), len(values) - 1)
    places = np.flatnonzero(outcomes.hit[order])
    return _Ordered(
        cluster=outcomes.cluster[order],
        hit_places=places,
        group_of_hit=np.searchsorted(ends, places),
        ends=ends,
    )


def order_skill(
    forecast: Floats, outcomes: Outcomes, weights: Floats, *, efforts: tuple[float, ...]
) -> NDArray[np.float64]:
    """Average precision, and the share of hits within the first part of all cases.

    Parameters
    ----------
    forecast : array
        By case; only its order counts.
    outcomes : Outcomes
        What happened.
    weights : array
        Result of `cluster_draws`.
    efforts : tuple of float
        Parts of all cases that are looked at [0-1].

    Returns
    -------
    array
        One row per draw: average precision, then the recall at each effort [0-1]; ``nan`` without a hit.

    References
    ----------
    Average precision as the sum of precision times the step in recall over all thresholds (no interpolation).
    """
    ordered = _ordered(forecast, outcomes)
    return np.array(list(_skills(ordered, weights, efforts)))


def _skills(ordered: _Ordered, weights: Floats, efforts: tuple[float, ...]) -> Iterator[list[float]]:
    group, ends = ordered.group_of_hit, ordered.ends
    for draw in weights:
        weight = draw[ordered.cluster]
        looked = np.cumsum(weight)[ends]
        gained = np.bincount(group, weights=weight[ordered.hit_places], minlength=len(ends))
        caught = np.cumsum(gained)
        hits = caught[-1]
        if not hits:
            yield [np.nan] * (1 + len(efforts))
            continue
        some = gained > 0
        precision = float(np.sum(gained[some] * caught[some] / looked[some]) / hits)
        at = [float(np.interp(effort * looked[-1], np.r_[0, looked], np.r_[0, caught]) / hits) for effort in efforts]
        yield [precision, *at]


def visit_recall(forecast: Floats, outcomes: Outcomes, *, efforts: tuple[float, ...]) -> Floats:
    """Hits caught when each visit looks only at its own first part.

    Parameters
    ----------
    forecast : array
        By case.
    outcomes : Outcomes
        What happened.
    efforts : tuple of float
        Parts of the cases of every visit that are looked at [0-1].

    Returns
    -------
    array
        One row per cluster: hits caught at each effort, then all hits [count].
    """
    rounded = -np.round(forecast, 12)
    order = np.lexsort((rounded, outcomes.visit))
    visit, values = outcomes.visit[order], rounded[order]
    size = np.bincount(visit)
    first = np.cumsum(size) - size
    place = np.arange(len(visit)) - first[visit]
    starts = np.r_[True, (visit[1:] != visit[:-1]) | (values[1:] != values[:-1])]
    group = np.cumsum(starts) - 1
    length, begins = np.bincount(group), place[starts]
    hit, cluster = outcomes.hit[order], outcomes.cluster[order]
    clusters = int(outcomes.cluster.max()) + 1
    columns = []
    for effort in efforts:
        room = np.clip(effort * size[visit] - begins[group], 0, length[group]) / length[group]
        columns.append(np.bincount(cluster, weights=hit * room, minlength=clusters))
    return np.column_stack([*columns, np.bincount(cluster, weights=hit, minlength=clusters)])


def log_losses(forecast: Floats, outcomes: Outcomes) -> Floats:
    """Sum of the log-loss and number of cases, one row per cluster."""
    held = np.clip(forecast, CLIP, 1 - CLIP)
    loss = -np.log(np.where(outcomes.hit, held, 1 - held))
    clusters = int(outcomes.cluster.max()) + 1
    sums = np.bincount(outcomes.cluster, weights=loss, minlength=clusters)
    return np.column_stack([sums, np.bincount(outcomes.cluster, minlength=clusters)])


def ratios(sums: Floats, weights: Floats) -> Floats:
    """Sums of clusters divided by their last column, one row per draw."""
    totals = weights @ sums
    with np.errstate(invalid="ignore"):
        return np.asarray(totals[:, :-1] / totals[:, -1:])


def calibration_slopes(forecast: Floats, outcomes: Outcomes, weights: Floats) -> Floats:
    """Slope of the outcome on the log odds of the forecast, by draw; 1 is right, less is too bold.

    The draws take one Newton step from the slope of the data, which is exact to the order of the
    sampling error.

    Returns
    -------
    array
        ``nan`` where all forecasts are (nearly) the same, or part hits from misses without an error.

    References
    ----------
    .. [1] Cox (1958), Biometrika 45:562-565, for the slope.
    .. [2] Moulton and Zeger (1991), Computational Statistics and Data Analysis 11:53-63, for the one-step bootstrap.
    """
    held = np.clip(forecast, CLIP, 1 - CLIP)
    odds = np.log(held / (1 - held))
    if float(odds.std()) < 0.05 or outcomes.hit.all() or not outcomes.hit.any():
        return np.full(len(weights), np.nan)
    beta = _logistic(odds, outcomes.hit)
    if beta is None:
        return np.full(len(weights), np.nan)
    chance = 1 / (1 + np.exp(-(beta[0] + beta[1] * odds)))
    clusters, spread = weights.shape[1], chance * (1 - chance)

    def by_cluster(values: Floats) -> Floats:
        return np.asarray(weights @ np.bincount(outcomes.cluster, weights=values, minlength=clusters))

    rest = outcomes.hit - chance
    score_0, score_1 = by_cluster(rest), by_cluster(rest * odds)
    i_00, i_01, i_11 = by_cluster(spread), by_cluster(spread * odds), by_cluster(spread * odds**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = beta[1] + (i_00 * score_1 - i_01 * score_0) / (i_00 * i_11 - i_01**2)
    return np.asarray(np.where(np.isfinite(slopes), slopes, np.nan))


def _logistic(odds: Floats, hit: NDArray[np.bool_]) -> Floats | None:
    """Intercept and slope of a logistic regression; `None` where the hits can be split off exactly."""
    design = np.column_stack([np.ones_like(odds), odds])
    beta = np.array([0.0, 1.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(design @ beta)))
        information = (design.T * (chance * (1 - chance))) @ design
        if np.linalg.det(information) < 1e-9:
            return None
        step = np.linalg.solve(information, design.T @ (hit - chance))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            return np.asarray(beta)
    return None

"""How firm an order of priorities is: the same order drawn many times within what is not known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError

SPREAD = 0.5
"""A contribution is drawn between its weight times 1 - SPREAD and times 1 + SPREAD."""

RANK_INTERVAL = 0.90
"""Share of the draws that lies within ``rank_low`` to ``rank_high``."""

TOP = 5
"""Ranks counted in ``top5_share``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """The cells in their fixed order, as arrays."""

    above: np.ndarray  # first parameter of the Beta distribution, by cell
    below: np.ndarray  # second parameter
    weights: np.ndarray  # cells x kinds


def log_odds(share: pd.Series) -> pd.Series:
    """``log(p / (1 - p))``, kept finite for shares of exactly 0 and 1."""
    return pd.Series(_logit(share.to_numpy(float)), index=share.index)


DRAWS = 10_000
"""Draws: a share of 0.96 then has a standard error of 0.002, so that a statement such as "in at least 95 %" does not
hang on the seed."""

BLOCK = 2_000_000
"""Numbers drawn at a time; the draws do not depend on it [count]."""


def rank_stability(cells: pd.DataFrame, weights: pd.DataFrame, *, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """Ranks of the cells when expectations and contributions are drawn within their uncertainty.

    In every draw each kind of contribution is multiplied by one uniform number from 0.5 to 1.5 (a weight is
    judgement, the same for all cells), and the expectation of each cell comes from its Beta distribution.

    Parameters
    ----------
    cells : DataFrame
        ``alpha, beta`` of the Beta distribution, one row per cell, in the order that decides ties.
    weights : DataFrame
        Contributions by cell (same rows) and kind (columns), 0 where there is none.
    draws : int
        Number of draws.
    seed : int
        Seed of the random numbers.

    Returns
    -------
    DataFrame
        ``rank_low, rank_high`` (90 % of the draws), ``top5_share, first_share`` (both drawn) and ``rank1_share``
        (first when the contributions alone are drawn: does the top hang on the judgement?) [0-1], with the
        index of `cells`.

    Raises
    ------
    ArgumentError
        If `draws` is below 1.
    """
    if draws < 1:
        raise ArgumentError(f"{draws} draws were asked for. Ask for one or more; {DRAWS} is usual.")
    arrays = _Cells(above=cells["alpha"].to_numpy(), below=cells["beta"].to_numpy(), weights=weights.to_numpy(float))
    ranks, judged = _drawn_ranks(arrays, draws, np.random.default_rng(seed))
    tail = (1 - RANK_INTERVAL) / 2
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=0, method="inverted_cdf") if len(cells) else (ranks, ranks)
    return pd.DataFrame(
        {
            "rank_low": np.asarray(low).reshape(-1)[: len(cells)].astype("int64"),
            "rank_high": np.asarray(high).reshape(-1)[: len(cells)].astype("int64"),
            "top5_share": (ranks <= TOP).mean(axis=0),
            "first_share": (ranks == 1).mean(axis=0),
            "rank1_share": judged,
        },
        index=cells.index,
    )


def _drawn_ranks(cells: _Cells, draws: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Ranks by draw and cell with contributions and expectations drawn; share of firsts with contributions alone."""
    count, kinds = cells.weights.shape
    factors = generator.uniform(1 - SPREAD, 1 + SPREAD, size=(draws, kinds))
    tiny = np.finfo(float).tiny
    above, below = np.maximum(cells.above, tiny), np.maximum(cells.below, tiny)
    expected = _logit(above / (above + below))
    ranks, firsts = np.empty((draws, count), dtype="int32"), np.zeros(count)
    step = max(1, BLOCK // max(count, 1))
    for start in range(0, draws, step):
        added = factors[start : start + step] @ cells.weights.T
        drawn = generator.beta(above, below, size=added.shape)
        ranks[start : start + step] = _ranked(_logit(drawn) + added)
        firsts += (_ranked(expected + added) == 1).sum(axis=0)
    return ranks, firsts / draws


def _logit(share: np.ndarray) -> np.ndarray:
    held = np.clip(share, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(held / (1 - held)))


def _ranked(scores: np.ndarray) -> np.ndarray:
    """Ranks within every row, the highest score first; ties by position."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.broadcast_to(np.arange(1, scores.shape[1] + 1), order.shape), axis=1)
    return ranks

"""The random reserve: part of the free time goes to cells that chance picks, not the order.

Without it an order of priority proves itself right: auditors find where they look, and look where they found. What
the random cells show is the only measure of what the order misses.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import clause_sort_key, natural_order

RANDOM_SHARE = 0.20
"""Share of the free time that goes to random cells, where the settings say nothing else [0-1]."""


def random_minutes(
    cells: pd.DataFrame, *, minutes: int, depth: np.ndarray, candidates: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw cells at random until their time is used up.

    The draw knows clause, site and seed alone, so that no score can move it.

    Parameters
    ----------
    cells : DataFrame
        ``clause, site``.
    minutes : int
        Time of the reserve [minutes].
    depth : array
        What a drawn cell gets, by cell; the last one may get less [minutes].
    candidates : array of bool
        Cells that can be drawn; all of them where there is none.
    seed : int
        Seed of the draw.

    Returns
    -------
    tuple of array
        Minutes by cell, and the place of each cell in the draw (0 first).

    Raises
    ------
    ArgumentError
        If the minutes are negative.
    """
    if minutes < 0:
        raise ArgumentError(f"The random reserve is {minutes} minutes. Give 0 or more.")
    names = pd.DataFrame({"clause": cells["clause"].map(clause_sort_key), "site": cells["site"].map(natural_order)})
    fixed = np.asarray(names.reset_index(drop=True).sort_values(["clause", "site"], kind="stable").index)
    drawn = fixed[np.random.default_rng(seed).permutation(len(fixed))]
    place = np.empty(len(drawn), dtype=int)
    place[drawn] = np.arange(len(drawn))
    allowed = candidates if candidates.any() else np.ones(len(cells), dtype=bool)
    return in_turn(np.where(allowed, depth, 0), minutes, place), place


def in_turn(wishes: np.ndarray, budget: int, place: np.ndarray | None = None) -> np.ndarray:
    """Each wish in turn until the budget is used; the last one may be cut.

    Parameters
    ----------
    wishes : array of int
        By cell [minutes].
    budget : int
        Time for all of them [minutes].
    place : array of int, optional
        Turn of each cell; by default as they stand.
    """
    turn = np.arange(len(wishes)) if place is None else np.argsort(place)
    asked = wishes[turn]
    granted = np.empty_like(asked)
    granted[turn] = np.clip(budget - (np.cumsum(asked) - asked), 0, asked)
    return np.asarray(granted)

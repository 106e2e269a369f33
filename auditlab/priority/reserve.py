"""The random reserve: part of the free time goes to cells that chance picks, not the order.

Without it an order of priority proves itself right: auditors find where they look, and look where they found. What
the random cells show is the only measure of what the order misses.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab.history.cells import clause_sort_key, natural_order


def clause_order(cells: pd.DataFrame) -> np.ndarray:
    """Positions of the cells in clause order, then site: the order that decides ties, and that of the draws."""
    names = pd.DataFrame({"clause": cells["clause"].map(clause_sort_key), "site": cells["site"].map(natural_order)})
    return np.asarray(names.reset_index(drop=True).sort_values(["clause", "site"], kind="stable").index)


def turn_of(cells: pd.DataFrame, *, seed: int) -> np.ndarray:
    """The place of each cell in the draw, 0 first.

    The draw knows clause, site and seed alone, so that no score can move it.

    Parameters
    ----------
    cells : DataFrame
        ``clause, site``.
    seed : int
        Seed of the draw.
    """
    fixed = clause_order(cells)
    drawn = fixed[np.random.default_rng(seed).permutation(len(fixed))]
    turn = np.empty(len(drawn), dtype=int)
    turn[drawn] = np.arange(len(drawn))
    return turn


def drawn_slots(turn: np.ndarray, candidates: np.ndarray, *, minutes: int, slot: int, most: int) -> np.ndarray:
    """Minutes by cell when the candidates get one slot each in turn, for so many minutes to the nearest slot.

    Parameters
    ----------
    turn : array of int
        Result of `turn_of`.
    candidates : array of bool
        Cells that can be drawn.
    minutes : int
        Time of the reserve [minutes].
    slot : int
        What a drawn cell gets [minutes].
    most : int
        Time that is there at all [minutes].
    """
    count = min((2 * minutes + slot - 1) // (2 * slot), most // slot)
    order = np.argsort(turn)
    chosen = order[candidates[order]][:count]
    given = np.zeros(len(turn), dtype=int)
    given[chosen] = slot
    return given


def in_turn(wishes: np.ndarray, budget: int) -> np.ndarray:
    """Each wish in turn until the budget is used; the last one may be cut.

    Parameters
    ----------
    wishes : array of int
        By cell, as they stand [minutes].
    budget : int
        Time for all of them [minutes].
    """
    before = np.cumsum(wishes) - wishes
    return np.asarray(np.clip(budget - before, 0, wishes))

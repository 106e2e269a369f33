"""Minutes by cell for a whole budget and for less.

A simple rule that can be followed by hand. Nobody examines a clause in five minutes, so time is given in useful slots:

1. duties: what must be covered and what must be followed up, each with a floor;
2. a slot or more for every cell with a clause that nobody examined in this cycle, because it is uncertain and
   not safe;
3. of the time beyond, a share for cells drawn at random;
4. of the rest, one half at most for a slot each in the order of priority, the other half to look deeper, in
   proportion to the chance that the score stands for.

With less time the duties and the unexamined cells keep their floors; depth shrinks for all alike, and the last slots
in the order fall out whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.priority.claims import Claims, TimeRules, claims_of
from auditlab.priority.parts import planned_cells
from auditlab.priority.reserve import drawn_slots, in_turn

BUDGET_SHARES = (1.0, 0.8, 0.6)

STEP = 5
"""Time to look deeper is given in steps of so many minutes."""

ALLOCATION_DTYPES = {
    "budget_share": "float64",
    "site": "str",
    "clause": "str",
    "rank": "int64",
    "part": "str",
    "minutes": "int64",
    "random_minutes": "int64",
    "floor": "int64",
    "reason": "str",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """Minutes by cell and what they are for; the five sum to the budget."""

    duty: np.ndarray
    unseen: np.ndarray
    random: np.ndarray
    breadth: np.ndarray
    depth: np.ndarray

    @property
    def total(self) -> np.ndarray:
        return np.asarray(self.duty + self.unseen + self.random + self.breadth + self.depth)


def allocation(
    cells: pd.DataFrame,
    *,
    budget_minutes: int,
    shares: Sequence[float] = BUDGET_SHARES,
    rules: TimeRules | None = None,
    seed: int = 0,
    sites: Collection[str] | None = None,
) -> pd.DataFrame:
    """Minutes of audit time by cell for each share of the budget.

    Parameters
    ----------
    cells : DataFrame
        Result of `priorities`.
    budget_minutes : int
        The whole budget [minutes].
    shares : sequence of float
        Shares of the budget to plan for [0-1].
    rules : TimeRules, optional
        Least times, and the share of the time beyond them that goes to cells drawn at random, one slot each,
        rounded to whole slots. A contingency reserve is the business of the audit plan and not kept back here.
    seed : int
        Seed of that draw.
    sites : collection of str, optional
        Sites that will be visited; cells elsewhere get no time. Default: all.

    Returns
    -------
    DataFrame
        One row per share and cell, by share (largest first) and rank: ``budget_share, site, clause, rank, part``
        (mandatory, unexamined, random, priority, or none without time), ``minutes, random_minutes`` (of them
        by the draw), ``floor`` [minutes], ``reason``. The minutes of a share sum exactly to its part of the
        budget, rounded to a minute.

    Raises
    ------
    ArgumentError
        If a number of minutes is no whole number from 0 up (the slot from 1), a share lies outside 0 to 1
        (the random share may be 0), or there is no cell to plan for.
    """
    asked = TimeRules() if rules is None else rules
    _check(cells, budget_minutes, shares, asked)
    ranked = cells.sort_values("rank").reset_index(drop=True)
    claims = claims_of(ranked, rules=asked, sites=ranked["site"] if sites is None else sites, seed=seed)
    if not claims.open.any():
        raise ArgumentError("None of the cells lies at a site that will be visited. Name the sites as the cells do.")
    whole = _whole(claims, budget_minutes, asked)
    plans = []
    for share in sorted(set(shares), reverse=True):
        budget = part_of(budget_minutes, share)
        split = whole if budget == budget_minutes else _less(claims, whole, budget, asked)
        drawn = split.random
        plans.append(planned_cells(ranked, claims, share=share, minutes=split.total, random=drawn, drawn=drawn))
    return pd.concat(plans, ignore_index=True).astype(ALLOCATION_DTYPES)


def _check(cells: pd.DataFrame, budget: int, shares: Sequence[float], rules: TimeRules) -> None:
    least = {"leaf_minutes": rules.leaf_minutes, "follow_up_minutes": rules.follow_up_minutes}
    for name, number in ({"budget_minutes": budget, **least, "slot": rules.slot}).items():
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < (name == "slot"):
            fewest = "1" if name == "slot" else "0"
            raise ArgumentError(f"{name} is {number!r}. Give a whole number of minutes, {fewest} or more.")
    outside = [share for share in shares if not 0 < share <= 1]
    if outside or not len(shares):
        raise ArgumentError(f"The shares of the budget are {list(shares)}. Give numbers above 0 and up to 1.")
    if not 0 <= rules.random_share < 1:
        raise ArgumentError(f"random_share is {rules.random_share!r}. Give a share from 0 to below 1; 0.2 is usual.")
    if cells.empty:
        raise ArgumentError("There is no cell to give time to. Hand over the result of priorities.")


def part_of(budget: int, share: float) -> int:
    """A share of the budget in whole minutes, half a minute up; free of binary fractions such as 0.8."""
    return int(Fraction(str(share)) * budget + Fraction(1, 2))


def _whole(claims: Claims, budget: int, rules: TimeRules) -> _Split:
    """The plan for the whole budget."""
    duty, unseen, drawn, breadth, left = _slots(claims, budget, rules)
    here = duty + unseen + breadth > 0
    # Without any of them what is left belongs to the drawn cells, or is less than two slots for the first cell.
    others = drawn > 0 if drawn.any() else np.cumsum(claims.open) * claims.open == 1
    depth = _in_proportion(claims.chance * (here if here.any() else others), left)
    return _Split(duty=duty, unseen=unseen, random=drawn, breadth=breadth, depth=depth)


def _slots(claims: Claims, budget: int, rules: TimeRules) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Floors, unexamined cells, random cells and slots in the order of priority, and the minutes left for depth."""
    duty = in_turn(claims.duty, budget)
    unseen = in_turn(claims.unexamined, budget - int(duty.sum()))
    beyond = budget - int(duty.sum() + unseen.sum())
    reserved = part_of(beyond, rules.random_share)
    drawn = drawn_slots(claims.turn, claims.free, minutes=reserved, slot=rules.slot, most=beyond)
    rest = beyond - int(drawn.sum())
    wanted = claims.free & (drawn == 0)
    breadth = wanted & (np.cumsum(wanted) <= rest // (2 * rules.slot))
    minutes = np.where(breadth, rules.slot, 0)
    return duty, unseen, drawn, minutes, rest - int(minutes.sum())


def _in_proportion(weights: np.ndarray, minutes: int) -> np.ndarray:
    """Minutes in steps by largest remainder, equal remainders to the higher priority; odd minutes to the first."""
    if minutes <= 0 or not weights.any():
        return np.zeros(len(weights), int)
    steps = minutes // STEP
    exact = weights / weights.sum() * steps
    parts = np.floor(exact).astype(int)
    # Twelve digits: equal remainders must not be told apart by their last bits.
    order = np.argsort(-np.round(exact - parts, 12), kind="stable")
    parts[order[: steps - int(parts.sum())]] += 1
    given = parts * STEP
    given[int(np.flatnonzero(weights)[0])] += minutes - steps * STEP
    return np.asarray(given)


def _less(claims: Claims, whole: _Split, budget: int, rules: TimeRules) -> _Split:
    """The plan for less; no cell gets more than in the plan for all."""
    within = replace(claims, open=claims.open & (whole.total >= rules.slot))
    duty, unseen, drawn, breadth, left = _slots(within, budget, rules)
    given = duty + unseen + drawn + breadth
    # A cell that lost its slot loses its depth too; where no cell has a slot, the depth is all there is.
    room = whole.total - given
    deeper = np.where((given > 0) | (not given.any()), np.minimum(whole.depth, room), 0)
    most = int(deeper.sum())
    # Whole steps, so that a cell does not keep three minutes of its depth.
    depth = (deeper * min(left, most) // (max(most, 1) * STEP)) * STEP
    depth = depth + in_turn(deeper - depth, left - int(depth.sum()))
    room = np.maximum(room - depth, 0)
    return _Split(
        duty=duty,
        unseen=unseen,
        random=drawn,
        breadth=breadth,
        depth=depth + in_turn(room, left - int(depth.sum())),
    )

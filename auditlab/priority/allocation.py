"""Minutes by cell for a whole budget and for less, and what is lost with less.

A simple rule that can be followed by hand. With the whole budget: floors of mandatory cells first; of what is left, a
share for cells drawn at random; then floors of the others in order of priority, then the remainder in proportion to
the chance that the score stands for. With less: the mandatory floors stay, the random cells keep their share in the
order of the draw, and the cells get their time of the whole budget in order of priority until it is used, so that time
is taken from the end of the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.priority.reserve import in_turn, random_minutes

BUDGET_SHARES = (1.0, 0.8, 0.6)
MANDATORY_FLOOR = 10
OTHER_FLOOR = 5

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


class Part(StrEnum):
    """Why a cell has its time."""

    MANDATORY = "mandatory"
    PRIORITY = "priority"
    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """Minutes by cell and what they are for; the three sum to the budget."""

    duty: np.ndarray
    random: np.ndarray
    order: np.ndarray

    @property
    def total(self) -> np.ndarray:
        return np.asarray(self.duty + self.random + self.order)


LOSS_DTYPES = {
    "budget_share": "float64",
    "site": "str",
    "clause": "str",
    "rank": "int64",
    "minutes_lost": "int64",
    "minutes_left": "int64",
    "reason": "str",
}


def allocation(
    cells: pd.DataFrame,
    *,
    budget_minutes: int,
    shares: Sequence[float] = BUDGET_SHARES,
    mandatory_floor: int = MANDATORY_FLOOR,
    other_floor: int = OTHER_FLOOR,
    random_share: float = 0.0,
    seed: int = 0,
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
    mandatory_floor, other_floor : int
        Least time per auditable leaf of a mandatory cell, and of another cell [minutes].
    random_share : float
        Share of the time beyond the mandatory floors that goes to cells drawn at random [0-1]. A drawn cell gets
        the floor of a mandatory one, so that random and chosen cells can be compared afterwards.
    seed : int
        Seed of that draw.

    Returns
    -------
    DataFrame
        One row per share and cell, by share (largest first) and rank: ``budget_share, site, clause, rank, part``
        (random where the draw gave it time, else mandatory or priority), ``minutes, random_minutes`` (of them by
        the draw), ``floor`` [minutes], ``reason``. The minutes of a share sum exactly to its part of the budget,
        rounded to a minute.

    Raises
    ------
    ArgumentError
        If the budget or a floor is no whole number of minutes from 0 up, a share lies outside 0 to 1 (the random
        share may be 0), or there is no cell to plan for.
    """
    _check(cells, budget_minutes, shares, {"mandatory_floor": mandatory_floor, "other_floor": other_floor})
    if not 0 <= random_share < 1:
        raise ArgumentError(f"random_share is {random_share!r}. Give a share from 0 to below 1; 0.2 is usual.")
    ranked = cells.sort_values("rank").reset_index(drop=True)
    mandatory = ranked["mandatory"].fillna("").ne("").to_numpy()
    floors = ranked["leaves"].to_numpy(int) * np.where(mandatory, mandatory_floor, other_floor)
    duty = in_turn(np.where(mandatory, floors, 0), budget_minutes)
    reserved = part_of(budget_minutes - int(duty.sum()), random_share)
    depth = ranked["leaves"].to_numpy(int) * mandatory_floor
    drawn, place = random_minutes(ranked, minutes=reserved, depth=depth, candidates=~mandatory, seed=seed)
    free = budget_minutes - int(duty.sum() + drawn.sum())
    left = np.maximum(np.where(mandatory, 0, floors) - drawn, 0)
    whole = _Split(duty=duty, random=drawn, order=_by_order(ranked["score"].to_numpy(float), left, free))
    plans = []
    for share in sorted(set(shares), reverse=True):
        budget = part_of(budget_minutes, share)
        split = whole if budget == budget_minutes else _less(whole, budget, random_share, place)
        plans.append(_plan(ranked, share, split, floors, mandatory))
    return pd.concat(plans, ignore_index=True).astype(ALLOCATION_DTYPES)


def _check(cells: pd.DataFrame, budget: int, shares: Sequence[float], floors: dict[str, int]) -> None:
    for name, number in {"budget_minutes": budget, **floors}.items():
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 0:
            raise ArgumentError(f"{name} is {number!r}. Give a whole number of minutes, 0 or more.")
    outside = [share for share in shares if not 0 < share <= 1]
    if outside or not len(shares):
        raise ArgumentError(f"The shares of the budget are {list(shares)}. Give numbers above 0 and up to 1.")
    if cells.empty:
        raise ArgumentError("There is no cell to give time to. Hand over the result of priorities.")


def part_of(budget: int, share: float) -> int:
    """A share of the budget in whole minutes, half a minute up; free of binary fractions such as 0.8."""
    return int(Fraction(str(share)) * budget + Fraction(1, 2))


def _by_order(scores: np.ndarray, floors: np.ndarray, budget: int) -> np.ndarray:
    minutes = in_turn(floors, budget)
    return np.asarray(minutes + _in_proportion(1 / (1 + np.exp(-scores)), budget - int(minutes.sum())))


def _in_proportion(chances: np.ndarray, minutes: int) -> np.ndarray:
    """Whole minutes by largest remainder; equal remainders go to the higher priority."""
    exact = chances / chances.sum() * minutes
    parts = np.floor(exact).astype(int)
    # Twelve digits: equal remainders must not be told apart by their last bits.
    order = np.argsort(-np.round(exact - parts, 12), kind="stable")
    left = minutes - int(parts.sum())
    parts[order[:left]] += 1
    return np.asarray(parts)


def _less(whole: _Split, budget: int, random_share: float, place: np.ndarray) -> _Split:
    duty = in_turn(whole.duty, budget)
    drawn = in_turn(whole.random, part_of(budget - int(duty.sum()), random_share), place)
    return _Split(duty=duty, random=drawn, order=in_turn(whole.order, budget - int(duty.sum() + drawn.sum())))


def _plan(ranked: pd.DataFrame, share: float, split: _Split, floors: np.ndarray, mandatory: np.ndarray) -> pd.DataFrame:
    reasons = [
        _words(int(given), int(drawn), int(floor), why if must else "")
        for given, drawn, floor, must, why in zip(
            split.total, split.random, floors, mandatory, ranked["mandatory"], strict=True
        )
    ]
    duty = np.where(mandatory, str(Part.MANDATORY), str(Part.PRIORITY))
    return pd.DataFrame(
        {
            "budget_share": share,
            "site": ranked["site"],
            "clause": ranked["clause"],
            "rank": ranked["rank"],
            "part": np.where(split.random > 0, str(Part.RANDOM), duty),
            "minutes": split.total,
            "random_minutes": split.random,
            "floor": floors,
            "reason": reasons,
        }
    )


def _words(minutes: int, drawn: int, floor: int, duty: str) -> str:
    if drawn:
        words = f"{drawn} drawn at random" + (f" and {minutes - drawn} by duty or priority" if minutes > drawn else "")
    elif minutes == 0:
        words = "no time left at this place in the order"
    elif minutes < floor:
        words = f"{floor - minutes} minutes short of its floor"
    elif minutes == floor:
        words = "floor"
    else:
        words = f"floor {floor} and {minutes - floor} by priority"
    return f"{words}; {duty}" if duty else words


def loss_list(plan: pd.DataFrame) -> pd.DataFrame:
    """What each smaller budget takes away, and what even the largest cannot cover.

    Parameters
    ----------
    plan : DataFrame
        Result of `allocation`.

    Returns
    -------
    DataFrame
        ``budget_share, site, clause, rank, minutes_lost`` (against the largest share; at the largest, against the
        floor) [minutes], ``minutes_left, reason``, by share (largest first) and rank.
    """
    largest = plan["budget_share"].max()
    full = plan[plan["budget_share"] == largest].set_index(["site", "clause"])["minutes"]
    places = pd.MultiIndex.from_frame(plan[["site", "clause"]])
    reference = np.where(plan["budget_share"] == largest, plan["floor"], full.reindex(places).to_numpy())
    lost = plan.assign(minutes_lost=reference - plan["minutes"], minutes_left=plan["minutes"])
    lost = lost[lost["minutes_lost"] > 0].sort_values(["budget_share", "rank"], ascending=[False, True])
    reasons = [
        _loss_words(share == largest, int(left))
        for share, left in zip(lost["budget_share"], lost["minutes_left"], strict=True)
    ]
    return lost.assign(reason=reasons)[list(LOSS_DTYPES)].astype(LOSS_DTYPES).reset_index(drop=True)


def _loss_words(at_largest: bool, left: int) -> str:  # noqa: FBT001  # one private use
    if at_largest:
        return "the whole budget does not reach its floor" if left else "the whole budget does not reach this cell"
    if left:
        return "shortened: higher priorities and mandatory floors come first"
    return "not examined: higher priorities and mandatory floors come first"

"""What each cell may ask of the time of a visit, rule by rule; the order of priority and the audit plan share it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlab.engagement import Engagement
from auditlab.priority.reserve import turn_of

SLOT = 15
"""The shortest time in which an examination is of use [minutes]."""

LEAF_MINUTES = 5
"""Least time for each clause below a cell that must be covered, or that nobody examined in this cycle [minutes]."""

FOLLOW_UP_MINUTES = 20
"""Least time to follow up one earlier nonconformity [minutes]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRules:
    """Least times and reserves."""

    slot: int = SLOT  # shortest useful time at a cell [minutes]
    leaf_minutes: int = LEAF_MINUTES  # for each clause below a cell that must be covered [minutes]
    follow_up_minutes: int = FOLLOW_UP_MINUTES  # for each earlier nonconformity [minutes]
    random_share: float = 0.2  # of the time beyond floors [0-1]
    contingency_share: float = 0.05  # of the budget [0-1]


def time_rules(lab: Engagement) -> TimeRules:
    """The least times and reserves that the settings of an engagement state."""
    chosen = lab.settings.plan
    return TimeRules(
        slot=chosen.slot_minutes,
        leaf_minutes=chosen.leaf_minutes,
        follow_up_minutes=chosen.follow_up_minutes,
        random_share=lab.settings.method.random_share,
        contingency_share=chosen.contingency_share,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Minutes that each rule asks for, by cell in the order of priority."""

    cover: np.ndarray
    follow_up: np.ndarray
    unexamined: np.ndarray
    chance: np.ndarray  # what the score stands for [0-1]
    open: np.ndarray  # whether the site is visited
    turn: np.ndarray  # place in the random draw

    @property
    def duty(self) -> np.ndarray:
        """What rules, the type of the audit and earlier nonconformities ask for [minutes]."""
        return np.asarray(self.cover + self.follow_up)

    @property
    def free(self) -> np.ndarray:
        """Cells at visited sites that neither duty nor lack of examination brings in."""
        return np.asarray(self.open & (self.floor == 0))

    @property
    def floor(self) -> np.ndarray:
        """The least time of each cell [minutes]."""
        return np.asarray(self.cover + self.follow_up + self.unexamined)


def claims_of(ranked: pd.DataFrame, *, rules: TimeRules, sites: Collection[str], seed: int) -> Claims:
    """The claims of cells in the order of priority.

    A cell that must be covered has a slot, or more where many clauses lie below it. Each earlier
    nonconformity adds its own time. A cell with a clause that nobody examined in this cycle has a slot even
    if nothing else calls for it.

    Parameters
    ----------
    ranked : DataFrame
        Result of ``priority.priorities`` by rank; a cell is due where ``mandatory`` says anything. Without
        ``untouched_leaves`` and ``follow_ups`` there are none.
    rules : TimeRules
        Least times.
    sites : collection of str
        Sites that are visited.
    seed : int
        Seed of the random draw.
    """
    visited = ranked["site"].isin(list(sites)).to_numpy()
    leaves = ranked["leaves"].to_numpy(int)
    untouched, follow_ups = _counts(ranked, "untouched_leaves"), _counts(ranked, "follow_ups")
    due = ranked["mandatory"].fillna("").ne("").to_numpy() | (follow_ups > 0)
    cover = np.where(due & visited, np.maximum(leaves * rules.leaf_minutes, rules.slot), 0)
    unexamined = np.where((untouched > 0) & visited, np.maximum(untouched * rules.leaf_minutes, rules.slot), 0)
    return Claims(
        cover=cover,
        follow_up=np.where(visited, follow_ups * rules.follow_up_minutes, 0),
        unexamined=np.maximum(unexamined - cover, 0),
        chance=1 / (1 + np.exp(-ranked["score"].to_numpy(float))),
        open=visited,
        turn=turn_of(ranked, seed=seed),
    )


def _counts(ranked: pd.DataFrame, column: str) -> np.ndarray:
    return ranked[column].to_numpy(int) if column in ranked else np.zeros(len(ranked), int)

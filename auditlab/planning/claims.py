"""What each cell may ask of the time of a visit, rule by rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from auditlab.history.cells import text_of
from auditlab.priority.reserve import turn_of


class Rule(StrEnum):
    """The rules that give time, strongest first; where time is short the last one yields first."""

    MUST_COVER = "must cover"
    FOLLOW_UP = "follow-up of earlier nonconformities"
    UNEXAMINED = "not examined in this cycle"
    RANDOM = "random reserve"
    CONTINGENCY = "contingency reserve"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRules:
    """Least times and reserves."""

    slot: int = 15  # shortest useful time at a cell [minutes]
    leaf_minutes: int = 5  # for each clause below a cell that must be covered [minutes]
    follow_up_minutes: int = 20  # for each earlier nonconformity [minutes]
    random_share: float = 0.2  # of the time beyond floors [0-1]
    contingency_share: float = 0.05  # of the budget [0-1]


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
        Result of ``priority.priorities`` by rank.
    rules : TimeRules
        Least times.
    sites : collection of str
        Sites that are visited.
    seed : int
        Seed of the random draw.
    """
    visited = ranked["site"].isin(list(sites)).to_numpy()
    leaves = ranked["leaves"].to_numpy(int)
    untouched = ranked["untouched_leaves"].to_numpy(int)
    follow_ups = ranked["follow_ups"].to_numpy(int)
    # A duty names more than follow-ups where a rule or the type of audit asks for the clause itself.
    covered = np.array([_covered(text_of(why)) for why in ranked["mandatory"]], dtype=bool)
    due = covered | (follow_ups > 0)
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


def _covered(why: str) -> bool:
    return any(part and not part.startswith("follow up") for part in why.split("; "))

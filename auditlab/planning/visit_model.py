"""The mixed-integer programme of one visit: cells, half days at sites, and the price of every rule that yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from auditlab.planning.linear import TIE_BREAK, Programme
from auditlab.planning.workdays import Workdays
from auditlab.priority.allocation import STEP, part_of
from auditlab.priority.claims import Claims, TimeRules

TIERS = ((15, 0.5), (30, 0.25), (60, 0.125))
"""Further time at a cell and what it is worth against its first slot, minute by minute."""

GAP = 1e-4
"""Relative gap at which the solver stops."""


class Rule(StrEnum):
    """The rules that give time, strongest first; where time is short the last one yields first."""

    MUST_COVER = "must cover"
    FOLLOW_UP = "follow-up of earlier nonconformities"
    UNEXAMINED = "not examined in this cycle"
    RANDOM = "random reserve"
    CONTINGENCY = "contingency reserve"


_PRICES = {Rule.MUST_COVER: 64.0, Rule.FOLLOW_UP: 32.0, Rule.UNEXAMINED: 16.0, Rule.RANDOM: 8.0, Rule.CONTINGENCY: 4.0}
_MOVE = 5.0  # what it costs that an auditor changes the site at noon, in slots
_OPENED_AT_CENTRE = 2.0  # what it is worth that somebody is at the first site when the audit opens, in slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem: what is asked and what there is."""

    ranked: pd.DataFrame
    sites: tuple[str, ...]  # visited, the central function first
    claims: Claims
    rules: TimeRules
    days: Workdays
    budget: int
    most: np.ndarray | None  # minutes at the whole budget; no cell gets more with less time
    useful: Mapping[str, int] = field(default_factory=dict)  # site to the auditors who may examine something there

    @property
    def net(self) -> int:
        """Time without meetings [minutes]."""
        return self.budget - sum(self.days.meeting_minutes.values())

    @property
    def contingency(self) -> int:
        """Least contingency reserve [minutes]."""
        return part_of(max(self.net, 0), self.rules.contingency_share)

    @property
    def drawn(self) -> np.ndarray:
        """Cells of the random reserve, one slot each."""
        free = self.claims.open & (self.claims.floor == 0)
        free &= True if self.most is None else self.most >= self.rules.slot
        beyond = max(self.net - self.contingency - int(self.claims.floor.sum()), 0)
        count = round(beyond * self.rules.random_share / self.rules.slot)
        order = np.argsort(self.claims.turn)
        chosen = order[free[order]][:count]
        return np.isin(np.arange(len(free)), chosen)

    @property
    def floors(self) -> np.ndarray:
        """Least time of each cell, the random ones included [minutes]."""
        return np.asarray(self.claims.floor + np.where(self.drawn, self.rules.slot, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A plan."""

    minutes: np.ndarray
    random: np.ndarray
    reserve: np.ndarray  # by site
    auditors: np.ndarray  # site x half day
    short: np.ndarray  # of the contingency reserve, by site
    asked: np.ndarray  # contingency reserve asked for, by site


def solve(problem: Problem) -> Solved:
    """The best plan of the problem."""
    model = Programme()
    cells = _cell_variables(model, problem)
    lengths = np.array([half.minutes for half in problem.days.half_days], dtype=float)
    blocks = _site_blocks(model, problem)
    size = len(problem.sites)
    reserve = model.variables(np.full(size, problem.net), gain=np.full(size, -1e-4 / problem.rules.slot))
    missing = model.variables(
        np.full(size, problem.net), gain=np.full(size, -_PRICES[Rule.CONTINGENCY] / problem.rules.slot)
    )
    where = problem.ranked["site"].to_numpy()[cells.opened]
    for place, site in enumerate(problem.sites):
        inside = cells.terms(np.flatnonzero(where == site), slot=problem.rules.slot)
        odd = problem.days.odd_minutes if place == 0 else 0
        model.row(*inside, (int(reserve[place]), 1.0), (blocks[place], -lengths), least=odd, most=odd)
        kept_back = (blocks[place], -problem.rules.contingency_share * lengths)
        model.row((int(reserve[place]), 1.0), (int(missing[place]), 1.0), kept_back, least=0.0)
    values = model.solve(gap=GAP)
    minutes = np.zeros(len(problem.ranked), int)
    minutes[cells.opened] = cells.minutes(values, slot=problem.rules.slot)
    return Solved(
        minutes=minutes,
        random=np.where(problem.drawn, np.minimum(minutes, problem.rules.slot), 0),
        reserve=values[reserve].astype(int),
        auditors=values[blocks].astype(int),
        short=values[missing].astype(int),
        asked=values[reserve].astype(int) + values[missing].astype(int),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _CellVariables:
    """Variables of the cells at visited sites."""

    opened: np.ndarray  # places of these cells
    kept: np.ndarray  # whether a cell has its first slot
    rest: np.ndarray  # of its floor beyond the slot [minutes]
    steps: tuple[np.ndarray, ...]  # of depth, by tier

    def terms(self, places: np.ndarray, *, slot: int) -> list[tuple[np.ndarray | int, np.ndarray | float]]:
        """The minutes of some cells as terms of a row."""
        depth: list[tuple[np.ndarray | int, np.ndarray | float]] = [(tier[places], float(STEP)) for tier in self.steps]
        return [(self.kept[places], float(slot)), (self.rest[places], 1.0), *depth]

    def minutes(self, values: np.ndarray, *, slot: int) -> np.ndarray:
        """The minutes of the cells in a solution."""
        depth = sum((values[tier] for tier in self.steps), np.zeros(len(self.opened)))
        return np.asarray(slot * values[self.kept] + values[self.rest] + STEP * depth, dtype=int)


def _cell_variables(model: Programme, problem: Problem) -> _CellVariables:
    slot, opened = problem.rules.slot, np.flatnonzero(problem.claims.open)
    chance, floor, price = (part[opened] for part in (problem.claims.chance, problem.floors, _prices(problem)))
    order = TIE_BREAK * np.arange(len(opened))
    kept = model.variables(np.ones(len(opened)), gain=np.where(floor > 0, slot * price, chance) - order)
    beyond = np.maximum(floor - slot, 0)
    rest = model.variables(beyond, gain=price)
    _only_with_slot(model, rest, kept, beyond)
    steps = []
    for length, worth in TIERS:
        most = np.full(len(opened), length // STEP)
        tier = model.variables(most, gain=chance * worth * STEP / slot - order / 10)
        _only_with_slot(model, tier, kept, most)
        steps.append(tier)
    cells = _CellVariables(opened=opened, kept=kept, rest=rest, steps=tuple(steps))
    if problem.most is not None:
        for place, cell in enumerate(opened):
            model.row(*cells.terms(np.array([place]), slot=slot), most=float(problem.most[cell]))
    return cells


def _only_with_slot(model: Programme, part: np.ndarray, kept: np.ndarray, most: np.ndarray) -> None:
    """Time beyond the first slot only where there is a first slot."""
    for place in range(len(part)):
        if most[place] > 0:
            model.row((int(part[place]), 1.0), (int(kept[place]), -float(most[place])), most=0.0)


def _prices(problem: Problem) -> np.ndarray:
    """What a minute of a floor is worth, by its strongest rule; within a rule the higher chance keeps its time."""
    slot, claims = problem.rules.slot, problem.claims
    strongest = np.select(
        [claims.cover > 0, claims.unexamined > 0, problem.drawn],
        [_PRICES[Rule.MUST_COVER], _PRICES[Rule.UNEXAMINED], _PRICES[Rule.RANDOM]],
        default=0.0,
    )
    return np.asarray(strongest * (1 + claims.chance) / slot)


def _site_blocks(model: Programme, problem: Problem) -> np.ndarray:
    """Auditors by site and half day; a change of site at noon has its price."""
    halves = problem.days.half_days
    whole = problem.days.auditors
    able = np.array([min(problem.useful.get(site, whole), whole) for site in problem.sites], dtype=float)
    # Where not everybody can be of use at the same time, some have to be where they are not.
    high = np.repeat(able if able.sum() >= whole else np.full(len(able), float(whole)), len(halves))
    # Early days at the first sites, so that equal timetables have one answer.
    tie = -TIE_BREAK * np.multiply.outer(np.arange(len(problem.sites), 0, -1), np.arange(len(halves))).ravel()
    blocks = model.variables(high, gain=tie).reshape(len(problem.sites), len(halves))
    opened = model.variables([1.0], gain=[_OPENED_AT_CENTRE])
    model.row((opened, 1.0), (int(blocks[0, 0]), -1.0), most=0.0)
    for half in range(len(halves)):
        model.row((blocks[:, half], 1.0), least=float(problem.days.auditors), most=float(problem.days.auditors))
    for place in range(len(problem.sites)):
        for morning in range(0, len(halves), 2):
            moved = model.variables([float(problem.days.auditors)], gain=[-_MOVE / 2])
            for sign in (1.0, -1.0):
                pair = ((int(blocks[place, morning]), sign), (int(blocks[place, morning + 1]), -sign))
                model.row(*pair, (moved, -1.0), most=0.0)
    return blocks

"""Minutes of one visit by mixed-integer programme: floors first, then the best use of what is left.

Each cell's first slot is worth its chance of a nonconformity; further time is worth less and less. Half days of the
team are given to sites, and the time of a site is spent there exactly. Every rule can yield at a price, so a
budget that is too small gives a plan and the names of the rules that clash.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.planning.visit_model import Problem, solve
from auditlab.planning.visit_tables import CELL_DTYPES, CLASH_DTYPES, OTHER_DTYPES, SITE_DAY_DTYPES, visit_tables
from auditlab.planning.workdays import Meetings, workdays
from auditlab.priority.allocation import BUDGET_SHARES, part_of
from auditlab.priority.claims import TimeRules, claims_of
from auditlab.priority.losses import loss_list


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMinutes:
    """The minutes of a visit at each share of the budget.

    Attributes
    ----------
    cells : DataFrame
        ``budget_share, site, clause, rank, part`` (mandatory, unexamined, random, priority, none),
        ``minutes, random_minutes, floor`` [minutes], ``unknown`` (a clause of it was not examined in this cycle),
        ``reason``.
    others : DataFrame
        ``budget_share, kind`` (opening, closing, team, contingency), ``site`` (empty for meetings),
        ``minutes``. With the cells they sum exactly to the budget.
    clashes : DataFrame
        Rules that could not be kept: ``budget_share, rule, site, clause, asks, gets, short`` [minutes],
        ``sentence``; empty when all were.
    site_days : DataFrame
        ``budget_share, site, day, half, auditors`` [count], ``minutes`` of each auditor.
    losses : DataFrame
        As `priority.loss_list`.
    """

    cells: pd.DataFrame
    others: pd.DataFrame
    clashes: pd.DataFrame
    site_days: pd.DataFrame
    losses: pd.DataFrame

    def total(self, share: float = 1.0) -> int:
        """All minutes of one share [minutes]."""
        held = [frame.loc[frame["budget_share"] == share, "minutes"].sum() for frame in (self.cells, self.others)]
        return int(sum(held))


def visit_minutes(
    cells: pd.DataFrame,
    *,
    budget_minutes: int,
    sites: Collection[str],
    auditors: int = 1,
    useful: Mapping[str, int] | None = None,
    rules: TimeRules | None = None,
    shares: Sequence[float] = BUDGET_SHARES,
    seed: int = 0,
    day_minutes: int = 480,
    meetings: Meetings | None = None,
) -> VisitMinutes:
    """Minutes by cell, meeting and reserve for each share of the budget.

    Shifts, absences and time zones are not part of the problem: a site gets its half days on the clock of the plan, and
    an examination whose people do not work then is a clash of the `timetable`.

    Parameters
    ----------
    cells : DataFrame
        Result of ``priority.priorities``.
    budget_minutes : int
        Audit time of the whole team, without travel [minutes].
    sites : collection of str
        Sites that are visited, the central function first: the audit opens there.
    auditors : int
        Auditors of the team [count].
    useful : mapping, optional
        Site to the auditors who may examine something there [count]; no more are sent there at a time, unless there
        is nowhere else. A site that is not named is open to all.
    rules : TimeRules, optional
        Least times and reserves.
    shares : sequence of float
        Shares of the budget to plan for; the largest is 1 [0-1].
    seed : int
        Seed of the random cells.
    day_minutes : int
        Longest day [minutes].
    meetings : Meetings, optional
        Their times.

    Raises
    ------
    ArgumentError
        If the budget is no whole number above 0, a share is none, no cell lies at a visited site, or the
        meetings do not fit.

    References
    ----------
    .. [1] scipy.optimize.milp (HiGHS). The floors, penalties and worth of depth are rules of this plan, not fitted.
    """
    _check(cells, budget_minutes, sites, shares)
    asked = TimeRules() if rules is None else rules
    ranked = cells.sort_values("rank").reset_index(drop=True)
    claims = claims_of(ranked, rules=asked, sites=sites, seed=seed)
    there = set(ranked.loc[claims.open, "site"])
    held = tuple(site for site in dict.fromkeys(sites) if site in there)
    most: np.ndarray | None = None
    parts: list[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]] = []
    for share in sorted({1.0, *shares}, reverse=True):
        budget = part_of(budget_minutes, share)
        spent = workdays(budget, auditors=auditors, day_minutes=day_minutes, meetings=meetings)
        problem = Problem(
            ranked=ranked,
            sites=held,
            claims=claims,
            rules=asked,
            days=spent,
            budget=budget,
            most=most,
            useful={} if useful is None else useful,
        )
        solved = solve(problem)
        most = solved.minutes if most is None else most
        parts.append(visit_tables(problem, solved, share))
    joined = [pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)]
    return VisitMinutes(
        cells=joined[0].astype(CELL_DTYPES),
        others=joined[1].astype(OTHER_DTYPES),
        clashes=joined[2].astype(CLASH_DTYPES),
        site_days=joined[3].astype(SITE_DAY_DTYPES),
        losses=loss_list(joined[0]),
    )


def _check(cells: pd.DataFrame, budget: int, sites: Collection[str], shares: Sequence[float]) -> None:
    if isinstance(budget, bool) or not isinstance(budget, int | np.integer) or budget < 1:
        raise ArgumentError(f"budget_minutes is {budget!r}. Give a whole number of minutes, 1 or more.")
    if not len(shares) or any(not 0 < share <= 1 for share in shares):
        raise ArgumentError(f"The shares of the budget are {list(shares)}. Give numbers above 0 and up to 1.")
    if not cells["site"].isin(list(sites)).any():
        raise ArgumentError("None of the cells lies at a site that is visited. Name the sites as the cells do.")

"""The plan of a visit as tables: cells, meetings and reserves, clashes, half days at sites."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab.planning.visit_model import Problem, Rule, Solved
from auditlab.priority.parts import planned_cells
from auditlab.priority.reserve import in_turn

_ALL = ""

CELL_DTYPES = {
    "budget_share": "float64", "site": "str", "clause": "str", "rank": "int64", "part": "str", "minutes": "int64",
    "random_minutes": "int64", "floor": "int64", "unknown": "bool", "reason": "str",
}  # fmt: skip
OTHER_DTYPES = {"budget_share": "float64", "kind": "str", "site": "str", "minutes": "int64"}
CLASH_DTYPES = {
    "budget_share": "float64", "rule": "str", "site": "str", "clause": "str", "asks": "int64", "gets": "int64",
    "short": "int64", "sentence": "str",
}  # fmt: skip
SITE_DAY_DTYPES = {
    "budget_share": "float64", "site": "str", "day": "int64", "half": "str", "auditors": "int64", "minutes": "int64",
}  # fmt: skip


def visit_tables(
    problem: Problem, solved: Solved, share: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Cells, other time, clashes and half days of one share of the budget."""
    return (
        _cells(problem, solved, share),
        _others(problem, solved, share),
        _clashes(problem, solved, share),
        _site_days(problem, solved, share),
    )


def _cells(problem: Problem, solved: Solved, share: float) -> pd.DataFrame:
    # A drawn cell that lost its slot is still short of it.
    drawn = problem.floors - problem.claims.floor
    cells = planned_cells(
        problem.ranked, problem.claims, share=share, minutes=solved.minutes, random=solved.random, drawn=drawn
    )
    untouched = problem.ranked["untouched_leaves"].to_numpy(int) > 0
    return cells.assign(floor=problem.floors, unknown=untouched)[list(CELL_DTYPES)]


def _others(problem: Problem, solved: Solved, share: float) -> pd.DataFrame:
    rows = [(share, kind, _ALL, minutes) for kind, minutes in problem.days.meeting_minutes.items()]
    rows += [(share, "contingency", site, int(kept)) for site, kept in zip(problem.sites, solved.reserve, strict=True)]
    return pd.DataFrame(rows, columns=list(OTHER_DTYPES))


def _site_days(problem: Problem, solved: Solved, share: float) -> pd.DataFrame:
    rows = [
        (share, site, half.day, half.half, int(number), half.minutes)
        for site, numbers in zip(problem.sites, solved.auditors, strict=True)
        for half, number in zip(problem.days.half_days, numbers, strict=True)
        if number
    ]
    return pd.DataFrame(rows, columns=list(SITE_DAY_DTYPES))


def _clashes(problem: Problem, solved: Solved, share: float) -> pd.DataFrame:
    """Every rule that yielded: time goes to the stronger claims of a cell first."""
    rows = []
    claims, drawn = problem.claims, np.where(problem.drawn, problem.rules.slot, 0)
    asked = {
        Rule.MUST_COVER: claims.cover,
        Rule.FOLLOW_UP: claims.follow_up,
        Rule.UNEXAMINED: claims.unexamined,
        Rule.RANDOM: drawn,
    }
    for place in np.flatnonzero(solved.minutes < problem.floors):
        wishes = np.array([asks[place] for asks in asked.values()])
        given = in_turn(wishes, int(solved.minutes[place]))
        site, clause = problem.ranked.loc[int(place), ["site", "clause"]]
        rows += [
            (share, str(rule), site, clause, int(asks), int(gets))
            for rule, asks, gets in zip(asked, wishes, given, strict=True)
            if gets < asks
        ]
    rows += [
        (share, str(Rule.CONTINGENCY), site, _ALL, int(asks), int(asks - short))
        for site, asks, short in zip(problem.sites, solved.asked, solved.short, strict=True)
        if short
    ]
    table = pd.DataFrame(rows, columns=["budget_share", "rule", "site", "clause", "asks", "gets"])
    table["short"] = table["asks"] - table["gets"]
    table["sentence"] = [
        f"{rule} ({f'{clause} at ' if clause else ''}{site}): {asks} minutes asked, {gets} given, "
        f"because {problem.budget} minutes do not hold all floors, meetings and reserves."
        for rule, site, clause, asks, gets in zip(
            table["rule"], table["site"], table["clause"], table["asks"], table["gets"], strict=True
        )
    ]
    return table[list(CLASH_DTYPES)]

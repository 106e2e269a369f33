"""Why a cell has its time, as a word and as a sentence; the order of priority and the audit plan share both."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.priority.claims import Claims

Minutes = npt.NDArray[np.int_]


class Part(StrEnum):
    """Why a cell has its time."""

    MANDATORY = "mandatory"
    UNEXAMINED = "unexamined"
    PRIORITY = "priority"
    RANDOM = "random"
    NONE = "none"


_BEFORE_FLOOR = {
    Part.MANDATORY: "floor",
    Part.UNEXAMINED: "not examined in this cycle:",
    Part.RANDOM: "drawn at random:",
}


def parts_of(claims: Claims, *, minutes: Minutes, random: Minutes) -> list[Part]:
    """Why each cell has its time; a drawn cell is random whatever else it gets.

    Parameters
    ----------
    claims : Claims
        What the rules ask for.
    minutes, random : array of int
        Time of each cell, and how much of it the draw gave [minutes].
    """
    found = np.select(
        [minutes == 0, random > 0, claims.duty > 0, claims.unexamined > 0],
        [str(Part.NONE), str(Part.RANDOM), str(Part.MANDATORY), str(Part.UNEXAMINED)],
        default=str(Part.PRIORITY),
    )
    return [Part(str(part)) for part in found]


def planned_cells(
    ranked: pd.DataFrame, claims: Claims, *, share: float, minutes: Minutes, random: Minutes, drawn: Minutes
) -> pd.DataFrame:
    """The time of each cell with its part and its reason, at one share of the budget.

    Parameters
    ----------
    ranked : DataFrame
        Cells in the order of priority.
    claims, minutes, random
        As `parts_of`.
    share : float
        Share of the budget [0-1].
    drawn : array of int
        The slot that the draw asks for each cell, given or not [minutes].

    Returns
    -------
    DataFrame
        ``budget_share, site, clause, rank, part, minutes, random_minutes, floor`` (without the draw) and ``reason``.
    """
    parts = parts_of(claims, minutes=minutes, random=random)
    facts = zip(parts, minutes, claims.floor + drawn, ranked["mandatory"].fillna(""), claims.open, strict=True)
    return pd.DataFrame(
        {
            "budget_share": share,
            "site": ranked["site"],
            "clause": ranked["clause"],
            "rank": ranked["rank"],
            "part": [str(part) for part in parts],
            "minutes": minutes,
            "random_minutes": random,
            "floor": claims.floor,
            "reason": [
                _words(part, int(given), int(floor), str(duty), visited=bool(visited))
                for part, given, floor, duty, visited in facts
            ],
        }
    )


def _words(part: Part, minutes: int, floor: int, duty: str, *, visited: bool) -> str:
    if not visited:
        words = "the site is not visited at this audit" + (": this duty stays open" if duty else "")
    elif minutes < floor:
        words = f"{floor - minutes} minutes short of its floor of {floor}"
    elif part is Part.NONE:
        words = "no time left at this place in the order"
    elif part is Part.PRIORITY:
        words = f"{minutes} by priority"
    else:
        words = f"{_BEFORE_FLOOR[part]} {floor}" + (f" and {minutes - floor} by priority" if minutes > floor else "")
    return f"{words}; {duty}" if duty else words

"""Why a cell has its time, as a word and as a sentence; the order of priority and the audit plan share both."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import numpy as np
import numpy.typing as npt

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


def reasons_of(
    parts: Iterable[Part], claims: Claims, *, minutes: Minutes, random: Minutes, duties: Iterable[str]
) -> list[str]:
    """The time of each cell in words, with the duty behind it.

    Parameters
    ----------
    parts : iterable of Part
        Result of `parts_of`.
    claims, minutes
        As there.
    random : array of int
        The slot that the draw asks for each cell, given or not [minutes].
    duties : iterable of str
        Why each cell has to be covered; empty where it need not be.
    """
    rows = zip(parts, minutes, claims.floor + random, duties, claims.open, strict=True)
    return [
        _words(part, int(given), int(floor), duty, visited=bool(visited)) for part, given, floor, duty, visited in rows
    ]


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

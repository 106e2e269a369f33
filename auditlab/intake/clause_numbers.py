"""Clause numbers that a spreadsheet keeps as numbers: 8.10 becomes 8.1, and the zero is gone.

It can be told where the number format still shows it, or where the column writes 8.10 as text
elsewhere; where the column goes on with 8.11 nobody can know, and a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from auditlab.intake.cells import Cell
from auditlab.intake.values import Reading, clean_text

SHOWN_WITH_ZERO = "clause stored as a number whose format shows the zero at its end"
LOST_ZERO = "clause stored as a number: a zero at its end may be lost"
EITHER = " or "

_TENTHS = re.compile(r"(\d{1,2})\.(\d)")
_TEENS = re.compile(r"(?:[A-Z]\.)?(\d{1,2})\.1[1-9]\b")


def zero_readings(cells: Sequence[Cell], *, shown: Collection[int]) -> dict[int, Reading]:
    """What the numbers of a column of clauses mean where they are not simply what they seem.

    Parameters
    ----------
    cells : sequence of Cell
        The column.
    shown : collection of int
        Positions of the numbers that the sheet shows with two digits after the point.

    Returns
    -------
    dict
        Position to reading. A number shown as 8.10 is 8.10 where other numbers of the column are
        shown with one digit, and no 8.20 is among them: a format laid over the whole column says
        nothing. A number 8.1 beside 8.11, and no 8.10 in text, has both meanings and is a problem.
    """
    tenths = {
        place: match
        for place, cell in enumerate(cells)
        if isinstance(cell, float) and (match := _TENTHS.fullmatch(clean_text(cell)))
    }
    zeros = {place: tenths[place] for place in shown if place in tenths}
    if zeros and len(zeros) < len(tenths) and all(match[2] == "1" for match in zeros.values()):
        return {place: Reading(f"{match[0]}0", SHOWN_WITH_ZERO) for place, match in zeros.items()}
    texts = [clean_text(cell) for cell in cells]
    goes_on = {match[1] for text in texts if (match := _TEENS.match(text))}
    ten_as_text = {text.removesuffix(".10") for cell, text in zip(cells, texts, strict=True) if _is_ten(cell, text)}
    return {
        place: Reading(f"{match[0]}{EITHER}{match[0]}0", problem=LOST_ZERO)
        for place, match in tenths.items()
        if match[2] == "1" and match[1] in goes_on - ten_as_text
    }


def _is_ten(cell: Cell, text: str) -> bool:
    return isinstance(cell, str) and text.endswith(".10")


def first_meaning(text: str) -> str:
    """The clause that a number with a lost zero most simply is: "8.1" of "8.1 or 8.10"; else ``""``."""
    first, _, second = text.partition(EITHER)
    return first if second == f"{first}0" else ""

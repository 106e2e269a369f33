"""What a cell holds, as it stands; nothing is interpreted here."""

from __future__ import annotations

import datetime as dt

Cell = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
Row = tuple[Cell, ...]

NUMBER_TYPES = frozenset({bool, int, float})
"""Types of which a set takes equal values for one."""


def filled(cell: Cell) -> Cell:
    """A cell that holds nothing but white space holds nothing; readers of workbooks disagree on this."""
    return None if isinstance(cell, str) and not cell.strip() else cell

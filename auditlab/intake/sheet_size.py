"""How large a sheet may be: a span of cells that nobody filled is a fault of the file, or made to fill the memory."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from auditlab.errors import EngagementError
from auditlab.intake.cells import Cell
from auditlab.intake.read_limits import ReadLimits

MOST_REPEATED = 2_000_000
"""Cells that get the value of a merged cell above them [count]."""

MOST_MERGED = 200_000
"""Merged cells of one sheet [count]; a spreadsheet program takes minutes to open as many."""

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a spreadsheet program; what a file says of cells beyond means nothing."""


def check_size(where: str, *, rows: int, columns: int, limits: ReadLimits) -> None:
    """Refuse a sheet that is larger than the limits allow; `where` names the file, and the sheet if it has several.

    Raises
    ------
    EngagementError
        If it has more cells than are allowed, or more columns than any spreadsheet program knows.
    """
    if rows * columns > limits.cells:
        raise EngagementError(
            f"{where}: filled cells span {rows:,} rows and {columns:,} columns, more than the {limits.cells:,} cells "
            "that are allowed. Delete what stands far away from the table, or raise cells in [limits] of auditlab.toml."
        )
    if columns > MOST_COLUMNS:
        raise EngagementError(
            f"{where}: row {rows:,} has {columns:,} cells, more than the {MOST_COLUMNS:,} columns of any spreadsheet. "
            "It is no table, or its rows have lost their ends. Export it again."
        )


def check_merged_count(where: str, count: int) -> None:
    """Refuse a sheet with more than `MOST_MERGED` merged cells.

    Raises
    ------
    EngagementError
        If it has more.
    """
    if count > MOST_MERGED:
        raise EngagementError(
            f"{where}: has {count:,} merged cells, more than the {MOST_MERGED:,} that are allowed. Undo the merging in "
            "a spreadsheet program and save the file again."
        )


def check_merged(where: str, boxes: Iterable[tuple[int, int]], *, rows: int) -> None:
    """Refuse a sheet with more merged cells, or with more cells covered by them, than any table has.

    Parameters
    ----------
    where : str
        File and sheet.
    boxes : iterable of (int, int)
        First and last row of every merged cell.
    rows : int
        Last filled row of the sheet.

    Raises
    ------
    EngagementError
        If there are more than `MOST_MERGED`, or their values would have to be repeated in more than
        `MOST_REPEATED` cells.
    """
    boxes = list(boxes)
    check_merged_count(where, len(boxes))
    repeated = sum(max(min(bottom, rows) - top, 0) for top, bottom in boxes)
    if repeated > MOST_REPEATED:
        raise EngagementError(
            f"{where}: merged cells cover {repeated:,} cells beside filled rows, more than the {MOST_REPEATED:,} that "
            "are allowed. Undo the merging in a spreadsheet program and save the file again."
        )


def within(
    rows: Iterator[Sequence[Cell]], *, where: str, limits: ReadLimits, most_rows: int = sys.maxsize
) -> Iterator[Sequence[Cell]]:
    """The rows, as long as they span no more cells than allowed, and are no more than `most_rows`."""
    widest = 1
    for number, row in enumerate(rows, start=1):
        if len(row) > widest or number * widest > limits.cells:
            widest = max(widest, len(row))
            check_size(where, rows=number, columns=widest, limits=limits)
        if number > most_rows:
            raise EngagementError(
                f"{where}: has a row below row {most_rows:,}, the last of any spreadsheet. Ask its author for a copy "
                "saved by a spreadsheet program."
            )
        yield row

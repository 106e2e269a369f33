"""Cells by column: the different values once, and for every row the number of its value.

So a sheet takes little memory, goes quickly from one process to another, and equal cells of a column
are one object, by which later steps know them as equal without looking at them again.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Protocol, TypeGuard

from auditlab.intake.cells import Cell, filled
from auditlab.intake.packed_cells import PackedCells, packed_cells, unpacked_cells
from auditlab.intake.sheet_xml import SheetMarks

_AT_ONCE = 512  # rows; what fits the cache of a processor is numbered quicker


def _numbers() -> defaultdict[Cell, int]:
    """Numbers values in the order in which they are first asked for."""
    return defaultdict(count().__next__)


@dataclass(frozen=True, slots=True)
class _Truth:
    """Stands for a bool while values are numbered: True and 1 are one key of a dict."""

    value: bool


@dataclass(slots=True)
class _Coder:
    """Numbers the cells of one column."""

    numbers: defaultdict[Cell, int] = field(default_factory=_numbers)
    codes: array[int] = field(default_factory=lambda: array("I"))

    def add(self, cells: Sequence[Cell]) -> None:
        kinds = set(map(type, cells))
        told = [_Truth(cell) if isinstance(cell, bool) else cell for cell in cells] if bool in kinds else cells
        self.codes.extend(map(self.numbers.__getitem__, told))  # type: ignore[arg-type]  # a truth is a key like any

    def fill(self, rows: int) -> None:
        """Empty cells down to row number `rows`."""
        missing = rows - len(self.codes)
        self.codes.extend(array("I", [self.numbers[None]]) * missing if missing > 0 else ())

    def column(self, *, days: bool) -> CodedColumn:
        kinds, codes = set(map(type, self.numbers)), self.codes
        values = list(self.numbers)
        blank = str in kinds and any(isinstance(cell, str) and not cell.strip() for cell in values)
        dated = days and dt.datetime in kinds and any(map(_is_day, values))
        if blank:
            values = list(map(filled, values))
        if dated:
            values = [cell.date() if _is_day(cell) else cell for cell in values]
        if blank or dated:
            again = _numbers()
            places = list(map(again.__getitem__, values))
            values, codes = list(again), array("I", map(places.__getitem__, codes))
        if _Truth in kinds:
            values = [cell.value if isinstance(cell, _Truth) else cell for cell in values]
        return CodedColumn(values, codes)


def _is_day(cell: Cell) -> TypeGuard[dt.datetime]:
    return isinstance(cell, dt.datetime) and cell.time() == dt.time.min


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """The different values of a column, and the number of its value for every row."""

    values: list[Cell]
    codes: array[int]

    def __reduce__(self) -> tuple[object, ...]:
        return _unpacked, (packed_cells(self.values), self.codes.tobytes())


def _unpacked(values: PackedCells, codes: bytes) -> CodedColumn:
    return CodedColumn(unpacked_cells(values), array("I", codes))


@dataclass(frozen=True, slots=True)
class CodedCells:
    """The cells of a sheet.

    Attributes
    ----------
    columns : list of CodedColumn
        All of the same length.
    lengths : array or None
        Number of cells of every row, where the rows differ.
    """

    columns: list[CodedColumn]
    lengths: array[int] | None = None

    def coded(self) -> CodedCells:
        """These cells."""
        return self


class Cells(Protocol):
    """The cells of a sheet in a form that goes quickly from one process to another."""

    def coded(self) -> CodedCells:
        """The cells by their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedSheet:
    """A sheet as a reader found it, small enough to hand over to another process; see `RawSheet`."""

    name: str
    cells: Cells
    hidden: bool = False
    marks: SheetMarks = field(default_factory=SheetMarks)
    engine: str
    notes: tuple[str, ...] = ()


def coded_cells(
    rows: Iterable[Sequence[Cell]], *, ragged: bool = False, before: int = 0, days: bool = False
) -> CodedCells:
    """Cells from rows, which are asked for a few hundred at a time.

    Parameters
    ----------
    rows : iterable of sequence
        The rows.
    ragged : bool
        Whether they may differ in length.
    before : int
        Empty columns before the first of rows of one length [count].
    days : bool
        Whether a moment at midnight is the day that begins then, as it is in a workbook that counts in days:
        there 45000 and a sum that misses it by less than a millisecond are the same to everybody.
    """
    coders: list[_Coder] = [_Coder() for _ in range(before)]
    lengths = array("I")
    source, seen = iter(rows), 0
    while chunk := list(islice(source, _AT_ONCE)):
        sizes = [len(row) for row in chunk] if ragged else [len(chunk[0])] * len(chunk)
        width = max(sizes)
        lengths.extend(sizes)
        padded = [(*row, *(None,) * (width - len(row))) for row in chunk] if min(sizes) < width else chunk
        coders += [_Coder() for _ in range(before + width - len(coders))]
        for coder, cells in zip(coders[before:], zip(*padded, strict=True), strict=False):
            coder.fill(seen)
            coder.add(cells)
        seen += len(chunk)
    for coder in coders:
        coder.fill(seen)
    return CodedCells([coder.column(days=days) for coder in coders], lengths if ragged else None)

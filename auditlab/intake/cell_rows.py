"""The cells of a sheet as columns that also give their rows: a large sheet is never laid out cell by cell.

Each column holds its different values once and for every row the number of its value. So what a cell
means is asked once for each different one, and cells are counted without looking at them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import SupportsIndex, overload

import numpy as np

from auditlab.intake.cells import Cell, Row
from auditlab.intake.coded_cells import CodedCells, CodedColumn


@dataclass(frozen=True, eq=False)
class CellColumn(Sequence[Cell]):
    """Cells of one column.

    Attributes
    ----------
    codes : array of int
        For every cell the place of its value.
    different : Different
        The values; some may be those of other cells of the sheet.
    """

    codes: np.ndarray
    different: Different

    @overload
    def __getitem__(self, place: SupportsIndex) -> Cell: ...
    @overload
    def __getitem__(self, place: slice) -> CellColumn: ...
    def __getitem__(self, place: SupportsIndex | slice) -> Cell | CellColumn:
        if isinstance(place, slice):
            return CellColumn(self.codes[place], self.different)
        return self.different.cells[int(self.codes[place])]

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Cell]:
        return map(self.different.cells.__getitem__, self.codes.tolist())

    def count(self, value: object) -> int:
        """How many of the cells are `value`."""
        if value is None:
            return int(np.count_nonzero(self.empty))
        return sum(cell == value for cell in self)

    @property
    def empty(self) -> np.ndarray:
        """Whether each cell is empty."""
        empty: np.ndarray = self.different.empty[self.codes]
        return empty


@dataclass(frozen=True)
class Different:
    """The different values of a column, no two alike in type and value; the empty cell is one of them at most."""

    cells: list[Cell]

    @cached_property
    def empty(self) -> np.ndarray:
        """Whether each value is the empty cell."""
        return self.places(type(None))

    @cached_property
    def types(self) -> frozenset[type]:
        """Types of the values."""
        return frozenset(map(type, self.cells))

    def places(self, kind: type) -> np.ndarray:
        """Whether each value is of `kind`."""
        wanted = [own for own in self.types if issubclass(own, kind)]
        if not wanted or len(wanted) == len(self.types):
            return np.full(len(self.cells), bool(wanted))
        found: np.ndarray = np.logical_or.reduce([self._type_ids == id(own) for own in wanted])
        return found

    @cached_property
    def _type_ids(self) -> np.ndarray:
        return np.fromiter(map(id, map(type, self.cells)), dtype="int64", count=len(self.cells))


_NOTHING = Different([None])
_AT_ONCE = 1024  # rows; who looks for one rarely looks at all


class CellRows(Sequence[Row]):
    """Rows of a sheet; each is made when it is asked for.

    Parameters
    ----------
    columns : sequence of CellColumn
        All of the same length.
    lengths : array of int
        Number of cells of every row.
    """

    def __init__(self, columns: Sequence[CellColumn], lengths: np.ndarray) -> None:
        self._columns, self._lengths = columns, lengths

    @classmethod
    def of(cls, cells: CodedCells, *, errors: Mapping[tuple[int, int], str], rows: int = 0) -> CellRows:
        """The rows of `cells`, error cells as their text, and empty rows after them up to row `rows`."""
        length = max((len(column.codes) for column in cells.columns), default=len(cells.lengths or ()))
        lengths = np.full(length, len(cells.columns)) if cells.lengths is None else np.asarray(cells.lengths)
        by_column: dict[int, dict[int, str]] = {}
        for (row, column), text in errors.items():
            if row <= length and column <= lengths[row - 1]:
                by_column.setdefault(column, {})[row] = text
        more = max(rows - length, 0)
        columns = [
            _column(column, by_column.get(place, {}), more=more) for place, column in enumerate(cells.columns, start=1)
        ]
        return cls(columns, np.append(lengths, np.zeros(more, dtype=lengths.dtype)))

    @overload
    def __getitem__(self, place: SupportsIndex) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> CellRows: ...
    def __getitem__(self, place: SupportsIndex | slice) -> Row | CellRows:
        if isinstance(place, slice):
            return CellRows([column[place] for column in self._columns], self._lengths[place])
        return tuple(column[place] for column in self._columns[: self._lengths[place]])

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[Row]:
        for start in range(0, len(self), _AT_ONCE):
            columns = [column[start : start + _AT_ONCE] for column in self._columns]
            lengths = self._lengths[start : start + _AT_ONCE].tolist()
            rows = zip(*columns, strict=True) if columns else repeat((), len(lengths))
            yield from (row[:length] for row, length in zip(rows, lengths, strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(tuple.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]  # as of any value that compares by what it holds

    @property
    def width(self) -> int:
        """Number of cells of the longest row."""
        return int(self._lengths.max(initial=0))

    @cached_property
    def sizes(self) -> np.ndarray:
        """Number of filled cells of every row."""
        sizes = np.zeros(len(self), dtype="int64")
        for column in self._columns:
            sizes += ~column.empty
        return sizes

    def cells(self, rows: Sequence[int] | np.ndarray, column: int) -> CellColumn:
        """The cells of `column` in `rows`, both counted from 1; empty where a row ends before."""
        if column > len(self._columns):
            return CellColumn(np.zeros(len(rows), dtype="uint32"), _NOTHING)
        whole = self._columns[column - 1]
        if isinstance(rows, range) and rows.step == 1:
            return whole[rows.start - 1 : rows.stop - 1] if len(rows) else whole[:0]
        return CellColumn(whole.codes[np.asarray(rows, dtype="int64") - 1], whole.different)


def _column(coded: CodedColumn, errors: Mapping[int, str], *, more: int) -> CellColumn:
    """A column with the texts of its errors, by row, and `more` empty cells at its end."""
    values, codes = coded.values, np.frombuffer(coded.codes, dtype="uint32")
    if not errors and not more:
        return CellColumn(codes, Different(values))
    values = list(values)
    known = {value: place for place, value in enumerate(values) if value is None or isinstance(value, str)}
    for text in (None, *errors.values()):
        if text not in known:
            known[text] = len(values)
            values.append(text)
    codes = np.append(codes, np.full(more, known[None], dtype="uint32"))
    for row, text in errors.items():
        codes[row - 1] = known[text]
    return CellColumn(codes, Different(values))

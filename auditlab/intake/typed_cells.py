"""The cells of a uniform sheet as typed columns: the different values of each as an Arrow array, its header apart.

They become the same cells, of the same types and in the same order, as those that are read one by one.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from auditlab.intake.cells import Cell, filled
from auditlab.intake.coded_cells import CodedCells, CodedColumn

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_FIRST_DAY = "1900-01-01"
"""What stands before is a time of day without a day."""


@dataclass(frozen=True, slots=True)
class TypedCells:
    """The cells of a sheet with headers in row 1.

    Attributes
    ----------
    headers : list of str
        The cells of row 1.
    columns : list of pyarrow.DictionaryArray
        The cells below, all of the same length; the empty cell is one of the different values.
    """

    headers: list[str]
    columns: list[pa.DictionaryArray]

    def coded(self) -> CodedCells:
        """The cells as Python objects."""
        return CodedCells([_coded(header, cells) for header, cells in zip(self.headers, self.columns, strict=True)])


def _coded(header: str, cells: pa.DictionaryArray) -> CodedColumn:
    import numpy as np  # noqa: PLC0415  # the process that reads files does without

    values, codes = [header, *_values(cells.dictionary)], np.append(0, cells.indices.to_numpy() + 1)
    if len(set(values)) < len(values) or any(isinstance(value, str) and not filled(value) for value in values):
        # Headers that stand again below, zeros of both signs, blank cells: one number for what is alike.
        numbers: defaultdict[Cell, int] = defaultdict(count().__next__)
        codes = np.array([numbers[filled(value)] for value in values])[codes]
        values = list(numbers)
    return CodedColumn(values, array("I", codes.astype("uint32").tobytes()))


def _values(different: pa.Array) -> list[Cell]:
    """Texts, numbers, truths and durations as they are; of moments, whole days as days and times of day as such."""
    import numpy as np  # noqa: PLC0415  # as above

    found = different.to_numpy(zero_copy_only=False)
    if found.dtype.kind == "M":
        return _moments(found)
    if found.dtype.kind == "m":
        found = found.astype("m8[us]")  # of milliseconds, numpy would give the numbers
    values: list[Cell] = found.tolist()
    for place in np.flatnonzero(different.is_null().to_numpy(zero_copy_only=False)).tolist():
        values[place] = None
    return values


def _moments(found: np.ndarray) -> list[Cell]:
    """Moments in milliseconds, where they are missing the empty cell."""
    moments: list[dt.datetime] = found.astype("M8[us]").tolist()
    values: list[Cell] = list(moments)
    for place in (found == found.astype("M8[D]")).nonzero()[0].tolist():
        values[place] = moments[place].date()
    for place in (found < found.dtype.type(_FIRST_DAY)).nonzero()[0].tolist():
        values[place] = moments[place].time()
    return values

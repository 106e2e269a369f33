"""Read a large, uniform sheet column by column with fastexcel, or not at all where a cell would not come as it stands.

Like python-calamine it is made of the Rust library calamine. It hands over whole columns, each of one
type, and does not search the sheet for merged cells a second time.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from array import array
from math import isnan
from pathlib import Path

import fastexcel
import pyarrow as pa

from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.sheet_size import check_size
from auditlab.intake.typed_cells import TypedCells

_EPOCH, _MS = dt.datetime(1970, 1, 1), dt.timedelta(milliseconds=1)
_FIRST, _DAY_ONE, _LAST = (
    (moment - _EPOCH) // _MS for moment in (dt.datetime(1899, 12, 31), dt.datetime(1900, 1, 1), dt.datetime.max)
)
_TYPES = (pa.string(), pa.float64(), pa.bool_(), pa.timestamp("ms"), pa.duration("ms"))
_NUMBERED = re.compile(r"(.+)_\d+", re.DOTALL)
_UNNAMED = "__UNNAMED__"
_MEMORY = 4
"""Bytes of memory that a byte of XML may come to take; a process that meets its limit ends without an answer."""


def typed_cells(path: Path, sheet: str, *, where: str, limits: ReadLimits) -> TypedCells | None:
    """The cells of a sheet with headers in row 1 and one type of cells in each column below.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file.
    sheet : str
        Name of the sheet; its marks say that it is `uniform <SheetMarks>`.
    where : str
        File and sheet, for a message.
    limits : ReadLimits
        How large the sheet may be.

    Returns
    -------
    TypedCells or None
        Nothing where a column mixes types, the library cannot tell a cell as it stands, or memory may get short.

    Raises
    ------
    EngagementError
        If the sheet is larger than the limits allow.
    """
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked * _MEMORY > limits.memory_mib * 2**20:
        return None
    try:
        page = fastexcel.read_excel(path).load_sheet(
            sheet, header_row=0, schema_sample_rows=None, dtype_coercion="strict"
        )
        check_size(where, rows=page.height + 1, columns=page.width, limits=limits)
        # Words such as "n/a" among numbers are taken for empty cells; they are told as errors.
        batch, errors = page.to_arrow_with_errors()
        del page  # what calamine holds is larger than the columns
    except fastexcel.FastExcelError:
        return None
    if errors is not None or not _told_apart(batch.schema.names):
        return None
    columns = [column.dictionary_encode("encode") for column in batch.columns]
    if not all(_as_it_stands(column.dictionary) for column in columns):
        return None
    return TypedCells(batch.schema.names, columns)


def _told_apart(names: list[str]) -> bool:
    """Whether the names of the columns are the cells of row 1: the library numbers equal ones and names empty ones."""
    numbered = (_NUMBERED.fullmatch(name) for name in names)
    return all(name.strip() and not name.startswith(_UNNAMED) for name in names) and not any(
        match and match[1] in names for match in numbered
    )


def _as_it_stands(different: pa.Array) -> bool:
    """Whether the values of a column tell what its cells hold."""
    kind = different.type
    if kind not in _TYPES:
        return False
    if pa.types.is_floating(kind):
        return not any(map(isnan, _numbers(different, "d")))  # the word "nan" among numbers
    if pa.types.is_timestamp(kind):
        numbers = _numbers(different, "q")
        # The first day of the calendar may be a time of day rounded up; before, times of day count backwards.
        return min(numbers, default=0) >= _FIRST and max(numbers, default=0) <= _LAST and _DAY_ONE not in numbers
    return True


def _numbers(different: pa.Array, code: str) -> array[float]:
    """The numbers behind a column of a type of eight bytes; something harmless where a cell is empty."""
    found: array[float] = array(code)
    found.frombytes(different.buffers()[1])
    return found[different.offset : different.offset + len(different)]

"""Parquet files: typed columns, read as a sheet whose first row holds the names."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from auditlab.errors import EngagementError
from auditlab.intake.sheets import Cell, RawSheet


def read_parquet_file(path: Path, *, name: str) -> RawSheet:
    """The one sheet of a parquet file; record n stands in row n + 1.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How the file is called in the ledger.

    Raises
    ------
    EngagementError
        If the file cannot be read as parquet.
    """
    try:
        table = pyarrow.parquet.read_table(path)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise EngagementError(
            f"{name}: not a readable parquet file ({reason}). Write it again or export CSV."
        ) from None
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    rows = (tuple(table.column_names), *zip(*columns, strict=True))
    return RawSheet(file=name, name=path.stem, rows=rows, engine="pyarrow")


def _cell(value: object) -> Cell:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.isoformat()  # with its offset, which the reading of times turns into UTC and tells
    if isinstance(value, bool | str | float | dt.date | dt.time | dt.timedelta):
        return value
    return float(value) if isinstance(value, int | Decimal) else str(value)

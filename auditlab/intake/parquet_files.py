"""Parquet files: typed columns, read as a sheet whose first row holds the names."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from auditlab.errors import EngagementError
from auditlab.intake.cells import Cell
from auditlab.intake.coded_cells import PackedSheet, coded_cells
from auditlab.intake.file_kinds import composed
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.sheet_size import check_size


def read_parquet_file(path: Path, *, name: str, limits: ReadLimits) -> PackedSheet:
    """The one sheet of a parquet file; record n stands in row n + 1.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How the file is called in the ledger.
    limits : ReadLimits
        How many cells it may have.

    Raises
    ------
    EngagementError
        If the file cannot be read as parquet, or is larger than the limits allow.
    """
    try:
        with pyarrow.parquet.ParquetFile(path, memory_map=False) as source:
            about = source.metadata
            check_size(name, rows=about.num_rows, columns=about.num_columns, limits=limits)
            unpacked = sum(about.row_group(place).total_byte_size for place in range(about.num_row_groups)) / 2**20
            if unpacked > limits.unpacked_mib:
                raise EngagementError(
                    f"{name}: unpacked it is {unpacked:,.0f} MiB, more than the {limits.unpacked_mib:,} MiB that are "
                    "allowed. Leave out what is not needed, or raise unpacked_mib in [limits] of auditlab.toml."
                )
            table = source.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise EngagementError(
            f"{name}: not a readable parquet file ({reason}). Write it again or export CSV."
        ) from None
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    rows = (tuple(table.column_names), *zip(*columns, strict=True))
    return PackedSheet(name=composed(path.stem), cells=coded_cells(rows), engine="pyarrow")


def _cell(value: object) -> Cell:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.isoformat()  # with its offset, which the reading of times turns into UTC and tells
    if isinstance(value, bool | str | float | dt.date | dt.time | dt.timedelta):
        return value
    return float(value) if isinstance(value, int | Decimal) else str(value)

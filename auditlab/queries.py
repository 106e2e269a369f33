"""The embedded engine for tables that are larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb


@contextmanager
def quiet_connection(*, memory_mib: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection of its own that prints nothing.

    Parameters
    ----------
    memory_mib : int, optional
        Memory it may use [MiB]; what does not fit goes to a temporary folder that is removed afterwards.
    """
    with TemporaryDirectory(prefix="auditlab-") as spill, duckdb.connect(":memory:") as connection:
        # Nothing prints but the command line. A notebook kernel without widgets has no bar and refuses the setting.
        with suppress(duckdb.InvalidInputException):
            connection.execute("set enable_progress_bar = false")
        if memory_mib is not None:
            connection.execute(f"set memory_limit = '{memory_mib}MiB'")
            connection.execute("set temp_directory = ?", [str(Path(spill))])
        yield connection

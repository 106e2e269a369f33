"""What ties the tables on disk to their run: a list of their hashes under the name of the run and of its inputs.

The tables themselves hold no such line: programs read them as plain CSV, and the same inputs give the same bytes in
every run, whatever the run is called.
"""

from __future__ import annotations

from pathlib import Path

from auditlab.publish.files import sha256_of, write_file

TABLE_HASHES = "tables.sha256"


def write_table_hashes(folder: Path, run_line: str) -> Path:
    """Write ``tables.sha256`` into the run folder `folder`.

    Parameters
    ----------
    folder : Path
        The run folder; its ``tables/`` are complete.
    run_line : str
        Run and inputs.

    Returns
    -------
    Path
        The file: run and inputs behind a hash sign, then a line for each table as ``sha256sum --check`` reads it.
    """
    tables = sorted((folder / "tables").glob("*.csv"))
    lines = [f"# {run_line}", *(f"{sha256_of(path)}  tables/{path.name}" for path in tables)]
    return write_file(folder / TABLE_HASHES, "\n".join(lines) + "\n")

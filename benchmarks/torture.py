"""How files that were collected because they are odd end: a table or one plain error, how long, how much memory.

Every file is read as intake reads it, one process for each. Run: ``python benchmarks/torture.py --data PATH
[--data PATH ...]``; each path is a file or a folder. Ends with an error if a file takes longer than 20 s, needs more
than 2 GiB, or ends in anything but sheets or one message. ``python benchmarks/torture.py --one FILE`` prints a
single file.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from auditlab.errors import EngagementError
from auditlab.intake.file_kinds import is_table_file
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.readers import close_readers, read_files
from auditlab.intake.table_regions import find_tables
from auditlab.settings import Limits

SECONDS, MIB = 20.0, 2048


def main() -> None:
    """Read all files and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, action="append", default=[])
    parser.add_argument("--one", type=Path)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(outcome(chosen.one)))
        return
    files = [path for given in chosen.data for path in ([given] if given.is_file() else sorted(given.rglob("*")))]
    bad = [path for path in files if path.is_file() and is_table_file(path) and not told(path)]
    sys.exit(f"{len(bad)} files beyond the limits: {', '.join(path.name for path in bad)}" if bad else 0)


def told(path: Path) -> bool:
    """Print the line of one file; whether it kept the limits."""
    command = [sys.executable, __file__, "--one", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # this very program
    if done.returncode:
        print(f"{path.name}: ended with code {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
        return False
    found = json.loads(done.stdout)
    print(f"{path.name}\t{found['seconds']:.1f} s\t{found['mib']:.0f} MiB\t{found['outcome']}", flush=True)
    return bool(found["seconds"] <= SECONDS and found["mib"] <= MIB)


def outcome(path: Path) -> dict[str, object]:
    """How the reading of one file ended, its time [s] and the memory of its largest process [MiB]."""
    start = time.perf_counter()
    (read,) = read_files([(path, path.name)], limits=ReadLimits(**Limits().model_dump()))
    if isinstance(read, EngagementError):
        ended = f"refused: {read}"
    else:
        tables = [area.table for sheet in read for area in find_tables(sheet, mapping={})]
        ended = f"{len(read)} sheets, {sum(len(sheet.rows) for sheet in read)} rows, tables: {tables}"
        ended += "".join(f"; {note}" for sheet in read[:1] for note in sheet.notes)
    seconds = time.perf_counter() - start
    close_readers()
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"outcome": ended, "seconds": seconds, "mib": max(peaks)}


if __name__ == "__main__":
    main()

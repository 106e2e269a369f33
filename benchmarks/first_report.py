"""From clone to first report: ``python benchmarks/first_report.py`` clones this repository and times ``make run``.

Nothing of an earlier set-up is used but what pip has kept of packages; ``--cold`` leaves that out too. The network of
the machine is part of the number.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Clone, set up and run; print the seconds of each."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--cold", action="store_true", help="do not use what pip has kept")
    cold = reader.parse_args().cold
    kept = {"PIP_NO_CACHE_DIR": "1"} if cold else {}
    left_out = {"PYTHONPATH", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out} | kept
    with TemporaryDirectory(prefix="auditlab-first-") as private:
        clone = Path(private) / "auditlab"
        begun = time.perf_counter()
        for words, command, where in (
            ("clone", ["git", "clone", "--quiet", str(ROOT), str(clone)], None),
            ("set-up", ["make", ".venv/.run"], clone),
            ("first run", ["make", "run"], clone),
        ):
            before = time.perf_counter()
            subprocess.run(command, cwd=where, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            print(f"{words}: {time.perf_counter() - before:.0f} s", flush=True)
        print(f"from clone to first report: {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()

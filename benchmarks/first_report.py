"""From clone to first report: ``python benchmarks/first_report.py`` clones this repository and times ``make run``.

As on a newcomer's machine: an empty folder, an empty home, no virtual environment and nothing that pip has kept
(``--kept`` uses what it has). The network, or the mirror the machine is told to install from, is part of the number.
The result goes to ``benchmarks/results_first_report.md``; the README states its minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results_first_report.md"
_SET_BY_OTHERS = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX"}


def main() -> None:
    """Clone, set up and run; print the seconds of each and write them down."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--kept", action="store_true", help="use what pip has kept of packages; writes no result")
    kept = reader.parse_args().kept
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    with TemporaryDirectory(prefix="auditlab-first-") as private:
        environment = {name: value for name, value in os.environ.items() if name not in _SET_BY_OTHERS}
        if not kept:
            home = Path(private) / "home"
            home.mkdir()
            environment |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "PIP_NO_CACHE_DIR": "1"}
        seconds = _timed(Path(private) / "auditlab", environment)
    for words, taken in seconds.items():
        print(f"{words}: {taken:.0f} s")
    print(f"from clone to first report: {sum(seconds.values()):.0f} s")
    if not kept:
        RESULTS.write_text(_page(seconds, load=load), encoding="utf-8", newline="\n")


def _timed(clone: Path, environment: dict[str, str]) -> dict[str, float]:
    """Seconds of each step on the clock."""
    commands = {
        "clone": (["git", "clone", "--quiet", str(ROOT), str(clone)], clone.parent),
        "set-up with downloads": (["make", ".venv/.run"], clone),
        "first run": (["make", "run"], clone),
    }
    seconds = {}
    for words, (command, where) in commands.items():
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=where, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
        seconds[words] = time.perf_counter() - begun
    page = clone / done.stdout.strip().splitlines()[-1]
    if not page.is_file():
        message = f"the last line of 'make run' is no page: {page}"
        raise FileNotFoundError(message)
    return seconds


def _page(seconds: dict[str, float], *, load: float) -> str:
    total = sum(seconds.values())
    rows = "\n".join(f"| {words} | {taken:.0f} |" for words, taken in seconds.items())
    machine = (
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    return f"""# From clone to first report

Written by `python benchmarks/first_report.py` on {date.today():%Y-%m-%d}: an empty folder and an empty home, no virtual
environment, nothing kept by pip; then `make run`, as the README says, until the path of the first page was printed.
{machine}, load of the machine before it {load:.1f}.
Packages came from the index or mirror that the machine installs from: another network takes more or less.

| step | seconds |
|---|---:|
{rows}
| **all** | **{total:.0f}** |

About {max(1, round(total / 60))} minutes with downloads.
"""


if __name__ == "__main__":
    main()

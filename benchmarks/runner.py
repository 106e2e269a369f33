"""How quickly all notebooks of the sample engagement run, beside plain papermill.

In turn, by one process: plain ``papermill`` called once per notebook one after another, ``auditlab run
--jobs 2`` without anything kept, and the same again with nothing changed. Then the time until a
kernel has done the usual imports: a cold one, and one forked from the warm process of a run. Medians
are reported; a busy machine slows all of them alike. Every package has its bytecode, as an installation
leaves it: one run before the first turn writes what is missing. Run: ``python benchmarks/runner.py [--repeats N]``.
The results go to ``benchmarks/results_runner.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from auditlab.publish.execute import execute_notebook
from auditlab.publish.kernels import Kernels
from auditlab.publish.notebooks import chosen_notebooks

ROOT = Path(__file__).resolve().parent.parent
HALDEN = ROOT / "data" / "halden"
RESULTS = ROOT / "benchmarks" / "results_runner.md"
LIMITS = {"first run": 1 / 3, "second run": 1 / 10, "first cell": 1 / 3}

USUAL_IMPORTS = (
    "import pandas as pd\nimport auditlab\nfrom auditlab import figures, history, priority, sampling, signals"
)


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    times: dict[str, list[float]] = {}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(scratch) / "bytecode")
        command([sys.executable, "-m", "auditlab", "run", str(HALDEN), "--output", str(Path(scratch) / "before")])
        for turn in range(repeats):
            place = Path(scratch) / str(turn)
            for name, seconds in measured(place).items():
                times.setdefault(name, []).append(seconds)
    lines = report({name: statistics.median(seconds) for name, seconds in times.items()}, repeats=repeats)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def measured(place: Path) -> dict[str, float]:
    """Every time of one turn [s]."""
    place.mkdir()
    own = [sys.executable, "-m", "auditlab", "run", str(HALDEN), "--jobs", "2", "--output", str(place / "own")]
    found = {
        "plain papermill": timed(lambda: plain_papermill(place)),
        "first run": timed(lambda: command(own)),
        "second run": timed(lambda: command(own)),
    }
    notebook = place / "imports.ipynb"
    notebook.write_text(json.dumps(imports_notebook()), encoding="utf-8")
    with Kernels() as cold:
        found["cold first cell"] = timed(lambda: execute(notebook, cold))
    with Kernels(warm=True) as warm:
        execute(notebook, warm)  # the first waits for the imports of the process that is forked
        found["first cell"] = timed(lambda: execute(notebook, warm))
    return found


def timed(job: Callable[[], object]) -> float:
    """Wall time of `job` [s]."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def plain_papermill(place: Path) -> None:
    """Every notebook by the command line of papermill, one after another."""
    for name, source in chosen_notebooks(None).items():
        given = ["-p", "engagement", str(HALDEN), "-p", "output_dir", str(place / "plain")]
        output = str(place / f"{name}.ipynb")
        command([sys.executable, "-m", "papermill", str(source), output, "-k", "python3", "--no-progress-bar", *given])


def command(arguments: list[str]) -> None:
    """Run a command that must succeed."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    subprocess.run(arguments, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": path})  # noqa: S603


def imports_notebook() -> dict[str, object]:
    """A notebook whose one cell does the usual imports."""
    parameters = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "engagement = None"}
    imports = {"cell_type": "code", "metadata": {}, "source": USUAL_IMPORTS}
    cells = [{"id": f"c{n}", "outputs": [], "execution_count": None} | c for n, c in enumerate((parameters, imports))]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


def execute(notebook: Path, kernels: Kernels) -> None:
    """Execute `notebook`, which must succeed."""
    error = execute_notebook(notebook, parameters={"engagement": "x"}, kernels=kernels).error
    if error is not None:
        raise RuntimeError(error.trace)


def report(medians: dict[str, float], *, repeats: int) -> list[str]:
    """The lines of the result file."""
    bases = {"first run": "plain papermill", "second run": "first run", "first cell": "cold first cell"}
    rows = []
    for name, base in bases.items():
        ratio = medians[name] / medians[base]
        held = "yes" if ratio <= LIMITS[name] else "no"
        rows.append(f"| {name} | {medians[name]:.1f} | {base} | {medians[base]:.1f} | {ratio:.2f} | {held} |")
    where = f"{len(chosen_notebooks(None))} notebooks on data/halden, {os.cpu_count()} processors"
    limits = ", ".join(f"{name} {limit:.2f}" for name, limit in LIMITS.items())
    return [
        "# The runner",
        "",
        f"{where}, medians of {repeats} in turn, load of the machine {os.getloadavg()[0]:.1f}; times in seconds.",
        "",
        "| what | time | beside | time | ratio | limit held |",
        "|---|---:|---|---:|---:|---|",
        *rows,
        "",
        f"Limits: {limits}. A first run finds nothing kept; the first cell is a small notebook with the usual imports.",
    ]


if __name__ == "__main__":
    main()

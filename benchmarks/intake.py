"""How quickly a large workbook becomes canonical tables, beside what libraries take to read its cells alone.

A workbook of incidents (20 columns) is written once; then, one process for each and in turn: the whole of
`open_engagement` with nothing kept and with its result kept, `pandas.read_excel` with both engines, and calamine
alone. Compared are medians of CPU time (with the processes that read files), and of the peak memory of the largest
process. The second open is compared with the first inside one process whose imports are done, once per turn: a
difference of two medians, each with its imports, varies by more than what is measured.
Run: ``python benchmarks/intake.py [--repeats N] [--large]``; the results go to ``benchmarks/results_intake.md``.
``--large`` adds the workbook with five times as many rows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import xlsxwriter

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results_intake.md"
ROWS = 100_000
HEADERS = (
    *("Number", "Short description", "Opened", "Resolved", "Closed", "Priority", "State", "Service", "Site"),
    *("Assignment group", "Category", "Reassignment count", "Reopen count", "Made SLA", "Channel", "Impact"),
    *("Urgency", "Close code", "Cost", "Configuration item"),
)
_END = """
import json, resource, time
def used(who):
    found = resource.getrusage(who)
    return found.ru_utime + found.ru_stime, found.ru_maxrss / 1024
(own, peak), (read, largest) = used(resource.RUSAGE_SELF), used(resource.RUSAGE_CHILDREN)
print(json.dumps([own + read, max(peak, largest), time.perf_counter() - start]))
"""
_START = "import sys, time; start = time.perf_counter(); folder, kept = sys.argv[1:3]; "
PROGRAMS = {
    "first open": "from auditlab.intake import open_engagement; open_engagement(folder)",
    "second open": "from auditlab.kept import keeping_in; from pathlib import Path\n"
    "from auditlab.intake import open_engagement\nwith keeping_in(Path(kept)): open_engagement(folder)",
    "pandas, openpyxl": "import pandas; pandas.read_excel(folder + '/incidents.xlsx', engine='openpyxl')",
    "pandas, calamine": "import pandas; pandas.read_excel(folder + '/incidents.xlsx', engine='calamine')",
    "calamine alone": "import python_calamine\n"
    "python_calamine.load_workbook(folder + '/incidents.xlsx').get_sheet_by_index(0).to_python()",
    "imports of auditlab": "import auditlab.intake.opening",
}
OPENS = """
import json, resource, sys
from pathlib import Path
from auditlab.intake import open_engagement
from auditlab.intake.readers import close_readers
from auditlab.kept import keeping_in
folder, kept = sys.argv[1:3]
def used():
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)
def taken():
    start = used()
    open_engagement(folder)
    close_readers()
    return used() - start
first = taken()
with keeping_in(Path(kept)):
    open_engagement(folder)
    close_readers()  # or the first turn counts its readers with the second open
    print(json.dumps([first, taken()]))
"""
_CLOSE = "\nif 'auditlab' in sys.modules:\n    from auditlab.intake.readers import close_readers; close_readers()\n"


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        usual = engagement(Path(scratch) / "usual", rows=ROWS)
        found = measured(usual, list(PROGRAMS), repeats=chosen.repeats)
        opens = [run(OPENS, usual) for _ in range(chosen.repeats)]
        if chosen.large:
            large = engagement(Path(scratch) / "large", rows=5 * ROWS)
            found["first open, 500,000 rows"] = measured(large, ["first open"], repeats=chosen.repeats)["first open"]
    lines = report(found, opens, repeats=chosen.repeats)
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def engagement(folder: Path, *, rows: int) -> Path:
    """A folder with settings and one workbook of incidents, the same at every call."""
    folder.mkdir()
    (folder / "auditlab.toml").write_text('client = "C"\nas_of = 2024-03-31\n', encoding="utf-8")
    book = xlsxwriter.Workbook(
        folder / "incidents.xlsx", {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    )
    page, draw = book.add_worksheet("Incidents"), random.Random(1)  # noqa: S311  # invented rows, no secret
    page.write_row(0, 0, HEADERS)
    for row in range(1, rows + 1):
        page.write_row(row, 0, incident(row, draw))
    book.close()
    return folder


def incident(row: int, draw: random.Random) -> tuple[object, ...]:
    """One invented incident."""
    opened = dt.datetime(2022, 4, 1) + dt.timedelta(minutes=draw.randrange(730 * 1440))
    resolved = opened + dt.timedelta(minutes=draw.randrange(5, 9000))
    return (
        *(f"INC{row:07d}", f"{draw.choice(('Mail', 'VPN'))} does not answer, case {draw.randrange(3000)}", opened),
        *(resolved, resolved + dt.timedelta(days=3), f"P{draw.randrange(1, 6)}", "Closed"),
        *(f"Service {draw.randrange(12)}", draw.choice("ABCD"), f"Team {draw.randrange(30)}"),
        *(draw.choice(("Hardware", "Software", "Network")), draw.randrange(5), draw.randrange(2)),
        *(draw.choice(("Yes", "No")), draw.choice(("Phone", "Mail", "Portal")), draw.randrange(1, 4)),
        *(draw.randrange(1, 4), "Solved", round(draw.random() * 500, 2), f"CI-{draw.randrange(800)}"),
    )


def measured(folder: Path, names: list[str], *, repeats: int) -> dict[str, list[float]]:
    """Median CPU time [s], peak memory [MiB] and elapsed time [s] of each program."""
    turns: dict[str, list[list[float]]] = {name: [] for name in names}
    if "second open" in names:
        once("second open", folder)
    for _ in range(repeats):
        for name in names:
            turns[name].append(once(name, folder))
    return {name: [statistics.median(column) for column in zip(*found, strict=True)] for name, found in turns.items()}


def once(name: str, folder: Path) -> list[float]:
    """What one process takes."""
    return run(_START + PROGRAMS[name] + _CLOSE + _END, folder)


def run(program: str, folder: Path) -> list[float]:
    """The numbers that a program prints about `folder`."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", program, str(folder), f"{folder} kept"]
    done = subprocess.run(  # noqa: S603  # programs of this file
        command, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}
    )
    return [float(number) for number in json.loads(done.stdout)]


def report(found: dict[str, list[float]], opens: list[list[float]], *, repeats: int) -> list[str]:
    """The lines of the result file; `opens` holds the CPU time of a first and a second open of one process each [s]."""
    first, imports = found["first open"], found["imports of auditlab"][0]
    ratios = [
        ("CPU of the first open, beside pandas with openpyxl", first[0] / found["pandas, openpyxl"][0], 1 / 5),
        ("CPU of the first open, beside calamine alone", first[0] / found["calamine alone"][0], 2.0),
        ("the same without the imports", (first[0] - imports) / found["calamine alone"][0], 2.0),
        ("peak memory, beside pandas with calamine", first[1] / found["pandas, calamine"][1], 1.5),
        ("second open beside first, in one process", statistics.median(again / one for one, again in opens), 1 / 20),
    ]
    if large := found.get("first open, 500,000 rows"):
        ratios.append(("500,000 rows beside 100,000", large[0] / first[0], 5.5))
    table = [f"| {name} | {cpu:.2f} | {peak:.0f} | {wall:.1f} |" for name, (cpu, peak, wall) in found.items()]
    held = [
        f"| {what} | {ratio:.2f} | {limit:.2f} | {'yes' if ratio <= limit else 'no'} |" for what, ratio, limit in ratios
    ]
    size = f"{ROWS:,} incidents of {len(HEADERS)} columns in one workbook"
    machine = f"{os.cpu_count()} processors, load of the machine {os.getloadavg()[0]:.1f}"
    return [
        "# Intake",
        "",
        f"{size}; medians of {repeats} in turn, one process each; {machine}.",
        "",
        "| program | CPU [s] | peak of the largest process [MiB] | elapsed [s] |",
        "|---|---:|---:|---:|",
        *table,
        "",
        "| ratio | measured | limit | held |",
        "|---|---:|---:|---|",
        *held,
        "",
        "In one process, imports done, CPU of the first and of the second open [s]: "
        + ", ".join(f"{one:.2f} and {again:.3f}" for one, again in opens)
        + ".",
    ]


if __name__ == "__main__":
    main()

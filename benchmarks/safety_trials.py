"""Two hundred seeded trials of a run: hostile text, kills at any moment, runs side by side.

Nothing may be lost, mixed or executed. Run: ``python benchmarks/safety_trials.py [--seed N] [--text N]
[--kills N] [--together N]``; ends with 1 where a trial failed. The quick ones of these trials are
also in ``tests/publish/test_safety.py``.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pandas as pd

import auditlab
from auditlab.publish.blocks import TableBlock
from auditlab.publish.files import folder_name
from auditlab.publish.manifest import verify
from auditlab.publish.run import run
from auditlab.publish.templating import block_html
from auditlab.publish.workbook import Sheet, workbook_bytes

PIECES = (
    "<script>alert(1)</script>", "</script>", "<img src=x onerror=alert(1)>", '" onclick="x', "=1+1", "+cmd|'x'!A0",
    "@SUM(A1)", "-1", "\u202e", "\u200f", "{{ 7*7 }}", "{0}", "%s", "../", "..\\", "/", "C:\\", "\t", "'", "é", "日本",
)  # fmt: skip
NOTEBOOK = """
import auditlab, pandas as pd
lab = auditlab.open_engagement(engagement)
page = auditlab.open_page(lab, "one", output_dir=output_dir)
page.show(lab.tables.sites.assign(run=page.run), name="told", caption="sites")
"""


def main() -> None:
    """Do the trials and tell which failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20260101)
    for name, count in (("text", 150), ("kills", 30), ("together", 20)):
        parser.add_argument(f"--{name}", type=int, default=count)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)  # noqa: S311  # trials, no secret
    kinds: dict[str, Callable[[Path, random.Random], str]] = {
        "text": text_trial, "kills": kill_trial, "together": together_trial,
    }  # fmt: skip
    failed = 0
    for kind, trial in kinds.items():
        faults = []
        for _ in range(getattr(chosen, kind)):
            with tempfile.TemporaryDirectory() as scratch:
                faults.append(trial(Path(scratch), draw))
        failed += sum(1 for fault in faults if fault)
        print(f"{kind}: {len(faults)} trials, {sum(1 for fault in faults if fault)} failed")
        print("".join(f"  {fault}\n" for fault in faults if fault), end="")
    sys.exit(1 if failed else 0)


def hostile(draw: random.Random) -> str:
    """A text of hostile pieces; one in twenty is 100,000 characters long."""
    text = "".join(draw.choices(PIECES, k=draw.randint(1, 6)))
    return (text * (100_000 // len(text) + 1))[:100_000] if draw.random() < 0.05 else text


def engagement(folder: Path, names: list[str], *, client: str) -> Path:
    """An engagement of sites with these names."""
    folder.mkdir()
    settings = f"name = {json.dumps(client)}\nclient = {json.dumps(client)}\nas_of = 2024-03-31\n"
    (folder / "auditlab.toml").write_text(settings, encoding="utf-8")
    with (folder / "sites.csv").open("w", encoding="utf-8", newline="") as target:
        rows = [[f"S{place}", name, "no"] for place, name in enumerate(names)]
        csv.writer(target).writerows([["Site", "Name", "Central"], *rows])
    return folder


def text_trial(scratch: Path, draw: random.Random) -> str:
    """Hostile cells through intake, page and workbook; what went wrong, or nothing."""
    names = [hostile(draw) for _ in range(4)]
    client = hostile(draw)[:200]
    lab = auditlab.open_engagement(engagement(scratch / "e", names, client=client))
    seen, fates = lab.summary["seen"].sum(), lab.summary[["loaded", "rejected", "skipped", "duplicate"]].sum().sum()
    sites = lab.tables.sites.astype("str")
    page = block_html("table", TableBlock.of(sites, name="sites", caption=client))
    sheet = Sheet(title="S", heading=client, frame=sites, labels={"site": "Site", "name": "Name"})
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes([sheet], title="T")))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    faults = {
        "rows were lost": seen != fates,
        "a tag came through": any(tag in page for tag in ("<script", "</script", "<img", '" onclick="')),
        "a formula came through": any(cell.data_type == "f" for cell in cells),
        "the folder leaves its place": (scratch / folder_name(client)).resolve().parent != scratch.resolve(),
    }
    return "; ".join(fault for fault, found in faults.items() if found)


def kill_trial(scratch: Path, draw: random.Random) -> str:
    """Kill a run at a drawn moment, then run again: the folder holds whole runs only."""
    folder, notebooks = engagement(scratch / "e", ["A"], client="C"), own_notebook(scratch)
    program = (
        "from pathlib import Path\nfrom auditlab.publish.run import run\n"
        f"run({str(folder)!r}, output={str(scratch / 'out')!r}, notebook_folder=Path({str(notebooks)!r}))"
    )
    child = subprocess.Popen([sys.executable, "-c", program])  # noqa: S603  # our own program
    time.sleep(draw.uniform(0.5, 12.0))
    child.send_signal(signal.SIGKILL)
    child.wait()
    run(folder, output=scratch / "out", notebook_folder=notebooks)
    runs = [path for path in (scratch / "out" / "C").iterdir() if path.name != ".cache"]
    partial = [path.name for path in runs if path.name.startswith(".")]
    changed = [line for path in runs if not path.name.startswith(".") for line in verify(path)]
    return "; ".join([*(f"left {name}" for name in partial), *changed])


def together_trial(scratch: Path, draw: random.Random) -> str:
    """Three engagements of one name run into one folder at the same time; each result holds its own rows."""
    notebooks = own_notebook(scratch)
    folders = {place: engagement(scratch / f"e{place}", [f"only {place}"], client="C") for place in range(3)}
    order = draw.sample(list(folders), k=len(folders))
    with ThreadPoolExecutor() as pool:
        started = {
            place: pool.submit(run, folders[place], output=scratch / "out", notebook_folder=notebooks)
            for place in order
        }
        done = {place: result.result() for place, result in started.items()}
    faults = []
    for place, result in done.items():
        told = pd.read_csv(result.folder / "tables" / "told.csv", dtype="str")
        if told["name"].tolist() != [f"only {place}"] or told["run"].tolist() != [result.folder.name]:
            faults.append(f"run {result.folder.name} holds rows of another")
        faults += verify(result.folder)
    return "; ".join(faults)


def own_notebook(scratch: Path) -> Path:
    """A folder with one small notebook."""
    folder = scratch / "notebooks"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    code = {"cell_type": "code", "outputs": [], "execution_count": None}
    cells = [
        {"id": "a", "metadata": {"tags": ["parameters"]}, "source": "engagement = as_of = output_dir = None"} | code,
        {"id": "b", "metadata": {}, "source": NOTEBOOK} | code,
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    (folder / "one.ipynb").write_text(json.dumps(content), encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()

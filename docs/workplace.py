"""Where walk-throughs are executed: a folder that looks like a clone, so that every command is as a reader types it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
VARIABLE = "AUDITLAB_WORKPLACE"
_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r"\A(?::[\w-]+:[^\n]*\n)+\n?")


def open_workplace(folder: Path) -> Path:
    """Make `folder` the place where cells run: ``docs`` and ``benchmarks`` as in a clone, ``auditlab`` on the path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("docs", "benchmarks"):
        (folder / name).symlink_to(ROOT / name)
    os.environ[VARIABLE] = str(folder)
    os.environ |= {"NO_COLOR": "1", "TTY_COMPATIBLE": "0"}  # a page is no terminal
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return folder


def cells_of(page: Path) -> list[str]:
    """The code cells of a page of MyST, without their options."""
    return [_OPTION.sub("", cell) for cell in _CELL.findall(page.read_text(encoding="utf-8"))]


def execute(page: Path, *, small: bool = False) -> str:
    """Execute the cells of `page` in the workplace, and return all they print; `small` makes 300 clients of 5,000.

    Raises
    ------
    CellExecutionError
        If a cell fails.
    """
    made = "make_files.py portfolio portfolio"
    cells = [cell.replace(made, f"{made} --clients 300") if small else cell for cell in cells_of(page)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=900, kernel_name="python3").execute()
    return "".join(
        str(output.get("text") or output.get("data", {}).get("text/plain", ""))
        for cell in notebook.cells
        for output in cell["outputs"]
    )

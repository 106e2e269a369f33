"""Execute one notebook. This module alone calls papermill, after the parameters were validated.

papermill writes the *names* of parameters into the notebook unescaped, only warns of unknown ones,
sends output paths through ``str.format`` and saves after every cell. So it gets checked names and
plain values, a notebook in memory and no output path.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlab.publish.kernels import Kernels
from auditlab.publish.parameters import PlainValue

OnCell = Callable[[int, int], None]
"""Called before each code cell with its place and the number of cells."""

Notebook = dict[str, Any]
"""A notebook as JSON (nbformat 4.5): only papermill and the page renderer look into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellError:
    """What stopped a notebook: the cell (position in the executed notebook), the error and its trace."""

    cell: int
    name: str
    message: str
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """An executed notebook; with `error` it is executed up to the cell that failed."""

    notebook: Notebook
    error: CellError | None


def execute_notebook(
    source: Path,
    *,
    parameters: Mapping[str, PlainValue],
    on_cell: OnCell | None = None,
    kernels: Kernels | None = None,
    limit_seconds: float | None = None,
) -> Execution:
    """Execute the notebook file `source` with `parameters` in a kernel of its own.

    Parameters
    ----------
    source : Path
        Notebook file; it is only read.
    parameters : mapping
        Checked by `auditlab.publish.parameters.notebook_parameters`; injected after the cell tagged
        ``parameters``.
    on_cell : callable, optional
        Told of the progress.
    kernels : Kernels, optional
        The kernels of a run; without them a cold one is started.
    limit_seconds : float, optional
        How long the notebook may take [s].

    Returns
    -------
    Execution
        The notebook with its outputs. An error in a cell, the death of the kernel or the end of its
        time is a result.
    """
    # A thread of its own has an event loop of its own, which can be closed without harm to a caller
    # that has one too, such as JupyterLab.
    with ThreadPoolExecutor(max_workers=1) as thread:
        asked = _Asked(parameters=dict(parameters), on_cell=on_cell, kernels=kernels, limit_seconds=limit_seconds)
        return thread.submit(_execute, source, asked).result()


def _execute(source: Path, asked: _Asked) -> Execution:
    papermill, nbformat = _import_papermill()
    from auditlab.publish.engine import ENGINE, KernelEngine  # noqa: PLC0415  # imports papermill

    # Not an entry point: papermill loads those when it is imported, and the engine imports papermill.
    papermill.engines.papermill_engines.register(ENGINE, KernelEngine)
    notebook = nbformat.reads(source.read_text(encoding="utf-8"), as_version=4)
    watched = _Watched(notebook=notebook, on_cell=asked.on_cell)
    error = None
    try:
        papermill.execute_notebook(
            notebook,
            None,
            parameters=asked.parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            on_notebook_start=watched.started,
            on_cell_start=watched.cell_started,
            kernels=asked.kernels,
            limit_seconds=asked.limit_seconds,
        )
    except papermill.PapermillExecutionError as failed:
        trace = "\n".join(failed.traceback)
        error = CellError(cell=failed.cell_index, name=failed.ename, message=failed.evalue, trace=trace)
    except Exception as failed:  # noqa: BLE001  # whatever the machinery meets is told, the rest of the run stands
        error = CellError(cell=watched.cell, name=type(failed).__name__, message=str(failed), trace=repr(failed))
    finally:
        _close_event_loop()
    executed = papermill.execute.remove_error_markers(watched.notebook)
    return Execution(notebook=portable(json.loads(nbformat.writes(executed))), error=error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """How a notebook is to be executed."""

    parameters: dict[str, PlainValue]
    on_cell: OnCell | None
    kernels: Kernels | None
    limit_seconds: float | None


@dataclass(slots=True, kw_only=True)
class _Watched:
    """The notebook papermill works on, so that a failure leaves what was done before it."""

    notebook: Any  # Any: NotebookNode of an untyped library
    on_cell: OnCell | None
    cell: int = 0

    def started(self, *, notebook: Any) -> None:  # Any: as above
        self.notebook = notebook

    def cell_started(self, *, cell: object, cell_index: int) -> None:  # noqa: ARG002  # named by nbclient
        self.cell = cell_index
        if self.on_cell is not None:
            self.on_cell(cell_index, len(self.notebook.cells))


def _close_event_loop() -> None:
    """Close the event loop that papermill's helpers leave open in this thread."""
    with suppress(RuntimeError):  # none was made
        asyncio.get_event_loop().close()


def portable(notebook: Notebook) -> Notebook:
    """The executed notebook without the folder it wrote to, which is moved into place after the run.

    Run again in JupyterLab, it then writes to the draft folder and not into the past.
    """
    for cell in notebook["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", []):
            lines = "".join(cell["source"]).splitlines(keepends=True)
            cell["source"] = [line for line in lines if not line.startswith("output_dir =")]
    notebook["metadata"].get("papermill", {}).get("parameters", {}).pop("output_dir", None)
    return notebook


def _import_papermill() -> tuple[Any, Any]:  # Any: untyped libraries
    """papermill and nbformat, without the 2 to 3 s that nbformat takes where JupyterLab is installed."""
    # jsonschema, which nbformat imports, builds a grammar for addresses if this module can be imported.
    hidden = "rfc3987_syntax" not in sys.modules
    if hidden:
        sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # None: "cannot be imported"
    try:
        import nbformat  # noqa: PLC0415  # slow; only a run needs it
        import papermill  # noqa: PLC0415
    finally:
        if hidden:
            del sys.modules["rfc3987_syntax"]
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    return papermill, nbformat

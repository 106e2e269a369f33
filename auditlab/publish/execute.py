"""Execute one notebook. This module alone calls papermill, after the parameters were validated.

papermill writes the *names* of parameters into the notebook unescaped, only warns of unknown ones,
sends output paths through ``str.format`` and saves after every cell. So it gets checked names and
plain values, a notebook in memory and no output path.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlab.publish.parameters import PlainValue

START_SECONDS = 120
"""How long a kernel may take to start, on a slow laptop with a virus scanner [s]."""

_MAX_SOCKET_PATH = 90
"""A path of a Unix socket has at most 103 bytes on macOS, and some are added to ours."""

# The folder of the package comes last, so that a checkout that was not installed works too.
_KERNEL_ENTRY = (
    f"import sys; sys.path.append({str(Path(__file__).resolve().parents[2])!r}); "
    "from auditlab.publish.kernel import main; main()"
)

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


def execute_notebook(source: Path, *, parameters: Mapping[str, PlainValue], on_cell: OnCell | None = None) -> Execution:
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

    Returns
    -------
    Execution
        The notebook with its outputs. An error in a cell, or the death of the kernel, is a result.
    """
    # A thread of its own has an event loop of its own, which can be closed without harm to a caller
    # that has one too, such as JupyterLab.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(_execute, source, dict(parameters), on_cell).result()


def stop_kernels() -> None:
    """Kill every kernel that still runs; the notebooks waiting for one end with an error."""
    for manager in list(_managers):
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            process.kill()


_managers: weakref.WeakSet[Any] = weakref.WeakSet()  # Any: the class is made in a function, see _kernel_manager


def _execute(source: Path, parameters: dict[str, PlainValue], on_cell: OnCell | None) -> Execution:
    papermill, nbformat = _import_papermill()
    asked = nbformat.reads(source.read_text(encoding="utf-8"), as_version=4)
    watched = _Watched(notebook=asked, on_cell=on_cell)
    error = None
    try:
        with tempfile.TemporaryDirectory(prefix="al-") as private:
            papermill.execute_notebook(
                asked,
                None,
                parameters=parameters,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                request_save_on_cell_execute=False,
                start_timeout=START_SECONDS,
                on_notebook_start=watched.started,
                on_cell_start=watched.cell_started,
                kernel_manager_class=_kernel_manager(Path(private)),
                shutdown_kernel="immediate",
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


def _kernel_manager(private: Path) -> type:
    """A kernel manager class that starts our own kernel entry with this very Python."""
    from jupyter_client.kernelspec import KernelSpec  # noqa: PLC0415  # slow; only a run needs it
    from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415

    connection_file = str(private / "k.json")
    sockets = os.name == "posix" and len(connection_file) < _MAX_SOCKET_PATH

    class OwnKernel(AsyncKernelManager):
        def __init__(self, **options: Any) -> None:  # Any: traits, passed on
            super().__init__(**options)
            _managers.add(self)
            self.connection_file = connection_file
            if sockets:
                # Files in a private folder: nobody else on the machine can connect, and no port is opened.
                self.transport = "ipc"
                self.ip = str(private / "k")
            else:
                self.transport_encryption = "auto"

        @property
        def kernel_spec(self) -> KernelSpec:
            # A registered "python3" kernel may belong to another environment.
            command = [sys.executable, "-P", "-c", _KERNEL_ENTRY, "-f", "{connection_file}"]
            return KernelSpec(
                argv=command, display_name="auditlab", language="python", metadata={"supported_encryption": ["curve"]}
            )

    return OwnKernel

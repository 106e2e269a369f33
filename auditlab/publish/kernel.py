"""The kernels that `auditlab run` starts: quick, and blind to the user's and the folder's own Python files.

A cold kernel is a new Python. Where the platform can fork (Linux), one process of the run imports what
notebooks import and is forked for every notebook: each has a process of its own, as fresh as a new
kernel, because the process that is forked has executed nothing but imports.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

READY = "ready\n"
"""What the warm process says once its imports are done."""

_IMPORTS = (
    "auditlab.figures", "auditlab.figures.service_trends", "auditlab.history", "auditlab.intake", "auditlab.planning",
    "auditlab.priority", "auditlab.publish.page", "auditlab.publish.readiness", "auditlab.sampling", "auditlab.signals",
    "auditlab.statistics", "duckdb", "IPython.display", "ipykernel.kernelapp", "numpy", "pandas",
    "plotly.graph_objects", "plotly.io", "pyarrow.parquet", "scipy.optimize", "scipy.stats",
    "sklearn.feature_extraction.text", "statsmodels.api",
)  # fmt: skip
_DIE_WITH_PARENT = 1
"""``PR_SET_PDEATHSIG`` of prctl(2)."""


def main() -> None:
    """Start a cold kernel with the arguments of the command line."""
    _skip_slow_grammar()
    _launch(Path(sys.argv[sys.argv.index("-f") + 1]))


def serve(descriptor: int) -> None:
    """Do the imports, then fork a kernel for every line of JSON on the socket `descriptor` and answer with its id.

    Ends, and its kernels with it, when the other end closes the socket.
    """
    _skip_slow_grammar()
    for module in _IMPORTS:
        importlib.import_module(module)
    gc.freeze()  # a collection in a child would copy the pages of all these modules
    # Nobody waits for the children; without this they would stay as zombies that look alive.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    parent = os.getpid()
    with socket.socket(fileno=descriptor) as line, line.makefile("r", encoding="utf-8") as orders:
        line.sendall(READY.encode())
        for order in orders:
            child = os.fork()
            if child == 0:
                _become_kernel(json.loads(order), line, parent=parent)
            line.sendall(f"{child}\n".encode())


def _become_kernel(order: dict[str, Any], line: socket.socket, *, parent: int) -> NoReturn:  # Any: JSON
    """Turn this fork into the kernel of one notebook."""
    code = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before it was heard
            os._exit(code)
        line.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        # All forks would draw the same "random" numbers otherwise.
        sys.modules["numpy"].random.seed()
        _launch(Path(order["connection_file"]))
        code = 0
    finally:
        os._exit(code)


def _skip_slow_grammar() -> None:
    """Let "import nbformat" (which plotly tries) skip an optional grammar that takes 2 to 3 s to build."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: "cannot be imported"


def _launch(connection_file: Path) -> None:
    """Become a kernel without user profile, history and modules from the current folder."""
    # Start-up files of a personal profile would make a report depend on who runs it. The folder of the
    # connection file is private and goes with the notebook.
    os.environ["IPYTHONDIR"] = str(connection_file.parent / "ipython")
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  # reads IPYTHONDIR

    quiet = ["--HistoryManager.enabled=False", "--IPKernelApp.ignore_cwd=True"]
    IPKernelApp.launch_instance(argv=["-f", str(connection_file), *quiet])

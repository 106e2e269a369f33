"""papermill's engine ``auditlab``: its own way to execute cells, with the kernels of a run.

``papermill --engine auditlab`` knows it too, and then starts a cold kernel for the one notebook.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from papermill.engines import NBClientEngine

from auditlab.publish.kernels import START_SECONDS, Kernels, kill_kernel, own_prefix

ENGINE = "auditlab"


class NotebookTimeError(Exception):
    """A notebook took longer than it may."""


class KernelEngine(NBClientEngine):  # type: ignore[misc]  # papermill is not typed
    """Executes a notebook in a kernel of its own, within a limit of time."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,  # Any: of papermill
        kernel_name: str,
        kernels: Kernels | None = None,
        limit_seconds: float | None = None,
        **given: Any,  # Any: of papermill, passed on
    ) -> Any:
        """Execute the notebook of `nb_man`; papermill calls this.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
            The notebook and what is told of its progress.
        kernel_name : str
            Written into the notebook; the kernel is always this very Python.
        kernels : Kernels, optional
            The kernels of a run.
        limit_seconds : float, optional
            How long the notebook may take [s].
        **given
            Further options of papermill.

        Raises
        ------
        NotebookTimeError
            If it took longer; its kernel was killed.
        """
        with ExitStack() as opened:
            used = kernels or opened.enter_context(Kernels())
            private = opened.enter_context(TemporaryDirectory(prefix=own_prefix(), ignore_cleanup_errors=True))
            clock = opened.enter_context(_Clock(limit_seconds))
            given |= {"start_timeout": START_SECONDS, "shutdown_kernel": "immediate"}
            given["kernel_manager_class"] = used.manager_class(Path(private), told=clock.start)
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, **given)
            except Exception:
                if clock.passed:
                    raise NotebookTimeError(f"{limit_seconds:g} s") from None
                raise


class _Clock:
    """Kills a kernel when its time is over."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self.passed = False

    def start(self, manager: Any) -> None:  # Any: of jupyter_client
        if self._seconds is not None:
            self._timer = threading.Timer(self._seconds, self._over, [manager])
            self._timer.daemon = True
            self._timer.start()

    def _over(self, manager: Any) -> None:  # Any: as above
        self.passed = True
        kill_kernel(manager)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failed: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

"""The kernels of one run: started for its notebooks, and gone with it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from auditlab.publish.kernel import READY

START_SECONDS = 120
"""How long a kernel may take to start, on a slow laptop with a virus scanner [s]."""

CAN_FORK = sys.platform == "linux"
"""macOS can fork too, but its own libraries do not survive it."""

_PRIVATE = "al-"

_MAX_SOCKET_PATH = 90
"""A path of a Unix socket has at most 103 bytes on macOS, and some are added to ours."""

# The folder of the package comes last, so that a checkout that was not installed works too.
_ENTRY = (
    f"import sys; sys.path.append({str(Path(__file__).resolve().parents[2])!r}); "
    "from auditlab.publish.kernel import main, serve; "
)

# Sums of several threads differ in the last digits with the number of cores; notebooks run side by side anyway.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


# pyarrow's memory allocator starts a thread of its own, and only a process without threads forks safely.
_NO_MEMORY_THREAD = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}


class ForkedKernel:
    """A kernel that is no child of this process, with the methods of ``Popen`` that jupyter_client calls."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """``None`` while it lives."""
        if self.returncode is None:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises
        ------
        TimeoutExpired
            If it lives longer than `timeout` [s].
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
            time.sleep(0.01)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class WarmProcess:
    """The process whose imports are done and that is forked for every notebook; see `auditlab.publish.kernel`."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        self._line.settimeout(START_SECONDS)
        self._answers = self._line.makefile("r", encoding="utf-8")
        self._lock = threading.Lock()
        self._ready = False
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-P", "-c", f"{_ENTRY}serve({theirs.fileno()})"],
                pass_fds=[theirs.fileno()],
                env=os.environ | _ONE_THREAD | _NO_MEMORY_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the run, which ends it
            )

    def fork(self, *, connection_file: str, env: Mapping[str, str], cwd: str) -> ForkedKernel:
        """A new kernel.

        Raises
        ------
        OSError
            If the process is gone; a cold kernel must do then.
        """
        order = {"connection_file": connection_file, "env": dict(env), "cwd": cwd}
        with self._lock:
            if not self._ready and self._answers.readline() != READY:
                raise OSError("the warm process did not start")
            self._ready = True
            self._line.sendall(f"{json.dumps(order)}\n".encode())
            answer = self._answers.readline()
        if not answer:
            raise OSError("the warm process has ended")
        return ForkedKernel(int(answer))

    def stop(self) -> None:
        """End it; its kernels end with it."""
        self._process.kill()
        self._process.wait()
        self._answers.close()
        self._line.close()


class Kernels:
    """The kernels of one run, warm where the platform can fork; to be used in a ``with`` block.

    Parameters
    ----------
    env : mapping, optional
        Variables of the environment that the kernels get beside those of this process.
    warm : bool
        Whether many notebooks are expected, so that imports done once pay.
    """

    def __init__(self, *, env: Mapping[str, str] | None = None, warm: bool = False) -> None:
        remove_orphans()
        self._env = {**(env or {}), **_ONE_THREAD}
        self._warm = WarmProcess() if warm and CAN_FORK else None
        self._lock = threading.Lock()
        self._managers: list[Any] = []  # Any: the class is made in a function, see manager_class
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Kill every kernel that still runs and let none start; the notebooks waiting for one end with an error."""
        with self._lock:
            self._stopped = True
            managers = list(self._managers)
        for manager in managers:
            kill_kernel(manager)
        if self._warm is not None:
            self._warm.stop()

    def started(self, manager: Any) -> None:  # Any: as above
        """Take note of a kernel.

        Raises
        ------
        OSError
            If the run was stopped.
        """
        with self._lock:
            if self._stopped:
                raise OSError("the run was stopped")
            self._managers.append(manager)

    def manager_class(self, private: Path, *, told: Callable[[Any], None]) -> type:  # Any: as above
        """A kernel manager class whose kernel keeps its files in the folder `private`; each manager is told of."""
        # Slow to import; only a run needs them.
        from jupyter_client.kernelspec import KernelSpec  # noqa: PLC0415
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415
        from jupyter_client.provisioning.local_provisioner import LocalProvisioner  # noqa: PLC0415

        kernels, connection_file = self, str(private / "k.json")
        sockets = os.name == "posix" and len(connection_file) < _MAX_SOCKET_PATH

        class OwnProvisioner(LocalProvisioner):
            async def pre_launch(self, **given: Any) -> dict[str, Any]:  # Any: of jupyter_client
                given["env"] = {**given.get("env", os.environ), **kernels._env}
                return dict(await super().pre_launch(**given))

            async def launch_kernel(self, cmd: list[str], **given: Any) -> Any:  # Any: of jupyter_client
                if kernels._warm is not None:
                    with suppress(OSError):  # a cold kernel does it as well
                        cwd = str(given.get("cwd") or Path.cwd())
                        forked = kernels._warm.fork(connection_file=connection_file, env=given["env"], cwd=cwd)
                        self.process, self.pid = forked, forked.pid  # type: ignore[assignment]  # has what is called
                        return self.connection_info
                return await super().launch_kernel(cmd, **given)

        class OwnKernel(AsyncKernelManager):
            def __init__(self, **options: Any) -> None:  # Any: traits, passed on
                super().__init__(**options)
                kernels.started(self)
                told(self)
                self.connection_file = connection_file
                self.provisioner = OwnProvisioner(
                    parent=self, kernel_id=str(uuid.uuid4()), kernel_spec=self.kernel_spec
                )
                if sockets:
                    # Files in a private folder: nobody else on the machine can connect, and no port is opened.
                    self.transport = "ipc"
                    self.ip = str(private / "k")
                else:
                    self.transport_encryption = "auto"

            @property
            def kernel_spec(self) -> KernelSpec:
                # A registered "python3" kernel may belong to another environment.
                command = [sys.executable, "-P", "-c", f"{_ENTRY}main()", "-f", "{connection_file}"]
                return KernelSpec(
                    argv=command,
                    display_name="auditlab",
                    language="python",
                    metadata={"supported_encryption": ["curve"]},
                )

        return OwnKernel


def own_prefix() -> str:
    """How the private folders of this process begin: short, for the paths of sockets, and with its number."""
    return f"{_PRIVATE}{os.getpid()}-"


def remove_orphans() -> None:
    """Remove private folders whose process was killed before it could do so."""
    if os.name != "posix":  # elsewhere, asking for a process this way would end it
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{_PRIVATE}*-*"):
        number = folder.name.removeprefix(_PRIVATE).partition("-")[0]
        if number.isdecimal() and not _lives(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # of somebody else, or no number of a process
        return True
    return True


def kill_kernel(manager: Any) -> None:  # Any: as above
    """End the kernel of `manager` at once, if it runs."""
    process = getattr(manager.provisioner, "process", None)
    if process is not None:
        process.kill()

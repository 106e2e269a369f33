"""Have files read by processes of their own, several at a time, each within its limits.

A process is started when a file has to be read and none is idle, and stays for the next file until the
program ends: starting one takes a tenth of a second. One that breaks off is replaced.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Timer

from auditlab.errors import EngagementError
from auditlab.intake.file_kinds import WORKBOOK_SUFFIXES
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.reader_process import Answer, Outcome, Request
from auditlab.intake.sheets import RawSheet

MOST_READERS = 4
WORTH_A_READER = 2 * 2**20  # [bytes]; smaller files are read before another process has started
_COMMAND = "from auditlab.intake.reader_process import serve; serve()"
_ROOT = str(Path(__file__).resolve().parent.parent.parent)
_BROKE_OFF = "it broke off"


class _Reader:
    """One process that reads files."""

    def __init__(self) -> None:
        paths = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH", ""))))
        self._process = subprocess.Popen(  # noqa: S603  # this very program
            # -P: a module that lies in the current folder is not taken for one of Python's own
            [sys.executable, "-P", "-c", _COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Where calamine panics, nobody reads how it came there, and telling it takes long. Arrow's own memory
            # takes more addresses than it needs, and these have a limit.
            env=os.environ | {"PYTHONPATH": paths, "RUST_BACKTRACE": "0", "ARROW_DEFAULT_MEMORY_POOL": "system"},
        )
        self._ended = False

    def ask(self, request: Request, *, seconds: float) -> Answer | None:
        """The answer; ``None`` if the process broke off, also because the time was over."""
        source, target = self._process.stdout, self._process.stdin
        assert source is not None  # both are pipes, see above
        assert target is not None
        watch = Timer(seconds, self._end)
        watch.start()
        try:
            pickle.dump(request, target)
            target.flush()
            answer: Answer = pickle.load(source)  # noqa: S301  # written by the process that this one started
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        finally:
            watch.cancel()
            watch.join()  # it may just be ending the process, which then must not be asked again
        return answer

    def _end(self) -> None:
        self._ended = True
        self._process.kill()

    @property
    def runs(self) -> bool:
        """Whether the process can be asked."""
        return not self._ended and self._process.poll() is None

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        with suppress(OSError), self._process:
            pass


_idle: list[_Reader] = []


@atexit.register
def close_readers() -> None:
    """End the processes that are idle."""
    while _idle:
        _idle.pop().close()


if hasattr(os, "register_at_fork"):  # a copy of this program has no part in its conversations
    os.register_at_fork(after_in_child=_idle.clear)


def read_files(files: Sequence[tuple[Path, str]], *, limits: ReadLimits) -> list[list[RawSheet] | EngagementError]:
    """The sheets of every file, or why it has none, in the order of `files`.

    Parameters
    ----------
    files : sequence of (Path, str)
        Each file and how the ledger calls it.
    limits : ReadLimits
        What the reading of one file may take.
    """
    sizes = sum(_size(path) for path, _ in files)
    readers = max(1, min(os.cpu_count() or 1, MOST_READERS, len(files), sizes // WORTH_A_READER))
    with ThreadPoolExecutor(readers) as threads:
        return list(threads.map(lambda file: _read(*file, limits=limits), files))


def _size(path: Path) -> int:
    """Size of a file [bytes]; 0 if it is gone, which the process that is to read it will tell."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _idle_reader() -> _Reader | None:
    """A process that waits for a question; none that something ended in the meantime."""
    while True:
        try:
            reader = _idle.pop()
        except IndexError:  # none is idle, or another thread was faster
            return None
        if reader.runs:
            return reader
        reader.close()


def _asked(request: Request, *, seconds: float) -> tuple[Answer | None, bool]:
    """What a process answers, and whether its time was over."""
    reader = _idle_reader() or _Reader()
    start = time.monotonic()
    answer = None
    try:
        answer = reader.ask(request, seconds=seconds)
    finally:
        if answer is None or not reader.runs:
            reader.close()
        else:
            _idle.append(reader)
    return answer, answer is None and time.monotonic() - start >= seconds


def _read(path: Path, name: str, *, limits: ReadLimits) -> list[RawSheet] | EngagementError:
    seconds = limits.seconds_for(_size(path))
    request = Request(path.resolve(), name, limits)
    start = time.monotonic()
    answer, late = _asked(request, seconds=seconds)
    left = seconds - (time.monotonic() - start)
    again = path.suffix.lower() in WORKBOOK_SUFFIXES  # only these have a second library
    if again and not late and left > 0 and (answer is None or answer.outcome is Outcome.NO_MEMORY):
        reason = f"more than {limits.memory_mib:,} MiB of memory" if answer else _BROKE_OFF
        second, late = _asked(request._replace(failed=reason), seconds=left)
        answer = second if second and second.outcome in (Outcome.READ, Outcome.REFUSED) else answer
    if late:
        return EngagementError(
            f"{name}: reading it takes longer than {seconds:.0f} seconds. Save it again as .xlsx with nothing but its "
            "tables, or raise seconds in [limits] of auditlab.toml."
        )
    if answer is None or answer.outcome is Outcome.NO_MEMORY:
        return EngagementError(
            f"{name}: reading it takes more than {limits.memory_mib:,} MiB of memory, or stops the library that reads "
            "it. Delete empty rows and columns and save it again as .xlsx, or raise memory_mib in [limits] of "
            "auditlab.toml."
        )
    if answer.message:
        return EngagementError(answer.message)
    return [RawSheet.unpacked(sheet, file=name) for sheet in answer.sheets]

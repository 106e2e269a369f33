"""The process that reads files, so that a file built to fill the memory or to crash a library harms nobody else.

It is asked on its standard input and answers on its standard output, one pickled value after another:
both ends are auditlab. It keeps no file open between two questions, imports no pandas and no numpy, and
ends when its input does.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from auditlab.errors import EngagementError
from auditlab.intake.coded_cells import PackedSheet
from auditlab.intake.file_kinds import cannot_open
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.sheet_files import read_sheets
from auditlab.intake.workbook_files import UnreadableError


class Request(NamedTuple):
    """Which file to read, and how; see `auditlab.intake.sheet_files.read_sheets`."""

    path: Path
    name: str
    limits: ReadLimits
    failed: str = ""


class Outcome(StrEnum):
    """How the reading of a file ended."""

    READ = "read"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    NO_MEMORY = "no memory"


class Answer(NamedTuple):
    """The sheets of a file, or the message why there are none."""

    outcome: Outcome
    sheets: list[PackedSheet]
    message: str = ""


def serve() -> None:
    """Answer requests until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end among the answers
    gc.disable()  # rows are many and hold no cycles; the collector would look at all of them again and again
    gc.freeze()  # nor are the modules worth a look
    sys.modules["numpy"] = None  # type: ignore[assignment]  # pyarrow does without it, and starts in half the time
    with suppress(EOFError):
        while True:
            request: Request = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by the process that started this
            limit_memory(request.limits.memory_mib)
            pickle.dump(answer(request), answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()
            gc.collect()  # what a library left in cycles must not take room from the next file


def answer(request: Request) -> Answer:
    """Read the file of one request."""
    try:
        sheets = read_sheets(request.path, name=request.name, limits=request.limits, failed=request.failed)
    except EngagementError as error:
        unreadable = isinstance(error, UnreadableError)
        return Answer(Outcome.UNREADABLE if unreadable else Outcome.REFUSED, [], str(error))
    except OSError as error:
        return Answer(Outcome.REFUSED, [], str(cannot_open(request.name, error)))
    except MemoryError:
        return Answer(Outcome.NO_MEMORY, [])
    return Answer(Outcome.READ, sheets)


def limit_memory(mib: int) -> None:
    """Let this process have no more than `mib` MiB of addresses, where the system knows such a limit."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # Windows has none

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (mib * 2**20, resource.getrlimit(resource.RLIMIT_AS)[1]))

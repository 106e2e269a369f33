"""How a run tells of its progress: bars for a person at a terminal, lines of JSON for a program, or nothing."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from threading import Lock
from typing import TextIO

Told = Callable[[str, float], None]
"""Called with the name of a notebook and the share of it that is done [0-1]."""


class ProgressKind(StrEnum):
    """Who reads the progress of a run."""

    AUTO = "auto"
    BAR = "bar"
    JSON = "json"
    NONE = "none"


@contextmanager
def told_progress(kind: ProgressKind, *, stream: TextIO | None = None) -> Iterator[Told]:
    """A function to be told of the progress while the block runs.

    Parameters
    ----------
    kind : ProgressKind
        ``auto`` draws bars on a terminal, and nothing elsewhere and in CI (where ``CI`` is set).
    stream : text file, optional
        Where it is written; default the error output, because the standard output holds the result.
    """
    target = stream or sys.stderr
    if kind is ProgressKind.AUTO:
        kind = ProgressKind.BAR if target.isatty() and not os.environ.get("CI") else ProgressKind.NONE
    if kind is ProgressKind.JSON:
        yield _lines(target)
    elif kind is ProgressKind.BAR:
        with _bars(target) as told:
            yield told
    else:
        yield lambda _name, _share: None


def _lines(target: TextIO) -> Told:
    lock = Lock()

    def told(name: str, share: float) -> None:
        with lock:  # notebooks run side by side
            target.write(json.dumps({"notebook": name, "done": round(share, 4)}) + "\n")
            target.flush()

    return told


@contextmanager
def _bars(target: TextIO) -> Iterator[Told]:
    # rich is slow to import and only a terminal needs it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=target, force_terminal=True)) as bars:
        opening = bars.add_task("reading the files", total=None)
        tasks = {}

        def told(name: str, share: float) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=1.0)
            bars.update(tasks[name], completed=share)

        yield told
        bars.update(opening, total=1.0, completed=1.0)

"""The same work for thousands of clients, on as many workers as there are: the standard ``Executor`` interface.

A local process pool and ``distributed.Client.get_executor()`` serve alike. Work in flight is bounded, a worker that
dies takes nothing with it, and a client on which workers die again is listed and left.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Generic, TypeVar

from auditlab.errors import EngagementError, ParameterError

Task = TypeVar("Task")
Result = TypeVar("Result")

TASKS_A_WORKER = 100
"""A worker process is replaced after so many clients, so that memory stays bounded."""
IN_FLIGHT = 2
"""Tasks handed over and not finished, at most, for each worker."""
MOST_DEATHS = 2
"""A task on which a worker died so often while it was alone is given up."""

DIED = "the worker process ended without a word, twice (killed, or out of memory)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[Task, Result]):
    """A task and what came of it; without a result, why."""

    task: Task
    result: Result | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """How to get workers: ``start(n)`` opens an executor with n of them."""

    count: int
    start: Callable[[int], AbstractContextManager[Executor]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One of several equal parts of the work, for a batch system: number from 1."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Shard:
        """The shard written as ``2/8``.

        Raises
        ------
        ParameterError
            If the text is no such pair of numbers.
        """
        first, slash, second = text.partition("/")
        if not (slash and first.isdecimal() and second.isdecimal() and 1 <= int(first) <= int(second)):
            raise ParameterError(f"The shard is '{text}'. Write it like 2/8, the second of eight parts.")
        return cls(number=int(first), of=int(second))

    def of_all(self, tasks: Sequence[Task]) -> list[Task]:
        """Every n-th of `tasks`; all shards together have each of them once."""
        return list(tasks[self.number - 1 :: self.of])


def local_workers(count: int) -> Workers:
    """Processes of this computer.

    Raises
    ------
    ParameterError
        If `count` is below 1.
    """
    if count < 1:
        raise ParameterError(f"jobs is {count}: give 1 or more.")
    return Workers(count=count, start=_process_pool)


@contextmanager
def _process_pool(count: int) -> Iterator[Executor]:
    # Not "fork": the reading libraries hold threads, which a forked process inherits half.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, max_tasks_per_child=TASKS_A_WORKER) as pool:
        yield pool


def dask_workers(scheduler: str | None, *, count: int) -> Workers:
    """Workers of a Dask cluster, or a local cluster of `count` without an address.

    Parameters
    ----------
    scheduler : str, optional
        Address such as ``tcp://node1:8786``.
    count : int
        Workers of the local cluster [count].

    Raises
    ------
    EngagementError
        If the extra ``dask`` is not installed, or nobody answers at the address.
    """
    try:
        distributed = import_module("distributed")  # an extra
    except ImportError:
        raise EngagementError(
            "The engine dask is not installed. Install it: python -m pip install 'auditlab[dask]'."
        ) from None

    @contextmanager
    def start(wanted: int) -> Iterator[Executor]:
        try:
            place = {"address": scheduler} if scheduler else {"n_workers": wanted, "threads_per_worker": 1}
            client = distributed.Client(**place, **({} if scheduler else {"dashboard_address": None}), timeout=30)
        except OSError as error:
            raise EngagementError(f"No Dask scheduler answers at {scheduler}: {error}") from None
        with client:
            yield client.get_executor()

    return Workers(count=count, start=start)


def fan_out(
    tasks: Sequence[Task], *, work: Callable[[Task], Result], workers: Workers
) -> Iterator[Outcome[Task, Result]]:
    """Do `work` for every task; outcomes come as they are finished.

    Parameters
    ----------
    tasks : sequence
        What is worked on.
    work : callable
        Picklable; what it raises becomes the reason of an outcome.
    workers : Workers
        Who does it.

    Yields
    ------
    Outcome
        One a task.
    """
    waiting, suspects, deaths = deque(tasks), deque[Task](), Counter[int]()
    while waiting or suspects:
        # A task during which a worker died is tried again with no other beside it: then the next death is its own.
        alone = bool(suspects)
        queue = suspects if alone else waiting
        width = 1 if alone else workers.count
        running: dict[Future[Result], Task] = {}
        try:
            with workers.start(width) as pool:
                yield from _until_done(pool, queue, running, work=work, most=1 if alone else IN_FLIGHT * width)
        except BrokenExecutor:
            for task in running.values():
                deaths[id(task)] += alone
                if deaths[id(task)] >= MOST_DEATHS:
                    yield Outcome(task=task, result=None, reason=DIED)
                else:
                    suspects.append(task)


def _until_done(
    pool: Executor,
    queue: deque[Task],
    running: dict[Future[Result], Task],
    *,
    work: Callable[[Task], Result],
    most: int,
) -> Iterator[Outcome[Task, Result]]:
    """Outcomes until the queue is empty; `running` holds what was handed over and is not finished."""
    while queue or running:
        while queue and len(running) < most:
            future = pool.submit(work, queue[0])
            running[future] = queue.popleft()
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                raise error
            task = running.pop(future)
            if error is None:
                yield Outcome(task=task, result=future.result())
            else:
                yield Outcome(task=task, result=None, reason=f"{type(error).__name__}: {error}")

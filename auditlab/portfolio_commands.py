"""Floor 8, the door for certification bodies: every client below a folder."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bars

from auditlab.errors import ParameterError
from auditlab.terminal import say

if TYPE_CHECKING:
    from auditlab.portfolio.fan_out import Workers
    from auditlab.publish.portfolio_run import Progress

LISTED = 10
DEFAULT_JOBS = min(4, os.cpu_count() or 1)


class Engine(StrEnum):
    """Who does the work."""

    LOCAL = "local"
    DASK = "dask"


def portfolio(  # noqa: PLR0917  # typer reads options from the signature
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Clients as folders, one register, or Parquet.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="Day of the review.")] = None,
    output: Annotated[str | None, typer.Option("--output", help="Folder or address instead of ./reports.")] = None,
    notebook: Annotated[
        list[str] | None, typer.Option("--notebook", metavar="NAME", help="Also run this notebook for each client.")
    ] = None,
    client: Annotated[
        list[str] | None, typer.Option("--client", metavar="NAME", help="Also a page for this client.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", help="Clients at the same time.")] = DEFAULT_JOBS,
    engine: Annotated[Engine, typer.Option("--engine", help="local processes, or a Dask cluster.")] = Engine.LOCAL,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Dask scheduler, e.g. tcp://node1:8786.")
    ] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Only the I-th of N parts; without it, all are merged.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")] = False,  # noqa: ARG001, FBT002
) -> None:
    """Compare every client below a folder; resumes where it stopped.

    The last line is the path of its first page, or of the page of the first --client.
    """
    from auditlab.portfolio.fan_out import Shard  # noqa: PLC0415  # "auditlab --help" stays quick
    from auditlab.publish.portfolio_run import run_portfolio  # noqa: PLC0415

    part = Shard.read(shard) if shard is not None else None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("sources", total=None, rate="")

        def shown(progress: Progress) -> None:
            bars.update(task, total=progress.of, completed=progress.done, rate=progress_words(progress))

        result = run_portfolio(
            folder, workers=chosen_workers(engine, scheduler, jobs=jobs), as_of=as_of, output=output, shard=part,
            notebooks=tuple(notebook or ()), clients=tuple(client or ()), progress=shown,
        )  # fmt: skip
    for source, reason in result.broken[:LISTED]:
        say(f"{source}: {reason}")
    if len(result.broken) > LISTED:
        say(f"{len(result.broken) - LISTED} more could not be read; tables/portfolio_sources.csv lists them all.")
    if result.failure is not None:
        say(f"The page stopped in {result.failure.where}: {result.failure.words}")
    if result.open_questions:
        say(
            f"{result.open_questions} questions of clients wait for an answer; the page lists their places. "
            f"'auditlab check {result.asking}' shows the first with its proposal."
        )
    if result.index is None:
        say(f"{result.sources} sources of this shard are done; the same command without --shard merges all shards.")
    else:
        for page in result.pages[::-1] or (result.index,):
            print(page)  # noqa: T201  # the command line speaks
    raise typer.Exit(result.exit_code)


def chosen_workers(engine: Engine, scheduler: str | None, *, jobs: int) -> Workers:
    """The workers that the options ask for.

    Raises
    ------
    ParameterError
        If a scheduler is named for local work.
    """
    from auditlab.portfolio.fan_out import dask_workers, local_workers  # noqa: PLC0415  # as above

    if engine is Engine.DASK:
        return dask_workers(scheduler, count=jobs)
    if scheduler is not None:
        raise ParameterError("A scheduler is for Dask. Add --engine dask, or leave --scheduler out.")
    return local_workers(jobs)


def progress_words(progress: Progress) -> str:
    """Rate, time left and failures for the progress bar."""
    left = progress.seconds_left
    words = f"{progress.a_minute:.0f} a minute"
    if left is not None:
        words += f", {left / 60:.0f} min left" if left >= 60 else f", {left:.0f} s left"
    return f"{words}, {progress.failed} failed" if progress.failed else words

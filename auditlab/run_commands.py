"""Floor 8, the door to a run: run the notebooks, and later check, trace and sign what they left."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditlab.progress import ProgressKind, told_progress
from auditlab.terminal import plain, say

if TYPE_CHECKING:
    from auditlab.publish.run import RunResult

DEFAULT_JOBS = min(2, os.cpu_count() or 1)

EngagementFolder = Annotated[
    Path, typer.Argument(metavar="ENGAGEMENT", help="Folder with the spreadsheets and auditlab.toml.")
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="Day of the review, e.g. 2024-03-31.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")]


def _list(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        from auditlab.publish.notebooks import chosen_notebooks  # noqa: PLC0415  # "auditlab --help" stays quick
        from auditlab.publish.render import question_of  # noqa: PLC0415

        for name, path in chosen_notebooks(None).items():
            print(f"{name}: {question_of(json.loads(path.read_text(encoding='utf-8')))}")  # noqa: T201
        raise typer.Exit


def run_notebooks(  # noqa: PLR0917  # typer reads options from the signature
    engagement: EngagementFolder,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Notebooks; default all.")] = None,
    as_of: AsOf = None,
    output: Annotated[Path | None, typer.Option("--output", help="Folder instead of ./reports.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", help="Notebooks at the same time.")] = DEFAULT_JOBS,
    parameter: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", metavar="NAME VALUE", help="A parameter of the notebooks.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run unchanged notebooks too.")] = False,  # noqa: FBT002
    time_limit: Annotated[float, typer.Option("--time-limit", help="Seconds one notebook may take.")] = 3600.0,
    progress: Annotated[
        ProgressKind, typer.Option("--progress", help="auto: bars on a terminal, nothing in CI.")
    ] = ProgressKind.AUTO,
    list_notebooks: Annotated[  # noqa: ARG001, FBT002
        bool, typer.Option("--list", callback=_list, is_eager=True, help="Name the notebooks and what they ask.")
    ] = False,
    single_file: Annotated[  # noqa: FBT002
        bool, typer.Option("--single-file", help="Also each page as one file, for mailing.")
    ] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also each page as PDF.")] = False,  # noqa: FBT002
    debug: Debug = False,  # noqa: FBT002
) -> None:
    """Run the notebooks on an engagement and write a report; the last line is the path of its first page."""
    from auditlab.publish.run import run  # noqa: PLC0415  # "auditlab --help" stays quick

    with told_progress(progress) as told:
        result = run(
            engagement,
            notebooks=names,
            as_of=as_of,
            output=output,
            parameters=dict(_pair(text) for text in parameter or ()),
            parameters_are_text=True,
            jobs=jobs,
            progress=told,
            single_file=single_file,
            pdf=pdf,
            force=force,
            limit_seconds=time_limit,
        )
    _report(result, engagement, debug=debug)
    raise typer.Exit(result.exit_code)


def _report(result: RunResult, engagement: Path, *, debug: bool) -> None:
    for failure in result.failures:
        say(f"{failure.notebook} stopped in {failure.where}: {failure.words}")
        if debug:
            say(failure.trace)
    taken = [notebook for notebook in result.notebooks if notebook.reused_from]
    if taken:
        say(f"{len(taken)} of {len(result.notebooks)} notebooks are unchanged and were taken over; --force runs them.")
    if result.open_questions:
        waiting = "1 question waits" if result.open_questions == 1 else f"{result.open_questions} questions wait"
        say(f"{waiting} for an answer; 'auditlab check {engagement}' shows them and the lines that answer them.")
    for note in result.notes:
        say(note)
    print(result.index)  # noqa: T201


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"'{text}' has no value; write -p NAME VALUE.")
    return name, value


def parameters_of(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A notebook; 'auditlab run --list' names them.")],
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Tell the parameters of a notebook: how they are given, what they may be and what they mean."""
    from auditlab.publish.notebooks import chosen_notebooks  # noqa: PLC0415  # "auditlab --help" stays quick
    from auditlab.publish.parameter_help import parameter_help  # noqa: PLC0415

    table = Table("name", "given as", "default", "allowed", "meaning", box=SIMPLE_HEAD)
    for parameter in parameter_help(name, chosen_notebooks((name,))[name]):
        words = (parameter.name, parameter.given_by, parameter.default, parameter.allowed, parameter.meaning)
        table.add_row(*(Text(word) for word in words))
    _show(table)


def _show(table: Table) -> None:
    # Away from a terminal, lines are as long as they need to be.
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def verify(
    run: RunFolder,
    signer: Annotated[
        Path | None, typer.Option("--signer", help="Public key (OpenSSH) of who must have signed the run.")
    ] = None,
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Recompute the hashes of a run and tell which files were changed, removed or added."""
    from auditlab.publish.manifest import verify as differences  # noqa: PLC0415  # "auditlab --help" stays quick
    from auditlab.publish.signature import signature_fault  # noqa: PLC0415

    found = differences(run)
    fault = signature_fault(run, signer=signer)
    for line in [*found, *([fault] if fault else [])]:
        say(line)
    if found:
        say(f"{len(found)} difference{'s' if len(found) > 1 else ''}.")
    else:
        say("Every file is as the manifest says." if fault else "The run is as it was written.")
    raise typer.Exit(1 if found or fault else 0)


def sign(
    run: RunFolder,
    key: Annotated[Path, typer.Option("--key", help="Your private key (OpenSSH), such as ~/.ssh/id_ed25519.")],
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Sign the manifest of a run with a key of yours; 'auditlab verify --signer' checks it."""
    from auditlab.publish.signature import sign_run  # noqa: PLC0415  # "auditlab --help" stays quick

    print(sign_run(run, key=key))  # noqa: T201  # the command line speaks


def trace(
    run: RunFolder,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Name of a table of the run.")],
    row: Annotated[int, typer.Argument(metavar="ROW", help="Row of the table; the first below the header is 1.")],
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Tell from which rows of which files a row of a table comes."""
    from auditlab.publish.trace import traced  # noqa: PLC0415  # "auditlab --help" stays quick

    found = traced(run, table, row)
    say(found.words)
    places = Table("table", "record", "file", "sheet", "row", box=SIMPLE_HEAD)
    for place in found.places.to_dict("records"):
        places.add_row(*(Text(plain(str(place[column]))) for column in ("table", "record", "file", "sheet", "row")))
    if len(found.places):
        _show(places)

"""Floor 8, the door to a project: begin an engagement, open it in JupyterLab, tell its persons, and send a run on."""

from __future__ import annotations

import importlib.util
import os
import secrets
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from auditlab.errors import EngagementError, ParameterError
from auditlab.settings import WITH_NAMES
from auditlab.terminal import say

NO_LAB = "JupyterLab is not installed. Install it with: python -m pip install 'auditlab[lab]'"

Debug = Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")]


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of the new engagement; your spreadsheets may be in it.")
    ],
    workbook: Annotated[
        bool | None,
        typer.Option("--workbook/--no-workbook", help="A blank workbook; default only without spreadsheets."),
    ] = None,
    debug: Debug = False,  # noqa: ARG001, FBT002  # typer reads options from the signature
) -> None:
    """Begin an engagement: settings with a fresh secret seed; in an empty folder a workbook and notebooks too."""
    from auditlab.publish.new_engagement import WORKBOOK, new_engagement, spreadsheets_in  # noqa: PLC0415  # quick help

    own = len(spreadsheets_in(folder)) if folder.is_dir() else 0
    written = new_engagement(folder, day=date.today(), seed=secrets.token_hex(16), workbook=workbook)
    if own:
        stay = "Your spreadsheet stays as it is" if own == 1 else f"Your {own} spreadsheets stay as they are"
        named = " and ".join(path.name for path in written)
        say(f"{named} written into {folder}. {stay}. Say in {written[0].name} who the client is and who audits, then:")
    else:
        blank = folder / WORKBOOK
        fill = f"Fill in {blank} or put your own spreadsheets beside it"
        begin = fill if blank in written else f"Put your spreadsheets into {folder}"
        say(f"{len(written)} files written. {begin}, then:")
    print(f"auditlab check {folder}")  # noqa: T201  # the command line speaks


def lab(
    engagement: Annotated[Path | None, typer.Argument(metavar="[ENGAGEMENT]", help="Folder; default this one.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,  # noqa: FBT002
    port: Annotated[int, typer.Option("--port", help="Port of the server.")] = 8888,
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Open JupyterLab in the folder of the engagement, with the notebooks at hand."""
    folder = engagement or Path()
    command = lab_command(folder, browser=browser, port=port)
    told = os.environ | lab_cache(folder)
    raise typer.Exit(subprocess.run(command, check=False, env=told).returncode)  # noqa: S603  # no shell, own arguments


def lab_command(folder: Path, *, browser: bool, port: int) -> list[str]:
    """The command that opens JupyterLab in `folder`; notebooks are copied there when it has none.

    Raises
    ------
    EngagementError
        If there is no such folder, or JupyterLab is not installed.
    """
    from auditlab.publish.new_engagement import with_notebooks  # noqa: PLC0415  # quick help

    if not folder.is_dir():
        raise EngagementError(f"There is no folder {folder}. 'auditlab init {folder}' makes one.")
    if importlib.util.find_spec("jupyterlab") is None:
        raise EngagementError(NO_LAB)
    with_notebooks(folder)
    options = [f"--ServerApp.root_dir={folder.resolve()}", f"--ServerApp.port={port}"]
    return [sys.executable, "-m", "jupyterlab", *options, *([] if browser else ["--no-browser"])]


def lab_cache(folder: Path) -> dict[str, str]:
    """The variable that tells notebooks opened in `folder` where results are kept: where a run from here keeps them.

    A folder that the user named stays. Without runs from here, the reports beside the notebooks keep them.
    """
    from auditlab.kept import CACHE, CACHE_VARIABLE  # noqa: PLC0415  # quick help
    from auditlab.publish.files import folder_name, reports_root  # noqa: PLC0415
    from auditlab.settings import read_settings  # noqa: PLC0415

    if os.environ.get(CACHE_VARIABLE):
        return {}
    try:
        name = folder_name(read_settings(folder).name)
    except EngagementError:  # the notebooks will say what is wrong with it
        return {}
    roots = (reports_root() / name, reports_root(folder) / name)
    root = next((root for root in roots if root.is_dir()), roots[-1])
    return {CACHE_VARIABLE: str(root / CACHE)}


def persons(
    engagement: Annotated[Path, typer.Argument(metavar="ENGAGEMENT", help="Folder of the engagement.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,  # noqa: FBT002
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Tell the owner which person stands behind which pseudonym; the list is worked out anew and kept nowhere."""
    from auditlab.intake import open_engagement, persons_listed  # noqa: PLC0415  # quick help
    from auditlab.settings import read_settings  # noqa: PLC0415

    own = read_settings(engagement).persons.model_dump() if engagement.is_dir() else {}
    listed = persons_listed(open_engagement(engagement, persons=own | WITH_NAMES))
    if as_csv:
        print(listed.to_csv(index=False), end="")  # noqa: T201  # the command line speaks
        return
    for row in listed.to_dict("records"):
        say(f"{row['pseudonym']}: {row['name']} ({row['stands_in']})")
    if listed.empty:
        say("No column of persons and no setting names anybody; roles and codes stay as they are.")


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")],
    single_file: Annotated[bool, typer.Option("--single-file", help="Each page as one file, for mailing.")] = False,  # noqa: FBT002
    pdf: Annotated[bool, typer.Option("--pdf", help="Each page as PDF.")] = False,  # noqa: FBT002
    output: Annotated[Path | None, typer.Option("--output", help="Folder; default beside the run.")] = None,
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Write the pages of a run so that they can be sent; the run itself is not touched."""
    from auditlab.publish.pdf import PDF, write_pdfs  # noqa: PLC0415  # quick help
    from auditlab.publish.single_file import SINGLE_FILE, required_run, write_single_files  # noqa: PLC0415

    if not (single_file or pdf):
        raise ParameterError("Nothing to export. Give --single-file, --pdf or both.")
    source = required_run(run).resolve()
    target = output or source.with_name(f"{source.name}-export")
    if target.resolve().is_relative_to(source):
        raise ParameterError(f"{target} lies within the run, which must stay as it was. Name another folder.")
    written = write_single_files(source, folder=target / SINGLE_FILE) if single_file else []
    result = write_pdfs(source, folder=target / PDF) if pdf else None
    if result is not None and result.note:
        say(result.note)
    say(f"{len(written) + len(result.paths if result else ())} files written.")
    print(target)  # noqa: T201  # the command line speaks
    raise typer.Exit(1 if result is not None and not result.paths else 0)

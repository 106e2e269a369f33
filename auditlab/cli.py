"""Floor 8, the door: one command per job."""

from __future__ import annotations

import math
import signal
import sys
import threading
import traceback
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditlab import __version__, portfolio_commands, project_commands, run_commands
from auditlab.errors import AuditlabError, NotEnoughDataError
from auditlab.run_commands import AsOf, Debug, EngagementFolder
from auditlab.sample_commands import app as sample_app
from auditlab.settings import WITH_NAMES
from auditlab.terminal import plain, say

if TYPE_CHECKING:
    import pandas as pd

    from auditlab.engagement import Engagement

COULD_NOT = 2
UNANSWERED = 1
STOPPED = 130
"""Exit code of a command that was interrupted."""

NOTHING_YET = "No row was loaded yet. Fill in the workbook, or put spreadsheets beside it, and check again."

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Prepare ISO/IEC 20000-1 audits from the spreadsheets people really have.",
)

app.add_typer(sample_app, name="sample")
for command in (
    project_commands.init, project_commands.lab, project_commands.export, project_commands.persons,
    portfolio_commands.portfolio,
):  # fmt: skip
    app.command()(command)
app.command("run")(run_commands.run_notebooks)
app.command("params")(run_commands.parameters_of)
app.command()(run_commands.verify)
app.command()(run_commands.trace)
app.command()(run_commands.sign)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    try:
        app(args=joined_parameters(given), prog_name="auditlab")
    except AuditlabError as error:
        if "--debug" in given:
            traceback.print_exc()
        print(plain(str(error)), file=sys.stderr)  # noqa: T201  # the command line speaks
        raise SystemExit(COULD_NOT) from None
    except OSError as error:
        if "--debug" in given:
            traceback.print_exc()
        where = error.filename or "The output folder"
        print(plain(f"{where}: {error.strerror}. Make room or name another folder."), file=sys.stderr)  # noqa: T201
        raise SystemExit(COULD_NOT) from None
    except SystemExit as left:
        if left.code == STOPPED:
            print("Stopped before the end; no unfinished run was left behind.", file=sys.stderr)  # noqa: T201
        raise
    raise SystemExit(0)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does: a scheduler that ends the program leaves nothing behind either."""
    raise KeyboardInterrupt


def joined_parameters(arguments: list[str]) -> list[str]:
    """`arguments` with ``-p NAME VALUE`` written as ``-p NAME=VALUE``, the one form typer reads."""
    joined: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        joined.append(argument)
        if argument in {"-p", "--parameter"}:
            name = next(waiting, None)
            if name is not None and "=" not in name:
                value = next(waiting, None)
                name = name if value is None else f"{name}={value}"
            joined += [] if name is None else [name]
    return joined


def _version(wanted: bool) -> None:  # noqa: FBT001  # typer calls it so
    if wanted:
        print(f"auditlab {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[  # noqa: FBT002  # typer reads options from the signature
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,  # typer reads options from the signature
) -> None:
    """Prepare ISO/IEC 20000-1 audits from the spreadsheets people really have."""


@app.command()
def check(engagement: EngagementFolder, as_of: AsOf = None, debug: Debug = False) -> None:  # noqa: ARG001, FBT002
    """Read everything, and print what became of the rows and which questions are open."""
    from auditlab.intake import open_engagement  # noqa: PLC0415  # "auditlab --help" stays quick
    from auditlab.publish.parameters import review_day  # noqa: PLC0415

    lab = open_engagement(engagement, as_of=review_day(as_of), persons=WITH_NAMES)
    _say_what_was_read(lab)
    unanswered = lab.open_questions
    if unanswered.empty:
        read = bool(lab.summary["loaded"].sum())
        say(f"No question is open. Next: auditlab run {engagement}" if read else NOTHING_YET)
        raise typer.Exit
    one = len(unanswered) == 1
    answer = engagement / "auditlab.toml"
    say(f"{len(unanswered)} question{'' if one else 's'} wait{'s' if one else ''} for an answer in {answer}:")
    for question in unanswered.to_dict("records"):
        place = ", ".join(str(question[part]) for part in ("file", "sheet") if str(question[part]))
        say(f"\n{place}, row {question['row']}: {question['asks']}")
        say(f"    proposal: {question['proposal'] or 'none'}")
    _say_what_to_do(engagement, answer, unanswered)
    raise typer.Exit(UNANSWERED)


def _say_what_was_read(lab: Engagement) -> None:
    """Tables that are lost for one reason first, then every sheet, then what else was left out."""
    from auditlab.intake import reading_remarks, rejected_for_one_reason  # noqa: PLC0415  # as above
    from auditlab.intake.questions import mapping_header  # noqa: PLC0415
    from auditlab.intake.recognised_sheets import NOT_RECOGNISED  # noqa: PLC0415

    for sentences in rejected_for_one_reason(lab).values():
        for sentence in sentences:
            say(sentence)
    # Away from a terminal, lines are as long as they need to be.
    Console(width=None if sys.stdout.isatty() else 200).print(_summary_table(lab))
    unread = lab.summary[(lab.summary["loaded"] == 0) & (lab.summary["rejected"] == 0)]
    asked = set(zip(lab.open_questions["file"], lab.open_questions["sheet"], strict=True))
    for sheet in unread.to_dict("records"):
        if (sheet["file"], sheet["sheet"]) in asked:
            continue  # the question says it
        say(f"{sheet['file']}, {sheet['sheet']}: {sheet['note'] or 'no row was loaded'}")
        if str(sheet["note"]).startswith(NOT_RECOGNISED):
            section = mapping_header(str(sheet["file"]), str(sheet["sheet"]))
            say(f'    If it is a table, add {section} and below it table = "findings", or another, and check again.')
    for remark in reading_remarks(lab):
        say(remark)


def _say_what_to_do(engagement: Path, settings_file: Path, unanswered: pd.DataFrame) -> None:
    """The steps that answer the questions; proposed mappings are written into the settings file, as comments."""
    from auditlab.intake.mapping_file import by_section, proposed_mappings, write_proposals  # noqa: PLC0415  # as above
    from auditlab.intake.said_mappings import AS_SAID  # noqa: PLC0415

    wrong = unanswered["field"].str.endswith(AS_SAID)
    mended = by_section(unanswered.loc[wrong, "setting"])
    unanswered = unanswered[~wrong]
    mappings = proposed_mappings(unanswered["setting"], unanswered["offered"])
    added = write_proposals(settings_file, mappings)
    others = {section: lines for section, lines in by_section(unanswered["setting"]).items() if section not in mappings}
    steps = [f"Open {settings_file} in a text editor."]
    if mended:
        steps.append("Mend these lines, or take them away:" + _listed(mended))
    if mappings:
        told = f" ({added} line{'s' if added > 1 else ''} written into it now)" if added else ""
        steps.append(
            f"Lines stand ready there as comments{told}: take the # away from those that are right, and mend the "
            "others first. They are below:" + "".join(f"\n   {section}" for section in mappings)
        )
    if others:
        steps.append(
            "Add these lines at its end, or mended ones; where their section stands there already, add them to it:"
            + _listed(others)
        )
    steps.append(
        f"Save it, and check again: auditlab check {engagement}\n   More may be asked once the rows are read. "
        "To take an answer back, delete its line."
    )
    say("\nWhat to do:")
    for number, step in enumerate(steps, start=1):
        say(f"{number}. {step}")


def _listed(sections: Mapping[str, Iterable[str]]) -> str:
    """Lines of the settings file under their sections, to be copied."""
    texts = [text for section, lines in sections.items() for text in ("", section, *lines)]
    return "".join(f"\n{text}" for text in (*texts, ""))


def _summary_table(lab: Engagement) -> Table:
    table = Table("file", "sheet", "read as", box=SIMPLE_HEAD)
    for fate in ("seen", "loaded", "rejected", "skipped", "duplicate"):
        table.add_column(fate, justify="right")
    for row in lab.summary.to_dict("records"):
        words = [str(row[column]) for column in ("file", "sheet", "table")]
        counts = [str(row[fate]) for fate in ("seen", "loaded", "rejected", "skipped", "duplicate")]
        table.add_row(*(Text(plain(cell)) for cell in (*words, *counts)))
    return table


@app.command("backtest")
def backtest_order(
    engagements: Annotated[list[Path], typer.Argument(metavar="ENGAGEMENT...", help="One folder, or several as one.")],
    as_of: AsOf = None,
    debug: Debug = False,  # noqa: ARG001, FBT002
) -> None:
    """Tell whether the order of priority beats chance, last year's list, counts and the clause base rate."""
    from auditlab.intake import open_engagement  # noqa: PLC0415  # "auditlab --help" stays quick
    from auditlab.priority import engagement_backtest  # noqa: PLC0415
    from auditlab.publish.parameters import review_day  # noqa: PLC0415
    from auditlab.signals import worse_signals  # noqa: PLC0415

    labs = [open_engagement(folder, as_of=review_day(as_of)) for folder in engagements]
    result = engagement_backtest(labs, signals=worse_signals)
    if result.reason:
        waiting = [str(folder) for folder, lab in zip(engagements, labs, strict=True) if len(lab.open_questions)]
        asked = f" Rows wait for answers there: auditlab check {' '.join(waiting)}." if waiting else ""
        raise NotEnoughDataError(result.reason + asked)
    say(result.sentence)
    table = Table("metric", *dict.fromkeys(result.table["model"]), box=SIMPLE_HEAD)
    for metric, own in result.table.groupby("metric", sort=False):
        table.add_row(str(metric), *(_estimate(row) for row in own.to_dict("records")))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _estimate(row: Mapping[Hashable, object]) -> str:
    value, low, high = (float(str(row[name])) for name in ("value", "low", "high"))
    if math.isnan(value):
        return "–"
    return f"{value:.3f}" + ("" if math.isnan(low) else f" [{low:.3f}, {high:.3f}]")

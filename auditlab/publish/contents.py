"""What an executed notebook put on its page, and in plain words what stopped it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from auditlab.publish.execute import CellError, Notebook
from auditlab.publish.page_blocks import MIME

# A full disk (28, 122), no right to write (1, 13), a folder that is mounted for reading (30); see errno.
_PLACE = re.compile(r"\[Errno (?:1|13|28|30|122)\] (?P<why>[^:]+)(?:: '(?P<what>.*)')?")
_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A notebook that stopped: where, and why in plain words."""

    notebook: str
    where: str
    first_line: str
    words: str
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The blocks of a page that the index repeats."""

    facts: tuple[dict[str, str], ...]
    unknowns: tuple[dict[str, str], ...]
    tables: tuple[str, ...]
    figures: tuple[str, ...]


def contents_of(notebook: Notebook) -> Contents:
    """The facts, unknowns, tables and figures of an executed notebook."""
    blocks = [
        output["data"][MIME]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    ]
    return Contents(
        facts=tuple(fact for block in blocks if block["kind"] == "facts" for fact in block["facts"]),
        unknowns=tuple(
            {part: block[part] for part in ("what", "why", "mend")} for block in blocks if block["kind"] == "unknown"
        ),
        tables=tuple(block["name"] for block in blocks if block["kind"] in {"table", "facts", "figure_text"}),
        figures=tuple(block["name"] for block in blocks if block["kind"] == "figure"),
    )


def failure_of(name: str, notebook: Notebook, error: CellError) -> Failure:
    """The failure of notebook `name` in the words of a reader."""
    cells = notebook["cells"]
    heading = "the beginning"
    for cell in cells[: error.cell + 1]:
        titles = (
            re.findall(r"^#+ +(.+)$", cell_source(cell), flags=re.MULTILINE) if cell["cell_type"] == "markdown" else []
        )
        heading = f"the section '{titles[-1].strip()}'" if titles else heading
    lines = [line for line in cell_source(cells[error.cell]).splitlines() if line.strip()] if cells else []
    return Failure(
        notebook=name,
        where=f"{heading} (cell {error.cell + 1})",
        first_line=lines[0].strip() if lines else "",
        words=_in_words(error),
        trace=_COLOUR_CODES.sub("", error.trace),
    )


# Errors that auditlab raises for its users carry whole sentences; see auditlab.errors.
_SPEAKING = frozenset(
    {"AuditlabError", "EngagementError", "ParameterError", "ClauseError", "NotEnoughDataError", "ArgumentError"}
)


def _in_words(error: CellError) -> str:
    if error.name in _SPEAKING:
        return error.message
    if error.name == "DeadKernelError":
        return "The program that computes this page ended without a word, most often because memory ran out."
    if error.name == "NotebookTimeError":
        return f"It took longer than the limit of {error.message}, so it was stopped. --time-limit sets the limit."
    place = _PLACE.match(error.message) if error.name in {"OSError", "PermissionError"} else None
    if place:
        where, why = place["what"] or "The report", place["why"].lower()
        return f"{where} cannot be written: {why}. Make room or name another folder (--output)."
    if error.name == "MemoryError":
        return "The memory of this computer was not enough for this page."
    return (
        f"The program met something it did not expect ({error.name}: {error.message}). This is a fault of auditlab "
        "rather than of your files; the option --debug shows where."
    )


def cell_source(cell: dict[str, Any]) -> str:  # Any: JSON
    """The text of a cell."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)

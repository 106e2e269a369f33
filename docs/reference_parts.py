"""What the pages of the reference are made of: cells and tables of Markdown, and rows of data files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import auditlab

DOCS = Path(__file__).resolve().parent
PACKAGE = Path(auditlab.__file__).parent


def cell(value: object) -> str:
    """A value as the cell of a Markdown table."""
    return str(value).replace("|", "\\|").replace("\n", " ").strip() or "–"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(cell(value) for value in line)} |" for line in lines) + "\n"


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a data file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

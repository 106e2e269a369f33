"""Compare auditlab with published and third-party reference numbers.

    python benchmarks/compare_reference.py --data PATH [--write]

PATH is a folder with reference tables in CSV; each module of this folder called ``reference_<subject>`` says which
files it knows. The numbers themselves are not part of the project.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
SUBJECTS = ("reference_sampling", "reference_analytics")
BEGIN, END = "<!-- {} begin -->", "<!-- {} end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One reference file: rows compared, rows that agree, rows whose difference is explained, and the rest."""

    file: str
    rows: int
    agree: int
    explained: int
    differences: tuple[str, ...]
    cause: str = ""


def main() -> int:
    """Print the result tables, write them where asked, and return 1 where a difference is not explained."""
    parser = argparse.ArgumentParser(description="Compare auditlab with reference numbers.")
    parser.add_argument("--data", type=Path, required=True, help="folder with the reference files")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    given = parser.parse_args()
    if not given.data.is_dir():
        parser.error(f"{given.data} is no folder.")
    unexplained = 0
    for name in SUBJECTS:
        if not (HERE / f"{name}.py").exists():
            continue
        module = importlib.import_module(name)
        compared = list(module.compare(given.data))
        table = as_markdown(compared)
        print(table)
        for comparison in compared:
            for line in comparison.differences[:10]:
                print(f"{comparison.file}: {line}")
        unexplained += sum(len(comparison.differences) for comparison in compared)
        if given.write and compared:
            write_section(HERE / "README.md", name, table)
    return 1 if unexplained else 0


def as_markdown(comparisons: Iterable[Comparison]) -> str:
    """The result table."""
    lines = ["| file | rows | agree | differ, with known cause | differ | cause |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {one.file} | {one.rows} | {one.agree} | {one.explained} | {len(one.differences)} | {one.cause} |"
        for one in comparisons
    ]
    return "\n".join(lines) + "\n"


def write_section(readme: Path, name: str, table: str) -> None:
    """Replace the table of a subject between its marks, or add it at the end."""
    text = readme.read_text(encoding="utf-8") if readme.exists() else "# Benchmarks\n"
    begin, end = BEGIN.format(name), END.format(name)
    section = f"{begin}\n{table}{end}"
    if begin in text and end in text:
        text = text[: text.index(begin)] + section + text[text.index(end) + len(end) :]
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())

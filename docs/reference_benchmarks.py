"""The page of benchmarks: every script, how it is repeated, and the results as they were written down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reference_parts import DOCS, table

BENCHMARKS = DOCS.parent / "benchmarks"
_OPENING = """Speed is a ratio here: both ways of working run in turn on one machine, because seconds depend on the
machine and on what else it does. Each script says with `--help` what it takes; `--data` names a folder of reference
files or histories, which are not shipped. How the numbers of a file came about stands in it.
"""
_COMMAND = re.compile(r"python benchmarks/\w+\.py[^`\n]*")
_RESULTS = re.compile(r"results_\w+\.md")
_HEADING = re.compile(r"^(#+) ", flags=re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One script that can be run."""

    name: str  # such as planning.py
    command: str
    purpose: str
    results: tuple[str, ...]  # names of the files that hold what it measured


def benchmarks() -> Iterator[Benchmark]:
    """The scripts of ``benchmarks/`` that are run by themselves."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in sorted(BENCHMARKS.glob("results_*.md"))}
    for path in sorted(BENCHMARKS.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if '__name__ == "__main__"' not in source:
            continue
        text = ast.get_docstring(ast.parse(source)) or ""
        found = _COMMAND.search(" ".join(text.split("\n\n")[0].split())) or _COMMAND.search(text)
        named = set(_RESULTS.findall(source))
        named |= {name for name, page in pages.items() if re.search(rf"(?<!\w){re.escape(path.name)}", page)}
        yield Benchmark(
            name=path.name,
            command=found.group().strip() if found else f"python benchmarks/{path.name}",
            purpose=text.split("\n")[0],
            results=tuple(sorted(named & set(pages))),
        )


def benchmarks_page() -> str:
    """How to repeat what was measured, and the results files one after the other."""
    rows = ([one.purpose, f"`{one.command}`", _links(one.results) or "printed"] for one in benchmarks())
    parts = [
        "# Benchmarks\n",
        _OPENING,
        table(("what", "command", "result"), rows),
    ]
    parts += [_lowered(path) for path in sorted(BENCHMARKS.glob("results_*.md"))]
    numbers = (BENCHMARKS / "README.md").read_text(encoding="utf-8").partition("\n## Reference numbers\n")[2]
    parts.append(f"## Reference numbers\n{numbers}")
    return "\n".join(parts)


def _links(names: tuple[str, ...]) -> str:
    return ", ".join(f"[{name.removeprefix('results_').removesuffix('.md')}](#{_anchor(name)})" for name in names)


def _title(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")


def _anchor(name: str) -> str:
    """The anchor of the heading of a results file, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", _title(BENCHMARKS / name).lower()).replace(" ", "-")


def _lowered(path: Path) -> str:
    """The text of a results file, its headings one level lower."""
    return _HEADING.sub(r"#\1 ", path.read_text(encoding="utf-8"))

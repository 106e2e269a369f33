"""Write the reference pages of the documentation from the code, so that they cannot tell something else.

``python docs/make_reference.py`` writes ``docs/reference/``; ``--check`` only tells which pages are not up to date.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from reference_benchmarks import benchmarks_page
from reference_figures import kpis_page, methods_page
from reference_messages import messages_page
from reference_parts import DOCS, PACKAGE, read_rows, table
from typer.main import get_command
from typer.testing import CliRunner

from auditlab import settings
from auditlab.cli import app
from auditlab.portfolio import settings as portfolio_settings
from auditlab.portfolio.settings import PortfolioSettings
from auditlab.publish.notebooks import notebook_folder, notebook_names
from auditlab.publish.parameters import MODELS
from auditlab.settings import Settings

TARGET = DOCS / "reference"


def described(holder: type) -> dict[str, str]:
    """Descriptions of the attributes in the numpydoc section of a class and of those it comes from."""
    found: dict[str, str] = {}
    for one in reversed(holder.__mro__):
        text = inspect.cleandoc(one.__doc__ or "").partition("Attributes\n----------\n")[2]
        for name, words in re.findall(r"^(\w+) : [^\n]*\n((?:    [^\n]*\n?)+)", text + "\n", flags=re.MULTILINE):
            found[name] = " ".join(words.split())
    return found


def limits_of(field: FieldInfo) -> str:
    """The limits of a field in words."""
    words = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "below {}"}
    parts = [
        words[name].format(getattr(rule, name)) for rule in field.metadata for name in words if hasattr(rule, name)
    ]
    return ", ".join(parts)


def type_of(kind: object) -> str:
    """A type in the words of somebody who writes a settings file."""
    parts, origin = get_args(kind), get_origin(kind)
    if origin in _GENERICS:
        return _GENERICS[origin](parts)
    if inspect.isclass(kind) and issubclass(kind, Enum):
        return " or ".join(f"`{one.value}`" for one in kind)
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        return "section"
    return _TYPES.get(kind, str(kind))


def _either(parts: tuple[object, ...]) -> str:
    return " or ".join(type_of(part) for part in parts if part is not NoneType)


_GENERICS: dict[object, Callable[[tuple[object, ...]], str]] = {
    Annotated: lambda parts: type_of(parts[0]),
    Union: _either,
    UnionType: _either,
    Literal: lambda parts: " or ".join(f"`{part}`" for part in parts),
    dict: lambda parts: f"table of {type_of(parts[1])}",
    tuple: lambda parts: f"list of {type_of(parts[0])}",
}
_TYPES: dict[object, str] = {
    str: "text", int: "whole number", float: "number", bool: "true or false", date: "day", time: "time of day",
}  # fmt: skip


def setting_meanings() -> dict[str, dict[str, str]]:
    """Section to setting to meaning, as ``setting_meanings.csv`` beside this file tells them."""
    found: dict[str, dict[str, str]] = {}
    for row in read_rows(DOCS / "setting_meanings.csv"):
        found.setdefault(row["section"], {})[row["name"]] = row["meaning"]
    return found


def fields_of(model: type[BaseModel], meaning: Mapping[str, str] | None = None) -> Iterator[list[object]]:
    """Name, type, default, limits and meaning of the fields of a model."""
    meaning = described(model) if meaning is None else meaning
    for name, field in model.model_fields.items():
        yield [f"`{name}`", type_of(field.annotation), default_of(field), limits_of(field), meaning.get(name, "")]


def default_of(field: FieldInfo) -> str:
    """The default of a field as it would be written; nothing for empty ones and whole sections."""
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True)
    if default is None or isinstance(default, BaseModel) or default in ((), {}):
        return ""
    return f"`{default.isoformat('minutes') if isinstance(default, time) else default}`"


FIELDS = ("name", "type", "default", "limits", "meaning")


def notebooks_page() -> str:
    """Every notebook, what it is for, its parameters, and the tables it writes."""
    parts = ["# Notebooks and their parameters\n"]
    parts.append(
        "Each runs from the command (`auditlab run FOLDER NAME -p months 6`), in JupyterLab and by papermill.\n"
    )
    for name in notebook_names():
        title, purpose = _heading(name)
        mark = "" if title[-1] in ".?" else "."
        parts.append(f"## {name}\n\n**{title}{mark}** {purpose}\n")
        parts.append(table(FIELDS, fields_of(MODELS[name])))
        parts.append("Tables: " + ", ".join(f"`{one}`" for one in tables_of(name)) + "\n")
    return "\n".join(parts)


def _notebook(name: str) -> dict[str, list[dict[str, str]]]:
    read: dict[str, list[dict[str, str]]] = json.loads((notebook_folder() / f"{name}.ipynb").read_text("utf-8"))
    return {"cells": [part | {"source": "".join(part["source"])} for part in read["cells"]]}


def _heading(name: str) -> tuple[str, str]:
    text = next(part["source"] for part in _notebook(name)["cells"] if part["cell_type"] == "markdown")
    title, _, purpose = text.partition("\n")
    return title.lstrip("# "), purpose.strip()


def tables_of(name: str) -> list[str]:
    """The tables that a notebook writes, in their order."""
    source = "\n".join(part["source"] for part in _notebook(name)["cells"] if part["cell_type"] == "code")
    return list(dict.fromkeys(re.findall(r"name=\"(\w+)\"", source)))


def tables_page() -> str:
    """The canonical tables, and the columns of the tables of a run."""
    parts = [
        "# Tables and their columns\n",
        "## What intake makes of the files\n",
        "Required columns are marked; a row without them is rejected, with the reason in the ledger.\n",
    ]
    rows = read_rows(PACKAGE / "canonical_tables.csv")
    for name in dict.fromkeys(row["table"] for row in rows):
        own = [row for row in rows if row["table"] == name]
        parts.append(f"### {name}\n")
        parts.append(
            table(
                ("column", "kind", "required", "words", "meaning"),
                ([f"`{r['column']}`", r["kind"], r["required"], r["vocabulary"].replace("|", ", "), r["description"]]
                 for r in own),
            )
        )  # fmt: skip
    parts.append("## What the columns of a run are called\n")
    parts.append(
        "Files in `tables/` carry the name on the left, pages the label. A label without table holds for all of them.\n"
    )
    parts.append(
        table(
            ("column", "table", "label on the page"),
            (
                [f"`{row['column']}`", row["table"], row["label"]]
                for row in read_rows(PACKAGE / "publish" / "column_labels.csv")
            ),
        )
    )
    return "\n".join(parts)


def settings_page() -> str:
    """Every setting of ``auditlab.toml``, then of ``portfolio.toml``."""
    parts = ["# Settings\n", inspect.cleandoc(settings.__doc__ or "") + "\n"]
    parts += _settings_of(Settings)
    parts.append(f"# Settings of a portfolio\n\n{inspect.cleandoc(portfolio_settings.__doc__ or '')}\n")
    parts += _settings_of(PortfolioSettings, of="portfolio")
    return "\n".join(parts)


def _settings_of(model: type[BaseModel], of: str = "") -> Iterator[str]:
    """The tables of a model and its sections; their meanings stand under its name, where it has one."""
    meanings = setting_meanings()
    yield table(FIELDS, fields_of(model, meanings[of]))
    for name, section in _sections(model):
        yield f"## `[{name}]`\n\n{inspect.cleandoc(section.__doc__ or '').partition(chr(10))[0]}\n"
        yield table(FIELDS, fields_of(section, meanings.get(f"{of}.{name}" if of else name, {})))


def _sections(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        candidates = [field.annotation, *getattr(field.annotation, "__args__", ())]
        for kind in candidates:
            if inspect.isclass(kind) and issubclass(kind, BaseModel):
                yield f"{before}{name}", kind
                yield from _sections(kind, f"{before}{name}.")


def commands_page() -> str:
    """The help of every command as it is printed."""
    parts = ["# Commands\n", "Exit codes: 0 done; 1 done, with something open; 2 could not do it.\n"]
    for path in _paths(get_command(app), ()):
        told = CliRunner().invoke(app, [*path, "--help"], prog_name="auditlab", env={"COLUMNS": "100"})
        parts.append(f"## {' '.join(('auditlab', *path))}\n\n```text\n{told.stdout.strip()}\n```\n")
    return "\n".join(parts)


def _paths(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    for name, own in getattr(command, "commands", {}).items():
        yield from _paths(own, (*path, name))


PAGES: dict[str, Callable[[], str]] = {
    "notebooks.md": notebooks_page,
    "tables.md": tables_page,
    "kpis.md": kpis_page,
    "methods.md": methods_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "messages.md": messages_page,
    "benchmarks.md": benchmarks_page,
}


def main(*, check: bool) -> int:
    """Write the pages, or tell which of them are not up to date."""
    stale = []
    for name, page in PAGES.items():
        path, text = TARGET / name, page().rstrip() + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="\n")
    if check and stale:
        sys.stdout.write(f"Not up to date: {', '.join(stale)}. Run: python docs/make_reference.py\n")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))

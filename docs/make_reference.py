"""Write the reference pages of the documentation from the code, so that they cannot tell something else.

``python docs/make_reference.py`` writes ``docs/reference/``; ``--check`` only tells which pages are not up to date.
"""

from __future__ import annotations

import ast
import csv
import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from enum import Enum
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.main import get_command
from typer.testing import CliRunner

import auditlab
from auditlab import errors, settings, statistics
from auditlab.cli import app
from auditlab.publish.notebooks import notebook_folder, notebook_names
from auditlab.publish.parameters import MODELS
from auditlab.settings import Settings

PACKAGE = Path(auditlab.__file__).parent
TARGET = Path(__file__).parent / "reference"


def cell(value: object) -> str:
    """A value as the cell of a Markdown table."""
    return str(value).replace("|", "\\|").replace("\n", " ").strip() or "–"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(cell(value) for value in line)} |" for line in lines) + "\n"


def read_rows(path: str) -> list[dict[str, str]]:
    """The rows of a data file of the package."""
    with (PACKAGE / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
    with (Path(__file__).parent / "setting_meanings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
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
    rows = read_rows("canonical_tables.csv")
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
            ([f"`{row['column']}`", row["table"], row["label"]] for row in read_rows("publish/column_labels.csv")),
        )
    )
    return "\n".join(parts)


def kpis_page() -> str:
    """Every key figure with its definition, and what the catalogue warns of."""
    defined = [
        [f"`{row['kpi']}`", row["clause"], row["unit"], row["better"], row["definition"]]
        for row in read_rows("signals/definitions.csv")
    ]
    catalogue = [
        [f"`{row['kpi']}`", row["clause"], row["formula"], row["needs"].replace(";", ", "), row["pitfalls"]]
        for row in read_rows("standard/kpis.csv")
    ]
    return "\n".join(
        [
            "# Key figures\n",
            "## As they are computed\n",
            table(("key figure", "clause", "unit", "better", "definition"), defined),
            "## The catalogue\n",
            "What each figure needs and how it misleads. `data_readiness` tells which your files allow.\n",
            table(("key figure", "clause", "formula", "needs", "pitfalls"), catalogue),
        ]
    )


def methods_page() -> str:
    """The public functions of the statistics floor: purpose, formula and source."""
    parts = ["# Methods and their sources\n"]
    for module in _modules(statistics):
        own = [one for _, one in inspect.getmembers(module, inspect.isfunction) if _public(one, module)]
        if not own:
            continue
        parts.append(f"## {module.__name__.rpartition('.')[2]}\n\n{inspect.cleandoc(module.__doc__ or '')}\n")
        rows = ([f"`{one.__name__}`", _purpose(one), _source(one)] for one in own)
        parts.append(table(("function", "what it gives", "source"), rows))
    return "\n".join(parts)


def _modules(package: ModuleType) -> list[ModuleType]:
    names = sorted(one.name for one in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names if not name.startswith("_")]


def _public(one: Callable[..., object], module: ModuleType) -> bool:
    return one.__module__ == module.__name__ and not one.__name__.startswith("_")


def _purpose(one: Callable[..., object]) -> str:
    return inspect.cleandoc(one.__doc__ or "").split("\n\n")[0]


def _source(one: Callable[..., object]) -> str:
    text = inspect.cleandoc(one.__doc__ or "").partition("References\n----------\n")[2]
    return " ".join(re.sub(r"^\.\. \[\d+\]", "", text, flags=re.MULTILINE).split())


def settings_page() -> str:
    """Every setting of ``auditlab.toml``."""
    parts = ["# Settings\n", inspect.cleandoc(settings.__doc__ or "") + "\n"]
    meanings = setting_meanings()
    parts.append(table(FIELDS, fields_of(Settings, meanings[""])))
    for name, section in _sections(Settings):
        parts.append(f"## `[{name}]`\n\n{inspect.cleandoc(section.__doc__ or '').partition(chr(10))[0]}\n")
        parts.append(table(FIELDS, fields_of(section, meanings.get(name, {}))))
    return "\n".join(parts)


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


def messages_page() -> str:
    """Every message of an error, by module; what stands in braces is filled in when it is raised."""
    kinds = {name for name, one in vars(errors).items() if inspect.isclass(one) and issubclass(one, Exception)}
    parts = ["# Messages and their mends\n", "Each message says what is wrong, where, and what to do.\n"]
    for path in sorted(PACKAGE.rglob("*.py")):
        rows = sorted(set(_messages(ast.parse(path.read_text(encoding="utf-8")), kinds)))
        if rows:
            parts.append(f"## {path.relative_to(PACKAGE).with_suffix('').as_posix()}\n")
            parts.append(table(("kind", "message"), rows))
    return "\n".join(parts)


def _messages(tree: ast.AST, kinds: set[str]) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in kinds and call.args:
            words = _words(call.args[0])
            if words:
                yield call.func.id, words


def _words(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        )
    return ""


PAGES: dict[str, Callable[[], str]] = {
    "notebooks.md": notebooks_page,
    "tables.md": tables_page,
    "kpis.md": kpis_page,
    "methods.md": methods_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "messages.md": messages_page,
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

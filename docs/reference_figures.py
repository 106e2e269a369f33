"""The pages of key figures and of methods: what is computed, by which formula, and where that comes from."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from reference_parts import DOCS, PACKAGE, read_rows, table

Key = TypeVar("Key")
Value = TypeVar("Value")
NO_FIELD = "-."
"""What the catalogue writes before a field that no canonical table holds."""
_OF_FIGURES = """The clause is what a figure is evidence for; no standard sets its formula or its target. *Usual in
service reports* is a measure that people know under this name, *own definition* is auditlab's.
"""
_OF_THE_CATALOGUE = """What each figure needs and how it misleads. `data_readiness` tells which your files allow. A need
that begins with `-.` is a field that no table of auditlab holds: the figure is computed without it, as its definition
above says, or not at all.
"""
_OF_METHODS = """Every public function whose method has a source. *k* of *n* are counted, *a* is 1 - confidence, *z* a
quantile of the normal law; a name in backticks is another function of this page. [The API](../api.md) has parameters
and units.
"""
_HEADINGS = re.compile(r"^(?:Parameters|Returns|Raises|References)\n-+$", flags=re.MULTILINE)


class Rows(dict[Key, Value]):
    """Rows of a data file by their key; a key without a row ends with the name of the file that lacks it."""

    def __init__(self, rows: Mapping[Key, Value], *, of: str) -> None:
        super().__init__(rows)
        self.of = of

    def __missing__(self, key: Key) -> Value:
        message = f"{self.of} has no row for {key}. Add one: the reference tells the source of everything."
        raise LookupError(message)


def kpis_page() -> str:
    """Every key figure with its definition, its method and their sources, and what the catalogue warns of."""
    told = Rows({row["kpi"]: row for row in read_rows(DOCS / "kpi_sources.csv")}, of="docs/kpi_sources.csv")
    papers = Rows(
        {row["method"]: row["source"] for row in read_rows(DOCS / "kpi_methods.csv")}, of="docs/kpi_methods.csv"
    )
    defined = [
        [f"`{row['kpi']}`", row["clause"].replace(";", ", "), row["unit"], row["better"] or "neither",
         row["definition"],
         told[row["kpi"]]["method"], told[row["kpi"]]["source"]]
        for row in read_rows(PACKAGE / "signals" / "definitions.csv")
    ]  # fmt: skip
    catalogue = [
        [f"`{row['kpi']}`", row["clause"].replace(";", ", "), row["formula"], row["unit"], row["direction_better"],
         _where(row, told[row["kpi"]]), told[row["kpi"]]["source"],
         row["needs"].replace(";", ", ") or "any table", row["pitfalls"]]
        for row in read_rows(PACKAGE / "standard" / "kpis.csv")
    ]  # fmt: skip
    used = [[method, papers[method]] for method in dict.fromkeys(one["method"] for one in told.values()) if method]
    return "\n".join(
        [
            "# Key figures\n",
            _OF_FIGURES,
            "## As they are computed\n",
            table(("key figure", "clause", "unit", "better", "definition", "method", "source"), defined),
            "## The catalogue\n",
            _OF_THE_CATALOGUE,
            table(
                ("key figure", "clause", "formula", "unit", "better", "computed in", "source", "needs", "pitfalls"),
                catalogue,
            ),
            "## Methods of these figures\n",
            table(("method", "source"), used),
        ]
    )


def _where(row: dict[str, str], told: dict[str, str]) -> str:
    if told["table"]:
        return f"`{told['table']}`"
    return "not computed: a field is held by no table" if NO_FIELD in row["needs"] else "not computed yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A public function with a source."""

    module: str  # such as statistics/intervals
    name: str
    purpose: str
    source: str


def methods() -> Iterator[Method]:
    """Every public function of the package that names the source of its method, by module."""
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").as_posix()
        if path.name.startswith("_"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                text = ast.get_docstring(node) or ""
                source = _source(text)
                if source:
                    yield Method(module=module, name=node.name, purpose=_purpose(text), source=source)


def methods_page() -> str:
    """The functions with a method of their own: what they give, formula and source."""
    rows_told = read_rows(DOCS / "method_formulas.csv")
    formulas = Rows(
        {(row["module"], row["function"]): row["formula"] for row in rows_told}, of="docs/method_formulas.csv"
    )
    parts = [
        "# Methods, formulas and sources\n",
        _OF_METHODS,
    ]
    found = list(methods())
    for module in dict.fromkeys(one.module for one in found):
        purpose = ast.get_docstring(ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))) or ""
        parts.append(f"## {module}\n\n{purpose}\n")
        rows = (
            [f"`{one.name}`", one.purpose, formulas[one.module, one.name], one.source]
            for one in found
            if one.module == module
        )
        parts.append(table(("function", "what it gives", "formula", "source"), rows))
    return "\n".join(parts)


def _purpose(text: str) -> str:
    """What stands before the sections of a docstring."""
    return " ".join(_HEADINGS.split(inspect.cleandoc(text), maxsplit=1)[0].split())


def _source(text: str) -> str:
    rest = inspect.cleandoc(text).partition("References\n----------\n")[2]
    return " ".join(re.sub(r"^(?:\.\. )?\[1\]", "", rest.strip()).replace(".. [", "[").split())

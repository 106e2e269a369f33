"""The page of messages: what every error of the package says, and the mend it names."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from reference_parts import PACKAGE, table

from auditlab import errors

_END_OF_SENTENCE = re.compile(r"(?<=[.?])\s(?=[A-Z'{\[])|(?<=:) (?=give )")
_PASSED_ON = re.compile(r"\{(?:error|problem|reasons|explained)\}\.?$")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Message:
    """One message; what is filled in when it is raised stands in braces."""

    module: str  # such as intake/opening
    kind: str
    problem: str
    mend: str


def messages() -> Iterator[Message]:
    """Every message that is written where an error of the package is raised."""
    kinds = {name for name, one in vars(errors).items() if inspect.isclass(one) and issubclass(one, Exception)}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").as_posix()
        raised = list(_raised(ast.parse(path.read_text(encoding="utf-8")), kinds))
        if raised:
            names = importlib.import_module(f"auditlab.{module.replace('/', '.')}")
            yield from sorted({_message(module, kind, text, names) for kind, text in raised})


def messages_page() -> str:
    """Every message of an error, by module."""
    parts = [
        "# Messages and their mends\n",
        "What is wrong and where, and what to do about it. Words in braces are filled in when the message appears.\n",
    ]
    found = [one for one in messages() if one.problem]
    for module in dict.fromkeys(one.module for one in found):
        rows = ([one.problem, one.mend] for one in found if one.module == module)
        parts.append(f"## {module}\n")
        parts.append(table(("message", "what to do"), rows))
    return "\n".join(parts)


def _raised(tree: ast.AST, kinds: set[str]) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in kinds and call.args:
            yield call.func.id, call.args[0]


def _message(module: str, kind: str, text: ast.expr, names: ModuleType) -> Message:
    words = _words(text, names)
    problem, *rest = _END_OF_SENTENCE.split(words)
    mend = " ".join(rest)
    if not mend and _PASSED_ON.search(problem):
        mend = "Do what the reason in braces says."
    return Message(module=module, kind=kind, problem=problem, mend=mend[:1].upper() + mend[1:])


def _words(node: ast.expr, names: ModuleType) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else _filled(part.value, names)
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        )
    return ""


def _filled(node: ast.expr, names: ModuleType) -> str:
    """What stands in the place of an expression: its value where it is a constant text, else its last name."""
    if isinstance(node, ast.Name) and isinstance(getattr(names, node.id, None), str):
        return str(getattr(names, node.id))
    return "{" + _last_name(node).strip("_").replace("_", " ") + "}"


def _last_name(node: ast.AST) -> str:
    """The name nearest to what is printed: of ``', '.join(known[:4])`` it is ``known``."""
    while not isinstance(node, ast.Name | ast.Attribute):
        inner = _INNER.get(type(node))
        if inner is None:
            return "…"
        node = inner(node)
    return node.id.lower() if isinstance(node, ast.Name) else node.attr.lower()


_INNER: dict[type[ast.AST], Callable[[Any], ast.AST]] = {
    ast.Subscript: lambda node: node.value,
    ast.Starred: lambda node: node.value,
    ast.GeneratorExp: lambda node: node.generators[0].iter,
    ast.ListComp: lambda node: node.generators[0].iter,
    ast.Call: lambda node: node.args[0] if node.args else node.func,
    ast.BinOp: lambda node: node.left,
    ast.BoolOp: lambda node: node.values[0],
    ast.IfExp: lambda node: node.body,
}
"""Where to look on in an expression."""

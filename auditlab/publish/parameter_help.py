"""What the parameters of a notebook mean, in the words of its own ``parameters`` cell."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlab.publish.contents import cell_source
from auditlab.publish.parameters import RESERVED, parameter_model

_LINE = re.compile(r"^(?P<name>[a-z_]\w*) *= *(?P<default>.*?)(?:  # (?P<meaning>.*))?$")
_LIMITS = {
    "minimum": "from {}", "exclusiveMinimum": "above {}", "maximum": "up to {}", "exclusiveMaximum": "below {}",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterHelp:
    """One parameter: how it is given, what it may be, and what it means."""

    name: str
    default: str
    allowed: str
    meaning: str
    given_by: str


def parameter_help(name: str, source: Path) -> list[ParameterHelp]:
    """The parameters of notebook `name` in the file `source`, in the order of its cell."""
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    schema = parameter_model(name).model_json_schema()["properties"]
    lines = (_LINE.match(line) for cell in tagged for line in cell_source(cell).splitlines())
    return [
        ParameterHelp(
            name=line["name"],
            default=line["default"],
            allowed=_allowed(schema.get(line["name"], {})),
            meaning=line["meaning"] or "",
            given_by=_GIVEN[line["name"]] if line["name"] in RESERVED else f"-p {line['name']} VALUE",
        )
        for line in lines
        if line
    ]


_GIVEN = {"engagement": "ENGAGEMENT", "as_of": "--as-of", "output_dir": "--output"}


def _allowed(schema: dict[str, Any]) -> str:  # Any: JSON
    """The type and the limits of a parameter, as its model checks them."""
    parts = schema.get("anyOf", [schema])
    known: dict[str, Any] = next((part for part in parts if part.get("type") != "null"), {})
    if "enum" in known:
        return ", ".join(map(str, known["enum"]))
    words = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}
    limits = [text.format(f"{known[limit]:g}") for limit, text in _LIMITS.items() if limit in known]
    return " ".join([words.get(str(known.get("type")), "any value"), *limits])

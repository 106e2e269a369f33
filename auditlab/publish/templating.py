"""The templates of pages and blocks, with escaping always on."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

_UNITS = (
    "(?:percentage )?points|auditor-days?|days?|months?|years?|hours?|minutes?|times|h|min"
    "|(?:nonconformities )?per (?:month|year|day|auditor-day)"
)
_COUNTED = "draws|minutes|hours|rows|records|cells|incidents|changes|findings"
_ALONE = r"(?:(?<![\w./+-])|(?<=[\s(][+-]))"  # not within a word, a path, a day or a longer clause
_MARKED = re.compile(
    rf"(?P<day>{_ALONE}\d{{4}}-(?:0\d|1[0-2])-[0-3]\d\b(?![-.]\w))"
    r"|(?<=\binterval )(?P<interval>[+-]?\d+(?:\.\d+)?(?: %| points)? to [+-]?\d+(?:\.\d+)?)\b"
    # A number is marked where it can be nothing else: 9.2 alone may be a clause.
    rf"|(?P<number>{_ALONE}\d{{1,3}}(?:\u202f\d{{3}})+(?:\.\d+)?\b"
    rf"|{_ALONE}\d+\.\d+(?=[\u00a0\u202f ]?%|[\u00a0\u202f ](?:{_UNITS})\b)"
    rf"|{_ALONE}\d{{4,}}(?=[\u00a0\u202f ](?:{_COUNTED})\b)"
    r"|(?<=\b[pq] = )\d+\.\d+\b|(?<=\b[pq] &lt; )\d+\.\d+\b|(?<=\bratio )\d+\.\d+\b)"
)
_DECIMAL = re.compile(r"\d+\.\d+")


@cache
def environment() -> Environment:
    """The jinja environment of this folder: everything is escaped, a missing value is an error."""
    made = Environment(
        loader=PackageLoader("auditlab.publish", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["located"] = located
    return made


def located(text: str) -> Markup:
    """`text` escaped, with days and numbers marked for ``reader.js``, which writes them as the reader does."""
    return Markup(_MARKED.sub(_marked, str(escape(text))))  # noqa: S704  # escaped one step before


def _marked(found: re.Match[str]) -> str:
    if found["day"]:
        return f'<time datetime="{found["day"]}">{found["day"]}</time>'
    if found["interval"]:
        return _DECIMAL.sub(lambda end: _number(end[0]), found["interval"])
    return _number(found["number"])


def _number(text: str) -> str:
    value = text.replace("\u202f", "")
    return f'<data data-look="number" value="{value}">{text}</data>'


def block_html(kind: str, block: object) -> str:
    """HTML of one block of a page: the macro `kind` of ``blocks.html``."""
    macro = getattr(environment().get_template("blocks.html").module, kind)
    return str(macro(block)).strip()


def template_text(name: str) -> str:
    """The text of a style sheet or script of this folder."""
    return resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")

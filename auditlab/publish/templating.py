"""The templates of pages and blocks, with escaping always on."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """The jinja environment of this folder: everything is escaped, a missing value is an error."""
    return Environment(
        loader=PackageLoader("auditlab.publish", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def block_html(kind: str, block: object) -> str:
    """HTML of one block of a page: the macro `kind` of ``blocks.html``."""
    macro = getattr(environment().get_template("blocks.html").module, kind)
    return str(macro(block)).strip()


def template_text(name: str) -> str:
    """The text of a style sheet or script of this folder."""
    return resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")

"""What the command line prints."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(text: str) -> None:
    """Print a text without control characters."""
    print(plain(text))  # noqa: T201  # the command line speaks


def plain(text: str) -> str:
    """`text` without control characters, with which a cell of a foreign file could steer a terminal."""
    return _CONTROL.sub("", text)

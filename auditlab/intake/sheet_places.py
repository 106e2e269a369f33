"""Names of columns and cells, as a spreadsheet program shows them."""

from __future__ import annotations

import re

_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


def column_letter(column: int) -> str:
    """Letter of a column counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def position(reference: str) -> tuple[int, int]:
    """Row and column of a cell such as B3, counted from 1; (0, 0) if `reference` names none."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return (0, 0)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column

"""What the XML of an .ods file knows and calamine does not tell: merged cells, hidden rows, digits shown."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from auditlab.intake.file_kinds import ZIP_FAILS
from auditlab.intake.sheet_xml import Box, SheetMarks

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_VALUE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value"
_HIDDEN = frozenset({"collapse", "filter"})
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST_REPEATS = 1_000
"""Rows that a file repeats more often are its empty end, which may have a million of them."""
_ONE_DIGIT, _TWO_DIGITS = re.compile(r"\d{1,2}\.\d"), re.compile(r"\d{1,2}[.,]\d0")


@dataclass(slots=True, kw_only=True)
class _Marks:
    """The marks of one sheet while its rows are read."""

    row: int = 0
    merged: list[Box] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    two_decimals: set[tuple[int, int]] = field(default_factory=set)

    def add(self, row: Element) -> None:
        """Take in the next row, and as many as it stands for."""
        first = self.row + 1
        repeats = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        self.row += repeats
        if row.get(f"{_TABLE}visibility") in _HIDDEN:
            self.hidden_rows.update(range(first, first + min(repeats, _MOST_REPEATS)))
        column = 1
        for cell in row:
            if cell.tag in _CELLS:
                self._add_cell(cell, first, column)
                column += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))

    def _add_cell(self, cell: Element, row: int, column: int) -> None:
        down = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        across = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        if down > 1 or across > 1:
            self.merged.append(Box(row, column, row + down - 1, column + across - 1))
        shown = "".join(cell.itertext()).strip()
        if _ONE_DIGIT.fullmatch(cell.get(_VALUE, "")) and _TWO_DIGITS.fullmatch(shown):
            self.two_decimals.add((row, column))

    @property
    def frozen(self) -> SheetMarks:
        return SheetMarks(
            merged=tuple(self.merged),
            hidden_rows=frozenset(self.hidden_rows),
            two_decimals=frozenset(self.two_decimals),
        )


def scan_ods(path: Path) -> dict[str, SheetMarks]:
    """Marks of every sheet of an .ods file by sheet name.

    A file that cannot be parsed yields no marks; what is wrong with it is told where its cells are read.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as source:
            return {name: marks.frozen for name, marks in _scan(source).items()}
    except (*ZIP_FAILS, KeyError, ParseError, DefusedXmlException):
        return {}


def _scan(source: IO[bytes]) -> dict[str, _Marks]:
    found: dict[str, _Marks] = {}
    current = _Marks()
    for event, element in iterparse(source, events=("start", "end")):
        if event == "start":
            if element.tag == f"{_TABLE}table":
                current = found.setdefault(element.get(f"{_TABLE}name", ""), _Marks())
        elif element.tag == f"{_TABLE}table-row":
            current.add(element)
            element.clear()  # the cells of a row are not needed once it has been seen
    return found

"""What the sheet XML of a workbook knows and calamine does not: hidden rows and columns, error cells."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse, parse

_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMarks:
    """Rows and columns count from 1, as the spreadsheet program shows them."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)


def column_letter(column: int) -> str:
    """Letter of a column counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def scan_workbook(path: Path) -> dict[str, SheetMarks]:
    """Marks of every sheet of an .xlsx or .xlsm file by sheet name; empty for other formats.

    A part that cannot be parsed yields no marks: the cells themselves are read elsewhere, and
    what is refused there is refused with its own message.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _scan(archive, part) for name, part in _sheet_parts(archive).items()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, KeyError, ParseError, DefusedXmlException):
        return {}


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Path inside the archive of every sheet, by sheet name."""
    with archive.open("xl/_rels/workbook.xml.rels") as source:
        targets = {relation.get("Id"): relation.get("Target", "") for relation in parse(source).getroot()}
    with archive.open("xl/workbook.xml") as source:
        sheets = [element for element in parse(source).getroot().iter() if _tag(element) == "sheet"]
    parts = {}
    for sheet in sheets:
        relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        target = targets.get(relation, "")
        if target:
            parts[sheet.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return parts


def _scan(archive: zipfile.ZipFile, part: str) -> SheetMarks:
    with archive.open(part) as source:
        return _scan_sheet(source)


def _scan_sheet(source: IO[bytes]) -> SheetMarks:
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    errors: dict[tuple[int, int], str] = {}
    for _, element in iterparse(source):
        tag = _tag(element)
        if tag == "col" and element.get("hidden") in ("1", "true"):
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            hidden_columns.update(range(first, min(last, first + 1000) + 1))
        elif tag == "c" and element.get("t") == "e":
            text = next((child.text for child in element if _tag(child) == "v"), None)
            if element.get("r"):
                errors[_position(element.get("r", ""))] = text or "#ERROR"
        elif tag == "row":
            if element.get("hidden") in ("1", "true"):
                hidden_rows.add(int(element.get("r", "0")))
            element.clear()  # the cells of a row are not needed once it has been seen
    return SheetMarks(hidden_rows=frozenset(hidden_rows), hidden_columns=frozenset(hidden_columns), errors=errors)


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _position(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return (0, 0)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column

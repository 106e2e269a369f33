"""What the XML of a workbook knows and calamine does not.

Hidden rows and columns, error cells, formulas without a stored value, and named ranges.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse, parse

from auditlab.intake.file_kinds import ZIP_FAILS
from auditlab.intake.sheet_places import position
from auditlab.intake.sheet_size import MOST_ROWS, check_merged_count
from auditlab.intake.telling_rows import telling_pieces
from auditlab.intake.uniform_sheets import RULED_OUT, begins_uniform

_MERGED = b"<mergeCell "
_BUILT_IN_TWO_DECIMALS = frozenset({"2", "4"})
_TWO_DECIMALS = re.compile(r"(?:#,##)?0\.00(?:[_;\\].*)?")
_ONE_DIGIT = re.compile(r"\d{1,2}\.\d")
_RANGE = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!:]+))!(?P<first>\$?[A-Z]+\$?\d+):(?P<last>\$?[A-Z]+\$?\d+)"
)


class Box(NamedTuple):
    """A rectangle of cells; rows and columns count from 1, as the spreadsheet program shows them."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def from_zero(cls, top: int, left: int, bottom: int, right: int) -> Box:
        """A box from numbers that count from 0."""
        return cls(top + 1, left + 1, bottom + 1, right + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMarks:
    """What is known of a sheet beside its cells; rows and columns count from 1.

    Attributes
    ----------
    hidden_rows, hidden_columns : frozenset of int
        Hidden or filtered rows, hidden columns.
    errors : mapping of (int, int) to str
        Row and column of a cell to its error.
    unsaved : mapping of int to int
        Column to the number of its formulas without a stored value [count].
    unsaved_rows : frozenset of int
        Rows that hold such a formula.
    merged : tuple of Box
        Merged cells.
    two_decimals : frozenset of (int, int)
        Row and column of numbers with one digit after the point that are shown with two, such as 8.10.
    areas : tuple of Box
        Where the workbook itself says a table lies: declared tables, named ranges and filters.
    uniform : bool
        Whether the sheet is large and nothing seen so far keeps it from being read column by column.
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    unsaved: Mapping[int, int] = field(default_factory=dict)
    unsaved_rows: frozenset[int] = frozenset()
    merged: tuple[Box, ...] = ()
    two_decimals: frozenset[tuple[int, int]] = frozenset()
    areas: tuple[Box, ...] = ()
    uniform: bool = False


def scan_workbook(path: Path, *, name: str) -> dict[str, SheetMarks]:
    """Marks of every sheet of an .xlsx or .xlsm file by sheet name; `name` is what the ledger calls the file.

    A part that cannot be parsed yields no marks: the cells themselves are read elsewhere, and
    what is refused there is refused with its own message.

    Raises
    ------
    EngagementError
        If a sheet has so many merged cells that parsing them alone takes long.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            named, styles, early = _named_areas(archive), _two_decimal_styles(archive), _counts_from_1904(archive)
            marks = {
                sheet: _scan(archive, part, styles, where=f"{name}, sheet '{sheet}'")
                for sheet, part in _sheet_parts(archive).items()
            }
            return {
                sheet: replace(own, areas=tuple(named.get(sheet, ())), uniform=own.uniform and not early)
                for sheet, own in marks.items()
            }
    except (*ZIP_FAILS, KeyError, ParseError, DefusedXmlException):
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


def _named_areas(archive: zipfile.ZipFile) -> dict[str, list[Box]]:
    """Named ranges and filters of more than one row and column, by sheet."""
    with archive.open("xl/workbook.xml") as source:
        names = [element for element in parse(source).getroot().iter() if _tag(element) == "definedName"]
    areas: dict[str, list[Box]] = {}
    for element in names:
        match = _RANGE.fullmatch((element.text or "").strip())
        if match is None or element.get("name", "").startswith(("_xlnm.Print", "_xlnm.Extract", "_xlnm.Criteria")):
            continue
        sheet = match["quoted"].replace("''", "'") if match["quoted"] else match["plain"]
        top, left = position(match["first"].replace("$", ""))
        bottom, right = position(match["last"].replace("$", ""))
        if bottom > top and right > left:
            areas.setdefault(sheet, []).append(Box(top, left, bottom, right))
    return areas


def _counts_from_1904(archive: zipfile.ZipFile) -> bool:
    """Whether the days of the workbook are counted from 1904, as old Macintosh programs do."""
    with archive.open("xl/workbook.xml") as source:
        root = parse(source).getroot()
    return any(element.get("date1904", "0") not in ("0", "false") for element in root if _tag(element) == "workbookPr")


def _two_decimal_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """Numbers of the cell styles that show two digits after the point."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    with archive.open("xl/styles.xml") as source:
        root = parse(source).getroot()
    own = {form.get("numFmtId"): form.get("formatCode", "") for form in root.iter() if _tag(form) == "numFmt"}
    told = _BUILT_IN_TWO_DECIMALS | {name for name, code in own.items() if _TWO_DECIMALS.fullmatch(code)}
    styles = next((part for part in root if _tag(part) == "cellXfs"), ())
    return frozenset(str(place) for place, style in enumerate(styles) if style.get("numFmtId") in told)


def _note_cell(cell: Element, *, errors: dict[tuple[int, int], str], two_decimals: set[tuple[int, int]]) -> None:
    """Keep an error, and a number with one digit after the point, also one stored as 8.0999999999999996."""
    place = position(cell.get("r", ""))
    text = next((child.text for child in cell if _tag(child) == "v"), None)
    if cell.get("t") == "e":
        errors[place] = text or "#ERROR"
    elif text and cell.get("t", "n") == "n" and _ONE_DIGIT.fullmatch(f"{float(text):.12g}"):
        two_decimals.add(place)


def _scan(archive: zipfile.ZipFile, part: str, styles: frozenset[str], *, where: str) -> SheetMarks:
    found, uniform = [], begins_uniform(archive, part)
    with archive.open(part) as source:
        for piece in telling_pieces(source, styles):
            check_merged_count(where, piece.count(_MERGED))
            uniform = uniform and not any(sign in piece for sign in RULED_OUT)
            found.append(_scan_sheet(io.BytesIO(piece), styles))
    return replace(_joined(found), uniform=uniform)


def _joined(pieces: Sequence[SheetMarks]) -> SheetMarks:
    unsaved: Counter[int] = Counter()
    for piece in pieces:
        unsaved.update(piece.unsaved)
    return SheetMarks(
        hidden_rows=frozenset().union(*(piece.hidden_rows for piece in pieces)),
        hidden_columns=frozenset().union(*(piece.hidden_columns for piece in pieces)),
        errors={place: text for piece in pieces for place, text in piece.errors.items()},
        unsaved=dict(unsaved),
        unsaved_rows=frozenset().union(*(piece.unsaved_rows for piece in pieces)),
        merged=tuple(box for piece in pieces for box in piece.merged),
        two_decimals=frozenset().union(*(piece.two_decimals for piece in pieces)),
    )


def _scan_sheet(source: IO[bytes], styles: frozenset[str]) -> SheetMarks:
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    errors: dict[tuple[int, int], str] = {}
    merged: list[Box] = []
    two_decimals: set[tuple[int, int]] = set()
    unsaved: Counter[int] = Counter()
    unsaved_rows: set[int] = set()
    formulas = 0
    for _, element in iterparse(source):
        tag = _tag(element)
        if tag == "col" and element.get("hidden") in ("1", "true"):
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            hidden_columns.update(range(first, min(last, first + 1000) + 1))
        elif tag == "c" and element.get("r") and (element.get("t") == "e" or element.get("s") in styles):
            _note_cell(element, errors=errors, two_decimals=two_decimals)
        elif tag == "f":
            formulas += 1
        elif tag == "mergeCell" and ":" in element.get("ref", ""):
            first, last = element.get("ref", "").split(":")
            merged.append(Box(*position(first), *position(last)))
        elif tag == "row":
            if element.get("hidden") in ("1", "true"):
                hidden_rows.add(int(element.get("r", "0")))
            if formulas:
                columns = _unsaved_columns(element)
                unsaved.update(columns)
                row = int(element.get("r", "0"))
                unsaved_rows.update([row] if columns and row <= MOST_ROWS else [])
                formulas = 0
            element.clear()  # the cells of a row are not needed once it has been seen
    return SheetMarks(
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset(hidden_columns),
        errors=errors,
        unsaved=dict(unsaved),
        unsaved_rows=frozenset(unsaved_rows),
        merged=tuple(merged),
        two_decimals=frozenset(two_decimals),
    )


def _unsaved_columns(row: Element) -> list[int]:
    """Columns of a row whose formula has no stored value: the file was written by a program that does not calculate."""
    columns = []
    for cell in row:
        parts = {_tag(child): child for child in cell}
        value = parts.get("v")
        if "f" in parts and (value is None or value.text is None) and cell.get("t") != "str":
            columns.append(position(cell.get("r", ""))[1])
    return columns


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]

"""Read spreadsheet files into raw sheets: every cell as it stands, at its own row and column.

python-calamine reads the cells; what it does not report (hidden rows, error cells) comes from a
light scan of the sheet's own XML. Nothing is interpreted here.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path

import python_calamine
from charset_normalizer import from_bytes

from auditlab.engagement import InputFile
from auditlab.errors import EngagementError
from auditlab.intake.sheet_xml import SheetMarks, scan_workbook

Cell = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
TEXT_SUFFIXES = (".csv", ".tsv")
DELIMITERS = ",;\t|"
LONGEST_CELL = 10_000_000  # [characters]; the library stops at 131,072, and evidence texts can be longer


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSheet:
    """One sheet, cell by cell; ``rows[0]`` is row 1 of the spreadsheet program."""

    file: str
    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False
    marks: SheetMarks = field(default_factory=SheetMarks)

    def cell(self, row: int, column: int) -> Cell:
        """The cell at `row` and `column`, both counted from 1; ``None`` outside the sheet."""
        values = self.rows[row - 1]
        return values[column - 1] if column <= len(values) else None


def is_table_file(path: Path) -> bool:
    """Whether intake reads `path`; lock files of open workbooks and hidden files are left alone."""
    return path.suffix.lower() in WORKBOOK_SUFFIXES + TEXT_SUFFIXES and not path.name.startswith((".", "~$"))


def identify(path: Path, *, name: str) -> InputFile:
    """Name, size and SHA-256 of a file, for the manifest."""
    content = path.read_bytes()
    return InputFile(name=name, sha256=hashlib.sha256(content).hexdigest(), size_bytes=len(content))


def read_sheets(path: Path, *, name: str) -> list[RawSheet]:
    """All sheets of a file, hidden ones included and marked.

    Parameters
    ----------
    path : Path
        A workbook or a delimited text file.
    name : str
        How the file is called in the ledger.

    Raises
    ------
    EngagementError
        If the file is damaged, protected by a password or not what its ending says.
    """
    if path.stat().st_size == 0:
        raise EngagementError(f"{name}: the file is empty (0 bytes). Export it again or remove it from the folder.")
    if path.suffix.lower() in TEXT_SUFFIXES:
        return [_read_text(path, name=name)]
    return _read_workbook(path, name=name)


def _read_workbook(path: Path, *, name: str) -> list[RawSheet]:
    try:
        workbook = python_calamine.load_workbook(str(path))
    except python_calamine.PasswordError:
        raise EngagementError(
            f"{name}: the workbook is protected by a password. Save a copy without password and use that."
        ) from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise EngagementError(
            f"{name}: not a readable workbook ({error}). Open it in a spreadsheet program and save it again as .xlsx."
        ) from None
    marks = scan_workbook(path)
    sheets = []
    for meta in workbook.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        try:
            cells = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, ValueError) as error:
            raise EngagementError(
                f"{name}, sheet '{meta.name}': cannot be read ({error}). Save the workbook again as .xlsx."
            ) from None
        hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
        sheet_marks = marks.get(meta.name, SheetMarks())
        rows = tuple(tuple(_cell(cell) for cell in row) for row in cells)
        sheets.append(
            RawSheet(file=name, name=meta.name, rows=_with_errors(rows, sheet_marks), hidden=hidden, marks=sheet_marks)
        )
    return sheets


def _cell(cell: Cell) -> Cell:
    """A cell that holds nothing but white space holds nothing; readers of workbooks disagree on this."""
    return None if isinstance(cell, str) and not cell.strip() else cell


def _with_errors(rows: tuple[tuple[Cell, ...], ...], marks: SheetMarks) -> tuple[tuple[Cell, ...], ...]:
    """`rows` with error cells as their text: calamine returns ``#DIV/0!`` as if it were blank."""
    if not marks.errors:
        return rows
    mended = [list(row) for row in rows]
    for (row, column), text in marks.errors.items():
        if row <= len(mended) and column <= len(mended[row - 1]):
            mended[row - 1][column - 1] = text
    return tuple(tuple(row) for row in mended)


def _read_text(path: Path, *, name: str) -> RawSheet:
    text = _decoded(path.read_bytes(), name=name)
    csv.field_size_limit(LONGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        rows = tuple(tuple(_cell(cell) for cell in row) for row in reader)
    except csv.Error as error:
        raise EngagementError(f"{name}: not readable as CSV ({error}). Export it again as CSV in UTF-8.") from None
    return RawSheet(file=name, name=path.stem, rows=rows)


def _delimiter(text: str) -> str:
    """The delimiter only: what else the sniffer guesses (such as quoting) it guesses from too few lines."""
    try:
        return csv.Sniffer().sniff(text[:20_000], delimiters=DELIMITERS).delimiter
    except csv.Error:
        return ","  # a single column has no delimiter to find


def _decoded(content: bytes, *, name: str) -> str:
    """UTF-8 wherever the bytes allow it: on short files a statistical guess prefers exotic code pages."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        match = from_bytes(content).best()
    if match is None:
        raise EngagementError(f"{name}: not a text file in any known encoding. Export it again as CSV in UTF-8.")
    return content.decode(match.encoding).removeprefix("\ufeff")

"""Workbooks: python-calamine reads the cells, openpyxl what calamine cannot; the sheet XML adds the rest."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import python_calamine
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from auditlab.errors import EngagementError
from auditlab.intake.file_kinds import FileKind, holds_macros
from auditlab.intake.ods_marks import scan_ods
from auditlab.intake.sheet_xml import Box, SheetMarks, scan_workbook
from auditlab.intake.sheets import RawSheet, Rows, filled

MACROS = "holds a macro project; it was not run"
_CALAMINE_FAILS = (python_calamine.CalamineError, OSError, ValueError)
_OPENPYXL_FAILS = (
    InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError,
    SyntaxError, DefusedXmlException,
)  # fmt: skip
"""openpyxl raises whatever its parsing meets; ParseError of the XML library is a SyntaxError."""


def read_workbook_file(path: Path, *, name: str, kind: FileKind) -> list[RawSheet]:
    """All sheets of a workbook, hidden ones included and marked.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How the file is called in the ledger.
    kind : FileKind
        What the file is by its content.

    Raises
    ------
    EngagementError
        If the workbook is protected by a password, or neither library can read it.
    """
    if kind is FileKind.ENCRYPTED:
        raise _protected(name)
    notes: tuple[str, ...] = (MACROS,) if holds_macros(path, kind) else ()
    suffix = ".xlsx" if path.suffix.lower() == ".xlsm" else path.suffix.lower()
    misnamed = kind in (FileKind.XLSX, FileKind.XLSB, FileKind.ODS, FileKind.COMPOUND) and suffix != kind
    if misnamed:
        notes += (f"named {path.suffix}, read as the {kind} file it is",)
    marks = _scanned(path, kind)
    try:
        sheets = _by_calamine(path, name=name, marks=marks, by_content=misnamed)
    except python_calamine.PasswordError:
        raise _protected(name) from None
    except _CALAMINE_FAILS as error:
        sheets = _by_openpyxl(path, name=name, marks=marks, reason=str(error), kind=kind)
    return [replace(sheet, notes=notes + sheet.notes) for sheet in sheets]


def _scanned(path: Path, kind: FileKind) -> Mapping[str, SheetMarks]:
    """What the XML of the file tells beside the cells, where it is a kind of file that holds XML."""
    if kind is FileKind.ODS:
        return scan_ods(path)
    return scan_workbook(path) if kind in (FileKind.XLSX, FileKind.OTHER) else {}


def _by_calamine(path: Path, *, name: str, marks: Mapping[str, SheetMarks], by_content: bool) -> list[RawSheet]:
    source = io.BytesIO(path.read_bytes()) if by_content else str(path)
    workbook = python_calamine.load_workbook(source)
    tables = _declared_tables(path)
    sheets = []
    for meta in workbook.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        rows = tuple(tuple(filled(cell) for cell in row) for row in sheet.to_python(skip_empty_area=False))
        own = marks.get(meta.name, SheetMarks())
        merged = tuple(Box.from_zero(*first, *last) for first, last in sheet.merged_cell_ranges or ())
        areas = tables.get(meta.name, ()) + own.areas
        sheets.append(
            RawSheet(
                file=name,
                name=meta.name,
                rows=_with_errors(rows, own),
                hidden=meta.visible != python_calamine.SheetVisibleEnum.Visible,
                marks=replace(own, merged=merged or own.merged, areas=areas),
                engine="calamine",
            )
        )
    return sheets


def _declared_tables(path: Path) -> dict[str, tuple[Box, ...]]:
    """The tables that the workbook itself declares, with their header row, by sheet."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    found: dict[str, tuple[Box, ...]] = {}
    try:
        workbook = python_calamine.load_workbook(str(path), load_tables=True)
        for table_name in workbook.table_names or ():
            table = workbook.get_table_by_name(table_name)
            if table.start is None or table.end is None:
                continue
            (top, left), (bottom, right) = table.start, table.end
            found[table.sheet] = (*found.get(table.sheet, ()), Box.from_zero(top - 1, left, bottom, right))
    except _CALAMINE_FAILS:
        return {}  # they are hints only; the cells are read without them
    return found


def _by_openpyxl(
    path: Path, *, name: str, marks: Mapping[str, SheetMarks], reason: str, kind: FileKind
) -> list[RawSheet]:
    if kind is not FileKind.XLSX:
        raise _unreadable(name, reason)
    note = f"calamine could not read this file ({reason}); openpyxl did"
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = []
            for page in workbook.worksheets:
                page.reset_dimensions()  # a wrong dimension would cut rows off
                rows: Rows = tuple(tuple(filled(cell) for cell in row) for row in page.iter_rows(values_only=True))
                own = marks.get(page.title, SheetMarks())
                hidden = page.sheet_state != "visible"
                sheets.append(
                    RawSheet(
                        file=name,
                        name=page.title,
                        rows=rows,
                        hidden=hidden,
                        marks=own,
                        engine="openpyxl",
                        notes=(note,),
                    )
                )
        finally:
            workbook.close()
    except _OPENPYXL_FAILS:
        raise _unreadable(name, reason) from None
    if not sheets:
        raise _unreadable(name, reason)
    return sheets


def _protected(name: str) -> EngagementError:
    return EngagementError(
        f"{name}: the workbook is protected by a password. Save a copy without password and use that."
    )


def _unreadable(name: str, reason: str) -> EngagementError:
    return EngagementError(
        f"{name}: not a readable workbook ({reason}). Open it in a spreadsheet program and save it again as .xlsx."
    )


def _with_errors(rows: Rows, marks: SheetMarks) -> Rows:
    """`rows` with error cells as their text: calamine returns ``#DIV/0!`` as if it were blank."""
    longest = max(marks.unsaved_rows, default=0)
    rows += ((),) * (longest - len(rows))  # the account of rows knows them, although calamine ends above
    if not marks.errors:
        return rows
    mended = [list(row) for row in rows]
    for (row, column), text in marks.errors.items():
        if row <= len(mended) and column <= len(mended[row - 1]):
            mended[row - 1][column - 1] = text
    return tuple(tuple(row) for row in mended)

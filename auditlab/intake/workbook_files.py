"""Workbooks: python-calamine reads the cells, openpyxl what calamine cannot; the sheet XML adds the rest."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import python_calamine

from auditlab.errors import EngagementError
from auditlab.intake.archives import check_archive
from auditlab.intake.coded_cells import PackedSheet, coded_cells
from auditlab.intake.file_kinds import FileKind, holds_macros
from auditlab.intake.ods_marks import scan_ods
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.sheet_size import MOST_ROWS, check_merged, check_size, within
from auditlab.intake.sheet_xml import Box, SheetMarks, scan_workbook
from auditlab.intake.typed_cells import TypedCells

MACROS = "holds a macro project; it was not run"
LINKS = "takes values from other workbooks; the values it stored itself were read, the others were not opened"
_LINKS = "xl/externalLinks/"


class UnreadableError(EngagementError):
    """Neither library can make anything of a file."""


_ZIPPED = (FileKind.XLSX, FileKind.XLSB, FileKind.ODS, FileKind.OTHER)


def read_workbook_file(
    path: Path, *, name: str, kind: FileKind, limits: ReadLimits, failed: str = ""
) -> list[PackedSheet]:
    """All sheets of a workbook, hidden ones included and marked.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How the file is called in the ledger.
    kind : FileKind
        What the file is by its content.
    limits : ReadLimits
        How much may be unpacked and how large a sheet may be.
    failed : str
        Why calamine is not asked, where an earlier attempt with it broke off.

    Raises
    ------
    EngagementError
        If the workbook is protected by a password, built to do harm, larger than the limits allow, or
        neither library can read it.
    """
    if kind is FileKind.ENCRYPTED:
        raise _protected(name)
    if kind in _ZIPPED:
        check_archive(path, name=name, unpacked_mib=limits.unpacked_mib)
    notes, marks = _notes(path, kind), _scanned(path, kind, name=name)
    if not failed:
        try:
            sheets = _by_calamine(path, name=name, marks=marks, kind=kind, limits=limits)
        except python_calamine.PasswordError:
            raise _protected(name) from None
        except (EngagementError, MemoryError):
            raise
        except BaseException as error:  # a panic of the Rust library is no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            failed = str(error) or type(error).__name__
    if failed:
        sheets = _by_openpyxl(path, name=name, marks=marks, reason=failed, kind=kind, limits=limits)
    return [replace(sheet, notes=notes + sheet.notes) for sheet in sheets]


def _notes(path: Path, kind: FileKind) -> tuple[str, ...]:
    """What a person should know of the file as such."""
    known = kind in (FileKind.XLSX, FileKind.XLSB, FileKind.ODS, FileKind.COMPOUND)
    told = {
        MACROS: holds_macros(path, kind),
        f"named {path.suffix}, read as the {kind} file it is": known and _suffix(path) != kind,
        LINKS: kind is FileKind.XLSX and _has_links(path),
    }
    return tuple(note for note, holds in told.items() if holds)


def _suffix(path: Path) -> str:
    return ".xlsx" if path.suffix.lower() == ".xlsm" else path.suffix.lower()


def _has_links(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any(part.startswith(_LINKS) for part in archive.namelist())


def _scanned(path: Path, kind: FileKind, *, name: str) -> Mapping[str, SheetMarks]:
    """What the XML of the file tells beside the cells, where it is a kind of file that holds XML."""
    if kind is FileKind.ODS:
        return scan_ods(path)
    return scan_workbook(path, name=name) if kind in (FileKind.XLSX, FileKind.OTHER) else {}


def _by_calamine(
    path: Path, *, name: str, marks: Mapping[str, SheetMarks], kind: FileKind, limits: ReadLimits
) -> list[PackedSheet]:
    own_name = kind.value == _suffix(path)
    workbook, tables = _with_tables(path, by_content=not own_name)
    sheets = []
    for meta in workbook.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        where = f"{name}, sheet '{meta.name}'"
        own = marks.get(meta.name, SheetMarks())
        areas = tables.get(meta.name, ()) + own.areas
        hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
        typed = _typed(path, meta.name, where=where, limits=limits) if own.uniform and own_name else None
        if typed is not None:
            marked = replace(own, areas=areas)
            sheets.append(PackedSheet(name=meta.name, cells=typed, hidden=hidden, marks=marked, engine="fastexcel"))
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        last_row, last_column = sheet.end or (-1, -1)
        check_size(where, rows=last_row + 1, columns=last_column + 1, limits=limits)
        merged = tuple(Box.from_zero(*first, *last) for first, last in sheet.merged_cell_ranges or ())
        check_merged(where, ((box.top, box.bottom) for box in merged or own.merged), rows=last_row + 1)
        sheets.append(
            PackedSheet(
                name=meta.name,
                cells=coded_cells(
                    sheet.iter_rows(), before=sheet.start[1] if sheet.start else 0, days=kind is FileKind.XLSX
                ),
                hidden=hidden,
                marks=replace(own, merged=merged or own.merged, areas=areas),
                engine="calamine",
            )
        )
    return sheets


def _typed(path: Path, sheet: str, *, where: str, limits: ReadLimits) -> TypedCells | None:
    """The cells of a sheet that may be read column by column; nothing where that fails, for whatever reason."""
    try:
        from auditlab.intake.column_reader import typed_cells  # noqa: PLC0415  # most files need none of its libraries

        return typed_cells(path, sheet, where=where, limits=limits)
    except (EngagementError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  # a panic of the Rust library is no Exception
        return None


def _with_tables(
    path: Path, *, by_content: bool
) -> tuple[python_calamine.CalamineWorkbook, dict[str, tuple[Box, ...]]]:
    """The workbook, and the tables that it declares itself, with their header row, by sheet."""
    found: dict[str, tuple[Box, ...]] = {}
    source = io.BytesIO(path.read_bytes()) if by_content else str(path)
    try:
        workbook = python_calamine.load_workbook(source, load_tables=True)
        for table_name in workbook.table_names or ():
            table = workbook.get_table_by_name(table_name)
            if table.start is None or table.end is None:
                continue
            (top, left), (bottom, right) = table.start, table.end
            found[table.sheet] = (*found.get(table.sheet, ()), Box.from_zero(top - 1, left, bottom, right))
    except (python_calamine.CalamineError, OSError, ValueError):
        # They are hints only, and no other kind of workbook has them; the cells are read without.
        return python_calamine.load_workbook(source), {}
    return workbook, found


def _by_openpyxl(
    path: Path, *, name: str, marks: Mapping[str, SheetMarks], reason: str, kind: FileKind, limits: ReadLimits
) -> list[PackedSheet]:
    if kind is not FileKind.XLSX:
        raise _unreadable(name, reason)
    import openpyxl  # noqa: PLC0415  # takes a third of a second that most files do not need

    note = f"calamine could not read this file ({reason}); openpyxl did"
    try:
        with path.open("rb") as source:  # by its content: openpyxl refuses endings that it does not know
            workbook = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
            sheets = []
            for page in workbook.worksheets:
                page.reset_dimensions()  # a wrong dimension would cut rows off
                where = f"{name}, sheet '{page.title}'"
                rows = within(page.iter_rows(values_only=True), where=where, limits=limits, most_rows=MOST_ROWS)
                sheets.append(
                    PackedSheet(
                        name=page.title,
                        cells=coded_cells(rows, ragged=True),
                        hidden=page.sheet_state != "visible",
                        marks=marks.get(page.title, SheetMarks()),
                        engine="openpyxl",
                        notes=(note,),
                    )
                )
    except (EngagementError, MemoryError):
        raise
    except Exception:  # noqa: BLE001  # openpyxl raises whatever its parsing meets
        raise _unreadable(name, reason) from None
    if not sheets:
        raise _unreadable(name, reason)
    return sheets


def _protected(name: str) -> EngagementError:
    return EngagementError(
        f"{name}: the workbook is protected by a password. Save a copy without password and use that."
    )


def _unreadable(name: str, reason: str) -> UnreadableError:
    return UnreadableError(
        f"{name}: not a readable workbook ({reason}). Open it in a spreadsheet program and save it again as .xlsx."
    )

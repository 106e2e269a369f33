"""Read any file of an engagement into raw sheets, or say in plain words why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from auditlab.errors import EngagementError
from auditlab.intake.coded_cells import PackedSheet
from auditlab.intake.file_kinds import COLUMN_SUFFIXES, TEXT_SUFFIXES, FileKind, file_kind
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.text_files import read_text_file
from auditlab.intake.workbook_files import read_workbook_file

_WORKBOOKS = (FileKind.XLSX, FileKind.XLSB, FileKind.ODS, FileKind.COMPOUND)
_MENDS = {
    FileKind.TEXT: "If it is a table in text form, rename it to .csv.",
    FileKind.HTML: "Open it in a spreadsheet program and save it as .xlsx.",
    FileKind.XML: "Open it in a spreadsheet program and save it as .xlsx.",
    FileKind.PDF: "Ask for the spreadsheet it was made from.",
    FileKind.ZIP: "Unpack it and put the spreadsheets into the folder.",
    FileKind.PARQUET: "Rename it to .parquet.",
}


def read_sheets(path: Path, *, name: str, limits: ReadLimits, failed: str = "") -> list[PackedSheet]:
    """All sheets of a file, hidden ones included and marked.

    Parameters
    ----------
    path : Path
        A workbook, a delimited text file or a parquet file.
    name : str
        How the file is called in the ledger.
    limits : ReadLimits
        How much may be unpacked and how large a sheet may be.
    failed : str
        Why calamine is not asked, where an earlier attempt with it broke off.

    Raises
    ------
    EngagementError
        If the file is empty, damaged, protected by a password, too large or not what its ending says.
    """
    if path.stat().st_size == 0:
        raise EngagementError(f"{name}: the file is empty (0 bytes). Export it again or remove it from the folder.")
    kind, suffix = file_kind(path), path.suffix.lower()
    if suffix in COLUMN_SUFFIXES:
        from auditlab.intake.parquet_files import read_parquet_file  # noqa: PLC0415  # pyarrow is large

        return [read_parquet_file(path, name=name, limits=limits)]
    if suffix in TEXT_SUFFIXES:
        if kind in _WORKBOOKS:
            raise EngagementError(f"{name}: not a text file but a workbook ({kind}). Rename it to {kind}.")
        _refuse(kind, name=name, expected="text file", refused=(FileKind.PDF, FileKind.ZIP, FileKind.PARQUET))
        return [read_text_file(path, name=name, limits=limits)]
    _refuse(kind, name=name, expected="workbook", refused=tuple(_MENDS))
    return read_workbook_file(path, name=name, kind=kind, limits=limits, failed=failed)


def _refuse(kind: FileKind, *, name: str, expected: str, refused: tuple[FileKind, ...]) -> None:
    if kind in refused:
        what = "a parquet file" if kind is FileKind.PARQUET else str(kind)
        raise EngagementError(f"{name}: not a readable {expected}: by its content it is {what}. {_MENDS[kind]}")

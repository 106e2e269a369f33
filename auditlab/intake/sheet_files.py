"""Read any file of an engagement into raw sheets, or say in plain words why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from auditlab.errors import EngagementError
from auditlab.intake.file_kinds import FileKind, file_kind
from auditlab.intake.parquet_files import read_parquet_file
from auditlab.intake.sheets import COLUMN_SUFFIXES, TEXT_SUFFIXES, RawSheet
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


def read_sheets(path: Path, *, name: str) -> list[RawSheet]:
    """All sheets of a file, hidden ones included and marked.

    Parameters
    ----------
    path : Path
        A workbook, a delimited text file or a parquet file.
    name : str
        How the file is called in the ledger.

    Raises
    ------
    EngagementError
        If the file is empty, damaged, protected by a password or not what its ending says.
    """
    if path.stat().st_size == 0:
        raise EngagementError(f"{name}: the file is empty (0 bytes). Export it again or remove it from the folder.")
    kind, suffix = file_kind(path), path.suffix.lower()
    if suffix in COLUMN_SUFFIXES:
        return [read_parquet_file(path, name=name)]
    if suffix in TEXT_SUFFIXES:
        if kind in _WORKBOOKS:
            raise EngagementError(f"{name}: not a text file but a workbook ({kind}). Rename it to {kind}.")
        _refuse(kind, name=name, expected="text file", refused=(FileKind.PDF, FileKind.ZIP, FileKind.PARQUET))
        return [read_text_file(path, name=name)]
    _refuse(kind, name=name, expected="workbook", refused=tuple(_MENDS))
    return read_workbook_file(path, name=name, kind=kind)


def _refuse(kind: FileKind, *, name: str, expected: str, refused: tuple[FileKind, ...]) -> None:
    if kind in refused:
        what = "a parquet file" if kind is FileKind.PARQUET else str(kind)
        raise EngagementError(f"{name}: not a readable {expected}: by its content it is {what}. {_MENDS[kind]}")

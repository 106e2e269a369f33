"""What a file really is, by its first bytes: the ending of a name is only what somebody called it."""

from __future__ import annotations

import unicodedata
import zipfile
import zlib
from enum import StrEnum
from pathlib import Path

from auditlab.errors import EngagementError

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
TEXT_SUFFIXES = (".csv", ".tsv")
COLUMN_SUFFIXES = (".parquet",)

_HEAD = 4096  # [bytes]
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_MACRO_PARTS = ("xl/vbaProject.bin", "Basic/script-lc.xml")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACRO_STREAM = "_VBA_PROJECT".encode("utf-16-le")
_PARTS = {"xl/workbook.xml": ".xlsx", "xl/workbook.bin": ".xlsb", "content.xml": ".ods"}
ZIP_FAILS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
"""What the library raises for damaged archives: also for names that are no text, and for unknown methods."""


class FileKind(StrEnum):
    """What the content of a file is."""

    XLSX = ".xlsx"
    XLSB = ".xlsb"
    ODS = ".ods"
    COMPOUND = ".xls"
    ENCRYPTED = "a workbook protected by a password"
    PARQUET = ".parquet"
    ZIP = "a zip archive that is no workbook"
    HTML = "an HTML page"
    XML = "an XML file"
    PDF = "a PDF file"
    TEXT = "plain text"
    OTHER = "unknown"


def name_below(path: Path, folder: Path) -> str:
    """The name of a file as settings and pages write it, its folders before it."""
    return composed(path.relative_to(folder).as_posix())


def composed(name: str) -> str:
    """`name` with its accents on the letters: macOS hands them out apart, and nobody types them so."""
    return unicodedata.normalize("NFC", name)


def is_table_file(path: Path) -> bool:
    """Whether intake reads `path`; lock files of open workbooks and hidden files are left alone."""
    known = WORKBOOK_SUFFIXES + TEXT_SUFFIXES + COLUMN_SUFFIXES
    return path.suffix.lower() in known and not path.name.startswith((".", "~$"))


def cannot_open(name: str, error: OSError) -> EngagementError:
    """What to say of a file that is gone, that nobody may read, or whose disk fails."""
    reason = error.strerror or type(error).__name__
    return EngagementError(
        f"{name}: cannot be opened ({reason}). Check that the file is still there and that you may read it."
    )


def file_kind(path: Path) -> FileKind:
    """What `path` is by its content."""
    with path.open("rb") as source:
        head = source.read(_HEAD)
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if head.startswith(_COMPOUND) and _ENCRYPTED in path.read_bytes():
        return FileKind.ENCRYPTED
    signs = ((_COMPOUND, FileKind.COMPOUND), (_PARQUET, FileKind.PARQUET), (b"%PDF", FileKind.PDF))
    known = next((kind for sign, kind in signs if head.startswith(sign)), None)
    return known or _text_kind(head)


def holds_macros(path: Path, kind: FileKind) -> bool:
    """Whether a workbook carries macros; they are never run, and a person should know of them."""
    if kind is FileKind.COMPOUND:
        return _MACRO_STREAM in path.read_bytes()
    if kind not in (FileKind.XLSX, FileKind.XLSB, FileKind.ODS):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(part in archive.namelist() for part in _MACRO_PARTS)
    except ZIP_FAILS:
        return False


def _zip_kind(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except ZIP_FAILS:
        return FileKind.OTHER
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        return FileKind.ZIP
    found = next((suffix for part, suffix in _PARTS.items() if part in names), None)
    # Producers write the workbook part under other names, too; the reader of workbooks then decides.
    return FileKind(found) if found else FileKind.OTHER if "[Content_Types].xml" in names else FileKind.ZIP


def _text_kind(head: bytes) -> FileKind:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        return FileKind.HTML
    if start.startswith(b"<?xml"):
        return FileKind.XML
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileKind.TEXT
    printable = sum(byte >= 32 or byte in b"\t\r\n\f" for byte in head)
    return FileKind.TEXT if head and printable == len(head) else FileKind.OTHER

"""Delimited text: encoding, delimiter, cells."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from itertools import chain
from pathlib import Path

from auditlab.errors import EngagementError
from auditlab.intake.coded_cells import PackedSheet, coded_cells
from auditlab.intake.file_kinds import composed
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.sheet_size import within

DELIMITERS = ",;\t|"
LONGEST_CELL = 10_000_000  # [characters]; the library stops at 131,072, and evidence texts can be longer
SAMPLED_RECORDS = 200
SAMPLED_BYTES = 200_000
JUDGED_BYTES = 1_000_000
"""So much around the first byte that is no UTF-8 tells the encoding of a large file."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text_file(path: Path, *, name: str, limits: ReadLimits) -> PackedSheet:
    """The one sheet of a delimited text file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How the file is called in the ledger.
    limits : ReadLimits
        How many cells it may have.

    Raises
    ------
    EngagementError
        If the bytes are no text in a known encoding, a quoted cell never ends, or it is larger than the
        limits allow.
    """
    text, encoding = _decoded(path.read_bytes(), name=name)
    csv.field_size_limit(LONGEST_CELL)
    delimiter, told = _delimiter(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        if told:
            next(reader, None)  # the line is for the spreadsheet program, which does not show it either
        rows = within(chain([()] if told else [], reader), where=name, limits=limits)
        cells = coded_cells(rows, ragged=True)
    except csv.Error as error:
        raise EngagementError(f"{name}: not readable as CSV ({error}). Export it again as CSV in UTF-8.") from None
    notes = () if encoding in ("utf-8", "ascii") else (f"text in {encoding}",)
    return PackedSheet(name=composed(path.stem), cells=cells, engine="csv", notes=notes)


def _delimiter(text: str) -> tuple[str, bool]:
    """The delimiter, and whether a first line such as ``sep=;`` tells it.

    The delimiter that cuts most records into the same number of cells, the largest number first; a
    sniffer that guesses from characters takes the comma of "97,4" for one.
    """
    first = text[:6].rstrip("\r\n")
    if first.lower().startswith("sep=") and len(first) == 5:
        return first[4], True
    sample = text[:SAMPLED_BYTES]
    return max(DELIMITERS, key=lambda sign: _evenness(sample, sign)), False


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    """Share of the records with the most frequent number of cells above one, and that number."""
    try:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        sizes = Counter(len(row) for _, row in zip(range(SAMPLED_RECORDS), reader, strict=False) if row)
    except csv.Error:
        return 0.0, 0
    several = {size: times for size, times in sizes.items() if size > 1}
    if not several:
        return 0.0, 0
    size, times = max(several.items(), key=lambda item: (item[1], item[0]))
    return round(times / sizes.total(), 1), size


def _decoded(content: bytes, *, name: str) -> tuple[str, str]:
    """The text and its encoding: UTF-8 wherever the bytes allow it.

    On short files a statistical guess prefers exotic code pages, so cp1252, in which spreadsheet
    programs of western Europe write, is taken where the guess reads the same letters.
    """
    wide = "utf-16" if content.startswith(_UTF16) else _wide_encoding(content)
    if wide:
        try:
            return content.decode(wide), wide
        except UnicodeDecodeError as error:
            raise EngagementError(
                f"{name}: begins as text in {wide}, but is damaged at byte {error.start + 1:,} ({error.reason}). "
                "Export it again as CSV in UTF-8."
            ) from None
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        sample = content[max(error.start - JUDGED_BYTES // 2, 0) :][:JUDGED_BYTES]
        from charset_normalizer import from_bytes  # noqa: PLC0415  # most texts are UTF-8 and do not need it

        match = from_bytes(sample).best()
    guessed = match.encoding if match else ""
    western = _as_text(content, "cp1252")
    other = _as_text(content, guessed) if guessed else ""
    if not western and not other:
        raise EngagementError(f"{name}: not a text file in any known encoding. Export it again as CSV in UTF-8.")
    if western and (not other or _latin(_as_text(sample, "cp1252")) >= _latin(_as_text(sample, guessed))):
        return western, "cp1252"
    return other.removeprefix("\ufeff"), guessed


def _wide_encoding(content: bytes) -> str:
    """UTF-16 without its mark: every second byte of western text is zero."""
    sample = content[:1000]
    if len(sample) < 4 or len(content) % 2:
        return ""
    even, odd = sample[::2].count(0) / len(sample[::2]), sample[1::2].count(0) / len(sample[1::2])
    return "utf-16-le" if odd > 0.8 > even else "utf-16-be" if even > 0.8 > odd else ""


def _as_text(content: bytes, encoding: str) -> str:
    """The text, or none where the bytes are no text in that encoding."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _latin(text: str) -> int:
    """Letters of western European languages beyond ASCII [count]."""
    return sum(letter.isalpha() and "\u00c0" <= letter <= "\u017f" for letter in text)

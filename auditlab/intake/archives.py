"""Workbooks are zip archives: what is dangerous about one is told before anything of it is unpacked."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from auditlab.errors import EngagementError
from auditlab.intake.file_kinds import ZIP_FAILS

MOST_PARTS = 20_000
MOST_RATIO = 400  # unpacked to packed; a million empty formatted rows reach about 100, a made bomb 1,000
SMALL_PART = 16 * 2**20  # [bytes]; below, no ratio is of harm
_HEAD = 4096  # [bytes]
_XML = (".xml", ".rels")
_ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")
_ASK = "Ask its author for a copy saved by a spreadsheet program."


def check_archive(path: Path, *, name: str, unpacked_mib: int) -> None:
    """Refuse an archive that no spreadsheet program writes, before anything of it is unpacked.

    Parameters
    ----------
    path : Path
        A zip archive.
    name : str
        How the file is called in messages.
    unpacked_mib : int
        How large all its parts may be together once they are unpacked. [MiB]

    Raises
    ------
    EngagementError
        If it is damaged, protected by a password, too large, holds parts that lie outside of it,
        stand in it twice or share their bytes, or an XML part declares entities.
    """
    if not zipfile.is_zipfile(path):
        raise EngagementError(
            f"{name}: not a readable workbook: it is cut off or no workbook at all. Ask for a new copy, or open it in "
            "a spreadsheet program and save it again as .xlsx."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            problem = _problem(parts, size=path.stat().st_size, unpacked_mib=unpacked_mib) or _entities(archive, parts)
    except ZIP_FAILS as error:
        raise EngagementError(
            f"{name}: not a readable workbook: its archive is damaged ({error}). Open it in a spreadsheet program and "
            "save it again as .xlsx, or ask for a new copy."
        ) from None
    if problem:
        raise EngagementError(f"{name}: {problem}")


def _problem(parts: list[zipfile.ZipInfo], *, size: int, unpacked_mib: int) -> str:
    """What is wrong with the list of parts, and the mend; ``""`` if nothing is."""
    names = Counter(part.filename for part in parts)
    outside = next((part for part in names if _OUTSIDE.search(part)), None)
    twice = next((part for part, times in names.items() if times > 1), None)
    if any(part.flag_bits & 1 for part in parts):
        return "the workbook is protected by a password. Save a copy without password and use that."
    if outside is not None:
        return f"holds a part named '{outside}', which lies outside of the workbook. It was not opened. {_ASK}"
    if twice is not None:
        return f"holds the part '{twice}' twice, so that two programs may read two different tables. {_ASK}"
    return _too_large(parts, size=size, unpacked_mib=unpacked_mib)


def _too_large(parts: list[zipfile.ZipInfo], *, size: int, unpacked_mib: int) -> str:
    unpacked = sum(part.file_size for part in parts) / 2**20  # [MiB]
    if len(parts) > MOST_PARTS:
        return f"an archive of {len(parts):,} parts; a workbook has a few dozen. {_ASK}"
    if sum(part.compress_size for part in parts) > size or any(map(_is_bomb, parts)):
        return f"built to fill the memory: few bytes stand for {unpacked:,.0f} MiB. It was not unpacked. {_ASK}"
    if unpacked > unpacked_mib:
        return (
            f"unpacked it is {unpacked:,.0f} MiB, more than the {unpacked_mib:,} MiB that are allowed. Remove what is "
            "not needed, or raise unpacked_mib in [limits] of auditlab.toml."
        )
    return ""


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > SMALL_PART and part.file_size > MOST_RATIO * part.compress_size


def _entities(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> str:
    """Which XML part begins with declarations of entities; libraries differ in whether they expand them."""
    for part in parts:
        if part.filename.endswith(_XML):
            head = b""
            # Where a part is damaged, calamine may still read the part; it expands no entities.
            with suppress(*ZIP_FAILS), archive.open(part) as source:
                head = source.read(_HEAD)
            if _ENTITIES.search(head.replace(b"\0", b"")):  # UTF-16 has a zero beside every letter
                return f"its part '{part.filename}' declares XML entities, which no spreadsheet program writes. {_ASK}"
    return ""

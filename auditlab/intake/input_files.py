"""The files of an engagement folder that intake reads, and the content of each as a hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

from auditlab.engagement import InputFile
from auditlab.errors import EngagementError
from auditlab.intake.file_kinds import cannot_open, is_table_file, name_below
from auditlab.settings import SETTINGS_FILE

REPORTS = "reports"
"""Folders of this name hold what auditlab wrote; it never reads its own output as input."""


def require_folder(folder: Path) -> None:
    """Refuse what is no folder.

    Raises
    ------
    EngagementError
        If `folder` is a file, or nothing.
    """
    if folder.is_file():
        raise EngagementError(f"{folder} is a file. Name the folder that holds it and its {SETTINGS_FILE}.")
    if not folder.is_dir():
        raise EngagementError(f"There is no folder {folder}. Check the path.")


def table_files(folder: Path) -> list[Path]:
    """The files of an engagement that intake reads, by path.

    Raises
    ------
    EngagementError
        If there is none, or one of them is no file.
    """
    named = sorted(path for path in folder.rglob("*") if is_table_file(path) and not path.is_dir())
    named = [path for path in named if REPORTS not in path.relative_to(folder).parts[:-1]]
    paths = [path for path in named if path.is_file()]
    if len(paths) < len(named):
        others = ", ".join(name_below(path, folder) for path in named if path not in paths)
        raise EngagementError(
            f"{others}: no file, but a link that leads nowhere, or a pipe. Put the file itself there, or remove it."
        )
    if not paths:
        raise EngagementError(
            f"{folder} holds no spreadsheet (.xlsx, .xlsm, .xls, .xlsb, .ods, .csv, .tsv, .parquet). "
            "Put the files of the engagement there."
        )
    return paths


def identified(folder: Path, paths: list[Path]) -> tuple[InputFile, ...]:
    """Name, size and hash of every file, the settings file last.

    Raises
    ------
    EngagementError
        If one of them cannot be opened; all are named at once.
    """
    settings_file = folder / SETTINGS_FILE
    files = [*paths, settings_file] if settings_file.exists() else paths
    found: list[InputFile] = []
    problems: list[str] = []
    for path in files:
        name = name_below(path, folder)
        try:
            found.append(_identify(path, name=name))
        except OSError as error:
            problems.append(str(cannot_open(name, error)))
    if problems:
        raise EngagementError("\n".join(problems))
    return tuple(found)


def _identify(path: Path, *, name: str) -> InputFile:
    """Name, size and SHA-256 of a file, for the manifest."""
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256")
        return InputFile(name=name, sha256=digest.hexdigest(), size_bytes=source.tell())

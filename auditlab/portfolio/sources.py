"""Where the clients are: folders, one big register, or Parquet files; on this computer or behind an address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from auditlab.errors import EngagementError
from auditlab.intake.file_kinds import is_table_file
from auditlab.portfolio.settings import SETTINGS_FILE as PORTFOLIO_FILE
from auditlab.portfolio.store import TABLES
from auditlab.settings import SETTINGS_FILE as ENGAGEMENT_FILE

LOOSE = "."
"""Name of the source made of the files that lie directly in the folder of the portfolio."""
_OWN_OUTPUT = "reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One folder whose files are read together."""

    name: str  # path below the folder of the portfolio
    folder: str  # path or address of the folder of the portfolio
    files: tuple[str, ...]  # paths below the folder of the portfolio

    @property
    def client(self) -> str | None:
        """The client that the source is about unless its files say otherwise; None for a register."""
        return None if self.name == LOOSE else PurePosixPath(self.name).name


def find_sources(folder: str | Path) -> tuple[Source, ...]:
    """The folders of a portfolio whose files belong together, in order of their names.

    A folder with an ``auditlab.toml`` and everything below it is one source. Without any, each folder directly below
    is one. Spreadsheets that lie in the folder itself are a source too: a list of clients, or one big register.

    Parameters
    ----------
    folder : str or Path
        Folder of the portfolio, or an address such as ``s3://bucket/clients``.

    Raises
    ------
    EngagementError
        If the folder is not there or holds no spreadsheet.
    """
    inside = [name for name in list_files(folder) if _OWN_OUTPUT not in PurePosixPath(name).parts[:-1]]
    settings = {str(PurePosixPath(name).parent) for name in inside if PurePosixPath(name).name == ENGAGEMENT_FILE}
    groups: dict[str, list[str]] = {}
    for name in inside:
        if name != PORTFOLIO_FILE:
            groups.setdefault(_home(PurePosixPath(name), settings), []).append(name)
    # A worker on another machine, or started elsewhere, has another working directory.
    place = str(folder) if is_address(folder) else str(Path(folder).resolve())
    sources = tuple(
        Source(name=name, folder=place, files=tuple(files))
        for name, files in sorted(groups.items())
        if any(is_table_file(Path(file)) for file in files)
    )
    if not sources:
        raise EngagementError(
            f"{folder} holds no spreadsheet of a client. Name the folder that holds a folder for each client, "
            "one register of all clients, or the canonical tables as Parquet."
        )
    return sources


def _home(name: PurePosixPath, settings: set[str]) -> str:
    """The source that a file belongs to: the topmost folder with settings, or the first folder below."""
    above = [str(parent) for parent in name.parents][::-1]
    with_settings = [parent for parent in above if parent in settings]
    if with_settings:
        return with_settings[0]
    return name.parts[0] if len(name.parts) > 1 else LOOSE


def parquet_tables(folder: str | Path) -> dict[str, list[str]]:
    """The Parquet files of each canonical table, where the folder holds tables instead of clients; otherwise nothing.

    ``audits.parquet`` or any file below a folder ``audits``; the same for the other tables.
    """
    names = [name for name in list_files(folder) if name.endswith(".parquet")]
    found: dict[str, list[str]] = {}
    for name in names:
        path = PurePosixPath(name)
        table = path.stem if len(path.parts) == 1 else path.parts[0]
        if table in TABLES:
            found.setdefault(table, []).append(join(folder, name))
    return found if "audits" in found else {}


def list_files(folder: str | Path) -> list[str]:
    """Paths of all files below `folder`, relative to it, in order.

    Raises
    ------
    EngagementError
        If there is no such folder.
    """
    if is_address(folder):
        system, root = _file_system(folder)
        if not system.isdir(root):
            raise EngagementError(f"There is no folder {folder}. Check the address and the access to it.")
        start = root.rstrip("/") + "/"
        return sorted(str(path).removeprefix("/" if not root.startswith("/") else "").removeprefix(start)
                      for path in system.find(root))  # fmt: skip
    local = Path(folder)
    if not local.is_dir():
        raise EngagementError(f"There is no folder {folder}. Check the path.")
    return sorted(path.relative_to(local).as_posix() for path in local.rglob("*") if path.is_file())


def content_of(folder: str | Path, name: str) -> bytes | None:
    """What the file `name` below `folder` holds; None where there is none.

    Raises
    ------
    EngagementError
        If the file is there and cannot be read.
    """
    try:
        if not is_address(folder):
            return (Path(folder) / name).read_bytes()
        system, root = _file_system(folder)
        return bytes(system.cat_file(f"{root.rstrip('/')}/{name}"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise EngagementError(f"{join(folder, name)} cannot be read: {error}. Check the access to it.") from None


def fetch(folder: str | Path, names: Iterable[str], *, into: Path) -> None:
    """Copy files below `folder` into the local folder `into`."""
    system, root = _file_system(folder) if is_address(folder) else (None, str(folder))
    for name in names:
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (Path(root) / name).read_bytes() if system is None else system.cat_file(f"{root.rstrip('/')}/{name}")
        target.write_bytes(content)


def store(local: Path, folder: str | Path) -> None:
    """Copy everything below the local folder `local` to the address `folder`."""
    system, root = _file_system(folder)
    for path in sorted(local.rglob("*")):
        if path.is_file():
            target = f"{root.rstrip('/')}/{path.relative_to(local).as_posix()}"
            system.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
            system.pipe_file(target, path.read_bytes())


def is_address(folder: str | Path) -> bool:
    """Whether `folder` lies behind an address (``s3://``, ``gs://``, ``az://``) and not on this computer."""
    return "://" in str(folder)


def join(folder: str | Path, name: str) -> str:
    """`name` below `folder`, as path or address."""
    return f"{str(folder).rstrip('/')}/{name}" if is_address(folder) else str(Path(folder) / name)


def _file_system(folder: str | Path) -> tuple[Any, str]:  # Any: a library without types
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415  # only for addresses
    except ImportError:
        raise EngagementError(
            f"{folder} is an address. Install what reads it: python -m pip install 'auditlab[cloud]' and the package "
            "of the store (s3fs, gcsfs or adlfs)."
        ) from None
    try:
        system, root = url_to_fs(str(folder))
    except (ImportError, ValueError) as error:
        raise EngagementError(f"{folder} cannot be reached: {error}") from None
    return system, str(root)

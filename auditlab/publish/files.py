"""Writing files: to a temporary name, then in place, so that nobody ever reads half a file."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from auditlab.errors import EngagementError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

REPORTS = "reports"
PARTIAL = ".partial"
_LOCK = ".lock"
_LONGEST = 72
"""Letters of a name that a folder keeps: paths of Windows are short."""
# Windows keeps these names for devices, with any ending and in any case.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", flags=re.IGNORECASE)


def write_file(path: Path, content: str | bytes) -> Path:
    """Write `content` (text as UTF-8, line ends as they are) to `path` and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content.encode("utf-8") if isinstance(content, str) else content)
        # mkstemp makes files for the owner alone; a report is for everybody the folder is for.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:  # a full disk does not say which file it was
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    return path


@contextmanager
def partial_folder(target: Path) -> Iterator[Path]:
    """A folder beside `target` to be filled and then renamed; it is gone after the block in any case.

    What a killed run left is removed: a run holds a lock on its folder, which ends with its process.

    Raises
    ------
    EngagementError
        If nothing can be written there.
    """
    partial, lock = target.with_name(f".{target.name}{PARTIAL}"), target.with_name(f".{target.name}{_LOCK}")
    new = lock.with_name(f"{lock.name}-new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        held = new.open("w", encoding="ascii")
    except OSError as error:
        raise EngagementError(
            f"{target.parent} cannot be written ({error.strerror}). Name another folder with --output."
        ) from None
    with held:
        try:
            if fcntl is not None:
                fcntl.flock(held, fcntl.LOCK_EX)
                _remove_orphans(target.parent)
            # Other runs see the lock only once it is held.
            new.rename(lock)
            partial.mkdir()
            yield partial
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            new.unlink(missing_ok=True)
            lock.unlink(missing_ok=True)


def _remove_orphans(folder: Path) -> None:
    """Remove the partial folders in `folder` whose run was killed."""
    for lock in folder.glob(f".*{_LOCK}"):
        with suppress(OSError), lock.open("r+", encoding="ascii") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its run lives
            shutil.rmtree(lock.with_name(lock.name.removesuffix(_LOCK) + PARTIAL), ignore_errors=True)
            lock.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """SHA-256 of the file `path`, in hexadecimal digits."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def table_csv(frame: pd.DataFrame) -> str:
    """`frame` as the text of ``tables/<name>.csv``: ISO dates, exact floats, missing as nothing, line feeds."""
    exact = frame.copy()
    for column in exact.columns:
        if isinstance(exact[column].dtype, pd.DatetimeTZDtype) or exact[column].dtype.kind == "M":
            exact[column] = iso_times(exact[column])
    return exact.to_csv(index=False, lineterminator="\n")


def iso_times(times: pd.Series) -> pd.Series:
    """Times as ISO text: days where all are at midnight, otherwise with seconds (and ``Z`` for UTC)."""
    known = times.dropna()
    if known.dt.tz is not None:
        pattern, local = "%Y-%m-%dT%H:%M:%SZ", times.dt.tz_convert("UTC")
    else:
        days_only = (known == known.dt.normalize()).all()
        pattern, local = "%Y-%m-%d" if days_only else "%Y-%m-%dT%H:%M:%S", times
    return pd.Series(local.dt.strftime(pattern), index=times.index)


def folder_name(name: str) -> str:
    """`name` of an engagement as the name of a folder: never a path, whatever the settings say.

    A name that cannot be kept as it is ends in six digits of its hash, so that two engagements never share a folder.
    """
    composed = unicodedata.normalize("NFC", name)
    plain = re.sub(r"[^\w.-]+", "-", composed).strip("-.")
    if plain and plain == composed and len(plain) <= _LONGEST and not _RESERVED.fullmatch(plain):
        return plain
    told = hashlib.sha256(composed.encode("utf-8", errors="surrogatepass")).hexdigest()[:6]
    return f"{plain[:_LONGEST] or 'engagement'}-{told}"


def reports_root(start: Path | None = None) -> Path:
    """The ``reports`` folder of `start` (default: the current folder), which may still have to be made.

    A notebook in JupyterLab starts in the folder ``notebooks``; its reports stand beside that.
    """
    start = (start or Path.cwd()).resolve()
    beside = start.parent / REPORTS
    return beside if start.name == "notebooks" and beside.is_dir() else start / REPORTS

"""Results kept on disk, so that what was worked out once is not worked out again.

A result is found by the hash of everything it depends on: the caller's key, the versions of the
packages and auditlab's own files. So a kept result is never out of date, only never asked for again.
A file that cannot be read, was cut off or was changed counts as absent. Nothing is kept unless a run
(`keeping_in`) or the variable ``AUDITLAB_CACHE`` names a folder. A kept file holds frames as Parquet
and plain JSON; it is never a program, so a foreign file in the folder cannot run.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from auditlab.versions import package_versions, source_hash

CACHE_VARIABLE = "AUDITLAB_CACHE"
CACHE = ".cache"
"""Name of the folder within the reports of an engagement."""

MOST = 6
"""Results kept of one kind; the oldest go."""

_SUFFIX = ".kept"
_README = "README.txt"
_WORDS = """Kept results of auditlab, so that an unchanged run takes seconds.
They hold the rows of the input files as they are, names of persons included.
Hand over the folder of one run, never this one. It may be deleted at any time.
"""
_PLAIN = "plain.json"
_folder: ContextVar[Path | None] = ContextVar("auditlab_cache", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A result taken apart: its frames by name, and what else it holds as JSON."""

    frames: Mapping[str, pd.DataFrame]
    plain: Any = field(default=None)  # Any: JSON


@contextmanager
def keeping_in(folder: Path | None) -> Iterator[None]:
    """Keep results in `folder` (``None``: as ``AUDITLAB_CACHE`` says) while the block runs."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def cache_folder() -> Path | None:
    """Where results are kept; ``None`` where nothing is."""
    named = os.environ.get(CACHE_VARIABLE)
    return _folder.get() or (Path(named) if named else None)


def kept(
    kind: str, *, key: Callable[[], object], make: Callable[[], Parts], still: Callable[[], bool] | None = None
) -> Parts:
    """The result of `make`, read from disk where it is known.

    Parameters
    ----------
    kind : str
        What is kept, as part of a file name.
    key : callable
        Everything that decides the result, apart from the program, as plain values that JSON can write;
        asked only where results are kept.
    make : callable
        Works the result out.
    still : callable, optional
        Whether the key still holds once the result is there; if not, the result is not kept.

    Returns
    -------
    Parts
        Equal frames with equal types, whether they were read or worked out.
    """
    folder = cache_folder()
    if folder is None:
        return make()
    try:
        path = folder / f"{kind}-{_digest(key())}{_SUFFIX}"
    except (ValueError, TypeError):  # a column of mixed types has no hash
        return make()
    found = _read(path)
    if found is not None:
        return found
    made = make()
    if still is None or still():
        _write(path, made, kind=kind)
    return made


def frame_hash(frame: pd.DataFrame) -> str:
    """SHA-256 of the values, names, types and index of `frame`, for a key.

    Raises
    ------
    ValueError, TypeError
        If a column holds values of several types.
    """
    return hashlib.sha256(frame.to_parquet(None, compression=None)).hexdigest()


def _digest(key: object) -> str:
    everything = [key, source_hash(), package_versions()]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:40]


def _read(path: Path) -> Parts | None:
    try:
        content = path.read_bytes()
        digest, body = content[:64], content[64:]
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        with zipfile.ZipFile(io.BytesIO(body)) as box:
            plain = json.loads(box.read(_PLAIN))
            frames = {name: _frame(box.read(file)) for name, file in plain["frames"].items()}
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None
    return Parts(frames=frames, plain=plain["plain"])


def _frame(stored: bytes) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(stored), use_threads=False)  # threads cost more than such frames gain by them


def _write(path: Path, made: Parts, *, kind: str) -> None:
    """Keep `made`, if it comes back exactly as it is; a disk that cannot take it is no reason to stop."""
    body = _body(made)
    if body is None:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        # What is kept is as confidential as the files it was read from.
        path.parent.chmod(0o700)
        path.with_name(_README).write_text(_WORDS, encoding="utf-8")
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as target:
                target.write(hashlib.sha256(body).hexdigest().encode() + body)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        known = sorted(path.parent.glob(f"{kind}-*{_SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in known[MOST:]:
            old.unlink(missing_ok=True)


def _body(made: Parts) -> bytes | None:
    """The file, or ``None`` where a frame would come back other than it is."""
    files = {name: f"{place}.parquet" for place, name in enumerate(made.frames)}
    buffer = io.BytesIO()
    try:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as box:
            box.writestr(_PLAIN, json.dumps({"frames": files, "plain": made.plain}))
            for name, frame in made.frames.items():
                stored = frame.to_parquet(None, compression=None)  # unpacking would take a third of the reading
                if not same_frame(_frame(stored), frame):
                    return None
                box.writestr(files[name], stored)
    except (ValueError, TypeError):  # a column of mixed types, which Parquet has no type for
        return None
    return buffer.getvalue()


def same_frame(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two frames have the same values, types, columns and index."""
    return (
        one.columns.equals(other.columns)
        and one.dtypes.equals(other.dtypes)
        and type(one.index) is type(other.index)
        and one.index.equals(other.index)
        and one.equals(other)
    )

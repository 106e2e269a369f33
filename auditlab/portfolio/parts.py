"""One source read and laid down as Parquet, with its account: what a worker does, and what a crash leaves whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.errors import AuditlabError
from auditlab.intake import open_engagement
from auditlab.portfolio.accounts import ACCOUNTS, accounts_of
from auditlab.portfolio.sources import LOOSE, Source, fetch, is_address
from auditlab.portfolio.store import TABLES
from auditlab.queries import quiet_connection
from auditlab.settings import WITH_NAMES

ACCOUNT = "account.json"
_SOURCE_COLUMNS = ["source_file", "source_sheet", "source_row", "source_column"]
_FATES = ["seen", "loaded", "rejected", "skipped", "duplicate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What became of one source."""

    source: str
    folder: Path
    done: bool
    again: bool  # it was done before and nothing changed since
    reason: str  # why not


def part_folder(parts: Path, source: Source) -> Path:
    """The folder of the Parquet files of `source`."""
    return parts / hashlib.sha256(source.name.encode()).hexdigest()[:16]


def read_part(source: Source, *, parts: Path, as_of: date, program: str = "") -> Part:
    """Read `source` and write its tables, unless the same files were read before.

    Parameters
    ----------
    source : Source
        The files.
    parts : Path
        Folder of all parts; this one gets a folder of its own, moved into place when it is complete.
    as_of : date
        Day of the review; wins over the settings of the source.
    program : str
        Version of the program; another one reads the files again.

    Returns
    -------
    Part
        A source that cannot be read is a result with its reason, never an exception.
    """
    folder = part_folder(parts, source)
    try:
        with tempfile.TemporaryDirectory(prefix="auditlab-") as private:
            local = _local_folder(source, Path(private))
            mark = fingerprint(local, source, as_of=as_of, program=program)
            if _known_mark(folder) == mark:
                return Part(source=source.name, folder=folder, done=True, again=True, reason="")
            # An auditor of many clients is one auditor; what the portfolio shows are codes of its own.
            lab = open_engagement(local, as_of=as_of, name=source.client or "register", persons=WITH_NAMES)
            _write(lab, source, folder, mark=mark)
    except (AuditlabError, OSError, ValueError, ArithmeticError, LookupError, TypeError) as error:
        # Whatever one client's files do, the others go on; the reason is listed.
        words = str(error) if isinstance(error, AuditlabError) else f"{type(error).__name__}: {error}"
        return Part(source=source.name, folder=folder, done=False, again=False, reason=words)
    return Part(source=source.name, folder=folder, done=True, again=False, reason="")


def fingerprint(folder: Path, source: Source, *, as_of: date, program: str) -> str:
    """Hash of everything a part depends on: its files, the day and the version of the program."""
    found = hashlib.sha256(f"{program}\0{as_of.isoformat()}\0{source.name}".encode())
    for name in source.files:
        local = folder / _below(source, name)
        found.update(name.encode())
        found.update(hashlib.sha256(local.read_bytes()).digest())
    return found.hexdigest()


def read_accounts(folders: Iterable[Path]) -> list[dict[str, Any]]:  # Any: JSON
    """The accounts of the parts in `folders`."""
    return [json.loads((folder / ACCOUNT).read_text(encoding="utf-8")) for folder in folders]


def merge_parts(folders: Sequence[Path], *, into: Path) -> dict[str, list[str]]:
    """The parts as one Parquet file a table, in the order of `folders`.

    Parameters
    ----------
    folders : sequence of Path
        Folders of complete parts.
    into : Path
        Folder of the merged tables.

    Returns
    -------
    dict
        Files by canonical table and account, as `open_store` takes them.
    """
    into.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[str]] = {}
    with quiet_connection() as connection:
        for table in (*TABLES, *ACCOUNTS):
            own = [str(path) for folder in folders if (path := folder / f"{table}.parquet").exists()]
            target = into / f"{table}.parquet"
            target.unlink(missing_ok=True)
            if own:
                partial = target.with_suffix(".partial")
                relation = connection.read_parquet(own, union_by_name=True)
                relation.write_parquet(str(partial))
                partial.replace(target)
                files[table] = [str(target)]
    return files


def _local_folder(source: Source, private: Path) -> Path:
    """Where the files of the source lie on this computer; loose files are copied, as intake reads whole folders."""
    if source.name != LOOSE and not is_address(source.folder):
        return Path(source.folder) / source.name
    fetch(source.folder, source.files, into=private)
    return private if source.name == LOOSE else private / source.name


def _below(source: Source, name: str) -> str:
    return name if source.name == LOOSE else name.removeprefix(f"{source.name}/")


def _known_mark(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / ACCOUNT).read_text(encoding="utf-8"))["fingerprint"])
    except (OSError, ValueError, KeyError):
        return None


def _write(lab: Engagement, source: Source, folder: Path, *, mark: str) -> None:
    """The part, complete or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".part-"))
    try:
        for table in TABLES:
            if lab.has(table):
                frame = lab.tables[table].drop(columns=_SOURCE_COLUMNS, errors="ignore")
                own = frame.assign(source=source.name, default_client=source.client).astype({"default_client": "str"})
                own.to_parquet(partial / f"{table}.parquet", index=False)
        for name, frame in accounts_of(lab).items():
            frame.assign(source=source.name).to_parquet(partial / f"{name}.parquet", index=False)
        account = {
            "source": source.name,
            "fingerprint": mark,
            "bytes": sum(file.size_bytes for file in lab.inputs),
            "rows": {fate: int(lab.summary[fate].sum()) for fate in _FATES},
            "open_questions": len(lab.open_questions),
            "discrepancies": len(lab.discrepancies),
        }
        (partial / ACCOUNT).write_text(json.dumps(account, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def accounts_frame(parts: Sequence[Part]) -> pd.DataFrame:
    """One row a source: what was read, or why it was not.

    Returns
    -------
    DataFrame
        ``source, done, reason, seen, loaded, rejected, skipped, duplicate`` [rows], ``open_questions, discrepancies``
        [count], by source.
    """
    rows = []
    for part in sorted(parts, key=lambda part: part.source):
        account = read_accounts([part.folder])[0] if part.done else {"rows": {}}
        row = {"source": part.source, "done": part.done, "reason": part.reason, **account["rows"]}
        rows.append(row | {name: account.get(name) for name in ("open_questions", "discrepancies")})
    counts = dict.fromkeys([*_FATES, "open_questions", "discrepancies"], "Int64")
    return pd.DataFrame(rows, columns=["source", "done", "reason", *counts]).astype({"reason": "str", **counts})

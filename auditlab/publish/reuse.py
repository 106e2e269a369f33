"""Notebooks that need not run again: their key, and what an earlier run of the same key left.

The key is the hash of all that decides a result: the bytes of every input, the settings, the
parameters, the notebook, the versions of the packages and auditlab's own files. An earlier result is
taken only if its files still have the hashes that the manifest of that run gives.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from auditlab.engagement import Engagement
from auditlab.publish.execute import Notebook
from auditlab.publish.files import sha256_of
from auditlab.publish.manifest import MANIFEST
from auditlab.publish.parameters import PlainValue
from auditlab.versions import package_versions, source_hash

RUN_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
LOCAL = frozenset({"engagement", "output_dir"})
"""Parameters that tell where something lies on this computer: no part of a result."""

NAMES_ITS_RUN = frozenset({"audit_report"})
"""Notebooks whose tables name the run, as its documents do; taken over, they name the run that took them."""

_LOOKED_AT = 20
"""Earlier runs looked at, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an earlier run left of a notebook."""

    run: str
    notebook: Notebook
    tables: Mapping[str, bytes]
    names: str = ""  # the run that notebook and tables name, where they name one

    def naming(self, run: str) -> Earlier:
        """The same, where it names its run with `run` in its place."""
        if not self.names:
            return self
        notebook = json.loads(json.dumps(self.notebook).replace(self.names, run))
        tables = {table: content.replace(self.names.encode(), run.encode()) for table, content in self.tables.items()}
        return replace(self, notebook=notebook, tables=tables, names=run)


def notebook_key(source: Path, *, lab: Engagement, parameters: Mapping[str, PlainValue]) -> str:
    """Hash of all that decides the result of the notebook file `source`; empty if that cannot be told.

    A parameter that names a file or folder, such as a filled-in worksheet, cannot: what lies there may
    change under the same name.
    """
    own = {name: value for name, value in parameters.items() if name not in LOCAL}
    if any(isinstance(value, str) and _is_path(value) for value in own.values()):
        return ""
    inputs = [asdict(file) for file in lab.inputs]
    known = [sha256_of(source), own, inputs, lab.settings.model_dump(mode="json"), source_hash(), package_versions()]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def earlier_results(root: Path, keys: Mapping[str, str]) -> dict[str, Earlier]:
    """Whole results of the runs in `root` for the notebooks of `keys`, as far as there are any."""
    found: dict[str, Earlier] = {}
    for run in _runs(root):
        missing = {name: key for name, key in keys.items() if key and name not in found}
        if not missing:
            break
        manifest = _manifest(run)
        for name, key in missing.items():
            result = _result(run, name, key=key, manifest=manifest)
            if result is not None:
                found[name] = result
    return found


def workpapers_key(folder: Path, *, lab: Engagement) -> str:
    """Hash of all that decides the workpapers and documents of the run folder `folder`, whose tables are written."""
    tables = [(path.name, sha256_of(path)) for path in sorted((folder / "tables").glob("*.csv"))]
    templates = [(path.name, sha256_of(path)) for path in sorted((lab.folder / "templates").glob("*.docx"))]
    places = [str(lab.folder), str(folder.parent)]  # the ledger links to the files
    known = [tables, templates, places, lab.settings.model_dump(mode="json"), [asdict(file) for file in lab.inputs]]
    return hashlib.sha256(json.dumps([known, source_hash(), package_versions()], sort_keys=True).encode()).hexdigest()


def earlier_workpapers(root: Path, key: str, *, run_id: str) -> dict[str, bytes] | None:
    """Workpapers and documents of the newest run in `root` with this key, by path; ``None`` without one.

    Those that name their run name `run_id` in its place.
    """
    for run in _runs(root):
        manifest = _manifest(run)
        try:
            if manifest["workpapers_key"] == key:
                hashes = {entry["path"]: entry["sha256"] for entry in manifest["outputs"]}
                made = [path for path in hashes if path.startswith(("workpapers/", "documents/"))]
                return {path: renamed(_unchanged(run, path, hashes), run.name, run_id) for path in made}
        except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile):  # of another version, or changed since
            continue
    return None


def renamed(content: bytes, old: str, new: str) -> bytes:
    """An Office file with the name `new` of a run wherever it has `old`; nothing else of it changes."""
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        parts = [(part, box.read(part)) for part in box.infolist()]
    if not any(old.encode() in text for _, text in parts):
        return content
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as box:
        for part, text in parts:
            box.writestr(part, text.replace(old.encode(), new.encode()))
    return written.getvalue()


def _runs(root: Path) -> list[Path]:
    """The newest runs in `root`, newest first."""
    return sorted((path for path in root.glob("*") if RUN_NAME.fullmatch(path.name)), reverse=True)[:_LOOKED_AT]


def _is_path(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # too long or odd to be one
        return False


def _manifest(run: Path) -> dict[str, Any]:  # Any: JSON
    try:
        read = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _result(run: Path, name: str, *, key: str, manifest: Mapping[str, Any]) -> Earlier | None:  # Any: JSON
    try:
        told = manifest["notebooks"][name]
        if told["key"] != key or not told["complete"]:
            return None
        hashes = {entry["path"]: entry["sha256"] for entry in manifest["outputs"]}
        notebook = _unchanged(run, f"{name}.ipynb", hashes)
        tables = {table: _unchanged(run, f"tables/{table}.csv", hashes) for table in told["tables"]}
        names = run.name if name in NAMES_ITS_RUN else ""
        return Earlier(
            run=told["reused_from"] or run.name, notebook=json.loads(notebook), tables=tables, names=names
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, OSError):  # written by another version, or changed since
        return None


def _unchanged(run: Path, path: str, hashes: Mapping[str, str]) -> bytes:
    content = (run / path).read_bytes()
    if hashlib.sha256(content).hexdigest() != hashes[path]:
        raise ValueError(f"{path} was changed")
    return content

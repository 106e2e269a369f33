"""The manifest of a run: everything needed to do it again and to see whether a file was changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditlab import __version__
from auditlab.engagement import Engagement
from auditlab.errors import EngagementError
from auditlab.publish.files import sha256_of, write_file
from auditlab.settings import Party, Settings
from auditlab.standard.editions import EDITION_MAP_VERSION
from auditlab.versions import package_versions

MANIFEST = "manifest.json"
NOT_FOR_THIRD_PARTIES = ("improvements", "maturity")
"""What people state in ``[report]`` that is a solution or a rating, and no part of a third-party audit."""

SIGNATURE = "manifest.json.sig"
"""Made after the manifest, so it is none of the files the manifest lists."""


def write_manifest(
    folder: Path,
    lab: Engagement,
    *,
    run_id: str,
    created: str,
    notebooks: Mapping[str, Any],  # Any: JSON
    workpapers_key: str = "",
) -> Path:
    """Write ``manifest.json`` of the run in `folder`, which is otherwise complete.

    Parameters
    ----------
    folder : Path
        The run folder.
    lab : Engagement
        What was opened.
    run_id : str
        Name of the run.
    created : str
        When, as ISO time in UTC.
    notebooks : mapping
        By notebook: its parameters, whether it was completed, the hash of all that decides its result
        (``key``), the tables it wrote, and the run that executed it, where it was not this one.
    workpapers_key : str
        Hash of all that decides the workpapers and documents.
    """
    content = {
        "run_id": run_id,
        "created": created,
        "engagement": lab.settings.name,
        "as_of": lab.settings.as_of.isoformat(),
        "complete": all(notebook["complete"] for notebook in notebooks.values()),
        "open_questions": len(lab.open_questions),
        "inputs": [{"name": file.name, "bytes": file.size_bytes, "sha256": file.sha256} for file in lab.inputs],
        "settings": lab.pseudonyms.plain(public_settings(lab.settings)),
        "persons": "pseudonyms" if lab.settings.pseudonymised else "names",
        "notebooks": dict(notebooks),
        "workpapers_key": workpapers_key,
        "edition_map_version": EDITION_MAP_VERSION,
        "versions": versions(),
        "outputs": [
            {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256_of(path)}
            for path in _outputs(folder)
        ],
    }
    return write_file(folder / MANIFEST, json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def versions() -> dict[str, str]:
    """Versions of Python, auditlab and the packages that shape a result."""
    return {"auditlab": __version__} | package_versions()


def public_settings(settings: Settings) -> dict[str, Any]:  # Any: JSON
    """The settings as JSON; of the secrets only fingerprints, so that samples stay sealed and persons unnamed.

    A third-party audit uses no improvements and no ratings of maturity, and its run holds none: their number stands in
    ``left_out``.
    """
    plain = settings.model_dump(mode="json")
    if settings.party is Party.THIRD:
        plain["report"]["left_out"] = {name: len(plain["report"].pop(name)) for name in NOT_FOR_THIRD_PARTIES}
    seed, key = plain.pop("seed"), plain["persons"].pop("key")
    plain["persons"]["key_fingerprint"] = None if key is None else _fingerprint(key)
    plain["seed_fingerprint"] = None if seed is None else _fingerprint(seed)
    return plain


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode("ascii")).hexdigest()[:12]


def verify(folder: Path) -> list[str]:
    """What differs between the run in `folder` and its manifest; nothing means unchanged.

    Raises
    ------
    EngagementError
        If the folder holds no readable manifest.
    """
    listed = listed_hashes(folder)
    present = {file.relative_to(folder).as_posix(): file for file in _outputs(folder)}
    differences = [f"{name}: missing" for name in sorted(set(listed) - set(present))]
    differences += [f"{name}: not part of the run" for name in sorted(set(present) - set(listed))]
    changed = (name for name in sorted(set(listed) & set(present)) if sha256_of(present[name]) != listed[name])
    return differences + [f"{name}: changed since the run" for name in changed]


def listed_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of the run in `folder`, by path, as its manifest has them.

    Raises
    ------
    EngagementError
        As `verify`.
    """
    path = folder / MANIFEST
    try:
        return {entry["path"]: entry["sha256"] for entry in json.loads(path.read_text(encoding="utf-8"))["outputs"]}
    except FileNotFoundError:
        raise EngagementError(
            f"{folder} holds no {MANIFEST}. Name the folder of a run, reports/<engagement>/<run>."
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise EngagementError(f"{path} is not a manifest of auditlab ({error}). The run cannot be verified.") from None


def _outputs(folder: Path) -> list[Path]:
    beside = {folder / MANIFEST, folder / SIGNATURE}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path not in beside)

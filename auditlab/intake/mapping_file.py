"""Write proposed mappings into ``auditlab.toml``, as comments that a person confirms by taking the # away.

Nothing that stands in the file is changed: lines are only added, and a line that is there already,
as a comment or not, is not written again.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

MAPPING = "[mapping."
HINT = "# Proposed by 'auditlab check'; take the # away from a line that is right, or mend it first."
_SECTION = re.compile(rb"^\s*\[")


def proposed_mappings(settings: Iterable[str]) -> dict[str, list[str]]:
    """Section to the lines proposed for it, from the settings of open questions; mappings only."""
    sections: dict[str, list[str]] = {}
    for setting in (line for several in settings for line in several.splitlines()):
        if setting.startswith(MAPPING):
            section, _, line = setting.partition("] ")
            sections.setdefault(f"{section}]", []).append(line)
    return sections


def write_proposals(path: Path, sections: Mapping[str, Iterable[str]]) -> int:
    """Add commented lines to the settings file.

    Parameters
    ----------
    path : Path
        ``auditlab.toml``; it is made where there is none.
    sections : mapping of str to lines
        Section header, such as ``[mapping."file.xlsx"."Sheet"]``, to the lines proposed for it.

    Returns
    -------
    int
        Lines added [count]. A section that stands in the file gets them at its end, a new one at
        the end of the file; every other byte stays as it is.
    """
    content = path.read_bytes() if path.exists() else b""
    newline = b"\r\n" if b"\r\n" in content else b"\n"
    lines = content.splitlines(keepends=True)
    added = 0
    for section, proposals in sections.items():
        lines, written = _with_section(lines, section, list(proposals), newline=newline)
        added += written
    if added:
        _replace(path, b"".join(lines))
    return added


def _with_section(lines: list[bytes], section: str, proposals: list[str], *, newline: bytes) -> tuple[list[bytes], int]:
    start = next((number for number, line in enumerate(lines) if _is_section(line, section)), None)
    if start is None:
        new = [text.encode() + newline for text in ("", section, HINT, *(f"# {line}" for line in proposals))]
        return _ended(lines, newline) + new, len(proposals)
    following = (number for number in range(start + 1, len(lines)) if _SECTION.match(lines[number]))
    end = next(following, len(lines))
    standing = {_key(line) for line in lines[start:end]}
    fresh = [f"# {line}".encode() + newline for line in proposals if _key(line.encode()) not in standing]
    # Blank lines and the comment above the next section stay with that section.
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return _ended(lines[:end], newline) + fresh + lines[end:], len(fresh)


def _is_section(line: bytes, section: str) -> bool:
    """Whether a line opens the section, however its dots, quotes and comments are written."""
    return bool(_SECTION.match(line)) and _content(line) == tomllib.loads(section)


def _content(line: bytes) -> dict[str, object] | None:
    """What a line of the file says on its own; ``None`` where it is no line of TOML."""
    try:
        return tomllib.loads(line.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None


def _key(line: bytes) -> str | None:
    """The key that a line sets, comment or not."""
    return next(iter(_content(line.lstrip(b"# \t")) or {}), None)


def _ended(lines: list[bytes], newline: bytes) -> list[bytes]:
    """`lines`, the last of them ended."""
    if lines and not lines[-1].endswith((b"\n", b"\r")):
        return [*lines[:-1], lines[-1] + newline]
    return lines


def _replace(path: Path, content: bytes) -> None:
    """Write to a temporary name, then replace: a stop in between loses nothing."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as target:
        target.write(content)
    if path.exists():
        Path(name).chmod(path.stat().st_mode & 0o777)
    Path(name).replace(path)

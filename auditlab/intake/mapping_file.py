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
HINT = (
    "# Proposed by 'auditlab check': take the # away from every line that is right, mend the others first, save, and",
    '# check again. A line that stays "" says nothing. To take an answer back, put the # before it again.',
)
_SECTION = re.compile(rb"^\s*\[")


def by_section(settings: Iterable[str]) -> dict[str, list[str]]:
    """Section header to its lines, from texts whose lines begin with their section."""
    sections: dict[str, list[str]] = {}
    for setting in (line for several in settings for line in several.splitlines()):
        section, _, line = setting.partition("] ")
        lines = sections.setdefault(f"{section}]", [])
        if line not in lines:
            lines.append(line)
    return sections


def proposed_mappings(settings: Iterable[str], offered: Iterable[str] = ()) -> dict[str, list[str]]:
    """Section to the lines proposed for it, from the settings of open questions; mappings only.

    Where the lines of a whole sheet are `offered`, they stand for those of its questions.
    """
    sections = {section: lines for section, lines in by_section(settings).items() if section.startswith(MAPPING)}
    return sections | by_section(offered)


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
        Lines of TOML added [count]. A section that stands in the file gets them at its end, a new one at
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
        new = [text.encode() + newline for text in ("", section, *HINT, *(_comment(line) for line in proposals))]
        return _ended(lines, newline) + new, sum(_key(line.encode()) is not None for line in proposals)
    following = (number for number in range(start + 1, len(lines)) if _SECTION.match(lines[number]))
    end = next(following, len(lines))
    standing = {_key(line) for line in lines[start:end]}
    keys = {line: _key(line.encode()) for line in proposals}
    fresh = [line for line, key in keys.items() if key is not None and key not in standing]
    remarks = [line for line, key in keys.items() if key is None] if fresh else []
    said = {line.strip() for line in lines[start:end]}
    wanted = {*fresh, *(line for line in remarks if _comment(line).encode() not in said)}
    written = [_comment(line).encode() + newline for line in proposals if line in wanted]
    # Blank lines and the comment above the next section stay with that section.
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return _ended(lines[:end], newline) + written + lines[end:], len(fresh)


def _comment(line: str) -> str:
    """A comment; of one that is a comment already, two signs, so that it stays one when the first is taken away."""
    return f"#{line}" if line.startswith("#") else f"# {line}"


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

"""Whether a large sheet begins like a plain table: headers of text in row 1, cells of one type below each.

Such a sheet can be read column by column (`auditlab.intake.typed_cells`), in half the time. Whether it
stays uniform to its end shows when it is read; what is seen here at once is not tried in vain.
"""

from __future__ import annotations

import re
import zipfile
from itertools import count

from auditlab.intake.sheet_places import column_letter

LEAST_XML = 16 * 2**20
"""Size of the XML from which reading by column gains more than loading the libraries for it costs [bytes]."""

RULED_OUT = (b"<mergeCell", b' t="e"', b' t="d"')
"""Merged cells, errors and dates in words: a sheet that holds one anywhere is read cell by cell."""

_SAMPLED = 1 << 17  # [bytes] of XML
_BEGIN, _ROW, _FIRST = b"<sheetData>", b"<row ", b'r="1"'
_CELL = re.compile(rb'<c r="([A-Z]+)\d+"([^>]*[^/>])?>\s*<([vif])')  # a value, a text in place or a formula
_TYPE = re.compile(rb' t="(\w+)"')
_TEXTS = frozenset({b"s", b"str", b"inlineStr"})


def begins_uniform(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether the first rows of the sheet in `part` are such, and the sheet is large enough to matter."""
    if archive.getinfo(part).file_size < LEAST_XML:
        return False
    with archive.open(part) as source:
        start = source.read(_SAMPLED)
    header, *rows = start.partition(_BEGIN)[2].split(_ROW)[1:-1] or [b""]
    if not header.startswith(_FIRST):
        return False
    named = _CELL.findall(header)
    letters = [letter for letter, _, _ in named]
    expected = [column_letter(place).encode() for place, _ in zip(count(1), named, strict=False)]
    if not named or letters != expected or any(_kind(told) != _TEXTS for _, told, _ in named):
        return False
    kinds = dict.fromkeys(letters, frozenset[bytes]())
    for letter, told, _ in _CELL.findall(b"".join(rows)):
        kind = _kind(told)
        if kinds.setdefault(letter, kind) not in (frozenset(), kind) or letter not in expected:
            return False
        kinds[letter] = kind
    return True


def _kind(told: bytes) -> frozenset[bytes]:
    """The types of cells that are one with that of a cell with the attributes `told`."""
    found = _TYPE.search(told)
    own = found[1] if found else b"n"
    return _TEXTS if own in _TEXTS else frozenset({own})

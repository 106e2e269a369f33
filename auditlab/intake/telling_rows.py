"""Which rows of the XML of a sheet have to be parsed at all: most say nothing beside their cells.

A sheet of a hundred thousand rows is a hundred megabytes of XML, and parsing it takes longer than
reading its cells. Searching bytes is a hundred times faster, and tells which rows can matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import IO

_AT_ONCE = 1 << 17  # [bytes]; what fits the cache of a processor is searched quicker
_BEGIN, _ROW = b"<sheetData>", b"<row "
_REST = b"</sheetData></worksheet>"
_SIGNS = (b"hidden=", b't="e"', b"<f")
_DATED = b' t="d"'
_OTHER_QUOTES = b"='"
_MOST_STYLES = 32
"""With more, a row is parsed for a cell of any style: to search for each of them would take longer."""


def telling_pieces(source: IO[bytes], styles: Collection[str]) -> Iterator[bytes]:
    """The XML of a sheet as smaller documents, without rows that hold nothing but cells.

    Parameters
    ----------
    source : file
        The XML of the sheet.
    styles : collection of str
        Numbers of cell styles whose cells matter.

    Yields
    ------
    bytes
        A document with what stands before the rows and some of the rows, among them the first with a date in
        words; the last one holds what follows them. A sheet written in another way than spreadsheet programs do
        is one document.
    """
    signs = (*_SIGNS, *(f' s="{style}"'.encode() for style in styles if len(styles) <= _MOST_STYLES))
    if len(styles) > _MOST_STYLES:
        signs += (b' s="',)
    start = source.read(_AT_ONCE)
    before, found, rest = start.partition(_BEGIN)
    if not found or _OTHER_QUOTES in start:
        yield start + source.read()
        return
    head, held, dated = before + found, [rest], False
    while chunk := source.read(_AT_ONCE):
        end = chunk.rfind(_ROW)  # one that begins in the chunk before is found within its row, and parts nothing
        if end < 0:
            held.append(chunk)
            continue
        rows = b"".join((*held, chunk[:end]))
        held = [chunk[end:]]
        first_dated = not dated and _DATED in rows
        dated = dated or first_dated
        if first_dated or any(sign in rows for sign in signs):
            yield head + rows + _REST
    yield head + b"".join(held)

"""Many texts in one stroke: most need no cleaning, and that is told of hundreds at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditlab.intake.cells import Cell
from auditlab.intake.values import clean_text

_AT_ONCE = 512
_BETWEEN = "|"  # printable, as the texts themselves have to be
_SPACES = ("  ", f" {_BETWEEN}", f"{_BETWEEN} ")


def chunks(cells: Sequence[Cell]) -> Iterator[tuple[int, Sequence[Cell], str]]:
    """A few hundred cells at a time.

    Yields
    ------
    tuple of (int, sequence of Cell, str)
        Place of the first of them, the cells, and all their texts as one where none needs cleaning
        (see `clean_text`), otherwise ``""``.
    """
    for start in range(0, len(cells), _AT_ONCE):
        some = cells[start : start + _AT_ONCE]
        yield start, some, _joined(some)


def clean_texts(cells: Sequence[Cell]) -> list[str]:
    """What `clean_text` says of each cell."""
    texts: list[str] = []
    for _, some, joined in chunks(cells):
        texts += some if joined else map(clean_text, some)  # type: ignore[arg-type]  # all of them are texts
    return texts


def _joined(cells: Sequence[Cell]) -> str:
    if set(map(type, cells)) != {str}:
        return ""
    joined = f"{_BETWEEN}{_BETWEEN.join(cells)}{_BETWEEN}"  # type: ignore[arg-type]  # see above
    plain = joined.isascii() and joined.isprintable() and not any(spaces in joined for spaces in _SPACES)
    return joined if plain else ""

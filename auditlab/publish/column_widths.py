"""Widths of the columns of a table in a document: no word is broken, as long as the page is wide enough.

Office programs break a word that is wider than its cell, and a day at its hyphens. So every column is at least as wide
as its longest word; what is left of the page goes to the columns as they ask for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PORTRAIT, LANDSCAPE = 17.5, 26.2  # [cm], A4 between its margins
WIDEST_WORD = 4.5  # [cm]; what is longer is no word, and broken
_PADDING = 0.45  # [cm], both sides of a cell with their lines
_CM_A_POINT = 2.54 / 72
_BOLD = 1.1  # heads are bold: their letters are up to a tenth wider
_OTHER = 0.84  # letters outside ASCII, as wide as a capital M
_LETTERS: Mapping[str, float] = {
    letter: width
    for width, letters in {
        0.191: "'", 0.222: "ijl", 0.260: "|", 0.278: " !,./:;I[\\]ft", 0.333: "()-`r", 0.334: "{}", 0.355: '"',
        0.389: "*", 0.469: "^", 0.500: "Jckvsxyz", 0.556: "#$?0123456789L_abdeghnopqu", 0.584: "+<=>~", 0.611: "FTZ",
        0.667: "&ABEKPSVXY", 0.722: "CDHNRUw", 0.778: "GOQ", 0.833: "Mm", 0.889: "%", 0.944: "W", 1.015: "@",
    }.items()
    for letter in letters
}  # fmt: skip
"""Widths of letters of Arial and of what replaces it (Helvetica, Liberation Sans) [size of type]."""


def text_width(text: str, *, points: float, bold: bool = False) -> float:
    """Width of `text` in one line [cm].

    Parameters
    ----------
    text : str
        The text.
    points : float
        Size of type [points].
    bold : bool
        Whether it is bold.
    """
    sizes = sum(_LETTERS.get(letter, _OTHER) for letter in text)
    return sizes * points * _CM_A_POINT * (_BOLD if bold else 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the columns of a table need [cm]: ``least`` breaks no word, ``most`` lets every cell stand in one line."""

    least: Mapping[str, float]
    most: Mapping[str, float]


def column_needs(rows: Sequence[Mapping[str, str]], labels: Mapping[str, str], *, points: float) -> Needs:
    """What the columns need for their labels and cells.

    Parameters
    ----------
    rows : sequence of mapping
        The cells as they are shown.
    labels : mapping
        Column to label.
    points : float
        Size of type [points].
    """
    least, most = {}, {}
    for column, label in labels.items():
        texts = {row[column] for row in rows}
        words = {word for text in texts for word in text.split()}
        head = [text_width(word, points=points, bold=True) for word in label.split()]
        longest = max([text_width(word, points=points) for word in words] + head, default=0.0)
        least[column] = min(longest, WIDEST_WORD) + _PADDING
        lines = (text_width(text, points=points) for text in texts)
        most[column] = max(least[column], max(lines, default=0.0) + _PADDING)
    return Needs(least=least, most=most)


def fitted_widths(wanted: Mapping[str, float], needs: Needs, *, page: float) -> dict[str, float]:
    """Widths that fill the page, each at least the least one where the page is wide enough [cm].

    Parameters
    ----------
    wanted : mapping
        Column to the width it asks for [cm].
    needs : Needs
        Result of `column_needs`.
    page : float
        Width of the page between its margins [cm].
    """
    least, needed = needs.least, sum(needs.least.values())
    if needed >= page:
        return {column: width * page / needed for column, width in least.items()}
    scale = page / sum(wanted.values())
    asked = {name: min(max(width * scale, least[name]), needs.most[name]) for name, width in wanted.items()}
    left = page - sum(asked.values())
    if left < 0:
        spare = sum(asked.values()) - needed
        return {name: width + left * (width - least[name]) / spare for name, width in asked.items()}
    # What one-line columns leave goes to those whose texts are broken into lines, by what these ask for.
    broken = {name: wanted[name] for name, width in asked.items() if width < needs.most[name]} or wanted
    return {name: width + left * broken.get(name, 0.0) / sum(broken.values()) for name, width in asked.items()}

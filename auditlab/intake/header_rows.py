"""Where the headers of a sheet stand: in one row, in two with merged groups, or twice under one name.

Which table the headers belong to is decided by `auditlab.intake.headers`; here rows are put before it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from auditlab.intake.aliases import known_headers
from auditlab.intake.cells import Cell
from auditlab.intake.headers import recognise
from auditlab.intake.plain import plain_header
from auditlab.intake.recognition import SEARCHED_ROWS, Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import clean_text

_LONGEST_HEADER = 120  # [characters]; longer cells are texts, not headers
_LETTER = re.compile(r"[^\W\d_]")
_SHOWN_BELOW = 200  # rows below a joined header that recognition may look at


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRow:
    """Headers of one table.

    Attributes
    ----------
    recognition : Recognition
        The table and its columns; its ``header_row`` is the last of `rows`.
    rows : tuple of int
        Rows that hold the headers.
    cells : tuple
        The headers, joined over the rows, as one row of the sheet.
    left, right : int
        First and last column with a header.
    """

    recognition: Recognition
    rows: tuple[int, ...]
    cells: tuple[Cell, ...]
    left: int
    right: int

    @property
    def row(self) -> int:
        """The row above the first record."""
        return self.rows[-1]


def header_row(recognition: Recognition, cells: tuple[Cell, ...], *, rows: tuple[int, ...]) -> HeaderRow:
    """The headers `cells`, recognised as `recognition`, with their first and last column."""
    filled = [column for column, cell in enumerate(cells, start=1) if clean_text(cell)]
    return HeaderRow(
        recognition=replace(recognition, header_row=rows[-1]),
        rows=rows,
        cells=cells,
        left=min(filled),
        right=max(filled),
    )


def best_header(sheet: RawSheet, *, mapping: Mapping[str, str]) -> HeaderRow | None:
    """The headers near the top of a sheet that fit one table best, over one row or two.

    Parameters
    ----------
    sheet : RawSheet
        The cells.
    mapping : mapping of str to str
        What a person said of this sheet; see ``headers.recognise``.

    Returns
    -------
    HeaderRow or None
        Two rows are taken for the headers only where they explain more than one.
    """
    plain = recognise(sheet, mapping=mapping)
    best = header_row(plain, sheet.rows[plain.header_row - 1], rows=(plain.header_row,)) if plain else None
    for upper in _group_rows(sheet, plain):
        joined = join_headers(sheet, upper)
        below = sheet.rows[upper + 1 : upper + 1 + _SHOWN_BELOW]
        found = recognise(replace(sheet, rows=((),) * upper + (joined, *below)), mapping=mapping)
        if found and found.header_row == upper + 1 and (best is None or _rank(found) > _rank(best.recognition)):
            best = header_row(found, joined, rows=(upper, upper + 1))
    return best


def _rank(recognition: Recognition) -> tuple[int, int, int]:
    told_apart = sum("(" not in header for header in recognition.unknown)
    return -len(recognition.missing), len(recognition.columns), told_apart


def _group_rows(sheet: RawSheet, plain: Recognition | None) -> list[int]:
    """Rows near the top that may hold groups of headers above the headers themselves."""
    merged = {box.top for box in sheet.marks.merged if box.right > box.left or box.bottom == box.top + 1}
    near = [plain.header_row - 1, plain.header_row] if plain else []
    rows = [row for row in range(1, min(len(sheet.rows), SEARCHED_ROWS)) if row in merged or row in near or not plain]
    return [row for row in rows if _only_headers(sheet.rows[row - 1]) and _only_headers(sheet.rows[row])]


def _only_headers(row: tuple[Cell, ...]) -> bool:
    texts = [cell for cell in row if isinstance(cell, str)]
    if not texts or len(texts) < len(row) - row.count(None) or any(len(text) > _LONGEST_HEADER for text in texts):
        return False
    # In a text file the figures of a record are texts too.
    return 2 * sum(bool(_LETTER.search(text)) for text in texts) >= len(texts)


def join_headers(sheet: RawSheet, upper: int) -> tuple[Cell, ...]:
    """One row of headers from the groups in row `upper` and the headers below them.

    A header keeps its own words where they tell it apart; the group is put before it where the
    catalogue knows the two together, or where the same words stand under several groups.
    """
    groups, leaves = _groups(sheet, upper), sheet.rows[upper]
    width = max(len(groups), len(leaves))
    times = Counter(plain_header(clean_text(leaf)) for leaf in leaves if leaf is not None)
    joined: list[Cell] = []
    for column in range(width):
        leaf = clean_text(leaves[column]) if column < len(leaves) else ""
        group, own = groups[column] if column < len(groups) else ("", False)
        together = f"{group} {leaf}".strip()
        if not leaf:
            joined.append(group if own else None)
        elif plain_header(together) in known_headers() or times[plain_header(leaf)] > 1:
            joined.append(together)
        else:
            joined.append(leaf)
    return tuple(joined)


def _groups(sheet: RawSheet, upper: int) -> list[tuple[str, bool]]:
    """Per column the group above it, and whether it stands in that very column."""
    row, leaves = sheet.rows[upper - 1], sheet.rows[upper]
    spans = {
        column: box
        for box in sheet.marks.merged
        if box.top <= upper <= box.bottom
        for column in range(box.left, min(box.right, box.left + 500) + 1)
    }
    groups = []
    last = ""
    for column in range(1, max(len(row), len(leaves)) + 1):
        own = clean_text(row[column - 1]) if column <= len(row) else ""
        below = leaves[column - 1] if column <= len(leaves) else None
        if own:
            last = own
            groups.append((own, True))
        elif column in spans:
            groups.append((clean_text(sheet.cell(upper, spans[column].left)), False))
        else:
            # Formats that do not tell merged cells: the group reaches to the next one.
            groups.append((last if below is not None and not spans else "", False))
    return groups


def first_filled_of_twins(
    sheet: RawSheet, header: HeaderRow, *, below: range
) -> tuple[HeaderRow, list[tuple[int, int]]]:
    """Where the same header stands twice, use the first column that holds something.

    Parameters
    ----------
    sheet : RawSheet
        The cells.
    header : HeaderRow
        The headers as recognised.
    below : range
        Rows of the records.

    Returns
    -------
    HeaderRow
        With the columns exchanged where the first of two namesakes is empty throughout.
    list of (int, int)
        Column that is used and column of the same name beside it.
    """
    places: dict[str, list[int]] = {}
    for column, cell in enumerate(header.cells, start=1):
        if clean_text(cell):
            places.setdefault(plain_header(clean_text(cell)), []).append(column)
    columns, unknown = dict(header.recognition.columns), dict(header.recognition.unknown)
    twins = []
    for first, *others in places.values():
        for second in others:
            name = next((name for name, column in columns.items() if column == first), "")
            if name and not _any_filled(sheet, first, below) and _any_filled(sheet, second, below):
                columns[name] = second
                unknown = {text: first if column == second else column for text, column in unknown.items()}
                twins.append((second, first))
            else:
                twins.append((first, second))
    recognition = replace(header.recognition, columns=columns, unknown=unknown)
    return replace(header, recognition=recognition), twins


def _any_filled(sheet: RawSheet, column: int, rows: range) -> bool:
    return any(sheet.cell(row, column) is not None for row in rows)

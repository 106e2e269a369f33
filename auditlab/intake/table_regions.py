"""Where tables begin and end on a sheet: one or several, below each other or side by side, at any cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from auditlab.intake.aliases import known_headers
from auditlab.intake.cells import Cell
from auditlab.intake.distinct import distinct
from auditlab.intake.header_rows import HeaderRow, best_header, first_filled_of_twins, header_row
from auditlab.intake.headers import recognise
from auditlab.intake.ledger import Place
from auditlab.intake.merged_cells import Repeats, repeat_merged
from auditlab.intake.plain import plain_header
from auditlab.intake.recognition import MIN_MATCHED, SEARCHED_ROWS, TABLE, Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import clean_text
from auditlab.tables import TableSpec, table_specs

MIN_FURTHER = 3
"""A further table on a sheet needs at least so many known headers, and every required one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableArea:
    """One table of a sheet.

    Attributes
    ----------
    sheet : RawSheet
        The sheet with this table alone: same rows and columns, everything else blank.
    recognition : Recognition
        The table and its columns.
    header_rows : tuple of int
        Rows that hold the headers.
    titles : tuple of int
        Rows above the headers that belong to this table.
    first_column : int
        First column of the table where several stand side by side; otherwise 0.
    twins : tuple of (int, int)
        Columns under the same header: the one that is used and the other.
    repeats : Repeats
        Cells filled from merged cells, and rows that only continue a merged record.
    by_place : mapping of str to str
        Columns read by their place, and the sheet that has them there under a known header.
    elsewhere : frozenset of int
        Rows below the headers that belong to another table with the same headers.
    parted : mapping of (int, int) to str
        Row and column of a cell that held two dates to its text; the second date stands in a further column.
    """

    sheet: RawSheet
    recognition: Recognition
    header_rows: tuple[int, ...]
    titles: tuple[int, ...] = ()
    first_column: int = 0
    twins: tuple[tuple[int, int], ...] = ()
    repeats: Repeats = field(default_factory=Repeats)
    by_place: Mapping[str, str] = field(default_factory=dict)
    elsewhere: frozenset[int] = frozenset()
    parted: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """Name of the canonical table."""
        return self.recognition.table

    @property
    def spec(self) -> TableSpec:
        """The canonical table."""
        return table_specs()[self.table]

    @property
    def rows_below(self) -> int:
        """Rows from the headers to the last filled one, without those of another table [count]."""
        filled: list[int] = (np.flatnonzero(self.sheet.sizes)[-1:] + 1).tolist()
        unsaved = (number for number in self.sheet.marks.unsaved_rows if number <= len(self.sheet.rows))
        header = self.recognition.header_row
        last = max((header, *filled, *unsaved))
        return last - header - sum(header < row <= last for row in self.elsewhere)

    def place(self, number: int) -> Place:
        """A row of the sheet."""
        return Place(self.sheet.file, self.sheet.name, number, self.first_column)


def find_tables(sheet: RawSheet, *, mapping: Mapping[str, str]) -> list[TableArea]:
    """The tables of a sheet, from top left to bottom right.

    Parameters
    ----------
    sheet : RawSheet
        The cells.
    mapping : mapping of str to str
        What a person said of this sheet; see ``headers.recognise``.

    Returns
    -------
    list of TableArea
        Empty when the headers of the sheet explain nothing. A second table is taken for one only if
        none of its required columns is missing; otherwise its rows stay with the table above and are
        rejected there with their reason, so that none is lost.
    """
    first = best_header(sheet, mapping=mapping)
    headers = [first] if first else []
    if TABLE not in mapping:
        headers = _settled(sheet, first, _all_headers(sheet, first, mapping=mapping))
    return [_area(sheet, header, headers) for header in headers]


def _all_headers(sheet: RawSheet, first: HeaderRow | None, *, mapping: Mapping[str, str]) -> list[HeaderRow]:
    """Every row of headers, from the top; a row that holds the headers of several tables is cut in pieces."""
    found: list[HeaderRow] = []
    for number in sorted({*_candidates(sheet), *([first.row] if first else [])}):
        own = first if first is not None and number == first.row else None
        cells, rows = (own.cells, own.rows) if own else (sheet.rows[number - 1], (number,))
        whole = own.recognition if own else _complete(sheet, cells, mapping)
        tables = [(piece, _complete(sheet, piece, mapping)) for piece in _pieces(sheet, number, cells)]
        pieces = [header_row(table, piece, rows=rows) for piece, table in tables if table is not None]
        repeated = any(_overlap(other, piece) and _repeats(other, piece) for other in found for piece in pieces[:1])
        if len(pieces) > 1 or (whole and pieces and (repeated or _beside_records(sheet, pieces[0], found))):
            found += pieces
        elif whole:
            found.append(_core(own or header_row(whole, cells, rows=rows), [piece for piece, _ in tables]))
    return found


def _core(header: HeaderRow, pieces: list[tuple[Cell, ...]]) -> HeaderRow:
    """The headers without what stands apart and means nothing here, such as the title of a table beside."""
    used = set(header.recognition.columns.values())
    spans = [[column for column, cell in enumerate(piece, start=1) if cell is not None] for piece in pieces]
    own = [column for span in spans if used & set(span) for column in span]
    return replace(header, left=min(own), right=max(own)) if own else header


def _beside_records(sheet: RawSheet, piece: HeaderRow, above: list[HeaderRow]) -> bool:
    """Whether the rest of the row is a record of a table that began further up, beside this one."""
    if any(_overlap(other, piece) for other in above):
        return False
    return any(_holds(sheet.rows[row - 1], other) for other in above for row in [piece.row - 1] if row >= other.row)


def _complete(sheet: RawSheet, cells: tuple[Cell, ...], mapping: Mapping[str, str]) -> Recognition | None:
    found = recognise(replace(sheet, rows=(cells,)), mapping=mapping)
    return found if found and not found.missing and len(found.columns) >= MIN_FURTHER else None


def _candidates(sheet: RawSheet) -> Iterator[int]:
    """Rows that may hold headers: near the top, after a gap, where the workbook says so, or beginning like one."""
    known, sizes = known_headers(), sheet.sizes
    likely = _begin_known(sheet) | np.append(True, sizes[:-1] < MIN_MATCHED)[: len(sizes)]
    likely[:SEARCHED_ROWS] = True
    declared = [box.top - 1 for box in sheet.marks.areas if 0 < box.top <= len(sizes)]
    likely[declared] = True
    for place in np.flatnonzero(likely & (sizes >= MIN_MATCHED)).tolist():
        texts = [plain_header(clean_text(cell)) for cell in sheet.rows[place] if isinstance(cell, str)]
        if sum(text in known for text in texts) >= MIN_MATCHED:
            yield place + 1


def _begin_known(sheet: RawSheet) -> np.ndarray:
    """Whether the first filled cell of each row is a known header."""
    known, rows = known_headers(), range(1, len(sheet.rows) + 1)
    told, begun = np.zeros(len(rows), dtype="bool"), np.zeros(len(rows), dtype="bool")
    for column in range(1, sheet.width + 1):
        if begun.all():
            break
        codes, values = distinct(sheet.cells(rows, column))
        says = [isinstance(cell, str) and cell.strip().casefold() in known for cell in values]
        told |= ~begun & np.array(says, dtype="bool")[codes]
        begun |= np.array([cell is not None for cell in values], dtype="bool")[codes]
    return told


def _pieces(sheet: RawSheet, number: int, cells: tuple[Cell, ...]) -> list[tuple[Cell, ...]]:
    """The headers of a row, cut at columns without a header and where declared tables begin."""
    cuts = {box.left for box in sheet.marks.areas if box.top == number}
    pieces: list[list[int]] = []
    for column, cell in enumerate(cells, start=1):
        if not clean_text(cell):
            continue
        if not pieces or column in cuts or pieces[-1][-1] != column - 1:
            pieces.append([])
        pieces[-1].append(column)
    return [_only(cells, piece[0], piece[-1]) for piece in pieces]


def _only(cells: tuple[Cell, ...], left: int, right: int) -> tuple[Cell, ...]:
    """The cells of a row from `left` to `right`, the others blank; `right` 0 means to the end."""
    kept = cells[left - 1 : right or len(cells)]
    return (None,) * min(left - 1, len(cells)) + kept


def _settled(sheet: RawSheet, first: HeaderRow | None, found: list[HeaderRow]) -> list[HeaderRow]:
    """Headers without those that repeat the headers above them or are another row of the same headers."""
    best = first.row if first else 0
    kept: list[HeaderRow] = []
    for header in sorted(found, key=lambda header: (header.row, header.left)):
        above = next((other for other in reversed(kept) if other.row < header.row and _overlap(other, header)), None)
        if above is None:
            kept.append(header)
        elif _repeats(above, header):
            continue
        elif any(_holds(sheet.rows[row - 1], header) for row in range(above.row + 1, header.row)):
            kept.append(header)
        elif header.row == best or (above.row != best and header.recognition.score > above.recognition.score):
            kept[kept.index(above)] = header
    return kept


def _overlap(one: HeaderRow, other: HeaderRow) -> bool:
    return one.left <= other.right and other.left <= one.right


def _repeats(above: HeaderRow, header: HeaderRow) -> bool:
    texts = {column: _text(header.cells, column) for column in range(header.left, header.right + 1)}
    return all(_text(above.cells, column) == text for column, text in texts.items() if text)


def _text(cells: tuple[Cell, ...], column: int) -> str:
    return plain_header(clean_text(cells[column - 1])) if column <= len(cells) else ""


def _holds(row: tuple[Cell, ...], header: HeaderRow) -> bool:
    return any(cell is not None for cell in row[header.left - 1 : header.right])


def _area(sheet: RawSheet, header: HeaderRow, headers: list[HeaderRow]) -> TableArea:
    """The table below `header`, as far as the next one reaches."""
    below = [other for other in headers if other.row > header.row and _overlap(header, other)]
    bottom = min((_top(sheet, other) for other in below), default=len(sheet.rows) + 1) - 1
    beside = [other for other in headers if other is not header and not _overlap(header, other)]
    beside = [other for other in beside if other.row <= bottom and _bottom(sheet, other, headers) >= header.rows[0]]
    right = min((other.left for other in beside if other.left > header.right), default=0)
    left = header.left if any(other.right < header.left for other in beside) else 1
    alone = len(headers) == 1
    top = 1 if alone else _top(sheet, header)
    view = _view(sheet, header, top=top, bottom=bottom, left=left, right=right - 1 if right else 0)
    records = range(header.row + 1, bottom + 1)
    header = replace(header, recognition=_within(header.recognition, left, right - 1 if right else 0))
    header, twins = first_filled_of_twins(view, header, below=records)
    view, repeats = repeat_merged(view, header, below=records)
    first = min(headers, key=lambda other: other.row)
    titles = range(top if header is not first and not alone else 1, header.rows[0])
    return TableArea(
        sheet=view,
        recognition=header.recognition,
        header_rows=header.rows,
        titles=tuple(row for row in titles if any(cell is not None for cell in view.rows[row - 1])),
        first_column=left if beside else 0,
        twins=tuple(twins),
        repeats=repeats,
    )


def _within(recognition: Recognition, left: int, right: int) -> Recognition:
    """The headers without those of a table beside."""
    kept = {
        text: column
        for text, column in recognition.unknown.items()
        if left <= column and (not right or column <= right)
    }
    return replace(recognition, unknown=kept)


def _bottom(sheet: RawSheet, header: HeaderRow, headers: list[HeaderRow]) -> int:
    below = [other.rows[0] for other in headers if other.row > header.row and _overlap(header, other)]
    return min(below, default=len(sheet.rows) + 1) - 1


def _top(sheet: RawSheet, header: HeaderRow) -> int:
    """First row of a table: of the title right above its headers, if a blank row parts it from what is above."""
    row = header.rows[0]
    while row > 1 and 0 < _size(sheet, header, row - 1) < MIN_MATCHED:
        row -= 1
    return row if row == 1 or not _size(sheet, header, row - 1) else header.rows[0]


def _size(sheet: RawSheet, header: HeaderRow, row: int) -> int:
    cells = sheet.rows[row - 1][header.left - 1 : header.right]
    return len(cells) - cells.count(None)


def _view(sheet: RawSheet, header: HeaderRow, *, top: int, bottom: int, left: int, right: int) -> RawSheet:
    """The sheet with one table alone and its headers in one row; the sheet itself if that changes nothing."""
    whole = top == 1 and bottom == len(sheet.rows) and left == 1 and not right
    if whole and len(header.rows) == 1:
        return sheet
    rows = list(sheet.rows[:bottom])
    if not whole:
        rows = [_only(row, left, right) if number >= top else () for number, row in enumerate(rows, start=1)]
    for row in header.rows[:-1]:
        rows[row - 1] = ()
    rows[header.row - 1] = _only(header.cells, left, right)
    return replace(sheet, rows=tuple(rows))

"""Total and sub-total rows: recognised by their words or their sums, recomputed, never counted as records."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from auditlab.intake.cells import Cell
from auditlab.intake.distinct import each
from auditlab.intake.recognition import Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import clean_text
from auditlab.tables import Kind, TableSpec

TOTAL_ROW = "total row, not a record"
SUM_ROW = "total row, not a record: its counts are the sums of all other rows"
SEARCHED_CELLS = 3
END = 1 << 31
"""Below the last row of any sheet."""
MIN_SUMMED_ROWS = 3
MIN_SUMMED_COLUMNS = 2

_WORDS = (
    r"(?:grand |sub[ -]?|overall |sous-|zwischen|gesamt)?"
    r"(?:totals?|sum|summen?|ergebnis|total[ei]|totaal|somme|suma|soma)"
    r"|gesamt\w*|insgesamt|subtotaal|eindtotaal|subtotale"
)
_STEMS = ("tot", "sum", "som", "ergebnis", "gesamt")
"""One of them is in each of the words; most texts have none, and are not read further."""
_BEGINS = re.compile(rf"(?:{_WORDS})\b", re.IGNORECASE)
_ENDS = re.compile(rf".*[\s:-](?:{_WORDS}):?$", re.IGNORECASE | re.DOTALL)
_ALONE = re.compile(rf"(?:{_WORDS}|all|overall|alle|tous|todos|tutti):?", re.IGNORECASE)
_NAMING = frozenset({Kind.ID, Kind.SERVICE, Kind.SITE, Kind.SITES, Kind.SUPPLIER, Kind.CLIENT})
_ADDED = frozenset({Kind.COUNT, Kind.NUMBER})


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalDifference:
    """A total that its rows do not give."""

    row: int
    column: int
    name: str
    written: float
    computed: float
    rows: int


def may_say_total(text: str) -> bool:
    """Whether a text, or one of several joined, may hold a word for total at all."""
    folded = text.casefold()  # other letters that the patterns below take for an "s" become one
    return any(stem in folded for stem in _STEMS)


def says_total(text: str) -> bool:
    """Whether a cleaned text begins or ends with a word for total."""
    return may_say_total(text) and bool(_BEGINS.match(text) or _ENDS.match(text))


def is_total(row: tuple[Cell, ...], recognition: Recognition, spec: TableSpec) -> bool:
    """Whether a row is a total: it says so, and lacks something every record has or is called by the word alone."""
    filled = ((column, cell) for column, cell in enumerate(row, start=1) if cell is not None)
    said = [(column, clean_text(cell)) for column, cell in islice(filled, SEARCHED_CELLS) if isinstance(cell, str)]
    if not any(says_total(text) for _, text in said):
        return False
    required = [recognition.columns[name] for name in spec.required if name in recognition.columns]
    if any(column > len(row) or row[column - 1] is None for column in required):
        return True
    names = {
        recognition.columns[column.name] for column in spec.columns if _names(column.kind, column.name, recognition)
    }
    return any(column in names and _ALONE.fullmatch(text) for column, text in said)


def _names(kind: Kind, name: str, recognition: Recognition) -> bool:
    return kind in _NAMING and name in recognition.columns


def unnamed_total(sheet: RawSheet, records: Sequence[int], *, recognition: Recognition, spec: TableSpec) -> int:
    """The first or last record if its counts are the sums of all others, otherwise 0.

    A list may open with the whole ("England") without a word for total. Two columns of counts must
    agree, each over at least three other rows with a number.
    """
    counts = [
        column.name for column in spec.columns if column.kind is Kind.COUNT and column.name in recognition.columns
    ]
    if len(records) <= MIN_SUMMED_ROWS or len(counts) < MIN_SUMMED_COLUMNS:
        return 0
    columns = [_numbers(sheet, records, recognition.columns[name]) for name in counts]
    for place in (0, -1):
        agree = 0
        for values in columns:
            own = values[place]
            rest = [value for value in values if value] if own else []
            agree += bool(own) and len(rest) > MIN_SUMMED_ROWS and abs(sum(rest) - 2 * (own or 0)) < 1e-9
        if agree >= MIN_SUMMED_COLUMNS:
            return records[place]
    return 0


def _numbers(sheet: RawSheet, rows: Sequence[int], column: int) -> list[float | None]:
    return each(sheet.cells(rows, column), _number)


def _number(cell: Cell) -> float | None:
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None


def differing_totals(
    sheet: RawSheet, totals: Sequence[int], records: Sequence[int], *, recognition: Recognition, spec: TableSpec
) -> list[TotalDifference]:
    """Totals that neither all rows nor the rows since the total before give, as a sum or as a mean.

    Parameters
    ----------
    sheet : RawSheet
        The cells.
    totals : sequence of int
        Rows that are totals.
    records : sequence of int
        Rows that are records.
    recognition, spec
        The table and its columns; only counts and numbers are added up.
    """
    if not totals:
        return []
    added = {
        column.name: recognition.columns[column.name]
        for column in spec.columns
        if column.kind in _ADDED and column.name in recognition.columns
    }
    found = []
    for name, column in added.items():
        running = _Running.of(zip(records, _numbers(sheet, records, column), strict=True))
        for before, row, after in zip((0, *totals), totals, (*totals[1:], END), strict=False):
            written = _numbers(sheet, [row], column)[0]
            # What a total may stand for: all, what follows the total before, what precedes the next one.
            blocks = [running.between(0, END), running.between(before, row), running.between(row, after)]
            if written is None or not blocks[0][0] or any(_gives(block, written) for block in blocks):
                continue
            count, computed = blocks[0]
            found.append(
                TotalDifference(row=row, column=column, name=name, written=written, computed=computed, rows=count)
            )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """The rows of a column with a number, and the sums up to each."""

    rows: Sequence[int]
    sums: Sequence[float]

    @classmethod
    def of(cls, values: Iterable[tuple[int, float | None]]) -> _Running:
        known = [(row, value) for row, value in values if value is not None]
        return cls(rows=[row for row, _ in known], sums=[0.0, *accumulate(value for _, value in known)])

    def between(self, low: int, high: int) -> tuple[int, float]:
        """Number and sum of the values in rows above `low` and below `high`."""
        first, end = bisect_right(self.rows, low), bisect_left(self.rows, high)
        return max(end - first, 0), self.sums[max(first, end)] - self.sums[first]


def _gives(block: tuple[int, float], written: float) -> bool:
    count, total = block
    given = (total, total / count, float(count)) if count else ()
    return any(abs(each - written) <= 1e-6 * max(1, abs(each)) for each in given)

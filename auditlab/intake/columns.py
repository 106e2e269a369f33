"""Read a whole column: what one cell cannot tell (the order of day and month) the column can."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from auditlab.intake.names import NameBook
from auditlab.intake.sheets import Cell
from auditlab.intake.values import (
    Reading,
    clean_text,
    numeric_date,
    read_count,
    read_date,
    read_flag,
    read_month,
    read_number,
    read_share,
    read_text,
    read_time,
)
from auditlab.intake.words import read_clause, read_edition, read_priority, read_word
from auditlab.settings import DateOrder
from auditlab.standard.grades import read_grade
from auditlab.tables import Column, Kind

BAD_SHARE = 0.8
MIN_BAD = 5

CellReader = Callable[[Cell], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvidence:
    """What the digits of a column say about the order of day and month.

    Attributes
    ----------
    day_first, month_first, open : int
        Cells that fit one order only, and cells that fit both [count].
    """

    day_first: int
    month_first: int
    open: int

    @property
    def shown(self) -> str:
        """The counts as a sentence."""
        return f"{self.day_first} cells fit day-first only, {self.month_first} month-first only, {self.open} fit both"

    @property
    def mixed(self) -> bool:
        """Whether both orders occur in the column."""
        return self.day_first > 0 and self.month_first > 0

    @property
    def order(self) -> DateOrder | None:
        """The order that the digits prove, if they prove one."""
        if self.mixed or not (self.day_first or self.month_first):
            return None
        return DateOrder.DAY_FIRST if self.day_first else DateOrder.MONTH_FIRST


def order_evidence(cells: Sequence[Cell]) -> OrderEvidence:
    """Count the cells of a column that only one order of day and month explains."""
    day_first = month_first = undecided = 0
    for cell in cells:
        parts = numeric_date(clean_text(cell)) if isinstance(cell, str) else None
        if parts is None or parts["separator"] == ".":
            continue
        first, second = int(parts["a"]) > 12, int(parts["b"]) > 12
        day_first += first and not second
        month_first += second and not first
        undecided += not first and not second
    return OrderEvidence(day_first=day_first, month_first=month_first, open=undecided)


def reader_for(
    column: Column, *, books: Mapping[str, NameBook], grades: Mapping[str, str], order: DateOrder | None
) -> CellReader:
    """The function that reads one cell of a canonical column."""
    readers: dict[Kind, CellReader] = {
        Kind.CLAUSE: read_clause,
        Kind.EDITION: read_edition,
        Kind.PRIORITY: read_priority,
        Kind.NUMBER: read_number,
        Kind.SHARE: read_share,
        Kind.COUNT: read_count,
        Kind.FLAG: read_flag,
        Kind.DATE: partial(read_date, order=order),
        Kind.TIME: partial(read_time, order=order),
        Kind.MONTH: partial(read_month, order=order),
        Kind.WORD: partial(read_word, vocabulary=column.vocabulary),
        Kind.GRADE: partial(_read_grade, own=grades),
        Kind.SITES: partial(_read_names, book=books.get("site", NameBook(kind="site"))),
    }
    if column.kind.value in books:
        return books[column.kind.value].read
    return readers.get(column.kind, read_text)


def read_cells(cells: Sequence[Cell], *, reader: CellReader) -> list[Reading]:
    """Read every cell; equal cells of the same type are read once."""
    known: dict[tuple[type, Cell], Reading] = {}
    readings = []
    for cell in cells:
        key = (type(cell), cell)
        if key not in known:
            known[key] = reader(cell)
        readings.append(known[key])
    return readings


def bad_throughout(readings: Sequence[Reading]) -> bool:
    """Whether a column holds so little of what it should that it is refused as a whole."""
    filled = [reading for reading in readings if reading.value is not None or reading.problem]
    bad = sum(bool(reading.problem) for reading in filled)
    return bad >= MIN_BAD and bad > BAD_SHARE * len(filled)


def _read_grade(cell: Cell, *, own: Mapping[str, str]) -> Reading:
    text = clean_text(cell)
    if not text:
        return Reading(None)
    graded = read_grade(text, own=own)
    if graded.grade is None:
        return Reading(None, problem=graded.rule)
    return Reading(str(graded.grade), "" if str(graded.grade) == text else "grade word")


def _read_names(cell: Cell, *, book: NameBook) -> Reading:
    """Several names in one cell, such as "A+B" or "HQ, Brekke", as codes separated by commas."""
    text = clean_text(cell)
    if not text:
        return Reading(None)
    for separator in ("+", ";", "/", "&", "|", "\n"):
        text = text.replace(separator, ",")
    parts = [part for part in (piece.strip() for piece in text.replace(" and ", ",").split(",")) if part]
    readings = [book.read(part) for part in parts]
    problem = next((reading.problem for reading in readings if reading.problem), "")
    if problem:
        return Reading(None, problem=problem)
    codes = ", ".join(sorted({str(reading.value) for reading in readings}))
    return Reading(codes, "" if codes == cell else "list of names")

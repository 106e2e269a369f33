"""Read a whole column: what one cell cannot tell (day or month first, share or percentage) the column can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from auditlab.intake.cells import Cell
from auditlab.intake.column_readings import ColumnReadings
from auditlab.intake.dates_alike import read_alike
from auditlab.intake.distinct import counted, distinct
from auditlab.intake.durations import read_minutes
from auditlab.intake.moments import is_day, numeric_date, read_date, read_month, read_time
from auditlab.intake.names import NameBook
from auditlab.intake.plain_texts import chunks
from auditlab.intake.values import (
    MISSING_SIGNS,
    Reading,
    Value,
    clean_text,
    read_count,
    read_flag,
    read_number,
    read_share,
    read_text,
    share_scale,
)
from auditlab.intake.words import priority_scale, read_clause, read_edition, read_priority, read_state, read_word
from auditlab.settings import DateOrder, Settings
from auditlab.standard.grades import read_grade
from auditlab.tables import Column, Kind

BAD_SHARE = 0.8
MIN_BAD = 5
PROVEN_BY = 3  # cells; a single slip of the keyboard proves nothing
STATE = "state"

CellReader = Callable[[Cell], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvidence:
    """What the digits of a column say about the order of day and month.

    Attributes
    ----------
    day_first, month_first, open : int
        Cells that fit one order only, and cells that fit both [count].
    neither : int
        Cells that are no day of the calendar in either order, such as 31/02/2023 [count].
    """

    day_first: int
    month_first: int
    open: int
    neither: int = 0

    @property
    def shown(self) -> str:
        """The counts as a sentence."""
        text = f"{_cells(self.day_first)} day-first only, {_cells(self.month_first)} month-first only"
        text += f", {_cells(self.open)} both"
        return f"{text}, {_cells(self.neither)} neither" if self.neither else text

    @property
    def mixed(self) -> bool:
        """Whether both orders occur in the column."""
        return self.day_first > 0 and self.month_first > 0

    @property
    def proven(self) -> bool:
        """Whether so many cells fit one order only, and none the other, that nobody needs to be asked."""
        return not self.mixed and self.day_first + self.month_first >= PROVEN_BY

    @property
    def order(self) -> DateOrder | None:
        """The order that the digits prove, if they prove one."""
        if self.mixed or not (self.day_first or self.month_first):
            return None
        return DateOrder.DAY_FIRST if self.day_first else DateOrder.MONTH_FIRST


def joint_evidence(evidences: Iterable[OrderEvidence]) -> OrderEvidence:
    """What the columns of one sheet say together; columns that mix both orders do not speak."""
    told = [evidence for evidence in evidences if not evidence.mixed]
    return OrderEvidence(
        day_first=sum(evidence.day_first for evidence in told),
        month_first=sum(evidence.month_first for evidence in told),
        open=sum(evidence.open for evidence in told),
        neither=sum(evidence.neither for evidence in told),
    )


def order_evidence(cells: Sequence[Cell]) -> OrderEvidence:
    """Count the cells of a column that only one order of day and month explains."""
    fits: Counter[tuple[bool, bool]] = Counter()
    for text, times in zip(*counted(cells, str), strict=True):
        parts = numeric_date(clean_text(text))
        if parts is not None and parts["separator"] != ".":
            fits[(is_day(parts, DateOrder.DAY_FIRST), is_day(parts, DateOrder.MONTH_FIRST))] += int(times)
    return OrderEvidence(
        day_first=fits[True, False], month_first=fits[False, True], open=fits[True, True], neither=fits[False, False]
    )


def _cells(number: int) -> str:
    return "1 cell fits" if number == 1 else f"{number} cells fit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnContext:
    """What is known of a column before its cells are read.

    Attributes
    ----------
    books : mapping of str to NameBook
        Known names by kind.
    settings : Settings
        The user's own words for grades and states.
    order : DateOrder or None
        How the column writes 03/04/2022.
    unit : str
        Unit of bare numbers in a column of durations.
    system : str
        Tool whose export it is.
    """

    books: Mapping[str, NameBook]
    settings: Settings
    order: DateOrder | None = None
    unit: str = ""
    system: str = ""


def read_column(column: Column, cells: Sequence[Cell], *, context: ColumnContext) -> ColumnReadings:
    """Read a whole column.

    What the column as a whole decides (order of day and month, scale of priorities, share or
    percentage) is decided first; then every different cell is read once, all of them in one stroke
    where they need nothing else.
    """
    codes, different = distinct(cells)
    reader = reader_for(column, different, context=context)
    if reader is read_text:
        return _read_texts(codes, different)
    if column.kind in (Kind.DATE, Kind.TIME):
        known = read_alike(different, order=context.order)
        if column.kind is Kind.DATE:
            known = {
                place: moment.replace(hour=0, minute=0, second=0, microsecond=0) for place, moment in known.items()
            }
        return ColumnReadings.read(codes, different, known=known, reader=reader)
    return ColumnReadings.read(codes, different, known={}, reader=reader)


def _read_texts(codes: np.ndarray, different: Sequence[Cell]) -> ColumnReadings:
    """A column of texts; most stay as they are."""
    known: dict[int, Value] = {}
    for place, some, joined in chunks(different):
        if joined and MISSING_SIGNS.isdisjoint(some) and "" not in some:
            known |= {index: cell for index, cell in enumerate(some, start=place) if isinstance(cell, str)}
    return ColumnReadings.read(codes, different, known=known, reader=read_text)


def reader_for(column: Column, cells: Sequence[Cell], *, context: ColumnContext) -> CellReader:
    """The function that reads one cell of a canonical column that holds `cells`."""
    books, order = context.books, context.order
    if column.name == STATE:
        return partial(read_state, own=context.settings.aliases.get(STATE, {}), system=context.system)
    if column.kind is Kind.NUMBER and column.name.endswith("minutes"):
        return partial(read_minutes, unit=context.unit)
    if column.kind is Kind.SHARE:
        return partial(read_share, scale=share_scale(cells))
    if column.kind is Kind.PRIORITY:
        words = {clean_text(cell) for cell in cells}
        return partial(read_priority, scale=priority_scale(words, system=context.system))
    readers: dict[Kind, CellReader] = {
        Kind.CLAUSE: read_clause,
        Kind.EDITION: read_edition,
        Kind.NUMBER: read_number,
        Kind.COUNT: read_count,
        Kind.FLAG: partial(read_flag, own=context.settings.aliases.get(column.name)),
        Kind.DATE: partial(read_date, order=order),
        Kind.TIME: partial(read_time, order=order),
        Kind.MONTH: partial(read_month, order=order),
        Kind.WORD: partial(read_word, vocabulary=column.vocabulary, own=context.settings.aliases.get(column.name)),
        Kind.GRADE: partial(_read_grade, own=context.settings.grades),
        Kind.SITES: partial(_read_names, book=books.get("site", NameBook(kind="site"))),
    }
    if column.kind.value in books:
        return books[column.kind.value].read
    return readers.get(column.kind, read_text)


def bad_throughout(readings: ColumnReadings) -> bool:
    """Whether a column holds so little of what it should that it is refused as a whole."""
    bad = int(readings.problems.sum())
    if bad < MIN_BAD:
        return False
    filled = int((~readings.missing | readings.problems).sum())
    return bad > BAD_SHARE * filled


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

"""The rows below the headers of a table: which hold a record, and what the others are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditlab.intake.aliases import known_headers
from auditlab.intake.cells import Cell
from auditlab.intake.distinct import distinct
from auditlab.intake.ledger import Action
from auditlab.intake.plain import plain_header
from auditlab.intake.plain_texts import chunks
from auditlab.intake.recognition import MIN_MATCHED
from auditlab.intake.table_regions import TableArea
from auditlab.intake.totals import (
    SEARCHED_CELLS,
    SUM_ROW,
    TOTAL_ROW,
    is_total,
    may_say_total,
    says_total,
    unnamed_total,
)
from auditlab.intake.values import clean_text
from auditlab.tables import TableSpec

BLANK_ROW = "blank row"
FORMULA_ROW = "holds nothing but formulas without a stored value"
REPEATED_HEADER = "header repeated"
SECOND_HEADER = "a second row of headers"
UNITS_ROW = "row of units or formats"
SECTION_ROW = "title of a section, merged over the columns"
TITLE_ROW = "title of the block below"
EXAMPLE = "example row of the blank workbook"
NOTE_ROW = "text below the table, not a record"
CONTINUED_ROW = "continues row {row}: its key is one merged cell"

EXAMPLE_ROW = "EXAMPLE ROW, never read"
"""First cell of the row that shows in a blank workbook what may stand below its headers."""

_SPARSE = 2
_UNIT = re.compile(
    r"[\[(]?(?:%|h|hrs?|hours?|min|mins|minutes?|s|sec|seconds?|d|days?|weeks?|months?|years?|n|nos?\.?|no\. of .*"
    r"|number|count"
    r"|text|date|datetime|string|integer|yes/no|y/n|eur|usd|gbp|chf|€|\$|£|std\.?|stunden|minuten|tage|anzahl|stück|stk\.?"
    r"|heures?|jours?|nombre|horas|días|dias|ore|giorni|uur|uren|dagen|aantal|[ymdhs]{1,4}(?:[-./: ][ymdhs]{1,4}){1,5}"
    r"|[tmj]{2,4}(?:[-./][tmj]{2,4}){1,2})[\])]?",
    re.IGNORECASE,
)
_GENERATED = re.compile(r"(?:column|spalte|colonne|columna|coluna|kolom|colonna|unnamed:? ?)\s?\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyRows:
    """The rows of a table below its headers; every row up to the last filled one that is its own is in one of the two.

    Attributes
    ----------
    records : list of int
        Rows that hold a record.
    others : dict of int to (Action, str)
        What became of the others, and why.
    totals : list of int
        Those of the others that are totals.
    """

    records: list[int]
    others: dict[int, tuple[Action, str]]
    totals: list[int]


def body_rows(area: TableArea, spec: TableSpec) -> BodyRows:
    """Tell the records of a table from blank rows, repeated headers, units, sections, totals and notes."""
    sorter = _Sorter(area, spec)
    others: dict[int, tuple[Action, str]] = {}
    below = range(area.recognition.header_row + 1, sorter.last + 1)
    for number in sorted(sorter.remarkable.union(area.recognition.set_aside) - area.elsewhere):
        if number not in below:
            continue
        rule = area.recognition.set_aside.get(number)
        if rule is None:
            rule = sorter.example(number) or sorter.rule(number)
        if rule:
            others[number] = (Action.REJECTED if rule == TOTAL_ROW else Action.SKIPPED, rule)
    apart = area.elsewhere.union(others)
    records = [number for number in below if number not in apart] if apart else list(below)
    for number in sorter.notes(records):
        records.remove(number)
        others[number] = (Action.SKIPPED, NOTE_ROW)
    whole = unnamed_total(area.sheet, records, recognition=area.recognition, spec=spec)
    if whole:
        records.remove(whole)
        others[whole] = (Action.REJECTED, SUM_ROW)
    totals = sorted(number for number, (_, rule) in others.items() if rule in (TOTAL_ROW, SUM_ROW))
    return BodyRows(records=records, others=others, totals=totals)


def telling(cells: Sequence[Cell], header: str) -> np.ndarray:
    """Whether each cell may be what makes a row no record, if it is among its first."""
    told: list[bool] = []
    word = header.partition(" ")[0]
    for _, some, joined in chunks(cells):
        # A text that equals the header holds the first word of it.
        plain = joined and not (may_say_total(joined) or EXAMPLE_ROW in some or "" in some)
        if plain and not (word and word in joined.lower()):
            told += [False] * len(some)
        else:
            told += [isinstance(cell, str) and tells(cell, header) for cell in some]
    return np.array(told, dtype="bool")


def tells(cell: str, header: str) -> bool:
    """Whether a text among the first of a row may be what makes the row no record."""
    text = clean_text(cell)
    if not text or cell == EXAMPLE_ROW or says_total(text):
        return True
    opening = text[:4]
    # The plain form of a text costs much, and most texts differ from the header in their first letters.
    alike = opening.lower() == header[:4] if opening.isascii() and opening.isalnum() else True
    return alike and plain_header(text) == header


class _Sorter:
    def __init__(self, area: TableArea, spec: TableSpec) -> None:
        self.area, self.spec, self.rows = area, spec, area.sheet.rows
        header = self.rows[area.recognition.header_row - 1]
        self.headers = {
            column: plain_header(clean_text(cell)) for column, cell in enumerate(header, start=1) if clean_text(cell)
        }
        self.sizes = area.sheet.sizes
        marked = (number for number in area.sheet.marks.unsaved_rows if number <= len(self.sizes))
        self.last = max((*(np.flatnonzero(self.sizes)[-1:] + 1).tolist(), *marked), default=0)
        header_row = area.recognition.header_row
        below = range(header_row + 1, self.last + 1)
        filled = self.sizes[header_row : self.last]
        self.first = next((header_row + 1 + place for place in np.flatnonzero(filled)[:1].tolist()), 0)
        sparse = set((np.flatnonzero(filled <= _SPARSE) + header_row + 1).tolist())
        self.remarkable = sparse | {self.first} | self.area.repeats.continued.keys() | self._telling_rows(below)
        """Rows that have to be looked at one by one; the others are plain records."""

    def _telling_rows(self, below: range) -> set[int]:
        """Rows that may be totals, headers, examples or odd by what their first filled cells say."""
        told = np.zeros(len(below), dtype="bool")
        before = np.zeros(len(below), dtype="int64")
        for column in range(1, self.area.sheet.width + 1):
            if before.size and before.min() >= SEARCHED_CELLS:
                break
            codes, values = distinct(self.area.sheet.cells(below, column))
            header = self.headers.get(column, "")
            tells = telling(values, header)
            told |= tells[codes] & (before < SEARCHED_CELLS)
            before += np.array([cell is not None for cell in values], dtype="bool")[codes]
        return {below[place] for place in np.flatnonzero(told)}

    def example(self, number: int) -> str:
        """Whether the row is the example of the blank workbook, which nobody must delete before the sheet is read."""
        row = self.rows[number - 1]
        return EXAMPLE if row and row[0] == EXAMPLE_ROW else ""

    def rule(self, number: int) -> str:
        """Why a row holds no record; ``""`` if it holds one."""
        row, size = self.rows[number - 1], self.sizes[number - 1]
        opening = next((cell for cell in row if cell is not None), None)
        # Only a short or odd row is read cell by cell: most rows are plain records.
        odd = size <= _SPARSE or (isinstance(opening, str) and not clean_text(opening))
        texts = [text for text in map(clean_text, row) if text] if odd else None
        if not size or texts == []:
            return FORMULA_ROW if number in self.area.sheet.marks.unsaved_rows else BLANK_ROW
        if number in self.area.repeats.continued:
            return CONTINUED_ROW.format(row=self.area.repeats.continued[number])
        if number == self.first and (under := self._under_header(row)):
            return under
        if self._is_header(row):
            return REPEATED_HEADER
        if is_total(row, self.area.recognition, self.spec):
            return TOTAL_ROW
        return self._title_rule(number) if texts and len(texts) == 1 and len(self.headers) > _SPARSE else ""

    def _title_rule(self, number: int) -> str:
        """What a row with a single cell is, if it stands above others rather than among them."""
        if number in self.area.repeats.across:
            return SECTION_ROW
        return TITLE_ROW if number < self.last and self._is_header(self.rows[number]) else ""

    def _under_header(self, row: tuple[Cell, ...]) -> str:
        """What the first row below the headers is, if it still belongs to them."""
        cells = [cell for cell in row if cell is not None]
        if not all(isinstance(cell, str) for cell in cells):
            return ""
        texts = [clean_text(cell) for cell in cells if clean_text(cell)]
        if texts and all(_UNIT.fullmatch(text) for text in texts):
            return UNITS_ROW
        known = sum(plain_header(text) in known_headers() for text in texts)
        if all(_GENERATED.fullmatch(text) for text in texts) or (known >= MIN_MATCHED and 2 * known > len(texts)):
            return SECOND_HEADER
        return ""

    def _is_header(self, row: tuple[Cell, ...]) -> bool:
        found = False
        for column, cell in enumerate(row, start=1):
            if cell is None:
                continue
            text = clean_text(cell)
            if text and self.headers.get(column) != plain_header(text):
                return False
            found = found or bool(text)
        return found

    def notes(self, records: list[int]) -> list[int]:
        """Single cells of text after the last record and a blank row: sources, legends, remarks."""
        trailing = []
        for number in reversed(records):
            texts = [text for text in map(clean_text, self.rows[number - 1]) if text]
            if len(texts) != 1 or " " not in texts[0] or len(self.headers) <= _SPARSE:
                break
            trailing.append(number)
        end = records[-len(trailing) - 1] if len(trailing) < len(records) else self.area.recognition.header_row
        gap = next((row for row in range(end + 1, self.last + 1) if not self.sizes[row - 1]), self.last + 1)
        return [number for number in trailing if number > gap]

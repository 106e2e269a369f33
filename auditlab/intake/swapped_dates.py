"""Dates whose day and month a spreadsheet program swapped, in a column where it left the others as text.

A program that expects the month first turns the text 04/03/2023 into the third of April, and leaves
13/03/2023 as it is, because there is no thirteenth month. Such a column holds texts that fit one
order only and date cells that never have a day above 12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from auditlab.intake.cells import Cell
from auditlab.intake.columns import order_evidence
from auditlab.intake.distinct import counted
from auditlab.intake.ledger import Action, Ledger
from auditlab.intake.questions import Questions
from auditlab.intake.sheet_places import column_letter
from auditlab.intake.sheets import RawSheet
from auditlab.intake.table_regions import TableArea
from auditlab.settings import DateOrder
from auditlab.tables import Kind

SWAPPED = "day and month swapped by the spreadsheet program; swapped back"
YES, NO = "yes", "no"
LAST_MONTH = 12
CERTAIN_FROM = 8
"""So many date cells without a day above 12: less than one time in a thousand, were they as they should be."""
ASKED_FROM = 3
MIN_DAYS = 3
"""Different days among the date cells; the first of every month is no sign of a swap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapEvidence:
    """What the texts and the date cells of one column say together.

    Attributes
    ----------
    order : DateOrder or None
        The order that the texts prove; ``None`` where they prove none, or where one fits both
        orders: a program that swapped dates would have turned that one too.
    texts, dates : int
        Texts that prove the order, and date cells [count].
    days : int
        Different days of the month among the date cells [count].
    highest : int
        Highest day of the month among the date cells.
    """

    order: DateOrder | None
    texts: int
    dates: int
    days: int
    highest: int

    @property
    def likely(self) -> bool:
        """Whether the date cells are probably swapped."""
        few = self.highest <= LAST_MONTH and self.dates >= ASKED_FROM and self.days >= MIN_DAYS
        return few and self.order is not None

    @property
    def certain(self) -> bool:
        """Whether nobody needs to be asked."""
        return self.likely and self.dates >= CERTAIN_FROM


def swap_evidence(cells: Sequence[Cell]) -> SwapEvidence:
    """Count what speaks for swapped dates among the cells of a column."""
    written = order_evidence(cells)
    dates, times = counted(cells, dt.date)
    days = np.fromiter(map(attrgetter("day"), dates), dtype="int64", count=len(dates))
    told = written.proven and not written.open
    return SwapEvidence(
        order=written.order if told else None,
        texts=written.day_first + written.month_first,
        dates=int(times.sum()),
        days=len(np.unique(days)),
        highest=int(days.max(initial=0)),
    )


def mend_swapped(area: TableArea, *, answers: Mapping[str, str], ledger: Ledger, questions: Questions) -> TableArea:
    """The table with swapped dates put right, where the column proves the swap or a person confirmed it.

    Parameters
    ----------
    area : TableArea
        The table.
    answers : mapping of str to str
        Section ``answers`` of the settings; "no" keeps the dates of a column as they are.
    ledger, questions
        Are added to: every date that was changed; a question where the evidence is thin.
    """
    sheet = area.sheet
    below = range(area.recognition.header_row + 1, len(sheet.rows) + 1)
    rows = [row for row in below if row not in area.elsewhere] if area.elsewhere else below
    for name, position in area.recognition.columns.items():
        if area.spec.column(name).kind not in (Kind.DATE, Kind.TIME):
            continue
        evidence = swap_evidence(sheet.cells(rows, position))
        if evidence.likely and _confirmed(area, name, position, evidence, answers=answers, questions=questions):
            sheet = _swapped_back(area, sheet, name, position, rows, ledger=ledger)
    return area if sheet is area.sheet else replace(area, sheet=sheet)


def _confirmed(
    area: TableArea,
    name: str,
    position: int,
    evidence: SwapEvidence,
    *,
    answers: Mapping[str, str],
    questions: Questions,
) -> bool:
    key = f"swapped/{area.sheet.file}/{area.sheet.name}/{column_letter(position)}"
    if evidence.certain and not answers.get(key):
        return True
    first = "day" if evidence.order is DateOrder.DAY_FIRST else "month"
    asks = (
        f"Did the spreadsheet program swap day and month in column {column_letter(position)}? Its {evidence.texts} "
        f"texts write the {first} first, and none of its {evidence.dates} date cells has a day above {LAST_MONTH}. "
        f"'{YES}' swaps them back, '{NO}' keeps them."
    )
    place = area.place(area.recognition.header_row)
    return questions.decided(key, place, field=name, asks=asks, proposal=YES, answers=answers) == YES


def _swapped_back(
    area: TableArea, sheet: RawSheet, name: str, position: int, rows: Sequence[int], *, ledger: Ledger
) -> RawSheet:
    mended = list(sheet.rows)
    for row in rows:
        cell = sheet.cell(row, position)
        if isinstance(cell, dt.date) and cell.day != cell.month:
            right = cell.replace(day=cell.month, month=cell.day)
            mended[row - 1] = (*mended[row - 1][: position - 1], right, *mended[row - 1][position:])
            ledger.cell(
                area.place(row), table=area.table, field=name, column=position, action=Action.REPAIRED, rule=SWAPPED,
                old=cell, new=right,
            )  # fmt: skip
    return replace(sheet, rows=tuple(mended))

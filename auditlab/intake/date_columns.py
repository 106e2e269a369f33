"""The order of day and month in every column of dates of a table, from its digits, its neighbours or the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from auditlab.intake.column_cells import column_cells
from auditlab.intake.columns import OrderEvidence, joint_evidence, order_evidence
from auditlab.intake.ledger import Action, Ledger
from auditlab.intake.questions import Questions
from auditlab.intake.sheet_questions import ask_order
from auditlab.intake.table_regions import TableArea
from auditlab.settings import DateOrder
from auditlab.tables import Column, Kind

REFUSED = "column refused"
REFUSED_ORDER = f"{REFUSED}: it mixes day-first and month-first dates"
REFUSED_ORDER_OPEN = f"{REFUSED}: nothing tells day from month"
DATE_KINDS = frozenset({Kind.DATE, Kind.TIME, Kind.MONTH})


@dataclass(frozen=True, kw_only=True)
class DateColumns:
    """The columns of dates of one table.

    Attributes
    ----------
    area : TableArea
        The table.
    numbers : sequence of int
        Rows that hold a record.
    declared : DateOrder or None
        What the settings say of the file.
    ledger, questions
        Are added to.
    """

    area: TableArea
    numbers: Sequence[int]
    declared: DateOrder | None
    ledger: Ledger
    questions: Questions

    def order(self, column: Column, position: int) -> tuple[DateOrder | None, str]:
        """The order in which a column writes day and month, and why it is refused if it has none."""
        evidence = self._evidence(column.name)
        if not (evidence.day_first or evidence.month_first or evidence.open):
            return self.declared, ""
        header = self.area.place(self.area.recognition.header_row)
        alone = evidence if evidence.proven or evidence.mixed else self._of_sheet
        if not evidence.mixed if self.declared else not alone.proven:
            ask_order(header, column, evidence, declared=self.declared, questions=self.questions)
        if evidence.mixed or (self.declared and evidence.order not in (None, self.declared)):
            return None, REFUSED_ORDER
        order = self.declared or evidence.order or (alone.order if alone.proven else None)
        if order is None:
            return None, REFUSED_ORDER_OPEN
        self.ledger.cell(
            header,
            table=self.area.table,
            field=column.name,
            column=position,
            action=Action.REPAIRED,
            rule="dates read in the declared order" if self.declared else "dates read in the order the digits prove",
            old=evidence.shown,
            new=str(order),
        )
        return order, ""

    @cached_property
    def _of_sheet(self) -> OrderEvidence:
        """What all columns of dates of the sheet say: one export writes all its dates alike."""
        names = [name for name in self.area.recognition.columns if self.area.spec.column(name).kind in DATE_KINDS]
        return joint_evidence(self._evidence(name) for name in names)

    def _evidence(self, name: str) -> OrderEvidence:
        """What a column says, the rows of other kinds of record included: one tool wrote them all."""
        return order_evidence(column_cells(self.area.sheet, self.area.recognition, name, self._rows))

    @cached_property
    def _rows(self) -> np.ndarray:
        return np.array([*self.numbers, *sorted(self.area.elsewhere)], dtype="int64")

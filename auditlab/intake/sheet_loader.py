"""Turn one recognised sheet into canonical rows, and account for every row of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from auditlab.intake.body_rows import BodyRows, body_rows
from auditlab.intake.clause_numbers import zero_readings
from auditlab.intake.column_cells import column_cells
from auditlab.intake.column_readings import ColumnReadings
from auditlab.intake.columns import (
    CellReader,
    ColumnContext,
    bad_throughout,
    read_column,
    reader_for,
)
from auditlab.intake.date_columns import DATE_KINDS, REFUSED, DateColumns
from auditlab.intake.empty_cells import KEPT_BY_HAND, EmptyCell
from auditlab.intake.header_zones import ZONE_OF_HEADER, in_utc
from auditlab.intake.ledger import Action
from auditlab.intake.loaded_columns import WORD_KINDS, LoadedColumn, cell_action, given_texts, is_asked
from auditlab.intake.loading import Intake
from auditlab.intake.sheet_questions import ask_columns, ask_grade, ask_meaning, ask_name, ask_near
from auditlab.intake.swapped_dates import mend_swapped
from auditlab.intake.table_regions import TableArea
from auditlab.intake.table_remarks import TableRemarks, unless_a_name
from auditlab.intake.values import Reading, clean_text
from auditlab.tables import Column, Kind, as_canonical

REFUSED_BAD = f"{REFUSED}: hardly a cell of it can be read"
GIVEN = "given: "
"""Stands before the header of a column without canonical name, so that it can never be taken for one."""

LONGEST_QUOTE = 60  # [characters]


def load_table(area: TableArea, *, intake: Intake) -> pd.DataFrame:
    """Canonical rows of one table of a sheet.

    Parameters
    ----------
    area : TableArea
        The table, its columns and the cells.
    intake : Intake
        Settings, ledger, questions and name books; ledger and questions are added to.

    Returns
    -------
    DataFrame
        Canonical frame of the rows that were loaded, unknown columns at the end.
    """
    area = mend_swapped(area, answers=intake.settings.answers, ledger=intake.ledger, questions=intake.questions)
    return _TableLoader(area=area, intake=intake).load()


@dataclass(frozen=True, kw_only=True)
class _TableLoader:
    area: TableArea
    intake: Intake

    def load(self) -> pd.DataFrame:
        self.intake.ledger.sheet(self.area.sheet, table=self.area.table, note=self._note())
        self.intake.ledger.seen(self.area.sheet, table=self.area.table, rows=self.area.rows_below)
        TableRemarks(area=self.area, body=self.body, ledger=self.intake.ledger).write()
        if self.area.recognition.missing:
            rule = f"no column for {', '.join(self.area.recognition.missing)}"
            for number in self.numbers:
                self._account(number, Action.REJECTED, rule)
            ask_columns(self.area.sheet, self.area.recognition, rows=len(self.numbers), questions=self.intake.questions)
            return as_canonical(self.area.table, pd.DataFrame())
        ask_near(self.area.sheet, self.area.recognition, questions=self.intake.questions)
        columns = [self._read(name, position) for name, position in self.area.recognition.columns.items()]
        accepted = self._accepted(columns)
        for column in columns:
            self._note_cells(column, accepted)
        values = {column.column.name: column.values(accepted) for column in columns}
        rows = pd.DataFrame(values, index=range(len(accepted)))
        rows["source_file"], rows["source_sheet"] = self.area.sheet.file, self.area.sheet.name
        rows["source_row"] = self._places[accepted]
        rows["source_column"] = self.area.first_column or None
        given = pd.DataFrame(self._unknown_columns(accepted), index=rows.index)
        return as_canonical(self.area.table, pd.concat([rows, given], axis=1))

    def _note(self) -> str:
        parts = [f"header in row {self.area.recognition.header_row}"]
        if self.area.recognition.shown:
            parts.append(self.area.recognition.shown)
        if self.area.recognition.unknown:
            parts.append(f"columns kept without meaning: {', '.join(self.area.recognition.unknown)}")
        if self.area.recognition.missing:
            parts.append(f"no column for {', '.join(self.area.recognition.missing)}")
        return "; ".join(parts)

    def _account(self, number: int, action: Action, rule: str) -> None:
        self.intake.ledger.row(self.area.place(number), table=self.area.table, action=action, rule=rule)

    @cached_property
    def body(self) -> BodyRows:
        """The rows below the headers, told apart."""
        return body_rows(self.area, self.area.spec)

    @property
    def numbers(self) -> list[int]:
        """Numbers of the rows that hold a record."""
        return self.body.records

    @cached_property
    def _places(self) -> np.ndarray:
        """The same numbers, of which cells are taken quickly."""
        return np.array(self.numbers, dtype="int64")

    def _read(self, name: str, position: int) -> LoadedColumn:
        column = self.area.spec.column(name)
        cells = column_cells(self.area.sheet, self.area.recognition, name, self._places)
        order, refused = self._dates.order(column, position) if column.kind in DATE_KINDS else (None, "")
        context = ColumnContext(
            books=self.intake.books,
            settings=self.intake.settings,
            order=order,
            unit=self.area.recognition.units.get(name, ""),
            system=self.area.recognition.system,
        )
        readings = read_column(column, cells, context=context)
        if zone := self.area.recognition.zones.get(position, ""):
            readings = readings.changed(partial(in_utc, zone=zone))
            self._tell_column(column, position, action=Action.REPAIRED, rule=ZONE_OF_HEADER, old=zone, new="UTC")
        if column.kind is Kind.CLAUSE:
            marked = self.area.sheet.marks.two_decimals
            shown = [index for index, number in enumerate(self.numbers) if (number, position) in marked]
            readings = readings.replaced(zero_readings(cells, shown=shown))
        if not refused and not is_asked(column, readings, cells) and bad_throughout(readings):
            refused = REFUSED_BAD
        if refused:
            filled = f"{sum(cell is not None for cell in cells)} filled cells"
            self._tell_column(column, position, action=Action.REJECTED, rule=refused, old=filled, new="left out")
        else:
            readings = self._filled_in(column, position, readings, partial(reader_for, column, cells, context=context))
        return LoadedColumn(column=column, position=position, readings=readings, refused=refused)

    def _tell_column(self, column: Column, position: int, *, action: Action, rule: str, old: str, new: str) -> None:
        """An entry of the ledger for a whole column, at its header."""
        self.intake.ledger.cell(
            self.area.place(self.area.recognition.header_row),
            table=self.area.table,
            field=column.name,
            column=position,
            action=action,
            rule=rule,
            old=old,
            new=new,
        )

    @cached_property
    def _dates(self) -> DateColumns:
        return DateColumns(
            area=self.area,
            numbers=self.numbers,
            declared=self.intake.settings.date_order.get(self.area.sheet.file),
            ledger=self.intake.ledger,
            questions=self.intake.questions,
        )

    def _accepted(self, columns: Sequence[LoadedColumn]) -> np.ndarray:
        """Places of the rows that are loaded; the others are rejected with their reasons, and questions are put."""
        stopped = np.zeros(len(self.numbers), dtype="bool")
        for column in columns:
            stopped |= column.stops
        for index in np.flatnonzero(stopped).tolist():
            self._account(self.numbers[index], Action.REJECTED, self._reasons(index, columns))
        if self.area.table == "audits":
            numbers = [column.values(np.flatnonzero(stopped)) for column in columns if column.column.name == "audit_id"]
            self.intake.ledger.unread_audits.update(*(own.dropna() for own in numbers))
        accepted = np.flatnonzero(~stopped)
        header = self.area.place(self.area.recognition.header_row)
        self.intake.ledger.loaded(header, table=self.area.table, rows=self._places[accepted].tolist())
        return accepted

    def _reasons(self, index: int, columns: Sequence[LoadedColumn]) -> str:
        """Why a row is not loaded; questions are put."""
        reasons = []
        for column in columns:
            reading, name = column.readings[index], column.column.name
            if column.blocking and reading.problem:
                self._ask_word(index, column)
                reasons.append(f"{name}: {reading.problem}{self._quoted(index, column)}")
            elif column.column.required and column.refused:
                reasons.append(f"{name}: {column.refused}")
            elif column.column.required and reading.value is None:
                reasons.append(f"{name}: {reading.problem or 'empty'}{self._quoted(index, column)}")
                if self.area.table in KEPT_BY_HAND:
                    self._empty_cell(index, column.column, column.position, reading).ask(
                        answers=self.intake.settings.answers, questions=self.intake.questions
                    )
        return "; ".join(reasons)

    def _quoted(self, index: int, column: LoadedColumn) -> str:
        """What a cell holds that cannot be read, behind the reason; nothing for an empty one."""
        written = clean_text(self.area.sheet.cell(self.numbers[index], column.position))
        return f" ('{written[:LONGEST_QUOTE]}')" if written else ""

    def _empty_cell(self, index: int, column: Column, position: int, reading: Reading) -> EmptyCell:
        number = self.numbers[index]
        return EmptyCell(
            place=self.area.place(number),
            field=column.name,
            written=clean_text(self.area.sheet.cell(number, position))[:LONGEST_QUOTE],
            problem=reading.problem,
        )

    def _filled_in(
        self, column: Column, position: int, readings: ColumnReadings, reader: Callable[[], CellReader]
    ) -> ColumnReadings:
        """`readings` with the values that a person gave for required cells without one."""
        answers, questions = self.intake.settings.answers, self.intake.questions
        if not column.required or self.area.table not in KEPT_BY_HAND or not answers:
            return readings
        empty = np.flatnonzero(readings.missing).tolist()
        cells = {index: self._empty_cell(index, column, position, readings[index]) for index in empty}
        read = reader()
        given = {index: cell.filled(read, answers=answers, questions=questions) for index, cell in cells.items()}
        return readings.replaced({index: reading for index, reading in given.items() if reading is not None})

    def _ask_word(self, index: int, column: LoadedColumn) -> None:
        number, settings, questions = self.numbers[index], self.intake.settings, self.intake.questions
        place, name, kind = self.area.place(number), column.column.name, column.column.kind
        written = clean_text(self.area.sheet.cell(number, column.position))
        if kind is Kind.GRADE:
            ask_grade(place, written, own=settings.grades, questions=questions)
        elif kind in WORD_KINDS:
            ask_meaning(place, written, column.column, own=settings.aliases.get(name, {}), questions=questions)
        else:
            book = self.intake.books["site" if kind is Kind.SITES else kind.value]
            ask_name(place, written, field=name, book=book, questions=questions)

    def _note_cells(self, column: LoadedColumn, accepted: np.ndarray) -> None:
        """Ledger entries for the repaired, rejected and flagged cells of the rows that were loaded."""
        if column.refused:
            return
        kind = column.column.kind
        for index in accepted[column.readings.marked[accepted]].tolist():
            reading, number = column.readings[index], self.numbers[index]
            self.intake.ledger.cell(
                self.area.place(number),
                table=self.area.table,
                field=column.column.name,
                column=column.position,
                action=cell_action(reading),
                rule=reading.rule or reading.problem,
                old=unless_a_name(self.area.sheet.cell(number, column.position), kind),
                new=unless_a_name(reading.value, kind),
            )

    def _unknown_columns(self, accepted: np.ndarray) -> dict[str, pd.Series]:
        """Columns without a canonical name, kept as text under their own header, marked as given."""
        rows = self._places[accepted]
        return {
            f"{GIVEN}{header}": given_texts(self.area.sheet.cells(rows, position))
            for header, position in self.area.recognition.unknown.items()
        }

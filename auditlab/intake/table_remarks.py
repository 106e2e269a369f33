"""What the ledger says of a table beside its records: headers, hidden parts, merged cells, totals, export limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from auditlab.intake.body_rows import BodyRows
from auditlab.intake.ledger import Action, Ledger
from auditlab.intake.sheet_places import column_letter
from auditlab.intake.table_regions import TableArea
from auditlab.intake.totals import differing_totals
from auditlab.intake.two_dates import FIRST, TWO_DATES
from auditlab.intake.values import clean_text
from auditlab.tables import Kind

HEADER_ROW = "row of headers"
TITLE = "text above the table"
HEADER_TWICE = "this header stands twice; the other column is used"
MERGED_CELL = "merged cell: its value repeated"
UNSAVED = "formulas without a stored value read as blank; open the file in a spreadsheet program and save it"
ROUND_NUMBER = "a round number of rows: probably the limit of an export; ask whether there are more"
HIDDEN_ROW = "hidden or filtered row, loaded all the same"
HIDDEN_COLUMN = "hidden column, loaded all the same"
NAME_WITHHELD = "(a name)"
ROUND_NUMBERS = frozenset(
    {1_000, 2_000, 5_000, 10_000, 20_000, 25_000, 50_000, 65_535, 65_536, 100_000, 1_000_000, 1_048_575}
)


def unless_a_name(value: object, kind: Kind | None) -> object:
    """`value` of a column of `kind` as the ledger may show it: the ledger is an output, and outputs name nobody."""
    return NAME_WITHHELD if kind is Kind.PERSON else value


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRemarks:
    """Writes the entries of one table that do not come from reading its cells."""

    area: TableArea
    body: BodyRows
    ledger: Ledger

    def write(self) -> None:
        """Write all entries."""
        self._note_headers()
        self._flag_hidden_columns()
        self._note_rows()
        self._note_columns()
        self._note_places()

    def _note_headers(self) -> None:
        """Entries for the rows above the records, and for headers that stand twice."""
        for rows, field, rule in (
            (self.area.titles, "(title)", TITLE),
            (self.area.header_rows, "(header)", HEADER_ROW),
        ):
            for number in rows:
                self._flag(number, field=field, action=Action.SKIPPED, rule=rule)
        for used, other in self.area.twins:
            header = self.area.sheet.cell(self.area.recognition.header_row, used)
            self._flag(
                self.area.recognition.header_row, field="(header)", column=other, rule=HEADER_TWICE, old=header,
                new=f"column {column_letter(used)}",
            )  # fmt: skip

    def _note_places(self) -> None:
        """Columns whose header nobody knows, read as in another sheet of the file."""
        for name, sheet in self.area.by_place.items():
            column = self.area.recognition.columns[name]
            rule = f"header not known; read by its place, as in sheet '{sheet}'"
            header = self.area.sheet.cell(self.area.recognition.header_row, column)
            self._flag(self.area.recognition.header_row, field=name, column=column, rule=rule, old=header, new=name)

    def _note_columns(self) -> None:
        header = self.area.place(self.area.recognition.header_row)
        fields = {position: name for name, position in self.area.recognition.columns.items()}
        records = np.array(self.body.records, dtype="int64")
        for position in sorted({*fields, *self.area.recognition.unknown.values()}):
            self.ledger.column(
                header,
                table=self.area.table,
                field=fields.get(position, ""),
                column=position,
                text=clean_text(self.area.sheet.cell(header.row, position)),
                filled=len(records) - self.area.sheet.cells(records, position).count(None),
                rows=len(records),
            )

    def _note_rows(self) -> None:
        """Entries for the rows that hold no record and for what is remarkable about the rows as such."""
        for number, (action, rule) in self.body.others.items():
            self.ledger.row(self.area.place(number), table=self.area.table, action=action, rule=rule)
        for number in sorted(self.area.sheet.marks.hidden_rows.intersection(self.body.records)):
            self._flag(number, field="(row)", rule=HIDDEN_ROW)
        self._check_totals()
        self._note_merged()
        for (number, column), text in self.area.parted.items():
            self._flag(number, field=FIRST, column=column, action=Action.REPAIRED, rule=TWO_DATES, old=text)
        last = self.area.recognition.header_row
        exported = len(self.body.records) + len(self.area.elsewhere)  # a tool cuts off the export, not a kind of record
        if self.area.header_rows and exported in ROUND_NUMBERS:
            self._flag(last, field="(rows)", rule=ROUND_NUMBER, old=exported)
            self.ledger.note(self.area.sheet.file, self.area.sheet.name, ROUND_NUMBER, table=self.area.table)
        named = {position: name for name, position in self.area.recognition.columns.items()}
        for column, times in self.area.sheet.marks.unsaved.items():
            if column in named:
                self._flag(last, field=named[column], column=column, rule=UNSAVED, old=f"{times} formulas")

    def _check_totals(self) -> None:
        totals, records = self.body.totals, self.body.records
        found = differing_totals(
            self.area.sheet, totals, records, recognition=self.area.recognition, spec=self.area.spec
        )
        for difference in found:
            rule = f"the total differs from its rows: {difference.rows} numbers add up to something else"
            self._flag(
                difference.row, field=difference.name, column=difference.column, rule=rule, old=difference.written,
                new=difference.computed,
            )  # fmt: skip

    def _note_merged(self) -> None:
        named = {position: name for name, position in self.area.recognition.columns.items()}
        records = set(self.body.records)
        for (number, column), origin in self.area.repeats.cells.items():
            if number in records:
                value = unless_a_name(self.area.sheet.cell(number, column), self._kind(named.get(column)))
                rule = f"{MERGED_CELL} from row {origin}"
                field = named.get(column, "(column)")
                self._flag(number, field=field, column=column, action=Action.REPAIRED, rule=rule, new=value)
        for number in self.area.repeats.continued.keys() - self.area.elsewhere:
            self._note_continued(number, named)

    def _note_continued(self, number: int, named: Mapping[int, str]) -> None:
        """What a row that only continues a record says of its own is shown, not silently left out."""
        for column, cell in enumerate(self.area.sheet.rows[number - 1], start=1):
            if cell is not None and (number, column) not in self.area.repeats.cells:
                field = named.get(column, "(column)")
                rule = "left out: a second line of a record whose key is one merged cell"
                self._flag(
                    number, field=field, column=column, action=Action.REJECTED, rule=rule,
                    old=unless_a_name(cell, self._kind(named.get(column))),
                )  # fmt: skip

    def _kind(self, name: str | None) -> Kind | None:
        return self.area.spec.column(name).kind if name else None

    def _flag(
        self,
        number: int,
        *,
        field: str,
        rule: str,
        action: Action = Action.FLAGGED,
        column: int | None = None,
        old: object = None,
        new: object = None,
    ) -> None:
        self.ledger.cell(
            self.area.place(number),
            table=self.area.table,
            field=field,
            column=column,
            action=action,
            rule=rule,
            old=old,
            new=new,
        )

    def _flag_hidden_columns(self) -> None:
        named = {position: name for name, position in self.area.recognition.columns.items()}
        for position in sorted(self.area.sheet.marks.hidden_columns & set(named)):
            self._flag(self.area.recognition.header_row, field=named[position], column=position, rule=HIDDEN_COLUMN)

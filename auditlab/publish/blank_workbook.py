"""The blank workbook of a new engagement: a sheet per main table, drop-downs, notes, one example row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from auditlab.intake.body_rows import EXAMPLE_ROW
from auditlab.publish.workbook import CREATED
from auditlab.tables import Column, Kind, table_specs

MAIN_TABLES = (
    "sites", "services", "suppliers", "audits", "coverage", "findings", "corrective_actions", "incidents", "problems",
    "changes", "sla_monthly",
)  # fmt: skip
"""The tables of the blank workbook, lists first, because the others name their rows."""

ROWS = 1000
"""Rows with drop-downs and formats below each header."""

WIDEST = 46
"""Width of a column of long texts [characters]."""

_CHOICES = {Kind.FLAG: ("yes", "no"), Kind.PRIORITY: ("P1", "P2", "P3", "P4"), Kind.EDITION: ("2011", "2018"),
            Kind.GRADE: ("major", "minor", "ofi", "observation", "strength")}  # fmt: skip
_FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.TIME: "yyyy-mm-dd hh:mm", Kind.MONTH: "yyyy-mm", Kind.ID: "@",
            Kind.CLAUSE: "@", Kind.EDITION: "@"}  # fmt: skip


def blank_workbook() -> bytes:
    """The workbook as the bytes of an .xlsx file.

    Every sheet has the headers of one canonical table with a note on each, drop-downs where a column
    has a vocabulary, and an example row that intake skips by its first cell. The examples of all sheets
    tell one story (``example_rows.csv``).
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": "Blank engagement", "author": "auditlab", "created": CREATED})
    looks = {
        "required": book.add_format({"bold": True, "bg_color": "#E4ECF2", "border": 1, "text_wrap": True}),
        "optional": book.add_format({"bg_color": "#F2F5F7", "border": 1, "text_wrap": True}),
        "example": book.add_format({"italic": True, "font_color": "#55636F", "bg_color": "#F7F3EA"}),
    }
    formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
    for name in MAIN_TABLES:
        columns = [column for column in table_specs()[name].columns if not column.kind.derived]
        _write_sheet(book.add_worksheet(name), columns, examples=examples()[name], looks=looks, formats=formats)
    book.close()
    return target.getvalue()


def choices_of(column: Column) -> tuple[str, ...]:
    """The words a cell of `column` may hold; none where it is free."""
    return column.vocabulary or _CHOICES.get(column.kind, ())


@cache
def examples() -> Mapping[str, Mapping[str, str]]:
    """Table to column to what a cell of it could hold; the identifier in the first column is left out."""
    found: dict[str, dict[str, str]] = {}
    with resources.files(__package__).joinpath("example_rows.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            found.setdefault(row["table"], {})[row["column"]] = row["example"]
    return found


def _write_sheet(
    page: Worksheet, columns: Sequence[Column], *, examples: Mapping[str, str], looks: dict[str, Format],
    formats: dict[Kind, Format],
) -> None:  # fmt: skip
    last = len(columns) - 1
    for place, column in enumerate(columns):
        choices = choices_of(column)
        page.write_string(0, place, column.name, looks["required" if column.required else "optional"])
        need = "Required. " if column.required else ""
        page.write_comment(0, place, f"{need}{column.description[:1].upper()}{column.description[1:]}.", {"x_scale": 2})
        example = examples[column.name] if place else EXAMPLE_ROW
        page.write_string(1, place, example, looks["example"])
        width = min(max(len(column.name) + 3, len(example) + 2, 14), WIDEST)
        page.set_column(place, place, width, formats.get(column.kind))
        if choices:
            page.data_validation(2, place, ROWS, place, {"validate": "list", "source": list(choices)})
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, ROWS, last)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)

"""Workpapers: formatted, filterable workbooks that are safe to open.

Text from outside is written as text, whatever it begins with; a fixed creation date keeps the
file the same for the same content.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pandas as pd
import xlsxwriter

from auditlab.publish.formats import ColumnFormat, column_formats
from auditlab.publish.workbook_cells import MAX_TEXT, Cells

CREATED = datetime(2000, 1, 1)
"""Creation date of every workbook: the real one is in the manifest."""

STATUS_AT_AUDIT = ("evidence of completion seen", "in progress", "not started", "came back", "not examined")
"""What an auditor can note at the next audit; facts, no verdicts."""

_CELL_PADDING = 2
_FILTER_ARROW = 3
_LINE_POINTS = 15.0  # height of a line of the standard font
_STILL_ALLOWED = dict.fromkeys(
    ("autofilter", "sort", "format_cells", "format_columns", "format_rows", "insert_columns", "select_locked_cells"),
    True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryColumn:
    """An empty column for the auditor to fill in, with a drop-down where `choices` are given."""

    label: str
    width: int = 24
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: a table with labels, then columns to fill in.

    With `locked` the cells of the table cannot be changed by accident; the columns to fill in can. There is no
    password: the sheet is protected against slips, and a changed identifier is noticed when it is read back.
    A `hidden` sheet can be shown by anybody who needs it.

    `links` holds, for a column, the target of every row; an empty target is no link. `widths` gives columns
    of `frame` another width than their texts ask for [characters]. `table` names the table where a page shows it
    too, for the unit that a row may have.
    """

    title: str
    heading: str
    frame: pd.DataFrame
    labels: Mapping[str, str]
    entries: Sequence[EntryColumn] = field(default=())
    locked: bool = False
    hidden: bool = False
    links: Mapping[str, Sequence[str]] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    table: str = ""


def follow_up_workbook(follow_up: pd.DataFrame, *, client: str, as_of: date) -> bytes:
    """The follow-up sheet for the next audit.

    Parameters
    ----------
    follow_up : DataFrame
        Result of ``history.follow_up``.
    client : str
        Name of the audited organisation.
    as_of : date
        Day of the review.

    Returns
    -------
    bytes
        An .xlsx file.
    """
    labels = {
        "order": "No.",
        "finding_id": "Finding",
        "audit_id": "Audit",
        "site": "Site",
        "service": "Service",
        "clause": "Clause (2018)",
        "grade": "Grade",
        "statement": "Statement",
        "reasons": "Why it must be followed up",
        "status": "Corrective action",
        "due": "Due (first agreed)",
        "days_overdue": "Days overdue",
        "last_examined": "Last examined",
    }
    sheet = Sheet(
        title="Follow-up",
        heading=f"{client}: follow-up of earlier nonconformities, as of {as_of.isoformat()}",
        frame=follow_up,
        labels={column: label for column, label in labels.items() if column in follow_up},
        entries=(
            EntryColumn(label="Status at this audit", choices=STATUS_AT_AUDIT, width=26),
            EntryColumn(label="Evidence seen", width=40),
            EntryColumn(label="Auditor's note", width=32),
        ),
    )
    return workbook_bytes([sheet], title=f"Follow-up as of {as_of.isoformat()}")


def workbook_bytes(sheets: Sequence[Sheet], *, title: str) -> bytes:
    """The workbook of `sheets` as the bytes of an .xlsx file."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties(
        {"title": title, "author": "auditlab", "created": CREATED, "comments": "Workpaper of the audit team"}
    )
    cells = Cells(book)
    for sheet in sheets:
        _write_sheet(book, sheet, cells)
    book.close()
    return target.getvalue()


def _write_sheet(book: xlsxwriter.Workbook, sheet: Sheet, cells: Cells) -> None:
    page = book.add_worksheet(sheet.title)
    columns = list(sheet.labels)
    forms = {one.name: one for one in column_formats(sheet.frame, table=sheet.table, labels=sheet.labels)}
    widths = {name: sheet.widths.get(name) or _width(form, sheet.frame) for name, form in forms.items()}
    last_row, last_column = 1 + max(len(sheet.frame), 1), len(columns) + len(sheet.entries) - 1
    page.write_string(0, 0, sheet.heading, cells.title)
    for place, column in enumerate(columns):
        page.write_string(1, place, sheet.labels[column], cells.head)
        links = sheet.links.get(column, [""] * len(sheet.frame))
        own = forms[column].by_row(sheet.frame)
        for row, (value, link, form) in enumerate(zip(sheet.frame[column], links, own, strict=True), start=2):
            if link:
                page.write_url(row, place, link, cells.link, str(value)[:MAX_TEXT])
            else:
                cells.write(page, row, place, value, form)
        page.set_column(place, place, widths[column])
    for row, height in enumerate(_heights(sheet, widths), start=2):
        page.set_row(row, height)
    for place, entry in enumerate(sheet.entries, start=len(columns)):
        page.write_string(1, place, entry.label, cells.entry_head)
        page.set_column(place, place, entry.width)
        for row in range(2, 2 + len(sheet.frame)):
            page.write_blank(row, place, None, cells.entry)
        if entry.choices:
            page.data_validation(2, place, last_row, place, {"validate": "list", "source": list(entry.choices)})
    page.set_row(1, _head_height(sheet, widths))
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.autofilter(1, 0, last_row, last_column)
    page.freeze_panes(2, min(2, len(columns)))
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    page.print_area(0, 0, last_row, last_column)
    page.set_footer("&L&F&RPage &P of &N")
    if sheet.locked:
        page.protect("", _STILL_ALLOWED)
    if sheet.hidden:
        page.hide()


def _head_height(sheet: Sheet, widths: Mapping[str, int]) -> float:
    """Height of the row of labels: its text is wrapped, and spreadsheet programs do not make room for it [points]."""
    heads = [(sheet.labels[column], width) for column, width in widths.items()]
    heads += [(entry.label, entry.width) for entry in sheet.entries]
    # The arrow of the filter takes three characters of every line.
    lines = (len(textwrap.wrap(label, max(width - _FILTER_ARROW, 1))) for label, width in heads)
    return _LINE_POINTS * max([1, *lines]) + 4


def _heights(sheet: Sheet, widths: Mapping[str, int]) -> list[float]:
    """Heights of the rows of a table whose widths were given, so that wrapped text is seen in print [points]."""
    if not sheet.widths:
        return []
    rows = sheet.frame[list(widths)].astype("object").to_dict("records")
    # A line of letters that are wider than others holds fewer of them.
    return [
        _LINE_POINTS
        * max([1, *(len(textwrap.wrap(str(value), widths[str(name)] - _CELL_PADDING)) for name, value in row.items())])
        for row in rows
    ]


def _width(form: ColumnFormat, frame: pd.DataFrame) -> int:
    """Width of a column by its texts as they are shown [characters]."""
    shown = zip(frame[form.name].astype("object"), form.by_row(frame), strict=True)
    longest = max((len(value if isinstance(value, str) else own.text(value)) for value, own in shown), default=0)
    word = max((len(part) for part in form.label.split()), default=0) + 1  # bold, and never broken inside
    return min(max(longest, len(form.label) // 2, word + _FILTER_ARROW - _CELL_PADDING, 6) + _CELL_PADDING, 46)

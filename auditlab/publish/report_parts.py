"""Parts that the Word documents of a report share: the empty document, its footer, its tables and their rows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from auditlab.publish.column_widths import LANDSCAPE, PORTRAIT, column_needs, fitted_widths
from auditlab.publish.documents import add_table, new_document
from auditlab.publish.formats import column_formats

SHORTENED = 300
"""Text in a table of a document at most; whole texts stand in the sections and in the workbook [characters]."""

TABLE_POINTS = 8
"""Size of type in the tables: their longest words fit their columns."""


def empty_document() -> WordDocument:
    """An empty document with a footer, in a type that every office program has or knows how to replace."""
    document = new_document()
    document.styles["Normal"].font.name = "Arial"
    _footer(document)
    return document


def _footer(document: WordDocument) -> None:
    """What the document is, and the number of the page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.add_run("{{ client }}: {{ title }}. {{ run_line }}. Page ")
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        part.text = text or None
        if kind:
            part.set(qn("w:fldCharType"), kind)
        paragraph.add_run()._r.append(part)  # noqa: SLF001  # python-docx has no name for a field
    for run in paragraph.runs:
        run.font.size = Pt(TABLE_POINTS)


def add_lines(document: WordDocument, *lines: tuple[str, str], together: bool = False) -> None:
    """Paragraphs of a template, each with its style; an empty one is the usual.

    ``together`` keeps each of them on the page of what follows.
    """
    for text, style in lines:
        document.add_paragraph(text, style=style or None).paragraph_format.keep_with_next = together or None


def add_named_table(
    document: WordDocument, name: str, *, heading: str, columns: Mapping[str, str], widths: Mapping[str, float],
    level: int = 1, held: int = 0,
) -> None:  # fmt: skip
    """A table of the values `name` under its heading, or the word that there is nothing; both name run and inputs.

    Parameters
    ----------
    document : Document
        The template.
    name : str
        Name of the rows in its values; ``nothing`` and ``remark`` hold a text for it.
    heading : str
        Heading above it.
    columns, widths : mapping
        Column to its label, and to its width [cm].
    level : int
        Of the heading.
    held : int
        Last rows that stay on the page of what follows the table.
    """
    document.add_heading(heading, level=level)
    add_lines(document, ("{%p if " + name + " %}", ""))
    # The line below never stands on a page without a row of its table.
    rows = max(held, 1)
    add_table(document, name, columns=columns, widths=list(widths.values()), points=TABLE_POINTS, held=rows)
    add_lines(document, ("{{ run_line }}.{{ remark." + name + " }}", ""), together=held > 0)
    add_lines(document, ("{%p else %}", ""), ("{{ nothing." + name + " }} {{ run_line }}.", ""), ("{%p endif %}", ""))


def add_fitted_table(
    document: WordDocument, name: str, values: Mapping[str, object], *, heading: str, columns: Mapping[str, str],
    widths: Mapping[str, float], level: int = 1, held: int = 0, upright: bool = False,
) -> None:  # fmt: skip
    """`add_named_table` with widths that break no word of its rows; upright if they fit so, or else across the page.

    Parameters
    ----------
    document : Document
        The template.
    name : str
        Name of the rows in `values`.
    values : mapping
        What the template is filled with.
    heading, columns, widths, level, held
        As `add_named_table`; the widths are those that the columns ask for [cm].
    upright : bool
        Whether the page stays as it is, whatever the words.
    """
    rows: list[Mapping[str, str]] = list(values[name])  # type: ignore[call-overload]  # rows of a table
    needs = column_needs(rows, columns, points=TABLE_POINTS)
    across = not upright and sum(needs.least.values()) > PORTRAIT
    if across:
        turn(document)
    fitted = fitted_widths(widths, needs, page=LANDSCAPE if across else PORTRAIT)
    add_named_table(document, name, heading=heading, columns=columns, widths=fitted, level=level, held=held)
    if across:
        turn(document)


def turn(document: WordDocument) -> None:
    """Begin a page that lies across where the last one stood upright, and the other way round."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    upright = section.orientation == WD_ORIENT.PORTRAIT
    section.orientation = WD_ORIENT.LANDSCAPE if upright else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width


def labels_of(name: str, columns: list[str]) -> dict[str, str]:
    """Labels of columns as the page shows them."""
    named = column_formats(pd.DataFrame(columns=columns), table=name, labels=dict.fromkeys(columns, ""))
    return {one.name: one.label for one in named}


def rows_of(frame: pd.DataFrame, name: str, columns: list[str]) -> list[dict[str, str]]:
    """The rows as the page shows them: the same words and numbers; long text is shortened and says so."""
    formats = {one.name: one for one in column_formats(frame, table=name, labels=dict.fromkeys(columns, ""))}
    rows = frame.to_dict("records")
    return [{column: short(formats[column].text(row[column])) for column in columns} for row in rows]


def short(text: str, *, most: int = SHORTENED) -> str:
    """`text`, shortened where it is longer than a cell of a document should hold."""
    return text if len(text) <= most else f"{text[:most].rstrip()} … (shortened)"

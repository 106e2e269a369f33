"""Word documents from templates that users can replace; a template can print values and nothing else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import pandas as pd
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from auditlab.errors import EngagementError

_TITLES = {"audit_plan": "Audit plan", "stakeholder_brief": "Audit brief"}
_OWN_TIME = ("contingency", "not placed")
_MEETINGS = {"opening": "opening meeting", "team": "team meeting", "closing": "closing meeting"}
_BRIEF_ELEMENTS = ("objectives", "scope", "criteria", "places_and_times", "roles", "logistics", "confidentiality")
_SESSION_COLUMNS = {
    "date": "Date", "start": "Start", "end": "End", "site": "Site", "auditor": "Auditor", "what": "What",
    "with": "With",
}  # fmt: skip
_WIDTHS = (2.6, 1.4, 1.4, 2.5, 2.0, 4.0, 3.6)  # [cm], the page between its margins
_MARGIN = 1.75  # [cm]
_ISO_DAY = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")
# What XML 1.0 cannot hold; a cell of a spreadsheet can.
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def audit_documents(
    elements: pd.DataFrame, sessions: pd.DataFrame, *, client: str, as_of: str, templates: Path | None = None
) -> dict[str, bytes]:
    """The audit plan and the brief for stakeholders, without samples, scores, notes and seeds.

    Parameters
    ----------
    elements : DataFrame
        ``element, title, text``, as `planning.elements_table` returns it.
    sessions : DataFrame
        The timetable; only times, site, auditor, clause and role of the interviewee are taken from it.
    client : str
        Name of the audited organisation.
    as_of : str
        Day of the review.
    templates : Path, optional
        Folder with templates of the user, ``audit_plan.docx`` and ``stakeholder_brief.docx``.

    Returns
    -------
    dict
        Name of a document to the bytes of its .docx file.

    Raises
    ------
    EngagementError
        If a template asks for what it may not have or for what is not there.
    """
    rows = _session_rows(sessions)
    documents = {}
    for name, title in _TITLES.items():
        kept = elements if name == "audit_plan" else elements[elements["element"].isin(_BRIEF_ELEMENTS)]
        context = {
            "title": title,
            "client": client,
            "as_of": _read_out(as_of),
            "elements": [
                {"title": str(heading).capitalize(), "lines": [_read_out(str(line)) for line in own["text"]]}
                for heading, own in kept.groupby("title", sort=False)
            ],
            "sessions": rows if name == "audit_plan" else [],
        }
        built_in = partial(_built_in, timetable=name == "audit_plan")
        documents[name] = document_of(name, context, templates=templates, built_in=built_in)
    return documents


def document_of(
    name: str, context: Mapping[str, object], *, templates: Path | None, built_in: Callable[[], io.BytesIO]
) -> bytes:
    """The document `name` from the template of the user, or from the built-in one where there is none."""
    own = templates / f"{name}.docx" if templates else None
    return filled(own if own is not None and own.is_file() else built_in(), context)


def _session_rows(sessions: pd.DataFrame) -> list[dict[str, str]]:
    """What everybody sees of the timetable: no reserve, a meeting of several auditors once, another clock beside."""
    shown = sessions[~sessions["kind"].isin(_OWN_TIME)]
    together = ["date", "start", "end", "local_start", "site", "kind", "clause", "interviewee"]
    return [
        {
            "date": _weekday(str(date)), "start": str(start), "end": str(end),
            "site": str(site) if str(there) in ("", str(start)) else f"{site}, {there} there",
            "auditor": ", ".join(own["auditor"].astype("str")), "what": str(clause or _MEETINGS.get(str(kind), kind)),
            "with": str(who),
        }
        for (date, start, end, there, site, kind, clause, who), own in shown.groupby(together, sort=False)
    ]  # fmt: skip


def _read_out(text: str) -> str:
    """The text with its days as people read them: 11 June 2024."""
    return _ISO_DAY.sub(lambda found: _day(found[0]), text)


def _day(iso: str) -> str:
    day = pd.Timestamp(iso)
    return f"{day.day} {day.month_name()} {day.year}"


def _weekday(iso: str) -> str:
    """The day of a session; its year stands above."""
    day = pd.Timestamp(iso)
    return f"{day.day_name()[:3]} {day.day} {day.month_name()}"


def filled(template: Path | io.BytesIO, context: Mapping[str, object]) -> bytes:
    """A template of the user, or a built-in one, filled in. Raises `EngagementError` as `audit_documents`."""
    where = template.name if isinstance(template, Path) else "the built-in template"
    sandbox = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    target = io.BytesIO()
    try:
        document = DocxTemplate(template)
        document.render(_plain(dict(context)), sandbox)
        document.save(target)
    except (TemplateError, ValueError, KeyError, OSError, BadZipFile) as error:
        raise EngagementError(
            f"{where}: the template cannot be filled in: {error}. Templates print the values {', '.join(context)}, "
            "and nothing else."
        ) from None
    return _undated(target)


def _undated(made: io.BytesIO) -> bytes:
    """The document with a fixed date on each of its parts: the same content is the same file."""
    target = io.BytesIO()
    with ZipFile(made) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for part in source.infolist():
            # A ZipInfo without a date is of 1 January 1980, the first day a zip file knows.
            entry = ZipInfo(part.filename)
            entry.compress_type = ZIP_DEFLATED
            copy.writestr(entry, source.read(part))
    return target.getvalue()


def _plain(value: object) -> object:
    """The value with every text free of characters that a document cannot hold."""
    if isinstance(value, str):
        return _NOT_IN_XML.sub("", value)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value


def _built_in(*, timetable: bool) -> io.BytesIO:
    """The template that is used where the user has none."""
    document = new_document()
    document.add_heading("{{ title }}", level=0)
    document.add_paragraph("{{ client }}, as of {{ as_of }}")
    add_elements(document)
    if timetable:
        document.add_heading("Timetable", level=2)
        add_table(document, "sessions", columns=_SESSION_COLUMNS, widths=_WIDTHS)
    return template_of(document)


def new_document() -> WordDocument:
    """An empty document on A4."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(_MARGIN)
    return document


def add_elements(document: WordDocument) -> None:
    """The loop over ``elements``: a heading for each, and its lines."""
    for line, style in (
        ("{%p for element in elements %}", None), ("{{ element.title }}", "Heading 2"),
        ("{%p for line in element.lines %}", None), ("{{ line }}", "List Bullet"), ("{%p endfor %}", None),
        ("{%p endfor %}", None),
    ):  # fmt: skip
        document.add_paragraph(line, style=style)


def template_of(document: WordDocument) -> io.BytesIO:
    """The document as a template to be filled in."""
    target = io.BytesIO()
    document.save(target)
    target.seek(0)
    return target


def add_table(
    document: WordDocument, rows: str, *, columns: Mapping[str, str], widths: Sequence[float], points: float = 9,
    held: int = 0,
) -> None:  # fmt: skip
    """The table of the values `rows`: widths that fit the page [cm], a heading on every page, whole rows.

    The last `held` rows stay on the page of what follows the table.
    """
    loops = [(rows, False)] if not held else [(f"{rows}[:-{held}]", False), (f"{rows}[-{held}:]", True)]
    table = document.add_table(rows=1 + 3 * len(loops), cols=len(columns), style="Table Grid")
    table.autofit = False
    for place, ((name, label), width) in enumerate(zip(columns.items(), widths, strict=True)):
        table.columns[place].width = Cm(width)
        for cell in table.columns[place].cells:
            cell.width = Cm(width)
        heading = table.cell(0, place).paragraphs[0]
        heading.add_run(label).bold = True
        values = [table.cell(3 * number + 2, place).paragraphs[0] for number in range(len(loops))]
        for value, (_, together) in zip(values, loops, strict=True):
            value.add_run(f"{{{{ row.{name} }}}}")
            value.paragraph_format.keep_with_next = together or None
        for paragraph in (heading, *values):
            paragraph.runs[0].font.size = Pt(points)
            paragraph.paragraph_format.space_after = Pt(0)
    for number, (own, _) in enumerate(loops):
        table.cell(3 * number + 1, 0).text = f"{{%tr for row in {own} %}}"
        table.cell(3 * number + 3, 0).text = "{%tr endfor %}"
    kept = [(0, "w:tblHeader"), (0, "w:cantSplit"), *((3 * place + 2, "w:cantSplit") for place in range(len(loops)))]
    for row, mark in kept:
        table.rows[row]._tr.get_or_add_trPr().append(OxmlElement(mark))  # noqa: SLF001  # python-docx has no name for it

"""The draft of the audit report and the management-review pack as Word documents.

They hold no chances, scores, samples or seeds: these stay on the page and in the workbook of the audit team.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pandas as pd
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from auditlab.publish.documents import add_table, document_of, new_document, template_of
from auditlab.publish.formats import column_formats
from auditlab.reporting.elements import Origin

SHORTENED = 300
"""Text in a table of a document at most; whole texts stand in the sections and in the workbook [characters]."""

_EXECUTIVE = "report_areas"
_TABLES: Mapping[str, tuple[str, Mapping[str, float]]] = {
    _EXECUTIVE: ("Areas examined", {
        "area": 1.4, "area_title": 5.6, "cells": 1.9, "examined": 1.9, "major": 1.3, "minor": 1.3, "ofi": 1.1,
        "observation": 1.1, "strength": 1.9,
    }),
    "report_not_covered": ("Areas not covered", {
        "site": 1.4, "clause": 1.6, "title": 4.9, "leaves": 3.2, "last_examined": 2.3, "reason": 4.1,
    }),
    "report_deviations": ("Deviations from the plan", {
        "kind": 2.2, "site": 1.4, "clause": 1.6, "planned_minutes": 1.9, "minutes": 1.9, "what": 5.0, "reason": 3.5,
    }),
    "report_verification": ("Earlier nonconformities", {
        "finding_id": 1.8, "audit_id": 1.5, "site": 1.1, "clause": 1.6, "grade": 1.3, "statement": 3.4, "status": 2.2,
        "seen": 2.8, "came_back_as": 1.8,
    }),
    "ofi_conversion": ("Earlier improvements", {
        "finding_id": 1.8, "audit_id": 1.5, "site": 1.1, "clause": 1.6, "statement": 4.7, "outcome": 3.6,
        "became": 3.2,
    }),
    "follow_up_plan": ("Follow-up", {
        "finding_id": 1.5, "site": 1.0, "clause": 1.4, "grade": 1.2, "status": 1.9, "due": 1.9, "days_overdue": 1.6,
        "examine_on": 1.9, "check_from": 1.9, "check_basis": 3.2,
    }),
    "carry_forward": ("For the next audit", {
        "order": 1.0, "kind": 2.5, "site": 1.1, "clause": 1.6, "finding_id": 1.7, "grade": 1.3, "earlier": 1.7,
        "what": 3.3, "why": 3.3,
    }),
}  # fmt: skip
"""Tables of the report with the width of their columns [cm]; the first stands on the executive page."""

_ELEMENT_OF = {
    "report_not_covered": "not_covered", "report_deviations": "deviations", "report_verification": "verification",
}  # fmt: skip
"""The element of the report that says why a table has no row."""
_NOT_KNOWN = {"report_deviations": "Not known: no plan of the audit was handed over."}

TABLE_POINTS = 8
"""Size of type in the tables: their longest words fit their columns."""

RELEASE = (
    "This draft was made from records. It becomes a report when the lead auditor has filled in what is missing, has "
    "settled the grades that are to be read again, and has signed."
)
SIGNATURE = ("Lead auditor: ", "Date: ", "Signature: ")

_FIELDS = ("number", "finding_id", "kind", "grade", "clause", "requirement", "site", "service")


def report_documents(
    tables: Mapping[str, pd.DataFrame], *, client: str, as_of: str, run_line: str, templates: Path | None = None
) -> dict[str, bytes]:
    """The report draft, and beside it the review pack where the audit may hold one.

    Parameters
    ----------
    tables : mapping
        Result of ``read_report_tables``.
    client : str
        Name of the audited organisation.
    as_of : str
        Day of the review.
    run_line : str
        Run and inputs; every table names it.
    templates : Path, optional
        Folder with templates of the user, ``audit_report.docx`` and ``management_review.docx``.

    Returns
    -------
    dict
        Name of a document to the bytes of its .docx file.

    Raises
    ------
    EngagementError
        If a template asks for what it may not have or for what is not there.
    """
    common: dict[str, object] = {"client": client, "as_of": as_of, "run_line": run_line}
    report = _report(tables) | common
    documents = {"audit_report": document_of("audit_report", report, templates=templates, built_in=_report_template)}
    if "management_review" in tables:
        pack = {"title": "Management review", "inputs": _pack(tables["management_review"])} | common
        documents["management_review"] = document_of(
            "management_review", pack, templates=templates, built_in=_pack_template
        )
    return documents


def _report(tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    elements = tables["report_elements"]
    return {
        "title": "Audit report (draft)",
        "facts": [str(one) for one in tables["report_headlines"]["sentence"]],
        "elements": [
            {"title": f"{str(heading)[:1].upper()}{str(heading)[1:]}", **_lines_of(own)}
            for heading, own in elements.groupby("title", sort=False)
        ],
        "areas": _areas(tables["report_sections"]),
        **{name: _rows(tables[name], name, list(widths)) for name, (_, widths) in _TABLES.items()},
        "nothing": {name: _nothing(elements, name) for name in _TABLES},
    }


def _nothing(elements: pd.DataFrame, name: str) -> str:
    """What stands where a table has no row: what its element says, for nothing known is not none."""
    own = elements[elements["element"] == _ELEMENT_OF.get(name, "")]
    known = own[own["origin"] == str(Origin.DATA)]
    if own.empty:
        return "None."
    return " ".join(known["text"]) if len(known) else _NOT_KNOWN.get(name, "Not known.")


def _lines_of(element: pd.DataFrame) -> dict[str, object]:
    """What an element says, and apart from it what nobody has stated."""
    absent = element["origin"] == str(Origin.MISSING)
    return {"lines": list(element.loc[~absent, "text"]), "missing": list(element.loc[absent, "text"])}


def _areas(sections: pd.DataFrame) -> list[dict[str, object]]:
    """The findings by area, each with all its text."""
    return [
        {
            "title": f"{area} {own['area_title'].iloc[0]}" if area != "none" else str(own["area_title"].iloc[0]),
            "findings": [_finding(row) for row in own.to_dict("records")],
        }
        for area, own in sections.groupby("area", sort=False)
    ]


def _finding(row: Mapping[object, object]) -> dict[str, object]:
    said = {name: str(row[name]) for name in _FIELDS}
    grade = "" if said["kind"] == said["grade"] else f" ({said['grade']})"
    place = ", ".join(filter(None, [f"site {said['site']}" if said["site"] else "", said["service"]]))
    heading = f"{said['number']}. {said['finding_id']}: {said['kind']}{grade}" + (f", {place}" if place else "")
    return {
        "heading": heading,
        "requirement": f"Requirement: {said['clause']} {said['requirement']}",
        "statement": str(row["statement"]).splitlines() or [""],
        "evidence": f"Evidence: {row['evidence']}",
        "flag": [f"To be read again: {row['flag']}"] if row["flag"] else [],
    }


def _rows(frame: pd.DataFrame, name: str, columns: list[str]) -> list[dict[str, str]]:
    """The rows as the page shows them: the same words and numbers; long text is shortened and says so."""
    formats = {one.name: one for one in column_formats(frame, table=name, labels=dict.fromkeys(columns, ""))}
    rows = frame.to_dict("records")
    return [{column: _short(formats[column].text(row[column])) for column in columns} for row in rows]


def _short(text: str) -> str:
    return text if len(text) <= SHORTENED else f"{text[:SHORTENED].rstrip()} … (shortened)"


def _pack(pack: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {
            "title": str(heading),
            "lines": list(own["sentence"]),
            "decision": [f"To decide: {text}" for text in own["decision"] if text],
        }
        for heading, own in pack.groupby("input", sort=False)
    ]


def _report_template() -> BytesIO:
    document = _empty()
    document.add_heading("{{ title }}", level=0)
    document.add_paragraph("{{ client }}, as of {{ as_of }}. {{ run_line }}.")
    document.add_heading("Summary", level=1)
    _lines(document, ("{%p for fact in facts %}", ""), ("{{ fact }}", "List Bullet"), ("{%p endfor %}", ""))
    _table(document, _EXECUTIVE)
    # The executive page stands alone.
    document.add_heading("Elements of the report", level=1).paragraph_format.page_break_before = True
    _elements(document)
    document.add_heading("Findings by area", level=1)
    _findings(document)
    for name in list(_TABLES)[1:]:
        _table(document, name)
    document.add_heading("Release", level=1)
    _lines(document, (RELEASE, ""), *((f"{what}{'_' * 40}", "") for what in SIGNATURE))
    return template_of(document)


def _empty() -> WordDocument:
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


def _elements(document: WordDocument) -> None:
    """The loop over the elements; what is missing stands out."""
    _lines(
        document,
        ("{%p for element in elements %}", ""), ("{{ element.title }}", "Heading 2"),
        ("{%p for line in element.lines %}", ""), ("{{ line }}", "List Bullet"), ("{%p endfor %}", ""),
        ("{%p for line in element.missing %}", ""), ("{{ line }}", "Intense Quote"), ("{%p endfor %}", ""),
        ("{%p endfor %}", ""),
    )  # fmt: skip


def _table(document: WordDocument, name: str) -> None:
    """A table under its heading, or the word that there is nothing; both name run and inputs."""
    heading, widths = _TABLES[name]
    document.add_heading(heading, level=1)
    _lines(document, ("{%p if " + name + " %}", ""))
    named = column_formats(pd.DataFrame(columns=list(widths)), table=name, labels=dict.fromkeys(widths, ""))
    labels = {one.name: one.label for one in named}
    add_table(document, name, columns=labels, widths=list(widths.values()), points=TABLE_POINTS)
    _lines(
        document,
        ("{{ run_line }}.", ""),
        ("{%p else %}", ""),
        ("{{ nothing." + name + " }} {{ run_line }}.", ""),
        ("{%p endif %}", ""),
    )


def _findings(document: WordDocument) -> None:
    """The loops over areas, findings and their paragraphs."""
    _lines(
        document,
        ("{%p if not areas %}", ""), ("No finding is on record.", ""), ("{%p endif %}", ""),
        ("{%p for area in areas %}", ""), ("{{ area.title }}", "Heading 2"),
        ("{%p for finding in area.findings %}", ""), ("{{ finding.heading }}", "Heading 3"),
        ("{{ finding.requirement }}", ""),
        ("{%p for line in finding.statement %}", ""), ("{{ line }}", ""), ("{%p endfor %}", ""),
        ("{{ finding.evidence }}", ""),
        ("{%p for line in finding.flag %}", ""), ("{{ line }}", "Intense Quote"), ("{%p endfor %}", ""),
        ("{%p endfor %}", ""), ("{%p endfor %}", ""), ("{{ run_line }}.", ""),
    )  # fmt: skip


def _pack_template() -> BytesIO:
    """Small type and narrow space: the pack is read at a table."""
    document = _empty()
    for style, points, above in (("Normal", 9, 0), ("List Bullet", 9, 0), ("Heading 2", 11, 5), ("Title", 18, 0)):
        document.styles[style].font.size = Pt(points)
        document.styles[style].paragraph_format.space_before = Pt(above)
        document.styles[style].paragraph_format.space_after = Pt(1)
    document.add_heading("{{ title }}", level=0)
    document.add_paragraph("{{ client }}, as of {{ as_of }}. {{ run_line }}.")
    _lines(
        document,
        ("{%p for input in inputs %}", ""), ("{{ input.title }}", "Heading 2"),
        ("{%p for line in input.lines %}", ""), ("{{ line }}", "List Bullet"), ("{%p endfor %}", ""),
        ("{%p for line in input.decision %}", ""), ("{{ line }}", ""), ("{%p endfor %}", ""), ("{%p endfor %}", ""),
    )  # fmt: skip
    return template_of(document)


def _lines(document: WordDocument, *lines: tuple[str, str]) -> None:
    """Paragraphs of a template, each with its style; an empty one is the usual."""
    for text, style in lines:
        document.add_paragraph(text, style=style or None)

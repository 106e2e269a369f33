"""The draft of the audit report and the management-review pack as Word documents.

They hold no chances, scores, samples or seeds: these stay on the page and in the workbook of the audit team.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from io import BytesIO
from pathlib import Path

import pandas as pd
from docx.document import Document as WordDocument

from auditlab.history.cells import plural
from auditlab.publish.documents import document_of, template_of
from auditlab.publish.report_effects import EFFECT_COLUMNS, effect_rows
from auditlab.publish.report_follow_up import (
    FOLLOW_UP_COLUMNS,
    MEASURE_COLUMNS,
    follow_up_note,
    follow_up_rows,
    measure_note,
    measure_rows,
)
from auditlab.publish.report_parts import SHORTENED, add_fitted_table, add_lines, empty_document, labels_of, rows_of
from auditlab.publish.review_pack import review_pack
from auditlab.reporting.elements import Origin
from auditlab.reporting.expectation import NOT_EXAMINED, NOTHING_FOUND
from auditlab.reporting.words import THIS_AUDIT

__all__ = ["SHORTENED", "report_documents"]

_EXECUTIVE = "report_areas"
_OWN_COLUMNS = {
    "follow_up_plan": FOLLOW_UP_COLUMNS, "follow_up_measures": MEASURE_COLUMNS, "before_after": EFFECT_COLUMNS,
}  # fmt: skip
"""Tables whose cells a document puts together itself, with labels and widths of their columns."""


def _widths(columns: Mapping[str, tuple[str, float]]) -> dict[str, float]:
    return {name: width for name, (_, width) in columns.items()}


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
    "expected_against_found": ("Planned and found", {
        "site": 1.3, "clause": 1.8, "part": 2.4, "planned_minutes": 2.0, "examined": 2.0, "found": 2.6,
        "findings": 2.4, "said": 3.0,
    }),
    "expected_by_part": ("Prioritised and random cells", {
        "part": 3.5, "planned": 2.2, "n": 2.2, "k": 3.0, "value": 2.2, "low": 2.2, "high": 2.2,
    }),
    "report_verification": ("Earlier nonconformities", {
        "finding_id": 1.5, "audit_id": 1.3, "site": 1.0, "clause": 1.4, "grade": 1.2, "statement": 2.8, "status": 2.0,
        "seen": 2.4, "came_back_as": 1.5, "note": 3.0,
    }),
    "ofi_conversion": ("Earlier improvements", {
        "finding_id": 1.8, "audit_id": 1.5, "site": 1.1, "clause": 1.6, "statement": 4.7, "outcome": 3.6,
        "became": 3.2,
    }),
    "follow_up_plan": ("Follow-up", _widths(FOLLOW_UP_COLUMNS)),
    "follow_up_measures": ("Measures of the actions", _widths(MEASURE_COLUMNS)),
    "before_after": ("Before and after each action", _widths(EFFECT_COLUMNS)),
    "carry_forward": ("For the next audit", {
        "order": 1.0, "kind": 2.5, "site": 1.1, "clause": 1.6, "finding_id": 1.7, "grade": 1.3, "earlier": 1.7,
        "what": 4.0, "why": 5.6,
    }),
    "report_words": ("Words and codes", {"kind": 3.0, "word": 4.0, "meaning": 10.5}),
}  # fmt: skip
"""Tables of the report with the width of their columns [cm]; the first stands on the executive page."""

_ELEMENT_OF = {
    "report_not_covered": "not_covered", "report_deviations": "deviations", "report_verification": "verification",
}  # fmt: skip
"""The element of the report that says why a table has no row."""
_NO_PLAN = "Not known: no plan of the audit was handed over."
_NOT_KNOWN = {"report_deviations": _NO_PLAN}
_NO_FINDINGS = "Not known: no register of findings was handed over."
_OF_FINDINGS = frozenset({"report_verification", "ofi_conversion", "follow_up_plan"})
"""Tables that nobody can fill without a register of findings."""
_NOTHING = {
    "expected_against_found": _NO_PLAN,
    "expected_by_part": _NO_PLAN,
    "ofi_conversion": "No improvement of an earlier audit is on record.",
    "follow_up_plan": "No action is open, unverified or waiting to be examined.",
    "follow_up_measures": "No action of the follow-up has a measure: their cases tell.",
    "before_after": "No completed action has a measure with months before and after it.",
}
"""What stands where a table without an element has no row."""

RELEASE = (
    "This draft was made from records. It becomes a report when the lead auditor has filled in what is missing, has "
    "settled the grades that are to be read again, and has signed."
)
SIGNATURE = ("Lead auditor: ", "Date: ", "Signature: ")
HELD_ROWS = 4
"""Rows that stay on the page of the signature, so that it never stands alone."""

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
    built_in = partial(_report_template, report)
    documents = {"audit_report": document_of("audit_report", report, templates=templates, built_in=built_in)}
    if "management_review" in tables:
        documents["management_review"] = review_pack(tables, common, templates=templates)
    return documents


def _report(tables: Mapping[str, pd.DataFrame]) -> dict[str, object]:
    elements, words, plan = tables["report_elements"], tables["report_words"], tables["follow_up_plan"]
    audit = words[words["kind"] == THIS_AUDIT].iloc[0]
    expected, quiet = _telling(tables["expected_against_found"])
    own = {
        "follow_up_plan": follow_up_rows(plan), "follow_up_measures": measure_rows(plan),
        "before_after": effect_rows(tables["before_after"]),
    }  # fmt: skip
    shown = {name: tables.get(name, pd.DataFrame(columns=list(widths))) for name, (_, widths) in _TABLES.items()}
    shown["expected_against_found"] = expected
    return {
        "title": f"Audit report {audit['word']} (draft)",
        "subtitle": f"{audit['meaning'][:1].upper()}{audit['meaning'][1:]}.",
        "facts": [str(one) for one in tables["report_headlines"]["sentence"]],
        "elements": [
            {"title": f"{str(heading)[:1].upper()}{str(heading)[1:]}", **_lines_of(lines)}
            for heading, lines in elements.groupby("title", sort=False)
        ],
        "areas": _areas(tables["report_sections"]),
        "no_finding": "No finding is on record." if _findings_known(elements) else _NO_FINDINGS,
        **{
            name: own[name] if name in own else rows_of(frame, name, list(_TABLES[name][1]))
            for name, frame in shown.items()
        },
        "nothing": {name: _nothing(elements, name) for name in _TABLES}
        | ({"expected_against_found": quiet} if quiet else {}),
        "remark": dict.fromkeys(_TABLES, "")
        | {
            "expected_against_found": f" {quiet}" if quiet else "",
            "follow_up_plan": follow_up_note(plan),
            "follow_up_measures": measure_note(plan),
        },
    }


def _telling(expected: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Planned cells that say more than that nothing was found or examined, and how many others there are."""
    quiet, left = expected["said"] == NOTHING_FOUND, expected["said"] == NOT_EXAMINED
    told = []
    if number := int(quiet.sum()):
        them = "it" if number == 1 else "them"
        cells = plural(number, "more planned cell was", "more planned cells were")
        told.append(f"{cells} examined and nothing was found there; the workbook has {them}.")
    if number := int(left.sum()):
        by_site = expected.loc[left, "site"].value_counts(sort=False)
        places = ", ".join(f"{cells} at {site}" for site, cells in by_site.items())
        cells = plural(number, "planned cell was", "planned cells were")
        told.append(f"{cells} not examined and {'says' if number == 1 else 'say'} nothing: {places}.")
    return expected[~quiet & ~left], " ".join(told)


def _nothing(elements: pd.DataFrame, name: str) -> str:
    """What stands where a table has no row: what its element says, for nothing known is not none."""
    if name in _OF_FINDINGS and not _findings_known(elements):
        return _NO_FINDINGS
    own = elements[elements["element"] == _ELEMENT_OF.get(name, "")]
    known = own[own["origin"] == str(Origin.DATA)]
    if own.empty:
        return _NOTHING.get(name, "None.")
    return " ".join(known["text"]) if len(known) else _NOT_KNOWN.get(name, "Not known.")


def _findings_known(elements: pd.DataFrame) -> bool:
    """Whether the records say what was found, and be it nothing."""
    own = elements[elements["element"] == "findings"]
    return bool((own["origin"] == str(Origin.DATA)).any())


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


def _report_template(values: Mapping[str, object]) -> BytesIO:
    document = empty_document()
    document.add_heading("{{ title }}", level=0)
    add_lines(document, ("{{ subtitle }}", ""), ("{{ client }}, as of {{ as_of }}. {{ run_line }}.", ""))
    document.add_heading("Summary", level=1)
    add_lines(document, ("{%p for fact in facts %}", ""), ("{{ fact }}", "List Bullet"), ("{%p endfor %}", ""))
    _table(document, _EXECUTIVE, values)
    # The executive page stands alone.
    document.add_heading("Elements of the report", level=1).paragraph_format.page_break_before = True
    _elements(document)
    document.add_heading("Findings by area", level=1)
    _findings(document)
    names = list(_TABLES)[1:]
    for name in names:
        _table(document, name, values, held=HELD_ROWS if name == names[-1] else 0)
    document.add_heading("Release", level=1)
    add_lines(document, (RELEASE, ""), *((f"{what}{'_' * 40}", "") for what in SIGNATURE[:-1]), together=True)
    add_lines(document, (f"{SIGNATURE[-1]}{'_' * 40}", ""))
    return template_of(document)


def _table(document: WordDocument, name: str, values: Mapping[str, object], *, held: int = 0) -> None:
    heading, widths = _TABLES[name]
    own = {column: label for column, (label, _) in _OWN_COLUMNS.get(name, {}).items()}
    labels = {column: own.get(column) or label for column, label in labels_of(name, list(widths)).items()}
    add_fitted_table(document, name, values, heading=heading, columns=labels, widths=widths, held=held)


def _elements(document: WordDocument) -> None:
    """The loop over the elements; what is missing stands out."""
    add_lines(
        document,
        ("{%p for element in elements %}", ""), ("{{ element.title }}", "Heading 2"),
        ("{%p for line in element.lines %}", ""), ("{{ line }}", "List Bullet"), ("{%p endfor %}", ""),
        ("{%p for line in element.missing %}", ""), ("{{ line }}", "Intense Quote"), ("{%p endfor %}", ""),
        ("{%p endfor %}", ""),
    )  # fmt: skip


def _findings(document: WordDocument) -> None:
    """The loops over areas, findings and their paragraphs."""
    add_lines(
        document,
        ("{%p if not areas %}", ""), ("{{ no_finding }}", ""), ("{%p endif %}", ""),
        ("{%p for area in areas %}", ""), ("{{ area.title }}", "Heading 2"),
        ("{%p for finding in area.findings %}", ""), ("{{ finding.heading }}", "Heading 3"),
        ("{{ finding.requirement }}", ""),
        ("{%p for line in finding.statement %}", ""), ("{{ line }}", ""), ("{%p endfor %}", ""),
        ("{{ finding.evidence }}", ""),
        ("{%p for line in finding.flag %}", ""), ("{{ line }}", "Intense Quote"), ("{%p endfor %}", ""),
        ("{%p endfor %}", ""), ("{%p endfor %}", ""), ("{{ run_line }}.", ""),
    )  # fmt: skip

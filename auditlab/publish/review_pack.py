"""The pack for the management review as a Word document of two pages: what was found, and what is to be decided."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from io import BytesIO
from pathlib import Path

import pandas as pd
from docx.shared import Cm, Pt

from auditlab.publish.documents import document_of, template_of
from auditlab.publish.report_parts import add_fitted_table, add_lines, empty_document, labels_of, rows_of

ROWS: Mapping[str, int] = {"follow_up_plan": 5, "flagged_signals": 4, "improvement_list": 4}
"""Rows of a table at most, so that the pack keeps to two pages; the workbook has all."""

CHARACTERS_A_CENTIMETRE = 20
"""Text in a cell at most, by the width of its column: three lines [characters/cm]."""

_MARGIN = 1.4  # [cm]
_HEADING = "What the review is asked to decide"
_DECISIONS = "decisions"
_ASKED: Mapping[str, tuple[str, float]] = {
    "input": ("about", 4.0), "decision": ("to decide", 6.2), "decided": ("decided", 4.0), "who": ("who, until", 3.3),
}  # fmt: skip
_TABLES: Mapping[str, tuple[str, str, Mapping[str, float]]] = {
    "follow_up_plan": ("Actions to settle", "No action is open, unverified or waiting to be examined.", {
        "finding_id": 1.5, "site": 0.9, "clause": 1.5, "grade": 1.3, "status": 3.4, "effect_seen": 3.2, "due": 1.9,
        "days_overdue": 1.7, "examine_on": 2.1,
    }),
    "flagged_signals": ("Signals of the service data", "No signal is flagged.", {
        "signal": 5.5, "clause": 1.8, "value": 3.8, "compared_with": 4.2, "since": 2.2,
    }),
    "improvement_list": ("Improvements in their order", "Nothing is planned, and nothing waits for a plan.", {
        "rank": 1.1, "improvement": 4.6, "findings": 2.2, "measure": 3.1, "baseline": 2.5, "target": 1.9, "owner": 2.1,
    }),
}  # fmt: skip
"""Tables of the pack: heading, what stands without a row, and the columns with their widths [cm]."""


def review_pack(
    tables: Mapping[str, pd.DataFrame], common: Mapping[str, object], *, templates: Path | None = None
) -> bytes:
    """The .docx file of the pack.

    Parameters
    ----------
    tables : mapping
        Result of ``read_report_tables``, with those of an organisation's own audit.
    common : mapping
        ``client, as_of, run_line``.
    templates : Path, optional
        Folder with templates of the user.
    """
    pack = tables["management_review"]
    shown = {name: tables[name].head(ROWS[name]) for name in _TABLES}
    more = {name: len(tables[name]) - len(frame) for name, frame in shown.items()}
    values: dict[str, object] = {
        "title": "Management review", "inputs": _inputs(pack), _DECISIONS: _decisions(pack),
        **{name: _rows(frame, name) for name, frame in shown.items()},
        "nothing": {_DECISIONS: "Nothing on record asks for a decision."}
        | {name: nothing for name, (_, nothing, _) in _TABLES.items()},
        "remark": {_DECISIONS: ""}
        | {name: f" {number} more in the workbook." if number else "" for name, number in more.items()},
    }  # fmt: skip
    return document_of(
        "management_review", values | dict(common), templates=templates, built_in=partial(_template, values)
    )


def _rows(frame: pd.DataFrame, name: str) -> list[dict[str, str]]:
    widths = _TABLES[name][2]
    most = {column: round(CHARACTERS_A_CENTIMETRE * width) for column, width in widths.items()}
    return [
        {column: _cut(_read_out(text) if column in _NAMES else text, most[column]) for column, text in row.items()}
        for row in rows_of(frame, name, list(widths))
    ]


_NAMES = ("signal", "improvement", "measure")


def _read_out(text: str) -> str:
    """The name of a series as people read it."""
    return text.replace("_", " ")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _inputs(pack: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {
            "title": str(heading), "lines": list(own["sentence"]),
            "decision": [f"To decide: {text}" for text in own["decision"] if text],
        }
        for heading, own in pack.groupby("input", sort=False)
    ]  # fmt: skip


def _decisions(pack: pd.DataFrame) -> list[dict[str, str]]:
    """What the review is asked to decide, with room for the answer."""
    asked = pack[pack["decision"] != ""]
    return [
        {"input": str(row["input"]), "decision": str(row["decision"]), "decided": "", "who": ""}
        for row in asked.to_dict("records")
    ]


def _template(values: Mapping[str, object]) -> BytesIO:
    """Small type and narrow space: the pack is read at a table."""
    document = empty_document()
    for section in document.sections:
        section.top_margin = section.bottom_margin = Cm(_MARGIN)
    for style, points, above in (("Normal", 8, 0), ("List Bullet", 8, 0), ("Heading 2", 9, 1), ("Title", 14, 0)):
        document.styles[style].font.size = Pt(points)
        document.styles[style].paragraph_format.space_before = Pt(above)
        document.styles[style].paragraph_format.space_after = Pt(1)
        document.styles[style].paragraph_format.line_spacing = 1.0
    document.add_heading("{{ title }}", level=0)
    document.add_paragraph("{{ client }}, as of {{ as_of }}. {{ run_line }}.")
    add_lines(
        document,
        ("{%p for input in inputs %}", ""), ("{{ input.title }}", "Heading 2"),
        ("{%p for line in input.lines %}", ""), ("{{ line }}", "List Bullet"), ("{%p endfor %}", ""),
        ("{%p endfor %}", ""),
    )  # fmt: skip
    add_fitted_table(
        document, _DECISIONS, values, heading=_HEADING, level=2, upright=True,
        columns={name: label for name, (label, _) in _ASKED.items()},
        widths={name: width for name, (_, width) in _ASKED.items()},
    )  # fmt: skip
    decisions = next(one for one in document.paragraphs if one.text == _HEADING)
    decisions.paragraph_format.page_break_before = True
    for name, (heading, _, widths) in _TABLES.items():
        add_fitted_table(
            document, name, values, heading=heading, columns=labels_of(name, list(widths)), widths=widths, level=2,
            upright=True,
        )  # fmt: skip
    return template_of(document)

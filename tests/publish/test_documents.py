"""Documents hold what they are given as text, and templates can do nothing but print."""

import io
import zipfile

import docx
import pandas as pd
import pytest

from auditlab.errors import EngagementError
from auditlab.publish.documents import audit_documents, filled

ELEMENTS = pd.DataFrame(
    {
        "element": ["scope", "methods"],
        "title": ["scope with processes", "methods"],
        "text": ["=1+1 & <b>, from 2024-06-11", "@x\x07-y 2024-13-01"],
    }
)
SESSIONS = pd.DataFrame(
    {
        "date": ["2024-06-11"] * 4, "start": ["09:00", "09:00", "09:30", "10:30"],
        "end": ["09:30", "09:30", "10:30", "11:00"],
        "local_start": ["09:00", "09:00", "16:30", "17:30"], "auditor": ["P", "Q", "P", "P"], "site": ["A"] * 4,
        "kind": ["opening", "opening", "examination", "contingency"], "clause": ["", "", "8.5.1, 8.5.2", ""],
        "interviewee": ["", "", "+Change manager", ""],
    }
)  # fmt: skip


def opened(content):
    return docx.Document(io.BytesIO(content))


def test_text_from_outside_comes_through_as_text():
    made = audit_documents(ELEMENTS, SESSIONS, client="=Halden", as_of="2024-03-31")
    plan = opened(made["audit_plan"])
    said = [paragraph.text for paragraph in plan.paragraphs]
    assert said == [
        "Audit plan", "=Halden, as of 31 March 2024", "Scope with processes", "=1+1 & <b>, from 11 June 2024", "Methods",
        "@x-y 2024-13-01", "Timetable",
    ]  # fmt: skip
    rows = [[cell.text for cell in row.cells] for row in plan.tables[0].rows]
    assert rows == [
        ["Date", "Start", "End", "Site", "Auditor", "What", "With"],
        ["Tue 11 June", "09:00", "09:30", "A", "P, Q", "opening meeting", ""],
        ["Tue 11 June", "09:30", "10:30", "A, 16:30 there", "P", "8.5.1, 8.5.2", "+Change manager"],
    ]


def test_the_brief_has_no_methods_and_no_timetable():
    brief = opened(audit_documents(ELEMENTS, SESSIONS, client="C", as_of="2024-03-31")["stakeholder_brief"])
    assert not any("@x-y" in paragraph.text for paragraph in brief.paragraphs)
    assert brief.tables == []


def test_the_timetable_keeps_its_heading_and_its_rows_together_on_every_page():
    table = opened(audit_documents(ELEMENTS, SESSIONS, client="C", as_of="2024-03-31")["audit_plan"]).tables[0]
    marks = [
        [mark.tag.split("}")[1] for mark in row._tr.trPr] if row._tr.trPr is not None else [] for row in table.rows
    ]
    assert marks == [["tblHeader", "cantSplit"], ["cantSplit"], ["cantSplit"]]
    assert sum(column.width.cm for column in table.columns) == pytest.approx(17.5, abs=0.01)


def test_the_same_content_is_the_same_file_on_another_day():
    for content in audit_documents(ELEMENTS, SESSIONS, client="C", as_of="2024-03-31").values():
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert parts.testzip() is None


def template(folder, text):
    document = docx.Document()
    document.add_paragraph(text)
    document.save(folder / "audit_plan.docx")
    return folder


def test_a_template_of_the_user_takes_the_place_of_the_built_in(tmp_path):
    made = audit_documents(
        ELEMENTS, SESSIONS, client="C", as_of="2024-03-31", templates=template(tmp_path, "For {{ client }}")
    )
    assert [paragraph.text for paragraph in opened(made["audit_plan"]).paragraphs] == ["For C"]


@pytest.mark.parametrize("text", ["{{ ''.__class__ }}", "{{ nothing }}", "{% for x in %}", "{{ title.__init__() }}"])
def test_a_template_that_asks_for_more_is_refused(tmp_path, text):
    folder = template(tmp_path, text)
    with pytest.raises(EngagementError, match=r"audit_plan\.docx: the template cannot be filled in"):
        audit_documents(ELEMENTS, SESSIONS, client="C", as_of="2024-03-31", templates=folder)


def test_a_file_that_is_no_document_is_refused(tmp_path):
    (tmp_path / "audit_plan.docx").write_text("no", encoding="utf-8")
    with pytest.raises(EngagementError, match="cannot be filled in"):
        filled(tmp_path / "audit_plan.docx", {})

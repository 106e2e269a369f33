"""The time used is read back from the checklists as it was written, and what is no time is refused."""

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest

from auditlab.errors import EngagementError
from auditlab.planning import burn_down
from auditlab.publish.checklist_workbook import PLAN_TABLES, TIMETABLE_SHEET, USED, checklist_workbook
from auditlab.publish.used_time import planned_and_used

COLUMNS = {
    "checklist": "site clause title minutes mark question evidence methods facts",
    "interview_plan": "site level role clauses minutes days question",
    "timetable": "date start end local_start auditor site kind clause interviewee minutes",
    "trace_cards": "service kind record site step clauses question",
}
SESSIONS = [
    ("2024-06-11", "09:00", "09:30", "09:00", "P", "A", "opening", "", "", 30),
    ("2024-06-11", "09:30", "10:30", "09:30", "P", "A", "examination", "8.5.1, 8.5.2", "=Change manager", 60),
    ("2024-06-11", "10:30", "11:00", "10:30", "P", "A", "examination", "9.2", "Internal audit lead", 30),
]


def workbook(path, *, entries=(), head=USED):
    frames = {name: pd.DataFrame(columns=COLUMNS[name].split()) for name in PLAN_TABLES}
    frames["timetable"] = pd.DataFrame(SESSIONS, columns=COLUMNS["timetable"].split())
    book = openpyxl.load_workbook(io.BytesIO(checklist_workbook(frames, client="C", as_of=date(2024, 3, 31))))
    sheet = book[TIMETABLE_SHEET]
    heads = [cell.value for cell in sheet[2]]
    assert sheet.cell(4, heads.index("With") + 1).value == "=Change manager"
    assert sheet.cell(4, heads.index("With") + 1).data_type == "s"
    column = heads.index(USED) + 1
    sheet.cell(2, column).value = head
    for row, value in entries:
        sheet.cell(row, column).value = value
    book.save(path / "checklists.xlsx")
    return path / "checklists.xlsx"


def test_minutes_used_come_back_and_an_empty_cell_is_unknown(tmp_path):
    planned, used = planned_and_used(workbook(tmp_path, entries=[(4, 75)]))
    assert planned.to_numpy().tolist() == [["A", "8.5.1, 8.5.2", 60], ["A", "9.2", 30]]
    table = burn_down(planned, used)
    assert table["used"].tolist() == [75, pd.NA]
    assert table["over"].tolist() == [15, pd.NA]
    assert table["residual"].tolist() == ["", "no time is recorded yet"]


def test_without_a_workbook_nothing_is_planned_and_nothing_used():
    assert [len(frame) for frame in planned_and_used(None)] == [0, 0]
    assert burn_down(*planned_and_used(None)).empty


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"entries": [(5, "an hour")]}, "sheet 'Timetable', row 5: 'an hour' is no number of minutes"),
        ({"head": "Time"}, "sheet 'Timetable': no column 'Minutes used'. Put the heading back"),
    ],
)
def test_what_is_no_time_is_refused_with_its_row(tmp_path, options, message):
    with pytest.raises(EngagementError, match=message):
        planned_and_used(workbook(tmp_path, **options))


def test_a_workbook_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(EngagementError, match=r"no worksheet .*Give the path of the filled-in checklists\.xlsx"):
        planned_and_used(tmp_path / "checklists.xlsx")

"""Workpapers read back to the same values, and no text becomes a formula."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

from auditlab.publish.workbook import STATUS_AT_AUDIT, Sheet, follow_up_workbook, workbook_bytes

FORMULAS = ['=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "\t=1", "http://example.invalid"]


@pytest.fixture
def listed():
    return pd.DataFrame(
        {
            "order": range(1, len(FORMULAS) + 1),
            "finding_id": [f"F{place:03}" for place in range(len(FORMULAS))],
            "site": ["A", "B", None, "A", "B", "C"],
            "statement": FORMULAS,
            "due": pd.to_datetime(["2022-09-30", None, "2023-10-31", None, None, None]),
            "days_overdue": pd.array([548, None, 152, None, None, None], dtype="Int64"),
        }
    )


def opened(content, tmp_path):
    path = tmp_path / "w.xlsx"
    path.write_bytes(content)
    return openpyxl.load_workbook(path)["Follow-up"]


def test_foreign_text_never_becomes_a_formula_or_a_link(listed, tmp_path):
    sheet = opened(follow_up_workbook(listed, client="=1+1", as_of=dt.date(2024, 3, 31)), tmp_path)
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert [sheet.cell(row, 4).value for row in range(3, 9)] == FORMULAS
    assert not any(cell.hyperlink for cell in cells)


def test_values_read_back_as_they_were(listed, tmp_path):
    sheet = opened(follow_up_workbook(listed, client="C", as_of=dt.date(2024, 3, 31)), tmp_path)
    assert sheet.cell(3, 5).value == dt.datetime(2022, 9, 30)
    assert sheet.cell(3, 6).value == 548
    assert sheet.cell(4, 5).value is None
    assert sheet.cell(4, 6).value is None


def test_the_sheet_is_ready_to_work_with(listed, tmp_path):
    sheet = opened(follow_up_workbook(listed, client="C", as_of=dt.date(2024, 3, 31)), tmp_path)
    assert sheet.freeze_panes == "C3"
    assert sheet.auto_filter.ref == "A2:I8"
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == f'"{",".join(STATUS_AT_AUDIT)}"'
    assert str(choice.sqref) == "G3:G8"


def test_the_same_rows_give_the_same_file(listed):
    day = dt.date(2024, 3, 31)
    assert follow_up_workbook(listed, client="C", as_of=day) == follow_up_workbook(listed, client="C", as_of=day)


def test_a_sheet_without_rows_can_be_opened(listed, tmp_path):
    sheet = opened(follow_up_workbook(listed.head(0), client="C", as_of=dt.date(2024, 3, 31)), tmp_path)
    assert sheet.cell(2, 1).value == "No."


def test_a_ratio_to_nothing_is_written_as_a_sign_and_not_as_a_broken_number():
    frame = pd.DataFrame({"ratio": [float("inf"), -float("inf"), 2.0]})
    content = workbook_bytes([Sheet(title="S", heading="h", frame=frame, labels={"ratio": "ratio"})], title="t")
    page = openpyxl.load_workbook(io.BytesIO(content))["S"]
    assert [page.cell(row, 1).value for row in (3, 4, 5)] == ["∞", "-∞", 2]

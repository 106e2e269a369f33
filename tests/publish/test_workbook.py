"""Workpapers read back to the same values, and no text becomes a formula."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest
from shown_cells import shown

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


def cells_of(frame, labels, table=""):
    content = workbook_bytes([Sheet(title="S", heading="h", frame=frame, labels=labels, table=table)], title="t")
    page = openpyxl.load_workbook(io.BytesIO(content))["S"]
    return [[shown(cell) for cell in row] for row in page.iter_rows(min_row=3)]


def test_a_column_headed_per_cent_shows_percentages_with_one_decimal():
    frame = pd.DataFrame({"rate": [0.5, 0.319, 0.00049, None], "share": pd.array([1, 0, None, 1], dtype="Int64")})
    labels = {"rate": "rate [%]", "share": "share, low [%]"}
    assert cells_of(frame, labels) == [["50.0", "100.0"], ["31.9", "0.0"], ["0.0", ""], ["", "100.0"]]


def test_a_word_among_percentages_stays_a_word():
    frame = pd.DataFrame({"rate": pd.Series([0.125, "suppressed"], dtype="object")})
    assert cells_of(frame, {"rate": "rate [%]"}) == [["12.5"], ["suppressed"]]


def test_small_numbers_p_values_parts_flags_and_times_are_shown_whole():
    frame = pd.DataFrame(
        {"p": [0.0004, 0.0042], "x": [1.0, 0.857], "part": [0.004, 1.0], "seen": [True, False],
         "at": pd.to_datetime(["2024-01-02 10:30", "2024-01-02 00:00"]), "mixed": pd.Series([0.004, 5], dtype="object")}
    )  # fmt: skip
    labels = {name: name for name in frame} | {"part": "part [0-1]"}
    assert cells_of(frame, labels) == [
        ["< 0.001", "1.00", "0.004", "yes", "2024-01-02 10:30", "0.004"],
        ["0.004", "0.86", "1", "no", "2024-01-02 00:00", "5"],
    ]


def test_a_difference_of_shares_is_shown_in_points_and_a_ratio_is_not():
    frame = pd.DataFrame(
        {"measure": ["difference of shares", "rate ratio"], "before": [0.98, 2.0], "low": [-0.0371, 0.5]}
    )
    assert cells_of(frame, {name: name for name in frame}, table="before_after") == [
        ["difference of shares", "98.0 %", "-3.7 percentage points"], ["rate ratio", "2.00", "0.50"],
    ]  # fmt: skip


def test_the_same_number_has_its_width_by_what_is_shown():
    frame = pd.DataFrame({"x": [1 / 3]})
    content = workbook_bytes([Sheet(title="S", heading="h", frame=frame, labels={"x": "x"})], title="t")
    page = openpyxl.load_workbook(io.BytesIO(content))["S"]
    assert page.column_dimensions["A"].width < 10

"""Sheets that are read column by column: the same cells, of the same types, as when they are read one by one."""

import datetime as dt
import pickle
from pathlib import Path

import fastexcel
import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement, uniform_sheets, workbook_files
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.readers import read_files
from auditlab.intake.sheet_files import read_sheets
from auditlab.intake.sheets import RawSheet
from auditlab.settings import Limits

LIMITS = ReadLimits(**Limits().model_dump())
WORKBOOKS = sorted((Path(__file__).parents[2] / "data").rglob("*.xls[xm]"))
FORMATS = {"moment": "yyyy-mm-dd hh:mm:ss", "day": "yyyy-mm-dd", "time": "hh:mm", "duration": "[h]:mm:ss"}
HEADERS = ("a", "b", "c", "d")


@pytest.fixture(autouse=True)
def every_size(monkeypatch):
    monkeypatch.setattr(uniform_sheets, "LEAST_XML", 0)


def written(path, *columns, headers=HEADERS, title="", **options):
    """A workbook with one sheet; a cell may be a pair of a number and the format in which it is shown."""
    book = xlsxwriter.Workbook(path, options)
    page, forms = book.add_worksheet("Data"), {name: book.add_format({"num_format": FORMATS[name]}) for name in FORMATS}
    for column, cells in enumerate(columns):
        texts = [*([title] if title else []), headers[column], *cells]
        for row, cell in enumerate(texts):
            if isinstance(cell, str):
                page.write_string(row, column, cell)
            elif isinstance(cell, tuple):
                page.write_number(row, column, cell[0], forms[cell[1]])
            elif cell is not None:
                page.write(row, column, cell)
    book.close()
    return path


def taken(path, *, limits=LIMITS):
    """The sheets as another process gets them."""
    packed = pickle.loads(pickle.dumps(read_sheets(path, name="x", limits=limits)))  # own bytes
    return [RawSheet.unpacked(sheet, file="x") for sheet in packed]


def one_by_one(path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook_files, "_typed", lambda *_, **__: None)
        return taken(path)


def held(sheet):
    """Everything a sheet tells but the library that read it: cells by repr, for 1 equals 1.0 and True."""
    columns = [sheet.rows.cells(range(1, len(sheet.rows) + 1), column) for column in range(1, sheet.width + 1)]
    cells = [(column.codes.tolist(), list(map(repr, column.different.cells))) for column in columns]
    return sheet.name, sheet.hidden, sheet.notes, sheet.marks, cells, list(map(repr, sheet.rows))


def engines(path):
    """The libraries that read the sheets, once it is sure that both ways give the same."""
    found, wanted = taken(path), one_by_one(path)
    assert list(map(held, found)) == list(map(held, wanted))
    assert {sheet.engine for sheet in wanted} <= {"calamine"}
    return [sheet.engine for sheet in found]


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_workbooks_of_the_project_give_the_same_cells_both_ways(path):
    assert set(engines(path)) <= {"calamine", "fastexcel"}


DAYS = [(45000, "day"), (45000.25, "moment"), None, (60, "day"), (61.5, "moment"), (2, "day")]


@pytest.mark.parametrize(
    "cells",
    [
        ["x", None, " ", "\u2003", "", "8.10", "00121", " x ", "NA", "nan", "größe"],
        ["a", "b", "a", "A"],  # the header again
        ["n/a", "NA", None],
        [1.5, 0.0, -0.0, 1e-300, 1e300, 12345678901234567890, 8.1, None, 0],
        [True, None, False],
        DAYS,
        [(0.5, "time"), (0, "time"), (0.999, "time"), None, (0.25, "moment")],
        [(0.5, "duration"), (3.25, "duration"), None, (45000.123456789, "duration")],
        [None, None, None],
        [(45000.00000000001, "moment"), (45000, "day"), (45000.9999999999, "moment"), (45001.5, "moment")],
    ],
    ids=["texts", "header", "words", "numbers", "truths", "days", "times", "durations", "empty", "midnights"],
)
def test_columns_of_one_type_are_read_whole(tmp_path, cells):
    assert engines(written(tmp_path / "a.xlsx", cells, ["y"] * len(cells), headers=("a", "b"))) == ["fastexcel"]


def test_a_moment_at_midnight_is_a_day_however_it_was_worked_out(tmp_path):
    path = written(tmp_path / "a.xlsx", [(45000, "day"), (44999.9999999999, "moment"), (45000.5, "moment")])
    for (sheet,) in (taken(path), one_by_one(path)):
        assert list(sheet.cells(range(2, 5), 1)) == [dt.date(2023, 3, 15)] * 2 + [dt.datetime(2023, 3, 15, 12)]


@pytest.mark.parametrize(
    "cells",
    [
        [1, "x"],
        [1, "n/a", 2],
        [1, "NaN"],
        [(45000, "day"), "NULL"],
        [True, "None"],
        [1, (45000, "day")],
        [True, 1],
        [(45000, "day"), (0.5, "duration")],
        [(45000, "day"), (1, "day")],
        [(0.9999999999, "time")],
        [(-0.5, "time")],
    ],
    ids=repr,
)
@pytest.mark.parametrize("above", [0, 3000], ids=["at once", "far down"])
def test_a_column_that_mixes_types_is_read_cell_by_cell(tmp_path, cells, above):
    assert engines(written(tmp_path / "a.xlsx", cells[:1] * above + cells)) == ["calamine"]


def test_headers_that_the_library_would_change_are_read_as_they_stand(tmp_path):
    for headers in (("a", "a"), ("a", "a_1"), (" ", "b"), ("__UNNAMED__1", "b"), (2024, "b"), (None, "b"), ("a", None)):
        assert engines(written(tmp_path / "a.xlsx", ["x"], ["y"], headers=headers)) == ["calamine"]
    assert engines(written(tmp_path / "a.xlsx", ["x"], ["y"], headers=(" a ", "b_1"))) == ["fastexcel"]


def test_other_sheets_than_plain_ones_are_read_cell_by_cell(tmp_path):
    path = tmp_path / "a.xlsx"
    assert engines(written(path, [1, 2], title="Incidents of May")) == ["calamine"]
    assert engines(written(path, [(45000, "day")], date_1904=True)) == ["calamine"]
    for change in (
        lambda page: page.merge_cells("A2:A3"),
        lambda page: page.merge_cells("A3:B3"),
        lambda page: page.__setitem__("A3000", "#DIV/0!"),
        lambda page: page.__setitem__("A3000", "#N/A"),
        lambda page: page.__setitem__("F3000", "beside"),
        lambda page: page.insert_rows(1),
        lambda page: page.insert_cols(1),
    ):
        written(path, ["x"] * 3000, ["y"] * 3000)
        book = openpyxl.load_workbook(path)
        change(book.active)
        book.save(path)
        assert engines(path) == ["calamine"]


def test_dates_in_words_are_read_cell_by_cell(tmp_path):
    for place in (2, 3000):
        book = openpyxl.Workbook(iso_dates=True)
        book.active.append(("a", "b"))
        for row in range(2, 3010):
            book.active.append((dt.datetime(2024, 1, 1, 8, 30, 0, 1500) if row == place else None, "x"))
        book.save(tmp_path / "a.xlsx")
        assert engines(tmp_path / "a.xlsx") == ["calamine"]


def test_each_sheet_is_read_in_its_own_way_and_marks_stay(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(("a", "b"))
    for row in range(50):
        book.active.append((row, f"=A{row + 1}"))
    book.active.row_dimensions[7].hidden = True
    other = book.create_sheet("Mixed")
    for row in (("a",), (1,), ("x",)):
        other.append(row)
    empty = book.create_sheet("Empty")
    empty.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert engines(tmp_path / "a.xlsx") == ["fastexcel", "calamine", "calamine"]
    plain = taken(tmp_path / "a.xlsx")[0]
    assert plain.marks.hidden_rows == {7}
    assert plain.marks.unsaved


NULLS = st.sampled_from(["", " ", "NA", "n/a", "nan", "NaN", "NULL", "None", "#N/A", "a", "TRUE", "8.10", "a_1"])
TEXT = st.one_of(NULLS, st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=8))
NUMBER = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**15), 10**15))
SERIAL = st.one_of(st.floats(-1, 3_000_000), st.integers(0, 90_000), st.floats(0, 2))
SHOWN = [st.tuples(SERIAL, st.just(name)) for name in FORMATS]
KINDS = [TEXT, NUMBER, st.booleans(), *SHOWN]
COLUMN = st.one_of(
    *[st.lists(st.one_of(st.none(), kind), min_size=6, max_size=6) for kind in KINDS],
    *[st.lists(st.one_of(NULLS, kind), min_size=6, max_size=6) for kind in KINDS],
    st.lists(st.one_of(st.none(), *KINDS), min_size=6, max_size=6),
)


@settings(
    max_examples=300, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(columns=st.lists(COLUMN, min_size=1, max_size=4), early=st.booleans())
@example(columns=[["a", " ", None, "a", "b", "b"], [0.0, -0.0, None, 1, 1, 0]], early=False)
def test_any_grid_gives_the_same_cells_both_ways(tmp_path, columns, early):
    options = {"date_1904": early, "in_memory": True}
    assert engines(written(tmp_path / "a.xlsx", *columns, **options))[0] in ("calamine", "fastexcel")


def incidents(path, rows):
    start = 45000.3
    return written(
        path,
        [f"INC{row:07d}" for row in range(rows)],
        [(start + row / 500, "moment") for row in range(rows)],
        [None if row % 7 == 0 else (start + row / 500 + 0.2, "moment") for row in range(rows)],
        ["P1" if row % 3 else "P2" for row in range(rows)],
        ["Mail is slow"] * (rows - 1) + [" "],
        headers=("Number", "Opened", "Resolved", "Priority", "Short description"),
    )


def test_an_engagement_is_the_same_but_for_the_library_it_names(folder):
    """In the process that reads files, for a sheet of the size from which it is read by column there."""
    incidents(folder.path / "incidents.xlsx", 90_000)
    lab = open_engagement(folder.path)
    assert lab.summary["engine"].tolist() == ["fastexcel"]
    (found,) = read_files([(folder.path / "incidents.xlsx", "incidents.xlsx")], limits=LIMITS)
    (wanted,) = one_by_one(folder.path / "incidents.xlsx")
    assert held(found[0])[4:] == held(wanted)[4:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditlab.intake.opening.read_files", lambda *_, **__: [[replaced(wanted)]])
        other = open_engagement(folder.path)
    assert len(lab.tables["incidents"]) == 90_000
    for name in lab.tables:
        assert lab.tables[name].equals(other.tables[name])
    assert lab.ledger.equals(other.ledger)
    assert lab.questions.equals(other.questions)
    assert lab.summary.drop(columns="engine").equals(other.summary.drop(columns="engine"))


def replaced(sheet):
    return RawSheet(file="incidents.xlsx", name=sheet.name, rows=sheet.rows, marks=sheet.marks, engine=sheet.engine)


def broken(kind):
    def read_excel(_path):
        raise kind("no")

    return read_excel


class Panic(BaseException):
    """What a panic of the Rust library is in Python."""


@pytest.mark.parametrize("kind", [fastexcel.FastExcelError, ValueError, MemoryError, Panic])
def test_where_the_library_fails_the_other_one_reads(tmp_path, monkeypatch, kind):
    path = written(tmp_path / "a.xlsx", [1, 2])
    assert [sheet.engine for sheet in taken(path)] == ["fastexcel"]
    monkeypatch.setattr(fastexcel, "read_excel", broken(kind))
    assert engines(path) == ["calamine"]


def test_the_limits_of_a_sheet_hold_however_it_is_read(tmp_path):
    path = written(tmp_path / "a.xlsx", ["x"] * 100, ["y"] * 100)
    small = ReadLimits(**Limits().model_dump() | {"cells": 150})
    messages = []
    for typed in (workbook_files._typed, lambda *_, **__: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(workbook_files, "_typed", typed)
            with pytest.raises(
                EngagementError, match="span 101 rows and 2 columns, more than the 150 cells"
            ) as refused:
                taken(path, limits=small)
        messages.append(str(refused.value))
    assert messages[0] == messages[1]


def test_a_sheet_that_may_take_all_memory_is_read_cell_by_cell(tmp_path):
    path = written(tmp_path / "a.xlsx", [f"text number {row}" for row in range(3000)])
    little = ReadLimits(**Limits().model_dump() | {"memory_mib": 0})
    assert [sheet.engine for sheet in taken(path, limits=little)] == ["calamine"]

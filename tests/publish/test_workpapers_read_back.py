"""Every workbook of a run is read by two independent readers to the same values, and is ready to print."""

import datetime as dt
import shutil
import subprocess

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from auditlab.publish.workbook import EntryColumn, Sheet, workbook_bytes

VALUES = pd.DataFrame(
    {
        "id": ["00121", "NA", "=1+1", "None", "1e5"],
        "count": [1, 20_000, 3, 4, 5],
        "share": [0.125, 1 / 3, 0.0, 1.0, 1234.5],
        "due": pd.to_datetime(["2024-03-31", None, "2022-01-01", "2020-02-29", None]),
    }
)


@pytest.fixture
def written(tmp_path):
    labels = {name: name.capitalize() for name in VALUES}
    sheet = Sheet(title="S", heading="Heading", frame=VALUES, labels=labels, entries=(EntryColumn(label="Note"),))
    path = tmp_path / "w.xlsx"
    path.write_bytes(workbook_bytes([sheet], title="Trial of C"))
    return path


def by_openpyxl(path):
    # Read-only: binding the links of a ledger costs openpyxl the square of their number.
    book = openpyxl.load_workbook(path, read_only=True)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def by_calamine(path):
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def plain(value):
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    return None if value == "" else float(value) if isinstance(value, int) else value


def rows(cells):
    plained = [[plain(cell) for cell in row] for row in cells]
    while plained and not any(cell is not None for cell in plained[-1]):
        plained.pop()
    return plained


def test_both_readers_find_what_was_written(written):
    for read in (by_openpyxl(written), by_calamine(written)):
        body = rows(read["S"])[2:]
        assert [row[0] for row in body] == VALUES["id"].tolist()
        assert [row[1] for row in body] == VALUES["count"].tolist()
        assert [row[2] for row in body] == pytest.approx(VALUES["share"].tolist(), rel=1e-15)
        assert [row[3] for row in body] == [None if pd.isna(day) else day.date() for day in VALUES["due"]]


def test_numbers_have_formats_and_the_sheet_prints_whole_with_its_properties(written):
    book = openpyxl.load_workbook(written)
    sheet = book["S"]
    assert [sheet.cell(3, place).number_format for place in (2, 3, 4)] == ["#,##0", "#,##0.00", "yyyy-mm-dd"]
    assert sheet.print_area == "'S'!$A$1:$E$7"
    assert sheet.print_title_rows == "$2:$2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (book.properties.title, book.properties.creator) == ("Trial of C", "auditlab")


def test_the_workpapers_of_a_run_read_alike_with_both_readers(halden_run):
    papers = sorted((halden_run.folder / "workpapers").glob("*.xlsx"))
    assert {path.name for path in papers} >= {"follow_up.xlsx", "sampling.xlsx", "intake_ledger.xlsx"}
    for path in papers:
        one, other = by_openpyxl(path), by_calamine(path)
        assert list(one) == list(other)
        for name in one:
            first, second = rows(one[name]), rows(other[name])
            assert len(first) == len(second)
            for left, right in zip(first, second, strict=True):
                width = min(len(left), len(right))
                assert left[:width] == right[:width]


def test_a_workpaper_opens_in_libreoffice(written, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    home = (tmp_path / "home").as_uri()
    command = [
        office,
        f"-env:UserInstallation={home}",
        "--headless",
        "--convert-to",
        "csv",
        "--outdir",
        str(tmp_path),
        str(written),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    lines = (tmp_path / "w.csv").read_text(encoding="utf-8").splitlines()
    assert lines[2].startswith("00121,1,")
    assert lines[4].startswith("=1+1,3,")

"""The ledger as a workbook: its links lead to the file, the sheet and the cell."""

import io
from pathlib import PureWindowsPath

import openpyxl
import pytest
from engagements import AUDIT, AUDIT_HEADERS, FINDING_HEADERS, SITES, Folder, finding

from auditlab.intake import open_engagement
from auditlab.publish.ledger_workbook import ledger_workbook


@pytest.fixture
def engagement(tmp_path):
    folder = tmp_path / "client"
    folder.mkdir()
    rows = [FINDING_HEADERS, finding("F1", clause="8.5."), finding("F2", site="Nowhere", statement="=1+1")]
    Folder(folder).settings("as_of = 2024-03-31\n").workbook(
        "a #1 100%.xlsx", **{"It's": rows}, Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT]
    ).text("i.csv", "number,opened_at,priority\nI1,2022-04-03 09:00,P1\nI2,,P1\n")
    return open_engagement(folder)


def pages(lab, folder):
    return openpyxl.load_workbook(io.BytesIO(ledger_workbook(lab, folder=folder)))


def links(page, header):
    column = next(cell.column for cell in page[2] if cell.value == header)
    return {page.cell(row, column).value: page.cell(row, column).hyperlink for row in range(3, page.max_row + 1)}


def test_an_entry_leads_to_its_cell(engagement, tmp_path):
    run = tmp_path / "reports" / "run" / "workpapers"
    links_of_cells = links(pages(engagement, run)["Entries"], "Cell")
    clause = links_of_cells["E2"]
    target = PureWindowsPath(clause.target.replace("%20", " ").replace("%23", "#").replace("%25", "%"))
    assert (run / target.as_posix()).resolve() == (engagement.folder / "a #1 100%.xlsx").resolve()
    assert clause.location == "'It''s'!E2"
    assert links_of_cells["A3"].location in {"'It''s'!A3", "'i'!A3"}


def test_every_sheet_has_its_line_with_links_to_file_and_sheet(engagement, tmp_path):
    page = pages(engagement, tmp_path)["Sheets"]
    assert {page.cell(row, 2).value for row in range(3, page.max_row + 1)} == {"It's", "Sites", "Audits", "i"}
    assert links(page, "File")["i.csv"].location is None
    assert links(page, "Sheet")["i"].location == "'i'!A1"


def test_questions_stand_beside_their_line_of_settings(engagement, tmp_path):
    page = pages(engagement, tmp_path)["Questions"]
    said = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
    assert any('[aliases.site] "Nowhere"' in (row[-1] or "") for row in said)
    assert page.cell(1, 1).value.endswith("questions that a program could not decide")


def test_the_same_ledger_gives_the_same_workbook(engagement, tmp_path):
    assert ledger_workbook(engagement, folder=tmp_path) == ledger_workbook(engagement, folder=tmp_path)

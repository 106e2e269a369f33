"""Sheets of .ods files: merged cells repeat their value, hidden rows are marked, digits shown are seen."""

import zipfile

import pytest
from engagements import AUDIT_HEADERS

from auditlab.intake import open_engagement
from auditlab.intake.clause_numbers import SHOWN_WITH_ZERO
from auditlab.intake.ods_marks import scan_ods
from auditlab.intake.sheet_xml import Box
from auditlab.intake.table_remarks import HIDDEN_ROW, MERGED_CELL

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def cell(value="", *, down=1, across=1, shown=None):
    """A cell; a number is shown as it is written where nothing else is said."""
    spans = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"' if down * across > 1 else ""
    if isinstance(value, float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"{spans}><text:p>{shown or value}</text:p></table:table-cell>'
    kind = ' office:value-type="string"' if value else ""
    return f"<table:table-cell{kind}{spans}><text:p>{value}</text:p></table:table-cell>"


COVERED = "<table:covered-table-cell/>"
EMPTY = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'


def row(*cells, mark=""):
    return f"<table:table-row{mark}>{''.join(each if each.startswith('<') else cell(each) for each in cells)}</table:table-row>"


def ods(path, *rows, name="Coverage"):
    body = f'<table:table table:name="{name}">{"".join(rows)}{EMPTY}</table:table>'
    text = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES} office:version="1.2"><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>'
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in (("mimetype", TYPE), ("content.xml", text), ("META-INF/manifest.xml", manifest)):
            archive.writestr(part, content)
    return path


HEADERS = row("Audit no", "Site", "Clause", "Examined")


def test_a_merged_cell_of_an_ods_sheet_counts_for_every_row_it_covers(folder):
    ods(
        folder.path / "c.ods",
        HEADERS,
        row(cell("AU-1", down=3), cell("A", down=2), "8.5.1", "yes"),
        row(COVERED, COVERED, "8.5.2", "yes"),
        row(COVERED, "B", "8.6.1", "no"),
    )
    lab = open_engagement(folder.path)
    assert list(lab.tables.coverage["audit_id"]) == ["AU-1"] * 3
    assert list(lab.tables.coverage["site"]) == ["A", "A", "B"]
    told = lab.ledger[lab.ledger["rule"].str.startswith(MERGED_CELL)]
    assert list(zip(told["row"], told["field"], told["new"], strict=True)) == [
        (3, "audit_id", "AU-1"),
        (3, "site", "A"),
        (4, "audit_id", "AU-1"),
    ]


def test_repeated_rows_and_columns_are_counted_and_hidden_rows_marked(tmp_path):
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    marks = scan_ods(
        ods(
            tmp_path / "m.ods",
            blank,
            row(gap, cell("x", down=2, across=3)),
            row("y", mark=' table:visibility="filter"'),
            name="S",
        )
    )["S"]
    assert marks.merged == (Box(4, 3, 5, 5),)
    assert marks.hidden_rows == {5}


def test_hidden_rows_of_an_ods_sheet_are_loaded_and_flagged(folder):
    ods(
        folder.path / "a.ods",
        row(*AUDIT_HEADERS[:4]),
        row("AU-1", "Surveillance", "2023-06-01", "A"),
        row("AU-2", "Surveillance", "2022-06-01", "A", mark=' table:visibility="collapse"'),
        name="Audits",
    )
    lab = open_engagement(folder.path)
    assert len(lab.tables.audits) == 2
    assert list(lab.ledger.loc[lab.ledger["rule"] == HIDDEN_ROW, "row"]) == [3]


def test_the_zero_that_an_ods_sheet_shows_comes_back(folder):
    rows = [row("AU-1", "A", cell(number, shown=shown), "yes") for number, shown in ((8.1, "8.10"), (8.2, "8.2"))]
    ods(folder.path / "c.ods", HEADERS, *rows)
    lab = open_engagement(folder.path)
    assert SHOWN_WITH_ZERO in set(lab.ledger["rule"])


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_a_damaged_file_has_no_marks(tmp_path, content):
    (tmp_path / "d.ods").write_bytes(content)
    assert scan_ods(tmp_path / "d.ods") == {}


def test_a_file_that_fails_while_it_is_scanned_has_no_marks(tmp_path, monkeypatch):
    path = ods(tmp_path / "c.ods", HEADERS)
    assert list(scan_ods(path)) == ["Coverage"]

    def fails(self, name):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(zipfile.ZipFile, "open", fails)
    assert scan_ods(path) == {}
    assert scan_ods(tmp_path / "gone.ods") == {}

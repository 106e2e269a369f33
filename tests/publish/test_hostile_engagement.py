"""Hostile text in every text of an engagement comes out as text in every kind of file of a whole run."""

import html
import io
import json
import re
import zipfile

import docx
import openpyxl
import pandas as pd
from named_engagement import HOSTILE

TAGS = ("<script>alert", "<img src=x", '" onmouseover="alert', "<a href=javascript")


def test_every_page_was_made(third):
    assert third.failures == []
    assert third.open_questions == 0


def test_no_tag_comes_through_on_a_page_and_the_text_is_still_there(third):
    seen = set()
    for page in third.folder.glob("*.html"):
        source = page.read_text(encoding="utf-8")
        assert not [tag for tag in TAGS if tag in source], page.name
        # Charts lie in scripts as JSON, which escapes the bracket.
        shown = html.unescape(source).replace("\\u003c", "<")
        seen |= {piece for piece in HOSTILE if piece in shown}
    assert seen == set(HOSTILE)


def test_no_cell_of_a_workbook_computes_or_leads_away(third):
    seen = set()
    for path in (third.folder / "workpapers").glob("*.xlsx"):
        content = path.read_bytes()
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f", (path.name, cell.coordinate)
                target = "" if cell.hyperlink is None else cell.hyperlink.target or ""
                assert not re.match(r"https?:|javascript:", target), (path.name, cell.coordinate)
                seen |= {piece for piece in HOSTILE if isinstance(cell.value, str) and piece in cell.value}
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            assert not [name for name in box.namelist() if "vba" in name.lower() or "externallink" in name.lower()]
    assert seen == set(HOSTILE)


def test_no_text_of_a_document_is_a_field_or_a_template(third):
    said = ""
    for path in (third.folder / "documents").glob("*.docx"):
        document = docx.Document(path)
        said += "\n".join(paragraph.text for paragraph in document.paragraphs)
        said += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
        with zipfile.ZipFile(path) as box:
            inside = box.read("word/document.xml").decode("utf-8")
        assert "w:instrText" not in inside
        assert "<script" not in inside
    assert "{{ 7 * 7 }}" in said
    assert "49{" not in said


def test_tables_and_notebooks_hold_the_text_as_it_stood(third):
    kept = set()
    for path in (third.folder / "tables").glob("*.csv"):
        cells = pd.read_csv(path, dtype="str", keep_default_na=False).to_numpy().ravel()
        kept |= {piece for piece in HOSTILE if any(piece in str(cell) for cell in cells)}
    assert kept == set(HOSTILE)
    for path in third.folder.glob("*.ipynb"):
        json.loads(path.read_text(encoding="utf-8"))


def test_nothing_was_written_outside_the_run(third, named):
    assert {path.name for path in third.folder.parent.iterdir()} == {".cache", third.folder.name}
    assert {path.name for path in third.folder.parent.parent.iterdir()} == {third.folder.parent.name}
    assert not list(named.rglob("*.html"))

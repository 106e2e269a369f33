"""Only rows that can matter are parsed, and nothing that matters is lost by it."""

import io

import pytest

from auditlab.intake import telling_rows
from auditlab.intake.telling_rows import telling_pieces

HEAD = b'<worksheet xmlns="x"><cols><col min="1" max="1"/></cols><sheetData>'
PLAIN = b'<row r="%d"><c r="A1" s="7"><v>1</v></c></row>'
TAIL = b'</sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells></worksheet>'


def pieces(monkeypatch, *rows, styles=()):
    monkeypatch.setattr(telling_rows, "_AT_ONCE", 100)
    return list(telling_pieces(io.BytesIO(HEAD + b"".join(rows) + TAIL), styles))


def test_rows_of_nothing_but_cells_are_left_out_and_what_follows_them_is_kept(monkeypatch):
    found = pieces(monkeypatch, *(PLAIN % n for n in range(1, 40)))
    assert len(found) == 1
    assert len(found[0]) < len(HEAD) + len(TAIL) + 250
    assert found[0].endswith(TAIL)


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="9" hidden="1"/>',
        b'<row r="9"><c r="A9" t="e"><v>#N/A</v></c></row>',
        b'<row r="9"><c r="A9"><f>A1</f></c></row>',
        b'<row r="9"><c r="A9" s="2"><v>8.1</v></c></row>',
    ],
)
def test_a_row_that_says_more_is_kept_wherever_it_stands(monkeypatch, row):
    for place in range(12):
        rows = [PLAIN % n for n in range(1, 13)]
        found = pieces(monkeypatch, *rows[:place], row, *rows[place:], styles=("2",))
        assert sum(row in piece for piece in found) == 1


def test_of_many_styles_any_is_looked_at(monkeypatch):
    styles, row = [str(n) for n in range(100, 140)], b'<row r="9"><c r="A9" s="121"><v>8.1</v></c></row>'
    bare = b'<row r="%d"><c r="A1"><v>1</v></c></row>'
    rows = [bare % n for n in range(1, 31)]
    found = pieces(monkeypatch, *rows[:15], row, *rows[15:], styles=styles)
    assert sum(row in piece for piece in found) == 1
    assert len(b"".join(found)) < len(b"".join(rows))


def test_a_sheet_written_in_another_way_is_one_document(monkeypatch):
    monkeypatch.setattr(telling_rows, "_AT_ONCE", 90)
    for content in (b"<x:worksheet><x:sheetData><x:row/></x:sheetData></x:worksheet>", HEAD.replace(b'"', b"'") + TAIL):
        assert list(telling_pieces(io.BytesIO(content), ())) == [content]


def test_a_row_that_is_never_told_apart_is_read_through_once(monkeypatch):
    monkeypatch.setattr(telling_rows, "_AT_ONCE", 100)
    content = HEAD + b'<row><c r="A1"><v>1</v></c></row>' * 90 + TAIL
    assert list(telling_pieces(io.BytesIO(content), ())) == [content]

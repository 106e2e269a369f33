"""Files that are built to do harm or are broken: one clear sentence each, within the limits, and the others are read."""

import io
import os
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pytest
import xlsxwriter
from engagements import AUDIT, AUDIT_HEADERS

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement, opening, readers, sheet_size, text_files
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.readers import close_readers, read_files
from auditlab.intake.sheet_size import check_merged
from auditlab.settings import Limits

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def workbook(rows=(AUDIT_HEADERS, AUDIT)):
    content = io.BytesIO()
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def packed(parts, *, base=None):
    """An archive of `parts`, which replace those of `base` or are added to them."""
    with zipfile.ZipFile(io.BytesIO(base or workbook())) as archive:
        known = {name: archive.read(name) for name in archive.namelist()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (known | parts).items():
            archive.writestr(name, part)
    return content.getvalue()


def read(tmp_path, content, *, name="a.xlsx", **limits):
    path = tmp_path / name
    path.write_bytes(content)
    chosen = Limits(**limits).model_dump()
    (found,) = read_files([(path, name)], limits=ReadLimits(**chosen))
    if isinstance(found, EngagementError):
        raise found
    return found


def doubled(part):
    content = io.BytesIO(workbook())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(content, "a") as archive:
        archive.writestr(part, b"<x/>")
    return content.getvalue()


def locked():
    """A workbook whose parts are marked as encrypted."""
    content = bytearray(workbook())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: packed({SHEET: b"0" * 40_000_000}), "built to fill the memory: few bytes stand for 38 MiB"),
        (lambda: packed({"xl/a.bin": b""} | {f"xl/{n}": b"" for n in range(20_001)}), "parts; a workbook has a few"),
        (lambda: packed({"../../.profile": b"x"}), r"a part named '\.\./\.\./\.profile', which lies outside"),
        (lambda: packed({"/etc/cron.d/x": b"x"}), "'/etc/cron.d/x', which lies outside"),
        (lambda: packed({"C:\\x": b"x"}), "which lies outside"),
        (lambda: doubled("xl/workbook.xml"), r"holds the part 'xl/workbook\.xml' twice"),
        (locked, "protected by a password. Save a copy without password"),
        (lambda: packed({SHEET: BOMB + HEAD}), rf"'{SHEET}' declares XML entities"),
        (lambda: packed({"xl/sharedStrings.xml": BOMB.decode().encode("utf-16")}), "declares XML entities"),
        (lambda: workbook()[:-400], "cut off or no workbook at all. Ask for a new copy"),
        (lambda: packed({"ü": b""}).replace("ü".encode(), b"\xc1\xc1"), "not a readable workbook"),
        (lambda: workbook()[:40], "not a readable workbook"),
        (lambda: b"PK\x03\x04" + bytes(range(256)) * 20, "not a readable workbook"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40), "not a readable workbook"),
    ],
)
def test_a_workbook_built_to_do_harm_is_refused_with_one_sentence(tmp_path, made, message):
    with pytest.raises(EngagementError, match=rf"a\.xlsx: .*(?:{message})"):
        read(tmp_path, made())


def test_a_part_with_a_wrong_checksum_is_read_where_a_library_can(tmp_path):
    content = bytearray(packed({}))
    place = content.find(b"PK\x01\x02")
    content[place + 16] ^= 1  # of the first part alone
    assert len(read(tmp_path, bytes(content))) == 1


def test_a_part_whose_bytes_cannot_be_unpacked_is_one_sentence(tmp_path):
    content = packed({"xl/workbook.xml": b"<workbook>" + bytes(range(256)) * 8})  # found by the fuzzer
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.getinfo("xl/workbook.xml").header_offset + 30 + len("xl/workbook.xml")
    with pytest.raises(EngagementError, match=r"a\.xlsx: not a readable workbook \("):
        read(tmp_path, content[:start] + b"\xff" * 60 + content[start + 60 :])


def test_the_unpacked_size_is_limited_by_a_setting(folder):
    folder.text("a.xlsx", packed({"xl/media/image1.bin": bytes(range(256)) * 8200}))
    folder.settings('client = "C"\nas_of = 2024-03-31\n[limits]\nunpacked_mib = 1\n')
    with pytest.raises(EngagementError, match=r"a\.xlsx: unpacked it is 2 MiB, .* raise unpacked_mib in \[limits\]"):
        open_engagement(folder.path)


def sheet_with(cells):
    return packed({SHEET: HEAD + b"<sheetData>" + cells + b"</sheetData></worksheet>"})


def test_two_cells_at_the_far_corners_are_named_by_their_span(tmp_path):
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(EngagementError, match=r"filled cells span [0-9,]* rows and 16,384 columns"):
        read(tmp_path, sheet_with(far))


def test_many_empty_formatted_rows_are_no_rows(tmp_path):
    rows = b"".join(b'<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>' % (n, n) for n in range(2, 60_000))
    (sheet,) = read(tmp_path, sheet_with(b'<row r="1"><c r="A1"><v>1</v></c></row>' + rows))
    assert [row for row in sheet.rows if any(cell is not None for cell in row)] == [(1.0,)]


def test_a_merged_cell_as_long_as_a_column_makes_no_rows(folder):
    book = xlsxwriter.Workbook(folder.path / "a.xlsx")
    page = book.add_worksheet("Audits")
    page.write_row(0, 0, AUDIT_HEADERS)
    page.write_row(1, 0, ("AU-1", "Surveillance", "2023-06-01", "", 2, ""))
    page.merge_range(2, 7, 1_048_575, 7, "x")
    book.close()
    lab = open_engagement(folder.path)
    assert lab.tables.audits["audit_id"].tolist() == ["AU-1"]


def test_links_to_other_workbooks_are_told_and_not_followed(folder):
    folder.text("a.xlsx", packed({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}))
    lab = open_engagement(folder.path)
    assert len(lab.tables.audits) == 1
    assert "takes values from other workbooks" in lab.summary.iloc[0]["note"]


def test_a_reader_that_needs_too_much_memory_ends_with_the_setting_to_raise(tmp_path):
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in (1, 1_000_000))
    wide = rows.replace(b"</row>", b'<c r="AD1"><v>1</v></c></row>', 1)
    with pytest.raises(EngagementError, match=r"more than 256 MiB of memory, .* raise memory_mib in \[limits\]"):
        read(tmp_path, sheet_with(wide), memory_mib=256)


def test_a_reader_that_takes_too_long_is_ended_and_the_next_file_is_read(tmp_path):
    with pytest.raises(EngagementError, match=r"a\.csv: reading it takes longer than 0 seconds.* raise seconds"):
        read(tmp_path, b"a;b\n" * 3_000_000, name="a.csv", seconds=0.01, seconds_per_mib=0.0001)
    assert len(read(tmp_path, workbook())) == 1


def test_all_files_that_cannot_be_read_are_named_at_once(folder):
    for name in ("a.xlsx", "b.xlsx"):
        folder.text(name, packed({"../x": b""}))
    folder.text("c.xlsx", workbook())
    with pytest.raises(EngagementError, match=r"(?s)a\.xlsx: holds a part .*\n?b\.xlsx: holds a part"):
        open_engagement(folder.path)


def test_a_sheet_larger_than_the_limit_of_cells_is_refused(tmp_path):
    with pytest.raises(EngagementError, match=r"sheet 'Sheet': filled cells span 2 rows and 6 columns, .* raise cells"):
        read(tmp_path, workbook(), cells=11)
    with pytest.raises(EngagementError, match="sheet 'Sheet': filled cells span 2 rows and 6 columns"):
        read(tmp_path, packed({SHEET: odd_type()}), cells=11)


def odd_type():
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        return archive.read(SHEET).replace(b't="n"', b't="unheard of"')


def test_formulas_in_a_row_that_no_sheet_has_make_no_rows(tmp_path):
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000000"><c r="A1000000000"><f>1</f></c></row>'
    (sheet,) = read(tmp_path, sheet_with(far))
    assert len(sheet.rows) == 1


@pytest.mark.parametrize("number", [4_294_967_295, 99_999_999_999_999_999_999])
def test_a_row_that_no_sheet_has_is_refused_without_counting_up_to_it(tmp_path, number):
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="%d"><c r="A%d"><v>1</v></c></row>' % (number, number)
    with pytest.raises(
        EngagementError, match=r"has a row below row 1,048,576|not a readable workbook|filled cells span"
    ):
        read(tmp_path, sheet_with(far))


def merged_over(columns, rows):
    letters = [chr(67 + place).encode() for place in range(columns)]
    top = b"".join(b'<c r="%s2"><v>1</v></c>' % letter for letter in letters)
    filled = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, rows + 1))
    boxes = b"".join(b'<mergeCell ref="%s2:%s1048576"/>' % (letter, letter) for letter in letters)
    cells = b'<row r="1"/><row r="2">' + top + b"</row>" + filled
    end = b"</sheetData><mergeCells>" + boxes + b"</mergeCells></worksheet>"
    return packed({SHEET: HEAD + b"<sheetData>" + cells + end})


def test_column_long_merges_beside_many_rows_are_refused_before_they_are_repeated(tmp_path):
    with pytest.raises(
        EngagementError, match=r"sheet 'Sheet': merged cells cover 2,1[0-9,]* cells .* Undo the merging"
    ):
        read(tmp_path, merged_over(columns=20, rows=108_000))
    assert len(read(tmp_path, merged_over(columns=20, rows=100))) == 1


@pytest.mark.parametrize(("content", "columns"), [(b"," * 16_384, "16,385"), (b"a;b\n1;2\n" + b";" * 40_000, "40,001")])
def test_a_text_row_wider_than_any_sheet_is_refused(tmp_path, content, columns):
    with pytest.raises(EngagementError, match=rf"a\.csv: row [13] has {columns} cells, .* of any spreadsheet"):
        read(tmp_path, content, name="a.csv")
    assert len(read(tmp_path, b"," * 16_383, name="a.csv")) == 1


def test_a_text_file_larger_than_the_limit_of_cells_is_refused(tmp_path):
    with pytest.raises(
        EngagementError, match=r"a\.csv: filled cells span 6 rows and 2 columns, more than the 10 cells"
    ):
        read(tmp_path, b"a;b\n" * 9, name="a.csv", cells=10)


def test_a_parquet_file_that_unpacks_to_more_than_allowed_is_refused(tmp_path):
    content = pa.BufferOutputStream()
    texts = pa.table({"a": [os.urandom(2**20).hex()] * 3})
    pyarrow.parquet.write_table(texts, content, compression="zstd", use_dictionary=False)
    with pytest.raises(EngagementError, match=r"a\.parquet: unpacked it is [56] MiB, .* raise unpacked_mib"):
        read(tmp_path, content.getvalue().to_pybytes(), name="a.parquet", unpacked_mib=4)
    assert len(read(tmp_path, content.getvalue().to_pybytes(), name="a.parquet")) == 1


def test_links_to_nowhere_and_pipes_are_named_and_never_waited_for(folder):
    folder.text("a.xlsx", workbook())
    (folder.path / "b.xlsx").symlink_to(folder.path / "gone.xlsx")
    (folder.path / "c.csv").symlink_to("c.csv")
    os.mkfifo(folder.path / "d.csv")
    with pytest.raises(EngagementError, match=r"b\.xlsx, c\.csv, d\.csv: no file, but a link .* or a pipe\. Put the"):
        open_engagement(folder.path)


def test_a_folder_that_is_linked_into_itself_is_read_once(folder):
    folder.text("a.xlsx", workbook())
    (folder.path / "again").symlink_to(folder.path, target_is_directory=True)
    (folder.path / "folder.xlsx").mkdir()
    assert len(open_engagement(folder.path).inputs) == 2


def test_files_that_vanish_are_named_at_once(folder, monkeypatch):
    folder.text("a.xlsx", workbook())
    gone = [folder.path / name for name in ("b.xlsx", "c.csv")]
    monkeypatch.setattr(opening, "table_files", lambda path: [path / "a.xlsx", *gone])
    with pytest.raises(
        EngagementError, match=r"(?s)b\.xlsx: cannot be opened \(No such file.*c\.csv: cannot be opened"
    ):
        open_engagement(folder.path)


def test_a_file_that_vanishes_before_it_is_read_is_one_sentence(tmp_path):
    limits = ReadLimits(**Limits().model_dump())
    (found,) = read_files([(tmp_path / "a.xlsx", "a.xlsx")], limits=limits)
    assert str(found).startswith("a.xlsx: cannot be opened (No such file or directory). Check that the file")


def test_declarations_behind_a_long_comment_are_not_expanded(tmp_path):
    late = b"<!--" + b"x" * 9000 + b"-->" + BOMB
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for part in ("xl/workbook.xml", "docProps/core.xml", "xl/styles.xml", SHEET):
        head, found, rest = parts[part].rpartition(b"?>")
        bomb = (
            head + found + late + rest.replace(b"<sheetData>", b'<sheetData><row r="9"><c r="A9"><v>&b;</v></c></row>')
        )
        (sheet,) = read(tmp_path, packed({part: bomb}))
        assert not any("aaaaaaaa" in str(cell) for row in sheet.rows for cell in row)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xls", b"\r\n <HTML><table>", "by its content it is an HTML page. Open it"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "by its content it is an XML file. Open it"),
        ("a.xls", b"MIME-Version: 1.0\r\n", "it is plain text. If it is a table"),
        ("a.xlsx", b"PK\x05\x06" + bytes(18), "a zip archive that is no workbook. Unpack it"),
        (
            "a.csv",
            b"\xff\xfe" + "Audit no;From\r\n".encode("utf-16-le") + b"x",
            r"begins as text in utf-16, but is damaged at byte 33 \(truncated data\)",
        ),
        ("a.csv", b"\xff\xfe\x00\xd8\x00\xd8a\0", "text in utf-16, but is damaged at byte 3"),
        ("a.csv", b"GIF89a" + bytes(range(256)), "not a text file in any known encoding"),
    ],
)
def test_a_file_under_a_wrong_name_says_what_it_is(tmp_path, name, content, message):
    with pytest.raises(EngagementError, match=message):
        read(tmp_path, content, name=name)


def test_a_row_of_thousands_of_headers_is_no_table_and_is_looked_through(folder):
    """Every header a namesake, then every header a stranger: neither is compared with all the others."""
    for number, name in enumerate(("x", "stranger {}")):
        cells = "".join(f'<c t="inlineStr"><is><t>{name.format(n)}</t></is></c>' for n in range(4_000))
        folder.text(f"wide{number}.xlsx", sheet_with(f'<row r="1">{cells}</row>'.encode()))
    folder.text("audits.xlsx", workbook())
    lab = open_engagement(folder.path)
    assert len(lab.tables.audits) == 1
    assert lab.summary["note"].str.startswith("not recognised").sum() == 2


def test_more_merged_cells_than_any_sheet_has_are_refused(tmp_path):
    merged = b"<mergeCells>" + b'<mergeCell ref="A1:B1"/>' * 200_001 + b"</mergeCells>"
    row = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    content = packed({SHEET: HEAD + b"<sheetData>" + row + b"</sheetData>" + merged + b"</worksheet>"})
    with pytest.raises(EngagementError, match=r"a\.xlsx, sheet 'Sheet': has 200,001 merged cells, .* Undo the merging"):
        read(tmp_path, content)


def test_merged_cells_that_only_calamine_tells_are_counted_too(monkeypatch):
    monkeypatch.setattr(sheet_size, "MOST_MERGED", 3)
    check_merged("a.xlsx, sheet 'S'", [(1, 1)] * 3, rows=9)
    with pytest.raises(EngagementError, match=r"a\.xlsx, sheet 'S': has 4 merged cells"):
        check_merged("a.xlsx, sheet 'S'", [(1, 1)] * 4, rows=9)


def test_the_encoding_of_a_large_text_is_told_where_it_is_no_utf_8(tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "JUDGED_BYTES", 200)
    path = tmp_path / "a.csv"
    path.write_bytes(b"Finding ID;Audit\n" + b"1;A\n" * 500 + "2;Prüfung für Größe\n".encode("cp1252"))
    limits = ReadLimits(**Limits().model_dump())
    found = text_files.read_text_file(path, name="a.csv", limits=limits)
    assert found.notes == ("text in cp1252",)
    assert "Prüfung für Größe" in found.cells.columns[1].values


def test_a_reading_process_that_was_ended_meanwhile_is_replaced(tmp_path):
    close_readers()
    assert len(read(tmp_path, workbook())) == 1
    (idle,) = readers._idle
    idle._process.kill()
    idle._process.wait()
    (sheet,) = read(tmp_path, b"Finding ID,Audit\n1,2\n", name="a.csv")
    assert len(sheet.rows) == 2
    assert readers._idle != [idle]


def test_a_reading_process_whose_time_ended_as_it_answered_is_not_asked_again(tmp_path):
    close_readers()
    assert len(read(tmp_path, workbook())) == 1
    (idle,) = readers._idle
    idle._end()
    assert not idle.runs
    assert len(read(tmp_path, b"a,b\n1,2\n", name="a.csv")) == 1
    assert idle not in readers._idle

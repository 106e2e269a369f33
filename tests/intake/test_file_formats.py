"""Files of every kind: the same rows come out, and what cannot be read is said in one sentence."""

import datetime as dt
import re
import shutil
import zipfile

import openpyxl
import pandas as pd
import pytest
from engagements import AUDIT_HEADERS

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement

HEADER = "number;opened_at;priority;short_description\n"
RECORD = "I1;2022-04-03 09:00;P1;Störung im Gerät, 97,4 %\n"


def described(folder, name, content):
    lab = open_engagement(folder.text(name, content).path)
    return lab.tables.incidents.iloc[0]["given: short_description"], lab.summary.iloc[0]["note"]


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(folder, encoding, note):
    text, told = described(folder, "i.csv", (HEADER + RECORD * 3).encode(encoding))
    assert text == "Störung im Gerät, 97,4 %"
    assert told.endswith(f"text in {note}" if note else "short_description")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_the_rows_evenly(folder, delimiter):
    rows = [
        ("number", "opened_at", "priority", "note"),
        *[(f"I{n}", "2022-04-03 09:00", "P1", "97,4; 3|4") for n in range(5)],
    ]
    text = "\n".join(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows)
    name = "i.tsv" if delimiter == "\t" else "i.csv"
    lab = open_engagement(folder.text(name, text).path)
    assert lab.tables.incidents["given: note"].tolist() == ["97,4; 3|4"] * 5


def test_a_first_line_may_tell_the_delimiter(folder):
    lab = open_engagement(folder.text("i.csv", "sep=|\nnumber|opened_at|priority\nI1|2022-04-03 09:00|P1\n").path)
    assert lab.tables.incidents["source_row"].tolist() == [3]


def test_parquet_is_read_with_its_types(folder):
    opened = pd.to_datetime(["2022-04-03T09:00", "2022-04-04T09:00"]).tz_localize("Europe/Oslo")
    frame = pd.DataFrame(
        {"number": ["001", "002"], "opened_at": opened, "priority": ["P1", None], "reassignment_count": [1, 2]}
    )
    frame.to_parquet(folder.path / "i.parquet")
    lab = open_engagement(folder.path)
    assert lab.tables.incidents["incident_id"].tolist() == ["001", "002"]
    assert lab.tables.incidents["opened"].tolist() == [pd.Timestamp(2022, 4, 3, 7), pd.Timestamp(2022, 4, 4, 7)]
    assert lab.summary.iloc[0]["engine"] == "pyarrow"


def workbook(path):
    book = openpyxl.Workbook()
    book.active.append(AUDIT_HEADERS)
    book.active.append(("AU-1", "Surveillance", dt.date(2023, 6, 1), None, 2, None))
    book.save(path)


def test_macros_are_never_run_and_their_presence_is_told(folder):
    workbook(folder.path / "a.xlsx")
    with zipfile.ZipFile(folder.path / "a.xlsx", "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"never run")
    (folder.path / "a.xlsx").rename(folder.path / "a.xlsm")
    lab = open_engagement(folder.path)
    assert len(lab.tables.audits) == 1
    assert "holds a macro project; it was not run" in lab.summary.iloc[0]["note"]


def test_a_workbook_under_the_ending_of_another_is_read_as_what_it_is(folder):
    workbook(folder.path / "a.xlsx")
    (folder.path / "a.xlsx").rename(folder.path / "a.xls")
    lab = open_engagement(folder.path)
    assert len(lab.tables.audits) == 1
    assert "named .xls, read as the .xlsx file it is" in lab.summary.iloc[0]["note"]


def replaced(path, part, old, new):
    """Change the bytes of one part of an archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_openpyxl_reads_what_calamine_cannot_and_the_ledger_says_so(folder):
    workbook(folder.path / "a.xlsx")
    replaced(folder.path / "a.xlsx", "xl/worksheets/sheet1.xml", b'<c r="E2" t="n">', b'<c r="E2" t="unheard of">')
    lab = open_engagement(folder.path)
    assert len(lab.tables.audits) == 1
    line = lab.summary.iloc[0]
    assert line["engine"] == "openpyxl"
    assert re.search(r"calamine could not read this file \(.*unheard of.*\); openpyxl did", line["note"])


def test_what_neither_library_reads_is_refused_with_the_mend(folder):
    with zipfile.ZipFile(folder.path / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<no")
    with pytest.raises(EngagementError, match=r"a\.xlsx: not a readable workbook .* save it again as \.xlsx"):
        open_engagement(folder.path)


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", ENCRYPTED, "protected by a password"),
        ("a.xlsx", b"", r"the file is empty \(0 bytes\)"),
        ("a.xlsx", b"number,opened_at\n", r"it is plain text\. If it is a table in text form, rename it to \.csv"),
        ("a.xls", b"<html><table>", r"it is an HTML page\. Open it in a spreadsheet program"),
        ("a.xls", b"<?xml version='1.0'?>", "it is an XML file"),
        ("a.xlsx", b"%PDF-1.7", r"it is a PDF file\. Ask for the spreadsheet"),
        ("a.csv", b"%PDF-1.7", "not a readable text file"),
        ("a.parquet", b"PAR1 and no more", "not a readable parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_it_is_and_what_to_do(folder, name, content, message):
    with pytest.raises(EngagementError, match=message):
        open_engagement(folder.text(name, content).path)


def test_a_workbook_called_csv_and_an_archive_called_workbook_are_named(folder):
    workbook(folder.path / "a.xlsx")
    shutil.copy(folder.path / "a.xlsx", folder.path / "b.csv")
    with zipfile.ZipFile(folder.path / "c.xlsx", "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(EngagementError, match=r"(?s)b\.csv: not a text file but a workbook.*c\.xlsx: .* a zip archive"):
        open_engagement(folder.path)


def test_bytes_of_no_text_are_refused(folder):
    with pytest.raises(EngagementError, match="not a text file in any known encoding"):
        open_engagement(folder.text("i.csv", bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xFF, 0xFE, 0x00]) * 40).path)

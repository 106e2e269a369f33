"""Files as Windows and macOS leave them: line ends, encodings, names, and what those systems put beside them."""

import unicodedata

import pytest

import auditlab
from auditlab.errors import EngagementError

HEADER = "NCR no,Audit no,Clause,Grading,Statement of finding"
ROWS = ("F1,A1,8.6.3,minor,Störung im Gerät", 'F2,A1,8.6.3,minor,"zwei\nZeilen"')


def opened(folder, files, settings=b"as_of = 2024-03-31\n"):
    (folder / "auditlab.toml").write_bytes(settings)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return auditlab.open_engagement(folder)


def register(end="\n", **changed):
    text = end.join((changed.get("header", HEADER), ROWS[0], ROWS[1].replace("\n", end))) + end
    return text.encode(changed.get("encoding", "utf-8"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["Unix", "Windows", "old Macintosh"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_line_ends_and_encodings_of_all_systems_give_the_same_rows(tmp_path, end, encoding):
    findings = opened(tmp_path, {"f.csv": register(end, encoding=encoding)}).tables.findings
    assert [" ".join(text.split()) for text in findings["statement"]] == ["Störung im Gerät", "zwei Zeilen"]
    assert findings["source_row"].tolist() == [2, 3] if end == "\n" else len(findings) == 2


def test_what_systems_and_programs_put_beside_the_files_is_no_table(tmp_path):
    beside = {
        "~$Audits.xlsx": b"\x05owner", "._f.csv": b"\x00\x05\x16\x07", ".~lock.f.csv#": b"x", ".DS_Store": b"x",
        "Thumbs.db": b"x", "desktop.ini": b"[x]",
    }  # fmt: skip
    lab = opened(tmp_path, {"f.csv": register()} | beside)
    assert lab.summary["file"].unique().tolist() == ["f.csv"]


def test_the_ending_of_a_name_may_be_written_in_capitals(tmp_path):
    assert len(opened(tmp_path, {"F.CSV": register()}).tables.findings) == 2


def test_settings_saved_by_a_simple_editor_of_windows_are_read(tmp_path):
    settings = 'as_of = 2024-03-31\r\nclient = "Tromsø"\r\n'.encode("utf-8-sig")
    assert opened(tmp_path, {"f.csv": register()}, settings).settings.client == "Tromsø"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_settings_in_another_encoding_are_refused_with_the_mend(tmp_path, encoding):
    with pytest.raises(EngagementError, match=r"not a text file in UTF-8\. Save it in that encoding"):
        opened(tmp_path, {"f.csv": register()}, 'client = "Tromsø"'.encode(encoding))


def test_a_name_with_accents_apart_is_the_name_that_is_typed(tmp_path):
    """macOS hands out "Störungen.csv" in pieces; the settings name it as the keyboard writes it."""
    typed, stored = (unicodedata.normalize(form, "Störungen.csv") for form in ("NFC", "NFD"))
    settings = f'as_of = 2024-03-31\n[mapping."{typed}"."Störungen"]\nstatement = "Zeile"\n'.encode()
    content = register(header=HEADER.replace("Statement of finding", "Zeile"))
    lab = opened(tmp_path, {stored: content}, settings)
    assert lab.summary["file"].tolist() == [typed]
    assert len(lab.tables.findings) == 2


def test_a_site_with_accents_apart_is_the_same_site(tmp_path):
    apart = unicodedata.normalize("NFD", "Tromsé")
    findings = HEADER.replace("Clause", "Site,Clause") + f"\nF1,A1,{apart},8.6.3,minor,Text\n"
    lab = opened(tmp_path, {"f.csv": findings.encode(), "Sites.csv": "Site,Name\nTromsé,North\n".encode()})
    assert lab.tables.findings["site"].tolist() == ["Tromsé"]
    assert lab.open_questions.empty


def test_names_that_differ_in_capitals_alone_are_two_files(tmp_path):
    first, second = register(), register().replace(b"F1", b"G1").replace(b"F2", b"G2")
    (tmp_path / "probe").write_bytes(b"")
    if (tmp_path / "PROBE").exists():
        pytest.skip("this file system takes capitals and small letters for the same")
    lab = opened(tmp_path, {"f.csv": first, "F.csv": second})
    assert sorted(lab.tables.findings["finding_id"]) == ["F1", "F2", "G1", "G2"]

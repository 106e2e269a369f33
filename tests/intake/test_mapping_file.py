"""Proposed mappings: written as comments, nothing of the user's file changed."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.cli import main
from auditlab.intake import open_engagement
from auditlab.intake.mapping_file import proposed_mappings, write_proposals

SECTION = '[mapping."a b.xlsx"."Sheet 1"]'
LINE = '"service" = "Area"'
OWN = b'name = "x"  # mine\r\n\r\n[mapping . "a b.xlsx" . "Sheet 1"] # said by Ann\r\n"start" = "From"\r\n\r\n# about grades\r\n[grades]\r\n"PF" = "ofi"'


def test_a_new_section_is_added_at_the_end_as_comments(tmp_path):
    path = tmp_path / "auditlab.toml"
    path.write_bytes(b'name = "x"')
    assert write_proposals(path, {SECTION: [LINE]}) == 1
    content = path.read_bytes()
    assert content.startswith(b'name = "x"\n')
    assert content.endswith(f"# {LINE}\n".encode())
    assert tomllib.loads(content.decode()) == {"name": "x", "mapping": {"a b.xlsx": {"Sheet 1": {}}}}
    confirmed = tomllib.loads(content.decode().replace(f"# {LINE}", LINE))
    assert confirmed["mapping"]["a b.xlsx"]["Sheet 1"] == {"service": "Area"}


def test_a_section_that_stands_gets_the_line_at_its_end_and_every_byte_stays(tmp_path):
    path = tmp_path / "auditlab.toml"
    path.write_bytes(OWN)
    assert write_proposals(path, {SECTION: [LINE, '"start" = "Begin"']}) == 1, "start is said already"
    content = path.read_bytes()
    added = f"# {LINE}\r\n".encode()
    assert content.replace(added, b"") == OWN
    assert content.index(b'"start"') < content.index(added) < content.index(b"[grades]")


def test_writing_again_writes_nothing(tmp_path):
    path = tmp_path / "auditlab.toml"
    write_proposals(path, {SECTION: [LINE]})
    once = path.read_bytes()
    assert write_proposals(path, {SECTION: ['"service" = "Other"']}) == 0
    assert path.read_bytes() == once


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"# x\n", b"\n", b'name = "a"\n', b"  # y = 1\r\n", b"[aliases.site]\n", SECTION.encode() + b"\n"]
        ),
        max_size=8,
    ),
    st.lists(st.sampled_from(["service", "start", "end"]), min_size=1, max_size=3, unique=True),
)
def test_all_lines_of_the_user_stay_in_their_order(tmp_path_factory, lines, keys):
    path = tmp_path_factory.mktemp("m") / "auditlab.toml"
    path.write_bytes(b"".join(lines))
    write_proposals(path, {SECTION: [f'"{key}" = "H"' for key in keys]})
    after = iter(path.read_bytes().splitlines(keepends=True))
    assert all(line in after for line in lines)


def test_only_mappings_are_written():
    assert proposed_mappings(['[grades] "PF" = "ofi"', f"{SECTION} {LINE}"]) == {SECTION: [LINE]}


def test_a_near_miss_is_read_with_its_likeness_or_asked(folder):
    rows = "Ticket no,Opened,Configuration itm,Servcie offered,Catgory\nT1,2024-01-13 08:00,SRV1,Mail,Disk\n"
    lab = open_engagement(folder.text("t.csv", rows).path)
    assert list(lab.tables.incidents["ci"]) == ["SRV1"]
    assert "header 'Configuration itm' read as 'ci', 97 % like 'configuration item'" in lab.summary.iloc[0]["note"]
    assert list(lab.tables.incidents["category"]) == ["Disk"]


def test_check_writes_the_proposal_and_a_confirmed_line_wins(folder, capsys):
    rows = "Ticket no,Opened,Serivce nam\nT1,2024-01-13 08:00,Mail\n"
    path = folder.text("t.csv", rows).path
    before = (path / "auditlab.toml").read_bytes()
    with pytest.raises(SystemExit, match="1"):
        main(["check", str(path)])
    assert "1 line written into" in capsys.readouterr().out
    written = (path / "auditlab.toml").read_bytes()
    assert written.startswith(before)
    line = b'# "service" = "Serivce nam"\n'
    assert line in written
    (path / "auditlab.toml").write_bytes(written.replace(line, line.removeprefix(b"# ")))
    lab = open_engagement(path)
    assert list(lab.tables.incidents["service"]) == ["Mail"]
    assert lab.open_questions.empty
    (path / "auditlab.toml").write_bytes(written.replace(line, b'service = "none"\n'))
    lab = open_engagement(path)
    assert lab.tables.incidents["service"].isna().all()
    assert lab.open_questions.empty

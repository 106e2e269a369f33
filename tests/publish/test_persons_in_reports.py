"""A third-party report names nobody in any of its files; its owner knows who is meant, and a setting decides."""

import json
import re
import zipfile

import pandas as pd
import pytest
from named_engagement import NAMES, WORDS

import auditlab
from auditlab.cli import main
from auditlab.intake import persons_listed
from auditlab.publish.manifest import verify
from auditlab.publish.report import _persons
from auditlab.publish.run import run
from auditlab.publish.single_file import write_single_files
from auditlab.publish.trace import traced
from auditlab.settings import WITH_NAMES


def texts_of(folder):
    """Every text of every file below `folder`, in small letters: packed files unpacked, Parquet read."""
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as box:
                for member in box.namelist():
                    plain = re.sub(r"<[^>]*>", "", box.read(member).decode("utf-8", errors="replace"))
                    yield f"{path.name}/{member}", plain.lower()
        elif path.suffix == ".parquet":
            yield path.name, pd.read_parquet(path).to_csv().lower()
        else:
            yield path.name, path.read_bytes().decode("utf-8", errors="replace").lower()


def named_in(folder):
    found = re.compile(rf"\b(?:{'|'.join(WORDS)})\b")
    return {(name, word) for name, text in texts_of(folder) for word in found.findall(text)}


def test_no_file_of_a_third_party_report_names_anybody(third, tmp_path):
    assert third.failures == []
    kinds = {path.suffix for path in third.folder.rglob("*") if path.is_file()}
    assert {".html", ".xlsx", ".docx", ".csv", ".parquet", ".ipynb", ".json"} <= kinds
    assert named_in(third.folder) == set()
    write_single_files(third.folder, folder=tmp_path / "sent")
    assert named_in(tmp_path / "sent") == set()


def test_a_third_party_report_tells_persons_apart_and_says_what_it_replaced(third, named):
    roster = pd.read_csv(third.folder / "tables" / "team_roster.csv", dtype="str", keep_default_na=False)
    codes = persons_listed(auditlab.open_engagement(named, persons=WITH_NAMES)).set_index("name")["pseudonym"]
    auditors = [NAMES[code] for code in "PQR"]
    assert set(roster["auditor"]) == set(codes[auditors])
    assert set(codes.index) == set(NAMES.values())
    assert roster.loc[roster["role"] == "leader", "auditor"].tolist() == [codes["Ragnhild Zwart"]]
    index = third.index.read_text(encoding="utf-8")
    assert "5 under pseudonyms; a name that stands in texts only is not known and was not replaced" in index
    assert "persons under pseudonyms" in (third.folder / "audit_plan.html").read_text(encoding="utf-8")
    manifest = json.loads((third.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["persons"] == "pseudonyms"
    assert manifest["settings"]["plan"]["lead"] == codes["Ragnhild Zwart"]
    assert manifest["settings"]["persons"] == {"shown": None, "keep": [], "key_fingerprint": None}


def test_the_owner_can_verify_and_trace_a_report_under_pseudonyms(third):
    assert verify(third.folder) == []
    actions = pd.read_csv(third.folder / "tables" / "corrective_actions.csv", dtype="str", keep_default_na=False)
    row = actions.index[actions["finding_id"] == "F001"][0] + 1
    places = traced(third.folder, "corrective_actions", int(row)).places
    assert {"Corrective actions 2020-2023.xlsx", "Audit programme and findings.xlsx"} <= set(places["file"])


def test_a_first_party_report_names_people(named, tmp_path):
    toml = named / "auditlab.toml"
    text = toml.read_text(encoding="utf-8")
    other = tmp_path / "client"
    other.mkdir()
    for path in named.glob("*.*"):
        (other / path.name).write_bytes(path.read_bytes())
    (other / "auditlab.toml").write_text(text.replace('party = "third"', 'party = "first"'), encoding="utf-8")
    result = run(other, notebooks=["audit_plan"], output=tmp_path / "out")
    assert result.failures == ()
    roster = pd.read_csv(result.folder / "tables" / "team_roster.csv", dtype="str", keep_default_na=False)
    assert set(roster["auditor"]) == {NAMES[code] for code in "PQR"}
    assert "pseudonyms" not in result.index.read_text(encoding="utf-8")
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["persons"] == "names"


@pytest.mark.parametrize(("party", "shown", "pseudonyms"), [
    ("third", None, True), ("second", None, False), ("first", None, False),
    ("third", "names", False), ("first", "pseudonyms", True),
])  # fmt: skip
def test_the_setting_wins_over_the_party(named, party, shown, pseudonyms):
    lab = auditlab.open_engagement(named, party=party, persons={} if shown is None else {"shown": shown})
    assert lab.settings.pseudonymised is pseudonyms
    everything = "\n".join(
        [*(lab.tables[name].to_csv() for name in lab.tables), lab.ledger.to_csv(), lab.questions.to_csv(),
         lab.discrepancies.to_csv(), repr(lab.settings.plan), repr(lab.settings.report)]
    ).lower()  # fmt: skip
    held = {word for word in WORDS if re.search(rf"\b{word}\b", everything)}
    assert held == (set() if pseudonyms else set(WORDS))
    assert not any(word in repr(lab.pseudonyms).lower() for word in WORDS)


def test_pseudonyms_hold_from_run_to_run_and_differ_between_engagements(named):
    lead = auditlab.open_engagement(named).settings.plan.lead
    assert auditlab.open_engagement(named).settings.plan.lead == lead
    assert auditlab.open_engagement(named, seed="12" * 16).settings.plan.lead != lead
    own = {"shown": "pseudonyms", "key": "34" * 16}
    keyed = auditlab.open_engagement(named, persons=own).settings.plan.lead
    assert keyed != lead
    assert auditlab.open_engagement(named, persons=own, seed="12" * 16).settings.plan.lead == keyed


def test_numbers_do_not_depend_on_how_persons_are_shown(named):
    from auditlab import history

    coded, plain = (auditlab.open_engagement(named, persons={"shown": shown}) for shown in ("pseudonyms", "names"))
    ours, theirs = (history.auditor_comparison(lab.tables.findings, lab.tables.audits) for lab in (coded, plain))
    pd.testing.assert_frame_equal(ours, theirs)


def test_without_a_secret_persons_are_numbered_and_the_report_says_so(small, notebooks, tmp_path):
    toml = small / "auditlab.toml"
    toml.write_text(f'{toml.read_text(encoding="utf-8")}party = "third"\n', encoding="utf-8")
    (small / "auditors.csv").write_text("Auditor,Competence,Languages\nJane Doe,x,English\n", encoding="utf-8")
    result = run(small, output=tmp_path / "out", notebook_folder=notebooks(one=[("code", "x = 1")]))
    assert "numbered in the order of the files, as no secret seed is set" in result.index.read_text(encoding="utf-8")
    assert auditlab.open_engagement(small).tables.auditors["auditor"].tolist() == ["person-1"]


@pytest.mark.parametrize("options", [[], ["--csv"]])
def test_the_command_tells_the_owner_who_stands_behind_a_pseudonym(named, capsys, options):
    with pytest.raises(SystemExit) as ended:
        main(["persons", str(named), *options])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    lead = auditlab.open_engagement(named).settings.plan.lead
    (line,) = [line for line in out.splitlines() if lead in line]
    assert "Ragnhild Zwart" in line
    assert "audits.lead, " in line
    assert "plan.lead" in line


def test_the_command_says_that_the_sample_names_nobody(halden, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["persons", str(halden)])
    assert ended.value.code == 0
    assert "names anybody; roles and codes stay" in capsys.readouterr().out


def test_a_wrong_key_is_refused_without_being_shown(small):
    toml = small / "auditlab.toml"
    toml.write_text(f'{toml.read_text(encoding="utf-8")}[persons]\nkey = "tooshort-secret"\n', encoding="utf-8")
    with pytest.raises(auditlab.errors.EngagementError, match=r"'persons\.key' is not made of 32 digits") as refused:
        auditlab.open_engagement(small)
    assert "tooshort" not in str(refused.value)


def test_a_name_in_the_name_of_a_file_is_told(named):
    said = "names of persons stand in 1 names of files"
    assert said not in _persons(auditlab.open_engagement(named))
    first = next(path for path in sorted(named.iterdir()) if path.suffix in {".csv", ".xlsx"})
    first.rename(named / f"{first.stem} of Ragnhild_Zwart{first.suffix}")
    assert said in _persons(auditlab.open_engagement(named))

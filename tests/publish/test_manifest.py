"""The manifest lets anybody see whether a run was changed."""

import json

import pytest

from auditlab.errors import EngagementError
from auditlab.publish.manifest import public_settings, verify, write_manifest


@pytest.fixture
def folder(tmp_path, lab):
    run = tmp_path / "run"
    (run / "tables").mkdir(parents=True)
    (run / "tables" / "a.csv").write_text("x\n1\n", encoding="utf-8")
    (run / "index.html").write_text("page", encoding="utf-8")
    write_manifest(run, lab, run_id="r", created="2024-04-01T00:00:00+00:00", notebooks={"n": {"complete": True}})
    return run


def test_an_unchanged_run_has_no_differences(folder):
    assert verify(folder) == []


def test_changed_missing_and_added_files_are_named(folder):
    (folder / "tables" / "a.csv").write_text("x\n2\n", encoding="utf-8")
    (folder / "index.html").unlink()
    (folder / "tables" / "b.csv").write_text("", encoding="utf-8")
    assert verify(folder) == [
        "index.html: missing",
        "tables/b.csv: not part of the run",
        "tables/a.csv: changed since the run",
    ]


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(EngagementError, match=r"holds no manifest\.json"):
        verify(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"outputs": [{}]}'])
def test_a_broken_manifest_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(EngagementError, match="is not a manifest of auditlab"):
        verify(tmp_path)


def test_the_manifest_names_inputs_settings_and_versions(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"] == [{"name": "a.xlsx", "bytes": 5120, "sha256": "ab" * 32}]
    assert manifest["as_of"] == "2024-03-31"
    assert manifest["settings"]["method"]["confidence"] == 0.95
    assert {"python", "auditlab", "pandas", "papermill"} <= set(manifest["versions"])
    assert manifest["edition_map_version"]


def test_the_secret_seed_never_reaches_the_manifest(lab_of):
    seed = "0123456789abcdef0123456789abcdef"
    # First 12 digits of `printf 0123456789abcdef0123456789abcdef | sha256sum`.
    settings = public_settings(lab_of(seed=seed).settings)
    assert seed not in json.dumps(settings)
    assert settings["seed_fingerprint"] == "3eb1bd439947"


REPORT = {
    "improvements": [{"name": "Approval gate in the tool", "findings": ["F1"], "measure": "share unapproved",
                      "target": "below 1 %", "owner": "Change manager"}],
    "maturity": [{"process": "8.5.9", "level": 3}],
    "unresolved": ["The scope is disputed."],
}  # fmt: skip


def test_the_manifest_of_a_third_party_run_holds_no_improvements_and_no_maturity(tmp_path, lab_of):
    write_manifest(
        tmp_path, lab_of(party="third", report=REPORT), run_id="r", created="2024-04-01T00:00:00+00:00", notebooks={}
    )
    written = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    assert not any(
        word in written for word in ("Approval gate", "below 1 %", "Change manager", "share unapproved", "8.5.9")
    )
    report = json.loads(written)["settings"]["report"]
    assert report["left_out"] == {"improvements": 1, "maturity": 1}
    assert report["unresolved"] == ["The scope is disputed."]
    assert verify(tmp_path) == []


def test_the_manifest_of_the_own_audit_holds_what_was_stated(lab_of):
    report = public_settings(lab_of(party="first", report=REPORT).settings)["report"]
    assert report["improvements"][0]["owner"] == "Change manager"
    assert report["maturity"][0]["level"] == 3
    assert "left_out" not in report

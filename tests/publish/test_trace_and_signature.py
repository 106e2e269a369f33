"""A number leads back to the rows of the files, and a signature shows who stands for a run."""

import re
import shutil
import subprocess

import pandas as pd
import pytest

from auditlab.engagement import Engagement
from auditlab.errors import EngagementError, ParameterError
from auditlab.publish.files import table_csv, write_file
from auditlab.publish.manifest import verify, write_manifest
from auditlab.publish.signature import sign_run, signature_fault
from auditlab.publish.trace import traced
from auditlab.publish.trace_index import write_records
from auditlab.tables import Tables, as_canonical

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed")


def placed(name, **columns):
    frame = pd.DataFrame(columns)
    rows = range(2, 2 + len(frame))
    frame = frame.assign(source_file=f"{name}.xlsx", source_sheet="S", source_row=list(rows))
    return as_canonical(name, frame)


@pytest.fixture
def traceable(tmp_path, lab):
    findings = placed(
        "findings", finding_id=["F1", "F2", "F3"], audit_id=["AU-1"] * 3, site=["A", "A", "B"],
        clause=["8.5.1.3", "8.6", "8.5.1"], statement=["x", "y", "z"], auditor=["Jane Doe"] * 3,
    )  # fmt: skip
    coverage = placed(
        "coverage", audit_id=["AU-1", "AU-1", "AU-2"], site=["A", "A", "B"], clause=["8.5.1", "9.2", "8.5.1"]
    )  # fmt: skip
    audits = placed("audits", audit_id=["AU-1", "AU-2"], start=pd.to_datetime(["2023-01-02", "2023-06-01"]))
    tables = Tables({"findings": findings, "coverage": coverage, "audits": audits})
    whole = Engagement(
        folder=lab.folder, settings=lab.settings, tables=tables, ledger=lab.ledger, summary=lab.summary,
        questions=lab.questions, discrepancies=lab.discrepancies, inputs=lab.inputs,
    )  # fmt: skip
    run = tmp_path / "run"
    write_records(run, whole)
    shown = {
        "recurrence_chains": pd.DataFrame({"site": ["A"], "clause": ["8.5.1"], "findings": ["F1 F3"]}),
        "finding_rates": pd.DataFrame({"audit_id": ["AU-1"], "site": ["B"], "n": [1]}),
        "coverage_cells": pd.DataFrame({"site": ["A", "B"], "clause": ["8.5.1", "9.2"]}),
        "intake_ledger": pd.DataFrame({"file": ["a.xlsx"], "sheet": ["S"], "row": [7], "table": ["audits"]}),
        "intake_summary": pd.DataFrame({"file": ["findings.xlsx"], "sheet": ["S"], "seen": [3]}),
        "counting_rules": pd.DataFrame({"rule": ["words"]}),
        "site_visits": pd.DataFrame({"site": ["A"], "visits": [1]}),
        "report_areas": pd.DataFrame({"area": ["8.5"], "examined": [1], "audit_id": ["AU-1"]}),
        "headlines": pd.DataFrame({"sentence": ["1 of 2 examined"], "table": ["coverage_cells"]}),
    }
    for name, frame in shown.items():
        write_file(run / "tables" / f"{name}.csv", table_csv(frame))
    write_manifest(run, whole, run_id="r", created="2024-04-01T00:00:00+00:00", notebooks={"n": {"complete": True}})
    return run


@pytest.mark.parametrize(
    ("table", "row", "words", "places"),
    [
        (
            "recurrence_chains",
            1,
            "Records that the row names",
            [("F1", "findings.xlsx", 2), ("F3", "findings.xlsx", 4)],
        ),
        ("coverage_cells", 1, r"site A, clause 8.5.1\) in coverage: 1", [("AU-1", "coverage.xlsx", 2)]),
        ("finding_rates", 1, r"audit_id AU-1, site B\) in findings, audits, coverage: 1", [("F3", "findings.xlsx", 4)]),
        ("coverage_cells", 2, r"site B, clause 9.2\) in coverage: 0", []),
        ("intake_ledger", 1, "itself names the place", [("", "a.xlsx", "7")]),
        ("intake_summary", 1, "loaded from that sheet", [(f"F{n}", "findings.xlsx", n + 1) for n in (1, 2, 3)]),
        (
            "report_areas",
            1,
            r"\(audit_id AU-1, clause 8.5\) in findings, coverage: 3",
            [("AU-1", "coverage.xlsx", 2), ("F1", "findings.xlsx", 2), ("F3", "findings.xlsx", 4)],
        ),
        ("counting_rules", 1, "does not lead from table 'counting_rules' to rows of files", []),
        ("headlines", 1, "sums up table 'coverage_cells'. Trace the rows of that table", []),
        (
            "site_visits",
            1,
            r"not every one of them has to count \(site A\) in coverage, audits: 3",
            [("AU-1", "audits.xlsx", 2), ("AU-1", "coverage.xlsx", 2), ("AU-1", "coverage.xlsx", 3)],
        ),
    ],
)
def test_a_row_leads_to_file_sheet_and_row(traceable, table, row, words, places):
    found = traced(traceable, table, row)
    assert re.search(words, found.words)
    assert [(one["record"], one["file"], one["row"]) for one in found.places.to_dict("records")] == places


def test_the_index_of_rows_names_nobody(traceable):
    assert b"Jane" not in (traceable / "trace" / "records.parquet").read_bytes()


@pytest.mark.parametrize(
    ("table", "row", "words"),
    [
        ("../manifest", 1, "has no table '../manifest'"),
        ("no_such", 1, "There are: counting_rules, coverage_cells"),
        ("coverage_cells", 3, "has rows 1 to 2; there is no row 3"),
        ("coverage_cells", 0, "there is no row 0"),
    ],
)
def test_a_row_that_is_not_there_is_named(traceable, table, row, words):
    with pytest.raises(ParameterError, match=words):
        traced(traceable, table, row)


@pytest.mark.parametrize("path", ["tables/recurrence_chains.csv", "trace/records.parquet"])
def test_what_was_changed_since_the_run_is_not_traced(traceable, path):
    file = traceable / path
    if path.startswith("tables"):
        file.write_text(file.read_text(encoding="utf-8").replace("F1 F3", "F2"), encoding="utf-8")
    else:
        frame = pd.read_parquet(file)
        frame["row"] += 1
        frame.to_parquet(file, index=False)
    with pytest.raises(EngagementError, match=r"is not as the run wrote it \(manifest.json has another hash\)"):
        traced(traceable, "recurrence_chains", 1)


def test_a_run_without_an_index_says_so(traceable):
    (traceable / "trace" / "records.parquet").write_text("no parquet", encoding="utf-8")
    with pytest.raises(EngagementError, match=r"holds no readable trace/records\.parquet"):
        traced(traceable, "coverage_cells", 1)


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


@needs_ssh
def test_a_signed_run_is_checked_with_the_public_key(traceable, key, tmp_path):
    public = key.with_suffix(".pub")
    assert signature_fault(traceable) == ""
    assert signature_fault(traceable, signer=public) == "The run is not signed."
    signature = sign_run(traceable, key=key)
    assert signature.name == "manifest.json.sig"
    sign_run(traceable, key=key)  # again, without a question
    assert verify(traceable) == []
    assert signature_fault(traceable) == signature_fault(traceable, signer=public) == ""
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    assert "made with another key than" in signature_fault(traceable, signer=other.with_suffix(".pub"))
    manifest = traceable / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"trial"', '"other"'), encoding="utf-8")
    assert "does not hold" in signature_fault(traceable)
    assert "does not hold" in signature_fault(traceable, signer=public)


@needs_ssh
def test_what_cannot_be_signed_is_refused(traceable, key, tmp_path):
    with pytest.raises(EngagementError, match="There is no key"):
        sign_run(traceable, key=tmp_path / "none")
    (tmp_path / "bad").write_text("no key", encoding="utf-8")
    with pytest.raises(EngagementError, match="cannot sign"):
        sign_run(traceable, key=tmp_path / "bad")
    sign_run(traceable, key=key)
    with pytest.raises(EngagementError, match="is not a readable public key"):
        signature_fault(traceable, signer=tmp_path / "none.pub")
    (traceable / "tables" / "coverage_cells.csv").write_text("", encoding="utf-8")
    with pytest.raises(EngagementError, match="A changed run is not signed"):
        sign_run(traceable, key=key)


def test_without_openssh_the_command_says_so(traceable, tmp_path, monkeypatch):
    (tmp_path / "key").write_text("key", encoding="utf-8")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(EngagementError, match="ssh-keygen of OpenSSH"):
        sign_run(traceable, key=tmp_path / "key")

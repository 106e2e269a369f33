"""The sample engagement with something taken away: it still runs, and says what cannot be known."""

import shutil

import openpyxl
import pandas as pd
import pytest

import auditlab
from auditlab.publish.run import run

SHEETS = {
    "audits": ("Audit programme and findings.xlsx", "Audits"),
    "coverage": ("Audit programme and findings.xlsx", "Coverage"),
    "findings": ("Audit programme and findings.xlsx", "Findings"),
    "corrective_actions": ("Corrective actions 2020-2023.xlsx", None),
    "sites": ("Master data.xlsx", "Sites"),
    "services": ("Master data.xlsx", "Services"),
    "suppliers": ("Master data.xlsx", "Suppliers"),
    "clients": ("Master data.xlsx", "Clients"),
    "auditors": ("Master data.xlsx", "Auditors"),
    "changes": ("Changes Y1.xlsx", None),
    "outages": ("Outages 2022-24.xlsx", None),
    "csat": ("Satisfaction.xlsx", None),
    "problems": ("Problems.xlsx", None),
    "continuity_tests": ("Continuity and organisation.xlsx", "Continuity tests"),
    "org_changes": ("Continuity and organisation.xlsx", "Organisation changes"),
    "contracts": ("Contracts and documents.xlsx", "Contracts"),
    "certificates": ("Contracts and documents.xlsx", "Certificate"),
    "documents": ("Contracts and documents.xlsx", "Documents"),
}
MORE_FILES = {"changes": ["Changes Y2.xlsx"]}


@pytest.fixture
def without(halden, tmp_path):
    """A function that copies the sample and takes one table away."""

    def copy(table):
        target = tmp_path / "halden"
        shutil.copytree(halden, target)
        file, sheet = SHEETS[table]
        if sheet is None:
            for name in [file, *MORE_FILES.get(table, [])]:
                (target / name).unlink()
        else:
            book = openpyxl.load_workbook(target / file)
            del book[sheet]
            book.save(target / file)
        return target

    return copy


@pytest.mark.parametrize("table", SHEETS)
def test_any_one_table_may_be_missing(without, table):
    lab = auditlab.open_engagement(without(table))
    assert not lab.has(table)
    assert lab.tables[table].empty
    counts = lab.summary
    assert (counts["seen"] == counts["loaded"] + counts["rejected"] + counts["skipped"] + counts["duplicate"]).all()


# Each table with the pages that rest on it most; a run of all pages for each would take minutes.
@pytest.mark.parametrize(
    ("table", "pages"),
    [
        ("audits", ["history_review", "priority_plan", "sampling_plan"]),
        ("findings", ["history_review", "recurring_nonconformities"]),
        ("sites", ["history_review", "sampling_plan"]),
    ],
)
def test_a_run_without_a_table_is_whole_and_names_it(without, table, pages, tmp_path):
    result = run(without(table), notebooks=pages, output=tmp_path / "out")
    assert result.failures == ()
    page = (result.folder / "history_review.html").read_text(encoding="utf-8")
    assert f"No row of the table &#39;{table}&#39; was handed over" in page


def test_without_coverage_every_number_that_rests_on_it_says_inferred(without, tmp_path):
    result = run(without("coverage"), notebooks=["history_review"], output=tmp_path / "out")
    assert result.exit_code == 0
    tables = {
        name: pd.read_csv(result.folder / "tables" / f"{name}.csv", dtype="str", keep_default_na=False)
        for name in ("coverage_cells", "recurrence_chains", "finding_rates", "headlines")
    }
    assert set(tables["coverage_cells"]["exposure"]) == {"inferred"}
    assert set(tables["recurrence_chains"]["exposure"]) == {"inferred"}
    by_site = tables["finding_rates"][tables["finding_rates"]["scope"] == "site"]
    assert set(by_site["rate"]) == {""}, "days by site come from coverage; without it the rate is unknown"
    assert tables["headlines"]["sentence"].str.contains("inferred").any()


def test_without_its_answers_the_sample_asks_with_proposals_and_ends_with_1(halden, tmp_path):
    target = tmp_path / "halden"
    shutil.copytree(halden, target)
    (target / "auditlab.toml").write_text('client = "Halden Digital Services"\nas_of = 2024-03-31\n', encoding="utf-8")
    result = run(target, notebooks=["data_readiness"], output=tmp_path / "out")
    assert result.exit_code == 1
    questions = auditlab.open_engagement(target).open_questions.set_index("question")
    file = "Audit programme and findings.xlsx/Findings"
    assert questions.loc[f"clause/{file}/F040", "proposal"] == "8.6.3"
    assert questions.loc[f"duplicate/{file}/F005", "proposal"] == "same"
    assert questions.loc["grades/PF", "proposal"] == "strength"
    assert questions.loc["aliases.site/Site A", "proposal"] == "A"
    assert (questions["setting"].str.startswith("[")).all()

"""A run is whole, or says on its first page what is not."""

import hashlib
import html
import json
import re
import shutil
import subprocess

import pandas as pd
import pytest

from auditlab import open_engagement
from auditlab.errors import EngagementError, ParameterError
from auditlab.publish.manifest import verify
from auditlab.publish.run import run
from auditlab.publish.run_line import input_hash

OPEN = (
    "import pandas as pd, auditlab\n"
    "lab = auditlab.open_engagement(engagement, as_of=as_of)\n"
    "page = auditlab.open_page(lab, 'trial', output_dir=output_dir)"
)
GOOD = [
    ("markdown", "# A good page\n\nAsks whether <b>tags</b> are text."),
    ("code", OPEN),
    ("markdown", "## Section & more"),
    ("code", "page.show(pd.DataFrame({'a': ['<script>x</script>']}), name='good_table', caption='Good')\n1 + 1"),
]
BAD = [
    ("markdown", "# A bad page"),
    ("code", OPEN + "\npage.show(pd.DataFrame({'a': [1]}), name='bad_table', caption='Before')"),
    ("markdown", "## Where it stops"),
    ("code", "numbers = {}\nnumbers['missing']"),
]


def left(folder):
    """What lies in the folder of an engagement beside what was kept to save work."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".cache")


@pytest.fixture
def both(small, notebooks, tmp_path):
    folder = notebooks(good_page=GOOD, bad_page=BAD)
    seen = []
    result = run(
        small,
        output=tmp_path / "out",
        notebook_folder=folder,
        jobs=2,
        progress=lambda name, share: seen.append((name, share)),
    )
    return result, seen


def test_a_failing_notebook_leaves_the_rest_standing_and_is_named_in_plain_words(both):
    result, seen = both
    assert result.exit_code == 1
    (failure,) = result.failures
    assert failure.notebook == "bad_page"
    assert failure.where == "the section 'Where it stops' (cell 6)"
    assert failure.first_line == "numbers = {}"
    assert "KeyError: 'missing'" in failure.words
    index = result.index.read_text(encoding="utf-8")
    assert "bad_page is not complete" in index
    assert index.index("is not complete") < index.index("<h2>")
    page = (result.folder / "bad_page.html").read_text(encoding="utf-8")
    assert "bad_page is not complete" in page
    assert 'data-table="bad_table"' in page
    assert 'data-table="good_table"' in (result.folder / "good_page.html").read_text(encoding="utf-8")
    assert json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))["complete"] is False
    assert {name for name, share in seen if share == 1.0} == {"good_page", "bad_page"}
    assert verify(result.folder) == []


def test_the_tables_on_disk_are_tied_to_run_and_inputs_and_any_program_can_check_them(both, small):
    folder = both[0].folder
    head, *lines = (folder / "tables.sha256").read_text(encoding="utf-8").splitlines()
    assert head == f"# Run {folder.name}, inputs {input_hash(open_engagement(small))}"
    assert dict(reversed(line.split("  ")) for line in lines) == {
        f"tables/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "tables").glob("*.csv")
    }
    assert 'href="tables.sha256"' in both[0].index.read_text(encoding="utf-8")
    assert all("#" not in path.read_text(encoding="utf-8") for path in (folder / "tables").glob("*.csv"))


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_sha256sum_notices_a_table_that_was_changed(both, tmp_path):
    copy = shutil.copytree(both[0].folder, tmp_path / "copy")
    command = ["sha256sum", "--check", "--strict", "--quiet", "tables.sha256"]
    assert subprocess.run(command, check=False, cwd=copy, capture_output=True).returncode == 0
    table = next((copy / "tables").glob("*.csv"))
    table.write_text(table.read_text(encoding="utf-8") + "1\n", encoding="utf-8")
    told = subprocess.run(command, check=False, cwd=copy, capture_output=True, text=True)
    assert told.returncode == 1
    assert f"tables/{table.name}: FAILED" in told.stdout


def test_the_page_shows_text_as_text_and_folds_the_code(both):
    page = (both[0].folder / "good_page.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "Asks whether &lt;b&gt;tags&lt;/b&gt; are text." in page
    assert '<details class="code"><summary>Code of this section</summary>' in page
    assert '<a href="#section-more">Section &amp; more</a>' in page
    assert "default-src 'none'" in html.unescape(page)
    assert "http://" not in page
    assert "https://" not in page


def test_no_link_of_the_first_page_leads_nowhere(both):
    result, _ = both
    for target in re.findall(r'href="([^"#]+)', result.index.read_text(encoding="utf-8")):
        assert (result.folder / target).is_file(), target


def test_nothing_of_the_run_is_left_beside_it(both):
    result, _ = both
    assert left(result.folder.parent) == [result.folder.name]
    assert "small" not in result.folder.name


def test_a_run_without_any_success_ends_with_2_and_still_leaves_its_report(small, notebooks, tmp_path):
    result = run(small, output=tmp_path / "out", notebook_folder=notebooks(bad_page=BAD))
    assert result.exit_code == 2
    assert "bad_page is not complete" in result.index.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"as_of": "2024-02-30"}, ParameterError, "2024-02-30"),
        ({"notebooks": ["no_such"]}, ParameterError, "no notebook 'no_such'"),
        ({"parameters": {"no_such": 1}}, ParameterError, "no parameter 'no_such'"),
        ({"parameters": {"engagement": "elsewhere"}}, ParameterError, "no parameter 'engagement'"),
        ({"jobs": 0}, ParameterError, "jobs is 0"),
    ],
)
def test_nothing_is_written_when_the_input_is_wrong(small, tmp_path, changes, error, words):
    with pytest.raises(error, match=words):
        run(small, output=tmp_path / "out", **changes)
    assert not (tmp_path / "out").exists()


def test_a_missing_folder_writes_nothing(tmp_path):
    with pytest.raises(EngagementError, match="There is no folder"):
        run(tmp_path / "nowhere", output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_refused(small, tmp_path):
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(EngagementError, match=r"is a file\. Name a folder"):
        run(small, output=tmp_path / "out")


def test_two_runs_have_their_own_folders_and_the_same_tables(small, notebooks, tmp_path):
    folder = notebooks(good_page=GOOD)
    first, second = (run(small, output=tmp_path / "out", notebook_folder=folder) for _ in range(2))
    assert first.folder != second.folder
    table = "tables/good_table.csv"
    assert (first.folder / table).read_bytes() == (second.folder / table).read_bytes()


def test_an_interrupted_run_leaves_nothing(small, notebooks, tmp_path, monkeypatch):
    from auditlab.publish import run as module

    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_finish", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(small, output=tmp_path / "out", notebook_folder=notebooks(good_page=GOOD))
    assert left(tmp_path / "out" / "small") == []


def test_ctrl_c_stops_the_kernels_and_leaves_nothing(small, notebooks, tmp_path):
    def pressed(name, share):
        raise KeyboardInterrupt

    waiting = [("code", "import time\ntime.sleep(600)")]
    with pytest.raises(KeyboardInterrupt):
        run(small, output=tmp_path / "out", notebook_folder=notebooks(a=waiting, b=waiting), jobs=2, progress=pressed)
    assert left(tmp_path / "out" / "small") == []


def test_an_open_question_ends_with_1_and_stands_on_the_first_page(small, notebooks, tmp_path):
    (small / "findings.csv").write_text(
        "NCR no,Audit no,Site,Clause,Grade,Statement of finding\nF1,AU-1,A,9.2.1,PF,Good work\n", encoding="utf-8"
    )
    result = run(small, output=tmp_path / "out", notebook_folder=notebooks(good_page=GOOD))
    assert (result.exit_code, result.open_questions) == (1, 1)
    assert "1 question waits for an answer." in result.index.read_text(encoding="utf-8")


def test_the_run_of_the_sample_is_whole(halden_run):
    assert halden_run.exit_code == 0
    assert verify(halden_run.folder) == []
    names = {path.relative_to(halden_run.folder).as_posix() for path in halden_run.folder.rglob("*")}
    assert {"index.html", "manifest.json", "workpapers/follow_up.xlsx", "assets/plotly.min.js"} <= names
    assert {f"{name}.{kind}" for name in ("data_readiness", "history_review") for kind in ("html", "ipynb")} <= names


def test_the_sample_leaves_every_table_of_the_contract(halden_run):
    expected = {
        "intake_summary", "intake_ledger", "intake_questions", "discrepancies", "quality_card", "kpi_availability",
        "coverage_cells", "site_visits", "finding_rates", "rate_comparisons", "auditor_comparison", "recurrence_chains",
        "recurrence_summary", "corrective_actions", "corrective_action_rates", "follow_up", "grade_review", "strengths",
        "programme_checks", "change_pressure", "headlines",
    }  # fmt: skip
    assert expected <= {path.stem for path in halden_run.tables.iterdir()}


def test_the_follow_up_sheet_has_the_rows_of_its_table(halden_run):
    import openpyxl

    listed = pd.read_csv(halden_run.tables / "follow_up.csv")
    sheet = openpyxl.load_workbook(halden_run.folder / "workpapers" / "follow_up.xlsx")["Follow-up"]
    found = [sheet.cell(row, 2).value for row in range(3, 3 + len(listed))]
    assert found == listed["finding_id"].tolist()


def test_pages_stay_small_beside_the_shared_script(halden_run):
    for page in halden_run.folder.glob("*.html"):
        assert page.stat().st_size < 1_500_000, page.name

"""The commands around a project: begin it, open it in JupyterLab, send a run on."""

import importlib.util
import re
import shutil
import subprocess

import pytest

import auditlab
from auditlab.cli import main
from auditlab.project_commands import NO_LAB, lab_cache


@pytest.fixture
def command(capsys):
    """A function that runs the command line: exit code, standard output, error output."""

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return call


def test_init_makes_an_engagement_once_with_its_own_secret_seed(command, tmp_path):
    seeds = set()
    for name in ("one", "two"):
        code, out, _ = command("init", tmp_path / name)
        assert code == 0
        assert out.splitlines()[-1] == f"auditlab check {tmp_path / name}"
        text = (tmp_path / name / "auditlab.toml").read_text(encoding="utf-8")
        seeds.add(re.search(r'^seed = "([0-9a-f]{32})"', text, flags=re.MULTILINE)[1])
        assert not any(seed in out for seed in seeds)
    assert len(seeds) == 2
    code, out, err = command("init", tmp_path / "one")
    assert (code, out) == (2, "")
    assert "exists already. Name another folder" in err


def test_a_blank_engagement_is_said_to_be_blank_and_of_no_tool(command, tmp_path):
    command("init", tmp_path / "own")
    code, out, _ = command("check", tmp_path / "own")
    assert code == 0
    assert "No row was loaded yet. Fill in the workbook" in out
    assert "export of" not in out


def test_a_question_lists_few_of_many_known_names(command, tmp_path):
    (tmp_path / "auditlab.toml").write_text("as_of = 2024-03-31", encoding="utf-8")
    sites = "\n".join(f"S{number:03},Place {number}" for number in range(300))
    (tmp_path / "Sites.csv").write_text(f"Site,Name\n{sites}\n", encoding="utf-8")
    (tmp_path / "Findings.csv").write_text(
        "NCR no,Audit no,Site,Clause,Grading,Statement of finding\nF1,A1,Elsewhere,8.6.3,minor,No causes\n",
        encoding="utf-8",
    )
    code, out, _ = command("check", tmp_path)
    assert code == 1
    assert "Which site is 'Elsewhere'? Known: S000, S001, " in out
    assert "S019 and 280 more." in out
    assert "S020" not in out


def test_lab_names_what_is_missing(command, tmp_path, monkeypatch):
    code, _, err = command("lab", tmp_path / "nothing")
    assert code == 2
    assert "There is no folder" in err
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    code, _, err = command("lab", tmp_path)
    assert (code, err.strip()) == (2, NO_LAB)


def test_lab_keeps_results_where_a_run_from_here_keeps_them(halden, tmp_path, monkeypatch):

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUDITLAB_CACHE", raising=False)
    own = shutil.copytree(halden, tmp_path / "client")
    beside = own / "reports" / "halden" / ".cache"
    assert lab_cache(own) == {"AUDITLAB_CACHE": str(beside)}
    (tmp_path / "reports" / "halden").mkdir(parents=True)
    assert lab_cache(own) == {"AUDITLAB_CACHE": str(tmp_path / "reports" / "halden" / ".cache")}
    monkeypatch.setenv("AUDITLAB_CACHE", "elsewhere")
    assert lab_cache(own) == {}


def test_lab_without_usable_settings_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("AUDITLAB_CACHE", raising=False)
    (tmp_path / "auditlab.toml").write_text("no toml", encoding="utf-8")
    assert lab_cache(tmp_path) == {}


def test_jupyterlab_is_started_with_the_cache_and_a_notebook_by_hand_fills_and_uses_it(
    command, halden, tmp_path, monkeypatch
):

    own = shutil.copytree(halden, tmp_path / "client")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUDITLAB_CACHE", raising=False)
    started = []

    def instead(_command, *, check, env):
        started.append((env, check))
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr("auditlab.project_commands.subprocess.run", instead)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: True)
    assert command("lab", own, "--no-browser")[0] == 0
    ((env, _),) = started
    cache = own / "reports" / "halden" / ".cache"
    assert env["AUDITLAB_CACHE"] == str(cache)
    monkeypatch.setenv("AUDITLAB_CACHE", env["AUDITLAB_CACHE"])
    first = auditlab.open_engagement(own)
    (kept,) = cache.glob("intake-*.kept")
    monkeypatch.setattr("auditlab.intake.opening._read_all", lambda *_given, **_more: pytest.fail("was read again"))
    again = auditlab.open_engagement(own)
    assert again.tables.findings.equals(first.tables.findings)
    assert list(cache.glob("intake-*.kept")) == [kept]


def test_export_leaves_the_run_as_it_was(command, halden_run, tmp_path):
    before = sorted(path for path in halden_run.folder.rglob("*"))
    code, out, _ = command("export", halden_run.folder, "--single-file", "--output", tmp_path / "out")
    assert code == 0
    assert out.splitlines()[-1] == str(tmp_path / "out")
    assert (tmp_path / "out" / "single-file" / "index.html").is_file()
    assert sorted(path for path in halden_run.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Nothing to export. Give --single-file, --pdf or both."),
        (("--pdf", "--output", "inside"), "lies within the run, which must stay as it was"),
    ],
)
def test_export_refuses_what_it_cannot_do(command, halden_run, options, words):
    given = [halden_run.folder / option if option == "inside" else option for option in options]
    code, out, err = command("export", halden_run.folder, *given)
    assert (code, out) == (2, "")
    assert words in err


def test_init_beside_spreadsheets_writes_the_settings_and_touches_nothing_else(command, tmp_path):
    own = tmp_path / "sub" / "list.csv"
    own.parent.mkdir()
    own.write_text("NCR no,Audit no,Clause,Grade,Statement\nF1,A1,8.6.3,minor,Text of it\n", encoding="utf-8")
    before = own.read_bytes()
    code, out, _ = command("init", tmp_path)
    assert code == 0
    assert "Your spreadsheet stays as it is" in out
    assert out.splitlines()[-1] == f"auditlab check {tmp_path}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["auditlab.toml", "sub"]
    assert own.read_bytes() == before
    settings = (tmp_path / "auditlab.toml").read_bytes()
    code, out, err = command("init", tmp_path)
    assert (code, out) == (2, "")
    assert f"'auditlab check {tmp_path}' goes on with this one." in err
    assert (tmp_path / "auditlab.toml").read_bytes() == settings


@pytest.mark.parametrize(("option", "written"), [("--workbook", True), ("--no-workbook", False)])
def test_the_blank_workbook_may_be_asked_for_beside_spreadsheets(command, tmp_path, option, written):
    (tmp_path / "list.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert command("init", tmp_path, option)[0] == 0
    assert (tmp_path / "engagement.xlsx").exists() is written


@pytest.mark.parametrize("name", ["check", "run"])
def test_a_folder_without_settings_is_led_to_init_in_one_message(command, tmp_path, name):
    (tmp_path / "list.csv").write_text(
        "NCR no,Audit no,Clause,Grade,Statement\nF1,A1,8.6.3,minor,T\n", encoding="utf-8"
    )
    code, out, err = command(name, tmp_path)
    assert (code, out) == (2, "")
    assert f"'auditlab init {tmp_path}' writes one and changes none of your files" in err
    assert 'client = "Example Ltd" and as_of = 2024-03-31' in err
    assert len(err.splitlines()) == 1


def test_check_says_first_what_is_asked_then_what_to_do_then_what_comes_next(command, tmp_path):
    (tmp_path / "auditlab.toml").write_text("as_of = 2024-03-31\n", encoding="utf-8")
    (tmp_path / "list.csv").write_text(
        "NCR no,Audit no,Clause,Grade,Statement\nF1,A1,8.6.3,odd,Text\n", encoding="utf-8"
    )
    code, out, _ = command("check", tmp_path)
    assert code == 1
    parts = ("Which grade does 'odd' stand for?", "What to do:", "[grades]", '"odd" = "..."', "check again")
    assert sorted(parts, key=out.index) == list(parts)
    with (tmp_path / "auditlab.toml").open("a", encoding="utf-8") as settings:
        settings.write('[grades]\n"odd" = "minor"\n')
    code, out, _ = command("check", tmp_path)
    assert code == 0
    assert out.splitlines()[-1] == f"No question is open. Next: auditlab run {tmp_path}"

"""The commands around a project: begin it, open it in JupyterLab, send a run on."""

import importlib.util
import re

import pytest

from auditlab.cli import main
from auditlab.project_commands import NO_LAB


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


def test_lab_names_what_is_missing(command, tmp_path, monkeypatch):
    code, _, err = command("lab", tmp_path / "nothing")
    assert code == 2
    assert "There is no folder" in err
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    code, _, err = command("lab", tmp_path)
    assert (code, err.strip()) == (2, NO_LAB)


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

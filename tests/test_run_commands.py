"""The commands about a run: what there is, what it takes, how far it is, and what it rests on."""

import io
import json

import pytest

from auditlab.cli import main
from auditlab.errors import ParameterError
from auditlab.progress import ProgressKind, told_progress
from auditlab.publish.run import run


@pytest.fixture
def command(capsys):
    """A function that runs the command line: exit code, standard output, error output."""

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return call


def test_the_list_needs_no_engagement_and_tells_what_each_notebook_asks(command):
    code, out, _ = command("run", "--list")
    assert code == 0
    first, *_rest = out.splitlines()
    assert first.startswith("data_readiness: What was handed over")
    assert {line.partition(":")[0] for line in out.splitlines()} >= {"history_review", "audit_plan"}


def test_the_parameters_of_a_notebook_are_told_with_their_limits_and_meaning(command):
    code, out, _ = command("params", "service_trends")
    assert code == 0
    assert "-p months VALUE" in out
    assert "whole number from 1 up to 120" in out
    assert "anhoej, mdc, nelson, western_electric" in out
    assert "charts on the page at most" in out
    assert "--as-of" in out


def test_parameters_of_a_notebook_that_is_not_there(command):
    code, _, err = command("params", "service_trend")
    assert code == 2
    assert "Did you mean 'service_trends'?" in err


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("kind", "stream"), [(ProgressKind.AUTO, io.StringIO()), (ProgressKind.NONE, Terminal())])
def test_progress_is_quiet_where_nobody_watches(kind, stream):
    with told_progress(kind, stream=stream) as told:
        told("one", 0.5)
    assert stream.getvalue() == ""


def test_progress_is_quiet_in_ci_and_bars_on_a_terminal(monkeypatch):
    for ci, drawn in (("true", False), ("", True)):
        monkeypatch.setenv("CI", ci)
        stream = Terminal()
        with told_progress(ProgressKind.AUTO, stream=stream) as told:
            told("one", 1.0)
        assert ("one" in stream.getvalue()) is drawn


def test_progress_for_a_program_is_a_line_of_json_each():
    stream = io.StringIO()
    with told_progress(ProgressKind.JSON, stream=stream) as told:
        told("one", 1 / 3)
        told("two", 1.0)
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {"notebook": "one", "done": 0.3333}, {"notebook": "two", "done": 1.0},
    ]  # fmt: skip


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_limit_that_is_no_time_is_refused(halden, tmp_path, limit):
    with pytest.raises(ParameterError, match="give a number above 0"):
        run(halden, output=tmp_path / "out", limit_seconds=limit)
    assert not (tmp_path / "out").exists()


def test_a_run_is_told_as_json_traced_and_verified(command, tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "auditlab.toml").write_text('client = "C"\nas_of = 2024-03-31\n', encoding="utf-8")
    (folder / "sites.csv").write_text("Site,Name,Central\nA,Aarlund,yes\n", encoding="utf-8")
    code, out, err = command("run", folder, "data_readiness", "--output", tmp_path / "out", "--progress", "json")
    assert code == 0
    assert json.loads(err.splitlines()[-1]) == {"notebook": "data_readiness", "done": 1.0}
    place = out.splitlines()[-1].removesuffix("index.html")
    code, out, _ = command("trace", place, "intake_ledger", 1)
    assert code == 0
    assert "The row itself names the place." in out
    assert "sites.csv" in out
    code, _, err = command("trace", place, "intake_ledger", 99)
    assert (code, "there is no row 99" in err) == (2, True)
    code, out, _ = command("verify", place, "--signer", tmp_path / "none.pub")
    assert (code, "The run is not signed." in out) == (1, True)
    code, out, _ = command("run", folder, "data_readiness", "--output", tmp_path / "out")
    assert "1 of 1 notebooks are unchanged and were taken over; --force runs them." in out

"""The command line: one clear sentence for each mistake, and exit codes that other programs can use."""

import json
import re

import pytest

from auditlab import __version__
from auditlab.cli import joined_parameters, main


@pytest.fixture
def command(capsys):
    """A function that runs the command line: exit code, standard output, error output."""

    def call(*arguments):
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return call


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "auditlab.toml").write_text('client = "C"\nas_of = 2024-03-31\n', encoding="utf-8")
    (folder / "sites.csv").write_text("Site,Name,Central\nA,Aarlund,yes\n", encoding="utf-8")
    return folder


def test_version(command):
    assert command("--version") == (0, f"auditlab {__version__}\n", "")


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_help_names_the_commands(command, arguments):
    _, out, err = command(*arguments)
    for name in ("run", "check", "verify"):
        assert name in out + err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as-of", "2024-02-30"), r"The day of the review \(--as-of\) is '2024-02-30': expected a day such as"),
        (("no_such_notebook",), "There is no notebook 'no_such_notebook'. There are: data_readiness"),
        (("-p", "change_windw_days", "3"), "no parameter 'change_windw_days'.*Did you mean 'change_window_days'"),
        (("-p", "change_window_days", "soon"), "parameter 'change_window_days' is 'soon'"),
        (("--jobs", "0"), "jobs is 0"),
    ],
)
def test_wrong_input_is_one_sentence_exit_2_and_nothing_written(command, small, tmp_path, arguments, words):
    code, out, err = command("run", small, "--output", tmp_path / "out", *arguments)
    assert code == 2
    assert out == ""
    assert re.search(words, err)
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_missing_folder_is_one_sentence(command, tmp_path):
    code, _, err = command("run", tmp_path / "nowhere", "--output", tmp_path / "out")
    assert code == 2
    assert "There is no folder" in err
    assert not (tmp_path / "out").exists()


def test_debug_shows_the_trace(command, tmp_path):
    code, _, err = command("check", tmp_path / "nowhere", "--debug")
    assert code == 2
    assert "Traceback" in err


def test_an_empty_folder_is_refused(command, tmp_path):
    (tmp_path / "auditlab.toml").write_text("as_of = 2024-03-31\n", encoding="utf-8")
    code, _, err = command("run", tmp_path, "--output", tmp_path / "out")
    assert code == 2
    assert "holds no spreadsheet" in err


def test_check_prints_the_rows_and_ends_with_0_when_nothing_is_open(command, halden):
    code, out, _ = command("check", halden)
    assert code == 0
    assert "No question is open." in out
    assert re.search(r"Findings +findings +65 +60 +1 +3 +1", out)


def test_check_prints_open_questions_with_the_line_that_answers_them(command, halden, tmp_path):
    bare = tmp_path / "bare"
    bare.mkdir()
    for file in halden.iterdir():
        if file.suffix in {".xlsx", ".csv"}:
            (bare / file.name).write_bytes(file.read_bytes())
    (bare / "auditlab.toml").write_text("as_of = 2024-03-31\n", encoding="utf-8")
    code, out, _ = command("check", bare)
    assert code == 1
    assert re.search(r"\d+ questions wait for an answer in", out)
    assert '\n[grades]\n"PF" = "strength"\n' in out


def test_control_characters_of_a_file_never_reach_the_terminal(command, small):
    (small / "\x1b[31mevil.csv").write_text("Nothing,Known\n1,2\n", encoding="utf-8")
    _, out, _ = command("check", small)
    assert "\x1b" not in out


def test_verify_tells_changes(command, tmp_path):
    import hashlib

    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    entry = {"path": "a.txt", "bytes": 1, "sha256": hashlib.sha256(b"a").hexdigest()}
    (tmp_path / "manifest.json").write_text(json.dumps({"outputs": [entry]}), encoding="utf-8")
    assert command("verify", tmp_path)[:2] == (0, "The run is as it was written.\n")
    (tmp_path / "a.txt").write_text("b", encoding="utf-8")
    assert command("verify", tmp_path)[:2] == (1, "a.txt: changed since the run\n1 difference.\n")


def test_verify_needs_a_run(command, tmp_path):
    code, _, err = command("verify", tmp_path)
    assert code == 2
    assert "holds no manifest.json" in err


def test_run_ends_with_the_path_of_its_first_page(command, small, tmp_path):
    code, out, _ = command("run", small, "data_readiness", "--output", tmp_path / "out", "-p", "rows_shown", "5")
    index = out.splitlines()[-1]
    assert code == 0
    assert re.fullmatch(rf"{re.escape(str(tmp_path))}/out/small/\d{{8}}T\d{{6}}Z-[0-9a-f]{{6}}/index\.html", index)


@pytest.mark.parametrize(
    ("given", "joined"),
    [
        (["-p", "a", "b"], ["-p", "a=b"]),
        (["-p", "a=b", "c"], ["-p", "a=b", "c"]),
        (["-p", "a", "x=y", "--jobs", "2"], ["-p", "a=x=y", "--jobs", "2"]),
        (["-p"], ["-p"]),
        (["-p", "a"], ["-p", "a"]),
    ],
)
def test_a_parameter_may_be_written_in_two_words(given, joined):
    assert joined_parameters(given) == joined


def test_a_parameter_without_a_value_is_refused(command, small):
    code, _, err = command("run", small, "-p", "rows_shown")
    assert code == 2
    assert "has no value" in err

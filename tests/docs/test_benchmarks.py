"""What the page of benchmarks says can be run can be run: its options exist, and what is quick is done with little."""

import contextlib
import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "benchmarks"
TOLD = (PLACE / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\| `python benchmarks/(\w+\.py)([^`]*)`(?: \(`([^`]+)`)?", TOLD, flags=re.MULTILINE)
SCRIPTS = sorted(path.name for path in PLACE.glob("*.py") if '__name__ == "__main__"' in path.read_text("utf-8"))
SMALL = {
    "chart_false_alarms.py": "--runs 1",
    "draw_memory.py": "--records 5000",
    "kpi_tables.py": "--rows 5000",
    "likelihood.py": "--entities 30",
    "planning.py": "--small",
    "portfolio.py": "false-flags --portfolios 1",
    "safety_trials.py": "--text 1 --kills 0 --together 0",
    "sample_sizes.py": "",
    "signal_false_alarms.py": "--engagements 1 --runs 1",
}
"""Done here with little. The others take minutes, a network or files that are not shipped; they tell their options."""


def run(script, words, monkeypatch):
    monkeypatch.setattr(sys, "argv", [script, *shlex.split(words)])
    # A benchmark imports its neighbours as a script does.
    monkeypatch.syspath_prepend(str(PLACE))
    before = set(sys.modules)
    try:
        runpy.run_path(str(PLACE / script), run_name="__main__")
    finally:
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "") or "").startswith(str(PLACE)):
                del sys.modules[name]


def test_every_script_is_told_and_every_command_is_a_script():
    assert sorted({name for name, _, _ in COMMANDS}) == SCRIPTS
    assert set(re.findall(r"results_\w+\.md", TOLD)) == {path.name for path in PLACE.glob("results_*.md")}


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_options_that_are_told_exist(script, monkeypatch, capsys):
    with pytest.raises(SystemExit) as left:
        run(script, "--help", monkeypatch)
    assert left.value.code == 0
    known = capsys.readouterr().out
    told = " ".join(" ".join(rest) for name, *rest in COMMANDS if name == script)
    assert set(re.findall(r"--[a-z][a-z-]*", told)) <= set(re.findall(r"--[a-z][a-z-]*", known))


@pytest.mark.parametrize("script", sorted(SMALL))
@pytest.mark.filterwarnings("ignore")  # a benchmark stands beside the package; its warnings are no fault of it
def test_what_is_quick_is_done_with_little(script, monkeypatch, capsys):
    # It may end with 1 where a ratio is missed, which tells nothing at this size.
    with contextlib.suppress(SystemExit):
        run(script, SMALL[script], monkeypatch)
    assert re.search(r"\d", capsys.readouterr().out), "nothing was measured"


def test_the_readme_tells_the_minutes_that_were_measured():
    page = (PLACE / "results_first_report.md").read_text(encoding="utf-8")
    (measured,) = re.findall(r"^About (\d+) minutes? with downloads\.$", page, flags=re.MULTILINE)
    assert f"about {measured} minutes with downloads" in " ".join((ROOT / "README.md").read_text("utf-8").split())

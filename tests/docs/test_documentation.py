"""What the README and the documentation say can be done is done here, and what they point at is there."""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from auditlab.cli import app
from auditlab.cli import main as auditlab
from auditlab.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "benchmarks").glob("*.md")]
    + [page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts]
)
BLOCK = re.compile(r"^( *)```(\S*)[^\n]*\n(.*?)^\1```", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")


def blocks(kind):
    found = []
    for page in PAGES:
        for number, (_, language, text) in enumerate(BLOCK.findall(page.read_text(encoding="utf-8"))):
            if language == kind:
                found.append(pytest.param(text, id=f"{page.name}-{number}"))
    return found


def test_every_block_says_what_it_is():
    known = {
        "bash",
        "powershell",
        "toml",
        "text",
        "mermaid",
        "python",
        "{code-cell}",
        "csv",
        "diff",
        "{toctree}",
        "{eval-rst}",
    }
    for page in PAGES:
        kinds = {language for _, language, _ in BLOCK.findall(page.read_text(encoding="utf-8"))}
        assert kinds <= known, f"{page.name}: a block without a language is tested by nobody"


@pytest.mark.parametrize("text", blocks("toml"))
def test_settings_shown_are_settings(text):
    Settings.model_validate({"name": "example", "as_of": "2024-03-31"} | tomllib.loads(text))


@pytest.mark.parametrize("text", blocks("bash"))
def test_commands_shown_do_what_they_say(text, tmp_path, capsys, monkeypatch):
    shutil.copytree(ROOT / "data" / "halden", tmp_path / "data" / "halden")
    monkeypatch.chdir(tmp_path)
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "make":
            made = subprocess.run(["make", "-n", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
            assert made.returncode == 0, made.stderr
            continue
        assert Path(words[0]).name == "auditlab", f"no test knows how to do: {line}"
        arguments = ["data/halden" if word in {"FOLDER", "ENGAGEMENT"} else word for word in words[1:]]
        # One notebook stands for all: the whole run has its own tests.
        with pytest.raises(SystemExit) as left:
            auditlab([*arguments, "data_readiness"] if arguments[0] == "run" else arguments)
        assert left.value.code == 0, capsys.readouterr().err


@pytest.mark.parametrize("text", blocks("powershell"))
def test_lines_for_windows_are_those_of_the_makefile(text):
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in text.splitlines():
        words = line.replace("\\", "/").split()
        assert words[0] in {"py", ".venv/Scripts/python"}
        assert words[1] == "-m"
        assert importlib.util.find_spec(words[2]), f"{line}: no module to run"
        for path in (word for word in words[3:] if "/" in word):
            assert (ROOT / path).exists(), line
        for option in (word for word in words[3:] if word.startswith("--")):
            assert option in recipe, f"{line}: the Makefile installs otherwise"


def test_the_list_of_commands_is_whole_and_its_options_exist():
    (text,) = [text for _, kind, text in BLOCK.findall((ROOT / "README.md").read_text("utf-8")) if kind == "text"]
    commands = get_command(app).commands
    told = {line.split()[1] for line in text.splitlines() if line.startswith("auditlab ")}
    assert told == set(commands)
    for line in text.splitlines():
        command = commands[line.split()[1]]
        known = {
            name
            for part in (command, *getattr(command, "commands", {}).values())
            for own in part.params
            for name in own.opts
        }
        assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", line)) <= known | {"--help"}, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_files_lead_somewhere(page):
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_the_reference_is_what_the_code_says():
    done = subprocess.run(
        [sys.executable, "docs/make_reference.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr

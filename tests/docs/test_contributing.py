"""The guide for contributors works: everything it adds is added to a copy of the house, and its tests pass there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## How to add something")[2]
CHAPTERS = {part.splitlines()[0]: part for part in GUIDE.partition("\n## ")[0].split("\n### ")[1:]}
STEP = re.compile(
    r"(?:(?P<verb>Add to|New file|Change)\s+`(?P<path>[^`]+)`[^\n]*(?:\n[^\n`]+)*?|(?P<run>Run\s+once)):\n\n(?P<blocks>(?:```\w+\n.*?^```\n\n?)+)",
    flags=re.MULTILINE | re.DOTALL,
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


def changed(text, difference):
    """`text` with the lines of a diff added where its other lines stand."""
    lines = difference.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] != "+")
    after = "".join(line[1:] for line in lines if line[0] != "-")
    assert text.count(before) == 1, f"the guide changes lines that are not there once:\n{before}"
    return text.replace(before, after)


def follow(chapter, house):
    """Do in `house` what the chapter says; the test files it adds."""
    tests, done = [], 0
    for step in STEP.finditer(chapter):
        for kind, text in BLOCK.findall(step["blocks"]):
            done += 1
            if step["run"]:
                subprocess.run([sys.executable, "-c", text], cwd=house, check=True, env=environment(house))
                continue
            path = house / step["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            old = path.read_text(encoding="utf-8") if path.exists() else ""
            assert bool(old) == (step["verb"] != "New file"), f"{step['verb']} {step['path']}"
            path.write_text(changed(old, text) if kind == "diff" else old + text, encoding="utf-8", newline="\n")
            if path.name.startswith("test_"):
                tests.append(path)
    assert done == len(BLOCK.findall(chapter)), "a block of the guide is executed by nobody"
    return tests


def environment(house):
    return os.environ | {"PYTHONPATH": str(house)}


def test_the_guide_tells_what_people_want_to_add():
    assert list(CHAPTERS) == ["A key figure", "An export format", "A language", "A notebook", "A programme rule"]


@pytest.fixture(scope="module")
def without_the_guide(tmp_path_factory):
    """Names of the test files of all chapters that fail in the house as it is."""
    folder = tmp_path_factory.mktemp("without")
    for chapter in CHAPTERS.values():
        for step in STEP.finditer(chapter):
            if step["path"] and Path(step["path"]).name.startswith("test_"):
                (_, text), *more = BLOCK.findall(step["blocks"])
                assert not more
                (folder / Path(step["path"]).name).write_text(text, encoding="utf-8")
    done = passes(sorted(folder.glob("test_*.py")), house=ROOT, cwd=folder)
    assert done.returncode in {1, 2}, done.stdout + done.stderr
    return set(re.findall(r"^(?:FAILED|ERROR) (?:\S*/)?(test_\w+\.py)", done.stdout, flags=re.MULTILINE))


@pytest.mark.parametrize("name", list(CHAPTERS))
def test_what_the_guide_adds_works(name, tmp_path, without_the_guide):
    for part in ("auditlab", "notebooks", "docs"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "_build", "*.png"))
    tests = follow(CHAPTERS[name], tmp_path)
    assert tests
    with_it = passes(tests, house=tmp_path, cwd=tmp_path)
    assert with_it.returncode == 0, with_it.stdout + with_it.stderr
    passing = {test.name for test in tests} - without_the_guide
    assert not passing, "the test of the guide passes without what the guide adds"


def passes(tests, *, house, cwd):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
        "-rfE",
        "--rootdir",
        str(cwd),
        *map(str, tests),
    ]
    return subprocess.run(command, cwd=cwd, env=environment(house), capture_output=True, text=True, check=False)

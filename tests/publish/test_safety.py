"""Text of others stays text, names never become paths, and a run that dies leaves nothing that looks whole."""

import errno
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile

import docx
import openpyxl
import pandas as pd
import pytest

from auditlab.errors import EngagementError
from auditlab.publish import files, report
from auditlab.publish.contents import failure_of
from auditlab.publish.documents import audit_documents
from auditlab.publish.execute import CellError
from auditlab.publish.files import folder_name, partial_folder
from auditlab.publish.kernels import remove_orphans
from auditlab.publish.manifest import verify
from auditlab.publish.run import run
from auditlab.publish.templating import block_html
from auditlab.publish.workbook import Sheet, workbook_bytes

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    '=HYPERLINK("http://x";"y")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "\u202egpj.exe",
    "{{ 7 * 7 }}{% for x in y %}",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "C:\\{0}\\%s",
    "a\x00b\x0bc",
    "\ufeff\u2028\u2029",
    "x" * 100_000,
)
GOOD = [("markdown", "# Good\n\nAsks."), ("code", "page = 1")]


@pytest.mark.parametrize("name", [*HOSTILE, ".", "..", "", " ", "/", "CON", "a/b", "{x}"])
def test_no_name_leaves_the_folder_of_the_reports(tmp_path, name):
    made = tmp_path / folder_name(name)
    assert made.parent == tmp_path
    assert made.resolve().parent == tmp_path.resolve()
    assert made.name
    assert len(made.name) <= 80
    made.mkdir()


@pytest.mark.parametrize("seed", range(4))
def test_hostile_cells_are_text_on_the_page_in_the_workbook_and_in_the_document(seed):
    from auditlab.publish.blocks import TableBlock

    mixed = random.Random(seed).sample(HOSTILE, k=len(HOSTILE))  # no secret
    frame = pd.DataFrame({"text": mixed, "other": mixed[::-1]})
    block = TableBlock.of(frame, name="trial", caption=mixed[0], note=mixed[1])
    page = block_html("table", block)
    assert "<script" not in page
    assert "<img" not in page
    assert 'onmouseover="alert' not in page
    book = workbook_bytes(
        [Sheet(title="Trial", heading=mixed[2][:200], frame=frame, labels={"text": "a", "other": "b"})], title="T"
    )
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.hyperlink is None for cell in cells)
    with zipfile.ZipFile(io.BytesIO(book)) as box:
        assert not [name for name in box.namelist() if "external" in name.lower() or "vba" in name.lower()]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_word(text):
    elements = pd.DataFrame({"element": ["scope"], "title": ["scope"], "text": [text]})
    session = {"date": "2024-06-11", "start": "09:00", "end": "09:30", "local_start": "16:00", "auditor": text,
               "site": text, "kind": "examination", "clause": text, "interviewee": text}  # fmt: skip
    made = audit_documents(elements, pd.DataFrame([session]), client=text, as_of="2024-03-31")
    for content in made.values():
        plan = docx.Document(io.BytesIO(content))
        kept = "".join(letter for letter in text if letter.isprintable())
        said = "".join(letter for letter in " ".join(p.text for p in plan.paragraphs) if letter.isprintable())
        assert kept[:5000] in said
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            assert "w:instrText" not in box.read("word/document.xml").decode("utf-8")  # no field that computes


def test_hostile_settings_come_through_a_whole_run_as_text(small, notebooks, tmp_path):
    name = "../../{0}</script><script>alert(1)</script>"
    (small / "auditlab.toml").write_text(
        f"name = {json.dumps(name)}\nclient = {json.dumps(name)}\nas_of = 2024-03-31\n", encoding="utf-8"
    )
    result = run(small, output=tmp_path / "out", notebook_folder=notebooks(good=GOOD))
    assert result.folder.resolve().is_relative_to((tmp_path / "out").resolve())
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("..")] == []
    for page in result.folder.glob("*.html"):
        assert "<script>alert" not in page.read_text(encoding="utf-8")
    assert verify(result.folder) == []


def test_runs_at_the_same_time_have_their_own_folders_and_results(small, notebooks, tmp_path):
    code = (
        "import auditlab, pandas as pd\nlab = auditlab.open_engagement(engagement)\n"
        "page = auditlab.open_page(lab, 'one', output_dir=output_dir)\n"
        "page.show(pd.DataFrame({'day': [as_of], 'run': [page.run]}), name='told', caption='x')"
    )
    folder = notebooks(one=[("markdown", "# One\n\nAsks."), ("code", code)])
    days = [f"2024-03-{day}" for day in (10, 11, 12)]
    done = {}

    def start(day):
        done[day] = run(small, as_of=day, output=tmp_path / "out", notebook_folder=folder)

    threads = [threading.Thread(target=start, args=(day,)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({result.folder for result in done.values()}) == len(days)
    for day, result in done.items():
        told = pd.read_csv(result.folder / "tables" / "told.csv", dtype="str")
        assert told.to_dict("records") == [{"day": day, "run": result.folder.name}]
        assert verify(result.folder) == []


def test_a_killed_run_leaves_no_run_and_the_next_one_cleans_up(small, notebooks, tmp_path):
    folder = notebooks(one=[("code", "import time\ntime.sleep(600)")])
    program = (
        "from pathlib import Path\nfrom auditlab.publish.run import run\n"
        f"run({str(small)!r}, output={str(tmp_path / 'out')!r}, notebook_folder=Path({str(folder)!r}))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    root = tmp_path / "out" / "small"
    try:
        for _ in range(1200):
            if list(root.glob(".*.partial")):
                break
            time.sleep(0.05)
        assert list(root.glob(".*.partial"))
    finally:
        child.kill()
        child.wait()
    assert [path for path in root.iterdir() if not path.name.startswith(".")] == []
    with partial_folder(root / "next"):
        assert [path.name for path in root.glob(".*.partial")] == [".next.partial"]
    assert [path.name for path in root.iterdir() if path.name != ".cache"] == []


@pytest.mark.skipif(os.name != "posix", reason="signals of Unix")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_asked_to_end_leaves_nothing_and_says_so(small, tmp_path, number):
    root, private = tmp_path / "out" / "small", tmp_path / "tmp"
    private.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-m", "auditlab", "run", str(small), "--output", str(tmp_path / "out")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(private)},
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        for _ in range(1200):
            if list(private.glob("al-*")):
                break
            time.sleep(0.05)
        child.send_signal(number)
        said = child.communicate(timeout=60)[1]
    finally:
        child.kill()
    assert (child.returncode, "no unfinished run was left behind" in said) == (130, True)
    assert [path.name for path in root.iterdir() if path.name != ".cache"] == []
    assert list(private.glob("al-*")) == []


def test_folders_of_processes_that_were_killed_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (f"al-{ended.pid}-a", f"al-{os.getpid()}-b", "al-words-c", "other"):
        (tmp_path / name).mkdir()
    remove_orphans()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"al-{os.getpid()}-b", "al-words-c", "other"])


def test_a_run_that_lives_keeps_its_folder_while_others_start_and_end(tmp_path):
    with partial_folder(tmp_path / "one") as one:
        for _ in range(3):
            with partial_folder(tmp_path / "two"):
                assert one.is_dir()
        assert one.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(small, notebooks, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "small").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(EngagementError, match=r"cannot be written \(.*\)\. Name another folder with --output"):
        run(small, output=tmp_path / "out", notebook_folder=notebooks(good=GOOD))


def test_a_full_disk_ends_the_run_and_leaves_nothing(small, notebooks, tmp_path, monkeypatch):
    def full(path, _content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(report, "write_file", full)
    with pytest.raises(OSError, match="No space left on device"):
        run(small, output=tmp_path / "out", notebook_folder=notebooks(good=GOOD))
    assert [path.name for path in (tmp_path / "out" / "small").iterdir() if path.name != ".cache"] == []


def in_small_space(program, *, place, options):
    """Run a Python program with a small file system of its own at `place`, which nobody else sees."""
    mount = f'mount -t tmpfs -o {options} tmpfs \'{place}\' && exec "$0" -c "$1"'
    return subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, sys.executable, program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def small_space(tmp_path_factory):
    place = tmp_path_factory.mktemp("place")
    if shutil.which("unshare") is None or in_small_space("", place=place, options="size=1m").returncode:
        pytest.skip("this system gives no file system of one's own")
    return place


COMMAND = "from auditlab.cli import main\nmain({arguments!r})"


def test_a_disk_that_is_really_full_is_one_sentence_and_leaves_nothing(small, small_space):
    command = COMMAND.format(arguments=["run", str(small), "data_readiness", "--output", str(small_space / "out")])
    program = (
        f"import pathlib\ntry:\n    exec({command!r})\nexcept SystemExit as left:\n"
        f"    below = pathlib.Path({str(small_space)!r}).glob('out/small/*')\n"
        "    print(left.code, [path.name for path in below if path.name != '.cache'])"
    )
    ended = in_small_space(program, place=small_space, options="size=400k")
    assert ended.stdout.splitlines()[-1] == "2 []", ended.stdout + ended.stderr
    assert "No space left on device. Make room or name another folder." in ended.stderr
    assert str(small_space) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_for_reading_only_is_one_sentence(small, small_space):
    program = COMMAND.format(arguments=["run", str(small), "data_readiness", "--output", str(small_space / "out")])
    ended = in_small_space(program, place=small_space, options="ro")
    assert ended.returncode == 2
    assert f"{small_space}/out/small cannot be written (Read-only file system). Name another" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_engagement_for_reading_only_can_be_run(small, small_space, tmp_path):
    command = COMMAND.format(
        arguments=["run", str(small_space / "e"), "data_readiness", "--output", str(tmp_path / "out")]
    )
    program = (
        f"import shutil, subprocess\nshutil.copytree({str(small)!r}, {str(small_space / 'e')!r})\n"
        f"subprocess.run(['mount', '-o', 'remount,ro', {str(small_space)!r}], check=True)\n{command}"
    )
    ended = in_small_space(program, place=small_space, options="size=4m")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1].endswith("index.html")


def test_a_half_written_file_is_removed(tmp_path, monkeypatch):
    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.Path, "replace", full)
    with pytest.raises(OSError, match="No space") as failed:
        files.write_file(tmp_path / "a.csv", "x")
    assert failed.value.filename == str(tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message", "words"),
    [
        ("OSError", "[Errno 28] No space left on device: '/r/t.csv'", "/r/t.csv cannot be written: no space left on"),
        (
            "OSError",
            "[Errno 28] No space left on device",
            "The report cannot be written: no space left on device. Make",
        ),
        ("PermissionError", "[Errno 13] Permission denied: '/r'", "/r cannot be written: permission denied. Make room"),
        ("OSError", "[Errno 5] Input/output error", "something it did not expect"),
    ],
)
def test_a_page_that_met_a_full_disk_says_what_to_do(name, message, words):
    failure = failure_of("n", {"cells": []}, CellError(cell=0, name=name, message=message, trace=""))
    assert words in failure.words

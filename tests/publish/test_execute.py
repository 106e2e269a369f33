"""One notebook: executed in a kernel of its own; whatever stops it is a result."""

import json
from pathlib import Path

from auditlab.publish.execute import execute_notebook

PARAMETERS = {"engagement": "/a {b}/\"q'\\n", "as_of": None, "output_dir": "/tmp/{x}"}


def outputs(notebook):
    return "".join("".join(out.get("text", "")) for cell in notebook["cells"] for out in cell.get("outputs", []))


def test_parameters_arrive_as_they_are_and_the_page_is_told_nothing_of_the_run_folder(notebooks):
    folder = notebooks(one=[("code", "print([engagement, as_of, output_dir])")])
    seen = []
    execution = execute_notebook(
        folder / "one.ipynb", parameters=PARAMETERS, on_cell=lambda done, cells: seen.append((done, cells))
    )
    assert execution.error is None
    assert outputs(execution.notebook).strip() == str([PARAMETERS["engagement"], None, "/tmp/{x}"])
    assert seen[-1] == (2, 3)
    assert "output_dir =" not in json.dumps([cell["source"] for cell in execution.notebook["cells"][1:]])


def test_the_kernel_imports_nothing_from_the_current_folder_and_starts_without_the_slow_grammar(
    notebooks, tmp_path, monkeypatch
):
    (tmp_path / "plotly.py").write_text("raise SystemExit('imported from the folder of the data')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    folder = notebooks(
        one=[
            ("code", "import plotly, sys, nbformat, jsonschema\nprint('rfc3987_syntax', sys.modules['rfc3987_syntax'])")
        ]
    )
    execution = execute_notebook(folder / "one.ipynb", parameters={"engagement": "x"})
    assert execution.error is None, execution.error
    assert outputs(execution.notebook) == "rfc3987_syntax None\n"


def test_an_error_in_a_cell_keeps_what_was_done_before_it(notebooks):
    folder = notebooks(
        one=[("code", "print('before')"), ("markdown", "## Then"), ("code", "x = 1\n1 / 0"), ("code", "print('after')")]
    )
    execution = execute_notebook(folder / "one.ipynb", parameters={"engagement": "x"})
    assert (execution.error.name, execution.error.message) == ("ZeroDivisionError", "division by zero")
    assert execution.notebook["cells"][execution.error.cell]["source"][-1].strip() == "1 / 0"
    assert "before" in outputs(execution.notebook)
    assert "after" not in outputs(execution.notebook)


def test_the_death_of_a_kernel_is_a_result(notebooks):
    folder = notebooks(one=[("code", "import os\nos._exit(3)")])
    execution = execute_notebook(folder / "one.ipynb", parameters={"engagement": "x"})
    assert execution.error.name == "DeadKernelError"
    assert execution.error.cell == 2


def test_nothing_is_saved_and_no_folder_is_changed_while_a_notebook_runs(notebooks, tmp_path, monkeypatch):
    folder, elsewhere = notebooks(one=[("code", "x = 1"), ("code", "y = 2")]), tmp_path / "elsewhere {0}"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    before, seen = (folder / "one.ipynb").read_bytes(), set()
    execution = execute_notebook(
        folder / "one.ipynb", parameters=PARAMETERS, on_cell=lambda *_place: seen.add(str(Path.cwd()))
    )
    assert execution.error is None
    assert seen == {str(elsewhere)}
    assert list(elsewhere.iterdir()) == []
    assert [path.name for path in folder.iterdir()] == ["one.ipynb"]
    assert (folder / "one.ipynb").read_bytes() == before

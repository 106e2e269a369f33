"""The contract of the notebooks: small cells that call, show and explain, and run anywhere."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from auditlab.publish.notebooks import PORTFOLIO, notebook_folder, notebook_names
from auditlab.publish.parameters import MODELS, parameter_model

NAMES = notebook_names()
ALL = (*NAMES, PORTFOLIO)


def read(name):
    return json.loads((notebook_folder() / f"{name}.ipynb").read_text(encoding="utf-8"))


def code(name):
    return [cell for cell in read(name)["cells"] if cell["cell_type"] == "code"]


def source(cell):
    return "".join(cell["source"])


def test_every_parameter_model_belongs_to_a_notebook():
    assert set(MODELS) <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_the_first_cell_holds_the_parameters_of_the_model_with_its_defaults(name):
    first = read(name)["cells"][0]
    assert first["metadata"]["tags"] == ["parameters"]
    assigned = {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(source(first)).body}
    fields = parameter_model(name).model_fields
    assert list(assigned) == list(fields)
    assert list(assigned)[:3] == ["engagement", "as_of", "output_dir"]
    for parameter, field in fields.items():
        assert field.is_required() or assigned[parameter] == field.default, parameter


@pytest.mark.parametrize("name", ALL)
def test_cells_are_few_short_and_without_logic(name):
    cells = code(name)
    assert len(cells) <= 12 + 1  # and the parameters
    for cell in cells:
        lines = [line for line in source(cell).splitlines() if line.strip()]
        assert len(lines) <= 8, lines[0]
        for node in ast.walk(ast.parse(source(cell))):
            forbidden = ast.FunctionDef | ast.Lambda | ast.ClassDef | ast.For | ast.While | ast.Try
            assert not isinstance(node, forbidden), source(cell)
        assert "sys.exit" not in source(cell)
        assert "open(" not in source(cell)


@pytest.mark.parametrize("name", ALL)
def test_a_notebook_is_committed_without_its_outputs(name):
    notebook = read(name)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    identities = [cell["id"] for cell in notebook["cells"]]
    assert len(set(identities)) == len(identities)
    for cell in code(name):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("name", ALL)
def test_every_section_tells_how_to_read_it(name):
    kinds = [cell["cell_type"] for cell in read(name)["cells"]]
    texts = [source(cell) for cell in read(name)["cells"] if cell["cell_type"] == "markdown"]
    assert texts[0].startswith("# ")
    assert all(text.startswith("## ") and len(text.split()) > 30 for text in texts[1:])
    assert kinds.count("markdown") >= 3


@pytest.mark.parametrize("name", NAMES)
def test_plain_papermill_runs_a_notebook_from_another_folder(name, halden, halden_run, tmp_path):
    work = tmp_path / "elsewhere"
    work.mkdir()
    target = tmp_path / "out"
    command = [sys.executable, "-m", "papermill", str(notebook_folder() / f"{name}.ipynb"), str(work / "done.ipynb")]
    command += ["-p", "engagement", str(halden), "-p", "output_dir", str(target), "--no-progress-bar"]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    written = sorted(path.name for path in (target / "tables").iterdir())
    assert written
    for table in written:
        assert (target / "tables" / table).read_bytes() == (halden_run.tables / table).read_bytes(), table
    assert [path.name for path in work.iterdir()] == ["done.ipynb"]


def test_no_table_is_written_by_two_notebooks(halden_run):
    seen = {}
    for name in NAMES:
        notebook = json.loads((halden_run.folder / f"{name}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                block = output.get("data", {}).get("application/vnd.auditlab.v1+json", {})
                if block.get("kind") in {"table", "facts", "figure_text"}:
                    assert seen.setdefault(block["name"], name) == name
                    assert Path(halden_run.tables, f"{block['name']}.csv").exists()
    assert len(seen) >= 20


@pytest.mark.parametrize("table", ["audits", "coverage", "findings", "corrective_actions", "certificates", "sites"])
def test_the_history_can_be_reviewed_without_any_one_table(table, tmp_path, monkeypatch):
    """The notebook's own cells, in this process, on the sample without one table."""
    import auditlab
    from auditlab.tables import Tables, empty_table

    lab = auditlab.open_engagement(ROOT / "data" / "halden")
    frames = {name: empty_table(name) if name == table else lab.tables[name] for name in lab.tables}
    held = {name: frame for name, frame in frames.items() if len(frame)}
    from dataclasses import replace

    poorer = replace(lab, tables=Tables(held), ledger=lab.ledger[lab.ledger["table"] != table])
    monkeypatch.setattr(auditlab, "open_engagement", lambda *_arguments, **_options: poorer, raising=False)
    shown = []
    import IPython.display

    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_raw: shown.append(bundle))
    space = {}
    for cell in code("history_review"):
        exec(source(cell).replace("output_dir = None", f"output_dir = {str(tmp_path)!r}"), space)  # our own cells
    told = "".join(bundle.get("text/html", "") for bundle in shown)
    assert f"No row of the table &#39;{table.replace('_', ' ')}&#39; was handed over" in told
    assert pd.read_csv(tmp_path / "tables" / "headlines.csv")["sentence"].notna().all()


ROOT = Path(__file__).resolve().parents[2]

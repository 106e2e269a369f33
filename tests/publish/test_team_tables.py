"""Tables for the audit team only: written, marked, and not on the page that the client may see."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from auditlab.publish.page import Page


def page(folder):
    return Page(lab=None, notebook="sampling_plan", folder=folder)


def test_a_table_for_the_team_is_written_and_not_shown(tmp_path, capsys):
    page(tmp_path).team_table(pd.DataFrame({"item": ["C1"]}), name="record_list")
    assert (tmp_path / "tables" / "record_list.csv").read_text(encoding="utf-8") == "item\nC1\n"
    assert capsys.readouterr().out == ""


def test_any_other_table_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'priorities' is no table for the audit team only"):
        page(tmp_path).team_table(pd.DataFrame(), name="priorities")


@pytest.mark.parametrize(
    ("folder", "run"), [(".20240401T120000Z-a1b2c3.partial", "20240401T120000Z-a1b2c3"), ("draft", "")]
)
def test_a_page_knows_its_run(folder, run):
    assert page(Path(folder)).run == run


def test_neither_page_nor_notebook_shows_a_record_to_be_examined(halden_run):
    listed = pd.read_csv(halden_run.tables / "record_list.csv", dtype="str")
    notebook = json.loads((halden_run.folder / "sampling_plan.ipynb").read_text(encoding="utf-8"))
    shown = (halden_run.folder / "sampling_plan.html").read_text(encoding="utf-8") + json.dumps(notebook)
    assert not [item for item in listed["item"] if re.search(rf"\b{re.escape(item)}\b", shown)]
    assert "Sealed in the run" in shown
    assert halden_run.folder.name in shown


def test_the_index_marks_the_list(halden_run):
    index = (halden_run.folder / "index.html").read_text(encoding="utf-8")
    assert re.search(r'record_list\.csv">record list</a> <span class="tag">audit team only</span>', index)

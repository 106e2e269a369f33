"""A new engagement: a fresh seed, a workbook that intake knows, notebooks that find the folder."""

import datetime as dt
import io
import json
import tomllib

import openpyxl
import pandas as pd
import pytest

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement
from auditlab.intake.body_rows import EXAMPLE, EXAMPLE_ROW
from auditlab.publish.blank_workbook import MAIN_TABLES, blank_workbook, choices_of, examples
from auditlab.publish.new_engagement import new_engagement, with_notebooks
from auditlab.publish.notebooks import notebook_names
from auditlab.tables import table_specs

SEED = "0123456789abcdef" * 2
DAY = dt.date(2024, 3, 31)


@pytest.fixture(scope="module")
def book():
    return openpyxl.load_workbook(io.BytesIO(blank_workbook()))


@pytest.mark.parametrize("table", MAIN_TABLES)
def test_a_sheet_has_every_column_of_its_table_with_a_note(book, table):
    sheet, columns = book[table], [column for column in table_specs()[table].columns if not column.kind.derived]
    assert [cell.value for cell in sheet[1]] == [column.name for column in columns]
    for cell, column in zip(sheet[1], columns, strict=True):
        assert column.description[1:] in cell.comment.text
        assert ("Required." in cell.comment.text) == column.required
    with_lists = {str(rule.sqref).split(":")[0] for rule in sheet.data_validations.dataValidation}
    assert with_lists == {
        sheet.cell(3, place).coordinate for place, column in enumerate(columns, start=1) if choices_of(column)
    }


def test_the_example_rows_are_read_as_they_stand_once_they_have_an_identifier(tmp_path):
    new_engagement(tmp_path / "client", day=dt.date(2025, 3, 31), seed=SEED)
    path = tmp_path / "client" / "engagement.xlsx"
    filled = openpyxl.load_workbook(path)
    names = {
        "sites": "A", "suppliers": "X", "services": "S1", "audits": "AU-1", "coverage": "AU-1", "findings": "F-1",
        "corrective_actions": "F-1", "incidents": "INC-1", "problems": "P-7", "changes": "C-104", "sla_monthly": "S1",
    }  # fmt: skip
    for sheet in filled:
        sheet.cell(2, 1, names[sheet.title])
        for place, cell in enumerate(sheet[2][1:], start=2):
            choices = [rule.formula1 for rule in sheet.data_validations.dataValidation
                       if str(rule.sqref).startswith(sheet.cell(3, place).coordinate)]  # fmt: skip
            assert not choices or cell.value in choices[0].strip('"').split(","), (sheet.title, cell.value)
    filled.save(path)
    lab = open_engagement(tmp_path / "client")
    assert lab.summary["loaded"].eq(1).all()
    assert lab.open_questions.empty
    for table in MAIN_TABLES:
        row = getattr(lab.tables, table).iloc[0]
        empty = [column.name for column in table_specs()[table].columns if column.name in examples()[table] and
                 pd.isna(row[column.name])]  # fmt: skip
        assert empty == [], f"{table}: an example that is not read"


def test_the_example_rows_are_skipped_and_rows_below_them_are_read(tmp_path):
    new_engagement(tmp_path / "client", day=DAY, seed=SEED)
    path = tmp_path / "client" / "engagement.xlsx"
    filled = openpyxl.load_workbook(path)
    assert {sheet.cell(2, 1).value for sheet in filled} == {EXAMPLE_ROW}
    for table, row in {
        "sites": {"site": "A", "name": "Aarlund", "central": "yes"},
        "audits": {"audit_id": "AU-1", "type": "internal", "start": dt.datetime(2023, 6, 1), "sites": "A"},
        "coverage": {"audit_id": "AU-1", "site": "A", "clause": "8.6.3", "examined": "yes"},
        "findings": {
            "finding_id": "F1", "audit_id": "AU-1", "site": "A", "clause_as_cited": "8.6.3", "edition": "2018",
            "grade": "minor", "statement": "Text",
        },
        "incidents": {"incident_id": "INC1", "opened": dt.datetime(2023, 6, 1, 8, 5), "priority": "P1", "site": "A"},
    }.items():  # fmt: skip
        names = [cell.value for cell in filled[table][1]]
        for name, value in row.items():
            filled[table].cell(3, names.index(name) + 1, value)
    filled.save(path)
    lab = open_engagement(tmp_path / "client")
    summary = lab.summary.set_index("table")
    assert summary["skipped"].eq(1).all()
    assert summary.loc[["sites", "audits", "coverage", "findings", "incidents"], "loaded"].eq(1).all()
    assert lab.ledger["rule"].eq(EXAMPLE).sum() == len(MAIN_TABLES)
    assert lab.tables.findings["clause"].tolist() == ["8.6.3"]
    assert lab.tables.incidents["priority"].tolist() == ["P1"]
    assert lab.open_questions.empty


def test_the_settings_hold_name_day_and_seed_whatever_the_folder_is_called(tmp_path):
    folder = tmp_path / 'my "client" ü'
    written = new_engagement(folder, day=DAY, seed=SEED)
    settings = tomllib.loads((folder / "auditlab.toml").read_text(encoding="utf-8"))
    assert (settings["name"], settings["as_of"], settings["seed"]) == ('my "client" ü', DAY, SEED)
    assert len(written) == 2 + len(notebook_names())
    assert open_engagement(folder).settings.seed == SEED


def test_the_notebooks_point_to_the_folder_above_them(tmp_path):
    new_engagement(tmp_path / "c", day=DAY, seed=SEED)
    for name in notebook_names():
        notebook = json.loads((tmp_path / "c" / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        assert "".join(notebook["cells"][0]["source"]).startswith('engagement = ".."')


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "auditlab.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(EngagementError, match=r"exists already\. Name another folder; nothing was written"):
        new_engagement(tmp_path, day=DAY, seed=SEED)
    assert [path.name for path in tmp_path.iterdir()] == ["auditlab.toml"]
    with pytest.raises(EngagementError, match=r"is a file\. Name a folder"):
        new_engagement(tmp_path / "auditlab.toml", day=DAY, seed=SEED)


def test_notebooks_that_are_there_stay_as_they_are(tmp_path):
    assert len(with_notebooks(tmp_path)) == len(notebook_names())
    assert with_notebooks(tmp_path) == []

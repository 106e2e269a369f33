"""What the seed and the order of the rows may change in the plans of the sample engagement: the lists, and nothing."""

import csv
import shutil

import numpy as np
import openpyxl
import pandas as pd
import pytest

import auditlab
from auditlab.publish.run import run

PLANS = ["priority_plan", "sampling_plan"]
LISTS = {"record_list", "site_sample", "site_cycle", "allocation", "loss_list"}
"""Tables that a new seed may change in every column: what it draws, and what the draw leaves."""
SEALS = {
    "record_samples": {"seed_fingerprint", "list_hash"},
    "sampling_notice": {"seed_fingerprint", "list_hash"},
    "sampling_summary": {"value"},
}
"""Columns that a new seed changes in the other tables."""


@pytest.fixture
def copy(halden, tmp_path):
    target = tmp_path / "halden"
    shutil.copytree(halden, target)
    return target


def plan_tables(engagement, output):
    folder = run(engagement, notebooks=PLANS, output=output, jobs=2).folder / "tables"
    return {path.stem: pd.read_csv(path, dtype="str", keep_default_na=False) for path in sorted(folder.glob("*.csv"))}


def shuffle(engagement):
    """Put the loaded rows of every sheet into another order, by the row numbers that the ledger gives."""
    ledger = auditlab.open_engagement(engagement).ledger
    loaded = ledger[(ledger["field"] == "") & (ledger["action"] == "loaded")]
    generator = np.random.default_rng(2024)
    for file, rows in loaded.groupby("file"):
        by_sheet = {sheet: sorted({int(row) for row in part["row"]}) for sheet, part in rows.groupby("sheet")}
        mover = _shuffle_text if file.endswith(".csv") else _shuffle_workbook
        mover(engagement / file, by_sheet, generator)


def _shuffle_workbook(path, by_sheet, generator):
    book = openpyxl.load_workbook(path)
    for sheet, places in by_sheet.items():
        rows = list(book[sheet].iter_rows())
        cells = [[cell.value for cell in rows[place - 1]] for place in places]
        for place, source in zip(places, generator.permutation(len(places)), strict=True):
            for cell, value in zip(rows[place - 1], cells[source], strict=True):
                cell.value = value
    book.save(path)


def _shuffle_text(path, by_sheet, generator):
    ((_, places),) = by_sheet.items()
    text = path.read_bytes()
    lines = text.splitlines(keepends=True)
    assert len(lines) == len(list(csv.reader(text.decode("utf-8-sig", errors="replace").splitlines())))
    moved = [lines[place - 1] for place in places]
    for place, source in zip(places, generator.permutation(len(places)), strict=True):
        lines[place - 1] = moved[source]
    path.write_bytes(b"".join(lines))


def test_another_seed_changes_the_lists_and_nothing_else(halden_run, copy, tmp_path):
    settings = copy / "auditlab.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("a6927a03233027ae1fdad0b9fcdccc12", "0f" * 16), encoding="utf-8")
    changed = plan_tables(copy, tmp_path / "out")
    for name, table in changed.items():
        before = pd.read_csv(halden_run.tables / f"{name}.csv", dtype="str", keep_default_na=False)
        if name in LISTS:
            continue
        columns = [column for column in before if column not in SEALS.get(name, set())]
        pd.testing.assert_frame_equal(table[columns], before[columns])
        for column in SEALS.get(name, set()):
            assert (table[column] != before[column]).any(), f"{name}.{column} should follow the seed"
    drawn = {
        label: set(rows.loc[rows["part"] == "random", "item"])
        for label, rows in (
            ("new", changed["record_list"]),
            ("old", pd.read_csv(halden_run.tables / "record_list.csv")),
        )
    }
    assert len(drawn["new"]) == len(drawn["old"])
    assert drawn["new"] != drawn["old"]


def test_another_order_of_the_rows_changes_nothing(halden_run, copy, tmp_path):
    shuffle(copy)
    for name, table in plan_tables(copy, tmp_path / "out").items():
        before = pd.read_csv(halden_run.tables / f"{name}.csv", dtype="str", keep_default_na=False)
        pd.testing.assert_frame_equal(table, before, obj=name)

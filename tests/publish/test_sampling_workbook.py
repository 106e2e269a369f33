"""The sampling worksheets: every record of the list, locked, with drop-downs, and the plan with its seal."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from auditlab.publish.files import table_csv
from auditlab.publish.sampling_workbook import (
    NOTES,
    PLAN_SHEET,
    read_planned,
    sampling_workbook,
)
from auditlab.sampling import record_sample_plan
from auditlab.sampling.worksheets import RESULTS
from auditlab.seeds import PUBLIC_SEED

SEED = "00112233445566778899aabbccddeeff"
ATTRIBUTES = ("Assessed", "Reviewed")


def planned(names=("changes of site B: 2023/24",), *, prefix="CHG-"):
    frame = pd.DataFrame({"id": [f"{prefix}{i:04d}" for i in range(60)], "late": [i < 3 for i in range(60)]})
    plans = [
        record_sample_plan(
            frame,
            population=name,
            id="id",
            flags={"late": "approved late"},
            tolerable=0.1,
            seed=SEED,
            attributes=ATTRIBUTES,
            alternatives=[(0.2, 0.9)],
        )
        for name in names
    ]
    return (
        pd.concat([plan.record_samples for plan in plans], ignore_index=True),
        pd.concat([plan.record_list for plan in plans], ignore_index=True),
    )


def opened(tmp_path, samples, listed):
    path = tmp_path / "sampling.xlsx"
    path.write_bytes(sampling_workbook(samples, listed, client="C", as_of=dt.date(2024, 3, 31)))
    return openpyxl.load_workbook(path)


def column(page, label):
    place = next(cell.column for cell in page[2] if cell.value == label)
    return [page.cell(row, place) for row in range(3, page.max_row + 1)]


def line(page, label):
    """The values of a line of the plan, one for each population."""
    return next([cell.value for cell in row[1:]] for row in page.iter_rows() if row[0].value == label)


def test_a_sheet_holds_every_record_of_the_list_and_nothing_else(tmp_path):
    samples, listed = planned()
    book = opened(tmp_path, samples, listed)
    assert len(book.sheetnames) == 2
    page = book[book.sheetnames[1]]
    assert [cell.value for cell in column(page, "Record")] == listed["item"].tolist()
    assert {cell.value for cell in column(page, "Part")} == {"judgement", "random", "reserve"}


def test_identifiers_are_locked_and_entry_cells_are_open(tmp_path):
    page = opened(tmp_path, *planned()).worksheets[1]
    assert page.protection.sheet
    assert all(cell.protection.locked for cell in column(page, "Record"))
    for label in (*ATTRIBUTES, NOTES):
        assert not any(cell.protection.locked for cell in column(page, label))


def test_every_attribute_is_a_drop_down_of_facts(tmp_path):
    page = opened(tmp_path, *planned()).worksheets[1]
    assert {choice.formula1 for choice in page.data_validations.dataValidation} == {f'"{",".join(RESULTS)}"'}
    assert len(page.data_validations.dataValidation) == len(ATTRIBUTES)


def test_the_plan_sheet_names_rationale_fingerprint_and_hash_and_never_the_seed(tmp_path):
    samples, listed = planned()
    page = opened(tmp_path, samples, listed)[PLAN_SHEET]
    chosen = samples[samples["chosen"]].iloc[0]
    for label, name in (
        ("Rationale", "rationale"),
        ("Fingerprint of the seed", "seed_fingerprint"),
        ("Hash of the sealed list", "list_hash"),
    ):
        assert line(page, label) == [chosen[name]]
    assert SEED not in "".join(str(cell.value) for row in page.iter_rows() for cell in row)


def test_two_populations_with_like_names_have_two_sheets(tmp_path):
    names = ("changes of all sites, 2023-04 to 2024-03, emergency", "changes of all sites, 2023-04 to 2024-03, normal")
    book = opened(tmp_path, *planned(names))
    assert len(set(book.sheetnames)) == 3
    assert line(book[PLAN_SHEET], "Sheet") == book.sheetnames[1:]


def test_identifiers_that_look_like_numbers_formulas_or_missing_come_through_a_run_unchanged(tmp_path):
    samples, listed = planned(prefix="00")
    odd = listed.assign(item=["00121", "NA", "=1+1", *listed["item"].iloc[3:]])
    for name, frame in (("record_samples", samples), ("record_list", odd)):
        (tmp_path / f"{name}.csv").write_text(table_csv(frame), encoding="utf-8")
    read = [read_planned(tmp_path / f"{name}.csv") for name in ("record_samples", "record_list")]
    pd.testing.assert_frame_equal(read[1], odd)
    pd.testing.assert_frame_equal(read[0], samples, check_exact=False)
    cells = column(opened(tmp_path, *read).worksheets[1], "Record")
    assert [cell.value for cell in cells] == odd["item"].tolist()
    assert {cell.data_type for cell in cells} == {"s"}


@pytest.mark.parametrize("rows", [0, 1])
def test_a_plan_without_records_can_be_opened(tmp_path, rows):
    samples, listed = planned()
    book = opened(tmp_path, samples.head(rows), listed.head(0))
    assert len(book.sheetnames) == 1 + rows


def test_a_run_leaves_the_worksheets_with_the_list_of_its_tables(halden_run):
    book = openpyxl.load_workbook(halden_run.folder / "workpapers" / "sampling.xlsx")
    listed = read_planned(halden_run.tables / "record_list.csv")
    page = book[book.sheetnames[1]]
    assert [cell.value for cell in column(page, "Record")] == listed["item"].tolist()
    index = (halden_run.folder / "index.html").read_text(encoding="utf-8")
    assert "workpapers/sampling.xlsx" in index
    assert "audit team only" in index


def test_the_plan_goes_downwards_and_says_what_counts(tmp_path):
    page = opened(tmp_path, *planned(("changes of site A", "changes of site B")))[PLAN_SHEET]
    assert page.max_column == 3
    assert line(page, "Tolerable rate") == ["10 %", "10 %"]
    assert line(page, "Counts: record not available")[0].startswith("counts as a deviation, unless")
    assert page.row_dimensions[2].height > 15


def test_without_a_secret_seed_the_workbook_holds_no_word_of_a_seal(tmp_path):
    frame = pd.DataFrame({"id": [f"R{i}" for i in range(30)], "late": [i < 3 for i in range(30)]})
    plan = record_sample_plan(frame, population="p", id="id", flags={"late": "late"}, tolerable=0.1, seed=PUBLIC_SEED)
    page = opened(tmp_path, *plan)[PLAN_SHEET]
    text = " ".join(str(cell.value) for row in page.iter_rows() for cell in row)
    assert "predictable by anyone, no secret seed is set" in text
    assert not any(word in text.lower() for word in ("seal", "hash", "fingerprint"))


@pytest.mark.parametrize(
    ("population", "title"),
    [
        ("changes of site B, 2023-04/2024-03", "1 changes of site B"),
        ("changes of B, 2024", "1 changes of B, 2024"),
        ("changes of the northern branch office of Aarlund", "1 changes of the northern"),
        ("x" * 40, "1"),
    ],
)
def test_a_sheet_name_is_not_cut_inside_a_period(tmp_path, population, title):
    assert opened(tmp_path, *planned((population,))).sheetnames[1] == title


def test_wrapped_labels_and_texts_have_room_in_print(tmp_path):
    page = opened(tmp_path, *planned()).worksheets[1]
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert int(page.page_setup.fitToHeight) == 0
    reserve = next(cell for cell in column(page, "Part") if cell.value == "reserve")
    assert page.row_dimensions[reserve.row].height >= 30

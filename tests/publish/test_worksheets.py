"""Worksheets come back sorted, widened and half-finished, and are evaluated; changed identifiers are named."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from auditlab.errors import ArgumentError, EngagementError
from auditlab.publish.files import table_csv
from auditlab.publish.sampling_workbook import sampling_workbook
from auditlab.publish.worksheets import evaluated_file
from auditlab.sampling import record_sample_plan

SEED = "00112233445566778899aabbccddeeff"
NAME = "changes of site B"
ATTRIBUTES = ("Assessed", "Reviewed")


@pytest.fixture
def run(tmp_path):
    """A run folder with its worksheet; 60 records, 3 flagged."""
    frame = pd.DataFrame({"id": [f"CHG-{i:04d}" for i in range(60)], "late": [i < 3 for i in range(60)]})
    plan = record_sample_plan(
        frame, population=NAME, id="id", flags={"late": "approved late"}, tolerable=0.1, seed=SEED,
        attributes=ATTRIBUTES,
    )  # fmt: skip
    for name, table in plan._asdict().items():
        (tmp_path / "tables").mkdir(exist_ok=True)
        (tmp_path / "tables" / f"{name}.csv").write_text(table_csv(table), encoding="utf-8")
    (tmp_path / "workpapers").mkdir()
    path = tmp_path / "workpapers" / "sampling.xlsx"
    path.write_bytes(sampling_workbook(plan.record_samples, plan.record_list, client="C", as_of=dt.date(2024, 3, 31)))
    return path


def edit(path, change):
    book = openpyxl.load_workbook(path)
    change(book.worksheets[1])
    book.save(path)


def places(page):
    return {cell.value: cell.column for cell in page[2]}


def fill(page, attribute, word="no deviation", rows=None):
    for row in rows or range(3, page.max_row + 1):
        page.cell(row, places(page)[attribute]).value = word


def all_filled(page):
    for attribute in ATTRIBUTES:
        fill(page, attribute)


def random_rows(page):
    return part_rows(page, "random")


def part_rows(page, name):
    part = places(page)["Part"]
    return [row for row in range(3, page.max_row + 1) if page.cell(row, part).value == name]


def reserve_rows(page):
    return sorted(part_rows(page, "reserve"), key=lambda row: page.cell(row, places(page)["Drawn"]).value)


def reserve(page):
    return [page.cell(row, places(page)["Record"]).value for row in reserve_rows(page)]


def replace(page, row, item, *, why):
    page.cell(row, places(page)["Replaced by (record)"]).value = item
    page.cell(row, places(page)["Reason for the replacement"]).value = why


def evaluated(path, **how):
    results = evaluated_file(path, **how)
    return results.evaluation.set_index(["part", "attribute"]), results


def test_an_empty_worksheet_concludes_nothing(run):
    rows, _ = evaluated(run)
    assert set(rows["state"]) == {"not begun"}
    assert rows.loc[("random", "Assessed"), "high"] == 1
    assert "nothing is known" in rows.loc[("random", "Assessed"), "sentence"]


def test_a_full_worksheet_without_deviations_rules_out_the_tolerable_rate(run):
    edit(run, all_filled)
    rows, _ = evaluated(run)
    found = rows.loc[("random", "(any attribute)")]
    assert (found["state"], found["rules_out_tolerable"], found["method"]) == (
        "complete", True, "exact hypergeometric, one-sided",
    )  # fmt: skip
    n = int(found["planned"])
    assert found["sentence"].startswith(
        f"Changes of site B, any attribute: 0 of {n} from 57: with 95 % confidence at most"
    )
    assert found["sentence"].endswith(
        "The 57 are all 60 records without the 3 flagged ones; of the 3 flagged 0 deviate."
    )


def test_the_judgement_part_carries_no_percentage(run):
    edit(run, lambda page: (all_filled(page), fill(page, "Assessed", "deviation", rows=[3])))
    rows, _ = evaluated(run)
    found = rows.loc[("judgement", "Assessed")]
    assert found["deviations"] == 1
    assert pd.isna(found["high"])
    assert pd.isna(found["rules_out_tolerable"])
    assert "%" not in found["sentence"]
    assert "any percentage" in found["not_to_say"]


def test_sorted_rows_added_columns_and_odd_capitals_change_nothing(run):
    def disorder(page):
        all_filled(page)
        fill(page, "Reviewed", "  Deviation ", rows=[random_rows(page)[4]])
        body = [[cell.value for cell in row] for row in page.iter_rows(min_row=3)]
        for number, row in enumerate(reversed(body), start=3):
            for column, value in enumerate(row, start=1):
                page.cell(number, column).value = value
        page.insert_cols(1)
        page.cell(2, 1).value = "my own column"

    edit(run, lambda page: (all_filled(page), fill(page, "Reviewed", "deviation", rows=[random_rows(page)[4]])))
    straight, _ = evaluated(run)
    edit(run, disorder)
    crooked, _ = evaluated(run)
    pd.testing.assert_frame_equal(straight, crooked)
    assert straight.loc[("random", "(any attribute)"), "deviations"] == 1


def test_half_finished_work_is_evaluated_for_what_was_examined_and_says_so(run):
    edit(run, lambda page: fill(page, "Assessed", rows=random_rows(page)[5:9]))
    rows, _ = evaluated(run)
    found = rows.loc[("random", "Assessed")]
    assert (found["state"], found["examined"], found["rules_out_tolerable"]) == ("begun", 4, False)
    assert "still to be examined" in found["note"]
    assert "not the first drawn" in found["note"]


def test_a_missing_record_counts_as_deviating_and_one_it_does_not_apply_to_is_left_out(run):
    def change(page):
        all_filled(page)
        first, second = random_rows(page)[:2]
        fill(page, "Assessed", "record not available", rows=[first])
        fill(page, "Reviewed", "does not apply", rows=[second])

    edit(run, change)
    rows, _ = evaluated(run)
    assessed, reviewed = rows.loc[("random", "Assessed")], rows.loc[("random", "Reviewed")]
    assert (assessed["deviations"], assessed["not_available"]) == (1, 1)
    assert reviewed["examined"] == reviewed["planned"] - 1
    assert reviewed["method"] == "Clopper-Pearson, one-sided"


def test_a_replacement_is_logged_with_its_reason(run):
    def change(page):
        all_filled(page)
        replace(page, random_rows(page)[0], reserve(page)[0], why="archived")

    edit(run, change)
    rows, results = evaluated(run)
    assert results.replacements["reason"].tolist() == ["archived"]
    assert "1 replaced, see the log" in rows.loc[("random", "Assessed"), "note"]
    assert "4 records of the reserve examined without being needed" in rows.loc[("random", "Assessed"), "note"]


def test_a_replaced_record_has_the_results_of_its_reserve_record(run):
    def change(page):
        for attribute in ATTRIBUTES:
            fill(page, attribute, rows=random_rows(page))
        gone = random_rows(page)[3]
        fill(page, "Assessed", "record not available", rows=[gone])
        replace(page, gone, reserve(page)[0], why="archived")

    edit(run, change)
    rows, _ = evaluated(run)
    waiting = rows.loc[("random", "Assessed")]
    assert (waiting["state"], waiting["not_available"]) == ("begun", 0)

    edit(run, lambda page: [fill(page, name, "deviation", rows=reserve_rows(page)[:1]) for name in ATTRIBUTES])
    rows, _ = evaluated(run)
    done = rows.loc[("random", "Assessed")]
    assert (done["state"], done["deviations"], done["not_available"]) == ("complete", 1, 0)


@pytest.mark.parametrize(
    ("row_of", "by", "word", "message"),
    [
        (lambda page: random_rows(page)[0], lambda page: reserve(page)[1], None, "reserve is used in order: CHG-"),
        (lambda page: random_rows(page)[0], lambda _: "CHG-9999", None, "replaced by CHG-9999, but the reserve"),
        (lambda page: random_rows(page)[0], lambda page: reserve(page)[0], "deviation", "deviates, so it stays"),
        (lambda _: 3, lambda page: reserve(page)[0], None, r"CHG-0000 \(judgement\) cannot be replaced"),
    ],
)
def test_a_replacement_out_of_order_or_for_a_deviation_is_refused(run, row_of, by, word, message):
    def change(page):
        replace(page, row_of(page), by(page), why="archived")
        if word:
            fill(page, "Assessed", word, rows=[row_of(page)])

    edit(run, change)
    with pytest.raises(ArgumentError, match=message):
        evaluated_file(run)


def test_more_replacements_than_the_reserve_holds_are_refused(run):
    def change(page):
        for row in random_rows(page)[:6]:
            replace(page, row, reserve(page)[0], why="archived")

    edit(run, change)
    with pytest.raises(ArgumentError, match="6 records are replaced, but the reserve holds 5"):
        evaluated_file(run)


def test_the_order_of_the_reserve_is_part_of_what_was_sealed(run):
    def change(page):
        first, second = reserve_rows(page)[:2]
        order = places(page)["Drawn"]
        page.cell(first, order).value, page.cell(second, order).value = 2, 1

    edit(run, change)
    with pytest.raises(ArgumentError, match=r"\(reserve 1\)"):
        evaluated_file(run)


@pytest.mark.parametrize(
    ("label", "value", "message"),
    [("Convention", None, "'Convention' is empty"), (None, "x", "no line 'Population'")],
)
def test_a_plan_sheet_without_a_line_or_its_value_says_which(run, label, value, message):
    book = openpyxl.load_workbook(run)
    page = book["Plan"]
    for row in page.iter_rows():
        if label and row[0].value == label:
            row[1].value = value
        if label is None and row[0].value == "Population":
            row[0].value = value
    book.save(run)
    with pytest.raises(EngagementError, match=message):
        evaluated_file(run)


def test_changed_identifiers_are_named_one_by_one(run):
    def change(page):
        column = places(page)["Record"]
        page.cell(3, column).value = "CHG-9998"
        page.cell(5, column).value = "CHG-9999"

    edit(run, change)
    with pytest.raises(ArgumentError, match="not the list that was sealed") as told:
        evaluated_file(run)
    for name in ("missing from the sheet: CHG-0000 (judgement)", "CHG-0002", "CHG-9998", "CHG-9999"):
        assert name in str(told.value)


def test_away_from_its_run_the_hash_and_the_seed_still_notice_a_change(run, tmp_path):
    away = tmp_path / "elsewhere" / "copy.xlsx"
    away.parent.mkdir()
    away.write_bytes(run.read_bytes())
    assert len(evaluated_file(away, run=run.parent.parent, seed=SEED).evaluation)
    lonely = tmp_path / "a" / "b" / "copy.xlsx"
    lonely.parent.mkdir(parents=True)
    edit(run, lambda page: setattr(page.cell(4, places(page)["Record"]), "value", "CHG-9999"))
    lonely.write_bytes(run.read_bytes())
    with pytest.raises(ArgumentError, match="do not give the hash of the plan"):
        evaluated_file(lonely, seed=SEED)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda page: fill(page, "Assessed", "fine", rows=[4]),
            ArgumentError,
            "row 4, 'Assessed': 'fine'.*Results are",
        ),
        (lambda page: setattr(page.cell(3, 2), "value", page.cell(4, 2).value), ArgumentError, "stands more than once"),
        (lambda page: page.delete_rows(4), ArgumentError, "missing from the sheet: CHG-0001"),
        (lambda page: setattr(page.cell(2, places(page)["Part"]), "value", "x"), EngagementError, "no column 'Part'"),
        (lambda page: setattr(page, "title", "other"), EngagementError, "there is no sheet '1 changes of site B'"),
        (
            lambda page: setattr(page.cell(4, places(page)["Replaced by (record)"]), "value", "CHG-0050"),
            ArgumentError,
            "row 4: CHG-0001 was replaced without a reason",
        ),
        (
            lambda page: setattr(page.cell(4, places(page)["Reason for the replacement"]), "value", "lost"),
            ArgumentError,
            "row 4: a reason for replacing CHG-0001, but no record in its place",
        ),
        (
            lambda page: setattr(page.cell(random_rows(page)[0], places(page)["Drawn"]), "value", "first"),
            EngagementError,
            "'Drawn' is 'first', no place in the draw",
        ),
        (
            lambda page: (fill(page, "Assessed"), setattr(page.cell(4, places(page)["Record"]), "value", None)),
            EngagementError,
            "the record or its part is empty in row 4",
        ),
    ],
)
def test_an_altered_worksheet_says_what_to_put_back(run, change, error, message):
    edit(run, change)
    with pytest.raises(error, match=message):
        evaluated_file(run)


def test_a_file_that_is_no_worksheet_is_refused(run, tmp_path):
    with pytest.raises(EngagementError, match="There is no worksheet"):
        evaluated_file(tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook", encoding="utf-8")
    with pytest.raises(EngagementError, match="no workbook that can be read"):
        evaluated_file(tmp_path / "text.xlsx")
    with pytest.raises(EngagementError, match=r"holds no tables/record_list\.csv"):
        evaluated_file(run, run=tmp_path / "nowhere")


def test_a_record_left_after_its_first_deviation_counts_as_deviating_in_any_attribute(run):
    def change(page):
        rows = random_rows(page)
        for attribute in ATTRIBUTES:
            fill(page, attribute, rows=rows[:8])
        fill(page, "Assessed", "deviation", rows=rows[3:4])
        page.cell(rows[3], places(page)["Reviewed"]).value = None

    edit(run, change)
    rows, _ = evaluated(run)
    found = rows.loc[("random", "(any attribute)")]
    assert (found["examined"], found["deviations"]) == (8, 1)
    assert "1 of 8 from 57" in found["sentence"]


@pytest.mark.parametrize(
    ("label", "value", "message"),
    [
        ("Confidence", "20 %", r"confidence is 0\.2, planned 0\.95.*Put it back"),
        ("Drawn from", 999, "N is 999, planned 57"),
        ("Convention", "exceeds", "convention is 'exceeds', planned 'reaches'"),
        ("Population", "other changes", "names the population 'other changes', which the run did not plan"),
        ("Hash of the sealed list", "0" * 64, "list_hash is '0{64}', planned"),
    ],
)
def test_a_plan_that_was_changed_after_the_draw_is_refused(run, label, value, message):
    alter_plan(run, label, value)
    with pytest.raises(ArgumentError, match=message):
        evaluated_file(run)


def test_a_plan_line_that_is_no_number_is_refused_wherever_the_file_lies(run, tmp_path):
    alter_plan(run, "Confidence", "eighty")
    away = tmp_path / "x" / "y" / "copy.xlsx"
    away.parent.mkdir(parents=True)
    away.write_bytes(run.read_bytes())
    with pytest.raises(EngagementError, match="'Confidence' is 'eighty', no number"):
        evaluated_file(away)


def alter_plan(path, label, value):
    book = openpyxl.load_workbook(path)
    for row in book["Plan"].iter_rows():
        if row[0].value == label:
            row[1].value = value
    book.save(path)


def test_away_from_its_run_and_without_the_seed_every_line_says_that_nothing_was_compared(run, tmp_path):
    away = tmp_path / "x" / "y" / "copy.xlsx"
    away.parent.mkdir(parents=True)
    edit(run, lambda page: (all_filled(page), setattr(page.cell(4, places(page)["Record"]), "value", "CHG-9999")))
    away.write_bytes(run.read_bytes())
    rows, _ = evaluated(away)
    drawn = rows.loc["random"]
    assert drawn["note"].str.contains("nobody compared the identifiers with the sealed list").all()


def test_an_attribute_that_applies_to_some_records_speaks_of_those_and_names_where_they_come_from(run):
    def change(page):
        all_filled(page)
        fill(page, "Assessed", "does not apply", rows=random_rows(page)[:3])
        fill(page, "Reviewed", "does not apply")

    edit(run, change)
    rows, _ = evaluated(run)
    some, none = rows.loc[("random", "Assessed"), "sentence"], rows.loc[("random", "Reviewed"), "sentence"]
    assert "of the records it applies to deviate. They were drawn from 57, all 60 records without" in some
    assert "the attribute applies to no record examined" in none
    judged = rows.loc[("judgement", "Reviewed")]
    assert (
        judged["sentence"] == "The attribute applies to none of the 3 records chosen for a reason that were examined."
    )
    assert judged["note"] == "the attribute does not apply to 3"


def test_before_the_judgement_part_is_begun_it_says_so(run):
    edit(run, lambda page: [fill(page, name, rows=random_rows(page)) for name in ATTRIBUTES])
    rows, _ = evaluated(run)
    words = "None of the 3 records chosen for a reason is examined so far."
    assert rows.loc[("judgement", "Assessed"), "sentence"] == words
    assert rows.loc[("random", "Assessed"), "sentence"].endswith("of the 3 flagged none is examined so far.")

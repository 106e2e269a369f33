"""Two stages and strata through the workbook: drawn, hidden, filled in, read back and decided."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest

from auditlab.errors import ArgumentError
from auditlab.publish.files import table_csv
from auditlab.publish.sampling_workbook import sampling_workbook
from auditlab.publish.worksheets import evaluated_file
from auditlab.sampling import evaluation_headlines, record_sample_plan
from auditlab.settings import SamplingDesign
from auditlab.statistics import upper_limit

SEED = "00112233445566778899aabbccddeeff"
EARLIER = {"source": "changes of site B, 2022", "deviations": 1, "examined": 60}


def made(folder, attributes=("Assessed", "Reviewed"), records=150, **design):
    """A run folder with its worksheet; 150 records, 3 flagged, 30 emergencies, 4 of which state nothing."""
    kinds = ["emergency" if i % 5 == 0 else "normal" for i in range(records)]
    kinds[7:11] = [None] * 4
    frame = pd.DataFrame({
        "id": [f"CHG-{i:04d}" for i in range(records)], "late": [i < 3 for i in range(records)], "kind": kinds,
    })  # fmt: skip
    plan = record_sample_plan(
        frame, population="changes of site B", id="id", flags={"late": "approved late"}, tolerable=0.1, seed=SEED,
        attributes=attributes, design=SamplingDesign(**design), strata="kind", alternatives=[(0.05, 0.95)],
    )  # fmt: skip
    (folder / "tables").mkdir()
    (folder / "workpapers").mkdir()
    for name, table in plan._asdict().items():
        (folder / "tables" / f"{name}.csv").write_text(table_csv(table), encoding="utf-8")
    path = folder / "workpapers" / "sampling.xlsx"
    path.write_bytes(sampling_workbook(plan.record_samples, plan.record_list, client="C", as_of=dt.date(2024, 3, 31)))
    return plan, path


def fill(path, results):
    """Note a word for each record; a mapping of records to another word for the first attribute."""
    book = openpyxl.load_workbook(path)
    for page in book.worksheets[1:]:
        heads = {cell.value: cell.column for cell in page[2]}
        for row in range(3, page.max_row + 1):
            item = page.cell(row, heads["Record"]).value
            if item in results:
                page.cell(row, heads["Assessed"]).value = results[item]
                page.cell(row, heads["Reviewed"]).value = "no deviation"
    book.save(path)


def records(plan, part):
    listed = plan.record_list
    return listed.loc[listed["part"] == part, "item"].tolist()


def evaluated(path, attribute="Assessed"):
    rows = evaluated_file(path).evaluation
    return rows[(rows["part"] == "random") & (rows["attribute"] == attribute)].iloc[0]


def noted(names, deviations=0):
    return dict.fromkeys(names, "no deviation") | dict.fromkeys(names[:deviations], "deviation")


def test_the_second_stage_stands_on_a_hidden_sheet_and_continues_the_draw(tmp_path):
    plan, path = made(tmp_path, design="two_stage")
    book = openpyxl.load_workbook(path)
    assert [page.sheet_state for page in book.worksheets] == ["visible", "visible", "hidden"]
    first, second = records(plan, "random"), records(plan, "second stage")
    chosen = plan.record_samples.iloc[0]
    assert (len(first), len(second)) == (chosen["n"], chosen["next_n"])
    assert not set(first) & set(second)
    shown = {cell.value for row in book.worksheets[1].iter_rows() for cell in row}
    assert not shown & set(second)
    listed = plan.record_list
    assert listed.loc[listed["part"] == "second stage", "order"].tolist() == list(
        range(len(first) + 1, 2 * len(first) + 1)
    )


@pytest.mark.parametrize(
    ("deviations", "decision", "state"),
    [
        ((0, None), "accepted", "complete"),
        ((1, None), "draw the next stage", "begun"),
        ((2, None), "not accepted", "complete"),
        ((1, 0), "accepted", "complete"),
        ((1, 1), "not accepted", "complete"),
    ],
)
def test_the_decision_of_two_stages_follows_what_was_found(tmp_path, deviations, decision, state):
    plan, path = made(tmp_path, design="two_stage")
    results = noted(records(plan, "random"), deviations[0])
    if deviations[1] is not None:
        results |= noted(records(plan, "second stage"), deviations[1])
    fill(path, results)
    row = evaluated(path)
    assert (row["decision"], row["state"]) == (decision, state)
    assert row["rules_out_tolerable"] == (decision == "accepted")
    headline = evaluation_headlines(evaluated_file(path))["sentence"].iloc[0]
    assert f"By the plan in two stages: {decision}." in headline


def test_the_limit_after_two_stages_is_wider_than_that_of_one_sample_of_the_same_size(tmp_path):
    plan, path = made(tmp_path, design="two_stage")
    n = int(plan.record_samples["n"].iloc[0])
    fill(path, noted(records(plan, "random"), 1) | noted(records(plan, "second stage")))
    row = evaluated(path)
    assert row["high_records"] > upper_limit(deviations=1, n=2 * n, population=147).high_records
    assert f"1 of {n} in the first stage and 0 of {n} in the second stage, from 147" in row["sentence"]


def test_a_second_stage_that_nothing_called_for_is_left_out_and_said(tmp_path):
    plan, path = made(tmp_path, design="two_stage")
    fill(path, noted(records(plan, "random")) | noted(records(plan, "second stage"), 3))
    row = evaluated(path)
    assert (row["deviations"], row["decision"]) == (0, "accepted")
    assert "the second stage was not called for; its results are left out" in row["note"]


def test_a_second_stage_begun_too_early_is_left_out_and_said(tmp_path):
    plan, path = made(tmp_path, design="two_stage")
    fill(path, noted(records(plan, "random")[:-1]) | noted(records(plan, "second stage")))
    row = evaluated(path)
    assert row["examined"] == plan.record_samples["n"].iloc[0] - 1
    assert "begun before the first was complete" in row["note"]
    assert pd.isna(row["decision"])


def test_an_attribute_that_does_not_apply_leaves_too_few_records_for_the_plan(tmp_path):
    plan, path = made(tmp_path, design="two_stage")
    names = records(plan, "random")
    fill(path, noted(names) | dict.fromkeys(names[:20], "does not apply"))
    assert evaluated(path)["decision"] == "open: fewer records count than were planned"


def test_a_changed_identifier_of_the_second_stage_is_named_with_its_sheet(tmp_path):
    _, path = made(tmp_path, design="two_stage")
    book = openpyxl.load_workbook(path)
    book.worksheets[2]["B3"] = "CHG-9999"
    book.save(path)
    with pytest.raises(ArgumentError, match=r"not on the sealed list: CHG-9999 \(second stage\)"):
        evaluated_file(path)


def test_an_odd_result_of_the_second_stage_names_sheet_and_row(tmp_path):
    plan, path = made(tmp_path, design="two_stage")
    fill(path, {records(plan, "second stage")[0]: "fine"})
    with pytest.raises(ArgumentError, match=r"row 3 of '1 changes of site B, 2nd', 'Assessed': 'fine'"):
        evaluated_file(path)


def test_strata_stand_in_the_worksheet_and_a_record_without_one_has_a_stratum(tmp_path):
    plan, path = made(tmp_path, design="stratified")
    page = openpyxl.load_workbook(path).worksheets[1]
    assert "Stratum" in {cell.value for cell in page[2]}
    listed = plan.record_list
    assert set(listed.loc[listed["part"] == "random", "stratum"]) == {"emergency", "normal", "(kind not stated)"}
    assert plan.record_samples["strata"].iloc[0].count(" of ") == 3


def test_strata_without_a_deviation_rule_out_the_tolerable_rate_as_planned(tmp_path):
    plan, path = made(tmp_path, design="stratified")
    fill(path, noted(records(plan, "random")))
    row = evaluated(path)
    assert row["rules_out_tolerable"]
    assert row["N"] == 147
    assert "emergency 0 of" in row["sentence"]
    assert row["method"] == "exact hypergeometric in 3 strata, worst division"


def test_one_deviation_in_a_stratum_widens_the_limit_beyond_the_tolerable_rate(tmp_path):
    plan, path = made(tmp_path, design="stratified")
    fill(path, noted(records(plan, "random"), 1))
    row = evaluated(path)
    assert not row["rules_out_tolerable"]
    assert row["method"] == "exact hypergeometric in 3 strata, risk divided by 3"


def test_a_changed_stratum_is_noticed(tmp_path):
    _, path = made(tmp_path, design="stratified")
    book = openpyxl.load_workbook(path)
    page = book.worksheets[1]
    place = {cell.value: cell.column for cell in page[2]}["Stratum"]
    row = next(row for row in range(3, page.max_row + 1) if page.cell(row, place).value == "emergency")
    page.cell(row, place).value = "normal"
    book.save(path)
    with pytest.raises(ArgumentError, match=r"not on the sealed list: CHG-\d+ \(.*stratum normal\)"):
        evaluated_file(path)


def test_a_reserve_record_replaces_only_one_of_its_stratum(tmp_path):
    plan, path = made(tmp_path, design="stratified")
    listed = plan.record_list
    gone = listed[(listed["part"] == "random") & (listed["stratum"] == "normal")]["item"].iloc[0]
    strange = listed[(listed["part"] == "reserve") & (listed["stratum"] == "emergency")]["item"].iloc[0]
    book = openpyxl.load_workbook(path)
    page = book.worksheets[1]
    heads = {cell.value: cell.column for cell in page[2]}
    row = next(row for row in range(3, page.max_row + 1) if page.cell(row, heads["Record"]).value == gone)
    page.cell(row, heads["Replaced by (record)"]).value = strange
    page.cell(row, heads["Reason for the replacement"]).value = "archived"
    book.save(path)
    with pytest.raises(ArgumentError, match=f"replaced by {strange}, but the reserve is used in order"):
        evaluated_file(path)


def test_an_earlier_sample_gives_a_credible_limit_beside_the_exact_one(tmp_path):
    plan, path = made(tmp_path, earlier=EARLIER)
    chosen, by_prior = plan.record_samples.iloc[0], plan.record_samples.iloc[1]
    assert chosen["prior"].startswith(
        "(1.5, 30.5): Prior from changes of site B, 2022: 1 of 60 deviated, counted as 30"
    )
    assert (chosen["method"], by_prior["method"]) == ("hypergeometric", "beta_binomial")
    assert by_prior["n"] < chosen["n"]
    fill(path, noted(records(plan, "random")))
    row = evaluated(path)
    by_hand = upper_limit(
        deviations=0, n=int(row["examined"]), population=147, method="beta_binomial", prior=(1.5, 30.5)
    )
    assert row["credible_records"] == by_hand.high_records != row["high_records"]
    assert "counted as 30 records (cap 30)" in row["credible"]


def test_without_an_earlier_sample_there_is_no_credible_limit(tmp_path):
    plan, path = made(tmp_path)
    fill(path, noted(records(plan, "random")))
    assert evaluated(path)[["credible_high", "credible_records", "credible", "decision"]].isna().all()


@pytest.mark.parametrize(
    ("design", "records_in_all", "reason"),
    [
        ({"design": "two_stage"}, 14, "No 2 equal stages among the 11 records rule out 10 %"),
        ({"design": "stratified", "allocation": "neyman"}, 150, "none for (kind not stated), emergency, normal"),
    ],
)
def test_a_design_that_the_population_cannot_give_is_one_sample_and_the_plan_says_why(
    tmp_path, design, records_in_all, reason
):
    plan, _ = made(tmp_path, records=records_in_all, **design)
    chosen = plan.record_samples.iloc[0]
    assert chosen["design"] == "one stage"
    assert reason in chosen["rationale"]

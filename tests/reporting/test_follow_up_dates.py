"""Dates far enough away to see an effect, effects beside a comparison, and what the next auditor must know."""

import re
from functools import cache

import pandas as pd
import pytest
from reported_engagement import months_of_changes, small_lab, small_tables

from auditlab import history, reporting
from auditlab.publish.earlier_plan import followed_plan
from auditlab.reporting.before_after import (
    FEW_AFTER,
    FEW_BEFORE,
    FEW_BETWEEN,
    MOVED_TOO,
    NO_OTHERS,
    NOT_TOLD,
    NOTHING_BEFORE,
)
from auditlab.signals.change_approvals import UNAPPROVED

NEXT = pd.Timestamp("2025-03-04")
STEADY = [1] * 21  # January 2023 to September 2024, 1 of 20 changes a month


def status_of(lab):
    tables, day = lab.tables, pd.Timestamp(lab.settings.as_of)
    examined = history.examinations(tables.coverage, tables.audits)
    return history.corrective_actions(tables.corrective_actions, tables.findings, tables.audits, examined, as_of=day)


def effects(at_a, at_b=STEADY, *, completed="2023-12-15"):
    """Before and after the action on F3 (8.5.1 at A), with the changes of site B beside it."""
    actions = pd.DataFrame({"finding_id": ["F3"], "completed": [completed], "due_original": ["2024-01-31"]})
    changes = [months_of_changes(late_by_month=at_a)]
    changes += [months_of_changes(late_by_month=at_b, site="B")] if at_b else []
    lab = small_lab(corrective_actions=actions, changes=pd.concat(changes))
    table = reporting.before_after(status_of(lab), reporting.measured_series(lab))
    return table[table["kpi"] == UNAPPROVED].iloc[0]


@cache
def story():
    """The follow-up of the small engagement, with changes at A of which one in ten starts unapproved."""
    lab = small_lab(changes=months_of_changes(late_by_month=[2] * 21))
    made = reporting.audit_report(lab, plan=followed_plan(None))
    return reporting.follow_up_story(lab, made, reporting.measured_series(lab))


def test_the_month_of_the_completion_belongs_to_neither_side():
    row = effects([2] * 11 + [20] + [0] * 9)
    assert (row["k_before"], row["n_before"]) == (22, 220)
    assert (row["k_after"], row["n_after"]) == (0, 180)
    assert row["high"] < 0
    assert (row["others_before"], row["others_after"]) == (0.05, 0.05)


def test_a_measure_that_moved_elsewhere_too_is_not_put_down_to_the_action():
    row = effects([4] * 12 + [0] * 9, [4] * 12 + [0] * 9)
    assert MOVED_TOO in row["note"]
    assert MOVED_TOO not in effects([4] * 12 + [0] * 9)["note"]


def test_an_action_after_the_worst_month_warns_of_regression_to_the_mean():
    row = effects([1] * 10 + [9] + [1] * 10)
    assert row["warning"].startswith("regression to the mean: the action on F3 followed an extreme month (2023-11)")
    assert effects([1] * 6 + [9] + [1] * 14)["warning"] == ""


def test_without_another_place_there_is_no_comparison_and_it_is_said():
    row = effects([4] * 12 + [0] * 9, None)
    assert NO_OTHERS in row["note"]
    assert pd.isna(row["others_before"])


def two_actions(*, first, second, late=tuple(STEADY)):
    """Before and after the actions on F3 and F5, both on 8.5.1 at A."""
    actions = pd.DataFrame({"finding_id": ["F3", "F5"], "completed": [first, second]})
    lab = small_lab(corrective_actions=actions, changes=months_of_changes(late_by_month=list(late)))
    table = reporting.before_after(status_of(lab), reporting.measured_series(lab))
    return table[table["kpi"] == UNAPPROVED].set_index("finding_id")


def test_the_months_after_an_action_end_before_the_next_one_and_both_say_so():
    table = two_actions(first="2024-03-12", second="2024-06-20", late=[2] * 15 + [8, 8] + [0] * 4)
    assert table.loc["F3", ["k_after", "n_after"]].tolist() == [16, 40]  # April and May
    assert table.loc["F3", "note"].startswith(f"the months after end before the action on F5 (2024-06); {FEW_BETWEEN}")
    assert table.loc["F5", ["k_after", "n_after"]].tolist() == [0, 60]
    assert table.loc["F5", "note"].startswith("the months before hold the action on F3 (2024-03)")


def test_actions_of_one_month_or_the_next_cannot_be_told_apart_and_neither_is_lost():
    for second in ("2024-03-25", "2024-04-25"):
        table = two_actions(first="2024-03-12", second=second)
        assert table.index.tolist() == ["F5", "F3"]
        assert "the two cannot be told apart" in table.loc["F3", "note"]


def test_a_measure_in_which_nothing_deviated_says_so_and_stands_last():
    note = two_actions(first="2023-12-15", second=None, late=[0] * 21).loc["F3", "note"]
    assert NOTHING_BEFORE in note
    assert NOT_TOLD not in note


def test_a_few_months_are_called_too_early_and_no_change_is_no_effect():
    note = effects(STEADY, completed="2024-07-10")["note"]
    assert FEW_AFTER in note
    assert FEW_BEFORE not in note
    assert NOT_TOLD in note


def test_few_months_before_the_action_are_not_put_down_to_the_months_after_it():
    note = effects(STEADY, completed="2023-04-10")["note"]
    assert FEW_BEFORE in note
    assert FEW_AFTER not in note


def test_an_open_major_is_carried_forward_first_and_the_grade_stands_beside_it():
    findings = small_tables()["findings"]

    def first(grades):
        lab = small_lab(findings=findings.assign(grade=grades))
        made = reporting.audit_report(lab, plan=followed_plan(None))
        return reporting.follow_up_story(lab, made, ()).carried.loc[0, ["finding_id", "grade"]].tolist()

    assert first(findings["grade"]) == ["F4", "minor"]
    assert first(findings["grade"].where(findings["finding_id"] != "F5", "major")) == ["F5", "major"]


def test_an_action_with_contradicting_dates_has_no_before_and_after():
    actions = pd.DataFrame({"finding_id": ["F3"], "completed": ["2021-12-15"]})
    lab = small_lab(corrective_actions=actions, changes=months_of_changes(late_by_month=STEADY))
    assert reporting.before_after(status_of(lab), reporting.measured_series(lab)).empty


def test_without_service_data_nothing_moved_and_nothing_is_invented(lab):
    assert reporting.before_after(status_of(lab), reporting.measured_series(lab)).empty


def test_the_check_date_lies_as_far_away_as_the_effect_needs():
    row = story().plan.set_index("finding_id").loc["F5"]
    # 10 % to 4 %, two-sided 5 %, power 80 %: 283 records each (Fleiss), at 20 a month 14.2 months.
    assert (row["k"], row["n"]) == (24, 240)
    assert row["months_to_see"] == pytest.approx(14.2, abs=0.1)
    assert row["check_from"] > pd.Timestamp("2026-04-01")
    assert row["check_basis"] == (
        "each case is examined at the next audit; 14 months of records after the day it can be complete at the "
        "earliest can show a fall by 60%, later than the next audit; longer than a year: the rate is not waited for"
    )


def test_where_the_rate_tells_only_after_the_next_audit_the_cases_are_still_examined_there():
    plan = story().plan
    late = plan[plan["check_from"] > NEXT]
    assert late["finding_id"].tolist() == ["F5"]
    assert (late["examine_on"] == NEXT).all()
    assert not plan["examine_on"].gt(NEXT).any()


def followed(late_by_month, *, completed, **months):
    """The follow-up of F5 (8.5.1 at A), completed on a day, beside the changes of the site."""
    actions = pd.DataFrame({"finding_id": ["F5"], "completed": [completed], "due_original": ["2024-06-30"]})
    lab = small_lab(corrective_actions=actions, changes=months_of_changes(late_by_month=late_by_month, **months))
    rules = reporting.FollowUpRules(as_of=pd.Timestamp("2024-09-30"), next_audit=NEXT)
    plan = reporting.follow_up_plan(status_of(lab), reporting.measured_series(lab), rules=rules)
    return plan.set_index("finding_id").loc["F5"]


def test_the_share_before_an_action_holds_nothing_of_what_came_after_it():
    row = followed([4] * 15 + [20] + [0] * 5, completed="2024-04-10")  # all of April 2024 unapproved
    assert (row["k"], row["n"]) == (48, 240)
    assert (row["k_since"], row["n_since"]) == (0, 100)
    assert row["since_high"] == pytest.approx(1 - 0.025 ** (1 / 100))  # exact, none of 100
    # 20 % to 8 %: 131 records each (Fleiss), at 20 a month 6.5 months after the completion.
    assert row["check_from"] == pd.Timestamp("2024-10-25")


def test_a_series_shorter_than_a_year_is_not_thinned_to_one():
    row = followed([4] * 9, completed="2024-04-10", first="2024-01-01")
    assert row["n"] == 60
    assert row["months_to_see"] == pytest.approx(6.5, abs=0.06)  # 131 records at 20 a month, and not at 5


def test_an_action_older_than_the_records_has_no_share_before_it_and_still_what_came_since():
    row = followed([4] * 3, completed="2024-06-10", first="2024-07-01")
    assert pd.isna(row["baseline"])
    assert pd.isna(row["check_from"])
    assert (row["measure"], row["k_since"], row["n_since"]) == ("unapproved_at_start_rate: site A", 12, 60)
    assert "no record in the year before the completion" in row["check_basis"]


def test_a_third_party_plans_no_fall_and_says_when_a_rate_could_tell_at_the_earliest():
    lab = small_lab(party="third", changes=months_of_changes(late_by_month=[2] * 21))
    made = reporting.audit_report(lab, plan=followed_plan(None))
    plan = reporting.follow_up_story(lab, made, reporting.measured_series(lab)).plan
    assert plan["planned"].isna().all()
    assert not plan["check_basis"].str.contains("fall|%").any()
    row = plan.set_index("finding_id").loc["F5"]
    # 10 % to none, two-sided 5 %, power 80 %: 74 records each (Fleiss), at 20 a month 3.7 months.
    assert row["months_to_see"] == pytest.approx(3.7, abs=0.05)
    assert "the rate can tell after 4 months of records at the earliest" in row["check_basis"]


def test_an_action_due_after_the_next_audit_is_not_examined_there():
    actions = pd.DataFrame({"finding_id": ["F5"], "due_original": ["2025-06-30"]})
    rules = reporting.FollowUpRules(as_of=pd.Timestamp("2024-09-30"), next_audit=NEXT)
    row = reporting.follow_up_plan(status_of(small_lab(corrective_actions=actions)), (), rules=rules)
    row = row.set_index("finding_id").loc["F5"]
    assert pd.isna(row["examine_on"])
    assert row["check_basis"].startswith(
        "the next audit is over before the action is due: an examination after 2025-06-30"
    )


def test_without_a_measure_the_check_is_the_next_audit_and_without_one_it_is_not_dated():
    row = story().plan.set_index("finding_id").loc["F4"]
    assert (row["examine_on"], row["measure"]) == (NEXT, "")
    assert row["check_basis"] == "no measure: the cases tell"
    assert pd.isna(row["check_from"])
    rules = reporting.FollowUpRules(as_of=pd.Timestamp("2024-09-30"))
    undated = reporting.follow_up_plan(status_of(small_lab()), (), rules=rules).set_index("finding_id").loc["F4"]
    assert pd.isna(undated["examine_on"])
    assert "not yet dated" in undated["check_basis"]


def test_due_dates_say_what_they_rest_on():
    plan = story().plan.set_index("finding_id")
    assert plan.loc["F4", "due_basis"] == "agreed"
    assert plan.loc["F5", "due_basis"] == "not agreed: at the latest the next audit"
    bare = small_lab(corrective_actions=pd.DataFrame({"finding_id": ["F1", "F2"]}))
    rules = reporting.FollowUpRules(as_of=pd.Timestamp("2024-09-30"), major_closure_days=90)
    stated = reporting.follow_up_plan(status_of(bare), (), rules=rules).set_index("finding_id")
    assert stated.loc["F1", "due"] == pd.Timestamp("2022-05-30")
    assert stated.loc["F2", "due_basis"] == "not stated"


def test_what_came_back_is_followed_up_under_its_newest_finding():
    assert list(story().plan["finding_id"]) == ["F4", "F5"]


def test_open_actions_are_counted_by_age_and_none_is_lost():
    ages = story().ages.set_index("age")
    assert ages["open"].sum() == 1
    assert ages.loc["180 to 365 days", ["open", "without_due_date", "findings"]].tolist() == [1, 1, "F5"]


def test_a_chain_that_has_ended_says_that_its_last_finding_stayed_away():
    findings = small_tables()["findings"]
    last = ("F9", "AU-2", "B", "S2", "8.6.3", "minor", "Again no problem record", "")
    names = ["finding_id", "audit_id", "site", "service", "clause", "grade", "statement", "evidence"]
    added = pd.DataFrame([last], columns=names).assign(edition="2018", clause_as_cited="8.6.3")
    third = pd.DataFrame({"audit_id": ["AU-3"], "site": ["B"], "clause": ["8.6.3"], "examined": [True]})
    actions = pd.DataFrame(
        {
            "finding_id": ["F2", "F9"],
            "completed": ["2022-05-01", "2023-05-01"],
            "verified": ["2022-06-01", "2023-06-01"],
        }
    )
    lab = small_lab(
        findings=pd.concat([findings, added]), corrective_actions=actions,
        coverage=pd.concat([small_tables()["coverage"], third]),
    )  # fmt: skip
    made = reporting.audit_report(lab, plan=followed_plan(None))
    carried = reporting.follow_up_story(lab, made, ()).carried.set_index("finding_id")
    assert carried.loc["F2", "why"] == (
        "verified, and came back; its repeat F9 did not come back when it was examined again"
    )


def test_the_list_for_the_next_audit_names_each_finding_once_under_the_newest_of_its_place():
    carried = story().carried
    ncs = carried[carried["kind"] == "nonconformity"]
    named = [name for line in (ncs["finding_id"] + " " + ncs["earlier"]) for name in re.findall(r"F\d", line)]
    assert sorted(named) == ["F1", "F3", "F4", "F5"]
    assert dict(zip(ncs["finding_id"], ncs["earlier"], strict=True)) == {"F5": "F1 (major), F3 (minor)", "F4": ""}
    assert list(carried["order"]) == list(range(1, len(carried) + 1))
    assert carried.loc[carried["kind"] == "not covered", "clause"].tolist() == ["8.4.1", "8.4.2", "all"]
    assert carried.loc[carried["kind"] == "grade to settle", "finding_id"].tolist() == ["F6"]


def test_an_earlier_nonconformity_that_nothing_else_lists_still_stands_beside_the_newest_of_its_place():
    """F1 was never verified before its repeat, so it needs no follow-up of its own, and belongs to the story."""
    actions = pd.DataFrame(
        {
            "finding_id": ["F1", "F3"],
            "completed": ["2022-05-20", "2023-05-15"],
            "verified": ["2023-04-01", "2024-04-01"],
        }
    )
    findings, audits = small_tables()["findings"], small_tables()["audits"]
    last = pd.DataFrame({"audit_id": ["AU-4"], "type": ["internal"], "start": ["2024-06-04"], "sites": ["B"]})
    lab = small_lab(
        findings=findings, corrective_actions=actions, audits=pd.concat([audits, last]),
        coverage=pd.concat([small_tables()["coverage"],
                            pd.DataFrame({"audit_id": ["AU-4"], "site": ["B"], "clause": ["9.2.1"], "examined": [True]})]),
    )  # fmt: skip
    made = reporting.audit_report(lab, plan=followed_plan(None))
    carried = reporting.follow_up_story(lab, made, ()).carried.set_index("finding_id")
    assert "F1" not in carried.index
    assert carried.loc["F5", "earlier"] == "F1 (major), F3 (minor)"


def test_an_action_without_its_finding_is_carried_forward_with_its_own_words_and_says_what_is_missing():
    actions = pd.DataFrame(
        {"finding_id": ["F1"], "action": ["Gate in the tool, see 8.5.1"], "due_original": ["2024-01-31"]}
    )
    lab = small_lab(findings=pd.DataFrame(), corrective_actions=actions)
    made = reporting.audit_report(lab, plan=followed_plan(None))
    carried = reporting.follow_up_story(lab, made, ()).carried.set_index("finding_id")
    row = carried.loc["F1"]
    assert (row["kind"], row["what"]) == ("action without its finding", "Gate in the tool, see 8.5.1")
    assert pd.isna(row["clause"])
    assert row["why"].endswith("its finding was not handed over: clause, site and grade are not known")
    assert "Overdue: 1 corrective action: F1 (grade not known, 243 days)." in set(
        reporting.report_headlines(made)["sentence"]
    )

"""The report on the last audit of the sample: planted facts, read from the tables that page and documents show."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import auditlab
from auditlab import history, reporting
from auditlab.errors import ArgumentError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lab():
    return auditlab.open_engagement(ROOT / "data" / "halden")


@pytest.fixture(scope="module")
def own(lab, made, story, series, shown):
    """What the same audit may hold as a first-party one."""
    first = replace(lab, settings=lab.settings.model_copy(update={"party": "first"}))
    return reporting.own_party(first, made, story, shown, series)


def test_the_report_tells_what_was_examined_and_that_b_was_not_visited(made):
    assert made.areas["examined"].sum() == 106  # 53 of 63 leaves at A and C
    assert made.not_covered.loc[made.not_covered["clause"] == "all", "site"].tolist() == ["B"]
    assert len(made.not_covered) == 15


def test_the_findings_of_au_4_stand_with_their_strength_and_the_softened_and_soft_grades(made):
    assert len(made.sections) == 11
    assert (made.sections["kind"] == "nonconformity").sum() == 4
    assert made.sections.loc[made.sections["kind"] == "strength", "finding_id"].tolist() == ["F060"]  # PF-28
    flags = made.sections.set_index("finding_id")["flag"]
    assert "reads like a nonconformity" in flags["F054"]  # PF-14
    assert "came back before" in flags["F055"]  # PF-13
    assert made.sections.set_index("finding_id").loc["F054", "grade"] == "ofi"


def test_the_place_that_came_back_at_b_is_carried_forward_with_its_whole_chain(story):
    carried = story.carried.set_index("finding_id")["earlier"]
    assert carried["F039"] == "F001 (minor), F015 (minor)"  # PF-01
    assert carried["F040"] == "F004 (minor), F019 (minor)"
    why = story.carried.set_index("finding_id").loc["F005", "why"]
    assert why == (
        "verified, and came back; it came back as F021, F042; its last repeat F042 did not come back when it was "
        "examined again"
    )


def test_the_four_nonconformities_at_b_are_carried_forward_first(story):
    assert story.carried["finding_id"].head(4).tolist() == ["F039", "F040", "F043", "F045"]  # PF-06


def test_open_actions_have_their_days_and_the_undated_one_is_not_lost(story):
    plan = story.plan.set_index("finding_id")
    assert plan["days_overdue"].dropna().to_dict() == {"F039": 548, "F045": 456, "F050": 152}  # PF-04
    assert plan.loc["F053", "status"] == "open no due date"


def test_the_wait_for_fewer_unapproved_starts_is_three_years(lab, made, series):
    first = replace(lab, settings=lab.settings.model_copy(update={"party": "first"}))
    row = reporting.follow_up_story(first, made, series).plan.set_index("finding_id").loc["F039"]  # PF-31
    assert (row["measure"], row["k"], row["n"]) == ("unapproved_at_start_rate: site B", 9, 180)
    assert row["months_to_see"] == pytest.approx(39, abs=0.7)
    assert row["check_basis"].startswith("each case is examined at the next audit")
    assert (row["examine_on"], row["check_from"]) == (pd.Timestamp("2024-06-11"), pd.Timestamp("2027-07-07"))


def test_the_certification_body_sets_no_target_for_the_rate(story):
    row = story.plan.set_index("finding_id").loc["F039"]
    assert pd.isna(row["planned"])
    assert "%" not in row["check_basis"]
    assert row["examine_on"] == pd.Timestamp("2024-06-11")


def test_the_median_of_the_restored_stands_beside_the_median_of_the_cohort(lab):
    lens = reporting.efficiency_lens(lab.tables, as_of=pd.Timestamp(lab.settings.as_of))
    row = lens[(lens["service"] == "S2") & (lens["priority"] == "P2") & (lens["period"] == "2024-01/2024-03")].iloc[0]
    assert (row["n"], row["open"]) == (100, 45)  # PF-22
    assert row["median_resolved_hours"] == pytest.approx(4, abs=0.05)
    assert row["median_hours"] == pytest.approx(40, abs=0.05)
    assert pd.isna(row["p90_hours"])
    assert row["said"] == "the restored alone have a median of 4 h; with the open ones it is 40 h"


def test_the_desk_is_compliant_on_paper_and_slow_for_those_who_wait(shown):
    flow = shown.flow.set_index("service").loc["S5"]
    assert (flow["due"], flow["reported"], flow["gross"], flow["pause_share"]) == (1000, 0.975, 0.84, 0.22)  # PF-24
    assert (flow["backlog"], flow["opened_less_restored"]) == (36, 27)
    assert flow["bottleneck"] == "none on record"  # no record tells how long a change of hands took
    assert "handed on at least once: 42.6 % of the time of tickets" in flow["said"]


def test_one_of_nine_improvements_seen_again_has_become_a_nonconformity(lab):
    examined = history.examinations(lab.tables.coverage, lab.tables.audits)
    conversion = history.ofi_conversion(lab.tables.findings, examined, lab.tables.audits)
    found = conversion.set_index("finding_id")
    assert found.loc["F012", "became"] == "F027"  # release and deployment at B, from AU-1 to AU-2
    rates = history.ofi_conversion_rates(conversion, lab.tables.findings, examined, lab.tables.audits)
    assert rates.loc[0, ["k", "n"]].tolist() == [1, 9]


def test_the_carrier_misses_its_target_in_each_of_the_last_three_months(series):
    row = reporting.capability_statement(series).set_index("supplier").loc["X"]
    assert (row["last_three_met"], row["last_three"]) == (0, 3)
    assert row["average"] == pytest.approx(0.9525)  # PF-15: the average hides it


def test_satisfaction_stands_with_its_response_rate(shown):
    answers = shown.satisfaction.set_index(["kpi", "service", "period"])
    row = answers.loc[("csat_top2", "S1", "2023-04/2024-03")]
    assert (row["k"], row["n"]) == (20, 22)  # NC-05
    assert "22 of 2000 surveys answered (1.1 %)" in row["note"]


def test_as_the_third_party_it_is_the_sample_holds_no_solution(lab, made, story, series, shown):
    assert lab.settings.party == "third"
    with pytest.raises(ArgumentError, match="proposes no solutions"):
        reporting.own_party(lab, made, story, shown, series)
    assert set(made.sections["kind"]) == {"nonconformity", "area for improvement", "strength"}
    assert not made.elements["text"].str.contains(r"\b(?:should|recommend|we suggest)\b", case=False).any()


def test_as_a_first_party_every_line_of_the_improvement_list_has_its_trace(own):
    found = own.improvements
    assert ((found["findings"] != "") | (found["signals"] != "")).all()
    row = found.set_index("findings").loc["F039"]
    assert row["baseline"] == "9 of 180 records (5.0 %)"
    assert row["not_stated"] == "target, owner"
    assert row["signals"] == "unapproved_at_start_rate: site B"
    assert (found["signals"] == row["signals"]).sum() == 1  # one issue, one line
    assert set(found["state"]) == {"nothing planned yet"}


def test_every_flagged_signal_is_on_the_improvement_list_and_before_the_management(own):
    named = {
        "supplier_attainment: S3, supplier X", "emergency_change_rate: site B", "unapproved_at_start_rate: site B",
        "major_incident_rate: S7",
    }  # fmt: skip
    assert set(own.signals["signal"]) == named
    assert named <= set(own.improvements["signals"])
    told = own.pack[own.pack["table"] == "flagged_signals"]
    assert [sentence.split(" After the action")[0] for sentence in told["sentence"]] == list(own.signals["said"])
    assert told["sentence"].iloc[0].endswith("After the action on F042: 3395 of 3600 in order.")
    assert told["sentence"].iloc[0].startswith("Supplier attainment, S3, supplier X: worse, 89.50 % against 97.17 %")
    assert told["decision"].iloc[-1] != ""


def test_no_line_of_the_review_pack_is_cut_and_every_figure_has_its_table(own):
    assert not own.pack["sentence"].str.endswith("…").any()
    known = own.pack[own.pack["value"].notna()]
    assert (known["table"] != "").all()

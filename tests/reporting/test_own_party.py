"""Improvements are traced and ranked in the open; a third-party audit has none of this."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reported_engagement import months_of_changes, small_lab, small_tables

from auditlab import reporting
from auditlab.errors import ArgumentError
from auditlab.publish.earlier_plan import followed_plan
from auditlab.report_settings import MaturityRating, PlannedImprovement
from auditlab.reporting.management_review import INPUTS, LINE_CHARACTERS, LINES, NOT_KNOWN, SIGNAL_LINES

NOTHING = pd.DataFrame(
    {name: pd.Series(dtype="str") for name in ("finding_id", "effectiveness", "status", "clause", "site")}
)


def plan(name, *, findings=("F5",), **other):
    return PlannedImprovement(name=name, findings=findings, **other)


def listed(*planned, signals=()):
    tables = small_tables()
    return reporting.improvement_list(planned, tables["findings"], NOTHING, tables["services"], signals=signals)


def test_a_major_ranks_before_many_minors_and_equals_share_a_rank():
    table = listed(
        plan("b", findings=("F2", "F3", "F4")), plan("a", findings=("F1",)), plan("c", findings=("F4",)),
        plan("d", findings=("F4",)),
    )  # fmt: skip
    assert list(zip(table["improvement"], table["rank"], strict=True)) == [("a", 1), ("b", 2), ("c", 3), ("d", 3)]


def test_actions_that_came_back_at_its_places_count_for_an_improvement_and_for_what_nobody_planned():
    """F1 and F3 (8.5.1 at A) came back as F5; F4 (9.2 at B) stands alone."""
    table = own(small_lab()).improvements.set_index("findings")["repeats"]
    assert table.to_dict() == {"F5": 2, "F4": 0}
    planned = own(small_lab(report={"improvements": [{"name": "a", "findings": ["F1", "F5"]}]})).improvements
    assert planned.set_index("findings")["repeats"].to_dict() == {"F1 F5": 2, "F4": 0}


def test_an_effort_that_is_not_stated_is_not_taken_for_small():
    table = listed(plan("a"), plan("b", effort="large"))
    assert list(table["improvement"]) == ["b", "a"]


def test_what_nobody_stated_is_named_and_not_filled_in():
    row = listed(plan("a", measure="share of changes", owner="Change manager")).iloc[0]
    assert row["not_stated"] == "baseline, target"
    assert row["baseline"] == ""


@pytest.mark.parametrize(
    ("planned", "words"),
    [
        ([plan("a", findings=())], "answers no finding and no signal"),
        ([plan("a", findings=("F99",))], "names F99, which is no finding"),
        ([plan("a", signals=("nothing: site A",))], "nothing: site A"),
        ([plan("a"), plan("a")], "stands twice"),
    ],
)
def test_an_improvement_without_a_trace_is_refused(planned, words):
    with pytest.raises(ArgumentError, match=words):
        listed(*planned)


def test_what_nobody_planned_has_the_measure_and_baseline_of_the_records_and_neither_target_nor_owner():
    lab = small_lab(changes=months_of_changes(late_by_month=[2] * 21))
    row = own(lab).improvements.set_index("findings").loc["F5"]
    assert (row["state"], row["measure"]) == ("nothing planned yet", "unapproved_at_start_rate: site A")
    assert row["baseline"] == "24 of 240 records (10.0 %)"
    assert row["not_stated"] == "target, owner"


def test_the_roadmap_follows_the_dependencies():
    waves = reporting.roadmap([plan("c", after=("a", "b")), plan("a"), plan("b", after=("a",))])
    assert list(zip(waves["wave"], waves["improvement"], strict=True)) == [(1, "a"), (2, "b"), (3, "c")]


@given(
    links=st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda link: link[0] < link[1]), max_size=9)
)
@settings(max_examples=30, deadline=None)
def test_no_improvement_comes_before_what_it_waits_for(links):
    planned = [plan(f"i{i}", after=tuple(f"i{a}" for a, b in sorted(links) if b == i)) for i in range(6)]
    waves = reporting.roadmap(planned).set_index("improvement")["wave"].to_dict()
    assert len(waves) == 6
    assert all(waves[f"i{a}"] < waves[f"i{b}"] for a, b in links)


def test_improvements_that_wait_for_each_other_or_for_nothing_planned_are_refused():
    with pytest.raises(ArgumentError, match=r"wait for each other: (a -> b -> a|b -> a -> b)"):
        reporting.roadmap([plan("a", after=("b",)), plan("b", after=("a",))])
    with pytest.raises(ArgumentError, match="waits for 'z', which is not planned"):
        reporting.roadmap([plan("a", after=("z",))])


def test_a_rating_without_evidence_is_hollow_and_a_process_nobody_rated_has_no_level():
    rated = [
        MaturityRating(process="8.5.1", level=4, evidence=("export of changes",)),
        MaturityRating(process="9.2", level=0),
    ]
    profile = reporting.maturity_profile(rated).set_index("process")
    assert profile.loc["8.5.1", "shown"] == "with evidence"
    assert profile.loc["9.2", "shown"] == "hollow: no evidence stated"
    assert profile.loc["9.2", "level"] == 0
    assert pd.isna(profile.loc["8.6.1", "level"])
    assert not {"grade", "finding_id", "findings"} & set(profile.columns)


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ([MaturityRating(process="8.5", level=1)], "which is no process"),
        ([MaturityRating(process="9.2", level=1)] * 2, "rates 9.2 twice"),
    ],
)
def test_a_strange_rating_is_refused(ratings, words):
    with pytest.raises(ArgumentError, match=words):
        reporting.maturity_profile(ratings)


def own(lab):
    made, series = reporting.audit_report(lab, plan=followed_plan(None)), reporting.measured_series(lab)
    story = reporting.follow_up_story(lab, made, series)
    return reporting.own_party(lab, made, story, reporting.performance(lab, series), series)


def test_a_third_party_audit_is_refused_what_it_may_not_hold():
    with pytest.raises(ArgumentError, match="proposes no solutions"):
        own(small_lab(party="third"))


def test_what_no_improvement_answers_stays_on_the_list_and_the_pack_has_every_input():
    found = own(small_lab(report={"improvements": [{"name": "a", "findings": ["F5"]}]}))
    listed = found.improvements.set_index("state")
    assert listed.loc["planned", "findings"] == "F5"
    assert listed.loc["nothing planned yet", "findings"] == "F4"
    assert listed.loc["nothing planned yet", "not_stated"] == "measure, baseline, target, owner"
    assert list(dict.fromkeys(found.pack["input"])) == list(INPUTS.values())
    resources = found.pack[found.pack["input"] == "Resources"]
    assert list(resources["sentence"]) == [NOT_KNOWN]
    assert found.pack.groupby("input").size().max() <= LINES + 1  # nothing is flagged here
    assert found.pack["sentence"].str.len().max() <= LINE_CHARACTERS


def flagged(number):
    """So many flagged signals, as ``signals.worse_signals`` returns them."""
    rows = [
        {"family": "sla_attainment_level", "series": f"S{i}", "clause": "8.3.3", "site": None, "service": f"S{i}",
         "supplier": None, "measure": "difference of shares", "recent": 0.8, "earlier": 0.9, "effect": -0.1,
         "low": -0.15, "high": -0.05, "n": 600, "q": 0.01, "onset": "2024-02-01"}
        for i in range(number)
    ]  # fmt: skip
    return reporting.flagged_signals(pd.DataFrame(rows))


def pack_of(signals, *, tests=0):
    empty = pd.DataFrame({"measure": pd.Series(dtype="str"), "n": pd.Series(dtype="Int64")})
    nothing = reporting.PackTables(
        rates=empty, plan=pd.DataFrame(), effects=pd.DataFrame(), sections=pd.DataFrame(columns=["kind"]), changes=pd.DataFrame({"date": []}),
        scorecard=pd.DataFrame(), capability=pd.DataFrame({"last_three_met": [], "share_met": []}),
        satisfaction=pd.DataFrame(), improvements=pd.DataFrame(), signals=signals, conversion=empty, tests=tests,
        findings_known=True, actions=None,
    )  # fmt: skip
    table = reporting.management_review(nothing)
    found = table.loc[table["input"] == INPUTS["audit_results"], "sentence"].tolist()
    assert found == [
        "0 major nonconformities and 0 minor nonconformities; 0 strengths."
    ]  # an audit without a finding is on record
    return table.loc[table["input"] == INPUTS["signals"], "sentence"].tolist()


def test_a_flagged_signal_is_named_by_its_series_and_answers_to_an_improvement_of_that_name():
    row = flagged(1).iloc[0]
    assert row["signal"] == "sla_attainment: S0"
    assert row["said"] == "SLA attainment, S0: worse, 80.0 % against 90.0 %, since 2024-02; clause 8.3.3."
    need = reporting.open_needs((), pd.DataFrame(), flagged(2))
    assert [one.baseline for one in need] == ["80.0 % against 90.0 %"] * 2
    answered = reporting.open_needs((plan("a", signals=("sla_attainment: S0",)),), pd.DataFrame(), flagged(2))
    assert [one.name for one in answered] == ["sla_attainment: S1"]


def test_a_comparison_of_sites_is_not_told_as_a_change_over_time():
    row = {"family": "emergency_change_rate", "series": "B, 2023-04/2024-03", "clause": "8.5.1.1", "site": "B",
           "service": None, "supplier": None, "measure": "difference of shares", "recent": 0.2, "earlier": 0.08,
           "effect": 0.12, "low": 0.05, "high": 0.19, "n": 300, "q": 0.01, "onset": None}  # fmt: skip
    found = reporting.flagged_signals(pd.DataFrame([row])).iloc[0]
    assert found["compared_with"] == "the other sites (2023-04/2024-03)"
    assert found["said"] == (
        "Emergency change rate, site B: worse than at the other sites (2023-04/2024-03), 20.0 % against 8.0 %; "
        "clause 8.5.1.1."
    )
    assert flagged(1)["compared_with"].tolist() == ["the earlier months"]


def test_the_pack_names_open_majors_first():
    findings = small_tables()["findings"]
    grades = findings["grade"].where(findings["finding_id"] != "F5", "major")
    found = own(small_lab(findings=findings.assign(grade=grades))).pack
    told = found.loc[found["input"] == INPUTS["earlier_actions"], "sentence"].iloc[0]
    assert told == "Without a verified action: 1 major nonconformity: F5 at A (open no due date)."


def test_what_no_record_holds_is_to_be_brought_to_the_review():
    found = own(small_lab()).pack.set_index("input")["sentence"]
    assert found[INPUTS["review_actions"]] == found[INPUTS["policies"]] == NOT_KNOWN


def test_many_signals_fit_the_pack_and_the_rest_is_counted():
    told = pack_of(flagged(12))
    assert len(told) == SIGNAL_LINES + 1
    assert told[-1] == f"{12 - SIGNAL_LINES} more are flagged."


def test_nothing_flagged_and_nothing_tested_are_not_the_same():
    assert pack_of(flagged(0), tests=30) == ["None of 30 tests of the service data is flagged as worse."]
    assert pack_of(flagged(0)) == [NOT_KNOWN]

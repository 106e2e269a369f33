"""The same provider one year on: what worked, what came back, what no audit has seen, from the files to the tables."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import auditlab
from auditlab import planning, priority, reporting, sampling, signals
from auditlab.publish.report_effects import effect_rows
from auditlab.reporting.before_after import FEW_BETWEEN, FEW_MONTHS, NOTHING_BEFORE
from auditlab.signals.change_approvals import UNAPPROVED
from auditlab.statistics.intervals import clopper_pearson

ROOT = Path(__file__).resolve().parents[2]
LATER = ROOT / "data" / "halden_2025"


@pytest.fixture(scope="module")
def lab():
    return auditlab.open_engagement(LATER)


def test_the_script_writes_the_files_again_byte_for_byte(tmp_path):
    script = ROOT / "data" / "make_halden_later.py"
    subprocess.run([sys.executable, str(script), "--output", str(tmp_path)], check=True, capture_output=True)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == sorted(path.name for path in LATER.iterdir() if path.suffix == ".xlsx")
    assert all((tmp_path / name).read_bytes() == (LATER / name).read_bytes() for name in written)


def test_the_files_are_read_without_a_question_or_a_rejected_row(lab):
    assert lab.open_questions.empty
    assert lab.summary["rejected"].sum() == 0
    assert len(lab.tables.findings) == 65


@pytest.mark.parametrize(
    ("finding", "outcome", "repeat"),
    [
        ("F024", "effective", ""), ("F043", "effective", ""), ("F045", "effective", ""), ("F050", "effective", ""),
        ("F051", "effective", ""), ("F052", "effective", ""), ("F039", "repeat", "F061"), ("F040", "repeat", "F062"),
        ("F042", "repeat", "F063"), ("F053", "not_tested", ""), ("F061", "not_tested", ""), ("F063", "not_tested", ""),
    ],
)  # fmt: skip
def test_each_action_stands_where_the_next_audit_left_it(story, finding, outcome, repeat):
    row = story.status.set_index("finding_id").loc[finding]
    assert row["effectiveness"] == outcome
    assert (row["repeat_finding"] if repeat else "") == repeat


def test_effectiveness_continues_the_story_of_the_year_before(story):
    """11 of 24 the year before; six more stayed away, two more came back, and one that had stayed away came back."""
    row = story.rates.set_index("measure").loc["effectiveness"]
    assert (row["k"], row["n"]) == (11 + 6 - 1, 24 + 8)
    limit = clopper_pearson(16, n=32)
    assert (row["low"], row["high"]) == (pytest.approx(limit.low), pytest.approx(limit.high))


def test_the_recertification_looked_at_everything_and_saw_earlier_actions(made):
    assert made.not_covered.empty
    seen = made.verification.set_index("finding_id")["seen"]
    assert seen["F053"] == "examined before the action was complete"
    assert seen["F017"] == "examined; the dates of the action contradict each other"
    assert seen["F039"] == "came back"
    assert (seen == "not examined in this audit").sum() == 0


def test_an_action_that_no_audit_has_tested_says_so_whatever_the_register_ticks(story):
    plan = story.plan.set_index("finding_id")
    assert plan.loc["F063", ["status", "effect_seen"]].tolist() == ["verified", "not yet tested"]
    assert plan.loc["F062", "effect_seen"] == "not complete"


def test_days_late_and_missing_words_stay_with_an_action_after_its_completion(made, story):
    seen = made.verification.set_index("finding_id")
    assert seen.loc["F039", "late_days"] == 598
    assert "completed 598 days after the date first agreed" in seen.loc["F039", "note"]
    assert seen.loc["F045", "note"].endswith("not on record: cause, correction, action")
    assert "not on record" not in seen.loc["F039", "note"]
    assert story.plan.set_index("finding_id")["not_recorded"][lambda gaps: gaps != ""].to_dict() == {
        "F053": "cause, correction, action"
    }


def test_the_recertification_stays_a_third_party_audit_in_the_eyes_of_the_provider(lab, made):
    assert (lab.settings.party, made.audit.party) == ("first", "third")
    told = made.elements.set_index("element")["text"]
    assert told["audit_type"] == "Recertification audit (AU-5) by a certification body (third party)."
    assert made.elements.set_index("element")["origin"]["recommendation"] == "missing"
    assert "area for improvement" in set(made.sections["kind"])


def test_what_came_back_counts_by_place_and_is_carried_forward_under_its_newest_finding(made, story):
    row = reporting.report_headlines(made).iloc[4]
    assert (row["value"], row["n"]) == (pytest.approx(3 / 20), 20)  # 8.3.4 at A, 8.5.1 and 8.6.3 at B
    carried = story.carried[story.carried["kind"] == "nonconformity"].set_index("finding_id")
    assert carried["earlier"].loc[["F062", "F061", "F063"]].tolist() == [
        "F004 (minor), F019 (minor), F040 (minor)", "F001 (minor), F015 (minor), F039 (minor)",
        "F005 (major), F021 (minor), F042 (minor)",
    ]  # fmt: skip
    assert story.carried["finding_id"].iloc[0] == "F062"
    assert "its repeat F043 did not come back when it was examined again" in carried.loc["F006", "why"]
    assert carried.index.is_unique


def test_the_overdue_action_is_first_and_the_check_date_is_far_enough(story):
    plan = story.plan.set_index("finding_id")
    assert story.plan["finding_id"].iloc[0] == "F062"
    assert plan.loc["F062", "days_overdue"] == 90
    row = plan.loc["F061"]
    assert (row["measure"], row["k"], row["n"]) == ("unapproved_at_start_rate: site B", 16, 180)
    assert row["check_from"] == pd.Timestamp("2026-06-18")  # 21.4 months of 15 changes after 5 September 2024
    assert row["examine_on"] == pd.Timestamp("2025-06-10")  # the next audit looks at each case before that


def test_the_baseline_of_a_completed_action_ends_before_it_and_what_came_since_stands_beside_it(story):
    plan = story.plan.set_index("finding_id")
    counts = ["k", "n", "k_since", "n_since"]
    assert plan.loc["F061", counts].tolist() == [16, 180, 1, 90]
    assert plan.loc["F063", counts].tolist() == [123, 1000, 41, 1200]  # five months of 200 before, six after
    limit = clopper_pearson(41, n=1200)
    low, high = plan.loc["F063", ["since_low", "since_high"]]
    assert (low, high) == (pytest.approx(limit.low), pytest.approx(limit.high))
    assert plan.loc["F063", "check_basis"].endswith(
        "since the completion 41 of 1200 deviate (123 of 1000 in the months before): 3.4 %, interval 2.5 to 4.6 %"
    )


def test_before_and_after_shows_the_fall_beside_the_other_sites_and_warns(story):
    rows = story.effects[story.effects["kpi"] == UNAPPROVED].set_index("finding_id")
    row = rows.loc["F061"]
    assert (row["k_before"], row["n_before"], row["k_after"], row["n_after"]) == (16, 180, 1, 90)
    assert row["high"] < 0
    assert row["others_low"] < 0 < row["others_high"]
    assert "followed an extreme month (2024-08)" in row["warning"]
    assert row["note"].startswith("the months before hold the action on F039 (2024-05)")
    earlier = rows.loc["F039"]
    assert (earlier["k_after"], earlier["n_after"]) == (8, 45)  # June to August: what follows belongs to F061
    assert earlier["note"].startswith(f"the months after end before the action on F061 (2024-09); {FEW_BETWEEN}")
    success = story.effects[story.effects["kpi"] == "change_success_rate"]
    assert success["note"].str.contains(NOTHING_BEFORE).all()  # 180 of 180 before
    carrier = story.effects.set_index("finding_id").loc["F063"]
    assert FEW_MONTHS in carrier["note"]


def test_what_met_a_target_is_no_deviation_and_a_difference_of_shares_is_told_in_points(story):
    told = {row["finding_id"]: row for row in effect_rows(story.effects)}["F063"]
    assert (told["before"], told["after"]) == ("877 of 1000 in order: 87.7 %", "1159 of 1200 in order: 96.6 %")
    assert told["effect"] == "+8.9 percentage points (+6.7 to +11.2)"


@pytest.fixture(scope="module")
def ranked(lab, worse):
    visited = sampling.visited_sites(sampling.site_plan_of(lab, signals=worse))
    return priority.priorities(lab, signals=worse, draws=200, visited=visited)


@pytest.fixture(scope="module")
def worse(lab):
    return signals.worse_signals(lab)


def test_the_next_plan_gives_time_to_everything_that_is_carried_forward(lab, ranked, worse, story):
    made, reason = planning.plan_or_reason(lab, ranked=ranked, signals=worse)
    assert made, reason
    cells = made.minutes.cells
    spent = cells[cells["budget_share"] == 1.0].set_index(["site", "clause"])["minutes"]
    carried = story.carried[story.carried["kind"] == "nonconformity"]
    places = [
        (site, ".".join(clause.split(".")[:3])) for site, clause in zip(carried["site"], carried["clause"], strict=True)
    ]
    assert len(places) == 8
    assert all(spent[place] > 0 for place in places)
    sessions = made.timetable.sessions
    change = sessions[(sessions["clause"] == "8.5.1") & (sessions["kind"] == "examination")]
    assert len(change) > 0
    assert "Q" not in set(change["auditor"])  # Q had helped to write the change procedure


def test_the_next_order_begins_where_nonconformities_came_back(ranked):
    first = [f"{row.clause} at {row.site}" for row in ranked.head(2).itertuples()]
    assert first == ["8.5.1 at B", "8.6.3 at B"]
    duties = ranked.set_index(["clause", "site"])["mandatory"]
    assert "F062" in duties["8.6.3", "B"]
    assert "F053" in duties["8.2.6", "C"]  # no audit has seen its action yet
    assert "F063" in duties["8.3.4", "A"]


def test_the_next_samples_are_drawn_where_changes_still_start_unapproved(lab, worse):
    assert sampling.visited_sites(sampling.site_plan_of(lab, signals=worse)) is None  # an internal audit visits all
    site = sampling.sampled_site(sampling.change_design(lab), asked=None, flagged=signals.flagged_site(worse))
    name, population = signals.changes_to_sample(
        lab.tables.changes, as_of=pd.Timestamp(lab.settings.as_of), site=site, months=12
    )
    assert (site, name, len(population)) == ("B", "changes of site B, 2024-04/2025-03", 180)
    tested = signals.approvals_tested(population, name=name).set_index("tested")
    assert tested.loc["one of these", "k"] == 11  # all of them are the judgement part; F061 is followed there


def test_an_improvement_noted_before_has_become_the_major_of_this_audit(made):
    row = made.conversion.set_index("finding_id").loc["F055"]
    assert (row["outcome"], row["became"]) == ("became a nonconformity", "F063")
    rates = made.conversion_rates.set_index("measure")
    assert rates.loc["improvements", ["k", "n"]].tolist() == [2, 18]


def test_the_improvements_of_the_provider_are_traced_and_ordered(lab, made, story, series, shown):
    own = reporting.own_party(lab, made, story, shown, series)
    planned = own.improvements[own.improvements["state"] == "planned"]
    assert list(planned["improvement"]) == [
        "Quarterly carrier review with limits", "Approval gate in the change tool",
        "Problem records from repeated incidents",
    ]  # fmt: skip
    known = set(lab.tables.findings["finding_id"])
    assert all(set(row.split()) <= known and row for row in planned["findings"])
    assert (
        dict(zip(own.waves["improvement"], own.waves["wave"], strict=True))["Problem records from repeated incidents"]
        == 2
    )
    assert list(planned["repeats"]) == [3, 3, 3]  # F005, F021 and F042; F001, F015 and F039; F004, F019 and F040
    waiting = own.improvements[own.improvements["state"] == "nothing planned yet"]
    assert set(waiting["findings"]) == {"F017", "F053"}
    assert planned.set_index("findings")["note"].to_dict() == {
        "F063": "not flagged now: supplier_attainment: S3, supplier X", "F061 F039": "", "F062": "",
    }  # fmt: skip
    assert shown.scorecard["state"].iloc[0] == "no measure"
    told = own.pack.groupby("input")["sentence"].agg(list)
    assert (
        "Not yet tested by any audit: 3 completed actions: F063 (major), F053, F061." in told["Whether actions worked"]
    )
    effects = [line for line in told["Whether actions worked"] if "since" in line]
    assert [line[:4] for line in effects] == ["F063", "F061"]
    assert "16 of 180 deviate before, 1 of 90 deviate since (-7.8 points, interval -12.9 to -1.8)" in effects[1]
    assert told["What changed in the service data"][0].endswith("After the action on F061: 1 of 90 deviate.")
    assert told["Reaching of objectives"][1:] == [
        "Carrier keeps what we promise: 98.5 % against a target of 99 %: missed (2025-03-31).",
        "Users are back at work quickly: 5.1 h against a target of 4 h: missed (2025-03-31).",
    ]
    assert not own.pack["sentence"].str.endswith("…").any()
    rated = own.maturity.set_index("process")["shown"]
    assert (rated["8.5.1"], rated["8.6.3"]) == ("with evidence", "hollow: no evidence stated")

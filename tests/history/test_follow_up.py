"""What the next audit must follow up."""

import dataclasses

import pandas as pd

from auditlab import history

AS_OF = pd.Timestamp("2024-03-31")


def test_a_clause_nobody_looked_at_again_comes_before_the_overdue_ones(golden):
    listed = golden.to_follow_up.set_index("finding_id")
    assert listed.loc["F024", "reason"] == "clause not examined at this site since the finding"
    assert listed.loc["F024", "order"] == 5
    assert listed.loc["F050", "order"] == 6
    assert listed.loc["F050", "reasons"] == "corrective action overdue; raised in the previous audit"


def test_nonconformities_that_came_back_after_verification_close_the_list(golden):
    last = golden.to_follow_up[golden.to_follow_up["reason"] == "verified, and came back"]
    assert list(last["finding_id"]) == ["F005", "F006", "F007", "F015", "F016"]
    assert last["order"].min() == 11


def test_a_settled_nonconformity_is_not_listed(golden):
    assert "F008" not in set(golden.to_follow_up["finding_id"])


def test_overdue_actions_are_ordered_by_days(golden):
    actions = golden.actions.copy()
    actions.loc[actions["finding_id"] == "F052", "due_original"] = pd.Timestamp("2023-07-01")
    listed = dataclasses.replace(golden, actions=actions).to_follow_up
    overdue = listed[listed["reason"] == "corrective action overdue"]
    assert list(overdue["finding_id"]) == ["F052", "F050"]


def test_without_exposure_the_reason_is_that_nothing_is_known(golden, nothing):
    listed = dataclasses.replace(golden, audits=nothing.audits, coverage=nothing.coverage).to_follow_up
    assert set(listed["reason"]) == {"not known whether examined since the finding"}
    assert len(listed) == 34


def test_without_a_register_of_actions_the_previous_audit_and_the_unseen_remain(golden, nothing):
    listed = dataclasses.replace(golden, actions=nothing.actions).to_follow_up
    assert list(listed["finding_id"]) == ["F039", "F040", "F043", "F045", "F024", "F050", "F051", "F052", "F053"]


def test_a_site_without_any_visit_on_record_is_not_called_unvisited_since(golden):
    findings = golden.findings.assign(site=golden.findings["site"].mask(golden.findings["finding_id"] == "F039", "HQ"))
    listed = dataclasses.replace(golden, findings=findings).to_follow_up.set_index("finding_id")
    assert listed.loc["F039", "reason"] == "no visit to the site is on record"
    assert listed.loc["F040", "reason"] == "site not visited since the finding"


def test_a_later_audit_there_without_known_clauses_leaves_it_open(golden):
    special = golden.audits.iloc[[3]].assign(
        audit_id="AU-5", type="special", sites="B", start=pd.Timestamp("2023-09-05"), end=pd.NaT
    )
    audits = pd.concat([golden.audits, special], ignore_index=True)
    listed = history.follow_up(golden.status, audits, golden.examined, as_of=AS_OF).set_index("finding_id")
    assert listed.loc["F039", "reason"] == "not known whether examined since the finding"


def test_an_audit_in_the_future_is_not_the_previous_one(golden):
    planned = golden.audits.iloc[[3]].assign(audit_id="AU-5", start=pd.Timestamp("2024-06-11"), end=pd.NaT)
    audits = pd.concat([golden.audits, planned], ignore_index=True)
    listed = history.follow_up(golden.status, audits, golden.examined, as_of=AS_OF)
    pd.testing.assert_frame_equal(listed, golden.to_follow_up)


def test_nothing_in_gives_nothing_out(nothing):
    assert nothing.to_follow_up.empty
    assert list(nothing.to_follow_up.columns)[:2] == ["order", "finding_id"]

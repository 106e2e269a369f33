"""Corrective actions: status, effectiveness, rates."""

import dataclasses

import pandas as pd
import pytest

from auditlab import history
from auditlab.tables import as_canonical

AS_OF = pd.Timestamp("2024-03-31")


def status_of(golden, finding, *, as_of=AS_OF, **changes):
    """Status of one finding after its action was changed."""
    actions = golden.actions.copy()
    for column, value in changes.items():
        actions.loc[actions["finding_id"] == finding, column] = value
    status = history.corrective_actions(actions, golden.findings, golden.audits, golden.examined, as_of=as_of)
    return status.set_index("finding_id").loc[finding]


def rates(status):
    return history.corrective_action_rates(status).set_index("measure")


def test_every_nonconformity_has_exactly_one_row(golden):
    assert len(golden.status) == 34
    assert golden.status["finding_id"].is_unique


def test_a_completion_before_the_audit_is_invalid_and_in_no_rate(golden):
    found = golden.status.set_index("finding_id").loc["F017"]
    assert (found["status"], found["effectiveness"]) == ("invalid dates", "invalid")
    assert found["note"] == "completed before the audit began"


def test_a_verification_before_the_completion_is_invalid(golden):
    found = status_of(golden, "F015", verified=pd.Timestamp("2021-09-01"))
    assert found["status"] == "invalid dates"
    assert "verified before it was completed" in found["note"]


def test_what_happens_after_the_day_of_the_review_is_not_known_yet(golden):
    found = status_of(golden, "F015", as_of=pd.Timestamp("2021-09-30"))
    assert found["status"] == "completed not verified"
    assert found["effectiveness"] == "not_tested"
    earlier = history.corrective_actions(
        golden.actions, golden.findings, golden.audits, golden.examined, as_of=pd.Timestamp("2021-09-30")
    )
    assert set(earlier["audit_id"]) == {"AU-1", "AU-2"}


def test_an_action_due_today_is_not_overdue(golden):
    found = status_of(golden, "F052", due_original=AS_OF)
    assert found["status"] == "open not due"
    assert pd.isna(found["days_overdue"])


def test_an_extension_does_not_hide_that_the_first_date_has_passed(golden):
    found = status_of(golden, "F050", due_current=pd.Timestamp("2024-09-30"))
    assert (found["status"], found["days_overdue"]) == ("open overdue", 152)
    assert found["note"] == "extended to 2024-09-30"


def test_a_verified_action_without_completion_date_is_measured_from_its_verification(golden):
    found = status_of(golden, "F015", completed=pd.NaT)
    assert (found["status"], found["effectiveness"], found["days_to_repeat"]) == ("verified", "repeat", 256)
    assert pd.isna(found["days_to_repeat_from_completion"])
    assert "completion date missing" in found["note"]


def test_an_unverified_action_that_came_back_has_no_days_from_verification(golden):
    found = status_of(golden, "F015", verified=pd.NaT)
    assert pd.isna(found["days_to_repeat"])
    assert found["days_to_repeat_from_completion"] == 277
    assert found["note"] == "repeated; never verified"


def test_a_nonconformity_without_an_entry_has_no_action_recorded(golden):
    actions = golden.actions[golden.actions["finding_id"] != "F039"]
    status = history.corrective_actions(actions, golden.findings, golden.audits, golden.examined, as_of=AS_OF)
    assert status.set_index("finding_id").loc["F039", "status"] == "no action recorded"


def test_without_a_register_of_actions_everything_about_them_is_unknown(golden, nothing):
    without = dataclasses.replace(golden, actions=nothing.actions)
    assert set(without.status["status"]) == {"unknown"}
    assert without.status["effectiveness"].isna().all()
    assert rates(without.status)[["k", "n", "rate"]].isna().all(axis=None)


def test_without_findings_dates_still_speak_and_effectiveness_does_not(golden, nothing):
    without = dataclasses.replace(golden, findings=nothing.findings)
    assert rates(without.status).loc["overdue_open", "k"] == 3
    assert without.status["effectiveness"].isna().all()
    assert without.status["note"].str.contains("not in the register of findings").all()
    assert "not known" in rates(without.status).loc["effectiveness", "note"]


def test_an_action_on_a_finding_that_is_not_in_the_register_is_in_no_rate_and_overdue_all_the_same(golden):
    orphan = golden.actions[golden.actions["finding_id"] == "F039"].assign(finding_id="F999")
    with_orphan = dataclasses.replace(golden, actions=pd.concat([golden.actions, orphan], ignore_index=True))
    found = with_orphan.status.set_index("finding_id").loc["F999"]
    assert found["status"] == "finding not in the register"
    assert found["due"] == orphan["due_original"].iloc[0]
    columns = ["measure", "k", "n", "rate"]
    pd.testing.assert_frame_equal(
        history.corrective_action_rates(with_orphan.status)[columns],
        history.corrective_action_rates(golden.status)[columns],
    )
    note = rates(with_orphan.status).loc["effectiveness", "note"]
    assert note.endswith("1 action on findings that are not in the register left out")
    pd.testing.assert_frame_equal(with_orphan.to_follow_up, golden.to_follow_up)
    spoken = history.headlines(with_orphan.results)["sentence"]
    new = set(spoken) - set(history.headlines(golden.results)["sentence"])
    told = (
        "4 corrective actions are overdue: F039 by 548 days, F999 by 548 days (finding not in the register), "
        "F045 by 456 days, F050 by 152 days; F053 open without a due date."
    )
    assert new == {told}
    assert (
        rates(with_orphan.status)
        .loc["overdue_open", "note"]
        .endswith("1 overdue action on findings that are not in the register left out")
    )


@pytest.mark.parametrize(
    ("actions", "findings", "reason"),
    [
        (slice(0, 0), slice(None), "corrective actions were not handed over"),
        (slice(0, 3), slice(50, None), "answer findings that are not in the register"),
        (slice(0, 0), slice(0, 0), "neither a nonconformity nor its corrective action is on record"),
    ],
)
def test_the_reason_why_no_action_counts_is_the_true_one(golden, actions, findings, reason):
    partial = dataclasses.replace(golden, actions=golden.actions[actions], findings=golden.findings[findings])
    notes = history.corrective_action_rates(partial.status)["note"]
    assert notes.str.startswith("not known: ").all()
    assert notes.str.endswith(reason).all()


def test_where_no_action_answers_a_nonconformity_it_is_said(golden):
    other = golden.actions.iloc[[0]].assign(finding_id="F054")
    status = dataclasses.replace(golden, actions=other).status
    assert set(status["status"]) == {"no action recorded"}
    assert "no corrective action on record answers a nonconformity" in rates(status).loc["on_time", "note"]


def test_one_open_action_is_written_in_the_singular(golden):
    keep = golden.actions[golden.actions["finding_id"].isin(["F001", "F039"])]
    status = history.corrective_actions(keep, golden.findings, golden.audits, golden.examined, as_of=AS_OF)
    assert rates(status).loc["on_time_closed_only", "note"] == "misleading: leaves out 1 open one"


def test_without_any_exposure_effectiveness_is_unknown_and_not_untested(golden, nothing):
    without = dataclasses.replace(golden, audits=nothing.audits, coverage=nothing.coverage)
    assert without.status["effectiveness"].isna().all()
    assert pd.isna(rates(without.status).loc["effectiveness", "n"])
    assert rates(without.status).loc["overdue_open", "k"] == 3


def test_inferred_exposure_is_said_with_the_effectiveness(golden, nothing):
    without = dataclasses.replace(golden, coverage=nothing.coverage)
    assert "inferred from audit scope" in rates(without.status).loc["effectiveness", "note"]


def test_actions_on_findings_of_other_grades_are_not_shown(golden):
    extra = golden.actions.iloc[[0]].assign(finding_id="F054")
    actions = pd.concat([golden.actions, extra], ignore_index=True)
    status = history.corrective_actions(actions, golden.findings, golden.audits, golden.examined, as_of=AS_OF)
    assert "F054" not in set(status["finding_id"])


def test_nothing_in_gives_nothing_out(nothing):
    assert nothing.status.empty
    assert rates(nothing.status)[["k", "n"]].isna().all(axis=None)


def test_verified_actions_without_a_statement_are_told(golden):
    actions = golden.actions.copy()
    actions.loc[actions["finding_id"] == "F015", "effective_declared"] = pd.NA
    status = history.corrective_actions(actions, golden.findings, golden.audits, golden.examined, as_of=AS_OF)
    declared = rates(status).loc["declared_effective"]
    assert declared["n"] == 24
    assert "1 verified without a statement" in declared["note"]


@pytest.mark.parametrize("measure", ["effectiveness", "declared_effective", "on_time", "on_time_closed_only"])
def test_every_share_has_its_interval_and_method(golden, measure):
    found = rates(golden.status).loc[measure]
    assert found["low"] <= found["rate"] <= found["high"]
    assert found["method"] == "Clopper-Pearson"


def in_two_cells(*, seen, later=None):
    """Status of a finding that cites 8.5.1 and 9.2, after an audit that saw the leaves `seen` and found at `later`."""
    starts = pd.to_datetime(["2022-06-01", "2023-06-01"])
    audits = pd.DataFrame({"audit_id": ["AU-1", "AU-2"], "type": "surveillance", "start": starts, "sites": "A"})
    rows = [("F1", "AU-1", "8.5.1", "8.5.1 9.2.2"), *([("F2", "AU-2", later, None)] if later else [])]
    findings = pd.DataFrame(rows, columns=["finding_id", "audit_id", "clause", "clauses"]).assign(
        site="A", grade="minor", statement="text"
    )
    actions = pd.DataFrame({"finding_id": ["F1"], "completed": pd.to_datetime(["2022-09-01"])})
    examined = pd.DataFrame({"clause": seen}).assign(
        audit_id="AU-2", site="A", start=starts[1], end=starts[1], edition="2018", exposure="recorded"
    )
    tables = as_canonical("corrective_actions", actions), as_canonical("findings", findings)
    status = history.corrective_actions(*tables, as_canonical("audits", audits), examined, as_of=AS_OF)
    return status.set_index("finding_id").loc["F1"]


def test_a_finding_in_two_cells_is_effective_when_both_were_looked_at_again_and_neither_came_back():
    assert in_two_cells(seen=["8.5.1.3", "9.2.2"])["effectiveness"] == "effective"
    assert in_two_cells(seen=["8.5.1.3"])["effectiveness"] == "not_tested"


@pytest.mark.parametrize("later", ["8.5.1.2", "9.2"])
def test_a_finding_in_two_cells_came_back_when_it_came_back_in_one_of_them(later):
    found = in_two_cells(seen=["8.5.1.3", "9.2.2"], later=later)
    assert (found["effectiveness"], found["repeat_finding"]) == ("repeat", "F2")

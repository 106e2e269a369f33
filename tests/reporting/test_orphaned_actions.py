"""An action whose finding is not in the register is followed like any other, and says so."""

from functools import cache

import pandas as pd
from reported_engagement import ACTIONS, made, small_lab

from auditlab import reporting

NAMES = ["finding_id", "due_original", "completed", "verified"]
LATE = ("ZZ9", "2023-09-01", None, None)  # 395 days before 2024-09-30


def report_with(*rows):
    lab = small_lab(corrective_actions=pd.DataFrame([*ACTIONS, *rows], columns=NAMES))
    return lab, made(lab)


@cache
def story():
    lab, report = report_with(LATE, ("ZZ8", "2023-09-01", "2023-08-01", "2023-08-09"))
    return report, reporting.follow_up_story(lab, report, ())


def test_an_overdue_one_is_counted_and_named_in_the_summary_and_among_what_is_unresolved():
    report, _ = story()
    told = "Overdue: 1 corrective action: ZZ9 (grade not known, 395 days, its finding is not in the register)."
    facts = reporting.report_headlines(report)
    assert facts.set_index("sentence").loc[told, "value"] == 1
    unresolved = set(report.elements.loc[report.elements["element"] == "unresolved", "text"])
    assert told in unresolved
    assert "Not verified, and its finding is not in the register: 1 action: ZZ9." in unresolved


def test_it_stands_in_the_follow_up_by_its_age_and_for_the_next_audit():
    _, found = story()
    row = found.plan.set_index("finding_id").loc["ZZ9"]
    assert (row["status"], row["days_overdue"], row["due_basis"]) == ("finding not in the register", 395, "agreed")
    assert found.ages.set_index("age").loc["not known", ["open", "overdue", "findings"]].tolist() == [1, 1, "ZZ9"]
    row = found.carried.set_index("finding_id").loc["ZZ9"]
    assert row["kind"] == "action without its finding"
    assert row["why"] == "corrective action overdue by 395 days; its finding is not in the register"


def test_one_that_was_verified_is_settled():
    report, found = story()
    assert "ZZ8" not in set(found.plan["finding_id"]) | set(found.carried["finding_id"])
    assert "ZZ8" not in " ".join(report.elements["text"])


def test_without_a_register_of_actions_their_effect_and_their_ages_are_not_known():
    lab = small_lab(corrective_actions=pd.DataFrame())
    found = reporting.follow_up_story(lab, made(lab), ())
    assert set(found.plan["effect_seen"]) == {"not known"}
    assert found.ages[["open", "overdue", "without_due_date"]].isna().all(axis=None)

"""Everything the records leave open on the day of the report stands among its unresolved issues."""

import pandas as pd
import pytest
from reported_engagement import ACTIONS, made, small_lab, with_empty_register

from auditlab import reporting

NAMES = ["finding_id", "due_original", "completed", "verified"]


def unresolved(report):
    own = report.elements[report.elements["element"] == "unresolved"]
    return list(own.loc[own["origin"] == "from the records", "text"])


def with_actions(*rows, **own):
    return made(small_lab(corrective_actions=pd.DataFrame(rows, columns=NAMES), **own))


def test_a_register_of_actions_without_a_row_says_that_there_is_no_action():
    lab = small_lab(corrective_actions=pd.DataFrame(columns=NAMES))
    assert "Whether corrective actions are overdue is not known" in " ".join(unresolved(made(lab)))
    report = made(with_empty_register(lab, "corrective_actions"))
    known = " ".join(unresolved(report))
    assert "not known: no register" not in known
    said = "No corrective action is overdue: the register holds none on a nonconformity."
    assert said in set(reporting.report_headlines(report)["sentence"])
    assert "Without an action on record: 5 nonconformities" in known


def test_earlier_nonconformities_that_were_not_examined_again_are_unresolved():
    told = unresolved(made(small_lab()))
    assert "Earlier nonconformities not examined again in this audit: 2: at B F2, F4." in told


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("F2", "2022-06-01", "2022-05-01", None), "Completed and never verified: 1 nonconformity: F2."),
        (("F2", None, None, None), "Open without an agreed due date: 1 nonconformity: F2."),
        (("F2", "2022-06-01", "2022-05-01", "2022-04-01"), "With dates that contradict each other: 1 nonconformity: F2."),
    ],
)  # fmt: skip
def test_an_action_is_unresolved_by_what_its_dates_say(row, said):
    rest = [one for one in ACTIONS if one[0] != "F2" and one[0] != "F4" and one[0] != "F5"]
    assert said in unresolved(with_actions(row, *rest))


def test_a_nonconformity_without_an_action_in_the_register_is_unresolved():
    assert "Without an action on record: 4 nonconformities: F2, F3, F4, F5." in unresolved(with_actions(ACTIONS[0]))


@pytest.mark.parametrize("party", ["first", "third"])
def test_a_major_completed_and_not_verified_is_unresolved_and_in_the_summary_of_every_party(party):
    report = with_actions(("F1", "2022-06-01", "2022-05-20", None), *ACTIONS[1:], party=party)
    said = "Without a verified action: 1 major nonconformity: F1 at A (completed not verified)."
    assert said in unresolved(report)
    assert said in " ".join(reporting.report_headlines(report)["sentence"])
    assert "Without a verified action" not in " ".join(unresolved(made(small_lab(party=party))))


def test_without_any_action_or_finding_nobody_knows_whether_one_is_overdue():
    lab = small_lab(corrective_actions=pd.DataFrame(), findings=pd.DataFrame())
    table = reporting.report_headlines(made(lab)).set_index("sentence")["value"]
    said = "Whether corrective actions are overdue is not known: no register of them was handed over."
    assert pd.isna(table[said])
    known = reporting.report_headlines(made(with_empty_register(lab, "corrective_actions")))
    table = known.set_index("sentence")["value"]
    assert table["No corrective action is overdue: the register holds none on a nonconformity."] == 0


def test_a_nonconformity_of_a_later_audit_is_no_issue_of_this_report():
    told = " ".join(unresolved(made(small_lab(), audit="AU-1")))
    assert "F5" not in told
    assert "F4" not in told

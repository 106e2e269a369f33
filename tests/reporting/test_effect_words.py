"""A rate is told as events in so many months, a share as k of n, and doubt about an effect stays in the sentence."""

import pandas as pd
import pytest
from reported_engagement import months_of_changes, small_lab

from auditlab import history, reporting
from auditlab.publish.report_effects import effect_rows
from auditlab.reporting.before_after import NOT_TOLD
from auditlab.reporting.follow_up_plan import _rate_tells
from auditlab.reporting.review_effects import effect_lines, since_action
from auditlab.signals.periods import last_months
from auditlab.signals.series import Measure, Series, whole_months

DAY = pd.Timestamp("2024-09-30")


def status_of(lab):
    tables = lab.tables
    examined = history.examinations(tables.coverage, tables.audits)
    return history.corrective_actions(tables.corrective_actions, tables.findings, tables.audits, examined, as_of=DAY)


def major_incidents(*events):
    """The monthly major incidents of a service, up to September 2024."""
    recorded = last_months(DAY, len(events))
    rows = [
        {"month": month, "k": k, "n": 1, "value": float(k)} for month, k in zip(recorded.months, events, strict=True)
    ]
    return Series(family="major_incident_rate", measure=Measure.COUNT, months=whole_months(rows, recorded), cut={"service": "S1"})  # fmt: skip


def followed(*events, completed="2024-03-15"):
    """Before and after the action on F5, whose clause the rate is evidence for, with the plan that follows it."""
    clause = major_incidents(0).clause.split(";")[0].strip()
    findings = pd.DataFrame({"finding_id": ["F5"], "audit_id": ["AU-1"], "site": ["A"], "service": ["S1"],
                             "clause": [clause], "clause_as_cited": [clause], "grade": ["minor"],
                             "statement": ["Major incidents were not reviewed"], "edition": ["2018"]})  # fmt: skip
    actions = pd.DataFrame({"finding_id": ["F5"], "completed": [completed], "due_original": ["2024-06-30"]})
    status = status_of(small_lab(findings=findings, corrective_actions=actions))
    series = [major_incidents(*events)]
    rules = reporting.FollowUpRules(as_of=DAY)
    return reporting.follow_up_plan(status, series, rules=rules), reporting.before_after(status, series)


# March 2023 to February 2024 hold one event, March 2024 is left out, April to September 2024 hold one.
EVENTS = [1] + [0] * 11 + [4] + [0] * 5 + [1]


def test_events_are_told_in_months_and_never_as_a_share_of_events():
    _, table = followed(*EVENTS)
    row = table.iloc[0]
    assert (row["k_before"], row["n_before"], row["k_after"], row["n_after"]) == (1, 12, 1, 6)
    assert row["counted"] == "events in n months"
    assert row["before_said"] == "1 event in 12 months: 0.083 a month"
    assert row["after_said"] == "1 event in 6 months: 0.167 a month"
    assert row["effect_said"].startswith("ratio 2 (")
    word = effect_rows(table)[0]
    assert (word["before"], word["after"]) == (row["before_said"], row["after_said"])


def test_the_pack_says_events_in_months_and_that_an_effect_is_not_shown():
    plan, table = followed(*EVENTS)
    assert NOT_TOLD in table.iloc[0]["note"]
    rates = pd.DataFrame({"measure": pd.Series(dtype="str"), "n": pd.Series(dtype="Int64")})
    said = effect_lines(rates, plan, table)[-1]["sentence"]
    assert said.startswith("F5, major incident rate, S1: 1 event in 12 months before, 1 in 6 months since (ratio 2")
    assert said.endswith("; an effect is not shown.")
    assert " of 12" not in said
    assert since_action("major_incident_rate: S1", table) == "After the action on F5: 1 event in 6 months."


def test_a_share_is_told_in_percent_and_its_difference_in_points():
    actions = pd.DataFrame({"finding_id": ["F3"], "completed": ["2023-12-15"]})
    changes = [
        months_of_changes(late_by_month=[2] * 11 + [20] + [0] * 9),
        months_of_changes(late_by_month=[1] * 21, site="B"),
    ]
    lab = small_lab(corrective_actions=actions, changes=pd.concat(changes))
    table = reporting.before_after(status_of(lab), reporting.measured_series(lab))
    row = table.set_index("kpi").loc["unapproved_at_start_rate"]
    assert row["before_said"] == "22 of 220 deviate: 10.0 %"
    assert row["after_said"] == "0 of 180 deviate: 0.0 %"
    assert row["effect_said"].startswith("-10.0 percentage points (")
    assert row["others_said"] == "5.0 %, then 5.0 %"


@pytest.mark.parametrize(
    ("months", "words"),
    [(0.3, "less than one month"), (1.2, "about one month"), (5.6, "6 months")],
)
def test_a_short_time_is_not_rounded_to_nothing(months, words):
    for improvement in (0.6, None):
        rules = reporting.FollowUpRules(as_of=DAY, improvement=improvement)
        assert f"{words} of records" in _rate_tells(months, DAY, "completion", rules)[0]

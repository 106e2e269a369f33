"""Exports that hold several kinds of record."""

import datetime as dt

from auditlab.intake import open_engagement

ROWS = [
    "Issue key,Issue id,Issue Type,Status Category,Priority,Created,Resolved",
    "K-1,1,[System] Incident,Done,High,2024-01-13 08:00,2024-01-13 09:00",
    "K-2,2,Service request,Done,High,2024-01-13 08:00,2024-01-14 09:00",
    "K-3,3,Bug,Done,High,2024-01-13 08:00,2024-01-13 09:00",
    "K-4,4,Problem,To Do,High,2024-01-13 08:00,",
]
FIELDS = ("Change type", "Change risk", "Change start date", "Change completion date", "Approvals")
CHANGE_FIELDS = [f"Custom field ({field})" for field in FIELDS]
PLAN = "Emergency,High,07/Jan/24 6:00 PM,07/Jan/24 9:00 PM,approved"
CHANGES = [
    f"Issue key,Issue Type,Summary,Status,Created,Resolved,Resolution,{','.join(CHANGE_FIELDS)},Assignee",
    f"K-5,[System] Change,x,Done,05/Jan/24 8:00 AM,08/Jan/24 8:00 AM,Done,{PLAN},Ann",
    "K-6,[System] Change,y,Done,05/Jan/24 8:00 AM,,,Normal,Low,09/Jan/24 6:00 PM,09/Jan/24 9:00 PM,,Ann",
]
INCIDENT = "K-7,[System] Incident,z,Done,05/Jan/24 8:00 AM,05/Jan/24 9:00 AM,Done,,,,,,Ann"


def test_requests_and_problems_of_a_mixed_export_leave_the_incidents(folder):
    lab = open_engagement(folder.text("jira.csv", "\n".join(ROWS)).path)
    assert list(lab.tables.incidents["incident_id"]) == ["K-1", "K-3"], "an unknown kind stays"
    assert list(lab.tables.requests["request_id"]) == ["K-2"]
    assert [str(moment) for moment in lab.tables.requests["closed"]] == ["2024-01-14 09:00:00"]
    assert list(lab.tables.problems["problem_id"]) == ["K-4"]
    assert lab.summary[["seen", "loaded"]].sum().tolist() == [4, 4]
    rows = lab.ledger[lab.ledger["field"] == ""].set_index("row")["table"]
    assert rows[3] == "requests"


def test_an_export_without_a_kind_stays_as_it_is(folder):
    lab = open_engagement(folder.text("t.csv", "Ticket no,Opened\nT1,2024-01-13 08:00").path)
    assert len(lab.tables.incidents) == 1
    assert lab.tables.requests.empty


def test_changes_of_a_jira_export_bring_their_plan_risk_and_approval(folder):
    lab = open_engagement(folder.text("jira.csv", "\n".join(CHANGES)).path)
    assert lab.tables.incidents.empty
    row = lab.tables.changes.set_index("change_id").loc["K-5"]
    assert (row["planned_start"], row["planned_end"]) == (dt.datetime(2024, 1, 7, 18), dt.datetime(2024, 1, 7, 21))
    assert (row["type"], row["risk"], row["approval"], row["outcome"]) == ("Emergency", "High", "approved", "Done")
    assert lab.open_questions.empty
    assert not any("Ann" in str(value) for value in lab.tables.changes.to_numpy().ravel())


def test_changes_and_incidents_of_one_export_are_read_each_in_their_own_columns(folder):
    lab = open_engagement(folder.text("jira.csv", "\n".join([*CHANGES, INCIDENT])).path)
    assert list(lab.tables.changes["change_id"]) == ["K-5", "K-6"]
    assert list(lab.tables.changes["planned_end"]) == [dt.datetime(2024, 1, 7, 21), dt.datetime(2024, 1, 9, 21)]
    assert list(lab.tables.incidents["incident_id"]) == ["K-7"]
    assert list(lab.tables.incidents["resolved"]) == [dt.datetime(2024, 1, 5, 9)]
    assert lab.summary[["seen", "loaded"]].sum().tolist() == [3, 3]


def test_changes_without_a_kind_are_told_by_their_own_fields(folder):
    without = [",".join(line.split(",")[:1] + line.split(",")[2:]) for line in CHANGES]
    lab = open_engagement(folder.text("jira.csv", "\n".join(without)).path)
    assert list(lab.tables.changes["change_id"]) == ["K-5", "K-6"]


def test_the_order_of_day_and_month_is_told_by_all_kinds_of_record_together(folder):
    rows = ["Request ID,Request Type,Technician,Created Time,Resolved Time,Overdue Status"]
    rows += [f"{day},Incident,Ann,{day}/01/2024 08:00,{day}/01/2024 09:00,false" for day in range(13, 19)]
    rows.append("90,Service Request,Ann,03/04/2024 08:00,04/04/2024 09:00,false")
    lab = open_engagement(folder.text("sdp.csv", "\n".join(rows)).settings('client = "C"\nas_of = 2024-12-31').path)
    assert list(lab.tables.requests["opened"]) == [dt.datetime(2024, 4, 3, 8)]
    assert lab.open_questions.empty

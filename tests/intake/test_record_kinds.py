"""Exports that hold several kinds of record."""

from auditlab.intake import open_engagement

ROWS = [
    "Issue key,Issue id,Issue Type,Status Category,Priority,Created,Resolved",
    "K-1,1,[System] Incident,Done,High,2024-01-13 08:00,2024-01-13 09:00",
    "K-2,2,Service request,Done,High,2024-01-13 08:00,2024-01-14 09:00",
    "K-3,3,Bug,Done,High,2024-01-13 08:00,2024-01-13 09:00",
    "K-4,4,Problem,To Do,High,2024-01-13 08:00,",
]


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

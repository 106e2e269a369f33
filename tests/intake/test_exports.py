"""The same incidents in the layouts of different tools give the same canonical table."""

import csv
import datetime as dt
import io

import pytest

from auditlab.intake import open_engagement
from auditlab.intake.exports import known_exports
from auditlab.intake.headers import recognise
from auditlab.intake.sheets import RawSheet

# number, opened, resolved, urgency from 1 (most) to 5, target in minutes, group
INCIDENTS = [
    ("1001", dt.datetime(2024, 1, 13, 8, 0), dt.datetime(2024, 1, 13, 10, 30), 1, 240, "Network"),
    ("1002", dt.datetime(2024, 2, 3, 9, 15), dt.datetime(2024, 2, 4, 9, 15), 2, 480, "Desk"),
    ("1003", dt.datetime(2024, 2, 25, 23, 50), dt.datetime(2024, 2, 26, 0, 10), 3, 960, "Desk"),
    ("1004", dt.datetime(2024, 3, 1, 12, 0), dt.datetime(2024, 3, 3, 12, 0), 4, 2880, "Network"),
    ("1005", dt.datetime(2024, 3, 14, 7, 5), None, 5, 5760, "Applications"),
]


GLPI_REST = "Assigned to - Technician group;Service;Requester - Requester"


def due(opened, minutes):
    return opened + dt.timedelta(minutes=minutes)


def late(row):
    return row[2] is not None and row[2] > due(row[1], row[4])


def text(moment, form="%Y-%m-%d %H:%M:%S"):
    return "" if moment is None else moment.strftime(form)


def servicenow():
    words = {1: "1 - Critical", 2: "2 - High", 3: "3 - Moderate", 4: "4 - Low", 5: "5 - Planning"}
    yield "number,opened_at,resolved_at,priority,state,business_service,assignment_group,caller_id,made_sla,sla_due"
    for row in INCIDENTS:
        number, opened, resolved, urgency, target, group = row
        cells = [number, text(opened), text(resolved), words[urgency], "7" if resolved else "2", "Mail", group, "Ann"]
        yield [*cells, "" if resolved is None else str(not late(row)).lower(), text(due(opened, target))]


def jira():
    words = {1: "Highest", 2: "High", 3: "Medium", 4: "Low", 5: "Lowest"}
    yield (
        "Summary,Issue key,Issue id,Issue Type,Status,Priority,Assignee,Created,Resolved,Custom field (Affected services),"
        "Custom field (Time to resolution),Assigned group,Custom field (Request Type),Custom field (Request Type)"
    )
    for row in INCIDENTS:
        number, opened, resolved, urgency, target, group = row
        left = "" if resolved is None else int((due(opened, target) - resolved).total_seconds() // 60)
        sign = "-" if left and left < 0 else ""
        clock = "" if resolved is None else f"{sign}{abs(left) // 60}:{abs(left) % 60:02d}"
        moments = [text(moment, "%d/%b/%y %I:%M %p") for moment in (opened, resolved)]
        state = "Done" if resolved else "In Progress"
        yield ["x", number, "7", "Incident", state, words[urgency], "Ann", *moments, "Mail", clock, group, "a", "b"]


def glpi():
    words = {1: "Very high", 2: "High", 3: "Medium", 4: "Low", 5: "Very low"}
    yield (
        "ID;Title;Entity;Status;Opening date;Resolution date;Priority;Time to resolve;Time to resolve exceeded;"
        + GLPI_REST
    )
    for row in INCIDENTS:
        number, opened, resolved, urgency, target, group = row
        moments = [text(moment, "%d-%m-%Y %H:%M") for moment in (opened, resolved)]
        limit = text(due(opened, target), "%d-%m-%Y %H:%M")
        exceeded = "" if resolved is None else ("Yes" if late(row) else "No")
        state = "Closed" if resolved else "Processing (assigned)"
        yield [number, "x", "Root", state, *moments, words[urgency], limit, exceeded, group, "Mail", "Ann"]


def otrs():
    words = {1: "5 very high", 2: "4 high", 3: "3 normal", 4: "2 low", 5: "1 very low"}
    yield "TicketNumber;Age;Created;Closed;State;Priority;Queue;Owner;CustomerID;SolutionInMin;SolutionDiffInMin;Service"
    for number, opened, resolved, urgency, target, group in INCIDENTS:
        used = "" if resolved is None else int((resolved - opened).total_seconds() // 60)
        left = "" if resolved is None else target - used
        state = "closed successful" if resolved else "open"
        cells = [number, "3 d 4 h", text(opened), text(resolved), state, words[urgency], group, "Ann", "c", used, left]
        yield [*cells, "Mail"]


def content(layout):
    lines = list(layout())
    delimiter = ";" if ";" in lines[0] else ","
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerow(next(csv.reader([lines[0]], delimiter=delimiter)))
    writer.writerows(lines[1:])
    return target.getvalue()


LAYOUTS = {"ServiceNow": servicenow, "Jira": jira, "GLPI": glpi, "OTRS": otrs}


@pytest.mark.parametrize("system", LAYOUTS)
def test_the_same_incidents_give_the_same_table_in_every_layout(system, folder):
    lab = open_engagement(folder.text(f"{system}.csv", content(LAYOUTS[system])).path)
    table = lab.tables.incidents.sort_values("incident_id", ignore_index=True)
    assert lab.open_questions.empty
    assert lab.summary.iloc[0]["note"].startswith(f"header in row 1; export of {system}")
    assert list(table["incident_id"]) == [row[0] for row in INCIDENTS]
    assert list(table["opened"]) == [row[1] for row in INCIDENTS]
    assert list(table["resolved"].dropna()) == [row[2] for row in INCIDENTS if row[2]]
    assert list(table["priority"]) == ["P1", "P2", "P3", "P4", "P5"]
    assert set(table["service"]) == {"Mail"}
    assert list(table["resolver_group"]) == [row[5] for row in INCIDENTS]
    assert list(table["state"]) == ["Closed"] * 4 + ["In progress"]
    expected = [not late(row) for row in INCIDENTS[:4]]
    assert list(table["sla_met"][:4]) == expected
    if system != "ServiceNow":  # its export holds no deadline that may be used: sla_due is of the old engine
        assert list(table["sla_met_recomputed"][:4]) == expected
    assert table["sla_met_recomputed"].isna()[4], "an open incident has no answer yet"
    assert not any("Ann" in str(value) for value in table.to_numpy().ravel()), "names of people are left out"


@pytest.mark.parametrize(
    ("export"),
    [pytest.param(each, id=f"{each.system}-{each.table}") for each in known_exports() if each.system != "Event log"],
)
def test_every_export_of_the_catalogue_is_recognised_by_its_own_headers(export):
    headers = tuple(export.headers)
    found = recognise(RawSheet(file="f.csv", name="f", rows=(headers,)))
    assert found is not None
    assert (found.table, found.system) == (export.table, export.system)


def test_a_number_that_rises_with_urgency_is_read_so_without_words(folder):
    rows = ("7;a;R;New;2024-01-13 08:00;5;No;x", "8;b;R;New;2024-01-13 09:00;1;No;x")
    lines = ("ID;Title;Entity;Status;Opening date;Priority;Time to resolve exceeded;Requester - Requester", *rows)
    lab = open_engagement(folder.text("g.csv", "\n".join(lines)).path)
    assert list(lab.tables.incidents["priority"]) == ["P1", "P5"]


def test_the_old_jira_scale_makes_critical_the_second_step(folder):
    rows = ["Issue key,Issue id,Issue Type,Status Category,Priority,Created"]
    rows += [f"K-{i},1,Incident,Done,{word},2024-01-13" for i, word in enumerate(("Blocker", "Critical", "Major"))]
    lab = open_engagement(folder.text("j.csv", "\n".join(rows)).path)
    assert list(lab.tables.incidents["priority"]) == ["P1", "P2", "P3"]


def test_a_remedy_report_keeps_its_marks_and_its_slm_words(folder):
    rows = [
        "Incident ID*+,Priority*,Status*,Reported Date+,Last Resolved Date,Assigned Group*+,SLM Real Time Status",
        "INC000000000001,High,Closed,2024-01-13 08:00:00,2024-01-13 09:00:00,Desk,Within the Service Target",
        "INC000000000002,Low,Closed,2024-01-13 08:00:00,2024-01-14 09:00:00,Desk,Service Targets Breached",
    ]
    lab = open_engagement(folder.text("r.csv", "\n".join(rows)).path)
    assert list(lab.tables.incidents["sla_met"]) == [True, False]
    assert list(lab.tables.incidents["priority"]) == ["P2", "P4"]
    assert "export of Remedy" in lab.summary.iloc[0]["note"]


def test_seconds_of_servicenow_and_hours_of_a_header_become_minutes(folder):
    rows = [
        "number,opened_at,made_sla,caller_id,assignment_group,business_duration",
        "INC0000001,2024-01-13 08:00:00,true,Ann,Desk,28800",
        'INC0000002,2024-01-13 08:00:00,true,Ann,Desk,"25 Days 21 Hours 1 Minute"',
    ]
    lab = open_engagement(folder.text("s.csv", "\n".join(rows)).path)
    assert list(lab.tables.incidents["elapsed_minutes"]) == [480, 25 * 1440 + 21 * 60 + 1]
    other = ["Ticket no,Opened,SLA target (hours)", "T1,2024-01-13 08:00,4"]
    found = recognise(RawSheet(file="o", name="o", rows=(tuple(other[0].split(",")),)))
    assert found.units == {"sla_target_minutes": "hours"}

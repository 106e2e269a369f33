"""A table of service-level clocks beside the tickets: which clock answers for a ticket, and what it says."""

import datetime as dt

import pandas as pd
import pytest

from auditlab.intake import open_engagement
from auditlab.intake.sla_clocks import CLOCK_WINS, FROM_CLOCK, NO_TICKET, SEVERAL, resolution_clocks
from auditlab.tables import as_canonical

INCIDENTS = [
    "number,opened_at,resolved_at,priority,state,assignment_group,made_sla",
    "INC0001,2024-01-13 08:00:00,2024-01-13 10:00:00,2 - High,7,Desk,true",
    "INC0002,2024-01-13 08:00:00,2024-01-14 10:00:00,2 - High,7,Desk,true",
    "INC0003,2024-01-13 08:00:00,,2 - High,2,Desk,true",
    "INC0004,2024-01-13 08:00:00,2024-01-13 09:00:00,2 - High,7,Desk,false",
]
FIELDS = (
    "task,sla,sla.target,sla.type,stage,has_breached,start_time,end_time,planned_end_time,business_duration,"
    "pause_duration,business_pause_duration"
)
START = "2024-01-13 08:00:00"
CLOCKS = [
    FIELDS,
    f"INC0001,High response,Response,SLA,Completed,true,{START},2024-01-13 09:30:00,2024-01-13 08:30:00,5400,,",
    f"INC0001,High resolution,Resolution,SLA,Completed,false,{START},2024-01-13 10:00:00,2024-01-13 16:00:00,7200,9,60",
    f"INC0001,Desk resolution,Resolution,OLA,Completed,true,{START},2024-01-13 10:00:00,2024-01-13 09:00:00,7200,,",
    f"INC0002,Low resolution,Resolution,SLA,Cancelled,false,{START},2024-01-13 08:05:00,2024-01-20 08:00:00,300,,",
    f"INC0002,High resolution,Resolution,SLA,Completed,true,{START},2024-01-14 10:00:00,2024-01-13 16:00:00,93600,,",
    f"INC0003,High resolution,Resolution,SLA,In progress,false,{START},,2024-04-30 16:00:00,60,,",
    f"INC0009,High resolution,Resolution,SLA,Completed,true,{START},2024-01-14 10:00:00,2024-01-13 16:00:00,93600,,",
]


@pytest.fixture
def lab(folder):
    folder.text("incident.csv", "\n".join(INCIDENTS)).text("task_sla.csv", "\n".join(CLOCKS))
    return open_engagement(folder.path)


def test_an_export_of_clocks_is_a_table_of_its_own_with_a_row_per_ticket_and_agreement(lab):
    line = lab.summary.set_index("file").loc["task_sla.csv"]
    assert (line["table"], line["seen"], line["loaded"]) == ("sla_clocks", 7, 7)
    assert "export of ServiceNow" in line["note"]
    assert f"1 {NO_TICKET}" in line["note"]
    assert lab.open_questions.empty
    assert len(lab.tables.incidents) == 4, "clocks are never joined one to one with tickets"


def test_the_clock_of_the_resolution_answers_and_not_those_of_response_team_or_a_cancelled_target(lab):
    met = lab.tables.incidents.set_index("incident_id")["sla_met"]
    assert met["INC0001"], "its response and the agreement between teams were late, its resolution was not"
    assert not met["INC0002"], "the clock that was cancelled when the priority changed says nothing"
    assert not met["INC0004"], "a ticket without a clock keeps its own flag"
    row = lab.tables.incidents.set_index("incident_id").loc["INC0001"]
    assert row["deadline"] == dt.datetime(2024, 1, 13, 16)
    assert (row["elapsed_minutes"], row["paused_minutes"]) == (120, 1), (
        "the pause within the service hours is preferred"
    )
    assert row["sla_met_recomputed"]


def test_a_clock_that_runs_has_no_answer_beyond_the_flag_of_the_ticket(lab):
    entries = lab.ledger[(lab.ledger["field"] == "sla_met") & (lab.ledger["file"] == "incident.csv")]
    assert not (entries["row"] == 4).any()
    assert lab.tables.incidents.set_index("incident_id").loc["INC0003", "sla_met_recomputed"] is pd.NA


def test_every_value_from_a_clock_is_in_the_ledger(lab):
    entries = lab.ledger[lab.ledger["rule"].isin([FROM_CLOCK, CLOCK_WINS])]
    told = set(zip(entries["row"], entries["field"], entries["old"], entries["new"], strict=True))
    assert (3, "sla_met", "TRUE", "FALSE") in told
    assert (2, "deadline", "", "2024-01-13 16:00:00") in told


def clocks(*rows):
    frame = pd.DataFrame(rows, columns=["record_id", "definition", "measures", "agreement", "stage", "clock_start"])
    return as_canonical(
        "sla_clocks", frame.assign(source_file="f", source_sheet="s", source_row=range(2, len(rows) + 2))
    )


DAY = pd.Timestamp(2024, 1, 1)


@pytest.mark.parametrize(
    ("rows", "definition", "several"),
    [
        ([("T", "A", None, None, "Completed", DAY)], "A", False),
        ([("T", "A", None, None, "Completed", DAY), ("T", "B resolution", None, None, None, DAY)], "B resolution", False),
        ([("T", "P2 fix", None, "SLA", None, DAY), ("T", "P1 fix", None, "SLA", None, DAY + pd.Timedelta(hours=1))],
         "P1 fix", True),
        ([("T", "Reaktionszeit", None, None, None, DAY), ("T", "Lösungszeit", None, None, None, DAY)], "Lösungszeit",
         False),
        ([("T", "Supplier", "Resolution", "Underpinning contract", None, DAY)], None, None),
        ([("T", "A", "Resolution", "SLA", "Cancelled", DAY)], None, None),
    ],
)  # fmt: skip
def test_which_clock_measures_the_resolution(rows, definition, several):
    found = resolution_clocks(clocks(*rows))
    assert list(found["definition"]) == ([definition] if definition else [])
    assert list(found["several"]) == ([several] if definition else [])


def test_several_clocks_of_one_resolution_are_marked(folder):
    extra = f"INC0001,Urgent resolution,Resolution,SLA,Completed,true,2024-01-13 08:30:00,{START},{START},1,,"
    folder.text("incident.csv", "\n".join(INCIDENTS)).text("task_sla.csv", "\n".join([*CLOCKS, extra]))
    lab = open_engagement(folder.path)
    assert list(lab.ledger.loc[lab.ledger["rule"] == SEVERAL, "old"]) == ["INC0001"]
    assert not lab.tables.incidents.set_index("incident_id").loc["INC0001", "sla_met"]


def test_clocks_with_labels_and_durations_in_words_are_recognised(folder):
    rows = [
        "Task,SLA definition,Target,Stage,Business elapsed time,Business elapsed percentage,Start time,Stop time,Has breached",
        'REQ0001,Fulfil,Resolution,Completed,"1 Day 2 Hours",80,2024-01-13 08:00:00,2024-01-14 10:00:00,false',
    ]
    requests = ["Request number,Opened,Closed", "REQ0001,2024-01-13 08:00:00,2024-01-14 10:00:00"]
    lab = open_engagement(folder.text("t.csv", "\n".join(rows)).text("r.csv", "\n".join(requests)).path)
    assert list(lab.tables.sla_clocks["clock_minutes"]) == [26 * 60]
    assert list(lab.tables.requests["sla_met"]) == [True]


def test_tickets_joined_with_their_clocks_are_one_row_each_with_the_clock_of_the_resolution(folder):
    start, end = "2024-01-13 08:00:00", "2024-01-13 10:00:00"
    rows = [
        "inc_number,inc_priority,inc_opened_at,inc_resolved_at,taskslatable_sla,taskslatable_stage,taskslatable_has_breached",
        f"INC1,2 - High,{start},{end},High response,Completed,true",
        f"INC1,2 - High,{start},{end},Low resolution,Cancelled,true",
        f"INC1,2 - High,{start},{end},High resolution,Completed,false",
        f"INC2,2 - High,{start},{end},High response,Completed,true",
        f"INC3,2 - High,{start},{end},High resolution,Completed,true",
    ]
    lab = open_engagement(folder.text("incident_sla.csv", "\n".join(rows)).path)
    line = lab.summary.iloc[0]
    assert line[["table", "seen", "loaded", "skipped"]].tolist() == ["incidents", 5, 3, 2]
    table = lab.tables.incidents.set_index("incident_id")
    assert table.loc["INC1", "sla_met"], "its response was late and its resolution was not"
    assert table.loc["INC2", "sla_met"] is pd.NA, "a clock of the response says nothing of the resolution"
    assert not table.loc["INC3", "sla_met"]
    rules = lab.ledger.loc[lab.ledger["action"] == "skipped", "rule"]
    assert "a further clock of INC1, folded into row 4" in set(rules)

"""Event logs: one row per update of a record, folded to one row per record."""

import pytest

from auditlab.intake import open_engagement

# The shape of a public ServiceNow event log (Amaral, Fantinato, Peres, UCI 2018); the rows are our own.
HEADERS = "number,incident_state,sys_mod_count,made_sla,opened_at,sys_updated_at,priority,resolved_at"
LOG = [
    "INC1,New,0,true,13/2/2024 01:16,13/2/2024 01:20,3 - Moderate,?",
    "INC1,Active,1,true,13/2/2024 01:16,13/2/2024 02:20,3 - Moderate,?",
    "INC2,New,0,true,14/2/2024 01:16,14/2/2024 01:20,1 - Critical,?",
    "INC1,Closed,10,false,13/2/2024 01:16,13/3/2024 01:20,3 - Moderate,13/2/2024 08:00",
    "INC2,Closed,2,true,14/2/2024 01:16,14/3/2024 01:20,1 - Critical,14/2/2024 08:00",
    "INC3,Closed,2,true,15/2/2024 01:16,15/3/2024 01:20,1 - Critical,15/2/2024 08:00",
    "INC1,Resolved,9,false,13/2/2024 01:16,13/2/2024 08:20,3 - Moderate,13/2/2024 08:00",
]


def test_an_event_log_is_folded_to_the_last_update_of_each_record(folder):
    lab = open_engagement(folder.text("log.csv", "\n".join([HEADERS, *LOG])).path)
    table = lab.tables.incidents
    assert list(table["incident_id"]) == ["INC1", "INC2", "INC3"]
    assert list(table["sla_met"]) == [False, True, True], "the mean over the rows would say 5 of 7"
    assert list(table["state"]) == ["Closed"] * 3
    line = lab.summary.iloc[0]
    assert line[["seen", "loaded", "skipped"]].tolist() == [7, 3, 4]
    folded = lab.ledger[lab.ledger["action"] == "skipped"].set_index("row")["rule"]
    assert folded[2] == "earlier update of INC1, folded into row 5"
    assert folded[8] == "earlier update of INC1, folded into row 5", "the counter decides, not the order of the rows"


def test_an_event_log_without_opening_gets_the_first_event_and_the_last_stay_in_a_final_state(folder):
    rows = [
        "Case ID,Activity,Complete Timestamp,Resource,org:group",
        "7,Open,2024-01-02 08:00:00,Ann,Desk",
        "7,Completed,2024-01-02 09:00:00,Ann,Desk",
        "7,In Progress,2024-01-02 10:00:00,Bob,Desk",
        "7,Completed,2024-01-02 11:00:00,Bob,Desk",
        "7,Closed,2024-01-09 11:00:00,Bob,Desk",
        "8,Open,2024-01-03 08:00:00,Bob,Network",
    ]
    lab = open_engagement(folder.text("bpi.csv", "\n".join(rows)).path)
    table = lab.tables.incidents
    assert [str(moment) for moment in table["opened"]] == ["2024-01-02 08:00:00", "2024-01-03 08:00:00"]
    assert str(table["resolved"][0]) == "2024-01-02 11:00:00"
    assert table["resolved"].isna()[1]


def test_a_file_with_few_repeated_numbers_is_no_event_log(folder):
    rows = [HEADERS] + [line.replace("INC1", f"INC1{number}") for number, line in enumerate(LOG)]
    rows = [row for row in rows if "INC2,New" not in row]
    lab = open_engagement(folder.text("log.csv", "\n".join(rows)).path)
    assert lab.summary.iloc[0]["skipped"] == 0


FAC = (
    '[mapping."fac.csv"."fac"]\ntable = "findings"\nfinding_id = "Auditee + Year + Ref"\naudit_id = "Auditee + Year"\n'
)
FAC += 'clause_as_cited = "Req"\ngrade = "Grade"\nstatement = "Text"\nauditor = "none"\n'


@pytest.fixture
def many_rows(folder):
    folder.settings('client = "C"\nas_of = 2024-03-31\n' + FAC)
    rows = ["Auditee,Year,Award,Ref,Req,Grade,Text"]
    rows += [f"77,2022,A{award},{ref},9.2,minor,words" for ref in ("001", "002") for award in range(3)]
    return folder.text("fac.csv", "\n".join([*rows, "77,2022,A9,002,9.2,major,words"])).path


def test_one_finding_on_many_rows_counts_once_under_a_key_of_three_columns(many_rows):
    lab = open_engagement(many_rows, editions={"77/2022": "2018"})
    assert list(lab.tables.findings["finding_id"]) == ["77/2022/001", "77/2022/002"]
    line = lab.summary.iloc[0]
    assert line[["seen", "loaded", "rejected", "skipped"]].tolist() == [7, 2, 1, 4]
    assert lab.open_questions["question"].tolist() == ["duplicate/fac.csv/fac/77/2022/002"], "a differing row is asked"


def test_an_update_without_its_number_is_never_taken_for_the_last(folder):
    updates = [
        f"INC{ticket},{state},{count},true,13/2/2024 01:16,13/2/2024 0{count}:20,3 - Moderate,?"
        for ticket in range(1, 6)
        for count, state in enumerate(["New", "Active", "Closed"])
    ]
    lost = "INC1,New,,true,13/2/2024 01:16,13/2/2024 01:20,3 - Moderate,?"
    lab = open_engagement(folder.text("log.csv", "\n".join([HEADERS, *updates, lost])).path)
    assert set(lab.tables.incidents["state"]) == {"Closed"}
    assert lab.summary.iloc[0][["seen", "loaded", "skipped"]].tolist() == [16, 5, 11]

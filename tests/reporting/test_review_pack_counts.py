"""The pack counts what it leaves out, names majors, and tells nothing twice."""

import pandas as pd
from reported_engagement import made, small_lab, small_tables, with_empty_register

from auditlab import reporting
from auditlab.reporting.management_review import INPUTS, NOT_KNOWN


def pack(lab):
    report, series = made(lab), reporting.measured_series(lab)
    story = reporting.follow_up_story(lab, report, series)
    own = reporting.own_party(lab, report, story, reporting.performance(lab, series), series)
    return own.pack, story


def said(table, name):
    return table.loc[table["input"] == INPUTS[name], "sentence"].tolist()


def thirty(**own):
    """Thirty nonconformities of the last audit, the first of them a major, and an action on none of them."""
    clauses = ["8.5.1", "9.2", "10.1", "4.1"]
    rows = [
        {"finding_id": f"N{n}", "audit_id": "AU-3", "site": "A", "clause": clauses[n % 4], "edition": "2018",
         "clause_as_cited": clauses[n % 4], "grade": "minor" if n else "major", "statement": f"Statement {n}"}
        for n in range(30)
    ]  # fmt: skip
    actions = pd.DataFrame({"finding_id": ["Z1"], "due_original": ["2024-09-01"], "completed": ["2024-08-01"],
                            "verified": ["2024-08-09"]})  # fmt: skip
    return small_lab(findings=pd.DataFrame(rows), corrective_actions=actions, **own)


def test_nonconformities_without_an_action_are_counted_and_majors_lead_what_is_to_settle():
    table, story = pack(thirty())
    assert said(table, "earlier_actions") == [
        "Without a verified action: 1 major nonconformity: N0 at A (no action recorded).",
        "0 actions open, 0 overdue, 0 without a due date; 30 nonconformities without an action on record.",
    ]
    assert story.plan["finding_id"].iloc[0] == "N0"


def test_results_of_audits_name_majors_and_clauses_in_their_order_and_are_not_cut():
    table, _ = pack(thirty())
    assert said(table, "audit_results") == [
        "1 major nonconformity and 29 minor nonconformities in clauses 4, 8.5, 9, 10; 0 strengths.",
        "Major: N0 (8.5.1 at A).",
    ]


def test_without_registers_the_pack_says_not_known():
    table, _ = pack(small_lab(findings=pd.DataFrame()))
    assert said(table, "audit_results") == [
        "What the audit found is not known: no register of findings was handed over."
    ]
    table, _ = pack(small_lab(corrective_actions=pd.DataFrame()))
    assert said(table, "earlier_actions")[-1] == (
        "What was done about 5 nonconformities is not known: no register of actions was handed over."
    )


def test_nothing_left_to_follow_up_is_a_result_and_not_nothing_on_record():
    settled = pd.DataFrame(
        {"finding_id": ["F2"], "due_original": "2022-06-01", "completed": "2022-05-01", "verified": "2022-05-20"}
    )
    findings = small_tables()["findings"]
    lab = small_lab(findings=findings[findings["finding_id"] == "F2"], corrective_actions=settled)
    assert said(pack(lab)[0], "earlier_actions") == [
        "None of 1 action on record is open, unverified or waiting to be examined."
    ]
    nothing = small_lab(findings=pd.DataFrame(), corrective_actions=pd.DataFrame())
    assert said(pack(nothing)[0], "earlier_actions") == [NOT_KNOWN]
    known = with_empty_register(nothing, "corrective_actions")
    assert said(pack(known)[0], "earlier_actions") == ["The register of actions holds none on a nonconformity."]


def test_an_overdue_action_without_its_finding_is_counted_in_the_pack():
    actions = small_tables()["corrective_actions"]
    late = pd.DataFrame({"finding_id": ["ZZ9"], "due_original": ["2023-09-01"]})
    table, _ = pack(small_lab(corrective_actions=pd.concat([actions, late])))
    told = said(table, "earlier_actions")
    assert told[0] == "2 actions open, 1 overdue, 1 without a due date."
    assert told[1] == "Longest overdue: ZZ9, its finding not in the register (395 days)."


def test_the_end_of_a_contract_stands_once_and_what_is_left_out_is_counted():
    end = "2024-10-31"
    changes = pd.DataFrame(
        {"change": ["Contract with X ends, follow-up open", "NOC moved", "New tool", "New owner"],
         "date": [end, "2024-08-01", "2024-08-02", "2024-08-03"], "supplier": ["X", None, None, None],
         "clause": ["8.3.4", None, None, None]}
    )  # fmt: skip
    contracts = pd.DataFrame({"contract_id": ["C1", "C2"], "supplier": ["X", "Y"], "end": [end, end]})
    table, _ = pack(small_lab(org_changes=changes, contracts=contracts))
    told = said(table, "changes")
    assert len(told) == 4
    assert told[-1] == "2 more in the workbook."
    assert sum("X" in line for line in told) == 1
    assert not any("C1" in line for line in told)


def test_missed_objectives_come_first_and_are_counted():
    objectives = pd.DataFrame(
        {"objective": ["Good", "Quick"], "clause": ["8.7.1", "8.6.1"], "service": ["S1", "S2"],
         "measure": ["Availability", "Median time to restore"], "target": ["99 %", "4 h"], "actual": ["99.9 %", "5.1 h"],
         "measured": ["2024-08-31", "2024-08-31"]}
    )  # fmt: skip
    table, _ = pack(small_lab(objectives=objectives))
    assert said(table, "objectives") == [
        "2 of 2 objectives measured, 1 missed.",
        "Quick: 5.1 h against a target of 4 h: missed (2024-08-31).",
        "Good: 99.9 % against a target of 99 %: reached (2024-08-31).",
    ]

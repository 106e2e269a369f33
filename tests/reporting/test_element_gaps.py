"""An element that the records fill in part says what is missing in it, and counts as missing."""

import pandas as pd
from reported_engagement import PLAN, made, small_lab, small_tables

from auditlab import reporting
from auditlab.reporting.elements import missing_elements


def missing_of(report, element):
    own = report.elements[(report.elements["element"] == element) & (report.elements["origin"] == "missing")]
    return list(own["text"])


def limits(report):
    return reporting.report_headlines(report)["sentence"].iloc[-1]


def test_a_scope_without_services_and_processes_is_incomplete():
    report = made(small_lab(services=pd.DataFrame()))
    assert missing_of(report, "scope") == [
        "Missing. Name the services in scope.",
        "Missing. Name the organisational units and processes in scope.",
    ]
    assert "scope with units and processes, and the time" in missing_elements(report.elements)
    undated = small_tables()["audits"].assign(auditor_days=None)
    assert missing_of(made(small_lab(audits=undated)), "scope")[-1] == "Missing. State the time of the audit."


def test_what_people_state_of_the_scope_fills_it():
    report = made(small_lab(report={"elements": {"scope": ("Operations and the desk, all processes.",)}}))
    assert missing_of(report, "scope") == []


def test_a_team_of_codes_alone_is_incomplete():
    assert missing_of(made(small_lab()), "team") == ["Missing. Name the team with roles, and who else took part."]
    assert missing_of(made(small_lab(report={"elements": {"team": ("P. Person, leader.",)}})), "team") == []


def test_nonconformities_without_evidence_are_a_gap_that_no_sentence_fills():
    findings = small_tables()["findings"].assign(evidence=None)
    report = made(small_lab(findings=findings, report={"elements": {"findings": ("All is well.",)}}))
    assert missing_of(report, "findings") == ["Missing. Without an evidence reference: 1 of 1 nonconformity (F5)."]
    assert "the evidence of 1 of 1 nonconformity" in limits(report)
    assert missing_of(made(small_lab()), "findings") == []


def test_areas_and_deviations_without_a_reason_are_gaps():
    report = made(small_lab(), *PLAN)
    assert missing_of(report, "not_covered") == ["Missing. 3 areas not covered without a reason."]
    assert "the reasons of 3 areas not covered" in limits(report)
    assert {"areas not covered with reasons", "deviations from the plan with reasons"} <= set(
        missing_elements(report.elements)
    )


def test_an_element_with_several_gaps_counts_once_and_a_filled_one_not_at_all():
    def number(report):
        return reporting.report_headlines(report)["value"].iloc[-1]

    usual = made(small_lab())
    reasons = {"8.4.1": "later", "8.4.2": "later", "site B": "next year"}
    told = made(small_lab(report={"not_covered": reasons}))
    assert number(usual) == len(set(usual.elements.loc[usual.elements["origin"] == "missing", "element"]))
    assert number(told) == number(usual) - 1
    assert "areas not covered" not in limits(told)

"""Without a register of findings nobody knows what was found; one that holds none is an answer."""

from dataclasses import replace
from functools import cache

import pandas as pd
from reported_engagement import PLAN, made, small_lab, small_tables, with_empty_register

from auditlab import publish, reporting
from auditlab.publish.page import Page
from auditlab.reporting.elements import missing_elements
from auditlab.reporting.expectation import agreement


@cache
def unknown():
    return made(small_lab(party="third", findings=pd.DataFrame()), *PLAN)


@cache
def none_found():
    return made(with_empty_register(small_lab(party="third", findings=pd.DataFrame())), *PLAN)


def test_what_was_found_is_not_known_and_no_count_or_rate_says_none():
    facts = reporting.report_headlines(unknown())
    told = " ".join(facts["sentence"])
    assert "What AU-3 found is not known: no register of findings was handed over." in told
    assert "There is no rate of nonconformities: no register of findings was handed over." in told
    assert "recorded 0" not in told
    assert "There is no nonconformity" not in told
    assert facts["value"].iloc[[2, 3, 4]].isna().all()


def test_findings_and_verification_are_missing_elements():
    absent = missing_elements(unknown().elements)
    assert {"findings, evidence and conclusions", "verification of earlier corrective actions"} <= set(absent)
    own = unknown().elements.set_index("element").loc["findings"]
    assert (own["origin"], own["setting"]) == ("missing", "the register of findings")


def test_an_examined_area_is_not_said_to_be_free_of_nonconformities():
    areas = unknown().areas
    assert set(areas["said"]) == {"examined; what was found is not known"}
    assert areas[["major", "minor", "ofi", "observation", "strength"]].isna().all(axis=None)


def test_expected_is_not_compared_with_what_nobody_knows():
    assert agreement(unknown().expected) == (0, None, 0)
    assert unknown().expected["found"].isna().all()
    assert unknown().parts["n"].sum() == 0
    assert "What was found is not known, so what was expected" in " ".join(
        reporting.report_headlines(unknown())["sentence"]
    )


def test_a_register_without_a_finding_says_that_none_was_recorded():
    told = " ".join(reporting.report_headlines(none_found())["sentence"])
    assert "AU-3 recorded 0 major nonconformities, 0 minor nonconformities" in told
    assert "0.00 nonconformities per auditor-day" in told
    assert "findings, evidence and conclusions" not in missing_elements(none_found().elements)
    assert none_found().areas["major"].sum() == 0
    assert agreement(none_found().expected).found == 0


def test_a_register_whose_rows_were_all_rejected_is_not_empty():
    rejected = pd.DataFrame([{"table": "findings", "seen": 3, "loaded": 0, "rejected": 3, "duplicate": 0}])
    lab = replace(small_lab(findings=pd.DataFrame()), summary=rejected)
    assert not lab.tells("findings")
    assert with_empty_register(lab).tells("findings")
    assert small_lab().tells("findings")


def test_the_page_calls_an_empty_register_no_gap(tmp_path, monkeypatch):
    shown = []

    def record(_page, what, **_rest):
        shown.append(what)

    monkeypatch.setattr(Page, "say", record)
    monkeypatch.setattr(Page, "unknown", record)
    for lab in (with_empty_register(small_lab(findings=pd.DataFrame())), small_lab(findings=pd.DataFrame())):
        publish.open_page(lab, "audit_report", output_dir=tmp_path).not_handed_over("findings")
    assert shown[0] == "The table 'findings' was handed over and holds no record: there is none."
    assert shown[1].startswith("What was found: rates")


def test_a_site_that_was_planned_and_not_examined_is_not_said_to_be_audited():
    audits = small_tables()["audits"].assign(sites="A, B")
    report = made(small_lab(audits=audits))
    assert "; planned at A, B; examined at A" in reporting.report_headlines(report)["sentence"].iloc[0]
    own = report.elements.set_index("element").loc["dates_places", "text"]
    assert own == "2024-03-05 to 2024-03-06 planned at A, B; examined at A."


def test_tables_without_a_row_tell_that_no_register_was_handed_over():
    told = reporting.why_empty(unknown().audit)
    assert told["report_sections"] == "Not known: no register of findings was handed over."
    assert reporting.why_empty(none_found().audit) == {}

"""Wording that reads like a nonconformity, and strengths."""

import pandas as pd
import pytest

from auditlab import history


@pytest.mark.parametrize(
    "statement",
    [
        "No evidence of classification for six changes; approvals missing",
        "The plan was not tested",
        "Records are not available for March",
        "Supplier failed to report",
        "Two services lack an owner",
        "Kein Nachweis der Freigabe",
        "Absence d'enregistrement",
        "Sin evidencia de revisión",
        "Report could be shorter. No records of the review",
    ],
)
def test_wording_of_a_nonconformity_is_recognised(statement):
    assert history.nonconformity_wording(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SLA review could include workload trend",
        "Report could name missing tickets",
        "Consider headroom thresholds",
        "Management representative also leads internal audit",
        "Interested party list is long and unranked",
        "Könnte um fehlende Angaben ergänzt werden",
        "",
        None,
    ],
)
def test_wording_of_an_improvement_is_left_alone(statement):
    assert history.nonconformity_wording(statement) == ()


def test_no_harmless_improvement_or_observation_of_the_register_is_listed(golden):
    review = history.grade_review(golden.findings, golden.chains)
    assert set(review["finding_id"]) == {"F054", "F055"}
    assert set(review["grade"]) == {"ofi"}


def test_a_finding_with_two_reasons_has_two_rows(golden):
    findings = golden.findings.copy()
    findings.loc[findings["finding_id"] == "F055", "statement"] = "No evidence of a review"
    review = history.grade_review(findings, golden.chains)
    assert list(review["finding_id"]) == ["F054", "F055", "F055"]


def test_nothing_in_gives_nothing_out(nothing):
    assert history.grade_review(nothing.findings, nothing.chains).empty
    assert history.strengths(nothing.findings, nothing.examined).empty


def test_a_strength_followed_by_a_nonconformity_shows_it(golden):
    later = golden.findings[golden.findings["finding_id"] == "F052"].assign(finding_id="F900", clause="8.6.2", site="A")
    findings = pd.concat([golden.findings, later], ignore_index=True)
    found = history.strengths(findings, golden.examined).set_index("finding_id").loc["F049"]
    assert found["later_nc"] == "F900"
    assert "a nonconformity followed" in found["note"]


def test_a_strength_that_cites_several_clauses_is_shown_at_each(golden):
    strength = golden.findings[golden.findings["finding_id"] == "F049"].assign(clauses="8.6.2 9.1")
    listed = history.strengths(strength, golden.examined)
    assert listed["finding_id"].to_list() == ["F049", "F049"]
    assert listed["clause"].to_list() == ["8.6.2", "9.1"]


def test_a_strength_not_examined_since_says_so(golden):
    found = history.strengths(golden.findings, golden.examined).set_index("finding_id").loc["F060"]
    assert found["examinations_since"] == 0
    assert found["note"] == "not examined since"


def test_without_dates_nothing_is_known_of_what_followed_a_strength(golden, nothing):
    listed = history.strengths(golden.findings, nothing.examined)
    assert listed["examinations_since"].isna().all()
    assert listed["later_nc"].isna().all()
    assert set(listed["note"]) == {"not known what followed"}

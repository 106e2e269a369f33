"""The planted facts (PF) and negative controls (NC) of the golden engagement that history answers.

Source of all numbers: the worked example this project is built against; counts were made by hand
there, intervals are Clopper-Pearson and exact Poisson at 95 %.
"""

import pandas as pd
import pytest

from auditlab import history

AS_OF = pd.Timestamp("2024-03-31")


def chain(golden, clause: str, site: str = "", view: str = "site") -> pd.Series:
    chains = golden.chains
    found = chains[(chains["view"] == view) & (chains["clause"] == clause) & (chains["site"] == site)]
    assert len(found) == 1
    return found.iloc[0]


def action(golden, finding: str) -> pd.Series:
    return golden.status.set_index("finding_id").loc[finding]


def rate(golden, measure: str) -> pd.Series:
    return history.corrective_action_rates(golden.status).set_index("measure").loc[measure]


def test_change_approval_at_b_came_back_in_three_of_three_examinations_across_editions(golden):
    """PF-01."""
    found = chain(golden, "8.5.1", "B")
    assert found["findings"] == "F001 F015 F039"
    assert (found["examinations"], found["audits_with_nc"]) == (3, 3)
    assert found["editions"] == "2011 2018"
    assert found["cross_edition"]
    assert found["service"] == "S3"
    assert "3 of 3 examinations; across editions 2011 and 2018, compared at 8.5.1" in found["note"]
    assert "consider systemic (a person grades; no automatic upgrade)" in found["note"]


def test_an_action_verified_as_effective_was_repeated_after_256_days(golden):
    """PF-02."""
    found = action(golden, "F015")
    assert (found["effectiveness"], found["repeat_finding"]) == ("repeat", "F039")
    assert (found["days_to_repeat"], found["days_to_repeat_from_completion"]) == (256, 277)
    assert found["effective_declared"]
    assert found["note"] == "verified effective, repeated after 256 days from verification (277 from completion)"


def test_eleven_of_twenty_four_actions_examined_again_saw_no_repeat(golden):
    """PF-03."""
    assert golden.status["effectiveness"].value_counts().to_dict() == {
        "repeat": 13,
        "effective": 11,
        "not_tested": 4,
        "invalid": 1,
    }
    found = rate(golden, "effectiveness")
    assert (found["k"], found["n"]) == (11, 24)
    assert (found["low"], found["high"]) == (pytest.approx(0.2555, abs=5e-4), pytest.approx(0.6718, abs=5e-4))
    not_tested = golden.status[golden.status["effectiveness"] == "not_tested"]
    assert list(not_tested["finding_id"]) == ["F024", "F040", "F043", "F051"]
    assert rate(golden, "declared_effective")["rate"] == 1


def test_three_actions_are_overdue_one_is_not_due_and_one_has_no_date(golden):
    """PF-04."""
    overdue = golden.status.dropna(subset=["days_overdue"]).set_index("finding_id")["days_overdue"]
    assert overdue.to_dict() == {"F039": 548, "F045": 456, "F050": 152}
    assert action(golden, "F052")["status"] == "open not due"
    assert action(golden, "F053")["status"] == "open no due date"
    assert (rate(golden, "overdue_open")["k"], rate(golden, "undated")["k"]) == (3, 1)


def test_timeliness_counts_open_actions_and_shows_the_closed_only_share_as_misleading(golden):
    """PF-05."""
    late = golden.status.dropna(subset=["late_days"])
    assert list(late["finding_id"]) == ["F006", "F018", "F041"]
    found, closed = rate(golden, "on_time"), rate(golden, "on_time_closed_only")
    assert (found["k"], found["n"], closed["k"], closed["n"]) == (25, 31, 25, 28)
    assert (found["low"], found["high"]) == (pytest.approx(0.6253, abs=5e-4), pytest.approx(0.9255, abs=5e-4))
    assert closed["note"].startswith("misleading")


def test_the_four_findings_at_b_that_nobody_followed_up_come_first(golden):
    """PF-06."""
    listed = golden.to_follow_up
    assert list(listed["finding_id"][:4]) == ["F039", "F040", "F043", "F045"]
    assert set(listed["reason"][:4]) == {"site not visited since the finding"}
    assert {"F050", "F051", "F052", "F053"} <= set(listed["finding_id"])
    gap = golden.checks.set_index(["rule", "subject"]).loc[("earlier_findings_reviewed", "AU-4 site B")]
    assert (gap["required"], gap["found"], gap["holds"]) == (4, 0, False)
    assert "F039 F040 F043 F045" in gap["note"]


def test_site_b_was_last_visited_655_days_ago(golden):
    """PF-07."""
    visits = history.site_visits(golden.audits, golden.examined, sites="ABC", as_of=AS_OF).set_index("site")
    assert visits.loc["B", "days_since"] == 655
    assert visits.loc["B", "months_since"] == 21.5
    assert visits.loc["B", "last_visit"] == pd.Timestamp("2022-06-15")


def test_thirty_of_189_cells_are_untouched_in_this_cycle(golden):
    """PF-08."""
    untouched = golden.cells[golden.cells["state"] == "untouched"]
    assert len(golden.cells) == 189
    assert untouched["site"].value_counts().to_dict() == {"B": 13, "C": 10, "A": 7}
    at_a = list(untouched.loc[untouched["site"] == "A", "clause"])
    assert at_a == ["8.2.2", "8.2.5", "8.4.1", "8.4.2", "8.5.2.1", "8.5.2.2", "8.5.2.3"]
    assert set(untouched["last_audit"]) == {"AU-2"}


def test_nine_of_nineteen_eligible_cells_are_recurrent(golden):
    """PF-09."""
    summary = history.recurrence_summary(golden.chains).set_index("view").loc["site"]
    assert (summary["cells"], summary["n"], summary["k"]) == (20, 19, 9)
    site_view = golden.chains[golden.chains["view"] == "site"]
    recurrent = site_view[site_view["recurrent"]]
    cells = set(zip(recurrent["clause"], recurrent["site"], strict=True))
    expected = "8.2.6 B, 8.2.6 C, 8.3.4 A, 8.5.1 B, 8.6.1 A, 8.6.1 C, 8.6.3 B, 8.7.2 A, 9.2 A"
    assert cells == {tuple(cell.split()) for cell in expected.split(", ")}
    assert not chain(golden, "8.2.2", "A")["eligible"]


def test_the_organisation_view_shows_what_no_single_site_shows(golden):
    """PF-10."""
    configuration = chain(golden, "8.2.6", view="organisation")
    assert (configuration["audits_with_nc"], configuration["examinations"]) == (4, 4)
    assert configuration["findings"] == "F006 F020 F043 F053"
    incidents = chain(golden, "8.6.1", view="organisation")
    assert (incidents["audits_with_nc"], incidents["examinations"]) == (4, 4)
    at_sites = golden.chains[(golden.chains["view"] == "site") & (golden.chains["clause"] == "8.2.6")]
    assert at_sites["audits_with_nc"].max() == 2


def test_incidents_at_a_are_the_same_clause_but_possibly_another_issue(golden):
    """PF-11."""
    found = chain(golden, "8.6.1", "A")
    assert found["same_issue"] == "confirm"
    assert "same clause, possibly different issue" in found["note"]
    assert "a person confirms" in found["note"]


@pytest.mark.parametrize(("clause", "examinations"), [("7.6", 3), ("8.2.2", 1), ("6.1", 3)])
def test_clauses_new_in_2018_have_no_exposure_in_the_audit_against_2011(golden, clause, examinations):
    """PF-12."""
    found = chain(golden, clause, "A")
    assert found["examinations"] == examinations
    assert (found["audits"], found["editions"]) == ("AU-2", "2018")
    assert "new in 2018" in found["note"]
    assert "AU-1" not in set(golden.examined.loc[golden.examined["key"] == clause, "audit_id"])


def test_three_supplier_nonconformities_end_in_a_softer_improvement(golden):
    """PF-13."""
    found = chain(golden, "8.3.4", "A")
    assert found["findings"] == "F005 F021 F042"
    assert found["softened_to"] == "F055"
    assert found["cross_edition"]
    review = history.grade_review(golden.findings, golden.chains).set_index("finding_id")
    assert review.loc["F055", "matched"] == "F005 F021 F042"


def test_an_improvement_that_reads_like_a_nonconformity_is_listed_and_not_counted(golden):
    """PF-14."""
    review = history.grade_review(golden.findings, golden.chains).set_index("finding_id")
    assert list(review.index) == ["F054", "F055"]
    assert "reads like a nonconformity" in review.loc["F054", "reason"]
    assert review.loc["F054", "matched"] == "No evidence; missing"
    assert not golden.chains["findings"].str.contains("F054").any()


def test_internal_audit_came_back_at_a_while_b_has_not_been_visited(golden):
    """PF-27."""
    found = chain(golden, "9.2", "A")
    assert found["findings"] == "F002 F016 F050"
    assert (found["audits_with_nc"], found["examinations"]) == (3, 4)
    visits = history.site_visits(golden.audits, golden.examined, sites="ABC", as_of=AS_OF).set_index("site")
    assert visits.loc["B", "days_since"] == visits["days_since"].max()


def test_strengths_are_listed_and_have_no_rate(golden):
    """PF-28."""
    listed = history.strengths(golden.findings, golden.examined).set_index("finding_id")
    assert list(listed.index) == ["F014", "F037", "F038", "F049", "F060"]
    assert (listed.loc["F049", "clause"], listed.loc["F060", "clause"]) == ("8.6.2", "8.7.1")
    assert set(listed["later_nc"]) == {""}
    assert "strength" not in set(golden.rates["grade_group"])


AUDIT_RATES = [
    ("AU-1", 8, [2.00, 0.86, 3.94]),
    ("AU-2", 15, [1.88, 1.05, 3.09]),
    ("AU-3", 7, [2.00, 0.80, 4.12]),
    ("AU-4", 4, [1.14, 0.31, 2.93]),
]


@pytest.mark.parametrize(("audit", "n", "limits"), AUDIT_RATES)
def test_nonconformities_per_auditor_day_have_exact_poisson_intervals(golden, audit, n, limits):
    """NC-01, the rates."""
    rates = golden.rates
    found = rates[(rates["scope"] == "audit") & (rates["audit_id"] == audit) & (rates["grade_group"] == "nc")].iloc[0]
    assert found["n"] == n
    assert [found["rate"], found["low"], found["high"]] == pytest.approx(limits, abs=0.006)


def test_audits_cannot_be_told_apart_per_auditor_day(golden):
    """NC-01: 15 to 4 is no fall."""
    compared = history.rate_comparisons(golden.rates).set_index(["comparison", "subject"])
    test = compared.xs("audits_homogeneous").iloc[0]
    assert (test["statistic"], test["df"]) == (pytest.approx(1.04, abs=0.005), 3)
    assert test["p"] == pytest.approx(0.79, abs=0.005)
    assert "cannot tell them apart" in test["note"]
    assert compared.loc[("audit_against_rest", "AU-4"), "p"] == pytest.approx(0.38, abs=0.005)


def test_the_site_with_most_nonconformities_has_the_highest_exposure_and_rates_overlap(golden):
    """NC-02."""
    rates = golden.rates
    sites = rates[(rates["scope"] == "site") & (rates["grade_group"] == "nc")].set_index("site")
    assert sites["n"].to_dict() == {"A": 18, "B": 10, "C": 6}
    assert sites["auditor_days"].to_dict() == pytest.approx({"A": 10.5, "B": 5.0, "C": 3.5})
    assert list(sites["rate"]) == pytest.approx([1.71, 2.00, 1.71], abs=0.006)
    compared = history.rate_comparisons(rates)
    pairs = compared[compared["comparison"] == "site_against_site"]
    assert len(pairs) == 3
    assert pairs["intervals_overlap"].all()


def test_an_auditor_who_led_one_audit_gets_no_estimate(golden):
    """NC-03."""
    compared = history.auditor_comparison(golden.findings, golden.audits).set_index("auditor")
    third = compared.loc["auditor 3"]
    assert [third["nc"], third["ofi"], third["rest_nc"], third["rest_ofi"]] == [4, 6, 30, 12]
    assert third["p"] == pytest.approx(0.08, abs=0.005)
    assert not third["identifiable"]
    assert pd.isna(third["odds_ratio"])
    assert "fully confounded" in third["note"]
    assert not compared["identifiable"].any()


def test_a_site_that_was_not_visited_has_no_count_and_no_rate(golden):
    """NC-08."""
    rates = golden.rates
    at_b = rates[(rates["scope"] == "audit_site") & (rates["audit_id"] == "AU-4") & (rates["site"] == "B")]
    assert at_b["n"].isna().all()
    assert at_b["rate"].isna().all()
    assert set(at_b["note"]) == {"not visited"}

"""Findings per auditor-day and their comparison."""

import dataclasses

import pandas as pd

from auditlab import history
from auditlab.tables import as_canonical, empty_table


def row(rates, **where):
    for column, value in where.items():
        rates = rates[rates[column].isna() if value is None else rates[column] == value]
    assert len(rates) == 1
    return rates.iloc[0]


def test_without_findings_no_count_is_shown_as_zero(golden, nothing):
    rates = history.finding_rates(nothing.findings, golden.audits, golden.coverage)
    assert rates["n"].isna().all()
    assert set(rates["note"]) == {"no findings were handed over"}


def test_without_auditor_days_and_minutes_there_is_no_rate(golden):
    audits = golden.audits.assign(auditor_days=float("nan"))
    rates = history.finding_rates(golden.findings, audits, empty_table("coverage"))
    assert rates["rate"].isna().all()
    assert row(rates, scope="audit", audit_id="AU-2", grade_group="nc")["n"] == 15
    assert "auditor-days not known" in row(rates, scope="all", grade_group="nc")["note"]


def test_auditor_days_come_from_coverage_where_the_audit_does_not_state_them(golden, nothing):
    rates = history.finding_rates(golden.findings, nothing.audits, golden.coverage)
    assert row(rates, scope="audit", audit_id="AU-2", grade_group="nc")["auditor_days"] == 8.0


def test_without_coverage_the_days_at_a_site_are_not_known(golden):
    rates = history.finding_rates(golden.findings, golden.audits, empty_table("coverage"))
    site = row(rates, scope="site", site="A", grade_group="nc")
    assert site["n"] == 18
    assert pd.isna(site["rate"])
    assert "not known in AU-1, AU-2, AU-3, AU-4" in site["note"]


def test_the_only_site_of_an_audit_has_all_its_days(golden):
    audits = golden.audits.assign(sites="A")
    found = row(
        history.finding_rates(golden.findings, audits, empty_table("coverage")),
        scope="audit_site",
        audit_id="AU-1",
        site="A",
        grade_group="nc",
    )
    assert (found["auditor_days"], found["exposure"]) == (4.0, "inferred")


def test_findings_where_nobody_is_said_to_have_been_are_counted_without_a_rate(golden):
    stray = golden.findings.iloc[[0]].assign(finding_id="F900", audit_id="AU-4", site="B")
    rates = history.finding_rates(pd.concat([golden.findings, stray]), golden.audits, golden.coverage)
    found = row(rates, scope="audit_site", audit_id="AU-4", site="B", grade_group="nc")
    assert found["n"] == 1
    assert pd.isna(found["rate"])
    assert "do not list a visit" in found["note"]


def test_an_audit_of_unknown_scope_makes_site_rates_unknown(golden):
    audits = golden.audits.assign(sites=None)
    coverage = golden.coverage[golden.coverage["audit_id"] != "AU-4"]
    rates = history.finding_rates(golden.findings, audits, coverage)
    assert "not known in AU-4" in row(rates, scope="site", site="B", grade_group="nc")["note"]
    assert (
        "not known which sites" in row(rates, scope="audit_site", audit_id="AU-4", site="B", grade_group="nc")["note"]
    )


def test_an_audit_without_rows_in_the_register_says_so(golden):
    findings = golden.findings[golden.findings["audit_id"] != "AU-4"]
    found = row(
        history.finding_rates(findings, golden.audits, golden.coverage),
        scope="audit",
        audit_id="AU-4",
        grade_group="nc",
    )
    assert found["n"] == 0
    assert "no row in the register" in found["note"]


def test_a_longer_auditor_day_means_fewer_days_at_a_site(golden):
    rates = history.finding_rates(golden.findings, golden.audits, golden.coverage, auditor_day_hours=10)
    assert row(rates, scope="site", site="B", grade_group="nc")["auditor_days"] == 4.0


def test_nothing_in_gives_nothing_out(nothing):
    rates = nothing.rates
    assert rates["n"].isna().all()
    assert history.rate_comparisons(rates).empty
    assert history.auditor_comparison(nothing.findings, nothing.audits).empty


def test_comparisons_say_how_many_tests_were_made(golden):
    compared = history.rate_comparisons(golden.rates)
    assert set(compared.loc[compared["comparison"] == "audit_against_rest", "tests"]) == {4}


def test_two_auditors_who_met_the_same_circumstances_are_compared(golden):
    twins = as_canonical(
        "audits",
        pd.DataFrame(
            {
                "audit_id": ["AU-1", "AU-2", "AU-3", "AU-4"],
                "type": "internal",
                "sites": "A, B",
                "start": ["2022-01-10", "2022-03-10", "2022-05-10", "2022-07-10"],
                "lead": ["P", "P", "Q", "Q"],
            }
        ),
    )
    compared = history.auditor_comparison(golden.findings, twins)
    assert compared["identifiable"].all()
    assert compared["odds_ratio"].notna().all()
    assert (compared["low"] < compared["odds_ratio"]).all()


def test_auditors_appear_as_codes_only(golden):
    audits = golden.audits.assign(lead=["Petra Quist", "Petra Quist", "Rolf Anders", "Sina Bohl"])
    compared = history.auditor_comparison(golden.findings, audits)
    assert list(compared["auditor"]) == ["auditor 1", "auditor 2", "auditor 3"]
    assert not any(name in compared.to_csv() for name in ("Petra", "Quist", "Rolf", "Sina"))


def test_the_number_of_audits_led_is_shown_and_never_which(golden):
    compared = history.auditor_comparison(golden.findings, golden.audits)
    assert list(compared["audits"]) == [2, 1, 1]
    assert "AU-" not in compared.to_csv()


def test_without_audits_no_auditor_is_known(golden, nothing):
    assert history.auditor_comparison(golden.findings, nothing.audits).empty
    assert history.auditor_comparison(nothing.findings, golden.audits)["nc"].isna().all()


def moved(golden, **sites):
    """The golden findings, some of them at other sites."""
    site = golden.findings["finding_id"].map(sites).astype("str")
    changed = golden.findings["finding_id"].isin(sites)
    return golden.findings.assign(site=golden.findings["site"].mask(changed, site))


def test_findings_that_name_no_known_site_leave_the_sites_of_their_audit_without_a_rate(golden):
    findings = moved(golden, F050="HQ", F051=None)
    rates = history.finding_rates(findings, golden.audits, golden.coverage, sites="ABC")
    a = row(rates, scope="site", site="A", grade_group="nc")
    assert a["n"] == 18 - (golden.findings.set_index("finding_id").loc[["F050", "F051"], "site"] == "A").sum()
    assert a[["rate", "low", "high"]].isna().all()
    said = "2 findings of these audits name no site or a site without any visit on record; not counted here"
    assert said in a["note"]
    in_audit = row(rates, scope="audit_site", audit_id="AU-4", site="C", grade_group="nc")
    assert pd.isna(in_audit["rate"])
    assert "2 findings of this audit name no site" in in_audit["note"]
    assert row(rates, scope="site", site="B", grade_group="nc")["rate"] == 2.0, "AU-4 was not at B"
    assert row(rates, scope="all", grade_group="nc")["n"] == 34
    hq = row(rates, scope="site", site="HQ", grade_group="nc")
    assert (hq["n"], hq["note"]) == (1, "no rate: findings are recorded here although no visit is on record")


def test_a_finding_at_a_listed_site_belongs_to_that_site(golden):
    findings = moved(golden, F050="D")
    rates = history.finding_rates(findings, golden.audits, golden.coverage, sites="ABCD")
    assert pd.notna(row(rates, scope="site", site="A", grade_group="nc")["rate"])


def test_a_finding_without_a_site_only_touches_the_rate_of_its_grade(golden):
    findings = moved(golden, F054=None)
    rates = history.finding_rates(findings, golden.audits, golden.coverage, sites="ABC")
    assert pd.notna(row(rates, scope="site", site="A", grade_group="nc")["rate"])
    assert pd.isna(row(rates, scope="site", site="A", grade_group="ofi")["rate"])


def test_an_audit_that_is_not_listed_is_left_out_of_the_overall_rate_and_told(golden):
    stray = golden.findings.iloc[:3].assign(finding_id=["X1", "X2", "X3"], audit_id="IA-9")
    rates = history.finding_rates(pd.concat([golden.findings, stray]), golden.audits, golden.coverage, sites="ABC")
    total = row(rates, scope="all", grade_group="nc")
    assert (total["n"], total["auditor_days"]) == (34, 19)
    assert total["note"] == "3 findings of audits that are not listed (IA-9) left out"
    assert row(rates, scope="site", site="A", grade_group="nc")["n"] == 18
    own = row(rates, scope="audit", audit_id="IA-9", grade_group="nc")
    assert own["n"] == 3
    assert own["note"].startswith("audit not listed")


def test_one_lead_auditor_cannot_be_compared_with_anybody(golden):
    compared = history.auditor_comparison(golden.findings, golden.audits.assign(lead="P"))
    assert compared["note"].iloc[0] == "no estimate: one lead auditor only"
    assert compared["p"].isna().all()


def test_a_finding_twice_in_the_register_counts_once(golden):
    doubled = dataclasses.replace(golden, findings=pd.concat([golden.findings, golden.findings.iloc[:5]]))
    assert row(doubled.rates, scope="all", grade_group="nc")["n"] == 34

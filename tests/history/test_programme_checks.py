"""Rules of the audit programme that history answers."""

import dataclasses

import pandas as pd
import pytest

from auditlab import history
from auditlab.tables import as_canonical

AS_OF = pd.Timestamp("2024-03-31")
NEXT_AUDIT = pd.Timestamp("2024-06-11")


def checks(golden, **changes):
    arguments = {"as_of": AS_OF, "next_audit_start": NEXT_AUDIT} | changes
    return history.programme_checks(
        golden.audits, golden.examined, golden.certificates, golden.sites, golden.status, **arguments
    )


def rule(frame, name, subject=None):
    found = frame[frame["rule"] == name]
    if subject is not None:
        found = found[found["subject"] == subject]
    assert len(found) == 1
    return found.iloc[0]


def test_the_first_surveillance_came_within_twelve_months_of_the_decision(golden):
    found = rule(golden.checks, "first_surveillance")
    assert found["holds"]
    assert (found["due"], found["actual"]) == (pd.Timestamp("2022-07-20"), pd.Timestamp("2022-06-14"))
    assert found["days"] == 329
    assert "the reading of this program" in found["note"]  # the cycle followed a recertification audit
    assert found["source"].startswith("our reading")


def test_each_calendar_year_without_recertification_had_its_surveillance(golden):
    years = golden.checks[golden.checks["rule"] == "surveillance_each_year"]
    assert list(years["subject"]) == ["2022", "2023"]
    assert years["holds"].all()


def test_a_year_without_surveillance_breaks_the_rule_and_the_running_year_is_open(golden):
    without = dataclasses.replace(
        golden,
        audits=golden.audits[golden.audits["audit_id"] != "AU-4"],
        certificates=golden.certificates.assign(expiry=pd.Timestamp("2025-07-19")),
    )
    years = checks(without)
    assert not rule(years, "surveillance_each_year", "2023")["holds"]
    assert pd.isna(rule(years, "surveillance_each_year", "2024")["holds"])


def test_the_recertification_is_planned_38_days_before_expiry(golden):
    found = rule(golden.checks, "recertification_before_expiry")
    assert (found["holds"], found["days"]) == (True, 38)
    assert found["due"] == pd.Timestamp("2024-07-19")


@pytest.mark.parametrize("changes", [{"next_audit_start": None}, {"next_audit_type": "surveillance"}])
def test_without_a_planned_recertification_nothing_is_claimed(golden, changes):
    found = rule(checks(golden, **changes), "recertification_before_expiry")
    assert pd.isna(found["holds"])
    assert "no recertification audit is planned" in found["note"]


def test_after_expiry_without_recertification_the_rule_is_broken(golden):
    found = rule(
        checks(golden, as_of=pd.Timestamp("2024-08-01"), next_audit_start=None), "recertification_before_expiry"
    )
    assert not found["holds"]


def test_both_majors_were_verified_within_the_closure_days(golden):
    majors = golden.checks[golden.checks["rule"] == "majors_verified"].set_index("subject")
    assert majors["days"].to_dict() == {"F005": 90, "F029": 84}
    assert majors["holds"].all()
    assert not rule(checks(golden, major_closure_days=60), "majors_verified", "F029")["holds"]
    assert rule(golden.checks, "majors_before_expiry")["holds"]


def test_an_unverified_major_breaks_the_rule_only_after_its_days_have_passed(golden):
    open_major = dataclasses.replace(golden, actions=golden.actions[golden.actions["finding_id"] != "F029"])
    found = rule(checks(open_major), "majors_verified", "F029")
    assert not found["holds"]
    before_expiry = rule(checks(open_major), "majors_before_expiry")
    assert pd.isna(before_expiry["holds"])
    assert "F029" in before_expiry["note"]


def test_findings_at_a_site_left_out_of_the_next_audit_were_reviewed_later(golden):
    found = rule(golden.checks, "earlier_findings_reviewed", "AU-3 site C")
    assert not found["holds"]
    assert (found["required"], found["found"], found["days"]) == (4, 0, 363)
    assert "examined in a later audit" in found["note"]


def test_the_central_function_and_the_site_minimum_were_kept(golden):
    central = golden.checks[golden.checks["rule"] == "central_function"]
    minimum = golden.checks[golden.checks["rule"] == "site_minimum"].set_index("subject")
    assert central["holds"].all()
    assert minimum["required"].to_dict() == {"AU-1": 1, "AU-2": 2, "AU-3": 1, "AU-4": 1}
    assert minimum["holds"].all()


def test_a_missed_central_function_is_named(golden):
    sites = golden.sites.assign(central=[False, True, False])
    found = rule(checks(dataclasses.replace(golden, sites=sites)), "central_function", "AU-4")
    assert not found["holds"]
    assert found["note"] == "not visited: B"


def test_a_surveillance_that_left_out_the_management_review_is_named(golden):
    coverage = golden.coverage[~((golden.coverage["audit_id"] == "AU-4") & (golden.coverage["clause"] == "9.3"))]
    found = rule(checks(dataclasses.replace(golden, coverage=coverage)), "surveillance_must_cover", "AU-4")
    assert not found["holds"]
    assert found["note"] == "not examined: management review (9.3)"


def test_an_initial_audit_against_2011_after_the_transition_breaks_the_rule(golden):
    assert rule(golden.checks, "edition_withdrawn", "AU-1")["holds"]
    audits = golden.audits.assign(
        type=golden.audits["type"].mask(golden.audits["audit_id"] == "AU-1", "recertification")
    )
    assert not rule(checks(dataclasses.replace(golden, audits=audits)), "edition_withdrawn", "AU-1")["holds"]


def test_a_certificate_to_2011_is_shown_with_its_last_day(golden):
    old = {"certificate_id": "C-0", "edition": "2011", "decision_date": "2018-07-20", "expiry": "2021-07-19"}
    certificates = pd.concat(
        [golden.certificates, as_canonical("certificates", pd.DataFrame([old]))], ignore_index=True
    )
    found = rule(checks(dataclasses.replace(golden, certificates=certificates)), "edition_withdrawn", "C-0")
    assert found["due"] == pd.Timestamp("2021-09-29")
    assert pd.isna(found["holds"])


def test_what_is_only_inferred_answers_no_rule_about_what_was_examined(golden, nothing):
    found = checks(dataclasses.replace(golden, coverage=nothing.coverage))
    covered = found[found["rule"] == "surveillance_must_cover"]
    assert len(covered) == 3
    assert covered[["holds", "found"]].isna().all(axis=None)
    assert set(covered["note"]) == {"not known: examinations inferred from audit scope"}
    gap = rule(found, "earlier_findings_reviewed", "AU-4 site B")
    assert not gap["holds"]


def test_earlier_findings_are_not_reviewed_by_an_inferred_examination(golden, nothing):
    without = dataclasses.replace(golden, coverage=nothing.coverage, actions=nothing.actions)
    found = rule(checks(without), "earlier_findings_reviewed", "AU-2 site A")
    assert found[["holds", "found"]].isna().all()
    assert "inferred from audit scope" in found["note"]


def test_an_audit_planned_long_after_the_review_answers_nothing(golden):
    found = rule(checks(golden, as_of=pd.Timestamp("2022-11-30")), "recertification_before_expiry")
    assert pd.isna(found["holds"])
    assert found["note"] == "the planned audit belongs to a later day than this review"
    assert rule(checks(golden, as_of=pd.Timestamp("2022-12-31")), "recertification_before_expiry")["holds"]


def test_unknown_facts_have_no_answer(nothing):
    assert nothing.checks["holds"].isna().all()
    assert nothing.checks["note"].str.startswith("not known").all()


@pytest.mark.parametrize(
    ("table", "rules"),
    [
        ("certificates", ["majors_before_expiry"]),
        ("sites", ["central_function", "site_minimum"]),
        ("actions", ["majors_verified", "majors_before_expiry"]),
        ("findings", ["majors_before_expiry"]),
    ],
)
def test_a_rule_whose_table_is_missing_never_holds(golden, nothing, table, rules):
    found = checks(dataclasses.replace(golden, **{table: getattr(nothing, table)}))
    assert found.loc[found["rule"].isin(rules), "holds"].isna().all()


def test_without_certificates_the_decision_of_the_recertification_starts_the_cycle(golden, nothing):
    found = checks(dataclasses.replace(golden, certificates=nothing.certificates))
    assert rule(found, "first_surveillance")["holds"]
    assert "no date of expiry" in rule(found, "recertification_before_expiry")["note"]


def test_where_nobody_knows_what_an_audit_covered_a_missing_review_is_unknown(golden):
    blind = dataclasses.replace(
        golden,
        audits=golden.audits.assign(sites=None),
        coverage=golden.coverage[golden.coverage["audit_id"] != "AU-4"],
    )
    found = rule(checks(blind), "earlier_findings_reviewed", "AU-4 site B")
    assert pd.isna(found["holds"])
    assert pd.isna(rule(checks(blind), "central_function", "AU-4")["holds"])
    assert pd.isna(rule(checks(blind), "site_minimum", "AU-4")["holds"])


def test_internal_audits_are_not_held_against_the_rules_of_a_certification_programme(golden):
    internal = golden.audits.assign(type="internal")
    found = history.programme_checks(
        internal, golden.examined, golden.certificates, golden.sites, golden.status, as_of=AS_OF
    )
    about_audits = {"earlier_findings_reviewed", "central_function", "site_minimum", "surveillance_must_cover"}
    assert about_audits & set(found["rule"]) == set()
    assert not found["subject"].fillna("").str.startswith("AU-").any()
    mixed = golden.audits.assign(type=golden.audits["type"].where(golden.audits["audit_id"] != "AU-2", "internal"))
    found = history.programme_checks(
        mixed, golden.examined, golden.certificates, golden.sites, golden.status, as_of=AS_OF
    )
    reviews = found[found["rule"] == "earlier_findings_reviewed"]
    assert not reviews["note"].str.contains("AU-2").any(), "findings of an internal audit are its own business"


def test_a_review_by_the_register_alone_says_so_with_its_day(golden):
    """At a site that the next audit left out, ticks in the register are all there is."""
    ticked = golden.status.copy()
    own = (ticked["audit_id"] == "AU-2") & (ticked["site"] == "C")
    ticked.loc[own, "verified"] = pd.Timestamp("2021-11-30")
    found = history.programme_checks(
        golden.audits, golden.examined, golden.certificates, golden.sites, ticked, as_of=AS_OF
    )
    row = rule(found, "earlier_findings_reviewed", "AU-3 site C")
    assert row["holds"]
    assert row["actual"] == pd.Timestamp("2021-11-30")
    assert "4 by the register alone, not examined at this audit" in row["note"]

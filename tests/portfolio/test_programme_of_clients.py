"""Programme rules over all clients: known cases, and agreement with the review of one engagement."""

import pandas as pd

from auditlab.history import corrective_actions, examinations, programme_checks
from auditlab.intake import open_engagement
from auditlab.portfolio.certificate_risk import certificate_risk
from auditlab.portfolio.programme import programme_breaches, programme_facts, programme_summary
from auditlab.portfolio.store import TABLES


def day(text):
    return pd.Timestamp(text)


AUDITS = [
    ("K", "A1", "stage2", "2021-01-10", "2021-02-20"),
    ("K", "A2", "surveillance", "2022-03-01", None),
    ("K", "A3", "surveillance", "2023-02-01", None),
    ("K", "A4", "recertification", "2024-01-15", "2024-03-01"),
    ("L", "B1", "stage2", "2023-01-10", "2023-02-20"),
]


def audits():
    frame = pd.DataFrame(AUDITS, columns=["client", "audit_id", "type", "start", "decision_date"])
    frame["start"], frame["decision_date"] = pd.to_datetime(frame["start"]), pd.to_datetime(frame["decision_date"])
    return frame.assign(end=frame["start"], auditor_days=2.0, edition="2018", sites="HQ")


def certificates():
    return pd.DataFrame({
        "client": ["K", "K", "L"], "certificate_id": ["C1", "C2", "C3"],
        "decision_date": [day("2021-02-20"), day("2024-03-01"), day("2023-02-20")],
        "expiry": [day("2024-02-20"), day("2027-02-28"), day("2026-02-20")],
    })  # fmt: skip


def found(store, rule, client):
    facts = programme_facts(store)
    return facts[(facts["rule"] == rule) & (facts["client"] == client)]


def test_a_first_surveillance_after_twelve_months_is_late_by_days(opened):
    case = found(opened(audits=audits(), certificates=certificates()), "first_surveillance", "K").iloc[0]
    assert case["due"] == day("2022-02-20")
    assert case["days"] == 9
    assert not case["holds"]


def test_no_surveillance_at_all_is_a_breach_once_it_is_due_and_not_before(opened):
    late = found(opened(audits=audits(), certificates=certificates()), "first_surveillance", "L").iloc[0]
    assert not late["holds"]
    assert late["days"] == (day("2024-12-31") - day("2024-02-20")).days
    early = found(opened(as_of="2024-01-31", audits=audits(), certificates=certificates()), "first_surveillance", "L")
    assert early["holds"].isna().all()


def test_a_year_without_surveillance_counts_unless_it_is_one_of_recertification(opened):
    store = opened(audits=audits(), certificates=certificates())
    kept = found(store, "surveillance_each_year", "K")
    assert kept["subject"].tolist() == ["2022", "2023"]
    assert kept["holds"].all()
    missed = found(store, "surveillance_each_year", "L")
    assert missed.loc[~missed["holds"].astype(bool), "subject"].tolist() == ["2024"]


def test_the_decision_after_expiry_is_late_by_its_days(opened):
    case = found(opened(audits=audits(), certificates=certificates()), "recertification_before_expiry", "K").iloc[0]
    assert not case["holds"]
    assert case["days"] == (day("2024-03-01") - day("2024-02-20")).days


def test_a_withdrawn_certificate_is_not_late(opened):
    gone = certificates().assign(withdrawn=[None, None, day("2023-06-30")])
    gone["withdrawn"] = pd.to_datetime(gone["withdrawn"])
    store = opened(audits=audits(), certificates=gone)
    assert found(store, "first_surveillance", "L")["holds"].isna().all()
    assert "L" not in set(certificate_risk(store)["client"])


def majors(verified):
    findings = [
        {"client": "K", "finding_id": "F1", "audit_id": "A1", "grade": "major", "clause": "8.1", "statement": "x"}
    ]
    actions = [{"client": "K", "finding_id": "F1", "due_original": day("2021-04-01"), "verified": verified}]
    return {"findings": pd.DataFrame(findings), "corrective_actions": pd.DataFrame(actions)}


def test_a_major_verified_after_the_decision_breaks_one_rule_and_keeps_the_other(opened):
    store = opened(audits=audits(), certificates=certificates(), **majors(day("2021-03-01")))
    assert found(store, "majors_verified", "K")["holds"].tolist() == [True]
    late = found(store, "majors_before_decision", "K").iloc[0]
    assert not late["holds"]
    assert late["days"] == 9


def test_a_major_nobody_verified_stands_in_both_rules_and_threatens_the_certificate(opened):
    store = opened(audits=audits(), certificates=certificates(), **majors(pd.NaT))
    facts = programme_breaches(store)
    assert {"majors_verified", "majors_before_decision"} <= set(facts["rule"])
    assert certificate_risk(store).set_index("client").loc["K", "open_majors"] == 1
    summary = programme_summary(store).set_index("rule")
    assert summary.loc["majors_verified", ["cases", "broken"]].tolist() == [1, 1]


def test_a_surveillance_that_missed_an_item_names_it(opened):
    coverage = pd.DataFrame(
        [("K", "A2", "HQ", clause, True) for clause in ("9.2", "9.3", "10.1", "8.3.2", "9.1", "10.2", "8.1")],
        columns=["client", "audit_id", "site", "clause", "examined"],
    )
    case = found(opened(audits=audits(), coverage=coverage), "surveillance_must_cover", "K").iloc[0]
    assert not case["holds"]
    assert case["note"] == "not examined: changes"


def test_the_rules_agree_with_the_review_of_one_engagement(halden, opened):
    """The same dates through both doors: one engagement and a portfolio of one."""
    lab = open_engagement(halden)
    tables, as_of = lab.tables, pd.Timestamp(lab.settings.as_of)
    examined = examinations(tables.coverage, tables.audits)
    status = corrective_actions(tables.corrective_actions, tables.findings, tables.audits, examined, as_of=as_of)
    checks = programme_checks(tables.audits, examined, tables.certificates, tables.sites, status, as_of=as_of)
    held = {table: tables[table].assign(client="H") for table in TABLES if lab.has(table)}
    facts = programme_facts(opened(as_of=lab.settings.as_of, **held))
    for rule in ("majors_verified", "surveillance_must_cover", "central_function", "site_minimum"):
        ours = facts[facts["rule"] == rule].set_index("subject")["holds"]
        theirs = checks[(checks["rule"] == rule) & checks["holds"].notna()].set_index("subject")["holds"]
        assert len(theirs)
        assert theirs.to_dict() == ours.reindex(theirs.index).to_dict(), rule

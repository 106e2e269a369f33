"""Programme rules over all clients: known cases, and agreement with the review of one engagement."""

import pandas as pd

from auditlab.history import corrective_actions, examinations, programme_checks
from auditlab.intake import open_engagement
from auditlab.portfolio.certificate_risk import certificate_risk
from auditlab.portfolio.programme import programme_breaches, programme_facts, programme_summary, rules_of_programme
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


def of_the_recertification(verified):
    given = majors(verified)
    given["findings"]["audit_id"] = "A4"
    return given


def test_a_major_of_a_recertification_is_held_against_the_decision_on_the_certificate_and_its_expiry(opened):
    undated = audits().assign(decision_date=pd.NaT)
    store = opened(audits=undated, certificates=certificates(), **of_the_recertification(day("2024-03-15")))
    decision = found(store, "majors_before_decision", "K").iloc[0]
    assert (decision["due"], decision["days"], decision["holds"]) == (day("2024-03-01"), 14, False)
    expiry = found(store, "majors_before_expiry", "K").iloc[0]
    assert (expiry["due"], expiry["days"], expiry["holds"]) == (day("2024-02-20"), 24, False)
    assert found(store, "majors_verified", "K")["holds"].all()
    summary = programme_summary(store).set_index("rule")
    assert summary.loc["majors_before_decision", ["broken", "longest_days"]].tolist() == [1, 14]
    assert summary.loc["majors_before_decision", "source"] == "ISO/IEC 17021-1:2015, 9.5.2"


def test_a_major_verified_before_the_decision_keeps_all_three_rules(opened):
    store = opened(audits=audits(), certificates=certificates(), **of_the_recertification(day("2024-02-10")))
    rules = programme_facts(store)
    assert rules[rules["rule"].str.startswith("majors")]["holds"].tolist() == [True, True, True]


def test_the_first_surveillance_after_a_recertification_is_practice_and_counted_apart(opened):
    store = opened(as_of="2025-06-30", audits=audits(), certificates=certificates())
    cases = found(store, "first_surveillance", "K").set_index("subject")
    assert cases["standing"].to_dict() == {"cycle from 2021-02-20": "checked", "cycle from 2024-03-01": "practice"}
    assert "after a recertification" in cases.loc["cycle from 2024-03-01", "note"]
    summary = programme_summary(store)
    assert len(summary[summary["rule"] == "first_surveillance"]) == 2


def test_no_year_after_the_expiry_wants_a_surveillance_and_a_missed_one_says_its_days(opened):
    ended = certificates().assign(expiry=[day("2024-02-20"), day("2027-02-28"), day("2024-02-19")])
    store = opened(as_of="2026-01-31", audits=audits(), certificates=ended)
    assert found(store, "surveillance_each_year", "L").empty
    late = found(
        opened(as_of="2025-01-31", audits=audits(), certificates=certificates()), "surveillance_each_year", "L"
    )
    assert late[["subject", "days", "holds"]].to_numpy().tolist() == [["2024", 31, False]]


def test_a_rule_that_no_record_can_answer_stands_in_the_summary_without_a_case(opened):
    summary = programme_summary(opened(audits=audits(), certificates=certificates())).set_index("rule")
    assert summary.loc["majors_before_decision", ["cases", "broken", "open"]].tolist() == [0, 0, 0]


def test_every_rule_of_the_summary_is_defined_with_its_source(opened):
    store = opened(audits=audits(), certificates=certificates(), method={"major_closure_days": 60})
    rules = rules_of_programme(store)
    assert set(programme_summary(store)["rule"]) == set(rules["rule"])
    assert rules["source"].str.len().gt(10).all()
    practice = rules[rules["rule"] == "majors_verified"].iloc[0]
    assert (practice["value"], practice["standing"]) == (60, "practice")


def two_certificates(decided):
    return pd.DataFrame({
        "client": "K", "certificate_id": ["C1", "C2"], "decision_date": [day("2023-03-20"), decided],
        "expiry": [day("2026-03-19"), day("2026-11-30")],
    })  # fmt: skip


def test_two_certificates_at_once_are_both_watched_and_neither_is_a_recertification(opened):
    store = opened(audits=audits(), certificates=two_certificates(day("2023-12-01")))
    assert certificate_risk(store)["certificate_id"].tolist() == ["C1", "C2"]
    assert found(store, "recertification_before_expiry", "K").empty


def test_a_decision_in_the_last_year_of_a_certificate_follows_it(opened):
    store = opened(as_of="2026-01-31", audits=audits(), certificates=two_certificates(day("2025-12-01")))
    assert certificate_risk(store)["certificate_id"].tolist() == ["C2"]
    assert found(store, "recertification_before_expiry", "K")["holds"].all()


def test_of_two_certificates_each_is_followed_by_the_decision_nearest_to_its_end(opened):
    four = pd.DataFrame({
        "client": "K", "certificate_id": ["A1", "B1", "A2", "B2"],
        "decision_date": pd.to_datetime(["2021-03-20", "2021-08-01", "2024-03-01", "2024-09-01"]),
        "expiry": pd.to_datetime(["2024-03-19", "2024-07-31", "2027-03-19", "2027-07-31"]),
    })  # fmt: skip
    store = opened(audits=audits(), certificates=four)
    assert certificate_risk(store)["certificate_id"].tolist() == ["A2", "B2"]
    days = found(store, "recertification_before_expiry", "K").set_index("due")["days"]
    assert days.to_dict() == {day("2024-03-19"): -18, day("2024-07-31"): 32}


def test_a_certificate_about_to_end_without_a_recertification_audit_is_at_risk(opened):
    one = certificates().iloc[[2]]
    soon = opened(as_of="2026-02-01", audits=audits(), certificates=one)
    assert certificate_risk(soon)["threats"].tolist() == ["ends in 19 days, no recertification audit known"]
    held = pd.DataFrame(
        [("L", "B9", "recertification", day("2026-01-10"))], columns=["client", "audit_id", "type", "start"]
    )
    assert certificate_risk(opened(as_of="2026-02-01", audits=pd.concat([audits(), held]), certificates=one))[
        "threats"
    ].tolist() == [""]


def repeated(verified):
    rows = [("K", f"F{n}", audit, "HQ", "minor", "8.1", "x") for n, audit in enumerate(("A3", "A4"))]
    names = ["client", "finding_id", "audit_id", "site", "grade", "clause", "statement"]
    actions = pd.DataFrame({"client": "K", "finding_id": ["F0", "F1"], "due_original": day("2026-04-01")})
    return {
        "findings": pd.DataFrame(rows, columns=names),
        "corrective_actions": actions.assign(completed=day("2024-02-20"), verified=pd.to_datetime(verified)),
    }


def test_a_repeat_counts_across_a_recertification_and_threatens_only_until_it_is_verified(opened):
    store = opened(audits=audits(), certificates=certificates(), **repeated(["2023-05-01", "2024-02-25"]))
    row = certificate_risk(store).set_index("client").loc["K"]
    assert (row["repeats"], row["open_repeats"], row["threats"]) == (1, 0, "")
    store = opened(audits=audits(), certificates=certificates(), **repeated(["2023-05-01", None]))
    assert certificate_risk(store).set_index("client").loc["K", "threats"] == "1 repeated nonconformity not verified"


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


def without_the_second_certificate():
    return certificates().iloc[[0, 2]]


def test_the_decision_of_a_recertification_audit_counts_where_its_certificate_was_not_handed_over(opened):
    store = opened(audits=audits(), certificates=without_the_second_certificate())
    case = found(store, "recertification_before_expiry", "K").iloc[0]
    assert (case["actual"], case["days"], case["holds"]) == (day("2024-03-01"), 10, False)
    assert case["note"] == "decision in the list of audits; its certificate was not handed over"
    subjects = found(store, "first_surveillance", "K")["subject"].tolist()
    assert subjects == ["cycle from 2021-02-20", "cycle from 2024-03-01"]
    risk = certificate_risk(store).set_index("client").loc["K"]
    assert risk["certificate_id"] == "C1"
    assert pd.isna(risk["expiry"])
    assert risk["threats"] == (
        "decided on 2024-03-01 by the list of audits, no certificate handed over: its end is not known"
    )


def test_a_recertification_audit_without_a_decision_renews_nothing(opened):
    undecided = audits().assign(decision_date=pd.NaT)
    store = opened(audits=undecided, certificates=without_the_second_certificate())
    case = found(store, "recertification_before_expiry", "K").iloc[0]
    assert (case["note"], case["holds"]) == ("no later decision is known", False)
    assert certificate_risk(store).set_index("client").loc["K", "threats"] == "ended, no later decision known"


def test_a_certificate_issued_soon_after_the_decision_of_its_audit_is_one_decision(opened):
    issued = certificates().assign(decision_date=[day("2021-02-20"), day("2024-03-20"), day("2023-02-20")])
    store = opened(audits=audits(), certificates=issued)
    assert found(store, "recertification_before_expiry", "K")["actual"].tolist() == [day("2024-03-20")]
    assert certificate_risk(store)["certificate_id"].tolist() == ["C3", "C2"]


def six_months(opened, verified, **second):
    """The case of a major of stage 2 that ended on 2021-01-10; `second` is another stage 2 audit."""
    held = audits().assign(decision_date=pd.NaT)
    if second:
        held = pd.concat([held, pd.DataFrame([{"client": "K", "audit_id": "A9", "type": "stage2", **second}])])
    store = opened(audits=held, **majors(verified))
    case = found(store, "stage2_majors_verified", "K").iloc[0]
    return case["due"], case["days"], case["holds"], case["note"]


def test_a_major_of_stage_2_open_for_more_than_six_months_asks_for_another_stage_2(opened):
    due = day("2021-07-10")
    assert six_months(opened, day("2021-07-10")) == (due, 0, True, "no other stage 2 audit is known")
    assert six_months(opened, day("2021-07-11")) == (due, 1, False, "no other stage 2 audit is known")
    late = (day("2024-12-31") - due).days
    assert six_months(opened, pd.NaT) == (due, late, False, "not verified; no other stage 2 audit is known")


def test_another_stage_2_before_the_decision_keeps_the_rule(opened):
    kept = six_months(opened, day("2021-10-01"), start=day("2021-09-01"))
    assert kept[2:] == (True, "another stage 2 audit began on 2021-09-01")

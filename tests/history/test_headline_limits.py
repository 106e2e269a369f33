"""What the sentences of the first screen say where something is assumed, missing or left out."""

import dataclasses

import pandas as pd
import pytest

from auditlab import history
from auditlab.tables import as_canonical

INFERRED = "(examinations inferred from audit scope)."


def sentences(golden, **changes):
    return list(history.headlines(dataclasses.replace(golden.results, **changes))["sentence"])


def one(spoken, words):
    found = [sentence for sentence in spoken if words in sentence]
    assert len(found) == 1, spoken
    return found[0]


def small(findings, actions=(), *, audits=("2020-06-16", "2022-06-14"), clauses=("8.5.1.3",)):
    """Two audits of site A that examined `clauses`, with a few findings and actions, as results."""
    dated = [
        {"audit_id": f"AU-{n}", "type": "surveillance", "start": start, "edition": "2018", "sites": "A"}
        | {"auditor_days": 1.0}
        for n, start in enumerate(audits, start=1)
    ]
    cover = [
        {"audit_id": audit["audit_id"], "site": "A", "clause": clause, "examined": True}
        for audit in dated
        for clause in clauses
    ]
    common = {"site": "A", "clause": "8.5.1.3", "clause_as_cited": "8.5.1.3", "grade": "minor", "edition": "2018"}
    rows = {
        "audits": dated,
        "coverage": cover,
        "findings": [common | finding for finding in findings],
        "corrective_actions": list(actions),
    }
    return {name: as_canonical(name, pd.DataFrame(content)) for name, content in rows.items() if content}


def test_inferred_examinations_never_read_as_perfect_coverage(golden, nothing):
    spoken = sentences(dataclasses.replace(golden, coverage=nothing.coverage), cycle_start=None)
    assert spoken[0] == (
        "What was examined is not on record: at most 189 of 189 cells, inferred from the scope of the audits."
    )
    figure = history.headlines(dataclasses.replace(golden, coverage=nothing.coverage).results).iloc[0]
    assert pd.isna(figure["value"])


def test_what_lies_outside_an_inferred_scope_is_named(golden, nothing):
    audits = golden.audits.assign(sites=golden.audits["sites"].mask(golden.audits["audit_id"] == "AU-3", "A"))
    spoken = sentences(dataclasses.replace(golden, coverage=nothing.coverage, audits=audits))
    assert "at most 126 of 189 cells, inferred" in spoken[0]
    assert spoken[0].endswith("63 cells outside that scope (B 63).")


def test_partly_inferred_examinations_are_counted_apart(golden):
    coverage = golden.coverage[golden.coverage["audit_id"] != "AU-4"]
    spoken = sentences(dataclasses.replace(golden, coverage=coverage))
    assert spoken[0].startswith("At most 176 of 189 cells of clause and site were examined in the audits of this")
    assert "50 on record, 126 inferred from the scope of the audits; 13 outside both (B 13)." in spoken[0]


def test_without_a_decision_no_cycle_is_spoken_of(golden, nothing):
    audits = golden.audits.assign(decision_date=pd.NaT)
    spoken = sentences(dataclasses.replace(golden, audits=audits, certificates=nothing.certificates))
    assert "cycle" not in spoken[0]
    assert "have an examination on record" in spoken[0]


@pytest.mark.parametrize("words", ["came back in 9", "The longest chain", "Seen over all sites", "saw no repeat"])
def test_every_sentence_that_rests_on_inferred_examinations_ends_with_it(golden, nothing, words):
    spoken = sentences(dataclasses.replace(golden, coverage=nothing.coverage))
    assert one(spoken, words).endswith(INFERRED)
    assert not any(INFERRED in sentence for sentence in sentences(golden))


@pytest.mark.parametrize(("waiting", "told"), [(3, "3 rows of the register are"), (1, "1 row of the register is")])
def test_rows_of_the_register_that_wait_for_answers_are_told_once(golden, waiting, told):
    spoken = sentences(golden, waiting_findings=waiting)
    telling = [sentence for sentence in spoken if "left out until" in sentence]
    assert len(telling) == 1
    assert telling[0].endswith(f"; {told} left out until questions are answered.")
    assert one(spoken, "came back in 9") == telling[0], "the first sentence that rests on the register tells it"
    untold = sentences(golden)
    assert [sentence for sentence in spoken if sentence not in telling] == [
        sentence for sentence in untold if "came back in 9" not in sentence
    ]


def test_rejected_rows_of_the_register_are_counted_without_total_rows():
    rows = [
        ("findings", "", "rejected", "no identifier"),
        ("findings", "", "rejected", "total row, not a record"),
        ("findings", "site", "rejected", "unknown site"),
        ("findings", "", "loaded", ""),
        ("audits", "", "rejected", "no identifier"),
    ]
    ledger = pd.DataFrame(rows, columns=["table", "field", "action", "rule"])
    assert history.waiting_findings(ledger) == 1
    assert history.waiting_findings(ledger.iloc[:0]) == 0


def test_findings_without_a_known_site_replace_the_comparison_of_sites(golden):
    site = golden.findings["site"].mask(golden.findings["finding_id"] == "F050", "HQ")
    site = site.mask(golden.findings["finding_id"] == "F051", "NOC")
    spoken = sentences(dataclasses.replace(golden, findings=golden.findings.assign(site=site)))
    assert one(spoken, "how the sites compare") == (
        "Not known how the sites compare per auditor-day: 2 nonconformities name no site or a site without any "
        "visit on record."
    )
    assert "2 nonconformities name sites without any visit on record (HQ, NOC): not assigned." in spoken[1]


def test_a_site_is_unvisited_since_only_where_its_visits_are_known(golden):
    site = golden.findings["site"].mask(golden.findings["finding_id"] == "F039", "HQ")
    spoken = sentences(dataclasses.replace(golden, findings=golden.findings.assign(site=site)))
    assert one(spoken, "follows up").endswith(
        "first F040 F043 F045: nobody has visited B since; F039: no visit to HQ is on record."
    )


def test_without_findings_the_sentences_speak_of_actions(golden, nothing):
    spoken = sentences(dataclasses.replace(golden, findings=nothing.findings))
    assert one(spoken, "follows up") == (
        "The next audit follows up 34 corrective actions; findings were not handed over."
    )
    assert one(spoken, "what came back") == "Not known what came back: findings were not handed over."
    waiting = sentences(dataclasses.replace(golden, findings=nothing.findings), waiting_findings=2)
    assert "no row of the findings was loaded; 2 rows" in one(waiting, "what came back")


def test_a_register_without_nonconformities_is_not_a_missing_register(golden):
    findings = golden.findings[golden.findings["grade"] == "ofi"]
    spoken = sentences(dataclasses.replace(golden, findings=findings, actions=golden.actions.iloc[:0]))
    assert one(spoken, "what came back") == "Not known what came back: no nonconformity is on record."
    assert one(spoken, "must be followed up").endswith("no nonconformity is on record.")
    without_clause = golden.findings.assign(clause=pd.Series(pd.NA, index=golden.findings.index, dtype="str"))
    spoken = sentences(dataclasses.replace(golden, findings=without_clause))
    assert one(spoken, "what came back").endswith("no nonconformity names a clause.")


def test_coverage_without_audits_lacks_dates_and_not_examinations(golden, nothing):
    spoken = sentences(dataclasses.replace(golden, audits=nothing.audits))
    assert spoken[0] == "Not known what was examined when: the dates of the audits are missing."
    assert spoken[1] == "Not known when the sites were last visited: the dates of the audits are missing."


def test_audits_without_auditor_days_are_named(golden, nothing):
    days = golden.audits["auditor_days"].mask(golden.audits["audit_id"] == "AU-3")
    spoken = sentences(
        dataclasses.replace(golden, audits=golden.audits.assign(auditor_days=days), coverage=nothing.coverage)
    )
    assert one(spoken, "per auditor-day").endswith("auditor-days not known for AU-3.")


def test_findings_of_an_audit_that_is_not_listed_leave_the_overall_rate(golden):
    stray = golden.findings.iloc[:2].assign(finding_id=["X1", "X2"], audit_id="IA-9")
    spoken = sentences(dataclasses.replace(golden, findings=pd.concat([golden.findings, stray], ignore_index=True)))
    rate = one(spoken, "34 nonconformities in 19 auditor-days, 1.79 per day")
    assert rate.endswith("2 findings of audits that are not listed (IA-9) left out.")


def engagement(nothing, tables):
    names = {"audits": "audits", "coverage": "coverage", "findings": "findings", "corrective_actions": "actions"}
    return dataclasses.replace(nothing, **{names[name]: frame for name, frame in tables.items()})


def test_where_no_cell_was_examined_twice_nothing_is_known_to_have_come_back(nothing):
    tables = small([{"finding_id": "F1", "audit_id": "AU-1"}], audits=("2020-06-16",))
    spoken = sentences(engagement(nothing, tables))
    assert one(spoken, "came back") == "Not known whether anything came back: no cell was examined twice."


def test_single_cases_are_written_in_the_singular(nothing):
    action = {"finding_id": "F1", "due_original": "2020-09-01", "completed": "2020-08-01"}
    action |= {"verified": "2020-08-02", "effective_declared": True}
    late = {"finding_id": "F2", "due_original": "2022-07-01"}
    found = [{"finding_id": "F1", "audit_id": "AU-1"}, {"finding_id": "F2", "audit_id": "AU-2"}]
    spoken = sentences(engagement(nothing, small(found, [action, late])))
    assert "in 1 of 1 cell that had one and was examined at least twice" in one(spoken, "came back in")
    effect = one(spoken, "saw no repeat")
    assert effect.startswith("Of 1 completed corrective action whose clause")
    assert effect.endswith("1 of 1 verified one effective.")
    assert "1 of 2 corrective actions due so far were completed" in one(spoken, "in time")
    only = sentences(engagement(nothing, small(found[:1], [action])))
    in_time = one(only, "in time")
    assert in_time.startswith("1 of 1 corrective action due so far was completed in time")
    assert "Leaving out" not in in_time


def test_the_share_of_closed_ones_is_left_out_where_it_says_the_same(golden):
    punctual = golden.actions.assign(completed=pd.NaT, verified=pd.NaT)
    spoken = sentences(dataclasses.replace(golden, actions=punctual))
    assert "Leaving out" not in one(spoken, "in time")


def test_one_grade_to_read_again_is_written_in_the_singular(golden):
    review = golden.results.grade_review
    assert sentences(golden, grade_review=review.iloc[:1])[-1] == (
        "One improvement deserves a second reading by a person: F054 reads like a nonconformity."
    )


def test_a_very_small_p_is_not_written_as_zero(golden):
    compared = golden.results.rate_comparisons
    tiny = compared.assign(p=compared["p"].mask(compared["comparison"] == "audits_homogeneous", 0.0001))
    assert "differ (chi-square, p < 0.01)" in one(sentences(golden, rate_comparisons=tiny), "34 nonconformities")


def test_the_longest_time_without_a_visit_has_no_base(golden):
    spoken = history.headlines(golden.results)
    assert spoken.loc[spoken["table"] == "site_visits", "n"].isna().all()


def test_strengths_without_any_dated_audit_say_so(golden, nothing):
    listed = history.strengths(golden.findings, nothing.examined)
    assert set(listed["note"]) == {"not known what followed"}
    only = golden.findings[golden.findings["grade"] == "strength"]
    listed = history.strengths(only, golden.examined)
    assert set(listed["later_nc"]) == {""}

"""The report says what was examined, what was not, what came back, and what nobody stated."""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from reported_engagement import PLAN, made, small_lab, small_tables

from auditlab import reporting
from auditlab.errors import ArgumentError, NotEnoughDataError
from auditlab.history.cells import key_of
from auditlab.reporting.element_words import SAMPLING
from auditlab.reporting.elements import CERTIFICATION_ONLY, ELEMENTS, missing_elements
from auditlab.reporting.expectation import agreement
from auditlab.reporting.reported_audit import party_of
from auditlab.reporting.sections import NO_EVIDENCE
from auditlab.settings import Party
from auditlab.standard.clauses import auditable_leaves


@cache
def usual():
    """The report without a plan; nothing changes it."""
    return made(small_lab())


@cache
def planned():
    """The report with the plan that the audit followed."""
    return made(small_lab(), *PLAN)


def test_the_last_audit_held_is_reported_unless_another_is_named(lab):
    assert usual().audit.audit_id == "AU-3"
    assert made(lab, audit="AU-2").audit.earlier == ("AU-1",)


def test_an_audit_that_is_not_there_is_refused(lab):
    with pytest.raises(ArgumentError, match=r"no audit 'AU-9' by 2024-09-30. There are: AU-1, AU-2, AU-3"):
        made(lab, audit="AU-9")


def test_without_an_audit_there_is_no_report():
    with pytest.raises(NotEnoughDataError, match="nothing to report"):
        made(small_lab(audits=pd.DataFrame()))


def test_people_appear_as_codes():
    report = usual()
    assert report.audit.team == ("auditor 1",)
    assert "Person" not in report.elements["text"].str.cat()


def test_every_element_is_there_and_what_nobody_stated_is_named():
    third = made(small_lab(party="third")).elements
    assert list(dict.fromkeys(third["element"])) == list(ELEMENTS)
    assert "recommendation on certification" in missing_elements(third)
    own = usual().elements
    assert set(ELEMENTS) - set(own["element"]) == CERTIFICATION_ONLY
    gap = own[own["element"] == "opinions"].iloc[0]
    assert gap["origin"] == "missing"
    assert gap["setting"] == "[report.elements] opinions"
    assert "auditlab.toml" not in gap["text"]


def test_what_people_state_follows_the_records_and_fills_the_gap():
    elements = made(
        small_lab(report={"elements": {"opinions": ("None.",), "client": ("Spoken for by the COO.",)}})
    ).elements
    assert list(elements.loc[elements["element"] == "opinions", "origin"]) == ["stated by people"]
    assert list(elements.loc[elements["element"] == "client", "text"]) == ["Small & Sons.", "Spoken for by the COO."]


def test_the_organisation_without_its_representative_is_half_an_element():
    elements = usual().elements
    own = elements[elements["element"] == "client"]
    assert list(own["text"]) == ["Small & Sons.", "Missing. Name who spoke for the organisation."]
    assert "the organisation and its representative" in missing_elements(elements)


def test_a_strange_element_is_refused():
    with pytest.raises(ArgumentError, match="'verdict' is no element of an audit report"):
        made(small_lab(report={"elements": {"verdict": ("conforms",)}}))


def test_the_sampling_statement_stands_in_every_report():
    elements = usual().elements
    assert list(elements.loc[elements["element"] == "sampling", "text"]) == [SAMPLING]


def test_sections_stand_by_area_with_strengths_and_evidence_and_a_finding_without_clause_is_kept():
    sections = usual().sections
    assert list(sections["finding_id"]) == ["F6", "F5", "F7", "F8"]
    assert list(sections["area"]) == ["7", "8.5", "8.6", "none"]
    assert list(sections["number"]) == [1, 2, 3, 4]
    assert list(sections["evidence"]) == [NO_EVIDENCE, "changes 90, 91", "board seen", NO_EVIDENCE]
    assert sections["requirement"].iloc[1] == "Change management activities"


def test_the_words_for_an_improvement_follow_the_party():
    assert "opportunity for improvement" in set(usual().sections["kind"])
    assert "area for improvement" in set(made(small_lab(party="third")).sections["kind"])


def test_a_nonconformity_inside_an_improvement_is_pointed_out_and_stays_an_improvement():
    row = usual().sections.set_index("finding_id").loc["F6"]
    assert "reads like a nonconformity" in row["flag"]
    assert row["grade"] == "ofi"


def test_an_area_without_examination_is_not_said_to_be_free_of_findings():
    areas = usual().areas.set_index("area")
    assert areas.loc["8.4", ["cells", "examined"]].tolist() == [6, 1]
    assert areas.loc["8.6", "said"] == "examined, no nonconformity found in the sample"
    assert areas.loc["8.5", "said"] == "1 nonconformity found"
    assert areas["cells"].sum() == 2 * 63
    coverage = pd.DataFrame({"audit_id": ["AU-3"], "site": ["A"], "clause": ["9.2.1"], "examined": [True]})
    little = made(small_lab(coverage=coverage))
    assert set(little.areas.loc[~little.areas["area"].isin(["9", "none"]), "said"]) == {
        "not examined in this audit", "not examined in this audit; 1 nonconformity on record all the same",
    }  # fmt: skip


def test_what_was_not_covered_is_listed_with_the_reason_stated_closest():
    silent = usual().not_covered
    assert list(zip(silent["site"], silent["clause"], strict=True)) == [("A", "8.4.1"), ("A", "8.4.2"), ("B", "all")]
    assert set(silent["reason"]) == {"reason not stated"}
    reasons = {"8.4.1 at A": "owner ill", "8.4.2": "later", "site B": "visited in 2025"}
    told = made(small_lab(report={"not_covered": reasons})).not_covered
    assert list(told["reason"]) == ["owner ill", "later", "visited in 2025"]
    assert told["stated"].all()


@pytest.mark.parametrize("place", ["8.99", "site Z", "8.4.1 at Z", "A"])
def test_a_reason_for_a_place_that_is_not_there_is_refused(place):
    with pytest.raises(ArgumentError, match="no clause or site of the scope"):
        made(small_lab(report={"not_covered": {place: "because"}}))


def test_earlier_actions_are_verified_by_what_the_audit_saw(lab):
    seen = usual().verification.set_index("finding_id")
    assert seen["seen"].to_dict() == {
        "F1": "came back", "F2": "not examined in this audit", "F3": "came back", "F4": "not examined in this audit",
    }  # fmt: skip
    assert seen.loc["F3", "came_back_as"] == "F5"
    assert seen.loc["F2", "note"] == "examined after the action by AU-2, which recorded none"
    assert seen.loc["F4", "note"] == "no audit has examined it since the action"
    before = made(lab, audit="AU-2").verification.set_index("finding_id")["seen"].to_dict()
    assert before == {"F1": "came back", "F2": "examined again, no nonconformity"}


def test_an_action_completed_after_the_audit_began_could_not_be_seen():
    actions = pd.DataFrame({"finding_id": ["F2"], "completed": ["2023-03-08"], "due_original": ["2023-03-01"]})
    seen = made(small_lab(corrective_actions=actions), audit="AU-2").verification.set_index("finding_id")["seen"]
    assert seen["F2"] == "examined before the action was complete"


def test_contradicting_dates_verify_nothing():
    actions = pd.DataFrame({"finding_id": ["F2"], "completed": ["2021-01-01"], "due_original": ["2022-06-01"]})
    seen = made(small_lab(corrective_actions=actions), audit="AU-2").verification.set_index("finding_id")["seen"]
    assert seen["F2"] == "examined; the dates of the action contradict each other"


def test_a_list_of_results_keeps_its_semicolons_for_itself():
    actions = pd.DataFrame({"finding_id": ["F2"], "completed": ["2021-01-01"], "due_original": ["2022-06-01"]})
    elements = made(small_lab(corrective_actions=actions), audit="AU-2").elements
    assert elements.loc[elements["element"] == "verification", "text"].iloc[0] == (
        "Of 2 earlier nonconformities: 1 came back; 1 examined (the dates of the action contradict each other)."
    )


def test_expected_stands_beside_found_and_a_cell_not_examined_says_nothing():
    report = planned()
    table = report.expected.set_index(["site", "clause"])
    assert table.loc[("A", "8.5.1"), "findings"] == "F5"
    assert pd.isna(table.loc[("B", "9.2"), "found"])
    assert table.loc[("A", "8.4.1"), "said"] == "planned, not examined: says nothing"
    assert agreement(report.expected) == (3, pytest.approx(0.95), 1)
    assert len(table) == 5  # one share of the budget counts


def test_a_nonconformity_beyond_the_plan_is_listed(lab):
    row = made(lab, ("A", "8.6.1", "priority", 30, 0.3)).expected.iloc[-1]
    assert (row["part"], row["findings"]) == ("not planned", "F5")


def test_prioritised_and_random_cells_are_compared():
    parts = planned().parts.set_index("part")
    assert parts.loc["priority", ["planned", "n", "k"]].tolist() == [2, 2, 1]
    assert parts.loc["random", ["planned", "n", "k"]].tolist() == [3, 1, 0]
    assert parts.loc["priority", "low"] == pytest.approx(0.0126, abs=1e-4)  # Clopper-Pearson, 1 of 2


def test_deviations_from_the_plan_are_told_with_those_that_people_stated():
    report = made(small_lab(report={"deviations": ("Day 2 was held remotely: storm.",)}), *PLAN)
    kinds = report.deviations.groupby("kind")["clause"].agg(list)
    assert report.deviations["what"].iloc[0] == "Day 2 was held remotely: storm."
    assert kinds["not examined"] == ["8.4.1", "9.2"]
    assert kinds["time"] == ["8.5.1", "8.6.1"]  # 30 instead of 60, 10 instead of 30
    assert "7.2" not in kinds["not planned"]


def test_the_reason_of_one_deviation_is_stated_by_its_place():
    lines = (
        "9.2 at B: The auditor fell ill.", "site A: Storm.", "8.6.1: Ready at once.", "4.1 at Q: Not a deviation.",
        "Note: day 2 began late.",
    )  # fmt: skip
    report = made(small_lab(report={"deviations": lines}), *PLAN)
    table = report.deviations
    assert table.loc[table["kind"] == "stated", "what"].tolist() == list(lines[2:]), (
        "a line that is nowhere the closest stands as written"
    )
    reasons = {
        (row["clause"], row["site"]): row["reason"] for row in table[table["kind"] != "stated"].to_dict("records")
    }
    assert reasons["9.2", "B"] == "The auditor fell ill."
    assert reasons["8.5.1", "A"] == "Storm."
    assert reasons["8.6.1", "A"] == "Storm.", "a site and a clause: the site is the closer place"
    told = report.elements.loc[report.elements["element"] == "deviations", "text"].tolist()
    assert "Planned and not examined (1): 9.2 at B; as stated: The auditor fell ill." in told
    assert any("without a reason" in line for line in told) == (table["reason"] == "reason not stated").any()


def test_what_people_state_of_deviations_and_open_issues_is_theirs_and_not_from_the_records():
    stated = {"deviations": ("Day 2 was held remotely: storm.",), "unresolved": ("Who owns S9.",)}
    elements = made(small_lab(report=stated), *PLAN).elements.set_index("text")["origin"]
    assert elements["Day 2 was held remotely: storm."] == "stated by people"
    assert elements["Who owns S9."] == "stated by people"
    assert elements["Planned and not examined (2): 8.4.1 at A, 9.2 at B; reason not stated."] == "from the records"


def test_the_largest_deviation_stands_first_and_small_ones_are_counted_in_one_line():
    cells = [
        ("A", "8.5.1", "priority", 60, 0.6),
        ("A", "7.2", "priority", 20, 0.1),
        ("A", "8.6.1", "priority", 90, 0.3),
    ]
    report = made(small_lab(), *cells)
    table = report.deviations
    assert table.loc[table["kind"] == "time", "what"].tolist() == [
        "10 minutes instead of 90",
        "30 minutes instead of 60",
    ]
    assert table["kind"].iloc[-1] == "small"  # 10 instead of 20
    assert table["what"].iloc[-1] == "1 more cell differing from the plan by less than 15 minutes"
    told = report.elements.loc[report.elements["element"] == "deviations", "text"].tolist()
    assert any("8.6.1 at A (10 minutes instead of 90), 8.5.1 at A (30 minutes instead of 60)" in line for line in told)
    assert "7.2" not in " ".join(told[:1])
    asked = int((table["reason"] == "reason not stated").sum())
    assert told[-1] == f"Missing. {asked} deviations without a reason."


def test_many_deviations_are_counted_by_kind_and_the_first_are_named():
    cells = [("A", leaf, "priority", 200, 0.1) for leaf in sorted({key_of(leaf) for leaf in auditable_leaves()})]
    elements = made(small_lab(), *cells).elements
    told = elements.loc[elements["element"] == "deviations", "text"].tolist()
    assert told.pop() == "Missing. 45 deviations without a reason."
    assert len(told) == 2
    assert "Examined in half the planned time or less, or in half more" in told[0] + told[1]
    assert all("and" in line and len(line) < 600 for line in told if "(2)" not in line)


def test_what_stands_in_every_report_is_not_said_to_come_from_the_records():
    lab = small_lab()
    own = lab.settings.model_copy(
        update={"plan": lab.settings.plan.model_copy(update={"requirements": ("Contract 7",)})}
    )
    origins = made(replace(lab, settings=own)).elements.set_index("text")["origin"]
    assert origins[SAMPLING] == origins["Determine whether it reaches its own objectives."] == "standard wording"
    assert origins["Contract 7."] == origins["Small & Sons."] == "stated by people"
    assert origins["ISO/IEC 20000-1:2018 with Amendment 1:2024 (climate change)."] == "from the records"


def test_whether_people_are_named_is_said_as_it_is():
    def told(party):
        elements = made(small_lab(party=party)).elements
        return elements.loc[elements["element"] == "confidentiality", "text"].tolist()[-1]

    assert told("first") == "The team appears as codes; statements and evidence name people as the files do."
    assert told("third").startswith("People appear as codes and roles")


def test_an_audit_is_reported_as_what_it_was_and_not_as_who_looks_at_it():
    """An internal review of a surveillance audit, and a certification body that looks at an internal one."""
    own_view = made(small_lab(audits=small_tables(audit_type="surveillance")["audits"]))
    assert own_view.audit.party == "third"
    assert own_view.elements.set_index("element")["text"]["audit_type"] == (
        "Surveillance audit (AU-3) by a certification body (third party)."
    )
    assert "area for improvement" in set(own_view.sections["kind"])
    assert "1 area for improvement" in "; ".join(reporting.report_headlines(own_view)["sentence"])
    assert set(own_view.elements["element"]) >= CERTIFICATION_ONLY
    body_view = made(small_lab(party="third", audits=small_tables()["audits"]))
    assert body_view.audit.party == "first"
    assert not set(body_view.elements["element"]) & CERTIFICATION_ONLY


@pytest.mark.parametrize(
    ("kind", "party"),
    [("internal", "first"), ("supplier", "second"), ("recertification", "third"), ("special", "third"), ("", "second")],
)
def test_the_party_of_an_audit_follows_from_its_kind(kind, party):
    assert party_of(kind, otherwise=Party.SECOND) == party


def test_an_improvement_that_this_audit_noted_is_none_that_earlier_ones_left(lab):
    assert "F6" not in set(made(lab).conversion["finding_id"])
    findings = small_tables()["findings"]
    earlier = findings.assign(audit_id=findings["audit_id"].where(findings["finding_id"] != "F6", "AU-2"))
    assert made(small_lab(findings=earlier)).conversion["finding_id"].tolist() == ["F6"]


def test_a_plan_that_was_followed_says_so_and_without_one_the_deviations_are_missing():
    followed_in_full = made(small_lab(), ("A", "7.2", "priority", 10, 0.3)).deviations
    assert set(followed_in_full["kind"]) == {"not planned"}
    origin = usual().elements.set_index("element")["origin"]
    assert origin["deviations"] == "missing"


def test_links_of_one_chain_are_one_place_that_came_back():
    report = usual()
    told = report.elements.loc[report.elements["element"] == "verification", "text"].tolist()
    assert told[0] == "Of 4 earlier nonconformities: 2 came back; 2 not examined in this audit."
    assert told[1:] == ["F1, F3 (8.5.1 at A) came back as F5."]
    row = reporting.report_headlines(report).iloc[4]
    assert (row["value"], row["n"]) == (1, 1)
    assert "2 were seen again, at 1 combination of clause and site: at 1 of them" in row["sentence"]


def test_overdue_actions_are_unresolved_and_stand_in_the_summary():
    actions = pd.DataFrame({"finding_id": ["F1", "F5"], "due_original": ["2024-09-20", "2024-09-01"]})
    report = made(small_lab(corrective_actions=actions))
    told = "Overdue: 2 corrective actions: F5 (minor, 29 days), F1 (major, 10 days)."
    assert told in set(report.elements.loc[report.elements["element"] == "unresolved", "text"])
    assert told in set(reporting.report_headlines(report)["sentence"])


def test_without_a_register_of_actions_nobody_knows_whether_one_is_overdue():
    report = made(small_lab(corrective_actions=pd.DataFrame()))
    assert "is overdue" not in "; ".join(report.elements["text"])
    assert "overdue is not known" in "; ".join(reporting.report_headlines(report)["sentence"])


def test_without_a_plan_nothing_is_compared_and_the_page_says_so():
    report = usual()
    assert report.expected.empty
    assert report.deviations.empty
    told = "; ".join(reporting.report_headlines(report)["sentence"])
    assert "cannot be compared with what was found" in told


def test_the_executive_page_tells_what_was_examined_first_and_its_limits_last():
    facts = reporting.report_headlines(planned())
    assert facts["sentence"].iloc[0] == (
        "AU-3 (internal, 2024-03-05, 2 auditor-days) examined 61 of 126 combinations of clause and site (48 %) at A."
    )
    assert facts["sentence"].iloc[1].startswith("Not examined: 65 combinations of clause and site; no clause at B;")
    assert facts["sentence"].iloc[-1].startswith(SAMPLING)
    rate = facts.iloc[3]
    assert (rate["value"], rate["n"]) == (0.5, 1)
    assert rate["low"] == pytest.approx(0.0127, abs=1e-4)  # exact Poisson: 0.02532 / 2


def test_majors_are_listed_together_before_the_findings():
    elements = made(small_lab(), audit="AU-1").elements
    told = elements.loc[elements["element"] == "findings", "text"].tolist()
    assert told[1] == "Major: F1 (8.5.1.3 at A)."
    assert "Major:" not in " ".join(usual().elements["text"])


def test_no_strength_is_invented():
    findings = small_tables()["findings"]
    without = findings[findings["grade"] != "strength"]
    assert "strength" not in set(made(small_lab(findings=without)).sections["kind"])

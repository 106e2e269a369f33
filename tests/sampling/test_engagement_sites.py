"""One site plan for time, records and sites: whoever has something to follow up is visited."""

from dataclasses import replace

import pandas as pd
import pytest
from engagements import AUDIT_HEADERS, FINDING_HEADERS, Folder, finding

import auditlab
from auditlab.priority import allocation, priorities
from auditlab.priority.obligations import bearers
from auditlab.sampling import site_plan, site_plan_of, visited_sites
from auditlab.tables import Tables

SITES = [("Site", "Name", "Central"), *[(name, f"Place {name}", "yes" if name == "N" else "no") for name in "NESW"]]
SETTINGS = 'as_of = 2024-06-30\n[next_audit]\ntype = "{kind}"\n'
SIGNAL = pd.DataFrame([{"family": "unapproved_at_start_rate", "clause": "8.5.1.3", "site": "S", "flagged": True}])


@pytest.fixture
def opened(tmp_path):
    def open_with(*, kind="surveillance", party="", findings=(("F1", "S"),), sites=SITES):
        rows = [finding(name, site=site) for name, site in findings]
        audits = [("AU-1", "Surveillance 1", "2023-06-01", "N, E, S, W", 2, "ISO/IEC 20000-1:2018")]
        Folder(tmp_path).settings(party + SETTINGS.format(kind=kind)).workbook(
            "history.xlsx", Findings=[FINDING_HEADERS, *rows], Audits=[AUDIT_HEADERS, *audits], Sites=sites
        )
        return auditlab.open_engagement(tmp_path)

    return open_with


def reasons(plan):
    return plan.set_index("site")["reason"]


def test_a_site_with_something_to_follow_up_is_visited_whatever_the_draw(opened):
    plan = site_plan_of(opened(findings=[("F1", "S"), ("F2", "S"), ("F3", "W"), ("F4", "E")]))
    assert visited_sites(plan) == {"N", "E", "S", "W"}
    assert "2 nonconformities to follow up (F1, F2)" in reasons(plan)["S"]
    assert plan["required"].iloc[0] == 2


def test_a_flagged_signal_adds_its_site_with_the_reason_and_another_does_not(opened):
    lab = opened(findings=[("F1", "N")])
    calm = site_plan_of(lab, signals=SIGNAL.assign(flagged=False))
    left = str(calm.loc[~calm["selected"], "site"].iloc[0])
    plan = site_plan_of(lab, signals=SIGNAL.assign(site=left))
    row = plan.set_index("site").loc[left]
    assert (row["selected"], row["how"]) == (True, "risk")
    assert "flagged signal: unapproved at start rate (8.5.1.3)" in row["reason"]
    assert len(visited_sites(plan)) == len(visited_sites(calm)) + 1


def test_a_follow_up_at_a_site_the_list_lacks_adds_that_site_and_says_so(opened):
    lab = opened()  # intake asks about unknown sites; here the list is cut afterwards
    frames = {name: lab.tables[name] for name in lab.tables} | {"findings": lab.tables.findings.assign(site="X9")}
    plan = site_plan_of(replace(lab, tables=Tables(frames)))
    row = plan.set_index("site").loc["X9"]
    assert (row["role"], row["selected"]) == ("not listed", True)
    assert "mend the list" in row["reason"]


def test_what_an_excluded_site_leaves_open_is_said(opened):
    plan = site_plan_of(opened(), excluded={"S": "flooded"})
    assert reasons(plan)["S"].startswith("excluded this time: flooded; stays open: named for a risk: 1 nonconformity")


def test_first_party_audits_are_told_that_the_rule_is_a_guide(opened):
    rule = site_plan_of(opened())["rule"].iloc[0]
    assert rule.endswith("the rule is for certification bodies and serves as a guide in a first-party audit")
    assert "0.6 x sqrt(3) = 1.04, rounded up to 2 of 3 sites" in rule
    assert "at least a quarter" in rule
    assert "certification bodies" not in site_plan_of(opened(party='party = "third"\n'))["rule"].iloc[0]


def test_without_a_secret_seed_a_drawn_site_is_predictable_and_with_one_it_is_not(opened):
    plan = site_plan_of(opened())
    drawn = plan.loc[plan["how"] == "random", "reason"]
    assert len(drawn)
    assert drawn.str.contains("predictable by anyone, no secret seed is set").all()
    secret = site_plan_of(opened(party='seed = "00112233445566778899aabbccddeeff"\n'))
    assert not secret["reason"].str.contains("predictable").any()
    assert secret.loc[secret["how"] == "random", "reason"].str.contains("drawn at random from 3 sites").all()


@pytest.mark.parametrize("change", [{"kind": "internal"}, {"sites": SITES[:1]}])
def test_without_rule_or_list_every_site_counts_as_visited(opened, change):
    plan = site_plan_of(opened(**change))
    assert plan.empty
    assert visited_sites(plan) is None


def test_time_and_duties_go_to_visited_sites_only(opened):
    lab = opened(findings=[("F1", "S")], kind="recertification")
    visited = {"N", "S"}
    ranked = priorities(lab, draws=100, visited=visited)
    assert set(ranked.loc[ranked["mandatory"] != "", "site"]) <= visited
    assert set(ranked["clause"]) == set(ranked.loc[ranked["mandatory"].str.contains("whole system"), "clause"])
    plan = allocation(ranked, budget_minutes=480, sites=visited)
    assert set(plan.loc[plan["minutes"] > 0, "site"]) <= visited


def test_a_clause_that_no_visited_site_has_keeps_its_duty_where_it_is():
    cells = pd.DataFrame({"site": ["B", "A", "B"], "clause": ["8.1", "8.1", "8.2"]})
    assert bearers(cells, central=(), visited={"A"}) == {"8.1": "A", "8.2": "B"}
    assert bearers(cells, central=()) == {"8.1": "B", "8.2": "B"}


@pytest.mark.parametrize(
    ("count", "kind", "words"),
    [
        (9, "initial", "sqrt(9) = 3.00, no rounding: 3 of 9 sites"),
        (25, "surveillance", "0.6 x sqrt(25) = 3.00, no rounding: 3 of 25 sites"),
        (3, "recertification", "0.8 x sqrt(3) = 1.39, rounded up to 2 of 3 sites"),
    ],
)
def test_the_rule_shows_its_arithmetic(count, kind, words):
    sites = pd.DataFrame({"site": [f"S{i}" for i in range(count + 1)], "central": [i == 0 for i in range(count + 1)]})
    assert words in site_plan(sites, audit_type=kind, seed=1)["rule"].iloc[0]


def test_a_site_that_the_settings_leave_out_of_the_scope_is_not_visited(opened):
    lab = opened()
    left_out = lab.settings.plan.model_copy(update={"excluded_sites": {"S": "sold", "Z": "not in the list"}})
    plan = site_plan_of(replace(lab, settings=lab.settings.model_copy(update={"plan": left_out})))
    assert reasons(plan)["S"].startswith("excluded this time: sold")
    assert "S" not in visited_sites(plan)


def test_a_follow_up_that_names_no_site_stands_at_the_central_function(opened):
    lab = opened(findings=[("F1", "S"), ("F2", "S")])
    findings = lab.tables.findings
    unplaced = findings.assign(site=findings["site"].mask(findings["finding_id"] == "F2"))
    plan = site_plan_of(
        replace(lab, tables=Tables({name: lab.tables[name] for name in lab.tables} | {"findings": unplaced}))
    )
    assert "1 nonconformity to follow up (F2) that names no site" in reasons(plan)["N"]
    assert "F2" not in reasons(plan)["S"]

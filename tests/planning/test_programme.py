"""The programme of a cycle and the schedule of many visits: rules kept, or named."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.planning.programme import CycleRules, cycle_programme
from auditlab.planning.programme_by_hand import greedy_programme
from auditlab.planning.visits import Auditor, Visit, greedy_schedule, visit_schedule

CLAUSES = ["8.5.1", "8.6.1", "9.2", "9.3"]
MINUTES = dict.fromkeys(CLAUSES, 60)


def cells(risks):
    return pd.DataFrame(
        [(site, clause, risk) for site, row in risks.items() for clause, risk in zip(CLAUSES, row, strict=True)],
        columns=["site", "clause", "risk"],
    )


TWO = cells({"A": [0.1, 0.2, 0.3, 0.4], "B": [0.9, 0.1, 0.1, 0.1]})
RULES = CycleRules(years=2, sites_a_year=((1, 2), (1, 2)), minutes_a_visit=120, mandatory=("9.2",), central=("A",))


def test_every_rule_of_the_cycle_is_kept_and_the_worth_is_known():
    """A each year with 9.2 (0.3 and 0.27); beside it 9.3 in year 1 (0.4) and 8.6.1 in year 2 (0.18). B in year 1 with
    9.2 (0.1) and 8.5.1 (0.9), in year 2 with 9.2 (0.09) and 8.6.1 or 9.3 (0.09). Four visits at 0.1."""
    plan = cycle_programme(TWO, rules=RULES, minutes=MINUTES)
    assert plan.clashes.empty
    assert plan.objective == pytest.approx(0.3 + 0.27 + 0.4 + 0.18 + 0.1 + 0.9 + 0.09 + 0.09 - 0.4, abs=1e-6)
    assert set(plan.examined["clause"]) == set(CLAUSES)
    assert (plan.visits["minutes"] <= 120).all()


def test_hours_that_do_not_suffice_name_the_rules_that_clash():
    tight = CycleRules(years=1, sites_a_year=((1, 1),), minutes_a_visit=90, mandatory=("9.2", "9.3"), central=("A",))
    plan = cycle_programme(TWO, rules=tight, minutes=MINUTES)
    assert {"hours", "coverage", "mandatory"} & set(plan.clashes["rule"])
    assert plan.clashes["sentence"].str.contains("short").all()
    assert set(plan.clashes.loc[plan.clashes["rule"] == "coverage", "clause"]) <= set(CLAUSES)


def test_no_rule_yields_where_all_can_be_kept_however_much_a_look_is_worth():
    """One minute over the hours would bring a risk of 5 at each site."""
    rich = cells({"A": [5.0] * 4, "B": [5.0] * 4})
    rules = CycleRules(years=2, sites_a_year=((1, 2), (1, 2)), minutes_a_visit=119)
    plan = cycle_programme(rich, rules=rules, minutes=MINUTES)
    assert plan.clashes.empty
    assert plan.visits["minutes"].tolist() == [60, 60, 60, 60]


@pytest.mark.parametrize("pair", [(3, 1), (-1, 2)])
def test_least_and_most_sites_of_a_year_the_wrong_way_round_are_refused(pair):
    rules = CycleRules(years=2, sites_a_year=((1, 2), pair), minutes_a_visit=300)
    with pytest.raises(ArgumentError, match=f"sites of year 2 are {pair[0]} at least and {pair[1]} at most"):
        cycle_programme(TWO, rules=rules, minutes=MINUTES)


def test_too_few_sites_for_the_rule_is_a_named_clash():
    plan = cycle_programme(TWO, rules=CycleRules(years=1, sites_a_year=((3, 3),), minutes_a_visit=300), minutes=MINUTES)
    assert plan.clashes[["rule", "year", "short"]].to_numpy().tolist() == [["sites", 1, 1.0]]
    assert plan.clashes["sentence"].iloc[0] == "The number of sites of a year (year 1): 1 sites short."


def test_random_cells_get_their_share_whatever_their_risk():
    rules = CycleRules(years=1, sites_a_year=((2, 2),), minutes_a_visit=120, random_share=0.25)
    wide = cells({"A": [0.9, 0.8, 0.7, 0.0], "B": [0.9, 0.8, 0.7, 0.0]})
    plan = cycle_programme(wide, rules=rules, minutes=MINUTES, random_cells={("A", "9.3"), ("B", "9.3")})
    assert plan.examined.loc[plan.examined["random"], "minutes"].sum() >= 60


@settings(max_examples=15, deadline=None)
@given(
    risks=st.lists(st.floats(0, 1), min_size=12, max_size=12), hours=st.integers(30, 260), mandatory=st.integers(0, 3)
)
def test_no_rule_is_broken_silently(risks, hours, mandatory):
    frame = cells({site: risks[4 * at : 4 * at + 4] for at, site in enumerate("ABC")})
    rules = CycleRules(
        years=3, sites_a_year=((2, 3), (2, 3), (2, 3)), minutes_a_visit=hours, mandatory=tuple(CLAUSES[:mandatory]),
        central=("A",),
    )  # fmt: skip
    plan = cycle_programme(frame, rules=rules, minutes=MINUTES)
    said = set(zip(plan.clashes["rule"], plan.clashes["clause"], plan.clashes["site"], strict=True))
    rules_said = {rule for rule, _, _ in said}
    seen = set(zip(plan.examined["site"], plan.examined["clause"], plan.examined["year"], strict=True))
    visited = set(zip(plan.visits["site"], plan.visits["year"], strict=True))
    assert {(site, year) for site, _, year in seen} <= visited
    for clause in set(CLAUSES) - set(plan.examined["clause"]):
        assert ("coverage", clause, "") in said
    for site, year in visited:
        spent = 60 * sum(where == (site, year) for where in ((at, when) for at, _, when in seen))
        assert spent <= hours or ("hours", "", site) in said
        for clause in rules.mandatory:
            assert (site, clause, year) in seen or ("mandatory", clause, site) in said
    for year in (1, 2, 3):
        assert ("A", year) in visited or "central" in rules_said
        assert 2 <= sum(when == year for _, when in visited) <= 3 or "sites" in rules_said
    assert (
        not frame.merge(plan.examined[~plan.examined["mandatory"]], on=["site", "clause"])
        .duplicated(["site", "clause"])
        .any()
    )


def test_the_solver_is_worth_at_least_the_plan_by_hand():
    rng = np.random.default_rng(2)
    frame = cells({site: rng.random(4) for site in "ABCDE"})
    rules = CycleRules(years=2, sites_a_year=((2, 3), (2, 3)), minutes_a_visit=120, mandatory=("9.2",), central=("A",))
    by_hand, worth = greedy_programme(frame, rules=rules, minutes=MINUTES)
    assert cycle_programme(frame, rules=rules, minutes=MINUTES).objective >= worth - 0.005 * worth
    assert (by_hand.groupby(["site", "year"]).size() <= 2).all()


@pytest.mark.parametrize(
    ("frame", "rules", "minutes", "message"),
    [
        (pd.concat([TWO, TWO]), RULES, MINUTES, "stands twice among the cells"),
        (TWO, CycleRules(years=3, sites_a_year=((1, 2),), minutes_a_visit=9), MINUTES, "1 years of sites for a cycle of 3"),
        (TWO, RULES, {"9.2": 60}, "No time is given for the clause 8.5.1, 8.6.1, 9.3"),
        (
            TWO, CycleRules(years=1, sites_a_year=((1, 2),), minutes_a_visit=9, central=("Z",)), MINUTES,
            "The central function Z has no cell",
        ),
    ],
)  # fmt: skip
def test_rules_that_do_not_fit_are_refused(frame, rules, minutes, message):
    with pytest.raises(ArgumentError, match=message):
        cycle_programme(frame, rules=rules, minutes=minutes)


LEAD = Auditor(code="P", leads=True, competences=frozenset({"ITSM"}), travel={"A": 1.0})
OTHER = Auditor(code="Q", competences=frozenset({"ITSM", "cloud"}))


def test_a_visit_has_a_leader_and_every_competence():
    made = visit_schedule(
        [Visit(name="V1", site="A", days=2.0, weeks=(3, 4), needs=frozenset({"ITSM", "cloud"}))], [LEAD, OTHER]
    )
    assert made.clashes.empty
    assert made.visits[["week", "auditor", "leads"]].to_numpy().tolist() == [[3, "P", True], [3, "Q", False]]
    assert made.objective == 5.0  # two auditors for two days and one day of travel


def test_nobody_goes_to_a_site_of_own_work_and_what_is_missing_is_named():
    barred = Auditor(code="P", leads=True, competences=frozenset({"ITSM"}), barred=frozenset({"A"}))
    made = visit_schedule([Visit(name="V1", site="A", days=1.0, weeks=(1, 2))], [barred, OTHER])
    assert "P" not in set(made.visits["auditor"])
    assert made.clashes["sentence"].tolist() == ["Leader (V1): 1 short."]


def test_absence_and_the_days_of_a_week_move_a_visit():
    away = Auditor(code="P", leads=True, away=frozenset({1}))
    visits = [Visit(name=f"V{number}", site="A", days=3.0, weeks=(1, 3)) for number in (1, 2)]
    made = visit_schedule(visits, [away])
    assert made.clashes.empty
    assert sorted(made.visits["week"]) == [2, 3]


def test_a_week_with_more_days_than_it_has_is_named():
    visits = [Visit(name=f"V{number}", site="A", days=3.0, weeks=(1, 1)) for number in (1, 2)]
    made = visit_schedule(visits, [Auditor(code="P", leads=True)])
    assert made.clashes["sentence"].tolist() == ["Days of week 1 (P): 1 short."]


@settings(max_examples=15, deadline=None)
@given(
    days=st.lists(st.integers(1, 3), min_size=1, max_size=5),
    away=st.sets(st.integers(1, 4)),
    barred=st.sets(st.sampled_from(["S0", "S1", "S2"])),
)
def test_the_schedule_breaks_no_rule_silently_and_costs_no_more_than_by_hand(days, away, barred):
    visits = [Visit(name=f"V{at}", site=f"S{at}", days=float(length), weeks=(1, 4)) for at, length in enumerate(days)]
    pool = [
        Auditor(code="P", leads=True, away=frozenset(away), barred=frozenset(barred)),
        Auditor(code="Q", leads=True),
    ]
    made = visit_schedule(visits, pool)
    rules_said = set(made.clashes["rule"])
    for row in made.visits.itertuples():
        assert row.auditor != "P" or (row.week not in away and row.site not in barred)
    load = made.visits.merge(pd.DataFrame({"visit": [v.name for v in visits], "days": days}), on="visit")
    for (_, week), own in load.groupby(["auditor", "week"]):
        assert own["days"].sum() <= 5 or f"days of week {week}" in rules_said
    by_hand, cost, homeless = greedy_schedule(visits, pool)
    assert made.clashes.empty
    if not homeless:
        assert made.objective <= cost + 0.01 * cost + 1e-6
    assert set(by_hand["visit"]) | set(homeless) == {visit.name for visit in visits}


@pytest.mark.parametrize(
    ("visits", "auditors", "message"),
    [
        ([], [LEAD], "at least one visit"),
        ([Visit(name="V", site="A", days=1.0, weeks=(2, 1))], [LEAD], "window of the visit V ends before it begins"),
        ([Visit(name="V", site="A", days=1.0, weeks=(1, 1))], [LEAD, LEAD], "The auditor P stands twice"),
    ],
)
def test_a_schedule_without_sense_is_refused(visits, auditors, message):
    with pytest.raises(ArgumentError, match=message):
        visit_schedule(visits, auditors)

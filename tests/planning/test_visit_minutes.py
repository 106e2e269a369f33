"""Minutes add up exactly, duties come first, and a rule that yields is named."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError, NotEnoughDataError
from auditlab.planning.leaves import area_minutes, leaf_plan, unplanned_leaves
from auditlab.planning.linear import Programme
from auditlab.planning.minutes import visit_minutes
from auditlab.planning.visit_model import TIERS, Rule
from auditlab.planning.workdays import Meetings, workdays
from auditlab.priority.claims import TimeRules
from auditlab.standard.clauses import auditable_leaves, leaves_under, recurrence_key

KEYS = tuple(dict.fromkeys(recurrence_key(leaf) for leaf in auditable_leaves()))


def cells(rows):
    """Rows of (site, key, score, covered, follow-ups, untouched leaves), ranked by score."""
    ordered = sorted(rows, key=lambda row: -row[2])
    whole = "whole system (recertification): this clause at one site at least"
    return pd.DataFrame(
        {
            "rank": range(1, len(rows) + 1),
            "site": [row[0] for row in ordered],
            "clause": [row[1] for row in ordered],
            "score": [float(row[2]) for row in ordered],
            "leaves": [len(leaves_under(row[1])) for row in ordered],
            "mandatory": [
                "; ".join((["follow up F1"] if row[4] else []) + ([whole] if row[3] else [])) for row in ordered
            ],
            "follow_ups": [row[4] for row in ordered],
            "untouched_leaves": [row[5] for row in ordered],
        }
    )


NO_MEETINGS = Meetings(opening=0, closing=0, team=0)
FOUR = cells(
    [("A", "8.6.1", 2.0, False, 0, 0), ("A", "8.7.3", 0.0, True, 1, 0), ("A", "8.2.2", -2.0, False, 0, 1),
     ("A", "8.2.4", -3.0, False, 0, 0)]
)  # fmt: skip


def plan(frame, budget, **options):
    given = {"sites": ["A"], "shares": [1.0], "meetings": NO_MEETINGS}
    return visit_minutes(frame, budget_minutes=budget, **(given | options))


def test_floors_then_slots_then_depth_where_the_chance_is_highest():
    """140 minutes: duty 15 + 20, unexamined 15; six quarters of an hour are left. Chances .881, .5, .119, .047, so
    they are worth .881, .44, .22, .22 at 8.6.1 and .25, .125 at 8.7.3; a slot for 8.2.4 would be worth .047."""
    made = plan(FOUR, 140, rules=TimeRules(random_share=0.0, contingency_share=0.0))
    assert made.cells["minutes"].tolist() == [60, 65, 15, 0]
    assert made.cells["part"].tolist() == ["priority", "mandatory", "unexamined", "none"]
    assert made.clashes.empty
    assert made.total() == 140


def test_the_least_times_are_those_of_the_rules():
    many = cells([("A", "8.7.3", 0.0, True, 2, 0), ("A", "8.5.2", 0.0, False, 0, 3), ("A", "9.3", 0.0, False, 1, 1)])
    made = plan(many, 480, rules=TimeRules(leaf_minutes=10))
    # 3 leaves x 10 and 2 x 20; 3 untouched x 10; a follow-up brings its slot, in which the untouched leaf is seen.
    assert made.cells["floor"].tolist() == [30 + 40, 30, 15 + 20]
    assert made.cells["unknown"].tolist() == [False, True, True]


def test_a_budget_below_the_floors_names_every_rule_that_yields():
    made = plan(FOUR, 40, rules=TimeRules(contingency_share=0.1))
    assert made.total() == 40
    clashes = made.clashes.set_index("rule")
    assert set(clashes.index) <= {str(rule) for rule in Rule}
    assert str(Rule.UNEXAMINED) in clashes.index
    assert clashes.loc[str(Rule.UNEXAMINED), "short"] == 15
    assert "8.2.2 at A" in clashes.loc[str(Rule.UNEXAMINED), "sentence"]
    assert "40 minutes do not hold all floors" in clashes["sentence"].iloc[0]
    given = made.cells.set_index("clause")["minutes"]
    assert given["8.7.3"] >= 35


def test_the_stronger_rule_keeps_its_time_first():
    made = plan(FOUR, 35, rules=TimeRules(contingency_share=0.0))
    assert made.cells.set_index("clause")["minutes"].to_dict() == {"8.6.1": 0, "8.7.3": 35, "8.2.2": 0, "8.2.4": 0}


def test_a_site_that_is_not_visited_gets_no_time_and_its_duty_is_named():
    two = pd.concat([FOUR, FOUR.assign(site="B", rank=FOUR["rank"] + 4)], ignore_index=True)
    made = plan(two, 300)
    at_b = made.cells[made.cells["site"] == "B"]
    assert at_b["minutes"].sum() == 0
    assert at_b["reason"].str.startswith("the site is not visited at this audit: this duty stays open").sum() == 1


def test_the_random_cells_do_not_depend_on_the_scores():
    frame = cells([("A", key, number / 10, False, 0, 0) for number, key in enumerate(KEYS)])
    options = {"rules": TimeRules(random_share=0.25), "seed": 3}
    first = plan(frame, 400, **options).cells
    turned = frame.assign(score=-frame["score"], rank=frame["rank"].iloc[::-1].to_numpy())
    second = plan(turned, 400, **options).cells
    drawn = [set(table.loc[table["part"] == "random", "clause"]) for table in (first, second)]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == round(380 * 0.25 / 15)  # 400 less 5 % contingency; no floor anywhere


def test_no_more_auditors_go_to_a_site_than_may_examine_something_there():
    two = cells([("A", "8.6.1", -1.0, True, 0, 0), ("B", "8.7.3", 3.0, True, 1, 0), ("B", "8.5.1", 3.0, True, 1, 0)])
    free = plan(two, 1920, sites=["A", "B"], auditors=2).site_days
    assert free.loc[free["site"] == "B", "auditors"].max() == 2
    kept = plan(two, 1920, sites=["A", "B"], auditors=2, useful={"B": 1})
    assert kept.site_days.loc[kept.site_days["site"] == "B", "auditors"].max() == 1
    assert kept.total() == 1920
    nowhere_else = plan(two, 1920, sites=["B"], auditors=2, useful={"B": 1})
    assert nowhere_else.total() == 1920


def test_the_same_input_gives_the_same_plan():
    frame = cells([(site, key, 0.0, False, 0, 0) for key in KEYS[:20] for site in "AB"])
    made = [visit_minutes(frame, budget_minutes=960, sites=["A", "B"], auditors=2, seed=1) for _ in range(2)]
    pd.testing.assert_frame_equal(made[0].cells, made[1].cells)
    pd.testing.assert_frame_equal(made[0].site_days, made[1].site_days)


ROWS = st.lists(
    st.tuples(
        st.sampled_from("ABC"), st.sampled_from(KEYS), st.floats(-5, 3), st.booleans(), st.integers(0, 2),
        st.integers(0, 1),
    ),
    min_size=1, max_size=25, unique_by=lambda row: row[:2],
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(rows=ROWS, budget=st.integers(700, 3000), auditors=st.integers(1, 3), share=st.sampled_from([0.8, 0.6]))
def test_minutes_add_up_no_cell_gains_and_every_broken_floor_is_named(rows, budget, auditors, share):
    frame = cells(rows)
    made = visit_minutes(frame, budget_minutes=budget, sites=["A", "B", "C"], auditors=auditors, shares=[share], seed=2)
    assert made.total() == budget
    assert made.total(share) == int(budget * share + 0.5)
    whole, less = (made.cells[made.cells["budget_share"] == part] for part in (1.0, share))
    assert (less["minutes"].to_numpy() <= whole["minutes"].to_numpy()).all()
    assert ((made.cells["minutes"] == 0) | (made.cells["minutes"] >= 15)).all()
    short = made.cells[made.cells["minutes"] < made.cells["floor"]]
    named = set(zip(made.clashes["budget_share"], made.clashes["site"], made.clashes["clause"], strict=True))
    assert set(zip(short["budget_share"], short["site"], short["clause"], strict=True)) <= named
    assert (made.clashes["short"] > 0).all()
    for at, numbers in made.site_days.groupby(["budget_share", "day", "half"]):
        assert numbers["auditors"].sum() == auditors, at


@settings(max_examples=12, deadline=None)
@given(budget=st.integers(600, 3000), auditors=st.integers(1, 3))
def test_the_time_of_each_site_is_spent_there(budget, auditors):
    frame = cells([(site, key, 0.1, False, 0, 0) for key in KEYS[:8] for site in "AB"])
    made = visit_minutes(frame, budget_minutes=budget, sites=["A", "B"], auditors=auditors, shares=[1.0])
    there = (made.site_days["auditors"] * made.site_days["minutes"]).groupby(made.site_days["site"]).sum()
    spent = (
        made.cells.groupby("site")["minutes"].sum()
        + made.others[made.others["site"] != ""].groupby("site")["minutes"].sum()
    )
    assert abs(spent - there.reindex(spent.index, fill_value=0)).sum() == budget % auditors


def worth(frame, minutes, slot=15):
    """Expected nonconformities met, in full slots: chances times the worth of their minutes, tier by tier."""
    chance = 1 / (1 + np.exp(-frame["score"].to_numpy(float)))
    given = np.asarray(minutes, dtype=float)
    value, left = np.where(given >= slot, 1.0, 0.0), np.maximum(given - slot, 0)
    for length, share in TIERS:
        value += np.minimum(left, length) * share / slot
        left = np.maximum(left - length, 0)
    return float((chance * value).sum())


def test_the_solver_is_no_worse_than_any_cell_by_cell_choice():
    """Against the best of 200 random plans of the same budget, and against the simple rule by order."""
    rng = np.random.default_rng(4)
    frame = cells([("A", key, float(rng.normal()), False, 0, 0) for key in KEYS[:12]])
    made = plan(frame, 120, rules=TimeRules(random_share=0.0, contingency_share=0.0))
    best = worth(frame, made.cells["minutes"])
    for _ in range(200):
        steps = rng.multinomial(8, np.full(12, 1 / 12)) * 15
        assert worth(frame, steps) <= best + 1e-3


@pytest.mark.parametrize(
    ("budget", "options", "message"),
    [
        (1.5, {}, "budget_minutes is 1.5"),
        (0, {}, "budget_minutes is 0"),
        (100, {"shares": [1.2]}, "above 0 and up to 1"),
        (100, {"sites": ["Z"]}, "None of the cells lies at a site that is visited"),
        (60, {"auditors": 3}, "Day 1 has 20 minutes for each of 3 auditors, less than its meetings take"),
        (60, {"auditors": 0}, "The team has no auditor"),
    ],
)
def test_what_cannot_be_planned_is_refused(budget, options, message):
    with pytest.raises(ArgumentError, match=message):
        visit_minutes(FOUR, budget_minutes=budget, **({"sites": ["A"]} | options))


def test_a_problem_without_any_solution_says_so():
    model = Programme()
    one = model.variables([1.0], gain=[1.0])
    model.row((one, 1.0), least=2.0)
    with pytest.raises(NotEnoughDataError, match="no plan within the fixed rules"):
        model.solve(gap=0.0)


@settings(max_examples=50, deadline=None)
@given(budget=st.integers(200, 9000), auditors=st.integers(1, 6))
def test_workdays_hold_every_minute_of_the_budget(budget, auditors):
    days = workdays(budget, auditors=auditors, meetings=NO_MEETINGS)
    assert sum(days.day_minutes) * auditors + days.odd_minutes == budget
    assert max(days.day_minutes) <= 480
    assert max(days.day_minutes) - min(days.day_minutes) <= 1
    assert sum(half.minutes for half in days.half_days) == sum(days.day_minutes)


def test_the_leaves_of_a_cell_share_its_minutes_exactly_the_unseen_ones_first():
    made = pd.DataFrame({"site": "A", "clause": ["8.7.3"], "minutes": [32], "part": "mandatory", "rank": 1})
    seen = pd.DataFrame({"site": "A", "clause": ["8.7.3.1", "8.7.3.2"], "state": ["examined", "untouched"]})
    leaves = leaf_plan(made, seen)
    assert leaves["minutes"].tolist() == [10, 11, 11]
    assert leaves["state"].tolist() == ["examined", "untouched", "unknown"]
    assert leaves["unknown"].tolist() == [False, True, True]


def test_an_area_without_a_minute_does_not_pass_unseen():
    made = pd.DataFrame({"site": "A", "clause": ["8.7.3"], "minutes": [32], "part": "mandatory", "rank": 1})
    leaves = leaf_plan(made, pd.DataFrame({"site": [], "clause": [], "state": []}))
    areas = area_minutes(leaves, sites=["A", "B"]).set_index("area")
    assert areas.loc["8.7", ["A", "B", "minutes"]].tolist() == [32, 0, 32]
    assert areas["untouched"].sum() == len(areas) - 1
    assert len(unplanned_leaves(leaves)) == 60

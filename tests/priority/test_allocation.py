"""Minutes add up in useful slots, duties come first, and what is cut is named."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.priority import TimeRules, loss_list, losses_in_words
from auditlab.priority import allocation as allocated


def cells(rows):
    """Rows of (score, leaves, mandatory, untouched), ranked by score."""
    ordered = sorted(rows, key=lambda row: -row[0])
    return pd.DataFrame(
        {
            "rank": range(1, len(rows) + 1),
            "site": "A",
            "clause": [f"8.{number + 1}.1" for number in range(len(rows))],
            "score": [float(row[0]) for row in ordered],
            "leaves": [row[1] for row in ordered],
            "mandatory": ["follow up F001" if row[2] else "" for row in ordered],
            "follow_ups": [int(row[2]) for row in ordered],
            "untouched_leaves": [row[1] if row[3] else 0 for row in ordered],
        }
    )


FOUR = cells([(2.0, 1, False, False), (0.0, 2, True, False), (-2.0, 1, False, True), (-3.0, 1, False, False)])


def allocation(frame, *, random_share=0.0, slot=15, leaf_minutes=5, **more):
    return allocated(frame, rules=TimeRules(random_share=random_share, slot=slot, leaf_minutes=leaf_minutes), **more)


def minutes(plan, share):
    return plan.loc[plan["budget_share"] == share, "minutes"].tolist()


def test_duties_and_unexamined_cells_come_first_then_slots_then_depth():
    """Duty 15 + 20, unexamined 15; of the other 90 three slots at most: two cells. 60 left by .881, .5, .119, .047."""
    plan = allocation(FOUR, budget_minutes=140, shares=[1.0])
    assert minutes(plan, 1.0) == [15 + 35, 35 + 20, 15 + 5, 15]
    assert plan["part"].tolist() == ["priority", "mandatory", "unexamined", "priority"]
    assert plan["reason"].tolist() == [
        "50 by priority",
        "floor 35 and 20 by priority; follow up F001",
        "not examined in this cycle: 15 and 5 by priority",
        "15 by priority",
    ]


def test_a_mandatory_cell_has_time_for_each_of_its_clauses():
    many = cells([(1.0, 6, True, False), (0.0, 1, True, False)]).assign(mandatory="examined every year", follow_ups=0)
    assert allocation(many, budget_minutes=45, shares=[1.0])["floor"].tolist() == [30, 15]


@pytest.mark.parametrize(
    "duty", ["follow up of complaints: examined every year", "Nachverfolgung F001", "must be covered"]
)
def test_a_duty_brings_time_whatever_its_words(duty):
    named = cells([(1.0, 6, True, False), (0.0, 1, False, False)]).assign(mandatory=[duty, ""], follow_ups=0)
    plan = allocation(named, budget_minutes=60, shares=[1.0])
    assert plan["floor"].tolist() == [30, 0]
    assert plan["part"].tolist() == ["mandatory", "priority"]


def test_a_duty_without_any_time_is_short_of_its_floor_and_a_drawn_cell_says_its_slot():
    two = cells([(1.0, 6, True, False), (0.0, 1, False, False)])
    assert allocation(two, budget_minutes=0, shares=[1.0])["reason"].tolist() == [
        "50 minutes short of its floor of 50; follow up F001",
        "no time left at this place in the order",
    ]
    drawn = allocation(two, budget_minutes=80, shares=[1.0], random_share=0.5)
    assert drawn["part"].tolist() == ["mandatory", "random"]
    assert drawn["reason"].tolist()[1] == "drawn at random: 15"


def test_with_less_time_depth_shrinks_and_the_last_slot_falls_out_whole():
    plan = allocation(FOUR, budget_minutes=140, shares=[1.0, 0.6])
    assert minutes(plan, 0.6) == [29, 40, 15, 0]
    lost = loss_list(plan)
    assert lost[["budget_share", "clause", "minutes_lost", "minutes_left"]].to_numpy().tolist() == [
        [0.6, "8.4.1", 15, 0],
        [0.6, "8.1.1", 21, 29],
        [0.6, "8.2.1", 15, 40],
        [0.6, "8.3.1", 5, 15],
    ]
    assert lost["reason"].iloc[0].startswith("not examined: duties, cells not examined in this cycle")
    assert set(lost["reason"].iloc[1:]) == {"less depth"}


def test_a_budget_below_the_floors_says_what_it_does_not_reach():
    lost = loss_list(allocation(FOUR, budget_minutes=40, shares=[1.0]))
    assert lost[["clause", "minutes_lost", "minutes_left"]].to_numpy().tolist() == [
        ["8.1.1", 0, 0],
        ["8.4.1", 0, 0],
        ["8.3.1", 10, 5],
    ]
    assert lost["reason"].tolist() == ["no time left at this place in the order"] * 2 + [
        "10 minutes short of its floor of 15"
    ]


def test_a_site_that_is_not_visited_gets_no_time_and_its_duty_is_named():
    two = pd.concat([FOUR, FOUR.assign(site="B", rank=FOUR["rank"] + 4)], ignore_index=True)
    plan = allocation(two, budget_minutes=200, shares=[1.0], sites=["A"])
    at_b = plan[plan["site"] == "B"]
    assert at_b["minutes"].sum() == 0
    assert plan["minutes"].sum() == 200
    assert at_b["reason"].tolist()[1] == "the site is not visited at this audit: this duty stays open; follow up F001"


def test_a_cell_that_loses_its_slot_loses_its_depth_too():
    """Forty equal cells: 20 get a slot and as much again; of 360 minutes 12 keep a slot, and nobody keeps 5 minutes."""
    plan = allocation(cells([(0.0, 1, False, False)] * 40), budget_minutes=600, shares=[1.0, 0.6])
    assert sorted(set(minutes(plan, 1.0))) == [0, 30]
    assert sum(given > 0 for given in minutes(plan, 0.6)) == 12
    assert min(given for given in minutes(plan, 0.6) if given) == 30


ROWS = st.lists(st.tuples(st.floats(-9, 9), st.integers(1, 5), st.booleans(), st.booleans()), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(
    rows=ROWS, budget=st.integers(0, 3000), share=st.floats(0.05, 1), random_share=st.floats(0, 0.9),
    seed=st.integers(0, 9),
)  # fmt: skip
def test_minutes_add_up_and_no_cell_gains_when_time_is_cut(rows, budget, share, random_share, seed):
    plan = allocation(cells(rows), budget_minutes=budget, shares=[1.0, share], random_share=random_share, seed=seed)
    whole, less = minutes(plan, 1.0), minutes(plan, share)
    assert sum(whole) == budget
    assert abs(sum(less) - share * budget) <= 0.5 + 1e-9
    assert all(part >= 0 for part in whole + less)
    assert all(after <= before for before, after in zip(whole, less, strict=True))
    assert (plan["minutes"] >= plan["random_minutes"]).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget_minutes": 1.5}, "budget_minutes is 1.5"),
        ({"budget_minutes": 10, "leaf_minutes": -1}, "leaf_minutes is -1"),
        ({"budget_minutes": 10, "slot": 0}, "slot is 0. Give a whole number of minutes, 1 or more"),
        ({"budget_minutes": 10, "shares": [1.2]}, "above 0 and up to 1"),
        ({"budget_minutes": 10, "sites": ["Z"]}, "None of the cells lies at a site that will be visited"),
    ],
)
def test_budgets_that_are_none_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        allocation(FOUR, **options)


def test_an_empty_list_of_cells_is_refused():
    with pytest.raises(ArgumentError, match="no cell to give time to"):
        allocation(FOUR.iloc[:0], budget_minutes=10)


def test_losses_are_counted_in_words():
    lost = loss_list(allocation(FOUR, budget_minutes=140, shares=[1.0, 0.6]))
    assert losses_in_words(lost) == "Cells: at 60 % of the time 1 get none and 3 get less."
    assert losses_in_words(lost.head(0)) == "Every cell has time, at every share of the budget."

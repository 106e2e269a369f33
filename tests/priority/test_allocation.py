"""Minutes add up, duties come first, and what is cut is named."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.priority import allocation, loss_list


def cells(rows):
    """Rows of (score, leaves, mandatory), ranked by score."""
    ordered = sorted(rows, key=lambda row: -row[0])
    return pd.DataFrame(
        {
            "rank": range(1, len(rows) + 1),
            "site": "A",
            "clause": [f"8.{number + 1}.1" for number in range(len(rows))],
            "score": [float(row[0]) for row in ordered],
            "leaves": [row[1] for row in ordered],
            "mandatory": ["follow up F001" if row[2] else "" for row in ordered],
        }
    )


THREE = cells([(2.0, 1, False), (0.0, 2, True), (-2.0, 1, False)])


def minutes(plan, share):
    return plan.loc[plan["budget_share"] == share, "minutes"].tolist()


def test_floors_come_first_and_the_rest_follows_the_order():
    """Floors 5, 20 and 5 use 30 of 130; the other 100 by chances 0.881, 0.5, 0.119: 58.7, 33.3, 7.9."""
    plan = allocation(THREE, budget_minutes=130, shares=[1.0])
    assert minutes(plan, 1.0) == [5 + 59, 20 + 33, 5 + 8]


def test_less_time_is_taken_from_the_end_of_the_order_but_not_from_duties():
    plan = allocation(THREE, budget_minutes=130, shares=[1.0, 0.6])
    assert minutes(plan, 0.6) == [58, 20, 0]
    lost = loss_list(plan)
    assert lost[["budget_share", "clause", "minutes_lost"]].to_numpy().tolist() == [
        [0.6, "8.1.1", 6],
        [0.6, "8.2.1", 33],
        [0.6, "8.3.1", 13],
    ]
    assert lost["reason"].iloc[-1] == "not examined: higher priorities and mandatory floors come first"


def test_a_budget_below_the_floors_says_what_it_does_not_reach():
    plan = allocation(THREE, budget_minutes=22, shares=[1.0])
    assert minutes(plan, 1.0) == [2, 20, 0]
    lost = loss_list(plan)
    assert lost["minutes_lost"].tolist() == [3, 5]
    assert lost["reason"].tolist() == [
        "the whole budget does not reach its floor",
        "the whole budget does not reach this cell",
    ]


ROWS = st.lists(st.tuples(st.floats(-9, 9), st.integers(1, 5), st.booleans()), min_size=1, max_size=30)


@settings(max_examples=80, deadline=None)
@given(rows=ROWS, budget=st.integers(0, 3000), share=st.sampled_from([0.8, 0.6, 0.35]))
def test_minutes_add_up_and_no_cell_gains_when_time_is_cut(rows, budget, share):
    plan = allocation(cells(rows), budget_minutes=budget, shares=[1.0, share])
    whole, less = minutes(plan, 1.0), minutes(plan, share)
    assert sum(whole) == budget
    assert abs(sum(less) - share * budget) <= 0.5 + 1e-9
    assert all(part >= 0 for part in whole + less)
    assert all(after <= before for before, after in zip(whole, less, strict=True))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget_minutes": 1.5}, "budget_minutes is 1.5"),
        ({"budget_minutes": 10, "other_floor": -1}, "other_floor is -1"),
        ({"budget_minutes": 10, "shares": [1.2]}, "above 0 and up to 1"),
    ],
)
def test_budgets_that_are_none_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        allocation(THREE, **options)


def test_an_empty_list_of_cells_is_refused():
    with pytest.raises(ArgumentError, match="no cell to give time to"):
        allocation(THREE.iloc[:0], budget_minutes=10)

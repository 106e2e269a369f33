"""The random reserve: a part of the free time that no score can move."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.priority import TimeRules, allocation
from auditlab.priority.reserve import drawn_slots, turn_of
from auditlab.settings import Method

CELLS = pd.DataFrame(
    {
        "rank": range(1, 21),
        "site": ["A", "B"] * 10,
        "clause": [f"8.{number // 2 + 1}.1" for number in range(20)],
        "score": np.linspace(1, -3, 20),
        "leaves": 1,
        "follow_ups": [int(number < 4) for number in range(20)],
        "mandatory": ["follow up F001" if number < 4 else "" for number in range(20)],
    }
)


def plan(cells=CELLS, *, budget=480, share=0.2, seed=3, shares=(1.0, 0.8, 0.6)):
    return allocation(cells, budget_minutes=budget, rules=TimeRules(random_share=share), seed=seed, shares=shares)


@pytest.mark.parametrize("budget_share", [1.0, 0.8, 0.6])
def test_a_fifth_of_the_free_time_is_drawn_and_marked_whatever_the_budget(budget_share):
    """Four floors of 35 minutes take 140; a fifth of the rest is rounded to slots of 15."""
    shown = plan().query("budget_share == @budget_share")
    assert shown["minutes"].sum() == round(480 * budget_share)
    reserved = (480 * budget_share - 140) * 0.2
    assert shown["random_minutes"].sum() == 15 * round(reserved / 15)
    assert (shown["part"] == "random").eq(shown["random_minutes"] > 0).all()
    assert set(shown.loc[shown["rank"] <= 4, "part"]) == {"mandatory"}
    drawn = shown[shown["part"] == "random"]
    assert drawn["reason"].str.contains("drawn at random: 15").all()


def test_the_draw_does_not_know_the_scores_nor_the_order_of_the_rows():
    turned = CELLS.assign(rank=CELLS["rank"].to_numpy()[::-1], score=-CELLS["score"])
    turned["mandatory"] = CELLS["mandatory"]
    drawn = [
        {(row.site, row.clause): row.random_minutes for row in plan(cells).query("budget_share == 1").itertuples()}
        for cells in (CELLS, turned, CELLS.sample(frac=1, random_state=1))
    ]
    assert drawn[0] == drawn[1] == drawn[2]


def test_another_seed_draws_other_cells_and_the_same_seed_the_same():
    def drawn(seed):
        return plan(seed=seed)["random_minutes"].tolist()

    assert drawn(3) == drawn(3)
    assert len({tuple(drawn(seed)) for seed in range(8)}) > 4


def test_where_every_cell_is_a_duty_nothing_is_left_to_draw():
    duty = plan(CELLS.assign(mandatory="whole system", follow_ups=0), shares=[1.0])
    assert duty["random_minutes"].sum() == 0
    assert duty["minutes"].sum() == 480


@settings(max_examples=40, deadline=None)
@given(budget=st.integers(0, 2000), share=st.floats(0, 0.9), seed=st.integers(0, 99), part=st.floats(0.05, 1))
def test_the_minutes_always_add_up(budget, share, seed, part):
    shown = plan(budget=budget, share=share, seed=seed, shares=[1.0, part])
    for budget_share, own in shown.groupby("budget_share"):
        assert abs(own["minutes"].sum() - budget * budget_share) <= 0.5
        assert (own["minutes"] >= own["random_minutes"]).all()
        assert (own["random_minutes"] >= 0).all()


def test_every_cell_is_drawn_as_often_as_another():
    """2000 draws of 2 of 16 cells: each comes 250 times, give or take 4 standard deviations of 14.8."""
    free = CELLS["mandatory"].eq("").to_numpy()
    counts = np.zeros(20)
    for seed in range(2000):
        counts += drawn_slots(turn_of(CELLS, seed=seed), free, minutes=30, slot=15, most=300) > 0
    assert counts[~free].sum() == 0
    assert (abs(counts[free] - 250) < 4 * 14.8).all()


def test_a_share_that_is_none_is_refused():
    with pytest.raises(ArgumentError, match="random_share is 1"):
        plan(share=1)


@pytest.mark.parametrize("share", [0.14, 0.26])
def test_the_setting_lies_between_15_and_25_percent(share):
    with pytest.raises(ValueError, match="random_share"):
        Method(random_share=share)

"""The random reserve: a part of the free time that no score can move."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.priority import allocation
from auditlab.priority.reserve import random_minutes
from auditlab.settings import Method

CELLS = pd.DataFrame(
    {
        "rank": range(1, 21),
        "site": ["A", "B"] * 10,
        "clause": [f"8.{number // 2 + 1}.1" for number in range(20)],
        "score": np.linspace(1, -3, 20),
        "leaves": 1,
        "mandatory": ["follow up F001" if number < 4 else "" for number in range(20)],
    }
)


def plan(cells=CELLS, *, budget=480, share=0.2, seed=3, shares=(1.0, 0.8, 0.6)):
    return allocation(cells, budget_minutes=budget, random_share=share, seed=seed, shares=shares)


@pytest.mark.parametrize("budget_share", [1.0, 0.8, 0.6])
def test_a_fifth_of_the_free_time_is_drawn_and_marked_whatever_the_budget(budget_share):
    """Four mandatory floors take 40 minutes; a fifth of the rest is rounded to a minute."""
    shown = plan().query("budget_share == @budget_share")
    assert shown["minutes"].sum() == round(480 * budget_share)
    assert shown["random_minutes"].sum() == int((480 * budget_share - 40) * 0.2 + 0.5)
    assert (shown["part"] == "random").eq(shown["random_minutes"] > 0).all()
    assert set(shown.loc[shown["rank"] <= 4, "part"]) == {"mandatory"}
    drawn = shown[shown["part"] == "random"]
    assert drawn["reason"].str.contains("drawn at random").all()
    # Every drawn cell but the last gets the depth of a mandatory one.
    assert sorted(drawn["random_minutes"], reverse=True)[: len(drawn) - 1] == [10] * (len(drawn) - 1)


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


def test_where_every_cell_is_a_duty_the_draw_gives_some_of_them_more():
    duty = plan(CELLS.assign(mandatory="whole system"), shares=[1.0])
    assert duty["random_minutes"].sum() == round(0.2 * (480 - 200))
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
        counts += random_minutes(CELLS, minutes=20, depth=np.full(20, 10), candidates=free, seed=seed)[0] > 0
    assert counts[~free].sum() == 0
    assert (abs(counts[free] - 250) < 4 * 14.8).all()


def test_a_share_or_time_that_is_none_is_refused():
    with pytest.raises(ArgumentError, match="random_share is 1"):
        plan(share=1)
    with pytest.raises(ArgumentError, match="reserve is -1 minutes"):
        random_minutes(CELLS, minutes=-1, depth=np.ones(20), candidates=np.ones(20, dtype=bool), seed=1)


@pytest.mark.parametrize("share", [0.14, 0.26])
def test_the_setting_lies_between_15_and_25_percent(share):
    with pytest.raises(ValueError, match="random_share"):
        Method(random_share=share)

"""Systematic, stratified, sized and cell draws, allocation and replacements."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.sampling import allocate, draw, replacements
from auditlab.sampling.selection import interval_points, records_at, units_at

SEED = "00112233445566778899aabbccddeeff"
METHODS = [
    {"method": "systematic"},
    {"method": "stratified", "strata": "site"},
    {"method": "pps", "size": "cost"},
    {"method": "cell"},
    {"method": "cell", "size": "cost"},
]


def population(count=60):
    return pd.DataFrame(
        {
            "id": [f"R{i:04d}" for i in range(count)],
            "site": [f"S{i % 3}" for i in range(count)],
            "cost": [float(1 + i % 7) for i in range(count)],
            "outcome": [i % 2 for i in range(count)],
        }
    )


@pytest.mark.parametrize("asked", METHODS)
@given(st.integers(1, 60), st.integers(1, 20), st.integers(0, 2**64), st.randoms())
@settings(max_examples=25, deadline=None)
def test_no_draw_depends_on_the_order_of_rows_or_on_outcomes(asked, count, n, seed, shuffler):
    frame = population(count)
    rows = list(range(count))
    shuffler.shuffle(rows)
    other = frame.iloc[rows].assign(outcome=9)
    wanted = min(n, count)
    pd.testing.assert_frame_equal(
        draw(frame, id="id", n=wanted, seed=seed, **asked), draw(other, id="id", n=wanted, seed=seed, **asked)
    )


@given(st.integers(1, 300), st.integers(1, 60), st.integers(0, 2**64))
@settings(max_examples=40, deadline=None)
def test_a_systematic_draw_takes_records_an_equal_step_apart(count, n, seed):
    wanted = min(n, count)
    places = [
        int(item[1:]) for item in draw(population(count), id="id", n=wanted, seed=seed, method="systematic")["id"]
    ]
    assert len(set(places)) == wanted
    gaps = set(np.diff(places))
    assert gaps <= {count // wanted, -(-count // wanted)}


@pytest.mark.parametrize(
    ("start", "places"), [(1, [1, 11, 21, 31, 41]), (2, [2, 12, 22, 32, 42])]
)  # R package jfa, selection(method = "interval"), 50 items
def test_an_interval_over_items_matches_a_published_run(start, places):
    assert list(records_at(interval_points(50, n=5, start=start), records=50) + 1) == places


def test_an_interval_over_money_takes_the_first_item_whose_sum_reaches_the_point():
    # Touw and Hoogduin (2011), p. 31 count items; along the money, the large invoice catches both points
    sizes = np.array([700.0, 750, 1000, 900, 6000])
    assert list(units_at(np.array([700.0, 700.5, 9350]), sizes)) == [0, 1, 4]
    frame = pd.DataFrame({"id": list("abcde"), "cost": sizes})
    drawn = draw(frame, id="id", n=4, seed=SEED, method="pps", size="cost")
    assert drawn["times"].sum() == 4
    assert drawn.set_index("id").loc["e", "times"] >= 2


@given(st.integers(0, 2**64))
@settings(max_examples=40, deadline=None)
def test_a_record_larger_than_the_interval_is_always_drawn_and_one_of_size_0_never(seed):
    frame = population(20).assign(cost=[0.0, 500.0, *[1.0] * 18])
    for method in ("pps", "cell"):
        drawn = draw(frame, id="id", n=3, seed=seed, method=method, size="cost")
        assert "R0001" in set(drawn["id"])
        assert "R0000" not in set(drawn["id"])


@given(st.integers(1, 60), st.integers(1, 12), st.integers(0, 2**64))
@settings(max_examples=40, deadline=None)
def test_a_cell_draw_takes_one_record_of_each_cell(count, n, seed):
    wanted = min(n, count)
    places = [int(item[1:]) for item in draw(population(count), id="id", n=wanted, seed=seed, method="cell")["id"]]
    assert len(places) == wanted
    for cell, place in enumerate(places):
        assert cell * count / wanted - 1 <= place <= (cell + 1) * count / wanted


def test_strata_get_their_share():
    frame = population(60).assign(site=["A"] * 40 + ["B"] * 15 + ["C"] * 5)
    drawn = draw(frame, id="id", n=12, seed=SEED, method="stratified", strata="site")
    assert drawn["site"].value_counts().to_dict() == {"A": 8, "B": 3, "C": 1}
    assert drawn["id"].is_unique


@pytest.mark.parametrize(
    ("sizes", "asked", "parts"),
    [
        ([700, 200, 100], {"n": 30}, [21, 6, 3]),
        ([1, 1, 1], {"n": 100}, [34, 33, 33]),  # largest remainder, ties by order
        ([400, 300, 300], {"n": 30, "method": "neyman", "spread": [2, 3, 5]}, [8, 8, 14]),  # R package samplingbook
        ([400, 300, 300], {"n": 30, "method": "optimal", "spread": [2, 3, 5], "costs": [1, 2, 4]}, [11, 9, 10]),
        ([700, 200, 100], {"n": 250, "method": "neyman", "spread": [0.2179, 0.3, 0.4]}, [151, 59, 40]),
    ],
)
def test_allocation_matches_published_and_exact_values(sizes, asked, parts):
    assert allocate(sizes, **asked) == parts


@given(st.lists(st.integers(0, 500), min_size=1, max_size=8), st.integers(0, 300))
@settings(max_examples=50, deadline=None)
def test_an_allocation_adds_up_and_is_within_one_of_its_share(sizes, n):
    if not sum(sizes):
        with pytest.raises(ArgumentError, match="Every stratum weighs 0"):
            allocate(sizes, n=n)
        return
    parts = allocate(sizes, n=n)
    assert sum(parts) == n
    assert all(abs(part - n * size / sum(sizes)) < 1 for part, size in zip(parts, sizes, strict=True))


def test_a_record_that_cannot_be_examined_is_replaced_by_the_next_of_the_same_draw_and_logged():
    frame = population(60)
    longer = draw(frame, id="id", n=6, seed=SEED)["id"].tolist()
    log = replacements(frame, id="id", n=4, seed=SEED, unavailable={longer[1]: "archived", longer[4]: "archived"})
    assert log["id"].tolist() == [*longer[:4], longer[5]]
    assert log["state"].tolist() == ["examined", "replaced", "examined", "examined", "examined"]
    assert (log["replaces"].iloc[4], log["reason"].iloc[4]) == (longer[1], "archived")


@pytest.mark.parametrize(
    ("unavailable", "n", "message"),
    [
        ({"R9": "gone"}, 4, "not in the population: R9"),
        ({"R0001": " "}, 4, "No reason is given for replacing R0001"),
        ({"R0001": "gone"}, 60, "only 0 are left to draw"),
    ],
)
def test_a_replacement_that_cannot_be_made_says_why(unavailable, n, message):
    with pytest.raises(ArgumentError, match=message):
        replacements(population(60), id="id", n=n, seed=SEED, unavailable=unavailable)


@pytest.mark.parametrize(
    ("frame", "asked", "message"),
    [
        (population(5), {"method": "pps"}, "'pps' needs size"),
        (population(5), {"method": "stratified"}, "'stratified' needs strata"),
        (population(5), {"method": "systematic", "size": "cost"}, "'systematic' uses none. Leave size out"),
        (population(5), {"method": "pps", "size": "price"}, "no column 'price' for the size"),
        (population(5).assign(cost=[1, None, 3, 4, 5]), {"method": "pps", "size": "cost"}, "missing for 1 record: R0001"),
        (population(5).assign(cost=-1.0), {"method": "pps", "size": "cost"}, "below 0 for R0000, R0001"),
        (population(5).assign(cost=0.0), {"method": "pps", "size": "cost"}, "add up to 0"),
        (population(5).assign(site=None), {"method": "stratified", "strata": "site"}, "The stratum 'site' is missing"),
        (population(5), {"method": "systematic", "n": 6}, "n is 6, more than the 5"),
    ],
)  # fmt: skip
def test_a_draw_that_lacks_something_says_what(frame, asked, message):
    with pytest.raises(ArgumentError, match=message):
        draw(frame, **({"id": "id", "n": 2, "seed": SEED} | asked))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"method": "fair"}, "no allocation 'fair'"),
        ({"method": "neyman"}, "needs spread for each of the 2 strata; given: none"),
        ({"method": "optimal", "spread": [1, 1], "costs": [1]}, "needs costs for each of the 2 strata; given: 1"),
        ({"method": "optimal", "spread": [1, 1], "costs": [0, 1]}, "costs is 0"),
    ],
)
def test_an_allocation_that_cannot_be_made_says_why(asked, message):
    with pytest.raises(ArgumentError, match=message):
        allocate([1, 2], n=3, **asked)


def test_a_start_beyond_the_interval_is_refused():
    with pytest.raises(ArgumentError, match=r"start is 11\. Give a start above 0 and not beyond the interval 10"):
        interval_points(50, n=5, start=11)


@pytest.mark.parametrize("value", ["1.000,00", "inf"])
def test_a_size_that_is_no_number_is_named_with_its_record(value):
    frame = pd.DataFrame({"id": ["a", "b"], "cost": ["10", value]})
    with pytest.raises(ArgumentError, match=f"The size 'cost' of b is '{value}', no number"):
        draw(frame, id="id", n=1, seed=1, method="pps", size="cost")

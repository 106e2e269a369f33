"""What the funnel draws and what it calls outside are the same limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.figures import funnel_caption, funnel_chart
from auditlab.portfolio.comparison import funnel

SIDES = ("low_95", "high_95", "low_998", "high_998")


def compared(counts, expected):
    """What `client_rates` gives of clients with so many found and expected."""
    expected = np.asarray(expected, dtype="float64")
    places = dict.fromkeys(("sector", "country", "office", "edition"), "x")
    return pd.DataFrame({
        "client": [f"C{place:03}" for place in range(len(expected))], **places, "auditor_days": expected,
        "mix_expected": expected, "ratio": np.asarray(counts) / expected,
        "flagged": pd.array([False] * len(expected), dtype="boolean"),
    })  # fmt: skip


CLIENTS = st.lists(st.tuples(st.integers(0, 60), st.floats(0.2, 40)), min_size=4, max_size=30)


@given(CLIENTS)
@settings(max_examples=60, deadline=None)
def test_widened_limits_hold_those_of_chance_and_outside_is_beyond_what_is_drawn(clients):
    table = funnel(compared(*zip(*clients, strict=True)))
    for level in ("95", "998"):
        assert (table[f"adjusted_low_{level}"] <= table[f"low_{level}"] + 1e-12).all()
        assert (table[f"adjusted_high_{level}"] >= table[f"high_{level}"] - 1e-12).all()
    beyond = (table["ratio"] < table["adjusted_low_998"] - 1e-6) | (table["ratio"] > table["adjusted_high_998"] + 1e-6)
    assert (beyond <= table["outside"]).all()
    if table.attrs["overdispersion"]["between"] == 0:
        for side in SIDES:
            assert table[f"adjusted_{side}"].to_numpy() == pytest.approx(table[side].to_numpy())


def test_without_variance_between_clients_the_limits_are_those_of_chance():
    table = funnel(compared([8, 8, 8, 8, 8, 0], [8.0, 8.0, 8.0, 8.0, 8.0, 1.0]))
    assert table.attrs["overdispersion"]["between"] == 0
    for side in SIDES:
        assert table[f"adjusted_{side}"].to_numpy() == pytest.approx(table[side].to_numpy())
    lucky = table.iloc[0]
    assert lucky["ratio"] == lucky["adjusted_low_998"] == 0
    assert not lucky["outside"]


def test_the_funnel_is_widened_by_the_variance_that_the_flags_rest_on(sample_review):
    between = sample_review.client_rates.attrs["between"]
    assert 0 < between < 0.1
    assert sample_review.funnel.attrs["overdispersion"]["between"] == pytest.approx(between)
    assert f"variance {between:.3f}" in funnel_caption(sample_review.funnel)


def test_with_many_expected_the_limits_are_the_additive_ones_of_the_method():
    rng = np.random.default_rng(5)
    expected = np.full(60, 4000.0)
    table = funnel(compared(rng.poisson(expected * rng.gamma(50, 1 / 50, 60)), expected))
    between = table.attrs["overdispersion"]["between"]
    assert between > 0.005
    high = np.exp(3.0902 * np.sqrt(1 / 4000 + between))
    assert table["adjusted_high_998"].to_numpy() == pytest.approx(high, rel=0.001)


def test_a_funnel_of_nobody_has_its_columns_and_says_why():
    empty = funnel(compared([1.0], [1.0]).assign(ratio=np.nan))
    assert empty.empty
    assert {"low_95", "adjusted_high_998", "outside"} <= set(empty.columns)
    assert not any(len(trace.x) for trace in funnel_chart(empty).data)
    assert "Nothing is drawn: no client is compared" in funnel_caption(empty)

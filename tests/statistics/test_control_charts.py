"""Control charts against published limits, and what must hold for any series."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from public_series import EWMA_EXAMPLE, FLOW_RATE, NILE, WAFER_DEFECTS, WAFER_FRACTIONS

from auditlab.errors import ArgumentError
from auditlab.statistics import control_chart

ALL_RULES = ["limits", "anhoej", "mdc", "nelson", "western_electric"]


@pytest.mark.parametrize(
    ("kind", "values", "denominators", "published", "tolerance"),
    [
        ("i", FLOW_RATE, None, (50.81, 45.8159, 55.8041), 1e-4),  # NIST 6.3.2.2
        ("mr", FLOW_RATE, None, (1.8778, 0, 6.1347), 1e-4),  # NIST 6.3.2.2: D4 3.267
        ("c", WAFER_DEFECTS, None, (16, 4, 28), 1e-9),  # NIST 6.3.3.1
        ("p", WAFER_FRACTIONS, [50] * 30, (0.2313, 0.0524, 0.4102), 5e-5),  # NIST 6.3.3.2
    ],
)
def test_limits_equal_the_published_ones(kind, values, denominators, published, tolerance):
    last = control_chart(values, kind=kind, denominators=denominators).iloc[-1]
    assert [last["center"], last["lower"], last["upper"]] == pytest.approx(list(published), abs=tolerance)


def test_the_flags_of_the_wafers_are_the_published_ones():
    # NIST 6.3.3.1: wafer 24 (31 defects) lies above 28, wafer 3 lies on the limit.
    chart = control_chart(WAFER_DEFECTS, kind="c")
    assert chart.loc[chart["outside"], "i"].tolist() == [24]
    assert chart.loc[chart["signal"], "rule"].tolist() == ["limits"]


def test_the_nile_shows_its_change_as_too_few_crossings_of_the_median():
    chart = control_chart(NILE, kind="run")
    assert chart["signal"].all()
    assert set(chart["rule"]) == {"anhoej"}
    assert chart["lower"].isna().all()
    assert chart["center"].iloc[0] == 893.5


def test_each_convention_for_d2_has_its_own_half_width():
    halves = {
        name: float((chart["upper"] - chart["center"]).iloc[0])
        for name in ("1.128", "exact", "2.66")
        for chart in [control_chart(FLOW_RATE, kind="i", d2=name)]
    }
    ranges = np.abs(np.diff(FLOW_RATE)).mean()
    assert halves["1.128"] == pytest.approx(3 / 1.128 * ranges)
    assert halves["exact"] == pytest.approx(3 * math.sqrt(math.pi) / 2 * ranges)
    assert halves["2.66"] == pytest.approx(2.66 * ranges)


def test_screening_drops_the_moving_ranges_beyond_their_limit_once():
    values = [10, 11, 10, 11, 10, 11, 30, 11, 10, 11]
    ranges = np.abs(np.diff(values))
    kept = ranges[ranges < 3.267 * ranges.mean()]
    chart = control_chart(values, kind="i", mr_screening=True)
    assert (chart["upper"] - chart["center"]).iloc[0] == pytest.approx(3 / 1.128 * kept.mean())


@pytest.mark.parametrize(
    ("estimator", "sigma"),
    [("median moving range", 1.5 / 0.954), ("standard deviation", float(np.std(FLOW_RATE, ddof=1)))],
)
def test_sigma_can_be_estimated_otherwise(estimator, sigma):
    chart = control_chart(FLOW_RATE, kind="i", sigma_estimator=estimator)
    assert ((chart["upper"] - chart["center"]) / 3).iloc[0] == pytest.approx(sigma)


def test_laney_limits_are_the_plain_ones_times_the_spread_of_z():
    rng = np.random.default_rng(3)
    n = rng.integers(4000, 6000, size=24)
    x = rng.binomial(n, rng.normal(0.9, 0.02, size=24).clip(0, 1))
    plain, laney = (control_chart(x, kind=kind, denominators=n, sigmas=1) for kind in ("p", "pp"))
    sigma = plain["upper"] - plain["center"]
    z = (plain["value"] - plain["center"]) / sigma
    between = z.diff().abs().mean() / 1.128
    assert (laney["upper"] - laney["center"]).to_numpy() == pytest.approx((sigma * between).to_numpy())
    assert between > 2


def test_rates_prime_and_plain_share_their_centre():
    x, n = [3, 5, 2, 8, 6, 4], [100, 150, 90, 200, 180, 120]
    charts = [control_chart(x, kind=kind, denominators=n) for kind in ("u", "up", "i_prime")]
    assert [chart["center"].iloc[0] for chart in charts] == pytest.approx([28 / 840] * 3)
    assert (charts[0]["upper"] - charts[0]["center"]).to_numpy() == pytest.approx(
        3 * np.sqrt(28 / 840 / np.array(n, dtype=float))
    )


def test_a_weighted_chart_of_equal_denominators_is_the_chart_of_individuals():
    exact = control_chart(FLOW_RATE, kind="i", d2="exact")
    weighted = control_chart(FLOW_RATE, kind="i_prime", denominators=[1] * 10)
    assert weighted[["center", "lower", "upper"]].to_numpy() == pytest.approx(
        exact[["center", "lower", "upper"]].to_numpy()
    )


def test_cases_between_events_draw_the_median_and_limits_from_the_mean():
    values = [4, 10, 2, 7, 30]
    chart = control_chart(values, kind="g")
    mean = np.mean(values)
    assert chart["center"].iloc[0] == 7
    assert chart["upper"].iloc[0] == pytest.approx(mean + 3 * math.sqrt(mean * (mean + 1)))
    assert chart["lower"].iloc[0] == 0


def test_times_between_events_are_charted_at_the_power_of_one_over_3_6():
    values = [286, 948, 536, 124, 816, 729, 4, 143]
    power = np.array(values) ** (1 / 3.6)
    straight = control_chart(power, kind="i")
    chart = control_chart(values, kind="t")
    assert chart["upper"].iloc[0] == pytest.approx(straight["upper"].iloc[0] ** 3.6)
    assert chart["center"].iloc[0] == pytest.approx(straight["center"].iloc[0] ** 3.6)


def test_subgroups_of_unlike_size_pool_their_spread_by_degrees_of_freedom():
    groups = [[1.0, 2.0, 4.0], [2.0, 3.0], [1.0, 5.0, 2.0, 2.0]]
    spread = np.array([np.std(group, ddof=1) for group in groups])
    pooled = math.sqrt((2 * spread[0] ** 2 + spread[1] ** 2 + 3 * spread[2] ** 2) / 6)
    means, sds = (control_chart(groups, kind=kind) for kind in ("xbar", "s"))
    assert means["center"].iloc[0] == pytest.approx(22 / 9)
    assert (means["upper"] - means["center"]).tolist() == pytest.approx(
        [a3 * pooled for a3 in (1.9544, 2.6587, 1.6281)], rel=1e-4
    )  # A3 of 3, 2 and 4, Montgomery appendix VI
    assert sds["upper"].tolist() == pytest.approx([b4 * pooled for b4 in (2.568, 3.267, 2.266)], rel=1e-3)


def test_labels_of_subgroups_give_the_same_chart_as_sequences():
    flat = control_chart([1, 2, 4, 2, 3, 7], kind="xbar", subgroups=["a", "a", "a", "b", "b", "b"])
    nested = control_chart([[1, 2, 4], [2, 3, 7]], kind="xbar")
    pd.testing.assert_frame_equal(flat, nested)


def test_the_ewma_limits_approach_the_published_ones():
    # NIST 6.3.2.4: centre 50, s 2.0539, lambda 0.3: 47.4115 and 52.5884; the last average is 51.8.
    chart = control_chart(EWMA_EXAMPLE, kind="ewma", center=50, sd=2.0539, weight=0.3)
    assert [chart["lower"].iloc[-1], chart["upper"].iloc[-1]] == pytest.approx([47.4115, 52.5884], abs=3e-4)
    assert not chart["outside"].any()
    assert chart["value"].iloc[0] == pytest.approx(50.6)


def test_the_cusum_of_a_shift_grows_by_the_shift_less_the_allowance():
    chart = control_chart([0, 2, 2, 2, 2], kind="cusum", center=0, sd=1, decision=5)
    assert chart["value"].tolist() == pytest.approx([0, 1.5, 3.0, 4.5, 6.0])
    assert chart["signal"].tolist() == [False, False, False, False, True]
    fallen = control_chart([0, -2, -2, -2, -2], kind="cusum", center=0, sd=1)
    assert fallen["value"].tolist() == pytest.approx([0, -1.5, -3.0, -4.5, -6.0])


def test_a_missing_value_stops_the_cumulative_charts_for_one_point():
    for kind in ("ewma", "cusum"):
        chart = control_chart([1, 2, None, 3], kind=kind, center=1, sd=1)
        whole = control_chart([1, 2, 3], kind=kind, center=1, sd=1)
        assert math.isnan(chart["value"].iloc[2])
        assert chart["value"].dropna().tolist() == pytest.approx(whole["value"].tolist())


def test_limits_start_anew_with_a_phase_and_no_range_bridges_it():
    parts = control_chart(NILE, kind="i", phases=[28])
    assert parts["center"].iloc[0] == pytest.approx(np.mean(NILE[:28]))
    assert parts["center"].iloc[99] == pytest.approx(np.mean(NILE[28:]))
    alone = control_chart(NILE[28:], kind="i")
    assert parts["upper"].iloc[50] == pytest.approx(alone["upper"].iloc[0])
    labels = ["before"] * 28 + ["after"] * 72
    pd.testing.assert_frame_equal(control_chart(NILE, kind="i", phases=labels), parts)
    ranges = control_chart(NILE, kind="mr", phases=[28])
    assert math.isnan(ranges["value"].iloc[28])
    assert ranges["center"].iloc[-1] == pytest.approx(np.abs(np.diff(NILE[28:])).mean())


def test_frozen_limits_rest_on_the_baseline_alone():
    frozen = control_chart(NILE, kind="i", baseline=28)
    alone = control_chart(NILE[:28], kind="i")
    assert frozen["upper"].iloc[-1] == pytest.approx(alone["upper"].iloc[0])
    pd.testing.assert_frame_equal(control_chart(NILE, kind="i", baseline=np.arange(100) < 28), frozen)


def test_an_excluded_point_counts_for_no_line_but_is_compared_with_it():
    values = [10, 11, 10, 12, 99, 11, 10, 12]
    chart = control_chart(values, kind="i", exclude=[5])
    kept = [10, 11, 10, 12, None, 11, 10, 12]
    assert chart["upper"].iloc[0] == pytest.approx(control_chart(kept, kind="i")["upper"].iloc[0])
    assert chart["outside"].tolist() == [False] * 4 + [True] + [False] * 3


def test_both_ranges_of_an_excluded_point_are_left_out():
    chart = control_chart([10, 11, 10, 99, 10, 12], kind="mr", exclude=[4])
    assert chart["center"].iloc[0] == pytest.approx((1 + 1 + 2) / 3)


def test_the_chart_names_its_convention():
    chart = control_chart(NILE, kind="xmr", phases=[28], d2="2.66", mr_screening=True, rules=["mdc"])
    assert chart.attrs["convention"] == {
        "kind": "i",
        "sigmas": 3.0,
        "d2": "2.66",
        "mr_screening": True,
        "sigma_estimator": "mean moving range",
        "baseline_points": 100,
        "rebase_points": [29],
        "rule_set": ["mdc_limits", "mdc_trend", "mdc_two_of_three", "mdc_shift"],
    }


def test_values_and_lines_are_multiplied_together():
    x, n = [3, 5, 2, 8], [1000, 1500, 900, 2000]
    plain, times = (control_chart(x, kind="u", denominators=n, multiply=m) for m in (1, 10_000))
    numbers = ["value", "center", "lower", "upper"]
    assert times[numbers].to_numpy() == pytest.approx(plain[numbers].to_numpy() * 10_000)


def test_a_month_without_cases_is_missing_and_has_no_limits():
    chart = control_chart([1, 0, 2], kind="p", denominators=[10, 0, 12])
    assert chart.loc[1, ["value", "lower", "upper"]].isna().all()
    assert not chart.loc[1, "signal"]
    assert chart["center"].tolist() == pytest.approx([3 / 22] * 3)


def test_an_empty_series_gives_an_empty_chart_and_a_missing_one_no_lines():
    assert control_chart([], kind="i").empty
    nothing = control_chart([None, None], kind="c")
    assert nothing["center"].isna().all()
    assert not nothing["signal"].any()


kinds = st.sampled_from(["run", "i", "mr", "p", "pp", "u", "up", "c", "g", "t", "i_prime", "ewma", "cusum"])


@settings(max_examples=50, deadline=None)
@given(kinds, st.integers(1, 7), st.integers(1, 40), st.sampled_from([0.1, 1, 7, 1e6]))
def test_a_constant_series_has_no_signal_by_any_rule(kind, value, length, size):
    denominators = [value * size * 3] * length if kind in {"p", "pp", "u", "up", "i_prime"} else None
    chart = control_chart([value * size] * length, kind=kind, denominators=denominators, rules=ALL_RULES)
    assert not chart["signal"].any()
    assert not chart["outside"].any()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=2, max_size=30))
def test_no_range_bridges_a_missing_value(values):
    ranges = control_chart(values, kind="mr")["value"]
    expected = [abs(b - a) if a is not None and b is not None else math.nan for a, b in itertools.pairwise(values)]
    assert ranges.tolist() == pytest.approx([math.nan, *expected], nan_ok=True)
    chart = control_chart(values, kind="i", rules=ALL_RULES)
    assert not chart.loc[chart["value"].isna(), ["outside", "signal"]].to_numpy().any()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=3, max_size=30), st.integers(-500, 500), st.integers(1, 9))
def test_another_unit_moves_the_lines_and_no_flag(values, shift, factor):
    plain = control_chart(values, kind="i", rules=ALL_RULES)
    other = control_chart([value * factor + shift for value in values], kind="i", rules=ALL_RULES)
    assert other["upper"].to_numpy() == pytest.approx(plain["upper"].to_numpy() * factor + shift, abs=1e-6)
    assert other["rule"].tolist() == plain["rule"].tolist()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "z"}, "kind is 'z'. Use one of run, i, mr"),
        ({"kind": "i", "d2": "1.13"}, "d2 is '1.13'. Use one of 1.128, exact, 2.66"),
        ({"kind": "i", "sigma_estimator": "range"}, "sigma_estimator is 'range'"),
        ({"kind": "i", "rules": ["wheeler"]}, "no chart rule 'wheeler'. Use limits, anhoej, mdc, nelson"),
        ({"kind": "p"}, "kind 'p' needs denominators"),
        ({"kind": "p", "denominators": [5, 5]}, "3 values, but 2 denominators"),
        ({"kind": "p", "denominators": [5, -5, 5]}, "A denominator is negative: -5"),
        ({"kind": "p", "denominators": [5, 1, 5]}, "Point 2 counts 2 of 1"),
        ({"kind": "i", "baseline": [True]}, "baseline has 1 flags for 3 points"),
        ({"kind": "i", "exclude": [4]}, r"exclude is \[4\]. Points are numbered from 1 to 3"),
        ({"kind": "i", "phases": [0]}, r"phases is \[0\]"),
        ({"kind": "xbar"}, "needs subgroups"),
        ({"kind": "xbar", "subgroups": ["a"]}, "3 values, but 1 labels"),
        ({"kind": "ewma", "weight": 0}, "weight is 0. Give a number above 0"),
        ({"kind": "cusum", "decision": 0}, "decision is 0"),
    ],
)
def test_what_is_wrong_is_named(options, message):
    with pytest.raises(ArgumentError, match=message):
        control_chart([1, 2, 3], **options)


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ([1, 0, 2], "t", "A time between events is 0"),
        ([1, -1, 2], "c", "A count is negative: -1"),
        ([1, math.inf, 2], "i", "one row of finite numbers"),
    ],
)
def test_values_out_of_range_are_refused(values, kind, message):
    with pytest.raises(ArgumentError, match=message):
        control_chart(values, kind=kind)

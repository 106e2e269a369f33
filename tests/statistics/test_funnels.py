"""Funnel limits against brute force, formulas and what must hold for any groups."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.statistics import funnel_limits
from auditlab.statistics.overdispersion import overdispersion, trimmed_scores

LIMITS = ["low_95", "high_95", "low_998", "high_998"]


def _interpolated(law, share):
    """Spiegelhalter (2005), appendix A.1.1, read literally."""
    count = 0
    while law.cdf(count) < share:
        count += 1
    below = law.cdf(count - 1)
    return max(0.0, count - (law.cdf(count) - share) / (law.cdf(count) - below))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=2, max_size=6), st.floats(0.02, 0.98))
def test_exact_limits_are_the_quantiles_between_counts(sizes, target):
    table = funnel_limits([0] * len(sizes), sizes, target=target)
    for row, size in zip(table.itertuples(), sizes, strict=True):
        law = stats.binom(size, target)
        assert row.low_95 == pytest.approx(_interpolated(law, 0.025) / size, abs=1e-9)
        assert row.high_998 == pytest.approx(_interpolated(law, 0.999) / size, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 40), st.floats(0.1, 3))
def test_exact_limits_of_rates_are_poisson(exposure, target):
    row = funnel_limits([1], [exposure], kind="rate", target=target).iloc[0]
    law = stats.poisson(target * exposure)
    assert row["high_95"] == pytest.approx(_interpolated(law, 0.975) / exposure)
    assert row["low_95"] == pytest.approx(_interpolated(law, 0.025) / exposure, abs=1e-9)


def test_the_common_value_is_that_of_all_groups_together():
    table = funnel_limits([1, 9, 5], [10, 20, 20])
    assert table["target"].tolist() == pytest.approx([0.3] * 3)
    assert table["value"].tolist() == pytest.approx([0.1, 0.45, 0.25])
    assert funnel_limits([4], [8], kind="standardised")["target"].iloc[0] == 1


def test_overdispersion_is_the_moment_estimate():
    z, spread = np.array([-3.0, 0.0, 1.0, 4.0]), np.array([0.1, 0.2, 0.1, 0.4])
    w = 1 / spread**2
    found = overdispersion(z, spread=spread)
    assert found.phi == pytest.approx(26 / 4)
    assert found.between == pytest.approx((26 - 3) / (w.sum() - (w**2).sum() / w.sum()))
    assert overdispersion(z / 10, spread=spread).between == 0
    assert math.isnan(overdispersion(z[:1], spread=spread[:1]).phi)


def test_the_ends_are_set_to_their_quantiles_or_left_out():
    z = np.array([5.0, -1.0, 0.0, 1.0, -9.0, math.nan, 0.5, -0.5, 2.0, 0.1, -0.2])
    winsorised = trimmed_scores(z, trim=0.1)
    assert np.nanmax(winsorised) == pytest.approx(np.nanquantile(z, 0.9))
    assert np.isnan(winsorised).tolist() == np.isnan(z).tolist()
    dropped = trimmed_scores(z, trim=0.1, drop=True)
    assert np.isnan(dropped[[0, 4, 5]]).all()
    assert np.isfinite(dropped).sum() == 8
    assert np.isnan(trimmed_scores(np.array([math.nan]), trim=0.1)).all()


def test_groups_that_differ_for_ordinary_reasons_are_not_outliers():
    rng = np.random.default_rng(11)
    n = rng.integers(500, 5000, size=60)
    x = rng.poisson(n * 0.05 * np.exp(rng.normal(0, 0.3, size=60)))
    x[7] = 0.5 * n[7]
    table = funnel_limits(x, n, kind="rate", target=0.05)
    beyond_chance = (table["value"] < table["low_998"]) | (table["value"] > table["high_998"])
    assert beyond_chance.sum() > 20
    assert table["outside"].sum() <= 2
    assert table.loc[7, "outside"]
    assert table.attrs["overdispersion"]["between"] == pytest.approx(0.09, rel=0.5)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(20, 200)), min_size=3, max_size=12), st.floats(0.01, 100))
def test_a_rate_in_another_unit_is_judged_alike(groups, factor):
    counts, exposures = zip(*groups, strict=True)
    if not sum(counts):
        return
    one = funnel_limits(counts, exposures, kind="rate")
    other = funnel_limits(counts, np.array(exposures) * factor, kind="rate")
    assert other["z"].to_numpy() == pytest.approx(one["z"].to_numpy(), abs=1e-9)
    assert other["outside"].tolist() == one["outside"].tolist()
    assert other["adjusted_high_998"].to_numpy() * factor == pytest.approx(one["adjusted_high_998"].to_numpy())


def test_limits_on_the_transformed_scale_are_their_formulas():
    z = stats.norm.ppf(0.975)
    share = funnel_limits([10, 30], [100, 200], unadjusted="transformed").iloc[0]
    middle = math.asin(math.sqrt(40 / 300))
    assert share["high_95"] == pytest.approx(math.sin(middle + z / (2 * math.sqrt(100))) ** 2)
    ratio = funnel_limits([10, 30], [100, 200], kind="ratio_of_counts", unadjusted="transformed").iloc[0]
    assert ratio["high_95"] == pytest.approx(40 / 300 * math.exp(z / (2 * math.sqrt(100))))
    expected = funnel_limits([12], [9.5], kind="standardised", unadjusted="garwood").iloc[0]
    assert expected["low_95"] == pytest.approx(stats.chi2.ppf(0.025, 19) / 2 / 9.5)
    assert expected["high_95"] == pytest.approx(stats.chi2.ppf(0.975, 21) / 2 / 9.5)


def test_a_group_without_cases_has_no_value_and_is_not_outside():
    table = funnel_limits([3, 0, 4], [30, 0, 40])
    assert table.loc[1, ["value", "z", *LIMITS]].isna().all()
    assert not table["outside"].any()


@pytest.mark.parametrize(
    ("numbers", "options", "message"),
    [
        (([1], [2]), {"kind": "mean"}, "kind is 'mean'. Use one of proportion, rate"),
        (([1], [2]), {"trimming": "none"}, "trimming is 'none'"),
        (([1], [2]), {"unadjusted": "wilson"}, "unadjusted is 'wilson'"),
        (([1], [2]), {"unadjusted": "garwood"}, "Limits 'garwood' are for expected counts"),
        (([1], [2]), {"trim": 0.5}, "trim is 0.5"),
        (([1], [2]), {"target": 1.5}, "target is 1.5"),
        (([1, 2], [2]), {}, "2 numerators, but 1 denominators"),
        (([-1], [2]), {}, "is negative"),
        (([3], [2]), {}, "Group 1 counts 3 of 2 cases"),
        (([0], [0]), {}, "No group has a denominator above 0"),
    ],
)
def test_what_is_wrong_is_named(numbers, options, message):
    with pytest.raises(ArgumentError, match=message):
        funnel_limits(*numbers, **options)

"""Strata: sizes against every division of the deviating records, shares, and what is refused."""

import itertools
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.sampling import Stratum, stratified_characteristic, stratified_limit, stratified_plan, stratum_shares
from auditlab.statistics import upper_limit

SIZES = {"emergency": 12, "normal": 40, "(site not stated)": 3}


def worst(strata, deviating):
    """The largest chance of no deviation over every division, in fractions."""
    divisions = itertools.product(*(range(min(stratum.population, deviating) + 1) for stratum in strata))
    return max(
        np.prod([
            Fraction(comb(one.population - hidden, one.n), comb(one.population, one.n))
            for one, hidden in zip(strata, division, strict=True)
        ])
        for division in divisions if sum(division) == deviating
    )  # fmt: skip


@pytest.mark.parametrize("allocation", ["proportional", "neyman"])
def test_the_size_is_the_smallest_over_every_division_of_the_deviating_records(allocation):
    rates = {"emergency": 0.3, "normal": 0.05, "(site not stated)": 0.1}
    plan = stratified_plan(SIZES, tolerable=0.1, confidence=0.9, allocation=allocation, rates=rates)
    exact = worst(plan.strata, plan.tolerable_count)
    assert plan.tolerable_count == 6
    assert exact <= Fraction(1, 10)
    assert plan.chance == pytest.approx(float(exact))
    assert plan.chance_before > 0.1
    assert sum(stratum.n for stratum in plan.strata) == plan.n
    assert all(stratum.n >= 1 for stratum in plan.strata)


def test_neyman_asks_more_of_the_stratum_with_more_spread():
    sizes = {"a": 100, "b": 100}
    plan = stratified_plan(sizes, tolerable=0.1, allocation="neyman", rates={"a": 0.3, "b": 0.02})
    first, second = plan.strata
    assert first.n > 2 * second.n


def test_strata_cost_little_more_than_one_sample_when_the_shares_are_proportional():
    plan = stratified_plan({"a": 60, "b": 111}, tolerable=0.05)
    # 48 records of 171 in one sample, counted in published tables of the same convention
    assert 48 <= plan.n <= 52


def test_the_characteristic_falls_and_meets_the_risk_at_the_tolerable_rate():
    plan = stratified_plan(SIZES, tolerable=0.1)
    curve = stratified_characteristic(plan)
    assert curve["chance_of_acceptance"].iloc[0] == 1
    assert curve["chance_of_acceptance"].is_monotonic_decreasing
    assert stratified_characteristic(plan, [6 / 55])["chance_of_acceptance"].iloc[0] <= 0.05


@pytest.mark.parametrize("deviating", [(3, 1), (0, 6), (8, 0), (2, 12), (15, 10)])
def test_the_limit_covers_at_least_nominally_when_none_and_some_are_found(deviating):
    sizes, examined = (60, 30), (20, 10)
    covered = 0.0
    for found in itertools.product(range(examined[0] + 1), range(examined[1] + 1)):
        rows = list(zip(found, sizes, deviating, examined, strict=True))
        chance = float(np.prod([stats.hypergeom.pmf(k, size, total, n) for k, size, total, n in rows]))
        if chance > 0:
            strata = [Stratum(name=str(i), deviations=k, n=n, population=s) for i, (k, s, _, n) in enumerate(rows)]
            covered += chance * (stratified_limit(strata).high_records >= sum(deviating))
    assert covered >= 0.95 - 1e-9


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.floats(0, 1)), min_size=1, max_size=5))
def test_the_limit_without_a_deviation_is_never_above_the_sum_of_limits(parts):
    strata = [
        Stratum(name=str(i), deviations=0, n=int(size * share), population=size)
        for i, (size, share) in enumerate(parts)
    ]
    open_strata = sum(one.n < one.population for one in strata)
    limit = stratified_limit(strata)
    level = 1 - 0.05 / max(open_strata, 1)
    by_sum = sum(
        upper_limit(deviations=0, n=s.n, population=s.population, confidence=level).high_records for s in strata
    )
    assert limit.high_records <= by_sum


def test_no_stratum_is_left_without_a_record_where_there_are_enough():
    assert stratum_shares([1000, 2, 1], n=10) == [8, 1, 1]
    assert stratum_shares([5, 5], n=1) == [1, 0]
    assert stratum_shares([4, 100], n=30, spread=[0.5, 0.0]) == [4, 26]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"convention": "factor"}, "Reliability factors know no strata"),
        ({"allocation": "optimal"}, "no allocation 'optimal' for plans"),
        ({"allocation": "neyman", "rates": {"normal": 0.1}}, r"none for emergency, \(site not stated\)"),
        ({"allocation": "neyman", "rates": dict.fromkeys(SIZES, 1.5)}, "Earlier rates are no shares: emergency 1.5"),
        ({"tolerable": 1.5}, "tolerable is 1.5"),
    ],
)
def test_strata_that_cannot_be_planned_say_why(asked, message):
    with pytest.raises(ArgumentError, match=message):
        stratified_plan(SIZES, **({"tolerable": 0.1} | asked))

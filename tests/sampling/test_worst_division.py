"""The division of deviating records that hides them best, against every division there is, and among millions."""

import itertools
import math
import random
from fractions import Fraction

import pytest

from auditlab.sampling import Stratum, sample_size, stratified_characteristic, stratified_limit, stratified_plan

CASES = 40


def strata_of(choice):
    sizes = [choice.randint(1, 9) for _ in range(choice.randint(2, 3))]
    return [
        Stratum(name=str(place), deviations=0, n=choice.randint(0, size), population=size)
        for place, size in enumerate(sizes)
    ]


def chance_of_none(strata, division):
    parts = [
        Fraction(math.comb(one.population - hidden, one.n), math.comb(one.population, one.n))
        for one, hidden in zip(strata, division, strict=True)
    ]
    return math.prod(parts)


def most_hidden(strata, risk):
    divisions = itertools.product(*(range(one.population + 1) for one in strata))
    return max(sum(division) for division in divisions if chance_of_none(strata, division) > risk)


@pytest.mark.parametrize("seed", range(CASES))
def test_the_limit_without_a_deviation_is_that_of_all_divisions_tried(seed):
    strata = strata_of(random.Random(seed))
    limit = stratified_limit(strata, confidence=0.9)
    assert limit.high_records == most_hidden(strata, Fraction(1, 10))


def test_the_curve_of_a_plan_is_that_of_the_worst_division():
    plan = stratified_plan({"a": 12, "b": 5}, tolerable=0.3)
    curve = stratified_characteristic(plan, rates=[count / 17 for count in range(6)])
    for count, shown in zip(range(6), curve["chance_of_acceptance"], strict=True):
        divisions = [(count - other, other) for other in range(min(count, 5) + 1)]
        worst = max(chance_of_none(plan.strata, division) for division in divisions)
        assert shown == pytest.approx(float(worst), abs=1e-12)


def test_strata_of_ten_million_records_are_planned_like_one_sample_of_them():
    plan = stratified_plan({"a": 9_000_000, "b": 1_000_000}, tolerable=0.02)
    alone = sample_size(tolerable=0.02, population=10_000_000)
    assert plan.n == alone.n
    assert plan.chance <= 0.05 < plan.chance_before

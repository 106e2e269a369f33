"""Limits after stages: coverage over every result, agreement with the decision, and what is refused."""

import numpy as np
import pytest
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.sampling import staged_limit, staged_plan
from auditlab.statistics import upper_limit

POPULATION = 60


def outcomes(n):
    """Every result of two stages of n records: the second is drawn after exactly one deviation."""
    yield (0,), (n,)
    for second in range(n + 1):
        yield (1, second), (n, n)
    for first in range(2, n + 1):
        yield (first,), (n,)


@pytest.mark.parametrize("n", [6, 15])
def test_limits_from_a_finite_population_cover_at_least_nominally(n):
    limits = [(found, staged_limit(found, sizes, population=POPULATION).high_records) for found, sizes in outcomes(n)]
    for deviating in range(0, POPULATION + 1, 3):
        covered = 0.0
        for found, high in limits:
            chance = stats.hypergeom.pmf(found[0], POPULATION, deviating, n)
            if len(found) == 2 and chance:
                chance *= stats.hypergeom.pmf(found[1], POPULATION - n, deviating - 1, n)
            covered += chance * (high >= deviating)
        assert covered >= 0.95 - 1e-9


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.1, 0.3, 0.6])
def test_limits_without_a_population_cover_at_least_nominally(rate):
    n, covered = 12, 0.0
    for found, sizes in outcomes(n):
        chance = float(np.prod([stats.binom.pmf(k, n, rate) for k in found]))
        covered += chance * (staged_limit(found, sizes).high >= rate)
    assert covered >= 0.95 - 1e-9


def test_the_limit_rules_out_the_tolerable_rate_exactly_where_the_plan_accepts():
    plan = staged_plan(tolerable=0.1, population=171)
    for found, accepted in (((0,), True), ((1, 0), True), ((1, 1), False), ((2,), False)):
        limit = staged_limit(found, [plan.n] * len(found), population=171)
        assert (limit.high_records < plan.tolerable_count) == accepted


def test_one_stage_has_the_limit_of_one_sample():
    assert staged_limit([2], [30], population=171) == upper_limit(deviations=2, n=30, population=171)


def test_a_last_stage_of_deviations_only_leaves_everything_open():
    assert staged_limit([1, 1], [1, 1]).high == 1.0
    # No result of the second stage is worse, so only the first one speaks.
    assert staged_limit([1, 5], [5, 5]).high == pytest.approx(upper_limit(deviations=1, n=5).high)


@pytest.mark.parametrize(("found", "sizes"), [([], []), ([1, 0], [5])])
def test_results_without_their_sizes_are_refused(found, sizes):
    with pytest.raises(ArgumentError, match=f"There are {len(found)} results of {len(sizes)} stages"):
        staged_limit(found, sizes)

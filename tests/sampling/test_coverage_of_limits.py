"""Exact limits hold at least as often as they say: every outcome is weighed, nothing is left to chance."""

import itertools

import numpy as np
import pytest
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.sampling import Stratum, prior_from_earlier, sample_size, stratified_limit
from auditlab.statistics import interval, upper_limit

RATES = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5)
LEVELS = (0.9, 0.95)


@pytest.mark.parametrize("n", [5, 30])
@pytest.mark.parametrize("method", ["binomial", "poisson"])
def test_one_and_two_sided_limits_of_a_share_cover_at_least_nominally(n, method):
    for level, rate in itertools.product(LEVELS, RATES):
        chances = stats.binom.pmf(np.arange(n + 1), n, rate)
        highs = [upper_limit(deviations=k, n=n, confidence=level, method=method).high for k in range(n + 1)]
        assert chances[np.array(highs) >= rate].sum() >= level - 1e-12
        if method == "binomial":
            both = [interval(deviations=k, n=n, confidence=level) for k in range(n + 1)]
            assert sum(p for p, one in zip(chances, both, strict=True) if one.low <= rate <= one.high) >= level - 1e-12


@pytest.mark.parametrize(("population", "n"), [(40, 10), (120, 30)])
def test_limits_from_a_finite_population_cover_at_least_nominally(population, n):
    counts = np.arange(n + 1)
    for level in LEVELS:
        highs = np.array(
            [upper_limit(deviations=int(k), n=n, population=population, confidence=level).high_records for k in counts]
        )
        both = [interval(deviations=int(k), n=n, population=population, confidence=level) for k in counts]
        lows, tops = (np.array([getattr(one, side) for one in both]) for side in ("low_records", "high_records"))
        for deviating in range(0, population + 1, 5):
            possible = (counts <= deviating) & (n - counts <= population - deviating)
            chances = stats.hypergeom.pmf(counts, population, deviating, n)
            assert chances[possible & (highs >= deviating)].sum() >= level - 1e-9
            assert chances[possible & (lows <= deviating) & (deviating <= tops)].sum() >= level - 1e-9


def test_a_seeded_simulation_of_draws_agrees():
    generator = np.random.default_rng(20240331)
    highs = [upper_limit(deviations=k, n=30, population=200).high_records for k in range(31)]
    for deviating in (4, 20, 60):
        found = generator.hypergeometric(deviating, 200 - deviating, 30, 4000)
        covered = np.mean(np.array(highs)[found] >= deviating)
        assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 4000)


@pytest.mark.parametrize("deviating", [(3, 1), (2, 12), (15, 10)])
def test_a_limit_over_strata_covers_at_least_nominally(deviating):
    sizes, examined = (60, 30), (20, 10)
    covered = 0.0
    for found in itertools.product(range(examined[0] + 1), range(examined[1] + 1)):
        chance = np.prod(
            [
                stats.hypergeom.pmf(k, size, total, n)
                for k, size, total, n in zip(found, sizes, deviating, examined, strict=True)
            ]
        )
        if chance > 0:
            strata = [
                Stratum(name=str(place), deviations=k, n=n, population=size)
                for place, (k, n, size) in enumerate(zip(found, examined, sizes, strict=True))
            ]
            covered += chance * (stratified_limit(strata).high_records >= sum(deviating))
    assert covered >= 0.95 - 1e-9


def test_a_stratum_examined_in_full_takes_no_risk():
    strata = [
        Stratum(name="emergency", deviations=1, n=9, population=9),
        Stratum(name="normal", deviations=0, n=25, population=171),
    ]
    limit = stratified_limit(strata)
    alone = upper_limit(deviations=0, n=25, population=171)
    assert limit.high_records == 1 + alone.high_records
    assert limit.estimate == pytest.approx(1 / 180)


def test_strata_that_do_not_fit_are_refused():
    with pytest.raises(ArgumentError, match="There is no stratum"):
        stratified_limit([])
    one = Stratum(name="a", deviations=0, n=1, population=2)
    with pytest.raises(ArgumentError, match="Strata stand more than once: a"):
        stratified_limit([one, one])


def test_an_earlier_sample_lowers_the_size_and_is_capped_and_named():
    earlier = prior_from_earlier(deviations=0, n=300, source="changes of site B, 2022")
    assert earlier.prior == (1, 31)
    assert earlier.note == "Prior from changes of site B, 2022: 0 of 300 deviated, counted as 30 records (cap 30)."
    with_it = sample_size(tolerable=0.05, method="beta_binomial", population=171, prior=earlier.prior)
    without = sample_size(tolerable=0.05, method="beta_binomial", population=171)
    assert 0 < without.n - with_it.n <= 30


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"deviations": 3, "n": 2, "source": "x"}, "deviations is 3, more than the 2"),
        ({"deviations": 0, "n": 2, "source": " "}, "No source is named"),
    ],
)
def test_a_prior_without_a_sample_is_refused(asked, message):
    with pytest.raises(ArgumentError, match=message):
        prior_from_earlier(**asked)

"""Shrunken estimates against published values, independent optimisers and limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from auditlab.errors import ArgumentError
from auditlab.statistics.gamma_mixture import GammaMixture, gps
from auditlab.statistics.group_odds import group_odds
from auditlab.statistics.shrinkage import (
    Gamma,
    beta_binomial,
    fit_beta,
    fit_gamma,
    gamma_poisson,
    james_stein,
    marshall,
)

# Hits of eighteen batters in 45 times at bat (Efron and Morris 1975, table 1).
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])


def test_the_batters_are_shrunk_as_published():
    # Efron and Morris (1977, Scientific American 236:119-127): Clemente .400 becomes .294, factor .212.
    share = HITS / 45
    variance = share.mean() * (1 - share.mean()) / 45
    found = james_stein(share, variance=variance)
    assert found[0] == pytest.approx(0.294, abs=5e-4)
    assert (found[0] - found[-1]) / (share[0] - share[-1]) == pytest.approx(0.212, abs=5e-4)


def test_estimates_no_farther_apart_than_chance_are_one():
    assert james_stein([1.0, 1.1, 0.9, 1.0], variance=1) == pytest.approx([1.0] * 4)
    assert james_stein([2.0] * 4, variance=1) == pytest.approx([2.0] * 4)


def test_marshall_is_its_formula():
    count, exposure = np.array([1, 5, 0, 20]), np.array([100, 120, 80, 200])
    table = marshall(count, exposures=exposure)
    mean, rate = 26 / 500, count / exposure
    between = (exposure * (rate - mean) ** 2).sum() / 500 - mean / 125
    weight = between / (between + mean / exposure)
    assert table["shrunken"].to_numpy() == pytest.approx(mean + weight * (rate - mean))
    assert table.attrs["variance"] == pytest.approx(between)


def test_a_group_without_exposure_gets_the_common_rate():
    table = marshall([4, 0, 90], exposures=[100, 0, 100])
    assert math.isnan(table["rate"].iloc[1])
    assert table["shrunken"].iloc[1] == pytest.approx(94 / 200)
    assert marshall([0, 0], exposures=[1, 2])["shrunken"].tolist() == [0, 0]


groups = st.lists(st.tuples(st.integers(0, 40), st.integers(40, 90)), min_size=3, max_size=10)


@settings(max_examples=50, deadline=None)
@given(groups)
def test_shrunken_rates_lie_between_their_own_and_the_common_one(given_groups):
    count, exposure = (np.array(column, dtype=float) for column in zip(*given_groups, strict=True))
    table = marshall(count, exposures=exposure)
    common = count.sum() / exposure.sum()
    low, high = np.minimum(table["rate"], common), np.maximum(table["rate"], common)
    assert (table["shrunken"] >= low - 1e-12).all()
    assert (table["shrunken"] <= high + 1e-12).all()


def test_the_gamma_law_solves_the_equations_of_clayton_and_kaldor():
    rng = np.random.default_rng(2)
    expect = rng.uniform(2, 20, size=80)
    count = rng.poisson(expect * rng.gamma(4, 1 / 4, size=80))
    law = fit_gamma(count, expected=expect)
    posterior = gamma_poisson(count, expected=expect, prior=law)
    assert law.shape / law.rate == pytest.approx(posterior.mean(), rel=1e-8)
    spread = ((1 + law.rate / expect) * (posterior - posterior.mean()) ** 2).sum() / 79
    assert law.shape / law.rate**2 == pytest.approx(spread, rel=1e-8)
    assert law.shape == pytest.approx(4, rel=0.4)


def test_counts_that_vary_by_chance_alone_share_one_rate():
    assert fit_gamma([5, 5, 5], expected=[5, 5, 5]).shape == math.inf
    assert gamma_poisson([5, 5, 5], expected=[5, 5, 5]) == pytest.approx([1] * 3)


def test_the_beta_law_is_the_most_likely_one():
    count, n = np.array([2, 9, 4, 14, 1, 7]), np.array([20, 25, 20, 30, 18, 22])

    def loss(logs):
        a, b = np.exp(logs)
        return -stats.betabinom(n, a, b).logpmf(count).sum()

    best = optimize.minimize(loss, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    law = fit_beta(count, n=n)
    assert loss(np.log([law.first, law.second])) == pytest.approx(best.fun, abs=1e-8)
    a, b = np.exp(best.x)
    assert beta_binomial(count, n=n) == pytest.approx((count + a) / (n + a + b), rel=1e-4)


def test_shares_that_are_alike_are_one():
    assert beta_binomial([5, 10], n=[50, 100]) == pytest.approx([0.1, 0.1])
    assert beta_binomial([0, 0], n=[5, 9]) == pytest.approx([0, 0])


def test_the_gps_is_the_posterior_of_its_mixture():
    prior = GammaMixture(first=Gamma(shape=0.2, rate=0.06), second=Gamma(shape=1.4, rate=1.8), share=0.1)
    found = gps([3], expected=[1.2], prior=prior).iloc[0]

    def density(rate):
        laws = (prior.first, prior.second)
        heights = [stats.gamma(law.shape, scale=1 / law.rate).pdf(rate) for law in laws]
        return (0.1 * heights[0] + 0.9 * heights[1]) * stats.poisson(1.2 * rate).pmf(3)

    mass = integrate.quad(density, 0, 60, limit=200)[0]
    log_mean = integrate.quad(lambda rate: math.log(rate) * density(rate), 1e-12, 60, limit=200)[0] / mass
    assert found["ebgm"] == pytest.approx(math.exp(log_mean), rel=1e-6)
    assert integrate.quad(density, 0, found["low"])[0] / mass == pytest.approx(0.05, abs=1e-7)
    assert integrate.quad(density, 0, found["high"])[0] / mass == pytest.approx(0.95, abs=1e-7)


def test_the_odds_of_groups_are_the_most_likely_variance():
    rng = np.random.default_rng(6)
    n = np.full(200, 80)
    odds = group_odds(rng.binomial(n, 1 / (1 + np.exp(-rng.normal(-1, 0.8, size=200)))), n=n)
    assert odds.variance == pytest.approx(0.64, rel=0.2)
    assert odds.median_odds_ratio == pytest.approx(math.exp(math.sqrt(2 * odds.variance) * stats.norm.ppf(0.75)))
    assert odds.icc == pytest.approx(odds.variance / (odds.variance + math.pi**2 / 3))
    assert (odds.groups, odds.n) == (200, 16_000)


def test_groups_that_are_alike_have_a_median_odds_ratio_of_one():
    assert group_odds([10] * 8, n=[50] * 8).median_odds_ratio == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: marshall([1], exposures=[1, 2]), "1 counts, but 2 exposures"),
        (lambda: marshall([-1], exposures=[1]), "missing or negative count"),
        (lambda: marshall([1, 1], exposures=[0, 2]), "counts events, but exposures is 0"),
        (lambda: marshall([0], exposures=[0]), "All exposures are 0"),
        (lambda: fit_gamma([1], expected=[1]), "1 groups expect events; two or more"),
        (lambda: fit_beta([3], n=[2]), "larger than the cases"),
        (lambda: james_stein([1, 2, 3], variance=1), "3 estimates; four or more"),
        (lambda: james_stein([1, 2, 3, 4], variance=0), "variance is 0"),
        (lambda: group_odds([3], n=[2]), "from 0 to n"),
        (lambda: group_odds([1, 0], n=[2, 0]), "1 groups have cases"),
    ],
)
def test_what_is_wrong_is_named(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()

"""Groups against all others: exact without variance between groups, wider with it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.statistics.relative_rates import leave_one_out, likeliest_gamma, others, variance_between

DAYS = np.array([4, 2, 6, 1, 3, 5, 2, 8, 3, 1.5, 4, 2.5])
FOUND = np.array([8, 4, 11, 6, 6, 9, 2, 16, 15, 0, 9, 3])

groups = st.lists(st.tuples(st.integers(0, 30), st.floats(0.5, 20)), min_size=2, max_size=12)


@given(groups)
@settings(max_examples=50, deadline=None)
def test_without_variance_it_is_the_conditional_binomial_test(rows):
    count, size = np.array(rows, dtype="float64").T
    rest = others(count[:, None], exposures=size[:, None])
    total, share = count.sum(), size / size.sum()
    expected = [
        min(1.0, 2 * min(stats.binom.sf(n - 1, total, p), stats.binom.cdf(n, total, p)))
        for n, p in zip(count, share, strict=True)
    ]
    assert leave_one_out(count, rest=rest) == pytest.approx(expected, abs=1e-9)


@given(groups, st.floats(0.01, 1))
@settings(max_examples=50, deadline=None)
def test_variance_between_groups_makes_a_difference_of_extremes_less_sure(rows, between):
    count, size = np.array(rows, dtype="float64").T
    rest = others(count[:, None], exposures=size[:, None])
    narrow, wide = leave_one_out(count, rest=rest), leave_one_out(count, rest=rest, between=between)
    sure = narrow < 0.01
    assert (wide[sure] >= narrow[sure] - 1e-12).all()


def test_strata_compare_like_with_like():
    """A group with many cases in a high stratum is as expected there, though its raw rate is high."""
    count = np.array([[20.0, 2.0], [20.0, 2.0], [0.0, 20.0], [0.0, 20.0]])
    size = np.array([[2.0, 2.0], [2.0, 2.0], [0.0, 20.0], [0.0, 20.0]])
    rest = others(count, exposures=size)
    assert rest.expected[0] == pytest.approx(2 * 10 + 2 * 42 / 42)
    assert leave_one_out(count.sum(axis=1), rest=rest)[0] > 0.5


def test_a_group_alone_in_a_stratum_has_nothing_to_be_compared_with():
    with pytest.raises(ArgumentError, match="alone in a stratum"):
        others(np.array([[1.0, 0.0], [2.0, 3.0]]), exposures=np.array([[1.0, 0.0], [2.0, 3.0]]))
    with pytest.raises(ArgumentError, match="same shape"):
        others(np.array([1.0]), exposures=np.array([1.0]))


def test_the_likeliest_gamma_law_of_the_twelve_clients():
    """Own computation with scipy's negative binomial law; the shrunken rates then miss the next year by 0.36."""
    expected = DAYS * FOUND.sum() / DAYS.sum()
    law = likeliest_gamma(FOUND, expected=expected)
    grid = np.linspace(law.shape - 1, law.shape + 1, 41)
    likely = [stats.nbinom.logpmf(FOUND, shape, shape / (shape + expected)).sum() for shape in grid]
    assert law.shape == pytest.approx(14.04, abs=0.01)
    assert np.argmax(likely) == 20


def test_counts_as_even_as_chance_have_no_law_of_their_own():
    assert math.isinf(likeliest_gamma([10, 10, 10, 10], expected=[10, 10, 10, 10]).shape)
    with pytest.raises(ArgumentError, match="two groups or more"):
        likeliest_gamma([1], expected=[1.0])


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_the_variance_between_groups_is_found_beside_outliers(spread):
    """Planted: the variance of the log rates; one group in a hundred has three times the rate."""
    random = np.random.default_rng(7)
    rate = np.exp(random.normal(0, spread, 4000))
    rate[:40] *= 3
    expected = np.full(4000, 20.0)
    found = variance_between(random.poisson(rate * expected), expected=expected * rate.mean()).between
    assert found == pytest.approx(spread**2, abs=0.02)

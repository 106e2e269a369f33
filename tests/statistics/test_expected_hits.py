"""The tails of a sum of unequal chances, by hand and against the binomial law."""

import math

import pytest
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.statistics.expected_hits import hit_surprise, is_surprising


def test_two_cells_by_hand():
    seen = hit_surprise([0.5, 0.2], 0)  # 0: 0.4, 1: 0.5, 2: 0.1
    assert seen.expected == pytest.approx(0.7)
    assert (seen.fewer, seen.more) == (pytest.approx(0.4), pytest.approx(1.0))
    assert seen.p == pytest.approx(0.8)
    assert seen.least == pytest.approx(0.2)  # two hits, 0.1 doubled
    assert hit_surprise([0.5, 0.2], 1).more == pytest.approx(0.6)


@pytest.mark.parametrize(("n", "chance", "found"), [(63, 0.19, 3), (40, 0.25, 18), (10, 0.05, 0)])
def test_equal_chances_are_the_binomial_law(n, chance, found):
    seen = hit_surprise([chance] * n, found)
    law = stats.binom(n, chance)
    assert seen.fewer == pytest.approx(law.cdf(found))
    assert seen.more == pytest.approx(law.sf(found - 1))
    assert seen.p == pytest.approx(min(1, 2 * min(law.cdf(found), law.sf(found - 1))))


def test_what_is_surprising_follows_the_confidence():
    seen = hit_surprise([0.5] * 6, 0)  # 1/64, doubled 0.031
    assert seen.p == pytest.approx(2 / 64)
    assert is_surprising(seen)
    assert not is_surprising(seen, confidence=0.99)
    assert math.isclose(seen.least, seen.p)


@pytest.mark.parametrize(("chances", "found"), [([], 0), ([1.2], 0), ([0.5], 2), ([0.5], -1), ([float("nan")], 0)])
def test_impossible_chances_and_numbers_are_refused(chances, found):
    with pytest.raises(ArgumentError, match=r"Give one for each cell|number among these cells"):
        hit_surprise(chances, found)

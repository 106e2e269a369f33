"""Constants against printed tables and against closed forms."""

import math

import pytest

from auditlab.errors import ArgumentError
from auditlab.statistics.chart_constants import chart_constants


@pytest.mark.parametrize(
    ("n", "first", "second"),
    [  # Montgomery, appendix VI: d2, d3, c4, A2, A3 and B3, B4, D3, D4
        (2, [1.128, 0.853, 0.7979, 1.880, 2.659], [0, 3.267, 0, 3.267]),
        (5, [2.326, 0.864, 0.9400, 0.577, 1.427], [0, 2.089, 0, 2.114]),
        (10, [3.078, 0.797, 0.9727, 0.308, 0.975], [0.284, 1.716, 0.223, 1.777]),
    ],
)
def test_constants_equal_the_printed_ones(n, first, second):
    found = chart_constants(n)
    assert [found.d2, found.d3, found.c4, found.mean_by_range, found.mean_by_sd] == pytest.approx(first, abs=6e-4)
    assert [found.lower_sd, found.upper_sd, found.lower_range, found.upper_range] == pytest.approx(second, abs=1.1e-3)


def test_the_range_of_two_has_closed_forms():
    found = chart_constants(2)
    assert found.d2 == pytest.approx(2 / math.sqrt(math.pi), rel=1e-10)
    assert found.d3 == pytest.approx(math.sqrt(2 - 4 / math.pi), rel=1e-8)


def test_a_subgroup_of_one_has_no_range():
    with pytest.raises(ArgumentError, match=r"n is 1\. Give a whole number of 2 or more"):
        chart_constants(1)

"""Sizes for a precision: by counting up, and against cited values."""

import pytest

from auditlab.errors import ArgumentError
from auditlab.sampling import precision_size, proportion_size
from auditlab.statistics import upper_limit


@pytest.mark.parametrize(
    ("precision", "share", "population", "n"),
    [
        (0.05, 0.5, None, 385),  # Cochran (1977), 4.4: z = 1.96, 384.1 rounded up
        (0.05, 0.5, 1000, 278),  # with the finite population correction, 277.7
        (0.03, 0.5, None, 1068),  # 1067.1
        (0.05, 0.0, None, 0),
    ],
)
def test_the_size_for_a_share_is_that_of_the_textbook(precision, share, population, n):
    assert proportion_size(precision=precision, share=share, population=population) == n


@pytest.mark.parametrize(("precision", "population"), [(0.1, None), (0.05, None), (0.1, 60), (0.05, 200)])
def test_without_expected_deviations_it_is_the_first_size_whose_limit_is_close_enough(precision, population):
    def close(n):
        return upper_limit(deviations=0, n=n, population=population).high <= precision + 1e-12

    first = next(n for n in range(1, 400) if close(n))
    assert precision_size(precision=precision, population=population) == first


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": 0.05, "method": "beta"}, "no method 'beta' for a precision"),
        ({"precision": 0.0}, "precision"),
        ({"precision": 0.01, "expected_count": 9, "population": 8}, "No sample reaches this precision"),
    ],
)
def test_a_precision_that_cannot_be_had_is_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        precision_size(**options)


def test_a_share_above_one_is_refused():
    with pytest.raises(ArgumentError, match=r"share is 1.2"):
        proportion_size(precision=0.05, share=1.2)

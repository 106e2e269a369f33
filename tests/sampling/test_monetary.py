"""Sizes, bounds and estimates along money. Known answers carry their source."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.sampling import misstatement_amount, misstatement_bound, monetary_sample_size, stringer_bound
from auditlab.statistics import upper_limit

BOOK = 13_500_000


@pytest.mark.parametrize(
    ("taints", "confidence", "money"),
    [
        ([1], 0.95, 436_009),  # Touw and Hoogduin (2011), p. 137: 436 007
        ([1, 1], 0.95, 577_537),  # p. 137: 577 535
        ([1, 0.09887], 0.95, 450_002),  # p. 143: 449 999.9
    ],
)
def test_the_stringer_bound_matches_published_examples(taints, confidence, money):
    assert round(BOOK * stringer_bound(taints, n=145, confidence=confidence).high) == money


@given(st.integers(1, 80), st.integers(0, 6), st.sampled_from([0.8, 0.9, 0.95]))
@settings(max_examples=30, deadline=None)
def test_with_whole_errors_the_bound_is_the_limit_of_an_attribute_sample(n, errors, confidence):
    k = min(errors, n)
    bound = stringer_bound([1] * k, n=n, confidence=confidence)
    assert bound.high == pytest.approx(upper_limit(deviations=k, n=n, confidence=confidence).high)


@given(st.lists(st.floats(0.01, 1), max_size=5), st.floats(0.01, 1))
@settings(max_examples=30, deadline=None)
def test_the_bound_does_not_depend_on_the_order_and_grows_with_an_error(taints, more):
    bound = stringer_bound(taints, n=60).high
    assert stringer_bound(taints[::-1], n=60).high == pytest.approx(bound)
    assert stringer_bound([*taints, more], n=60).high > bound


def test_adjustments_for_amounts_booked_too_low_match_the_r_package_jfa():
    # three taints of 0.6, -0.25 and 0.1 among 100; own synthetic amounts, computed with jfa 0.7.4
    taints = [0.6, -0.25, 0.1]
    assert stringer_bound(taints, n=100).high == pytest.approx(0.041247045609)
    assert stringer_bound(taints, n=100, adjustment="lta").high == pytest.approx(0.038747045609)
    assert stringer_bound(taints, n=100, adjustment="meikle").high == pytest.approx(0.029607092746)
    assert stringer_bound(taints, n=100, adjustment="pvz").high == pytest.approx(0.041610327018)


@pytest.mark.parametrize(
    ("method", "high"),
    [("moment", 0.024056693601), ("rohrbach", 0.025845167191), ("coxsnell", 0.032171745474), ("mpu", 0.015346350307),
     ("pps", 0.023754714206)],
)  # fmt: skip
def test_other_bounds_match_the_r_package_jfa(method, high):
    bound = misstatement_bound([0.6, -0.25, 0.1], n=100, method=method, population=2000)
    assert bound.high == pytest.approx(high)


def test_a_bound_that_needs_two_errors_is_unknown_without_them():
    assert math.isnan(misstatement_bound([0.5], n=60, method="pps").high)


@pytest.mark.parametrize(
    ("asked", "n"),
    [
        ({"tolerable": 0.1}, 30),  # AICPA table C-1, as recorded in jfa's tests
        ({"tolerable": 0.08}, 38),
        ({"tolerable": 0.02, "expected": 0.012, "confidence": 0.5}, 85),
        ({"tolerable": 0.02, "expected": 0.004, "confidence": 0.8, "method": "factor"}, 113),  # R package MUS
        ({"tolerable": 0.02, "expected": 0.004, "confidence": 0.8, "method": "hypergeometric"}, 111),
        ({"tolerable": 0.1, "expected": 0.02, "method": "hypergeometric"}, 44),
    ],
)
def test_sizes_along_money_match_published_values(asked, n):
    book = 1_000_000
    money = {name: value * book for name, value in asked.items() if name in {"tolerable", "expected"}}
    assert monetary_sample_size(book_value=book, **(asked | money)) == n


def test_estimated_amounts_agree_with_their_definition():
    generator = np.random.default_rng(7)
    booked = generator.integers(100, 900, 50).astype(float)
    audited = booked * np.where(np.arange(50) < 4, 0.7, 1.0)
    total = 1_000_000.0
    difference = misstatement_amount(booked, audited, population=2000, book_value=total, method="difference")
    assert difference.estimate == pytest.approx(2000 * (booked - audited).mean())
    direct = misstatement_amount(booked, audited, population=2000, book_value=total, method="direct")
    assert direct.estimate == pytest.approx(total - 2000 * audited.mean())
    slope, start = np.polyfit(booked, audited, 1)
    regression = misstatement_amount(booked, audited, population=2000, book_value=total, method="regression")
    assert regression.estimate == pytest.approx(total - (2000 * start + slope * total))
    for method in ("direct", "difference", "quotient", "regression"):
        asked = {"population": 2000, "book_value": total, "method": method}
        wide = misstatement_amount(booked, audited, **asked)
        one = misstatement_amount(booked, audited, two_sided=False, **asked)
        assert wide.low < wide.estimate < one.high < wide.high
        assert one.low == -math.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stringer_bound([1.2], n=10), r"A taint is 1\.2\. A taint is the wrong share"),
        (lambda: stringer_bound([math.nan], n=10), "A taint is nan"),
        (lambda: stringer_bound([1, 1], n=1), "2 taints, more than the 1 points"),
        (lambda: stringer_bound([1], n=9, method="beta"), "no method 'beta' for this bound"),
        (lambda: stringer_bound([1], n=9, method="hypergeometric"), "needs a population"),
        (lambda: stringer_bound([1], n=9, adjustment="bickel"), "no adjustment 'bickel'"),
        (lambda: misstatement_bound([1], n=9, method="x"), "no method 'x' for this bound"),
        (lambda: misstatement_bound([1], n=9, method="rohrbach"), "'rohrbach' needs a population"),
        (lambda: misstatement_amount([1], [1], population=9, book_value=9, method="direct"), "1 booked and 1 audited"),
        (lambda: misstatement_amount([1] * 3, [1] * 3, population=9, book_value=9, method="x"), "'x' for amounts"),
        (lambda: monetary_sample_size(book_value=100, tolerable=5, expected=5), "expected is 5, tolerable 5"),
        (lambda: monetary_sample_size(book_value=100, tolerable=5, method="x"), "no method 'x' for sizes along money"),
    ],
)
def test_a_bound_that_cannot_be_computed_says_why(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()

"""Results along money: against Stringer's bound by hand, and tables that cannot be read."""

import pandas as pd
import pytest
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.sampling import money_result


def table(**columns):
    return pd.DataFrame({"booked": [1000.0, 500.0, 200.0], "audited": [1000.0, 400.0, 200.0]} | columns)


def evaluated(frame, **asked):
    return money_result(frame, **({"booked": "booked", "audited": "audited", "book_value": 50_000} | asked))


def test_the_bound_is_the_limit_without_errors_and_a_step_for_each_taint():
    # points 2 + 1 + 1; one taint of 100 / 500: p0 + 0.2 (p1 - p0), limits by Clopper-Pearson
    found = evaluated(table(times=[2, 1, 1]), times="times")
    first, second = (stats.beta.ppf(0.95, k + 1, 4 - k) for k in (0, 1))
    assert found.bound.n == 4
    assert found.bound.high == pytest.approx(first + 0.2 * (second - first))
    assert found.most == pytest.approx(found.bound.high * 50_000)
    assert found.likely == pytest.approx(0.2 / 4 * 50_000)
    assert found.sentence.startswith("1 of 4 points overstated: with 95 % confidence at most")


def test_a_record_hit_twice_counts_its_taint_twice():
    twice = evaluated(table(times=[1, 2, 1]), times="times")
    assert twice.bound.k == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("frame", "asked", "message"),
    [
        (table(), {"audited": "right"}, "There is no column 'right'. Found: booked, audited"),
        (table(audited=[1.0, None, 2.0]), {}, "'audited' is missing or no number in record 2 of the table"),
        (table(booked=["1.000,00", "5", "6"]), {}, "'booked' is missing or no number in record 1 of the table"),
        (table(booked=[0.0, -5.0, 6.0]), {}, "not above 0 in records 1, 2 of the table"),
        (table(times=[1, 0, 1.5]), {"times": "times"}, "no whole number of 1 or more in records 2, 3"),
        (table(), {"book_value": 0}, "book_value is 0"),
    ],
)
def test_a_table_that_cannot_be_evaluated_says_where(frame, asked, message):
    with pytest.raises(ArgumentError, match=message):
        evaluated(frame, **asked)

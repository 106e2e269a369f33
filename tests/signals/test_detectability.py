"""How long until an improvement shows."""

import pandas as pd
import pytest
from statsmodels.stats.power import NormalIndPower

from auditlab.errors import ArgumentError
from auditlab.signals import detectability
from auditlab.statistics.detectability import records_to_see


def rate(k, n):
    row = {"kpi": "unapproved_at_start_rate", "site": "B", "service": None, "clause": "8.5.1.3", "k": k, "n": n}
    value = k / n if n else None
    return pd.DataFrame([row | {"value": value, "low": None, "high": None}])


@pytest.mark.parametrize(
    ("before", "after", "records"),
    [
        (0.05, 0.02, 588),  # own calculation with z = 1.95996 and 0.84162, by hand 587.9
        (0.10, 0.05, 435),  # the worked example of many tables (Fleiss without correction): 434.4
        (0.50, 0.40, 388),  # 387.3
    ],
)
def test_the_records_needed_match_the_formula_by_hand(before, after, records):
    assert records_to_see(before, after) == records
    assert records_to_see(after, before) == records


def test_the_number_comes_near_to_that_of_another_approximation():
    """The arcsine approximation of statsmodels differs by a few percent at shares of a half."""
    from statsmodels.stats.proportion import proportion_effectsize

    other = NormalIndPower().solve_power(proportion_effectsize(0.5, 0.4), alpha=0.05, power=0.8)
    assert records_to_see(0.5, 0.4) == pytest.approx(other, rel=0.02)


def test_fifteen_changes_a_month_need_39_months_to_show_a_fall_from_5_to_2_percent():
    """Golden fact PF-31: 9 of 180 changes in twelve months."""
    found = detectability(rate(9, 180), months=12, improvement=0.6).iloc[0]
    assert (found["planned"], found["n_per_period"], found["per_month"]) == (pytest.approx(0.02), 588, 15.0)
    assert found["months"] == pytest.approx(39.2)
    assert (
        found["note"]
        == "about 39 months at 15 a month, longer than the period observed: the rate cannot show it in time"
    )


@pytest.mark.parametrize(
    ("k", "n", "note"),
    [(0, 180, "nothing found in the period: there is no rate to improve"), (0, 0, "no record in the period")],
)
def test_without_a_rate_nothing_can_be_planned_and_no_month_is_given(k, n, note):
    found = detectability(rate(k, n), months=12).iloc[0]
    assert found["note"] == note
    assert pd.isna(found["months"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: detectability(rate(9, 180), months=0), "period is 0 months"),
        (lambda: detectability(rate(9, 180), months=12, improvement=0), "improvement is 0"),
        (lambda: records_to_see(1.2, 0.1), "share before is 1.2"),
        (lambda: records_to_see(0.1, 0.1), "Both shares are 0.1"),
        (lambda: records_to_see(0.2, 0.1, power=1), "power is 1"),
    ],
)
def test_what_cannot_be_planned_is_named(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()

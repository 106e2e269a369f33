"""Calendar-month means against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.statistics.seasons import month_effects, years_of_every_month

YEARS = np.tile(np.arange(1, 13), 3)
SEASON = np.array([5, -1, 0, 2, -4, -2, 3, 1, 0, -3, 0, -1.0])  # adds up to 0


def test_effects_of_full_years_are_month_means_less_the_mean_of_all():
    """January 10, 13, 16 and eleven months of 1, 2, 3 a year: 13 against 2, so 11 less 11 / 12 and 11 / 12 below."""
    values = np.concatenate([[10 + 3 * year, *([1 + year] * 11)] for year in range(3)])
    effects = month_effects(values, calendar_months=YEARS)
    assert effects[0] == pytest.approx(11 * 11 / 12)
    assert effects[1:12] == pytest.approx([-11 / 12] * 11)
    assert effects[12:24] == pytest.approx(effects[:12])


def test_a_level_that_was_rebased_is_no_season():
    """A step of 7 in the middle of a year: with its two parts the season comes out exactly, without them it does not."""
    parts = np.arange(36) >= 17
    values = 50 + 7 * parts + np.tile(SEASON, 3)
    assert month_effects(values, calendar_months=YEARS, parts=parts) == pytest.approx(np.tile(SEASON, 3))
    assert np.abs(month_effects(values, calendar_months=YEARS) - np.tile(SEASON, 3)).max() > 1


def test_missing_months_and_a_half_year_more_leave_an_exact_season_exact():
    values = np.append(50 + np.tile(SEASON, 4), 50 + SEASON[:6])
    values[[3, 20]] = np.nan
    months = np.append(np.tile(np.arange(1, 13), 4), np.arange(1, 7))
    assert month_effects(values, calendar_months=months)[:12] == pytest.approx(SEASON)
    assert years_of_every_month(values, calendar_months=months) == 3


@given(st.lists(st.floats(-100, 100), min_size=36, max_size=36), st.floats(-50, 50))
@settings(max_examples=25, deadline=None)
def test_effects_add_up_to_nothing_and_do_not_depend_on_the_level(values, level):
    effects = month_effects(values, calendar_months=YEARS)
    assert effects[:12].sum() == pytest.approx(0, abs=1e-6)
    assert month_effects(np.array(values) + level, calendar_months=YEARS) == pytest.approx(effects, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "months", "parts", "message"),
    [
        ([1.0] * 35, YEARS[:35], None, "A calendar month has 2 values. Give at least 3 years"),
        ([1.0] * 36, YEARS[:35], None, "36 values, but 35 calendar months"),
        ([1.0] * 36, YEARS - 1, None, "Give whole numbers from 1 to 12"),
        ([1.0] * 36, YEARS, [1] * 35, "36 values, but 35 parts"),
    ],
)
def test_what_has_no_season_is_refused(values, months, parts, message):
    with pytest.raises(ArgumentError, match=message):
        month_effects(values, calendar_months=months, parts=parts)

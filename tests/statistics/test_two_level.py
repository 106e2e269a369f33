"""Rates by column and row."""

import numpy as np
import pytest

from auditlab.statistics.two_level import beta_limits, column_rates, two_level


def test_a_column_without_trials_has_the_mean_and_an_outside_rate_weighs_ten():
    rates = column_rates(np.array([8.0, 0, 10]), np.array([2.0, 0, 1]), outside=np.array([np.nan, np.nan, 0.3]))
    assert rates.tolist() == pytest.approx([(2 * 3 / 18 + 2) / 10, 3 / 18, (3 + 1) / 20])


def test_a_given_mean_takes_the_place_of_the_mean_of_the_data():
    assert column_rates(np.array([2.0]), np.array([0.0]), mean=0.4).tolist() == pytest.approx([0.2])


def test_without_any_trial_every_rate_is_a_half():
    assert column_rates(np.zeros(2), np.zeros(2)).tolist() == [0.5, 0.5]


def test_no_cell_starts_above_the_ceiling():
    cells = two_level(np.array([0.9]), trials=np.array([[1.0]]), hits=np.array([[20.0]]), k=8, alpha=1)
    assert cells.start.item() == 0.95


def test_a_beta_distribution_without_mass_above_zero_has_limits_of_zero():
    low, high = beta_limits(np.array([0.0]), np.array([8.0]), cover=0.8)
    assert (low.item(), high.item()) == pytest.approx((0.0, 0.0), abs=1e-300)

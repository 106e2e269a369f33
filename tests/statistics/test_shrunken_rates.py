"""Intervals of shrunken rates hold the true rate as often as they say."""

import numpy as np
import pytest

from auditlab.errors import ArgumentError
from auditlab.statistics.shrunken_rates import shrunken_rates


@pytest.mark.parametrize("shape", [4.0, 14.0, None])
def test_the_interval_holds_the_true_rate_as_often_as_it_says(shape):
    """Two hundred simulated portfolios of thirty clients; where none differs the intervals are on the safe side."""
    rng, held = np.random.default_rng(1), []
    for _ in range(200):
        days = rng.choice([3.0, 4, 6, 8, 12], 30)
        true = 1.5 * (np.ones(30) if shape is None else rng.gamma(shape, 1 / shape, 30))
        count = rng.poisson(days * true)
        common = count.sum() / days.sum()
        found = shrunken_rates(count, expected=days * common)
        held.append(((found.low * common <= true) & (true <= found.high * common)).mean())
    assert 0.92 <= np.mean(held) <= (1.0 if shape is None else 0.97)


def test_rates_of_no_events_at_all_are_refused():
    with pytest.raises(ArgumentError, match="Nothing was counted"):
        shrunken_rates([0, 0, 0], expected=[1.0, 2, 3])
    with pytest.raises(ArgumentError, match="share between 0 and 1"):
        shrunken_rates([1, 2], expected=[1.0, 2.0], confidence=95)

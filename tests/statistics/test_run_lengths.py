"""Average run lengths against published ones and a closed form."""

import pytest
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.statistics.run_lengths import cusum_run_length, ewma_run_length, shewhart_run_length


@pytest.mark.parametrize(
    ("found", "published", "tolerance"),
    [
        (shewhart_run_length(), 370.4, 0.05),  # Montgomery, chapter 5
        (shewhart_run_length(shift=1), 43.9, 0.05),
        (cusum_run_length(), 465, 1),  # Montgomery, table 9.3: k 0.5, h 5
        (cusum_run_length(shift=1), 10.4, 0.05),
        (cusum_run_length(decision=4), 168, 0.5),
        (cusum_run_length(decision=4, shift=1), 8.38, 0.01),
        (ewma_run_length(weight=0.2, sigmas=2.962), 500, 1.5),  # Lucas and Saccucci (1990), Technometrics 32:1-12
        (ewma_run_length(weight=0.2, sigmas=2.962, shift=1), 10.5, 0.05),
    ],
)
def test_run_lengths_are_the_published_ones(found, published, tolerance):
    assert found == pytest.approx(published, abs=tolerance)


def test_an_ewma_that_forgets_everything_is_a_shewhart_chart():
    assert ewma_run_length(weight=1, sigmas=2.5) == pytest.approx(1 / (2 * stats.norm.sf(2.5)), rel=1e-9)


def test_what_is_wrong_is_named():
    with pytest.raises(ArgumentError, match="sigmas is 0"):
        shewhart_run_length(sigmas=0)
    with pytest.raises(ArgumentError, match=r"weight is 1\.5"):
        ewma_run_length(weight=1.5)
    with pytest.raises(ArgumentError, match="decision is -1"):
        cusum_run_length(decision=-1)

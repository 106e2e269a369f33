"""The true rates at which plans of every kind are looked at."""

import pytest

from auditlab.errors import ArgumentError
from auditlab.sampling import operating_characteristic, sample_size
from auditlab.sampling.characteristic import true_rates
from auditlab.sampling.stages import staged_characteristic, staged_plan
from auditlab.sampling.strata import stratified_characteristic, stratified_plan


def test_by_default_the_rates_reach_from_none_to_three_times_the_tolerable_one():
    rates = true_rates(None, tolerable=0.05)
    assert (len(rates), rates[0], rates[20], rates[-1]) == (61, 0.0, pytest.approx(0.05), pytest.approx(0.15))
    assert true_rates(None, tolerable=0.5)[-1] == 1.0
    assert true_rates([0.2, 0.1], tolerable=0.05) == [0.2, 0.1]


@pytest.mark.parametrize(
    ("curve", "plan"),
    [
        (operating_characteristic, lambda: sample_size(tolerable=0.05)),
        (staged_characteristic, lambda: staged_plan(tolerable=0.05, stages=[1, 0])),
        (stratified_characteristic, lambda: stratified_plan({"a": 60, "b": 40}, tolerable=0.05)),
    ],
)
def test_a_rate_that_is_no_share_is_refused_by_every_plan(curve, plan):
    with pytest.raises(ArgumentError, match=r"rate is 1\.2\. Give a share between 0 and 1"):
        curve(plan(), [0.1, 1.2])
    with pytest.raises(ArgumentError, match=r"rate is -0\.1"):
        curve(plan(), [-0.1])

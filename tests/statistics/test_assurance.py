"""Icons and capability on charts made for them."""

import math

import pandas as pd
import pytest
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.statistics import capability, control_chart, variation

WAVE = [10.0, 12.0] * 8


def _icons(values, improvement):
    return variation(control_chart(values, kind="i", rules=["mdc"], center=11, sd=2), improvement=improvement).tolist()


@pytest.mark.parametrize(
    ("improvement", "icon"),
    [
        ("increase", "special_cause_improvement"),
        ("decrease", "special_cause_concern"),
        ("neutral", "special_cause_neutral_high"),
    ],
)
def test_the_icon_of_a_high_point_depends_on_what_is_better(improvement, icon):
    assert _icons([*WAVE, 18.0], improvement)[-1] == icon
    assert _icons(WAVE, improvement)[-1] == "common_cause"


def test_a_falling_trend_above_the_centre_is_a_fall():
    falling = [16.0, 15.5, 15.0, 14.5, 14.0, 13.5, 13.0]
    assert set(_icons([*WAVE[:5], *falling, 10.0], "increase")[6:12]) == {"special_cause_concern"}


def test_the_first_point_of_a_trend_takes_its_direction():
    values = [11.0, 10.0, 10.5, 10.6, 10.7, 10.8, 10.9, 11.1, 10.0]
    assert _icons(values, "neutral")[1] == "special_cause_neutral_high"


def test_a_missing_point_has_no_icon():
    assert _icons([*WAVE, math.nan], "increase")[-1] == "unknown"


@pytest.mark.parametrize(
    ("target", "improvement", "assurance"),
    [
        (11, "increase", "inconsistent"),
        (4, "increase", "consistent_pass"),
        (18, "increase", "consistent_fail"),
        (18, "decrease", "consistent_pass"),
        (4, "decrease", "consistent_fail"),
        (4, "neutral", ""),
    ],
)
def test_assurance_compares_target_and_limits(target, improvement, assurance):
    chart = control_chart(WAVE, kind="i", center=11, sd=2)
    assert capability(chart, target=target, improvement=improvement).assurance == assurance


def test_the_share_that_meets_the_target_is_normal_around_the_centre():
    chart = control_chart(WAVE, kind="i", center=11, sd=2)
    found = capability(chart, target=13, improvement="decrease")
    assert found.share == pytest.approx(stats.norm.cdf(1))
    half = stats.norm.ppf(0.975) / math.sqrt(16)
    assert (found.low, found.high) == pytest.approx((stats.norm.cdf(1 - half), stats.norm.cdf(1 + half)))
    assert (found.n, found.enough) == (16, True)
    assert capability(chart, target=13, improvement="increase").share == pytest.approx(1 - found.share)


def test_a_constant_process_meets_its_target_or_does_not():
    chart = control_chart([5.0] * 5, kind="i")
    assert capability(chart, target=5, improvement="increase").share == 1
    assert capability(chart, target=6, improvement="increase").share == 0
    assert not capability(chart, target=5, improvement="increase").enough


def test_skewed_kinds_and_empty_charts_give_no_share():
    skewed = control_chart([3, 5, 8, 2], kind="g")
    assert math.isnan(capability(skewed, target=10, improvement="increase").share)
    empty = control_chart([None, None], kind="i")
    assert capability(empty, target=1, improvement="increase").assurance == ""


def test_what_is_wrong_is_named():
    chart = control_chart(WAVE, kind="i", rules=["mdc"])
    with pytest.raises(ArgumentError, match=r"improvement is 'up'\. Use one of increase, decrease, neutral"):
        variation(chart, improvement="up")
    with pytest.raises(ArgumentError, match="Draw the chart with rules=\\['mdc'\\]"):
        variation(control_chart(WAVE, kind="i"), improvement="increase")
    with pytest.raises(ArgumentError, match="Draw the chart"):
        variation(pd.DataFrame({"value": [1.0]}), improvement="increase")
    with pytest.raises(ArgumentError, match="target is nan"):
        capability(chart, target=math.nan, improvement="increase")

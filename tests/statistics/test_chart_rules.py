"""Rules against brute force and against patterns made for them."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.statistics import anhoej_runs, control_chart
from auditlab.statistics.chart_rules import anhoej_false_alarm, anhoej_limits


@pytest.mark.parametrize(("n", "longest", "fewest"), [(10, 6, 2), (20, 7, 6), (24, 8, 8), (100, 10, 41)])
def test_the_limits_of_the_runs_rules_are_the_published_ones(n, longest, fewest):
    # Anhøj and Olesen (2014), table 1
    assert anhoej_limits(n) == (longest, fewest)


@pytest.mark.parametrize("n", [1, 2, 5, 10, 12])
def test_the_false_alarm_of_the_runs_rules_counts_all_series(n):
    alarms = sum(anhoej_runs(signs, center=0).signal for signs in itertools.product((-1, 1), repeat=n))
    assert anhoej_false_alarm(n) == pytest.approx(alarms / 2**n, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0, math.nan]), max_size=40))
def test_runs_and_crossings_are_those_of_the_useful_points(values):
    useful = [value for value in values if value in (-1.0, 1.0)]
    runs = [len(list(group)) for _, group in itertools.groupby(useful)]
    found = anhoej_runs(values, center=0)
    assert (found.useful, found.longest_run) == (len(useful), max(runs, default=0))
    assert found.crossings == max(len(runs) - 1, 0)


def _flags(values, rule):
    chart = control_chart(values, kind="i", rules=[rule], center=0, sd=1)
    return chart.loc[chart["signal"], "i"].tolist()


@pytest.mark.parametrize(
    ("rule", "values", "points"),
    [
        ("nelson1", [0, 3, 3.1, -3.1], [3, 4]),  # on the limit is within
        ("nelson2", [0.1] * 10, [9, 10]),
        ("nelson3", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.6], [6, 7]),
        ("nelson4", [(-1) ** k * 0.5 for k in range(15)], [14, 15]),
        ("nelson4", [0.5, -0.5] * 3 + [-0.5, -0.5] + [0.5, -0.5] * 3, [14]),  # standing still fits up and down
        ("nelson4", [0.5, -0.5] * 3 + [-0.5] + [0.5, -0.5] * 4, []),  # a turn too many is none
        ("nelson4", [0.5] * 20, []),  # nothing moves
        ("nelson5", [2.1, 0, 2.1, 0, 2.1, -2.1, -2.1], [3, 5, 7]),
        ("nelson6", [1.1, 1.1, 0, 1.1, 1.1, 0], [5]),
        ("nelson7", [0.5, -0.5] * 8, [15, 16]),
        ("nelson7", [1.0, -1.0] * 8, [15, 16]),  # on the line is within
        ("nelson8", [1.5, -1.5] * 4 + [0], [8]),
        ("nelson8", [1.5] * 8 + [-1.5], [9]),  # needs both sides
        ("western_electric2", [2.1, 0, 2.1], [3]),
        ("western_electric3", [1.1, 1.1, 0, 1.1, 1.1], [5]),
        ("western_electric4", [-0.1] * 8, [8]),
        ("mdc_trend", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.5], [1, 2, 3, 4, 5, 6, 7]),
        ("mdc_two_of_three", [2.1, 0.1, 2.1, 0, 2.1, -0.1, 2.1], [1, 3]),
        ("mdc_shift", [-1] + [0.1] * 7 + [-1], [2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_a_rule_flags_its_pattern(rule, values, points):
    assert _flags(values, rule) == points


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("nelson2", [0.1] * 9),
        ("nelson3", [0.1 * k for k in range(6)]),
        ("nelson4", [(-1) ** k * 0.5 for k in range(14)]),
        ("nelson6", [1.1] * 5),
        ("nelson7", [0.5, -0.5] * 7 + [0.4]),
        ("nelson8", [1.5, -1.5] * 4),
        ("mdc_trend", [0.1 * k for k in range(7)]),
        ("mdc_shift", [0.1] * 7),
    ],
)
def test_a_missing_point_breaks_a_pattern(rule, pattern):
    assert _flags(pattern, rule)
    middle = len(pattern) // 2
    assert not _flags([*pattern[:middle], math.nan, *pattern[middle:]], rule)


def test_a_pattern_does_not_go_on_in_the_next_phase():
    values = [0.1] * 12
    chart = control_chart(values, kind="i", rules=["nelson2"], center=0, sd=1, phases=[6])
    assert not chart["signal"].any()


def test_several_rules_are_named_beside_each_other():
    chart = control_chart([0.0] * 3 + [4.0, 2.5, 2.5], kind="i", rules=["limits", "western_electric"], center=0, sd=1)
    assert chart["rule"].iloc[3] == "limits; western_electric1"
    assert chart["rule"].iloc[4] == "western_electric2"


def test_the_runs_rules_leave_moving_ranges_alone():
    chart = control_chart(np.linspace(0, 1, 30) ** 3, kind="mr")
    assert not chart["rule"].str.contains("anhoej").any()

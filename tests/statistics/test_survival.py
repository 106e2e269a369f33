"""Survival curves against published numbers and against two libraries."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from public_series import REMISSION_ENDED, REMISSION_PLACEBO, REMISSION_TREATED
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from auditlab.errors import ArgumentError
from auditlab.statistics import log_rank, survival


def test_the_remissions_have_their_published_curve():
    # Freireich et al. (1963), as computed in textbooks (Kleinbaum and Klein, Survival Analysis, chapter 2)
    curve = survival(REMISSION_TREATED, REMISSION_ENDED)
    ended = curve.table[curve.table["events"] > 0]
    assert ended["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert ended["survival"].tolist() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=6e-4)
    assert ended["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.quantile().estimate == 23
    assert survival(REMISSION_PLACEBO, [1] * 21).quantile().estimate == 8


def test_the_log_rank_test_of_the_remissions_is_the_published_one():
    times, ended = REMISSION_TREATED + REMISSION_PLACEBO, REMISSION_ENDED + [1] * 21
    test = log_rank(times, ended, groups=["6-MP"] * 21 + ["placebo"] * 21)
    assert test.statistic == pytest.approx(16.79, abs=0.005)
    assert (test.df, test.n) == (1, 42)
    assert test.p < 1e-4


cases = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=30)


@settings(max_examples=50, deadline=None)
@given(cases)
def test_curve_and_error_agree_with_two_libraries(given_cases):
    times, closed = (np.array(column) for column in zip(*given_cases, strict=True))
    table = survival(times, closed).table
    library = SurvfuncRight(times, closed.astype(int))
    assert table.loc[table["events"] > 0, "survival"].tolist() == pytest.approx(library.surv_prob)
    data = stats.CensoredData(uncensored=times[closed], right=times[~closed])
    assert table["survival"].tolist() == pytest.approx(stats.ecdf(data).sf.evaluate(table["time"]))
    errors = table.loc[(table["events"] > 0) & (table["survival"] > 0), "se"]
    assert errors.tolist() == pytest.approx(library.surv_prob_se[: len(errors)])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 8), st.booleans()), min_size=1, max_size=25))
def test_late_entry_agrees_with_the_library(given_cases):
    entry, length, closed = (np.array(column) for column in zip(*given_cases, strict=True))
    times = entry + length
    table = survival(times, closed, entry=entry).table
    library = SurvfuncRight(times, closed.astype(int), entry=entry)
    at_events = table[table["events"] > 0]
    assert at_events["at_risk"].tolist() == list(library.n_risk)
    assert at_events["survival"].tolist() == pytest.approx(library.surv_prob)


def test_a_median_that_is_not_reached_is_missing_not_a_number():
    found = survival([1, 5, 5, 5], [True, False, False, False]).quantile()
    assert math.isnan(found.estimate)
    assert math.isnan(found.high)
    assert (found.n, found.events, found.method) == (4, 1, "Kaplan-Meier, log-log interval")


def test_a_curve_that_rests_on_the_quantile_gives_the_middle():
    assert survival([1, 2, 3, 4], [1, 1, 1, 1]).quantile().estimate == 2.5


def test_the_interval_scales_are_their_formulas():
    for scale in ("log-log", "log", "plain"):
        table = survival(REMISSION_TREATED, REMISSION_ENDED, interval_scale=scale).table.iloc[:1]
        s, se, z = table["survival"].iloc[0], table["se"].iloc[0], stats.norm.ppf(0.975)
        expected = {
            "plain": (s - z * se, min(1, s + z * se)),
            "log": (s * math.exp(-z * se / s), min(1, s * math.exp(z * se / s))),
            "log-log": tuple(s ** math.exp(sign * z * se / (s * abs(math.log(s)))) for sign in (1, -1)),
        }[scale]
        assert (table["low"].iloc[0], table["high"].iloc[0]) == pytest.approx(expected)


def test_cases_without_a_duration_are_left_out_and_none_is_no_curve():
    assert survival([1, None, 3], [True, None, False]).n == 2
    nothing = survival([], [])
    assert nothing.table.empty
    assert math.isnan(nothing.quantile().estimate)


def test_one_group_or_no_closed_case_cannot_be_compared():
    assert math.isnan(log_rank([1, 2], [True, True], groups=["a", "a"]).p)
    assert math.isnan(log_rank([1, 2], [False, False], groups=["a", "b"]).p)


@pytest.mark.parametrize(
    ("durations", "observed", "options", "message"),
    [
        ([1], [True, False], {}, "1 durations, but 2 flags"),
        ([-1], [True], {}, "A duration is negative: -1"),
        ([1], [None], {}, "no flag for closed"),
        ([1], [True], {"entry": [1, 2]}, "1 durations, but 2 entry times"),
        ([2], [True], {"entry": [2]}, "Case 1 came under observation at 2, not before it ended at 2"),
        ([1], [True], {"interval_scale": "logit"}, "interval_scale is 'logit'"),
        ([1], [True], {"confidence": 0}, "confidence is 0"),
    ],
)
def test_what_is_wrong_is_named(durations, observed, options, message):
    with pytest.raises(ArgumentError, match=message):
        survival(durations, observed, **options)


def test_groups_and_shares_are_checked():
    with pytest.raises(ArgumentError, match="2 cases, but 1 groups"):
        log_rank([1, 2], [True, True], groups=["a"])
    with pytest.raises(ArgumentError, match="confidence is 1"):
        survival([1], [True]).quantile(1)

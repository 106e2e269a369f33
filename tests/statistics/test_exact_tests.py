"""Comparisons of small counts. Expected numbers: the sample engagement, checked with scipy and by enumeration."""

import math
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats.contingency import odds_ratio

from auditlab.errors import ArgumentError
from auditlab.statistics import compare_proportions, fisher, homogeneity, rate_ratio

counts = st.integers(0, 12)
DAYS = st.integers(1, 20)


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ([[4, 6], [30, 12]], 0.08),  # NC and OFI of one lead auditor against the rest
        ([[320, 80], [20, 2]], 0.28),  # satisfaction of two quarters
        ([[9, 171], [3, 397]], 0.002),  # changes started without approval, one site against the others
    ],
)
def test_fisher_gives_the_known_p(table, p):
    assert fisher(table).p == pytest.approx(p, rel=0.06)


def test_emergency_changes_at_one_site_are_far_from_chance():
    assert fisher([[36, 144], [32, 368]]).p < 0.001


@given(counts, counts, counts, counts)
def test_fisher_p_matches_enumeration_in_fractions(a, b, c, d):
    ways = {i: comb(a + b, i) * comb(c + d, a + c - i) for i in range(max(0, a - d), min(a + b, a + c) + 1)}
    expected = Fraction(sum(way for way in ways.values() if way <= ways[a]), sum(ways.values()))
    assert fisher([[a, b], [c, d]]).p == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("table", [[[4, 6], [30, 12]], [[9, 171], [3, 397]], [[0, 8], [5, 3]], [[7, 0], [2, 5]]])
def test_odds_ratio_and_limits_match_scipy(table):
    result, reference = fisher(table), odds_ratio(table)
    low, high = reference.confidence_interval()
    assert (result.effect, result.low, result.high) == pytest.approx((reference.statistic, low, high), rel=1e-6)


@given(counts, counts, counts, counts, st.sampled_from([0.8, 0.95]))
def test_odds_ratio_lies_within_its_limits_and_turns_with_the_table(a, b, c, d, confidence):
    result, turned = fisher([[a, b], [c, d]], confidence=confidence), fisher([[c, d], [a, b]], confidence=confidence)
    assert turned.p == pytest.approx(result.p)
    assert result.n == a + b + c + d
    if 0 in (a + b, c + d, a + c, b + d):
        assert math.isnan(result.effect)
        assert (result.low, result.high, result.p) == (0.0, math.inf, 1.0)
        return
    assert result.low <= result.effect <= result.high
    if 0 < result.effect < math.inf:
        assert turned.effect == pytest.approx(1 / result.effect, rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "effect", "low", "high", "p"),
    [
        ((6, 6, 2, 18), 9.0, 1.6, 91, 0.0042),  # S7 major incidents, last 6 against earlier 18 months
        ((3, 12, 1, 12), 3.0, 0.24, 157, 0.63),  # S4 major incidents, periods of one length
        ((4, 3.5, 30, 15.5), 0.59, 0.15, 1.7, 0.38),  # NC of AU-4 against the rest, per auditor-day
    ],
)
def test_rate_ratios_of_the_sample_engagement(arguments, effect, low, high, p):
    result = rate_ratio(*arguments)
    assert (result.effect, result.low, result.high, result.p) == pytest.approx((effect, low, high, p), rel=0.02)


@pytest.mark.parametrize(("count", "days", "p"), [(15, 3, 0.0031), (6, 1, 0.040), (0, 1.5, 0.079)])
def test_doubling_the_smaller_tail_gives_the_funnel_p(count, days, p):
    # a client against the rest of a portfolio of 89 NC in 42 auditor-days
    result = rate_ratio(count, days, 89 - count, 42 - days, two_sided="doubled")
    assert result.p == pytest.approx(p, rel=0.02)
    assert "doubled" in result.method


@given(counts, DAYS, counts, DAYS)
def test_rate_ratio_p_matches_enumeration_in_fractions(k_1, days_1, k_2, days_2):
    share, n = Fraction(days_1, days_1 + days_2), k_1 + k_2
    chance = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    result = rate_ratio(k_1, days_1, k_2, days_2)
    assert result.p == pytest.approx(float(sum(c for c in chance if c <= chance[k_1])), rel=1e-9)
    doubled = min(1.0, float(2 * min(sum(chance[: k_1 + 1]), sum(chance[k_1:]))))
    assert rate_ratio(k_1, days_1, k_2, days_2, two_sided="doubled").p == pytest.approx(doubled, rel=1e-9)


@given(counts, DAYS, counts, DAYS)
def test_rate_ratio_lies_within_its_limits_and_turns(k_1, days_1, k_2, days_2):
    result, turned = rate_ratio(k_1, days_1, k_2, days_2), rate_ratio(k_2, days_2, k_1, days_1)
    assert turned.p == pytest.approx(result.p)
    if k_1 + k_2 == 0:
        assert math.isnan(result.effect)
        assert (result.low, result.high, result.p) == (0.0, math.inf, 1.0)
        return
    assert result.low <= result.effect <= result.high
    if k_1 and k_2:
        assert turned.low == pytest.approx(1 / result.high, rel=1e-6)
    else:
        assert result.effect == (math.inf if k_1 else 0.0)


def test_shares_of_two_groups_have_a_difference_with_limits():
    result = compare_proportions(9, 180, 3, 400)
    assert result.effect == pytest.approx(0.0425)
    assert result.p == pytest.approx(0.002, rel=0.01)
    # Newcombe (1998), table II, method 10: 56/70 against 48/80
    newcombe = compare_proportions(56, 70, 48, 80)
    assert (newcombe.effect, newcombe.low, newcombe.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_a_group_without_records_tells_nothing():
    result = compare_proportions(0, 0, 3, 10)
    assert math.isnan(result.effect)
    assert (result.low, result.high, result.p) == (-1.0, 1.0, 1.0)


@given(counts, counts, counts, counts)
def test_difference_of_shares_lies_within_its_limits(a, b, c, d):
    if a + b and c + d:
        result = compare_proportions(a, a + b, c, c + d)
        assert -1 <= result.low <= result.effect <= result.high <= 1


def test_four_audits_are_homogeneous_per_auditor_day():
    result = homogeneity([8, 15, 7, 4], [4.0, 8.0, 3.5, 3.5])
    assert (result.statistic, result.df, result.p) == (pytest.approx(1.04, abs=5e-3), 3, pytest.approx(0.79, abs=5e-3))
    assert (result.n, result.smallest_expected) == (34, pytest.approx(6.26, abs=5e-3))


@given(
    st.lists(st.tuples(st.integers(0, 30), DAYS), min_size=2, max_size=6).filter(lambda rows: any(k for k, _ in rows))
)
def test_homogeneity_matches_scipy(rows):
    observed, days = [k for k, _ in rows], [day for _, day in rows]
    reference = stats.chisquare(observed, [sum(observed) * day / sum(days) for day in days])
    result = homogeneity(observed, days)
    assert (result.statistic, result.p) == pytest.approx((reference.statistic, reference.pvalue), abs=1e-9)


def test_no_event_at_all_is_no_difference():
    result = homogeneity([0, 0], [1, 2])
    assert (result.statistic, result.p, result.smallest_expected) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("table", [[[1, 2]], [[1, 2], [3]], [[1, 2], [3, 4], [5, 6]], []])
def test_a_table_is_two_by_two(table):
    with pytest.raises(ArgumentError, match=r"is no table of two rows and two columns. Give \[\[a, b\], \[c, d\]\]"):
        fisher(table)


def test_bad_numbers_are_named():
    with pytest.raises(ArgumentError, match=r"a count of the table is -1"):
        fisher([[1, -1], [2, 3]])
    with pytest.raises(ArgumentError, match=r"count_2 is 2.5. Give a whole number"):
        rate_ratio(1, 1, 2.5, 1)
    with pytest.raises(ArgumentError, match=r"exposure_1 is 0. Give a number above 0; without it there is no rate"):
        rate_ratio(1, 0, 2, 1)
    with pytest.raises(ArgumentError, match=r"two_sided is 'both'. Use 'as unlikely' or 'doubled'"):
        rate_ratio(1, 1, 2, 1, two_sided="both")
    with pytest.raises(ArgumentError, match=r"deviations is 5, more than the 4 records"):
        compare_proportions(5, 4, 1, 2)
    with pytest.raises(ArgumentError, match=r"1 counts and 1 exposures were given. Give two groups or more"):
        homogeneity([1], [1.0])
    with pytest.raises(ArgumentError, match=r"exposures\[1\] is 0"):
        homogeneity([1, 2], [1, 0])
    with pytest.raises(ArgumentError, match=r"confidence is 1"):
        fisher([[1, 2], [3, 4]], confidence=1)

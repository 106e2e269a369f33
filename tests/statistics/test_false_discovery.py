"""Benjamini-Hochberg against the definition."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.statistics.false_discovery import q_values


@given(st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=12))
def test_q_is_the_smallest_of_m_p_over_rank(p_values):
    ordered = sorted(p_values)
    m = len(ordered)
    for p, q in zip(p_values, q_values(p_values), strict=True):
        rank = ordered.index(p)
        expected = min(min(1.0, m * ordered[j] / (j + 1)) for j in range(rank, m))
        assert q == pytest.approx(expected, abs=1e-12)


def test_a_test_that_could_not_be_made_is_no_member_of_the_family():
    values = q_values([0.01, math.nan, 0.04])
    assert values[0] == pytest.approx(0.02)
    assert math.isnan(values[1])


def test_what_is_no_probability_is_refused():
    with pytest.raises(ArgumentError, match="p-values lie between 0 and 1"):
        q_values([0.5, 1.5])


def test_the_q_values_for_any_dependence_are_larger_by_the_harmonic_sum():
    p_values = [0.001, 0.02, 0.4]
    harmonic = 1 + 1 / 2 + 1 / 3
    assert q_values(p_values, method="by") == pytest.approx([min(1, q * harmonic) for q in q_values(p_values)])


def test_an_unknown_method_is_refused():
    with pytest.raises(ArgumentError, match="no method 'holm'"):
        q_values([0.1], method="holm")

"""Change points against anchors, brute force and simulated drifts."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from public_series import NILE

from auditlab.errors import ArgumentError
from auditlab.statistics import change_point, pettitt
from auditlab.statistics.change_shapes import drifts, level_breaks, scaled, steps


def test_the_nile_fell_after_its_28th_year():
    # strucchange: break after observation 28 (1898), 95 % interval 1895 to 1902; Pettitt's test agrees.
    found = change_point(NILE, kind="step")
    assert (found.kind, found.onset, found.breaks) == ("step", 29, (29,))
    assert 25 <= found.low <= 28
    assert 29 <= found.high <= 34
    assert found.effect == pytest.approx(np.mean(NILE[28:]) - np.mean(NILE[:28]))
    assert found.effect_low < found.effect < found.effect_high < 0
    assert found.autocorrelation < 0.3
    assert not found.withheld


def test_pettitt_on_the_nile_is_the_published_number():
    found = pettitt(NILE)
    assert (found.last_before, found.statistic, found.n) == (28, 1617, 100)
    assert found.p == pytest.approx(3.591e-7, rel=1e-3)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=15))
def test_the_statistic_of_pettitt_is_a_sum_of_signs(values):
    sums = [abs(sum(np.sign(a - b) for a in values[:k] for b in values[k:])) for k in range(1, len(values))]
    assert pettitt(values).statistic == pytest.approx(max(sums))


def test_a_constant_series_has_no_change():
    for kind in ("auto", "drift", "step"):
        found = change_point([5.1] * 30, kind=kind)
        assert (found.kind, found.onset) == ("none", None)
        assert found.criterion < 0
    assert pettitt([5.1] * 30).p == 1
    assert pettitt([5.1] * 30).last_before == 0


def test_an_exact_drift_is_found_where_it_begins():
    values = [98.0, 98.2] * 9 + [98.0 - 0.9 * k for k in range(1, 9)]
    found = change_point(values)
    assert found.kind == "drift"
    assert abs(found.onset - 19) <= 1
    assert found.effect == pytest.approx(-0.9, abs=0.05)


def test_a_step_and_a_drift_are_told_apart():
    rng = np.random.default_rng(5)
    step = change_point(rng.normal(size=40) + 4 * (np.arange(40) >= 20))
    drift = change_point(rng.normal(size=40) + np.maximum(0, np.arange(40) - 19))
    assert (step.kind, drift.kind) == ("step", "drift")
    assert step.onset == 21
    assert abs(drift.onset - 21) <= 3


def test_too_few_points_are_undecided_and_say_so():
    found = change_point([1, 2, 3, 1, 2], kind="step")
    assert found.kind == "undecided"
    assert found.reason == "5 points present; 12 before a change and 6 after it are needed"
    assert math.isnan(found.criterion)
    assert found.onset is None


def test_series_without_neighbours_are_undecided():
    values = [1.0, math.nan] * 20
    assert change_point(values).kind == "undecided"


def test_autocorrelation_withholds_the_word_step():
    rng = np.random.default_rng(2)
    values = rng.normal(size=60)
    for month in range(1, 60):
        values[month] += 0.9 * values[month - 1]
    found = change_point(values, kind="step")
    assert found.kind == "step"
    assert found.withheld
    assert "lag-1 autocorrelation" in found.reason


def test_missing_months_keep_their_place_in_time():
    values = [10.0, 11.0] * 10 + [20.0, 21.0] * 6
    whole = change_point(values, kind="step")
    values[4] = values[25] = math.nan
    holes = change_point(values, kind="step")
    assert (whole.onset, holes.onset, holes.n) == (21, 21, 30)


def test_months_count_by_their_cases():
    # A month of two cases far from the rest must not look like a change.
    rng = np.random.default_rng(8)
    n = np.full(36, 400)
    n[30:] = 3
    late = rng.binomial(n, 0.95)
    late[30:] = [1, 3, 2, 1, 3, 2]
    weighted = change_point(late, denominators=n, kind="step")
    unweighted = change_point(late / n, kind="step")
    assert unweighted.kind == "step"
    assert weighted.criterion < unweighted.criterion


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=12, max_size=16), st.sampled_from([2, 4]))
def test_levels_are_the_cheapest_of_all_divisions(values, least):
    points = scaled(np.array(values, dtype=float), np.ones(len(values)))
    if not np.isfinite(points.root).all() or not points.root.any():
        return
    z = points.z

    def cost(breaks):
        return sum(((part - part.mean()) ** 2).sum() for part in np.split(z, list(breaks))) + 3 * math.log(
            len(z)
        ) * len(breaks)

    divisions = [
        breaks
        for count in range(4)
        for breaks in itertools.combinations(range(least, len(z)), count)
        if all(b - a >= least for a, b in itertools.pairwise((0, *breaks, len(z))))
    ]
    found = level_breaks(points, min_segment=least)
    assert cost([first - 1 for first in found]) == pytest.approx(min(map(cost, divisions)))


@pytest.mark.parametrize("shapes", [drifts, steps])
def test_what_a_change_explains_is_the_drop_of_the_weighted_squares(shapes):
    rng = np.random.default_rng(1)
    n = rng.integers(50, 300, size=30).astype(float)
    points = scaled(rng.normal(size=30) / np.sqrt(n), n)
    candidates = shapes(points)
    row, explained = candidates.best(points.z)
    onset = candidates.onset[row[0]]
    month = np.arange(1, 31)
    shape = np.maximum(0, month - onset + 1) if shapes is drifts else (month >= onset).astype(float)
    design = np.column_stack([np.ones(30), shape]) * points.root[:, None]
    fit, squares, *_ = np.linalg.lstsq(design, points.z, rcond=None)
    assert explained[0] ** 2 == pytest.approx((points.z**2).sum() - squares[0])
    assert explained[0] / candidates.length[row[0]] == pytest.approx(fit[1])


def test_the_same_seed_gives_the_same_result():
    values = np.random.default_rng(4).normal(size=30) + 3 * (np.arange(30) >= 15)
    assert change_point(values, seed=7) == change_point(values, seed=7)
    assert change_point(values, seed=7).onset == change_point(values, seed=8).onset


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "jump"}, "kind is 'jump'. Use drift, step or auto"),
        ({"draws": 0}, "draws is 0"),
        ({"confidence": 1}, "confidence is 1"),
        ({"denominators": [1]}, "values, but 1 denominators"),
    ],
)
def test_what_is_wrong_is_named(options, message):
    with pytest.raises(ArgumentError, match=message):
        change_point([1, 2] * 10, **options)

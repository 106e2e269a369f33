"""Measures of forecasts against independent calculations and by hand."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, log_loss

from auditlab.statistics.forecast_skill import (
    Outcomes,
    calibration_slopes,
    cluster_draws,
    log_losses,
    order_skill,
    ratios,
    visit_recall,
    with_added_odds,
)


def outcomes(hit, cluster=None, visit=None):
    hit = np.array(hit, dtype=bool)
    zeros = np.zeros(len(hit), dtype=np.intp)
    chosen = [zeros if codes is None else np.array(codes) for codes in (cluster, visit)]
    return Outcomes(hit=hit, cluster=chosen[0], visit=chosen[1])


CASES = st.lists(
    st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.8]), st.booleans(), st.integers(0, 3)), min_size=2, max_size=30
).filter(lambda cases: any(case[1] for case in cases))


@settings(max_examples=40, deadline=None)
@given(cases=CASES)
def test_average_precision_is_that_of_scikit_learn_for_the_data_and_for_every_draw(cases):
    chances, hits, cluster = (np.array(column) for column in zip(*cases, strict=True))
    weights = cluster_draws(4, draws=5, seed=3)
    found = order_skill(chances, outcomes(hits, cluster), weights, efforts=(0.2,))
    for row, draw in zip(found, weights, strict=True):
        times = draw[cluster]
        if hits @ times:
            assert row[0] == pytest.approx(average_precision_score(hits, chances, sample_weight=times), abs=1e-12)
        else:
            assert np.isnan(row).all()


def test_a_tie_across_the_threshold_counts_by_its_share():
    """Ten cases, two looked at: the first surely, then one of four that share a place and hold two hits."""
    chances = np.array([0.9, *[0.5] * 4, *[0.1] * 5])
    hits = [True, True, True, False, False, True, *[False] * 4]
    found = order_skill(chances, outcomes(hits), np.ones((1, 1)), efforts=(0.2, 1.0))
    assert found[0, 1:].tolist() == pytest.approx([(1 + 2 / 4) / 4, 1.0])


def test_within_a_visit_only_its_own_cases_compete():
    """Five cases a visit, one looked at: the hit of the first visit is on top, that of the second is not."""
    chances = np.array([0.9, 0.1, 0.1, 0.1, 0.1, 0.8, 0.7, 0.1, 0.1, 0.1])
    hits = [True, *[False] * 5, True, *[False] * 3]
    both = outcomes(hits, cluster=[0] * 5 + [1] * 5, visit=[0] * 5 + [1] * 5)
    caught = visit_recall(chances, both, efforts=(0.2, 0.4))
    assert caught.tolist() == [[1, 1, 1], [0, 1, 1]]
    assert ratios(caught, np.ones((1, 2))).tolist() == [[0.5, 1.0]]


def test_the_log_loss_is_that_of_scikit_learn():
    hits, chances = [True, False, False, True], np.array([0.7, 0.2, 0.1, 0.4])
    sums = log_losses(chances, outcomes(hits, cluster=[0, 0, 1, 1]))
    assert ratios(sums, np.ones((1, 2)))[0, 0] == pytest.approx(log_loss(hits, chances), abs=1e-12)


def test_the_slope_is_that_of_a_logistic_regression_and_its_draws_come_close_to_refitting():
    generator = np.random.default_rng(5)
    odds = generator.normal(-1, 1, 6000)
    cluster = np.repeat(np.arange(60), 100)
    hits = generator.random(6000) < 1 / (1 + np.exp(-0.6 * odds))
    chances = 1 / (1 + np.exp(-odds))
    weights = cluster_draws(60, draws=4, seed=1)
    slopes = calibration_slopes(chances, outcomes(hits, cluster), weights)
    fits = [
        sm.GLM(hits.astype(float), sm.add_constant(odds), family=sm.families.Binomial(), freq_weights=draw[cluster])
        .fit()
        .params[1]
        for draw in weights
    ]
    assert slopes[0] == pytest.approx(fits[0], abs=1e-8)
    assert slopes[1:] == pytest.approx(np.array(fits[1:]), abs=0.002)


def test_forecasts_without_differences_have_no_slope():
    assert np.isnan(calibration_slopes(np.full(4, 0.2), outcomes([True, False] * 2), np.ones((1, 1)))).all()


def test_forecasts_that_part_hits_from_misses_without_an_error_have_no_slope():
    perfect = outcomes([True, True, False, False])
    assert np.isnan(calibration_slopes(np.array([0.8, 0.7, 0.2, 0.1]), perfect, np.ones((1, 1)))).all()


def test_added_log_odds_move_a_half_to_the_logistic_of_what_was_added():
    assert with_added_odds(np.array([0.5, 0.0]), np.array([1.0, 2.0])) == pytest.approx([0.731059, 0.0], abs=1e-5)


def test_the_first_draw_is_the_data_and_every_draw_has_as_many_sites():
    weights = cluster_draws(7, draws=20, seed=2)
    assert weights[0].tolist() == [1.0] * 7
    assert set(weights.sum(axis=1)) == {7.0}
    assert np.array_equal(weights, cluster_draws(7, draws=20, seed=2))

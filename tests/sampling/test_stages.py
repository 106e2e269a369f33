"""Plans in stages: sizes, characteristic against simulation, and the decision."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from auditlab.errors import ArgumentError
from auditlab.sampling import staged_characteristic, staged_decision, staged_plan


def test_two_stages_match_a_published_plan():
    # Touw and Hoogduin (2011), p. 129: 49 records each for 5 % at 90 %, a second stage after one deviation
    assert staged_plan(tolerable=0.05, confidence=0.9).n == 49


@pytest.mark.parametrize(
    ("asked", "n"),
    [
        ({"tolerable": 0.03, "confidence": 0.9, "stages": (1, 1)}, 93),
        ({"tolerable": 0.1, "confidence": 0.95, "stages": (2, 1, 0)}, 46),
        ({"tolerable": 0.1, "confidence": 0.9, "stages": (2, 1, 0), "method": "poisson"}, 40),
        ({"tolerable": 0.05, "confidence": 0.95, "stages": (1, 1), "population": 1000, "depleted": False}, 65),
    ],
)
def test_stages_match_the_r_package_jfa(asked, n):
    assert staged_plan(**asked).n == n


@pytest.mark.parametrize("population", [40, 80, 171])
def test_stages_from_a_finite_population_are_the_smallest_that_counting_in_fractions_finds(population):
    plan = staged_plan(tolerable=0.1, population=population, confidence=0.9)

    def chance(n):
        def exactly(found, size, deviating):
            return Fraction(comb(deviating, found) * comb(size - deviating, n - found), comb(size, n))

        deviating = plan.tolerable_count
        second = exactly(0, population - n, deviating - 1)
        return exactly(0, population, deviating) + exactly(1, population, deviating) * second

    assert chance(plan.n) <= Fraction(1, 10) < chance(plan.n - 1)
    assert plan.chance == pytest.approx(float(chance(plan.n)))


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.1])
def test_a_simulation_agrees_with_the_stated_characteristic(rate):
    plan = staged_plan(tolerable=0.1, population=200)
    stated = staged_characteristic(plan, [rate]).iloc[0]
    generator = np.random.default_rng(20240331)
    deviating, rounds = int(stated["records"]), 20_000
    first = generator.hypergeometric(deviating, 200 - deviating, plan.n, rounds)
    left = deviating - first
    second = generator.hypergeometric(left, 200 - plan.n - left, plan.n)
    accepted = (first == 0) | ((first == 1) & (second == 0))
    spread = np.sqrt(stated["chance_of_acceptance"] * (1 - stated["chance_of_acceptance"]) / rounds)
    assert accepted.mean() == pytest.approx(stated["chance_of_acceptance"], abs=4 * spread + 1e-9)
    assert stated["expected_n"] == pytest.approx(plan.n * (1 + (first == 1).mean()), rel=0.02)


def test_the_characteristic_falls_and_meets_the_risk_at_the_tolerable_rate():
    for population in (None, 300):
        plan = staged_plan(tolerable=0.08, population=population)
        curve = staged_characteristic(plan)
        assert len(curve) == 61
        assert curve["chance_of_acceptance"].iloc[0] == 1
        assert curve["chance_of_acceptance"].is_monotonic_decreasing
        assert staged_characteristic(plan, [0.08])["chance_of_acceptance"].iloc[0] <= 0.05


@pytest.mark.parametrize(
    ("found", "decision"),
    [
        ([], "draw the first stage"),
        ([0], "accepted"),
        ([1], "draw the next stage"),
        ([2], "not accepted"),
        ([1, 0], "accepted"),
        ([1, 1], "not accepted"),
    ],
)
def test_the_decision_follows_the_plan(found, decision):
    assert staged_decision(staged_plan(tolerable=0.05), found) == decision


def test_a_stage_after_the_decision_is_refused():
    with pytest.raises(ArgumentError, match="Stage 2 was examined, but the decision had fallen before"):
        staged_decision(staged_plan(tolerable=0.05), [0, 0])
    with pytest.raises(ArgumentError, match="Stage 3 was examined"):
        staged_decision(staged_plan(tolerable=0.05), [1, 0, 0])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"stages": (1,)}, "Give the deviations of two stages or more"),
        ({"stages": (1.5, 0)}, "stages is 1.5"),
        ({"method": "beta"}, "no method 'beta' for plans in stages"),
        ({"convention": "factor"}, "Reliability factors know no stages"),
        ({"population": 10}, "No 2 equal stages among the 10 records rule out 5 %"),
    ],
)
def test_stages_that_cannot_be_planned_say_why(asked, message):
    with pytest.raises(ArgumentError, match=message):
        staged_plan(tolerable=0.05, **asked)


def test_the_proof_names_both_sides_of_the_risk():
    assert "with 48 records each, and of 9.79 % <= 10 % with 49 each" in staged_plan(
        tolerable=0.05, confidence=0.9
    ).proof.replace("9.8 %", "9.79 %")

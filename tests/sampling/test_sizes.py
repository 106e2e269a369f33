"""Sample sizes. Known answers carry their source; oracles count up in fractions."""

import math
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.sampling import operating_characteristic, sample_size
from auditlab.statistics import posteriors, upper_limit
from auditlab.statistics.sampling_chances import Binomial, Hypergeometric

# Zero deviations, floor(N t) + 1 deviating records; own computation, exact hypergeometric, last row binomial.
# Columns: 5, 10, 20 % at 95 %, then at 90 %, then at 80 %.
ZERO_DEVIATIONS = {
    20: (16, 12, 9, 14, 11, 7, 11, 8, 5),
    50: (31, 19, 11, 27, 16, 9, 21, 12, 7),
    100: (39, 23, 12, 32, 18, 10, 23, 13, 7),
    180: (46, 25, 13, 37, 20, 10, 27, 14, 7),
    240: (49, 26, 13, 38, 21, 10, 28, 15, 7),
    500: (54, 28, 14, 42, 21, 11, 30, 15, 8),
    1000: (56, 28, 14, 44, 22, 11, 31, 16, 8),
    None: (59, 29, 14, 45, 22, 11, 32, 16, 8),
}
COLUMNS = [(tolerable, confidence) for confidence in (0.95, 0.9, 0.8) for tolerable in (0.05, 0.1, 0.2)]

RATES = st.sampled_from([0.02, 0.05, 0.06, 0.1, 0.15, 0.2, 0.35])
CONFIDENCES = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def accepted(accept, *, n, population, deviating):
    """Chance of at most `accept` deviations, by counting every sample."""
    ways = sum(comb(deviating, i) * comb(population - deviating, n - i) for i in range(accept + 1) if i <= n)
    return Fraction(ways, comb(population, n))


def risk_of(confidence):
    return 1 - Fraction(str(confidence))


def tolerable_count(rate, population, convention):
    share = Fraction(str(rate)) * population
    return math.ceil(share) if convention == "reaches" else math.floor(share) + 1


@pytest.mark.parametrize("population", ZERO_DEVIATIONS)
def test_sizes_with_zero_deviations_match_the_table(population):
    sizes = [
        sample_size(tolerable=tolerable, confidence=confidence, population=population, convention="exceeds").n
        for tolerable, confidence in COLUMNS
    ]
    assert tuple(sizes) == ZERO_DEVIATIONS[population]


@pytest.mark.parametrize(("tolerable", "confidence", "n"), [(0.05, 0.95, 48), (0.1, 0.95, 25), (0.1, 0.9, 20)])
def test_sizes_for_the_171_changes_that_are_not_flagged(tolerable, confidence, n):
    # own computation; larger than for 180, because the tolerable number of records is whole
    plan = sample_size(tolerable=tolerable, confidence=confidence, population=171, convention="exceeds")
    assert (plan.n, plan.accept) == (n, 0)


@pytest.mark.parametrize(
    ("asked", "n"),
    [
        ({"tolerable": 0.02, "expected": 0.0025}, 236),  # AICPA Audit Sampling guide, table A-1
        ({"tolerable": 0.08, "confidence": 0.9, "population": 500}, 27),  # EZ-Quant, as recorded in jfa's tests
        ({"tolerable": 0.04, "confidence": 0.9, "population": 500}, 54),  # EZ-Quant
        ({"tolerable": 0.08, "expected": 0.07, "confidence": 0.9}, 1300),  # exact; float carry gives 1313
        ({"tolerable": 0.09, "expected": 0.07, "confidence": 0.975}, 800),  # exact; float carry gives 812
        ({"tolerable": 0.02, "confidence": 0.9, "population": 50}, 45),  # exact tie
        ({"tolerable": 0.1, "expected": 0.0975, "confidence": 0.9, "population": 500}, 499),  # exact tie
        ({"tolerable": 0.01 + 5 * 0.01, "confidence": 0.9, "population": 500}, 36),  # a float just above 6 %
        ({"tolerable": 0.05, "method": "poisson"}, 60),  # 2.9957 / 0.05
        ({"tolerable": 0.1, "convention": "factor"}, 30),  # AICPA factor 3.00
        ({"tolerable": 0.05, "convention": "factor", "expected_count": 1, "population": 200}, 95),  # factor 4.75
        ({"tolerable": 0.02, "expected": 0.004, "confidence": 0.8, "convention": "factor"}, 113),  # R package MUS
        ({"tolerable": 0.03, "confidence": 0.9, "method": "beta", "prior": (1, 0)}, 76),  # R package jfa
        ({"tolerable": 0.03, "confidence": 0.9, "method": "beta", "prior": (1, 30)}, 46),  # R package jfa
        ({"tolerable": 0.05, "expected_count": 1.5}, 124),  # 1.5 rounded up to 2: table of the binomial
    ],
)
def test_sizes_match_published_and_exact_values(asked, n):
    assert sample_size(**asked).n == n


@given(st.integers(1, 60), RATES, CONFIDENCES, st.sampled_from(["reaches", "exceeds"]), st.integers(0, 2))
def test_a_finite_plan_meets_its_confidence_and_one_record_fewer_does_not(population, rate, level, convention, accept):
    deviating, risk = tolerable_count(rate, population, convention), risk_of(level)
    if accept >= deviating:
        with pytest.raises(ArgumentError, match="examine the whole population"):
            sample_size(
                tolerable=rate, confidence=level, population=population, convention=convention, expected_count=accept
            )
        return
    plan = sample_size(
        tolerable=rate, confidence=level, population=population, convention=convention, expected_count=accept
    )
    assert plan.accept == accept
    assert accepted(accept, n=plan.n, population=population, deviating=deviating) <= risk
    assert accepted(accept, n=plan.n - 1, population=population, deviating=deviating) > risk


@given(st.integers(10, 80), RATES, st.sampled_from([0.01, 0.03, 0.05, 0.09]), CONFIDENCES)
def test_an_expected_rate_gives_the_smallest_size_that_counting_up_finds(population, rate, expected, level):
    deviating, risk = tolerable_count(rate, population, "reaches"), risk_of(level)
    sizes = (
        n
        for n in range(1, population + 1)
        if accepted(math.ceil(Fraction(str(expected)) * n), n=n, population=population, deviating=deviating) <= risk
    )
    oracle = next(sizes, None)
    if expected >= rate or oracle is None:
        with pytest.raises(ArgumentError, match="Raise the tolerable rate"):
            sample_size(tolerable=rate, expected=expected, confidence=level, population=population)
        return
    plan = sample_size(tolerable=rate, expected=expected, confidence=level, population=population)
    assert (plan.n, plan.accept) == (oracle, math.ceil(Fraction(str(expected)) * oracle))


@given(RATES, CONFIDENCES, st.integers(0, 4))
def test_a_binomial_plan_meets_its_confidence_and_one_record_fewer_does_not(rate, level, accept):
    plan = sample_size(tolerable=rate, confidence=level, expected_count=accept)
    model = Binomial(rate=Fraction(str(rate)))
    assert model._exact_chance(accept, plan.n) <= risk_of(level) < model._exact_chance(accept, plan.n - 1)


@given(RATES, st.sampled_from([0.0, 0.005, 0.015]), CONFIDENCES)
def test_a_poisson_plan_is_the_smallest_that_counting_up_finds(rate, expected, level):
    plan = sample_size(tolerable=rate, expected=expected, confidence=level, method="poisson")
    if plan.n < 400:
        assert all(_poisson_tail(expected * n, rate * n) > 1 - level for n in range(1, plan.n))
    assert _poisson_tail(expected * plan.n, rate * plan.n) < 1 - level


def _poisson_tail(found, mean):
    return stats.gamma.sf(mean, found + 1)


@given(st.integers(1, 60), st.data())
def test_the_chance_falls_with_every_record_more(population, data):
    # what the bisection rests on
    deviating = data.draw(st.integers(1, population))
    accept = data.draw(st.integers(0, deviating - 1))
    exact = [accepted(accept, n=n, population=population, deviating=deviating) for n in range(population + 1)]
    assert exact == sorted(exact, reverse=True)
    model = Hypergeometric(population=population, deviating=deviating)
    assert [model.chance(accept, n) for n in range(population + 1)] == pytest.approx([float(x) for x in exact])


@given(st.integers(2, 40), st.sampled_from([0.1, 0.2, 0.35]), CONFIDENCES, st.sampled_from([(1, 1), (1, 4), (2, 10)]))
@settings(max_examples=40, deadline=None)
def test_a_beta_binomial_plan_is_the_smallest_that_counting_up_in_fractions_finds(population, rate, level, prior):
    deviating, risk = tolerable_count(rate, population, "reaches"), risk_of(level)
    sizes = (n for n in range(1, population + 1) if posterior_excess(n, population, deviating, prior) < risk)
    plan = sample_size(tolerable=rate, confidence=level, population=population, method="beta_binomial", prior=prior)
    assert plan.n == next(sizes)
    assert plan.chance == pytest.approx(float(posterior_excess(plan.n, population, deviating, prior)), abs=1e-9)


def posterior_excess(n, population, deviating, prior):
    """Chance of as many deviating records or more after none in n, by adding up; the prior in whole numbers."""
    rest, a, b = population - n, prior[0], prior[1] + n

    def rising(start, steps):
        return math.prod(range(start, start + steps))

    ways = [comb(rest, d) * rising(a, d) * rising(b, rest - d) for d in range(rest + 1)]
    return Fraction(sum(ways[deviating:]), sum(ways))


@pytest.mark.parametrize("method", ["beta", "gamma", "beta_binomial"])
def test_a_credible_size_is_where_the_credible_limit_falls_below_the_tolerable_rate(method):
    asked = {"confidence": 0.95, "method": method, "prior": (1, 5), "population": 4000}
    plan = sample_size(tolerable=0.04, expected=0.01, **asked)
    exact = Fraction("0.01") * plan.n
    found = math.ceil(exact) if method == "beta_binomial" else float(exact)
    assert upper_limit(deviations=found, n=plan.n, **asked).high < 0.04
    less = Fraction("0.01") * (plan.n - 1)
    before = math.ceil(less) if method == "beta_binomial" else float(less)
    assert upper_limit(deviations=before, n=plan.n - 1, **asked).high >= 0.04
    assert "With the prior (1, 5)" in plan.proof


def test_a_beta_binomial_chance_is_the_same_added_up_and_integrated():
    for a, b, rest, more in [(1, 60, 400_000, 19_000), (3.5, 200.5, 900_000, 19_999), (2, 9, 50_000, 4_000)]:
        assert posteriors._integrated(more, rest, a, b) == pytest.approx(posteriors._summed(more, rest, a, b), rel=1e-8)


def test_ten_million_records_are_sized_by_bisection():
    plan = sample_size(tolerable=0.05, expected=0.045, population=10_000_000)
    assert (plan.n, plan.accept) == (5244, 236)  # the binomial size; own computation


def test_the_proof_shows_both_chances_on_their_side_of_the_risk():
    plan = sample_size(tolerable=0.05, population=171, convention="exceeds")
    assert plan.proof == (
        "If 9 of the 171 records deviate, the chance to find no deviation is 5.1 % > 5 % with n = 47; "
        "with n = 48 the chance to find no deviation is 4.7 % <= 5 %."
    )
    assert plan.chance <= 0.05 < plan.chance_before


def test_a_close_chance_is_written_with_the_digits_that_tell_its_side():
    plan = sample_size(tolerable=0.05, expected=0.01, population=10_000_000)
    assert "4.998 % <= 5 %" in plan.proof


def test_a_factor_plan_says_where_its_size_comes_from():
    plan = sample_size(tolerable=0.05, convention="factor")
    assert "Reliability factor 3.00 (2.9957 rounded up)" in plan.proof
    assert plan.n == 60


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"tolerable": 0}, "tolerable is 0. Give a share between 0 and 1"),
        ({"tolerable": 1.5}, "tolerable is 1.5"),
        ({"tolerable": 0.05, "expected": 0.05}, "expected is 0.05, not below the tolerable 0.05"),
        ({"tolerable": 0.05, "expected": -0.1}, "expected is -0.1"),
        ({"tolerable": 0.05, "expected": 0.01, "expected_count": 1}, "Give one of the two"),
        ({"tolerable": 0.05, "expected_count": -1}, "expected_count is -1. Give a number of 0 or more"),
        ({"tolerable": 0.05, "confidence": 1}, "confidence is 1. Give a share"),
        ({"tolerable": 0.05, "population": 0}, "population is 0. Give a whole number of 1 or more"),
        (
            {"tolerable": 0.05, "method": "normal"},
            "no method 'normal' for sample sizes. Use one of hypergeometric, binom",
        ),
        ({"tolerable": 0.05, "method": "hypergeometric"}, "needs a population"),
        (
            {"tolerable": 0.05, "convention": "nearly"},
            "no sampling convention 'nearly'. Use one of reaches, exceeds, f",
        ),
        ({"tolerable": 0.05, "convention": "factor", "method": "binomial"}, "'factor' rests on poisson"),
        ({"tolerable": 0.05, "method": "beta_binomial"}, "'beta_binomial' needs a population"),
        ({"tolerable": 0.05, "method": "beta", "prior": (0, 1)}, r"prior\[0\] is 0"),
        ({"tolerable": 0.05, "prior": (2, 1)}, "prior is .2, 1."),
        ({"tolerable": 0.05, "population": 20, "expected_count": 1}, "No sample among the 20 records rules out 5 %"),
        ({"tolerable": 0.02, "expected": 0.0199999999}, "No sample among any number of records"),
    ],
)
def test_a_question_without_an_answer_says_what_to_mend(asked, message):
    with pytest.raises(ArgumentError, match=message):
        sample_size(**asked)


def test_the_operating_characteristic_matches_counting_and_falls():
    plan = sample_size(tolerable=0.1, population=50, expected_count=1)
    curve = operating_characteristic(plan)
    assert list(curve["records"]) == list(range(16))
    oracle = [accepted(1, n=plan.n, population=50, deviating=count) for count in curve["records"]]
    assert list(curve["chance_of_acceptance"]) == pytest.approx([float(chance) for chance in oracle])
    assert curve["chance_of_acceptance"].is_monotonic_decreasing
    assert list(curve["tolerable"]) == [rate < 0.1 for rate in curve["rate"]]


@pytest.mark.parametrize("method", ["binomial", "poisson"])
def test_the_operating_characteristic_without_a_population_reaches_the_risk_at_the_tolerable_rate(method):
    plan = sample_size(tolerable=0.05, method=method)
    curve = operating_characteristic(plan, [0, 0.05])
    assert list(curve["chance_of_acceptance"]) == pytest.approx([1, plan.chance])
    assert curve["records"].isna().all()
    assert len(operating_characteristic(plan)) == 61


def test_a_rate_above_one_has_no_chance_of_acceptance():
    with pytest.raises(ArgumentError, match=r"rate is 1\.2\. Give a share"):
        operating_characteristic(sample_size(tolerable=0.05), [1.2])

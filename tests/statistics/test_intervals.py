"""Limits of shares and rates. Known answers carry their source; oracles count in fractions."""

import math
from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.statistics import clopper_pearson, interval, poisson_rate, upper_limit, wilson
from auditlab.statistics.sampling_chances import Hypergeometric

CONFIDENCES = st.sampled_from([0.8, 0.9, 0.95, 0.975, 0.99])


def chance_of_at_most(found, *, n, population, deviating):
    ways = sum(comb(deviating, i) * comb(population - deviating, n - i) for i in range(found + 1) if i <= n)
    return Fraction(ways, comb(population, n))


@st.composite
def samples(draw, *, largest=60):
    population = draw(st.integers(1, largest))
    n = draw(st.integers(1, population))
    return draw(st.integers(0, n)), n, population


@pytest.mark.parametrize(
    ("n", "records"),
    [(10, (45, 69, 89)), (25, (18, 30, 39)), (45, (10, 16, 21)), (60, (7, 11, 16))],
)
def test_upper_limit_in_a_population_of_180(n, records):
    # own computation, exact hypergeometric, 0, 1 and 2 deviations found, one-sided 95 %
    assert tuple(upper_limit(deviations=k, n=n, population=180).high_records for k in range(3)) == records


def test_no_deviation_in_twelve_of_180_is_not_no_deviation():
    limit = upper_limit(deviations=0, n=12, population=180)
    assert (limit.high_records, limit.population, limit.low) == (38, 180, 0.0)
    assert limit.high == pytest.approx(0.2111, abs=5e-5)
    assert limit.method == "exact hypergeometric, one-sided"
    assert upper_limit(deviations=0, n=12).high == pytest.approx(0.2209, abs=5e-5)
    assert upper_limit(deviations=0, n=12, population=180, method="binomial").high == pytest.approx(0.2209, abs=5e-5)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [  # scipy.stats.binomtest, exact; the ends also by 0.025 ** (1 / n)
        (11, 24, 0.25553, 0.67179),
        (25, 31, 0.62527, 0.92548),
        (9, 180, 0.02312, 0.09279),
        (3, 400, 0.00155, 0.02176),
        (0, 10, 0.0, 0.30850),
        (10, 10, 0.69150, 1.0),
    ],
)
def test_clopper_pearson_matches_scipy(k, n, low, high):
    limit = clopper_pearson(k, n=n)
    assert (limit.low, limit.high) == pytest.approx((low, high), abs=5e-6)
    assert (limit.k, limit.n, limit.estimate, limit.method) == (k, n, k / n, "Clopper-Pearson")
    assert interval(deviations=k, n=n) == limit


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [  # scipy.stats.binomtest, Wilson without continuity correction
        (320, 400, 0.7580, 0.8363),
        (20, 22, 0.7219, 0.9747),
        (1, 20, 0.0089, 0.2361),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_wilson_matches_scipy(k, n, low, high):
    limit = wilson(k, n=n)
    assert (limit.low, limit.high) == pytest.approx((low, high), abs=5e-5)
    assert limit.method == "Wilson"


@pytest.mark.parametrize(
    ("count", "days", "rate", "low", "high"),
    [  # nonconformities per auditor-day of the sample engagement, exact Poisson (Garwood)
        (8, 4.0, 2.00, 0.86, 3.94),
        (15, 8.0, 1.88, 1.05, 3.09),
        (7, 3.5, 2.00, 0.80, 4.12),
        (4, 3.5, 1.14, 0.31, 2.93),
        (18, 10.5, 1.71, 1.02, 2.71),
        (10, 5.0, 2.00, 0.96, 3.68),
        (6, 3.5, 1.71, 0.63, 3.73),
    ],
)
def test_nonconformities_per_auditor_day(count, days, rate, low, high):
    limit = poisson_rate(count, exposure=days)
    assert (limit.estimate, limit.low, limit.high) == pytest.approx((rate, low, high), abs=6e-3)
    assert (limit.k, limit.n, limit.method) == (count, days, "exact Poisson")


def test_no_event_has_a_rate_of_zero_and_an_upper_limit():
    limit = poisson_rate(0, exposure=2.0)
    assert (limit.estimate, limit.low) == (0.0, 0.0)
    assert limit.high == pytest.approx(-math.log(0.025) / 2)


@pytest.mark.parametrize(
    ("kwargs", "high"),
    [
        # AICPA Audit Sampling Guide (2017), table A-3, prints 9.6 and 4.9 %, rounded up
        ({"deviations": 0, "n": 30}, 0.095033852855),
        ({"deviations": 0, "n": 60}, 0.04870291331),
        # Touw and Hoogduin (2011), p. 125
        ({"deviations": 1, "n": 102, "population": 1200, "confidence": 0.9}, 43 / 1200),
        ({"deviations": 3, "n": 102, "population": 1200, "confidence": 0.9}, 75 / 1200),
        # closed forms: -ln(0.05) / n; Beta(1, n + 1) and Gamma(1, n + 1) without a deviation
        ({"deviations": 0, "n": 60, "method": "poisson"}, -math.log(0.05) / 60),
        ({"deviations": 0, "n": 60, "method": "beta"}, 1 - 0.05 ** (1 / 61)),
        ({"deviations": 0, "n": 60, "method": "gamma"}, -math.log(0.05) / 61),
        ({"deviations": 0, "n": 60, "method": "beta", "prior": (1, 0)}, 1 - 0.05 ** (1 / 60)),
    ],
)
def test_upper_limits_match_published_and_closed_forms(kwargs, high):
    assert upper_limit(**kwargs).high == pytest.approx(high, abs=1e-9)


@given(samples(), CONFIDENCES)
def test_hypergeometric_limit_is_the_last_credible_number_of_records(sample, confidence):
    found, n, population = sample
    risk = 1 - Fraction(str(confidence))
    possible = range(found, population - n + found + 1)
    credible = [
        deviating
        for deviating in possible
        if chance_of_at_most(found, n=n, population=population, deviating=deviating) > risk
    ]
    limit = upper_limit(deviations=found, n=n, population=population, confidence=confidence)
    assert limit.high_records == max(credible)
    assert limit.high == max(credible) / population


@given(samples(largest=40), CONFIDENCES)
def test_two_sided_hypergeometric_limits_leave_half_the_risk_on_each_side(sample, confidence):
    found, n, population = sample
    half = (1 - Fraction(str(confidence))) / 2
    possible = range(found, population - n + found + 1)
    chances = {K: chance_of_at_most(found, n=n, population=population, deviating=K) for K in possible}
    below = {K: chance_of_at_most(found - 1, n=n, population=population, deviating=K) for K in possible}
    limit = interval(deviations=found, n=n, population=population, confidence=confidence)
    assert limit.high_records == max(K for K in possible if chances[K] > half)
    assert limit.low_records == min(K for K in possible if 1 - below[K] > half)
    assert limit.method == "exact hypergeometric"


def test_an_exact_tie_with_the_risk_is_not_credible():
    # 1 of 20 records examined, none deviates: with 19 deviating records the chance is exactly 0.05.
    assert upper_limit(deviations=0, n=1, population=20).high_records == 18
    assert Hypergeometric(population=20, deviating=19).holds(0, 1, risk=Fraction(1, 20))


@given(samples(largest=40), CONFIDENCES)
def test_limits_bracket_the_estimate_and_what_is_possible(sample, confidence):
    found, n, population = sample
    for limit in (
        interval(deviations=found, n=n, confidence=confidence),
        interval(deviations=found, n=n, confidence=confidence, method="wilson"),
        interval(deviations=found, n=n, confidence=confidence, method="poisson"),
        upper_limit(deviations=found, n=n, confidence=confidence),
    ):
        assert 0 <= limit.low <= limit.estimate <= limit.high <= 1
    limit = interval(deviations=found, n=n, population=population, confidence=confidence)
    assert found <= limit.low_records <= limit.high_records <= population - n + found


@given(st.integers(1, 60), st.integers(0, 40), CONFIDENCES)
def test_limits_grow_with_the_deviations(n, more, confidence):
    population = n + more
    for method in ("binomial", "wilson", "poisson", "hypergeometric"):
        limits = [
            interval(deviations=k, n=n, confidence=confidence, method=method, population=population)
            for k in range(n + 1)
        ]
        assert all(one.low <= two.low and one.high <= two.high for one, two in pairwise(limits))


@given(st.integers(0, 60), st.floats(0.1, 100), CONFIDENCES)
def test_rates_scale_with_the_unit_of_exposure(count, exposure, confidence):
    days = poisson_rate(count, exposure=exposure, confidence=confidence)
    hours = poisson_rate(count, exposure=exposure * 8, confidence=confidence)
    assert days.low <= days.estimate <= days.high
    assert (days.low, days.high) == pytest.approx((hours.low * 8, hours.high * 8))


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("population", [10, 17])
def test_hypergeometric_coverage_is_at_least_nominal_everywhere(population, confidence):
    nominal = Fraction(str(confidence))
    for n in (3, 8):
        one = [upper_limit(deviations=k, n=n, population=population, confidence=confidence) for k in range(n + 1)]
        two = [interval(deviations=k, n=n, population=population, confidence=confidence) for k in range(n + 1)]
        for deviating in range(population + 1):
            chance = [
                Fraction(comb(deviating, k) * comb(population - deviating, n - k), comb(population, n))
                for k in range(n + 1)
            ]
            assert sum(c for c, limit in zip(chance, one, strict=True) if deviating <= limit.high_records) >= nominal
            inside = (limit.low_records <= deviating <= limit.high_records for limit in two)
            assert sum(c for c, held in zip(chance, inside, strict=True) if held) >= nominal


@pytest.mark.parametrize("n", [5, 12])
def test_clopper_pearson_coverage_is_at_least_nominal_on_a_grid(n):
    limits = [interval(deviations=k, n=n) for k in range(n + 1)]
    for step in range(101):
        p = step / 100
        covered = sum(
            comb(n, k) * p**k * (1 - p) ** (n - k) for k, limit in enumerate(limits) if limit.low <= p <= limit.high
        )
        assert covered >= 0.95 - 1e-12


@pytest.mark.parametrize(("k", "n"), [(0, 25), (2, 25), (7, 60)])
def test_a_large_population_tends_to_the_binomial_limit(k, n):
    finite = [upper_limit(deviations=k, n=n, population=population).high for population in (200, 2_000, 200_000)]
    binomial = upper_limit(deviations=k, n=n).high
    assert finite[0] < finite[1] < finite[2] < binomial
    assert finite[2] == pytest.approx(binomial, abs=5e-5)


@given(samples(largest=200), CONFIDENCES)
@example((3, 4, 130), 0.8)
def test_a_finite_population_never_widens_the_upper_limit(sample, confidence):
    found, n, population = sample
    finite = upper_limit(deviations=found, n=n, population=population, confidence=confidence).high
    infinite = upper_limit(deviations=found, n=n, confidence=confidence).high
    # Uhlmann (1966): below its mean the hypergeometric tail is the lighter one; at the mean the order may turn, and a
    # limit in whole records then lies at most one record higher.
    below = found <= (n - 1) * infinite
    assert finite <= infinite + (1e-12 if below else 1 / population)


@given(samples(), CONFIDENCES, st.sampled_from([(1, 1), (1, 0), (2, 3)]))
def test_beta_binomial_limit_matches_fractions(sample, confidence, prior):
    found, n, population = sample
    limit = upper_limit(
        deviations=found, n=n, population=population, confidence=confidence, method="beta_binomial", prior=prior
    )
    rest, a, b = population - n, prior[0] + found, prior[1] + n - found
    if b == 0:
        assert limit.high_records == population
        return

    def rising(x, times):
        return math.prod(range(x, x + times)) if times else 1

    below = Fraction(0)
    for count in range(rest + 1):
        below += Fraction(comb(rest, count) * rising(a, count) * rising(b, rest - count), rising(a + b, rest))
        if below > Fraction(str(confidence)) or count == rest:
            assert limit.high_records == found + count
            break
    assert (limit.low_records, limit.population) == (0, population)


def test_a_prior_that_leaves_nothing_below_gives_the_whole():
    assert upper_limit(deviations=3, n=3, method="beta", prior=(1, 0)).high == 1.0
    assert upper_limit(deviations=0, n=0, method="gamma", prior=(1, 0)).high == 1.0


def test_nothing_examined_says_nothing():
    for limit in (
        interval(deviations=0, n=0),
        interval(deviations=0, n=0, method="wilson"),
        interval(deviations=0, n=0, method="poisson"),
        interval(deviations=0, n=0, population=9),
        upper_limit(deviations=0, n=0, population=0),
    ):
        assert math.isnan(limit.estimate)
        assert (limit.low, limit.high) == (0.0, 1.0)
    assert interval(deviations=0, n=0, population=9).high_records == 9


def test_everything_examined_is_known():
    limit = interval(deviations=9, n=180, population=180)
    assert (limit.low_records, limit.high_records, limit.low, limit.high) == (9, 9, 0.05, 0.05)


def test_planning_may_use_fractions_of_a_deviation():
    assert upper_limit(deviations=1.5, n=60, method="gamma").k == 1.5
    one, between, two = (upper_limit(deviations=k, n=60, method="poisson").high for k in (1, 1.5, 2))
    assert one < between < two
    assert upper_limit(deviations=1.0, n=60).k == 1


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"deviations": -1, "n": 5}, r"deviations is -1. Give a whole number of 0 or more"),
        ({"deviations": 1.5, "n": 5}, r"deviations is 1.5. Give a whole number"),
        ({"deviations": True, "n": 5}, r"deviations is True"),
        ({"deviations": float("nan"), "n": 5}, r"deviations is nan"),
        ({"deviations": 0, "n": "5"}, r"n is '5'. Give a whole number"),
        ({"deviations": 6, "n": 5}, r"deviations is 6, more than the 5 records examined"),
        ({"deviations": 0, "n": 5, "population": 4}, r"n is 5, more than the 4 records of the population"),
        ({"deviations": 0, "n": 5, "population": 8.5}, r"population is 8.5"),
        ({"deviations": 0, "n": 5, "confidence": 95}, r"confidence is 95. Give a share between 0 and 1"),
        ({"deviations": 0, "n": 5, "confidence": None}, r"confidence is None. Give a finite number"),
        ({"deviations": 0, "n": 5, "method": "normal"}, r"no method 'normal' here. Use one of binomial"),
        ({"deviations": 0, "n": 5, "method": "hypergeometric"}, r"'hypergeometric' needs a population"),
    ],
)
@pytest.mark.parametrize("function", [interval, upper_limit])
def test_bad_numbers_are_named_with_the_mend(function, kwargs, message):
    with pytest.raises(ArgumentError, match=message):
        function(**kwargs)


def test_one_sided_and_two_sided_methods_are_kept_apart():
    with pytest.raises(
        ArgumentError, match=r"no method 'wilson' here. Use one of binomial, hypergeometric, poisson, beta"
    ):
        upper_limit(deviations=0, n=5, method="wilson")
    with pytest.raises(ArgumentError, match=r"no method 'beta' here"):
        interval(deviations=0, n=5, method="beta")


@pytest.mark.parametrize(
    ("prior", "message"), [((0, 1), r"prior\[0\] is 0. Give a number above 0"), ((1, -1), r"prior\[1\] is -1")]
)
def test_a_prior_out_of_range_is_refused(prior, message):
    with pytest.raises(ArgumentError, match=message):
        upper_limit(deviations=0, n=5, method="beta", prior=prior)


@pytest.mark.parametrize("exposure", [0, -1.0, float("nan"), None])
def test_without_exposure_there_is_no_rate(exposure):
    with pytest.raises(ArgumentError, match=r"exposure is .*Give a"):
        poisson_rate(3, exposure=exposure)


def test_a_bad_number_is_a_value_error_too():
    with pytest.raises(ValueError, match=r"count is -1"):
        poisson_rate(-1, exposure=1.0)

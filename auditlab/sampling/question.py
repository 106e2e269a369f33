"""The question behind a sample size: checked, and in exact numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import not_negative, positive, risk_of, whole
from auditlab.statistics.posteriors import Beta, BetaBinomial, Gamma
from auditlab.statistics.sampling_chances import Binomial, ChanceModel, Hypergeometric, Poisson

_METHODS = ("hypergeometric", "binomial", "poisson", "beta_binomial", "beta", "gamma")
FINITE = frozenset(("hypergeometric", "beta_binomial"))
BAYESIAN = frozenset(("beta", "gamma", "beta_binomial"))
_LARGEST_DENOMINATOR = 10_000_000
_FRACTIONAL = frozenset(("poisson", "beta", "gamma"))
"""Methods where deviations planned for may be a fraction; the others round them up."""


class Convention(StrEnum):
    """When a finite population is just not tolerable: `sizes` says what each means."""

    REACHES = "reaches"
    EXCEEDS = "exceeds"
    FACTOR = "factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question, checked, in exact numbers."""

    tolerable: Fraction
    expected: Fraction
    count: float | None  # deviations expected as a count; overrides the rate
    risk: Fraction
    confidence: float
    population: int | None
    method: str
    convention: Convention
    prior: tuple[float, float]

    @property
    def fractional(self) -> bool:
        """Whether the deviations planned for may be a fraction."""
        return self.method in _FRACTIONAL

    def found(self, n: int) -> float:
        """Deviations that a sample of `n` records may show [count]."""
        if self.count is not None:
            return self.count
        if self.fractional:
            return float(self.expected * n)
        return -(-self.expected.numerator * n // self.expected.denominator)  # rounded up

    @property
    def model(self) -> ChanceModel:
        """How deviations turn up in a sample from a population that is just not tolerable."""
        match self.method:
            case "binomial":
                return Binomial(rate=self.tolerable)
            case "beta":
                return Beta(rate=self.tolerable, prior=self.prior)
            case "gamma":
                return Gamma(rate=self.tolerable, prior=self.prior)
        if self.population is None or self.tolerable_count is None:
            return Poisson(rate=self.tolerable)
        if self.method == "beta_binomial":
            return BetaBinomial(population=self.population, deviating=self.tolerable_count, prior=self.prior)
        return Hypergeometric(population=self.population, deviating=self.tolerable_count)

    @property
    def tolerable_count(self) -> int | None:
        """Deviating records of that population; ``None`` where no population is counted."""
        if self.method not in FINITE or self.population is None:
            return None
        share = self.tolerable * self.population
        return math.ceil(share) if self.convention is Convention.REACHES else math.floor(share) + 1


def question(
    *,
    tolerable: float,
    expected: float,
    expected_count: float | None,
    confidence: float,
    population: int | None,
    method: str | None,
    convention: str,
    prior: tuple[float, float] = (1, 1),
) -> Question:
    """The arguments of `sizes.sample_size`, checked; its docstring says what each means."""
    share, rule = _share(tolerable, name="tolerable"), _convention(convention)
    name = _method(method, population=population, convention=rule)
    total = None if population is None else whole(population, name="population", at_least=1)
    rate = as_written(not_negative(expected, name="expected"))
    if rate >= share:
        raise ArgumentError(
            f"expected is {expected!r}, not below the tolerable {tolerable!r}. "
            "Raise the tolerable rate, or examine the whole population."
        )
    if rate and expected_count is not None:
        raise ArgumentError(f"expected is {expected!r} and expected_count {expected_count!r}. Give one of the two.")
    return Question(
        tolerable=share,
        expected=rate,
        count=_count(expected_count, fractions=name in _FRACTIONAL, none_expected=not rate),
        risk=risk_of(confidence),
        confidence=confidence,
        population=total,
        method=name,
        convention=rule,
        prior=_prior(prior, method=name),
    )


def as_written(rate: float) -> Fraction:
    """A rate as a person wrote it: 0.01 + 5 * 0.01 is 6 %, although its float is a little more.

    The digits beyond the twelfth come from arithmetic, and one of them would ask for one tolerable
    record too many. A rate that is a whole number of records over a population, such as 7/130, is
    that fraction.
    """
    simple = Fraction(rate).limit_denominator(_LARGEST_DENOMINATOR)
    return simple if float(simple) == rate else Fraction(f"{rate:.12g}")


def _share(value: float, *, name: str) -> Fraction:
    number = not_negative(value, name=name)
    if not 0 < number < 1:
        raise ArgumentError(f"{name} is {value!r}. Give a share between 0 and 1, e.g. 0.05 for 5 %.")
    return as_written(number)


def _convention(convention: str) -> Convention:
    try:
        return Convention(convention)
    except ValueError:
        known = ", ".join(Convention)
        raise ArgumentError(f"There is no sampling convention '{convention}'. Use one of {known}.") from None


def _method(method: str | None, *, population: int | None, convention: Convention) -> str:
    if convention is Convention.FACTOR:
        if method not in {None, "poisson"}:
            raise ArgumentError(f"The convention 'factor' rests on poisson, not on '{method}'. Leave the method out.")
        return "poisson"
    name = method or ("hypergeometric" if population is not None else "binomial")
    if name not in _METHODS:
        raise ArgumentError(f"There is no method '{name}' for sample sizes. Use one of {', '.join(_METHODS)}.")
    if name in FINITE and population is None:
        raise ArgumentError(f"The method '{name}' needs a population. Give the number of records drawn from.")
    return name


def _count(value: float | None, *, fractions: bool, none_expected: bool) -> float | None:
    if value is None:
        return 0 if none_expected else None
    count = not_negative(value, name="expected_count")
    return count if fractions else math.ceil(as_written(count))


def _prior(prior: tuple[float, float], *, method: str) -> tuple[float, float]:
    if method not in BAYESIAN and tuple(prior) != (1, 1):
        raise ArgumentError(f"prior is {prior!r}, but {method} sizes use none. Leave the prior out.")
    return positive(prior[0], name="prior[0]"), not_negative(prior[1], name="prior[1]")

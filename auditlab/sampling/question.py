"""The question behind a sample size: checked, and in exact numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from auditlab.errors import ArgumentError
from auditlab.sampling.chances import Binomial, ChanceModel, Hypergeometric, Poisson
from auditlab.statistics._arguments import not_negative, risk_of, whole

_METHODS = ("hypergeometric", "binomial", "poisson")


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

    def found(self, n: int) -> float:
        """Deviations that a sample of `n` records may show [count]."""
        if self.count is not None:
            return self.count
        return float(self.expected * n) if self.method == "poisson" else math.ceil(self.expected * n)

    @property
    def model(self) -> ChanceModel:
        """How deviations turn up in a sample from a population that is just not tolerable."""
        if self.method == "binomial":
            return Binomial(rate=self.tolerable)
        if self.method == "poisson" or self.population is None:
            return Poisson(rate=self.tolerable)
        return Hypergeometric(population=self.population, deviating=self.tolerable_count or 0)

    @property
    def tolerable_count(self) -> int | None:
        """Deviating records of that population; ``None`` where no population is counted."""
        if self.method != "hypergeometric" or self.population is None:
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
    if rate and rule is Convention.FACTOR:
        raise ArgumentError("Reliability factors belong to a count of deviations. Give expected_count, not expected.")
    return Question(
        tolerable=share,
        expected=rate,
        count=_count(
            expected_count, fractions=name == "poisson" and rule is not Convention.FACTOR, none_expected=not rate
        ),
        risk=risk_of(confidence),
        confidence=confidence,
        population=total,
        method=name,
        convention=rule,
    )


def as_written(rate: float) -> Fraction:
    """A rate as a person wrote it: 0.01 + 5 * 0.01 is 6 %, although its float is a little more.

    The digits beyond the twelfth come from arithmetic, and one of them would ask for one tolerable
    record too many.
    """
    return Fraction(f"{rate:.12g}")


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
    if name == "hypergeometric" and population is None:
        raise ArgumentError("The method 'hypergeometric' needs a population. Give the number of records drawn from.")
    return name


def _count(value: float | None, *, fractions: bool, none_expected: bool) -> float | None:
    if value is None:
        return 0 if none_expected else None
    return not_negative(value, name="expected_count") if fractions else whole(value, name="expected_count")

"""How many records to draw, and the proof that one record fewer would not do.

A plan accepts a population if the sample shows no more than ``accept`` deviations. Its size is the
smallest with which a population that is just not tolerable is accepted with a chance of at most
1 - confidence. What "just not tolerable" means in a finite population is a convention:

``reaches``
    The deviating records reach the tolerable rate: ceil(t N). Published tables count so.
``exceeds``
    They exceed it: floor(t N) + 1.
``factor``
    Reliability factors: the Poisson factor rounded up to two digits, divided by the tolerable rate.
    The population has no influence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from scipy import special

from auditlab.errors import ArgumentError
from auditlab.sampling.question import BAYESIAN, Convention, Question, question
from auditlab.sampling.search import smallest_size
from auditlab.sampling.wording import on_its_side, percent, records, verb

_MOST_ROUNDS = 10_000
_STILL = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlan:
    """A sample size with everything it rests on."""

    n: int  # records to examine [count]
    accept: int  # deviations up to which the tolerable rate is ruled out [count]
    chance: float  # that a population just not tolerable shows no more than `accept` in n records [0-1]
    chance_before: float  # the same with n - 1 records [0-1]
    proof: str
    tolerable: float  # [0-1]
    tolerable_count: int | None  # deviating records of the population that is just not tolerable
    expected: float  # deviating share expected [0-1]
    expected_count: float  # deviations expected in the sample [count]
    confidence: float  # [0-1]
    population: int | None  # [records]
    method: str
    convention: str
    prior: tuple[float, float] | None = None  # of the methods that use one


def sample_size(
    *,
    tolerable: float,
    expected: float = 0,
    confidence: float = 0.95,
    population: int | None = None,
    method: str | None = None,
    expected_count: float | None = None,
    prior: tuple[float, float] = (1, 1),
    convention: str = "reaches",
) -> SamplePlan:
    """The smallest sample that rules out the tolerable rate if no more deviations turn up than expected.

    Parameters
    ----------
    tolerable : float
        Deviating share that must be ruled out [0-1].
    expected : float
        Deviating share expected [0-1], below `tolerable`. The sample may show ``ceil(expected n)``
        deviations; with poisson, beta and gamma the fraction is kept.
    confidence : float
        One-sided [0-1].
    population : int, optional
        Records drawn from without replacement [count].
    method : str, optional
        ``"hypergeometric"`` (default with a population), ``"binomial"`` (default without),
        ``"poisson"``, or the posterior of ``"beta"``, ``"gamma"`` or ``"beta_binomial"`` (needs a
        population). With the last three the risk is the posterior chance of the tolerable rate or more.
    expected_count : float, optional
        Deviations the sample may show [count], instead of `expected`. A fraction is kept with
        poisson, beta and gamma and rounded up with the others.
    prior : tuple of float
        The two parameters of the prior of the last three methods, first above 0, second 0 or more;
        see `priors.prior_from_earlier`.
    convention : str
        ``"reaches"``, ``"exceeds"`` or ``"factor"``; see the module.

    Returns
    -------
    SamplePlan
        With the chances at ``n`` and ``n - 1`` and a sentence that proves the size.

    Raises
    ------
    ArgumentError
        If a number is out of its range, the method or convention unknown, or no sample can do it.

    References
    ----------
    .. [1] Guy, Carmichael and Whittington (2002), Audit Sampling, 5th ed., for attribute sampling.
    .. [2] AICPA Audit Guide, Audit Sampling, for reliability factors.
    """
    asked = question(
        tolerable=tolerable,
        expected=expected,
        expected_count=expected_count,
        confidence=confidence,
        population=population,
        method=method,
        convention=convention,
        prior=prior,
    )
    if asked.convention is Convention.FACTOR:
        return _factor_plan(asked)
    n = smallest_size(asked)
    if n is None:
        raise _no_size(asked)
    return _plan(asked, n)


def _no_size(asked: Question) -> ArgumentError:
    share = f"expected {asked.count:g}" if asked.count is not None else f"expected {percent(float(asked.expected))}"
    among = f"the {asked.population} records" if asked.population is not None else "any number of records"
    return ArgumentError(
        f"No sample among {among} rules out {percent(float(asked.tolerable))} with {share} deviations. "
        "Raise the tolerable rate, expect fewer deviations, or examine the whole population."
    )


def _plan(asked: Question, n: int) -> SamplePlan:
    before, at = (asked.model.chance(asked.found(size), size) if size else 1.0 for size in (n - 1, n))
    return _made(asked, n, chance=at, chance_before=before, proof=_proof(asked, n, before=before, at=at))


def _made(asked: Question, n: int, *, chance: float, chance_before: float, proof: str) -> SamplePlan:
    return SamplePlan(
        n=n,
        accept=math.floor(asked.found(n)),
        chance=chance,
        chance_before=chance_before,
        proof=proof,
        tolerable=float(asked.tolerable),
        tolerable_count=asked.tolerable_count,
        expected=float(asked.expected),
        expected_count=asked.found(n),
        confidence=asked.confidence,
        population=asked.population,
        method=asked.method,
        convention=str(asked.convention),
        prior=asked.prior if asked.method in BAYESIAN else None,
    )


def _proof(asked: Question, n: int, *, before: float, at: float) -> str:
    risk = float(asked.risk)
    if asked.method in BAYESIAN:
        return _credible_proof(asked, n, before=before, at=at)
    if asked.tolerable_count is None:
        subject = f"If {percent(float(asked.tolerable))} of the records deviate"
    else:
        subject = f"If {asked.tolerable_count} of the {asked.population} records {verb(asked.tolerable_count)}"
    fewer = f"{on_its_side(before, risk)} > {percent(risk)} with n = {n - 1}"
    enough = f"{on_its_side(at, risk)} <= {percent(risk)}"
    return (
        f"{subject}, the chance to find {_at_most(asked.found(n - 1))} is {fewer}; "
        f"with n = {n} the chance to find {_at_most(asked.found(n))} is {enough}."
    )


def _credible_proof(asked: Question, n: int, *, before: float, at: float) -> str:
    risk = float(asked.risk)
    much = f"{percent(float(asked.tolerable))} or more of the records"
    if asked.tolerable_count is not None:
        much = f"{asked.tolerable_count} or more of the {asked.population} records"
    counted = f"{asked.found(n):.4g} deviation{'' if asked.found(n) == 1 else 's'} in {records(n)}"
    fewer = f"; with n = {n - 1} it would be {on_its_side(before, risk)}" if n > 1 else ""
    return (
        f"With the prior ({asked.prior[0]:g}, {asked.prior[1]:g}) and {counted}, the posterior chance that {much} "
        f"deviate is {on_its_side(at, risk)} <= {percent(risk)}{fewer}."
    )


def _at_most(found: float) -> str:
    if not found:
        return "no deviation"
    return f"at most {found:.4g} deviation{'' if found == 1 else 's'}"


def reliability_factor(*, risk: float, count: float = 0, ratio: float = 0) -> float:
    """The Poisson factor of so many deviations, unrounded.

    Parameters
    ----------
    risk : float
        1 - confidence [0-1].
    count : float
        Deviations planned for [count].
    ratio : float
        Expected over tolerable rate, instead of a count [0-1]: the factor then contains itself, and
        is found by repeating until it stands still.

    References
    ----------
    .. [1] Stewart (2012), Technical Notes on the AICPA Audit Guide Audit Sampling.
    """
    factor = float(special.gammainccinv(count + 1, risk))
    for _ in range(_MOST_ROUNDS if ratio else 0):
        last, factor = factor, float(special.gammainccinv(1 + ratio * factor, risk))
        if abs(factor - last) <= _STILL * factor:
            break
    return factor


def _factor_plan(asked: Question) -> SamplePlan:
    ratio = float(asked.expected / asked.tolerable)
    exact = reliability_factor(risk=float(asked.risk), count=asked.count or 0, ratio=ratio)
    factor = Fraction(math.ceil(100 * exact - 1e-9), 100)
    n = math.ceil(factor / asked.tolerable)
    found, model = asked.found(n), asked.model
    proof = (
        f"Reliability factor {float(factor):.2f} ({exact:.4f} rounded up) for {_at_most(found)} at "
        f"{percent(asked.confidence)}, divided by {percent(float(asked.tolerable))}, gives {n}. Rounding up makes it "
        "a little larger than exact sizes; the population has no influence."
    )
    return _made(
        asked, n, chance=model.chance(found, n), chance_before=model.chance(asked.found(n - 1), n - 1), proof=proof
    )

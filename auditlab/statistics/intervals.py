"""Limits of shares: every limit of a share in this package comes from here; those of rates are in `poisson_rates`.

Clopper-Pearson for audit samples and actions, Wilson for indicators, exact hypergeometric where the population is
finite and known. The result says which.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import not_negative, positive, risk_of, whole
from auditlab.statistics.finite_population import least_records, most_records
from auditlab.statistics.limits import Limit
from auditlab.statistics.poisson_rates import POISSON, count_limits
from auditlab.statistics.posteriors import beta_binomial_records

CLOPPER_PEARSON = "Clopper-Pearson"
WILSON = "Wilson"
HYPERGEOMETRIC = "exact hypergeometric"

_INTERVALS = ("binomial", "clopper-pearson", "wilson", "hypergeometric", "poisson")
_UPPER_LIMITS = ("binomial", "hypergeometric", "poisson", "beta", "gamma", "beta_binomial")
_LABELS = {"binomial": CLOPPER_PEARSON, "clopper-pearson": CLOPPER_PEARSON, "wilson": WILSON, "poisson": POISSON}
_FRACTIONS_ALLOWED = frozenset(("poisson", "beta", "gamma"))
_NEEDS_POPULATION = frozenset(("hypergeometric", "beta_binomial"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """What was examined and found, checked."""

    found: float
    size: int
    population: int | None
    confidence: float
    tail: Fraction  # chance left outside on each side

    def limit(self, low: float, high: float, *, method: str) -> Limit:
        return Limit(
            low=low,
            high=high,
            estimate=self.found / self.size if self.size else math.nan,
            k=int(self.found) if float(self.found).is_integer() else self.found,
            n=self.size,
            confidence=self.confidence,
            method=method,
            population=self.population,
        )

    def limit_in_records(self, low: int, high: int, *, method: str) -> Limit:
        population = self.population or 0
        shares = (low / population, high / population) if population else (0.0, 1.0)
        return replace(self.limit(*shares, method=method), low_records=low, high_records=high)


def interval(
    *, deviations: int, n: int, confidence: float = 0.95, population: int | None = None, method: str | None = None
) -> Limit:
    """Two-sided limits of a share.

    Parameters
    ----------
    deviations : int
        Records with the property, such as deviations found [count].
    n : int
        Records examined [count]. With 0 the limits are 0 and 1 and the estimate is nan.
    confidence : float
        Two-sided confidence [0-1].
    population : int, optional
        Records in the population the sample was drawn from without replacement [count].
    method : str, optional
        ``"binomial"`` (Clopper-Pearson), ``"wilson"``, ``"hypergeometric"`` or ``"poisson"``. By
        default hypergeometric with a population, otherwise Clopper-Pearson.

    Returns
    -------
    Limit
        Shares [0-1], and records where the method is hypergeometric.

    Raises
    ------
    ArgumentError
        If a number is out of its range, the method unknown, or a population missing.

    References
    ----------
    .. [1] Clopper and Pearson (1934), Biometrika 26:404-413. [2] Wilson (1927), JASA 22:209-212.
    .. [3] Garwood (1936), Biometrika 28:437-442. [4] `finite_population.most_records`.
    """
    name = _method(method, _INTERVALS, population=population)
    sample = _sample(name, deviations, n, population, confidence=confidence, sides=2)
    if name == "hypergeometric":
        return sample.limit_in_records(*_records(sample), method=HYPERGEOMETRIC)
    shares = {"wilson": _wilson, "poisson": _poisson_shares}.get(name, _clopper_pearson)
    return sample.limit(*shares(sample), method=_LABELS[name])


def upper_limit(
    *,
    deviations: float,
    n: int,
    confidence: float = 0.95,
    population: int | None = None,
    method: str | None = None,
    prior: tuple[float, float] = (1, 1),
) -> Limit:
    """One-sided upper limit of the share of deviating records.

    Parameters
    ----------
    deviations : float
        Deviations found [count]; fractions, as planning uses them, with poisson, beta and gamma only.
    n : int
        Records examined [count].
    confidence : float
        One-sided confidence or, with a prior, credibility [0-1].
    population : int, optional
        Records in the population the sample was drawn from without replacement [count].
    method : str, optional
        ``"hypergeometric"`` (default with a population), ``"binomial"`` (default without),
        ``"poisson"``, or the posterior of ``"beta"``, ``"gamma"`` or ``"beta_binomial"``.
    prior : tuple of float
        The two parameters of the prior of the last three methods, first above 0, second 0 or more.

    Returns
    -------
    Limit
        ``low`` is 0. Shares [0-1], and records with hypergeometric and beta_binomial.

    Raises
    ------
    ArgumentError
        As `interval`, and if the prior is out of its range.

    References
    ----------
    .. [1] As `interval`. [2] Derks, de Swart, Wagenmakers, Wille and Wetzels (2021), JASP for
       Audit, Journal of Open Source Software 6(68):2733, for the conventions of the posteriors.
    """
    name = _method(method, _UPPER_LIMITS, population=population)
    sample = _sample(name, deviations, n, population, confidence=confidence, sides=1)
    if name == "hypergeometric":
        return sample.limit_in_records(0, _records(sample)[1], method=f"{HYPERGEOMETRIC}, one-sided")
    if name in _LABELS:
        shares = _poisson_shares if name == "poisson" else _clopper_pearson
        return sample.limit(0.0, shares(sample)[1], method=f"{_LABELS[name]}, one-sided")
    first, second = positive(prior[0], name="prior[0]"), not_negative(prior[1], name="prior[1]")
    label = f"{name.replace('_', '-')} posterior, prior ({first:g}, {second:g})"
    if name == "beta_binomial":
        return sample.limit_in_records(0, _posterior_records(sample, first, second), method=label)
    return sample.limit(0.0, _posterior_high(name, sample, first, second), method=label)


def clopper_pearson(deviations: int, *, n: int, confidence: float = 0.95) -> Limit:
    """Exact binomial limits of a share; as `interval` with ``method="binomial"``.

    References
    ----------
    .. [1] Clopper and Pearson (1934), Biometrika 26:404-413.
    """
    return interval(deviations=deviations, n=n, confidence=confidence, method="binomial")


def wilson(deviations: int, *, n: int, confidence: float = 0.95) -> Limit:
    """Score limits of a share; as `interval` with ``method="wilson"``.

    References
    ----------
    .. [1] Wilson (1927), JASA 22:209-212.
    """
    return interval(deviations=deviations, n=n, confidence=confidence, method="wilson")


def _method(method: str | None, known: tuple[str, ...], *, population: int | None) -> str:
    name = method or ("hypergeometric" if population is not None else "binomial")
    if name not in known:
        raise ArgumentError(f"There is no method '{method}' here. Use one of {', '.join(known)}.")
    if name in _NEEDS_POPULATION and population is None:
        raise ArgumentError(f"The method '{name}' needs a population. Give the number of records drawn from.")
    return name


def _sample(name: str, deviations: float, n: int, population: int | None, *, confidence: float, sides: int) -> _Sample:
    size = whole(n, name="n")
    if name in _FRACTIONS_ALLOWED:
        found = not_negative(deviations, name="deviations")
    else:
        found = whole(deviations, name="deviations")
    if found > size:
        raise ArgumentError(
            f"deviations is {deviations!r}, more than the {size} records examined. Mend one of the two."
        )
    total = None if population is None else whole(population, name="population")
    if total is not None and size > total:
        raise ArgumentError(
            f"n is {size}, more than the {total} records of the population. "
            "Mend one of the two, or leave the population out if records were drawn twice."
        )
    return _Sample(found=found, size=size, population=total, confidence=confidence, tail=risk_of(confidence) / sides)


def _records(sample: _Sample) -> tuple[int, int]:
    found, size, total = int(sample.found), sample.size, sample.population or 0
    least = least_records(found, n=size, population=total, risk=sample.tail)
    return least, most_records(found, n=size, population=total, risk=sample.tail)


def _clopper_pearson(sample: _Sample) -> tuple[float, float]:
    k, n, tail = int(sample.found), sample.size, float(sample.tail)
    low = float(special.betaincinv(k, n - k + 1, tail)) if k else 0.0
    high = float(special.betainccinv(k + 1, n - k, tail)) if k < n else 1.0
    return low, high


def _wilson(sample: _Sample) -> tuple[float, float]:
    if not sample.size:
        return 0.0, 1.0
    k, n, z = int(sample.found), sample.size, -float(special.ndtri(float(sample.tail)))
    middle = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    # At the ends the formula gives 0 and 1; rounding must not put them outside.
    return (middle - half if k else 0.0), (middle + half if k < n else 1.0)


def _poisson_shares(sample: _Sample) -> tuple[float, float]:
    """Limits of a count over the records examined; a share is never above 1."""
    if not sample.size:
        return 0.0, 1.0
    low, high = count_limits(sample.found, float(sample.tail))
    return low / sample.size, min(high / sample.size, 1.0)


def _posterior_records(sample: _Sample, first: float, second: float) -> int:
    return beta_binomial_records(
        int(sample.found),
        n=sample.size,
        population=sample.population or 0,
        credibility=float(1 - sample.tail),
        prior=(first, second),
    )


def _posterior_high(name: str, sample: _Sample, first: float, second: float) -> float:
    """Upper limit of the posterior of a share; 1 where the prior leaves no mass below."""
    tail = float(sample.tail)
    if name == "gamma":
        rate = second + sample.size
        return min(float(special.gammainccinv(first + sample.found, tail)) / rate, 1.0) if rate else 1.0
    rest = second + sample.size - sample.found
    return float(special.betainccinv(first + sample.found, rest, tail)) if rest else 1.0

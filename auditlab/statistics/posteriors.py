"""What is believed of a deviation rate after a sample, given a prior: for sizes and credible limits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import special

from auditlab.statistics._chances import log_comb

_TIE = 1e-9  # at an exact tie the limit is not below the tolerable rate, whatever the last digits say
_SUMMED = 20_000  # terms up to which the beta-binomial is added up; beyond, it is integrated
_SPREADS = 12
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """The posterior of a share: a Beta distribution."""

    rate: Fraction  # tolerable share [0-1]
    prior: tuple[float, float]

    @property
    def largest(self) -> int | None:
        """No end."""
        return None

    def chance(self, found: float, n: int) -> float:
        """Posterior chance that the share is the tolerable one or more [0-1]."""
        rest = self.prior[1] + n - found
        return float(special.betaincc(self.prior[0] + found, rest, float(self.rate))) if rest > 0 else 1.0

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is below the risk."""
        return self.chance(found, n) < risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Gamma:
    """The posterior of a rate of rare events: a Gamma distribution."""

    rate: Fraction  # tolerable deviations per record
    prior: tuple[float, float]

    @property
    def largest(self) -> int | None:
        """No end."""
        return None

    def chance(self, found: float, n: int) -> float:
        """Posterior chance that the rate is the tolerable one or more [0-1]."""
        return float(special.gammaincc(self.prior[0] + found, (self.prior[1] + n) * float(self.rate)))

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is below the risk."""
        return self.chance(found, n) < risk


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaBinomial:
    """The posterior of the deviating records of a finite population."""

    population: int  # [records]
    deviating: int  # records with which the population is just not tolerable
    prior: tuple[float, float]

    @property
    def largest(self) -> int | None:
        """The whole population."""
        return self.population

    def chance(self, found: float, n: int) -> float:
        """Posterior chance that as many records deviate as are just not tolerable, or more [0-1]."""
        k = int(found)
        if k >= self.deviating:
            return 1.0
        return 1.0 - self.at_most(self.deviating - 1, found=k, n=n)

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is below the risk."""
        return self.chance(found, n) < float(risk) - _TIE

    def at_most(self, records: int, *, found: int, n: int) -> float:
        """Posterior chance that at most so many records of the population deviate [0-1]."""
        rest, more = self.population - n, records - found
        a, b = self.prior[0] + found, self.prior[1] + n - found
        if more < 0:
            return 0.0
        if more >= rest:
            return 1.0
        if b <= 0:
            return 0.0
        return _summed(more, rest, a, b) if more < _SUMMED else _integrated(more, rest, a, b)


def beta_binomial_records(
    found: int, *, n: int, population: int, credibility: float, prior: tuple[float, float]
) -> int:
    """Smallest number of deviating records whose posterior probability of not being exceeded is above `credibility`.

    The records not examined deviate as a beta-binomial with ``a + found`` and ``b + n - found``;
    with ``b + n - found = 0`` all of them do.

    References
    ----------
    .. [1] Skellam (1948), JRSS B 10:257-261, for the law of the records not examined.
    """
    posterior = BetaBinomial(population=population, deviating=population + 1, prior=prior)
    low, high = found, found + population - n
    while low < high:
        middle = (low + high) // 2
        if posterior.at_most(middle, found=found, n=n) > credibility + _TIE:
            high = middle
        else:
            low = middle + 1
    return low


def _summed(more: int, rest: int, a: float, b: float) -> float:
    counts = np.arange(more + 1)
    logs = log_comb(rest, counts) + special.betaln(counts + a, rest - counts + b) - special.betaln(a, b)
    return min(1.0, float(np.exp(logs).sum()))


def _integrated(more: int, rest: int, a: float, b: float) -> float:
    """The binomial chance, averaged over the Beta distribution of the share."""
    middle = more / rest
    reach = _SPREADS * np.sqrt(max(middle * (1 - middle), 1 / rest) / rest)
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    shares = low + (high - low) * (_NODES + 1) / 2
    below = special.betaincc(more + 1, rest - more, shares)
    logs = special.xlogy(a - 1, shares) + special.xlog1py(b - 1, -shares) - special.betaln(a, b)
    inside = float((np.exp(logs) * below * _WEIGHTS).sum()) * (high - low) / 2
    total: float = min(1.0, float(special.betainc(a, b, low)) + inside)
    return total

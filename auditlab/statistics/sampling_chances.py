"""The chance to find at most so many deviations in a sample: what sizes and limits rest on.

The comparison of a chance with the accepted risk is done in floating point and, where the two are
close, once more in integers: at an exact tie a size must not depend on the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Protocol

import numpy as np
from scipy import special

from auditlab.statistics._chances import log_comb

_ROUNDING = 64 * np.finfo(np.float64).eps
_EXACT_WORK = 20_000_000  # digits times terms; beyond it integers take seconds, and a tie is a curiosity
_SPREADS = 12  # standard deviations beyond which a chance is below 1e-30


class ChanceModel(Protocol):
    """How deviations turn up in a sample while the population is just not tolerable."""

    @property
    def largest(self) -> int | None:
        """The largest possible sample [records]; ``None`` without an end."""

    def chance(self, found: float, n: int) -> float:
        """Chance that a population just not tolerable is taken for tolerable after `found` in `n` [0-1]."""

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is at most the risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypergeometric:
    """Drawn without replacement from a population of which so many records deviate."""

    population: int  # [records]
    deviating: int  # [records]

    @property
    def largest(self) -> int | None:
        """The whole population."""
        return self.population

    def chance(self, found: float, n: int) -> float:
        """Chance to find at most `found` deviations in `n` records [0-1]."""
        least, most = self._range(int(found), n)
        mean = n * self.deviating / self.population if self.population else 0.0
        reach = _SPREADS * math.sqrt(mean) + 60
        counts = np.arange(max(least, int(min(most, mean) - reach)), min(most, int(mean + reach)) + 1)
        if not counts.size:
            return 1.0 if most >= least else 0.0
        sound = self.population - self.deviating
        ways = log_comb(self.deviating, counts) + log_comb(sound, n - counts)
        return min(1.0, float(np.exp(ways - log_comb(self.population, np.array(n))).sum()))

    def one(self, found: int, n: int) -> float:
        """Chance to find exactly `found` deviations in `n` records [0-1]."""
        least, most = self._range(found, n)
        if found < least or found > most:
            return 0.0
        ways = log_comb(self.deviating, np.array(found)) + log_comb(
            self.population - self.deviating, np.array(n - found)
        )
        return float(np.exp(ways - log_comb(self.population, np.array(n))))

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is at most the risk; exact at ties."""
        close = _ROUNDING * max(1.0, n * math.log(self.population + 1))
        work = n * math.log2(self.population + 1) * (min(found, n, self.deviating) + 1)
        return at_most(
            self.chance(found, n),
            risk,
            close=close,
            exactly=(lambda: self._exact_chance(int(found), n)) if work < _EXACT_WORK else None,
        )

    def _range(self, found: int, n: int) -> tuple[int, int]:
        """The counts of deviations that a sample of `n` can show, up to `found`."""
        return max(0, n - (self.population - self.deviating)), min(found, n, self.deviating)

    def _exact_chance(self, found: int, n: int) -> Fraction:
        least, most = self._range(found, n)
        sound = self.population - self.deviating
        ways = sum(comb(self.deviating, i) * comb(sound, n - i) for i in range(least, most + 1))
        return Fraction(ways, comb(self.population, n))


@dataclass(frozen=True, slots=True, kw_only=True)
class Binomial:
    """Drawn from a population so large that a draw does not change it."""

    rate: Fraction  # deviating share [0-1]

    @property
    def largest(self) -> int | None:
        """No end."""
        return None

    def chance(self, found: float, n: int) -> float:
        """Chance to find at most `found` deviations in `n` records [0-1]."""
        k = int(found)
        return 1.0 if k >= n else float(special.betaincc(k + 1, n - k, float(self.rate)))

    def one(self, found: int, n: int) -> float:
        """Chance to find exactly `found` deviations in `n` records [0-1]."""
        if not 0 < self.rate < 1:
            return float(found == n * self.rate)
        logs = log_comb(n, np.array(found)) + found * math.log(self.rate) + (n - found) * math.log1p(-float(self.rate))
        return float(np.exp(logs)) if 0 <= found <= n else 0.0

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is at most the risk; exact at ties."""
        work = n * math.log2(self.rate.denominator + 1) * (min(found, n) + 1)
        return at_most(
            self.chance(found, n),
            risk,
            close=1e-11,
            exactly=(lambda: self._exact_chance(int(found), n)) if work < _EXACT_WORK else None,
        )

    def _exact_chance(self, found: int, n: int) -> Fraction:
        hit, base = self.rate.numerator, self.rate.denominator
        ways = sum(comb(n, i) * hit**i * (base - hit) ** (n - i) for i in range(min(found, n) + 1))
        return Fraction(ways, base**n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisson:
    """Counted as rare events; a planned number of deviations may be a fraction."""

    rate: Fraction  # deviations per record

    @property
    def largest(self) -> int | None:
        """No end."""
        return None

    def chance(self, found: float, n: int) -> float:
        """Chance to find at most `found` deviations in `n` records, by the incomplete gamma function [0-1]."""
        return float(special.gammaincc(found + 1, float(self.rate * n)))

    def one(self, found: int, n: int) -> float:
        """Chance to find exactly `found` deviations in `n` records [0-1]."""
        return self.chance(found, n) - (self.chance(found - 1, n) if found else 0.0)

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is at most the risk; it is never a fraction, so there are no ties."""
        return self.chance(found, n) <= float(risk)


def at_most(chance: float, risk: Fraction, *, close: float, exactly: Callable[[], Fraction] | None) -> bool:
    """Whether a chance is at most the risk: in integers where rounding could decide, otherwise as it stands."""
    bound = float(risk)
    if exactly is None or abs(chance - bound) > close * bound:
        return chance < bound
    return exactly() <= risk

"""The chance to find at most so many deviations in a sample: what every sample size rests on.

The comparison of a chance with the accepted risk is done in floating point and, where the two are
close, once more in integers: at an exact tie the size must not depend on the last digit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import special

_CLOSE = 1e-6  # wide enough for the rounding of log-beta in populations of millions


class ChanceModel(Protocol):
    """How deviations turn up in a sample while the population is just not tolerable."""

    @property
    def largest(self) -> int | None:
        """The largest possible sample [records]; ``None`` without an end."""

    def chance(self, found: float, n: int) -> float:
        """Chance to find at most `found` deviations in `n` records [0-1]."""

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
        sound = self.population - self.deviating
        counts = np.arange(max(0, n - sound), min(int(found), n, self.deviating) + 1)
        if not counts.size:
            return 0.0
        ways = _log_comb(self.deviating, counts) + _log_comb(sound, n - counts)
        return min(1.0, float(np.exp(ways - _log_comb(self.population, np.array(n))).sum()))

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is at most the risk; exact at ties."""
        return _at_most(self.chance(found, n), risk, exactly=lambda: self._exact_chance(int(found), n))

    def _exact_chance(self, found: int, n: int) -> Fraction:
        sound = self.population - self.deviating
        least, most = max(0, n - sound), min(found, n, self.deviating)
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

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is at most the risk; exact at ties."""
        return _at_most(self.chance(found, n), risk, exactly=lambda: self._exact_chance(int(found), n))

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

    def holds(self, found: float, n: int, *, risk: Fraction) -> bool:
        """Whether that chance is at most the risk; it is never a fraction, so there are no ties."""
        return self.chance(found, n) <= risk


def _at_most(chance: float, risk: Fraction, *, exactly: Callable[[], Fraction]) -> bool:
    if abs(chance - float(risk)) > _CLOSE * float(risk):
        return chance < risk
    return exactly() <= risk


def _log_comb(total: int, chosen: npt.NDArray[np.int_]) -> npt.NDArray[np.float64]:
    """Logarithms of the ways to choose; through log-beta, which keeps its digits where factorials lose them."""
    logs: npt.NDArray[np.float64] = -np.log(total + 1.0) - special.betaln(total - chosen + 1.0, chosen + 1.0)
    return logs

"""Do as many cells hit as their chances let expect? The exact distribution of a sum of unequal chances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scipy import stats

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import risk_of


class HitSurprise(NamedTuple):
    """How far a number of hits lies in the tail of what was expected.

    ``fewer`` and ``more`` are the chances of so few or fewer and of so many or more hits, ``p`` is twice the smaller
    (at most 1), ``least`` the smallest ``p`` that any number of hits could have [0-1].
    """

    expected: float
    fewer: float
    more: float
    p: float
    least: float


def hit_surprise(chances: Sequence[float], found: int) -> HitSurprise:
    """The tails of the Poisson-binomial distribution at the number found.

    Parameters
    ----------
    chances : sequence of float
        Chance of a hit of each cell [0-1].
    found : int
        Cells that hit [count].

    Returns
    -------
    HitSurprise
        Under independent cells whose chances are known; cells of one audit share team and day, so that the tails are
        rather too small than too large.

    Raises
    ------
    ArgumentError
        If there is no chance, one lies outside 0 to 1, or more hit than there are.

    References
    ----------
    .. [1] Hong (2013), Computational Statistics and Data Analysis 59:41-51; two-sided by doubling the smaller tail.
    """
    if not chances or not all(0 <= chance <= 1 for chance in chances):
        raise ArgumentError("The chances of a hit are not between 0 and 1, or there is none. Give one for each cell.")
    if not 0 <= found <= len(chances):
        raise ArgumentError(f"{found} of {len(chances)} cells cannot have hit. Give the number among these cells.")
    law = stats.poisson_binom(list(chances))

    def tails(k: int) -> tuple[float, float]:
        return min(1.0, float(law.cdf(k))), min(1.0, float(law.sf(k - 1)))

    fewer, more = tails(found)
    extremes = (min(tails(0)), min(tails(len(chances))))
    return HitSurprise(
        expected=float(sum(chances)), fewer=fewer, more=more, p=min(1.0, 2 * min(fewer, more)),
        least=min(1.0, 2 * min(extremes)),
    )  # fmt: skip


def is_surprising(seen: HitSurprise, *, confidence: float = 0.95) -> bool:
    """Whether chance alone would rarely lead so far away, at this two-sided confidence [0-1]."""
    return seen.p < float(risk_of(confidence))

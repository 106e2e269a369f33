"""How deviating records must lie in the strata of a population so that a sample shows none of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditlab.statistics.sampling_chances import Hypergeometric

if TYPE_CHECKING:
    from auditlab.sampling.strata import Stratum

ROUNDING = 1e-12  # an exact tie must not depend on the last digit of a logarithm
_HALVINGS = 80


def most_hidden(strata: Sequence[Stratum], *, risk: float) -> int:
    """The most deviating records with which no deviation turns up more often than the risk, in some division."""
    low, high = 0, sum(stratum.population - stratum.n for stratum in strata)
    while low < high:
        middle = (low + high + 1) // 2
        if worst_chance(strata, deviating=middle) > risk * (1 + ROUNDING):
            low = middle
        else:
            high = middle - 1
    return low


def worst_chance(strata: Sequence[Stratum], *, deviating: int) -> float:
    """Chance that no deviation turns up with so many deviating records, in their worst division."""
    if deviating > sum(stratum.population - stratum.n for stratum in strata):
        return 0.0
    log = 0.0
    for stratum, hidden in zip(strata, _worst_division(strata, deviating=deviating), strict=True):
        chance = Hypergeometric(population=stratum.population, deviating=hidden).one(0, stratum.n)
        log += math.log(chance) if chance else -math.inf
    return math.exp(log)


def _worst_division(strata: Sequence[Stratum], *, deviating: int) -> list[int]:
    """Deviating records of each stratum, where each next one lies where fewest of the left records are examined.

    One more record hides with the chance 1 - n / left. So every stratum is filled as long as at least a certain
    number of records is left for each examined one: that level is found by halving, and what it leaves over is
    divided one by one.
    """
    free = [stratum.population - stratum.n for stratum in strata]

    def hidden(level: float) -> list[int]:
        return [
            min(max(math.floor(stratum.population - level * stratum.n) + 1, 0), most)
            for stratum, most in zip(strata, free, strict=True)
        ]

    low, high = 1.0, 1.0 + max((stratum.population for stratum in strata), default=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if sum(hidden(middle)) > deviating:
            low = middle
        else:
            high = middle
    division = hidden(high)
    for _ in range(deviating - sum(division)):
        open_places = [place for place, most in enumerate(free) if division[place] < most]
        next_place = min(open_places, key=lambda place: strata[place].n / (strata[place].population - division[place]))
        division[next_place] += 1
    return division

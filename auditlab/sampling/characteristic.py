"""What a plan can and cannot tell apart: the chance of acceptance for every true rate."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.question import as_written
from auditlab.sampling.sizes import SamplePlan
from auditlab.statistics.arguments import not_negative
from auditlab.statistics.sampling_chances import Binomial, Hypergeometric, Poisson

_POINTS = 61  # enough for a smooth curve


def operating_characteristic(plan: SamplePlan, rates: Sequence[float] | None = None) -> pd.DataFrame:
    """Chance that a population is accepted by the plan, by its true deviation rate.

    Parameters
    ----------
    plan : SamplePlan
        Size and accepted deviations.
    rates : sequence of float, optional
        True deviation rates [0-1]; by default 61 steps from 0 to three times the tolerable rate, or
        every possible count of a small population up to there.

    Returns
    -------
    DataFrame
        ``rate`` [0-1] as asked, ``records`` (deviating records of a finite population, the nearest
        whole number; missing without one) [count], ``chance_of_acceptance`` [0-1], ``tolerable``
        (whether the rate is below the tolerable rate).

    Raises
    ------
    ArgumentError
        If a rate is not between 0 and 1.
    """
    asked = true_rates(_possible_rates(plan) if rates is None else rates, tolerable=plan.tolerable)
    rows = [(float(rate), *_accepted(plan, as_written(rate)), rate < plan.tolerable) for rate in asked]
    names = {"rate": "float64", "records": "Int64", "chance_of_acceptance": "float64", "tolerable": "bool"}
    return pd.DataFrame(rows, columns=list(names)).astype(names)


def true_rates(rates: Sequence[float] | None, *, tolerable: float) -> list[float]:
    """The true rates to look at: those asked for, or 61 steps from 0 to three times the tolerable rate.

    Raises
    ------
    ArgumentError
        If a rate is not between 0 and 1.
    """
    if rates is None:
        return [_widest(tolerable) * step / (_POINTS - 1) for step in range(_POINTS)]
    beyond = [rate for rate in rates if not_negative(rate, name="rate") > 1]
    if beyond:
        raise ArgumentError(f"rate is {beyond[0]!r}. Give a share between 0 and 1.")
    return list(rates)


def _widest(tolerable: float) -> float:
    return min(1.0, 3 * tolerable)


def _possible_rates(plan: SamplePlan) -> list[float] | None:
    """Every possible rate of a small population."""
    widest = _widest(plan.tolerable)
    if plan.population is None or plan.population * widest >= _POINTS:
        return None
    return [count / plan.population for count in range(int(plan.population * widest) + 1)]


def _accepted(plan: SamplePlan, rate: Fraction) -> tuple[int | None, float]:
    if plan.population is not None and plan.method == "hypergeometric":
        deviating = int(rate * plan.population + Fraction(1, 2))
        model = Hypergeometric(population=plan.population, deviating=deviating)
        return deviating, model.chance(plan.accept, plan.n)
    if plan.method == "poisson":
        return None, Poisson(rate=rate).chance(plan.accept, plan.n)
    return None, Binomial(rate=rate).chance(plan.accept, plan.n)

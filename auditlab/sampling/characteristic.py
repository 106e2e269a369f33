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
    asked = list(_default_rates(plan) if rates is None else rates)
    rows = [(float(rate), *_accepted(plan, _checked(rate)), rate < plan.tolerable) for rate in asked]
    names = {"rate": "float64", "records": "Int64", "chance_of_acceptance": "float64", "tolerable": "bool"}
    return pd.DataFrame(rows, columns=list(names)).astype(names)


def _checked(rate: float) -> Fraction:
    share = as_written(not_negative(rate, name="rate"))
    if share > 1:
        raise ArgumentError(f"rate is {rate!r}. Give a share between 0 and 1.")
    return share


def _default_rates(plan: SamplePlan) -> list[float]:
    widest = min(1.0, 3 * plan.tolerable)
    if plan.population is not None and plan.population * widest < _POINTS:
        return [count / plan.population for count in range(int(plan.population * widest) + 1)]
    return [widest * step / (_POINTS - 1) for step in range(_POINTS)]


def _accepted(plan: SamplePlan, rate: Fraction) -> tuple[int | None, float]:
    if plan.population is not None and plan.method == "hypergeometric":
        deviating = int(rate * plan.population + Fraction(1, 2))
        model = Hypergeometric(population=plan.population, deviating=deviating)
        return deviating, model.chance(plan.accept, plan.n)
    if plan.method == "poisson":
        return None, Poisson(rate=rate).chance(plan.accept, plan.n)
    return None, Binomial(rate=rate).chance(plan.accept, plan.n)

"""Control charts: a series with its centre line, its limits and the points that are unlikely to be chance."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import Flags, Floats
from auditlab.statistics.chart_constants import MovingRangeConstant
from auditlab.statistics.chart_kinds import ChartKind, Convention, Lines, Phase, SigmaEstimator
from auditlab.statistics.chart_limits import phase_lines
from auditlab.statistics.chart_points import Layout, Points, Values, layout_of, points_of
from auditlab.statistics.chart_rules import ANHOEJ, LIMITS, beyond, flagged, named_rules
from auditlab.statistics.cumulative_charts import cusum_lines, ewma_lines

_ALIASES = {"ip": "i_prime", "xmr": "i", "p_prime": "pp", "u_prime": "up"}
# Neighbouring moving ranges share a value and cumulative sums share all: rules for runs do not hold for them.
_LIMITS_ONLY = frozenset((ChartKind.MOVING_RANGE, ChartKind.EWMA, ChartKind.CUSUM))
_Word = TypeVar("_Word", bound=StrEnum)


def control_chart(
    values: Values,
    *,
    kind: str,
    denominators: npt.ArrayLike | None = None,
    baseline: int | npt.ArrayLike | None = None,
    phases: npt.ArrayLike | None = None,
    exclude: npt.ArrayLike | None = None,
    rules: Sequence[str] = (LIMITS, ANHOEJ),
    subgroups: npt.ArrayLike | None = None,
    multiply: float = 1.0,
    sigmas: float = 3.0,
    d2: str = "1.128",
    mr_screening: bool = False,
    sigma_estimator: str = "mean moving range",
    center: float | None = None,
    sd: float | None = None,
    weight: float = 0.2,
    allowance: float = 0.5,
    decision: float = 5.0,
) -> pd.DataFrame:
    """Centre line, limits and signals of a series of values in the order of time.

    Parameters
    ----------
    values : array of float
        One value a point; for p, pp, u, up and i_prime the *numerators*. For xbar and s the values of
        all subgroups with `subgroups` beside them, or one sequence a subgroup. Missing values stay
        missing: the point has no signal and no moving range bridges it.
    kind : str
        ``run`` (median, no limits), ``i`` (individuals, XmR), ``mr`` (moving ranges), ``p``, ``pp``
        (Laney p'), ``u``, ``up`` (Laney u'), ``c``, ``g`` (cases between events), ``t`` (time between
        events), ``i_prime`` (individuals with unlike denominators), ``xbar``, ``s``, ``ewma``, ``cusum``.
    denominators : array of float, optional
        What the numerators are counted in; 0 or missing makes the point missing. With ``i``, ``mr``
        and ``run`` the points are the ratios.
    baseline : int or array of bool, optional
        Points that centre and limits are computed from: the first so many of the chart, or a flag each.
    phases : array, optional
        Where the limits start anew: one label a point, or the numbers `i` of the last points of the
        phases, such as ``[24]``.
    exclude : array, optional
        Points left out of the computation and of the Anhøj rules, still drawn and compared with the
        limits: their numbers `i`, or a flag each.
    rules : sequence of str
        ``limits``, ``anhoej``, ``mdc``, ``nelson``, ``western_electric``, or one rule such as ``nelson2``.
    subgroups : array, optional
        Label of the subgroup of each value, with xbar and s.
    multiply : float
        Factor of value and lines, e.g. 10,000 for a rate in 10,000 days.
    sigmas : float
        Half-width of the limits [standard deviations].
    d2 : str
        ``"1.128"`` as printed in most tables, ``"exact"``, or ``"2.66"`` as Making Data Count prints 3 / d2.
    mr_screening : bool
        Drop moving ranges beyond 3.267 times their mean once, before sigma is computed.
    sigma_estimator : str
        ``"mean moving range"``, ``"median moving range"`` or ``"standard deviation"``.
    center, sd : float, optional
        Known centre and standard deviation of single values instead of estimated ones.
    weight : float
        Weight of the newest value of an EWMA chart [0-1].
    allowance, decision : float
        k and h of a CUSUM chart [standard deviations].

    Returns
    -------
    DataFrame
        One row a point: ``i`` (from 1), ``value`` (as plotted; for cusum the larger of the two sums, in
        standard deviations), ``center``, ``lower`` and ``upper`` (missing where there are none),
        ``outside`` (beyond the limits), ``signal`` (flagged by any of the rules asked for), ``rule``
        (their names, ``"; "`` between), ``phase`` (from 1). ``attrs["convention"]`` names the choices
        behind the numbers, for the caption.

    Raises
    ------
    ArgumentError
        If a name is unknown, lengths differ, a denominator is needed, or a value is out of its range.

    References
    ----------
    .. [1] As `chart_limits.phase_lines`, `chart_rules.flagged` and `cumulative_charts`.
    """
    chart = _word(ChartKind, _ALIASES.get(kind, kind), name="kind")
    names = named_rules(rules)
    convention = Convention(
        sigmas=sigmas,
        constant=_word(MovingRangeConstant, d2, name="d2"),
        screened=mr_screening,
        estimator=_word(SigmaEstimator, sigma_estimator, name="sigma_estimator"),
        center=center,
        sd=sd,
        weight=weight,
        allowance=allowance,
        decision=decision,
    )
    points = points_of(values, kind=chart, denominators=denominators, subgroups=subgroups)
    layout = layout_of(points.value.size, baseline=baseline, phases=phases, exclude=exclude)
    parts = [
        _phase_rows(points, layout, number, kind=chart, convention=convention, rules=names)
        for number in range(1, int(layout.phase.max(initial=0)) + 1)
    ]
    chart_rows = pd.concat(parts, ignore_index=True) if parts else _rows_of_nothing()
    chart_rows[["value", "center", "lower", "upper"]] *= multiply
    chart_rows.attrs["convention"] = _described(chart, convention, layout, names)
    return chart_rows


def _phase_rows(
    points: Points, layout: Layout, number: int, *, kind: ChartKind, convention: Convention, rules: tuple[str, ...]
) -> pd.DataFrame:
    """The rows of one phase."""
    part = layout.phase == number
    phase = Phase(value=points.value[part], n=points.n[part], used=layout.used[part], spread=points.spread[part])
    if kind is ChartKind.MOVING_RANGE:
        # A range rests on two points: the first one of a later phase would bridge the rebase, and the one
        # after an excluded point would bring that point back.
        phase.used[1:] &= layout.used[part][:-1]
        phase.value[0] = np.nan
    value, lines = _lines(phase, kind, convention)
    found = {
        rule: flagged(lines, value=value, included=layout.included[part], rule=rule, sigmas=convention.sigmas)
        for rule in rules
        if rule == LIMITS or kind not in _LIMITS_ONLY
    }
    return pd.DataFrame(
        {
            "i": np.flatnonzero(part) + 1,
            "value": value,
            "center": lines.center,
            "lower": lines.lower,
            "upper": lines.upper,
            "outside": beyond(lines.z, convention.sigmas),
            "signal": np.logical_or.reduce([*found.values(), np.zeros(value.shape, dtype=bool)]),
            "rule": _joined(found, value.size),
            "phase": number,
        }
    )


def _lines(phase: Phase, kind: ChartKind, convention: Convention) -> tuple[Floats, Lines]:
    if kind is ChartKind.EWMA:
        return ewma_lines(phase, convention=convention)
    if kind is ChartKind.CUSUM:
        return cusum_lines(phase, convention=convention)
    return phase.value, phase_lines(phase, kind=kind, convention=convention)


def _joined(found: dict[str, Flags], size: int) -> list[str]:
    """The names of the rules that flag each point."""
    return ["; ".join(rule for rule, flags in found.items() if flags[index]) for index in range(size)]


def _rows_of_nothing() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "i": pd.Series(dtype="int64"),
            **{name: pd.Series(dtype="float64") for name in ("value", "center", "lower", "upper")},
            **{name: pd.Series(dtype="bool") for name in ("outside", "signal")},
            "rule": pd.Series(dtype="str"),
            "phase": pd.Series(dtype="int64"),
        }
    )


def _described(kind: ChartKind, convention: Convention, layout: Layout, rules: tuple[str, ...]) -> dict[str, object]:
    """The choices behind a chart, for its caption."""
    return {
        "kind": str(kind),
        "sigmas": convention.sigmas,
        "d2": str(convention.constant),
        "mr_screening": convention.screened,
        "sigma_estimator": str(convention.estimator),
        "baseline_points": int(layout.used.sum()),
        "rebase_points": (np.flatnonzero(np.diff(layout.phase)) + 2).tolist(),
        "rule_set": list(rules),
    }


def _word(words: type[_Word], given: str, *, name: str) -> _Word:
    if given not in [str(word) for word in words]:
        raise ArgumentError(f"{name} is {given!r}. Use one of {', '.join(words)}.")
    return words(given)

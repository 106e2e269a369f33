"""How much faster one group closes its cases than another."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import risk_of
from auditlab.statistics.exact_tests import Comparison


def hazard_ratio(
    durations_1: npt.ArrayLike,
    observed_1: npt.ArrayLike,
    durations_2: npt.ArrayLike,
    observed_2: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Comparison:
    """Ratio of the rates at which two groups close their open cases, by the log-rank test.

    Parameters
    ----------
    durations_1, durations_2 : array of float
        Time to closure or to the cut-off.
    observed_1, observed_2 : array of bool
        Whether the case was closed.
    confidence : float
        Two-sided confidence of the limits [0-1].

    Returns
    -------
    Comparison
        ``effect`` above 1: the first group closes its cases faster. One-step estimate, near 1 exact and far from it
        drawn towards 1. nan, 0, infinity and p nan where no closure leaves both groups with cases. ``n`` cases.

    Raises
    ------
    ArgumentError
        If a group has not one flag a case.

    References
    ----------
    .. [1] Peto et al. (1977), British Journal of Cancer 35:1-39. [2] Mantel (1966), Cancer Chemotherapy Reports
       50:163-170.
    """
    time_1, time_2 = (np.asarray(values, dtype="float64") for values in (durations_1, durations_2))
    closed_1, closed_2 = (np.asarray(values, dtype=bool) for values in (observed_1, observed_2))
    if time_1.shape != closed_1.shape or time_2.shape != closed_2.shape:
        raise ArgumentError(
            f"{time_1.size} and {time_2.size} durations, but {closed_1.size} and {closed_2.size} flags. "
            "Give one flag a case."
        )
    moments = np.unique(np.concatenate((time_1[closed_1], time_2[closed_2])))
    at_risk_1, at_risk_2 = (time.size - np.searchsorted(np.sort(time), moments) for time in (time_1, time_2))
    events_1, events_2 = (_events(time[closed], moments) for time, closed in ((time_1, closed_1), (time_2, closed_2)))
    at_risk, events = at_risk_1 + at_risk_2, events_1 + events_2
    expected = events * at_risk_1 / at_risk
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = expected * (at_risk_2 / at_risk) * (at_risk - events) / (at_risk - 1)
    variance = float(np.nan_to_num(spread).sum())
    effect, low, high, p = math.nan, 0.0, math.inf, math.nan
    if variance > 0:
        score, z = float((events_1 - expected).sum()), -float(special.ndtri(float(risk_of(confidence)) / 2))
        effect = math.exp(score / variance)
        low, high = (math.exp(score / variance + sign * z / math.sqrt(variance)) for sign in (-1, 1))
        p = float(special.chdtrc(1, score**2 / variance))
    return Comparison(
        effect=effect,
        low=low,
        high=high,
        p=p,
        measure="hazard ratio",
        method="log-rank test, one-step (Peto) hazard ratio",
        n=int(time_1.size + time_2.size),
        confidence=confidence,
    )


def _events(closed: npt.NDArray[np.float64], moments: npt.NDArray[np.float64]) -> npt.NDArray[np.int_]:
    return np.searchsorted(np.sort(closed), moments, side="right") - np.searchsorted(np.sort(closed), moments)

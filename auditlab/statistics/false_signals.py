"""How many charts of a dashboard show a signal although nothing has changed."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import whole

# Chance of at least one signal in a series of so many independent normal points whose limits come from the same
# points, from 20,000 simulated series each (benchmarks/false_alarms.py).
_LENGTHS = (12, 18, 24, 30, 36, 48, 60)
_RATES = {
    ("limits",): (0.028, 0.046, 0.060, 0.075, 0.091, 0.117, 0.145),
    ("limits", "anhoej"): (0.041, 0.064, 0.089, 0.106, 0.133, 0.150, 0.182),
    ("mdc",): (0.050, 0.100, 0.156, 0.206, 0.260, 0.354, 0.431),
    ("western_electric",): (0.053, 0.100, 0.151, 0.199, 0.249, 0.327, 0.410),
    ("nelson",): (0.065, 0.128, 0.194, 0.254, 0.313, 0.407, 0.501),
}


def false_signals(lengths: Iterable[int], *, rules: Iterable[str] = ("limits", "anhoej")) -> float:
    """Number of charts with a signal to expect where nothing has changed.

    Parameters
    ----------
    lengths : iterable of int
        Points of each chart [count].
    rules : iterable of str
        ``limits``, ``limits`` with ``anhoej``, ``mdc``, ``western_electric`` or ``nelson``.

    Returns
    -------
    float
        Expected number of charts [count]. A lower bound where points are skewed or resemble their
        neighbours: an autocorrelation of 0.3 makes false signals two to three times as frequent.

    Raises
    ------
    ArgumentError
        If the false alarms of these rules were not measured together, or a length is no count.

    References
    ----------
    .. [1] Own simulation, ``benchmarks/false_alarms.py``.
    """
    asked = frozenset(rules)
    known = {frozenset(names): rates for names, rates in _RATES.items()}
    if asked not in known:
        sets = "; ".join(" + ".join(names) for names in _RATES)
        raise ArgumentError(f"No false alarms are measured for {' + '.join(sorted(asked))}. Use one of: {sets}.")
    # Chances of silence multiply with length, so their logarithms are interpolated; beyond the last length
    # the last slope goes on.
    silence = [0.0, *(math.log1p(-rate) for rate in known[asked])]
    knots = [0, *_LENGTHS]
    slope = (silence[-1] - silence[-2]) / (knots[-1] - knots[-2])
    total = 0.0
    for length in lengths:
        points = whole(length, name="length")
        log = float(np.interp(points, knots, silence)) + slope * max(0, points - knots[-1])
        total += -math.expm1(log)
    return total

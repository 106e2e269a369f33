"""How long a chart with known parameters runs until its first signal, on average."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import positive
from auditlab.statistics.arrays import Floats

_NODES = 60  # Gauss-Legendre nodes; the results are stable to nine digits


def shewhart_run_length(*, shift: float = 0.0, sigmas: float = 3.0) -> float:
    """Average number of points until one lies beyond the limits.

    Parameters
    ----------
    shift : float
        Shift of the mean [standard deviations].
    sigmas : float
        Half-width of the limits [standard deviations].

    Returns
    -------
    float
        For independent normal points.

    Raises
    ------
    ArgumentError
        If the limits have no width.

    References
    ----------
    .. [1] Montgomery, Introduction to Statistical Quality Control, chapter 6.
    """
    width = positive(sigmas, name="sigmas")
    return float(1 / (special.ndtr(-width - shift) + special.ndtr(shift - width)))


def ewma_run_length(*, shift: float = 0.0, weight: float = 0.2, sigmas: float = 2.86) -> float:
    """Average run length of an EWMA chart with asymptotic limits that starts on its centre line.

    Parameters
    ----------
    shift : float
        Shift of the mean from the first point on [standard deviations].
    weight : float
        Weight of the newest value [0-1].
    sigmas : float
        Half-width of the limits [standard deviations of the average].

    Returns
    -------
    float
        For independent normal points.

    Raises
    ------
    ArgumentError
        If the weight is not above 0 and at most 1, or the limits have no width.

    References
    ----------
    .. [1] Crowder (1987), Technometrics 29:401-407, for the integral equation.
    """
    if not 0 < weight <= 1:
        raise ArgumentError(f"weight is {weight!r}. Give a number above 0 and at most 1, e.g. 0.2.")
    limit = positive(sigmas, name="sigmas") * math.sqrt(weight / (2 - weight))
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    nodes, weights = nodes * limit, weights * limit

    def density(start: Floats) -> Floats:
        arguments = (nodes[None, :] - (1 - weight) * start[:, None]) / weight - shift
        values: Floats = weights * np.exp(-(arguments**2) / 2) / (math.sqrt(2 * math.pi) * weight)
        return values

    return _solved(density, nodes, start=0.0)


def cusum_run_length(*, shift: float = 0.0, allowance: float = 0.5, decision: float = 5.0) -> float:
    """Average run length of a two-sided CUSUM chart that starts at zero.

    Parameters
    ----------
    shift : float
        Shift of the mean from the first point on [standard deviations].
    allowance, decision : float
        k and h of the chart [standard deviations].

    Returns
    -------
    float
        For independent normal points.

    Raises
    ------
    ArgumentError
        If allowance or decision is not above 0.

    References
    ----------
    .. [1] Page (1954), Biometrika 41:100-115; the two sides combine as 1/L = 1/L+ + 1/L-.
    """
    k, h = positive(allowance, name="allowance"), positive(decision, name="decision")
    sides = [_one_sided(drift, k, h) for drift in (shift, -shift)]
    return 1 / sum(1 / side for side in sides)


def _one_sided(shift: float, k: float, h: float) -> float:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    # The first node is the atom at zero, where a falling sum stays.
    places, widths = np.concatenate(([0.0], (nodes + 1) * h / 2)), weights * h / 2

    def density(start: Floats) -> Floats:
        arguments = places[None, 1:] - start[:, None] + k - shift
        moving = widths * np.exp(-(arguments**2) / 2) / math.sqrt(2 * math.pi)
        resting = special.ndtr(k - start - shift)
        values: Floats = np.concatenate((resting[:, None], moving), axis=1)
        return values

    return _solved(density, places, start=0.0)


def _solved(density: Callable[[Floats], Floats], nodes: Floats, *, start: float) -> float:
    """Nystroem solution of L(u) = 1 + integral of the density from u times L."""
    lengths = np.linalg.solve(np.eye(nodes.size) - density(nodes), np.ones(nodes.size))
    return float(1 + (density(np.array([start])) @ lengths)[0])

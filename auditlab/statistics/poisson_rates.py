"""Exact limits of rates: events per unit of exposure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.statistics.arguments import positive, risk_of, whole
from auditlab.statistics.arrays import Floats
from auditlab.statistics.limits import Limit

POISSON = "exact Poisson"

_HAIR = 1e-9  # sums of shares miss a whole number by less


def poisson_rate(count: int, *, exposure: float, confidence: float = 0.95) -> Limit:
    """Two-sided exact limits of a rate of events per unit of exposure.

    Parameters
    ----------
    count : int
        Events, such as nonconformities [count].
    exposure : float
        What they were found in, such as auditor-days; its unit is the unit of the rate.
    confidence : float
        Two-sided confidence [0-1].

    Returns
    -------
    Limit
        ``estimate, low, high`` per unit of exposure; ``k`` the count and ``n`` the exposure.

    Raises
    ------
    ArgumentError
        If the count is negative or no whole number, or the exposure is not above 0.

    References
    ----------
    .. [1] Garwood (1936), Biometrika 28:437-442.
    """
    events, over = whole(count, name="count"), positive(exposure, name="exposure")
    low, high = count_limits(events, float(risk_of(confidence) / 2))
    return Limit(
        low=low / over,
        high=high / over,
        estimate=events / over,
        k=events,
        n=over,
        confidence=confidence,
        method=POISSON,
    )


def poisson_limits(counts: npt.ArrayLike, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Two-sided exact limits of many Poisson counts at once.

    Parameters
    ----------
    counts : array of float
        Events of each [count], not below 0. Of a count that is no whole number, because several clauses share a
        nonconformity, the lower limit is that of the whole number below and the upper that of the one above.
    confidence : float
        Two-sided confidence [0-1].

    Returns
    -------
    tuple of array
        Lower and upper limits of the expected counts; missing where the count is.

    References
    ----------
    .. [1] Garwood (1936), Biometrika 28:437-442.
    """
    count, tail = np.asarray(counts, dtype="float64"), (1 - confidence) / 2
    floor, roof = np.floor(count + _HAIR), np.ceil(count - _HAIR)
    low = np.where(floor > 0, special.gammaincinv(np.maximum(floor, 1), tail), floor * 0)
    return low, special.gammainccinv(roof + 1, tail)


def count_limits(count: float, tail: float) -> tuple[float, float]:
    """Exact limits of the expected count, with the chance `tail` outside on each side."""
    low = float(special.gammaincinv(count, tail)) if count else 0.0
    return low, float(special.gammainccinv(count + 1, tail))

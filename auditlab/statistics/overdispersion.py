"""How much more groups vary than chance makes them vary."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from auditlab.statistics.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdispersion:
    """How much more the groups vary than chance makes them vary."""

    phi: float  # mean squared z; 1 is chance alone
    between: float  # tau squared: variance between groups on the transformed scale
    groups: int  # groups that the estimate rests on [count]


def trimmed_scores(z: Floats, *, trim: float, drop: bool = False) -> Floats:
    """Standardised values with the ends tamed, so that true outliers do not widen the limits.

    Parameters
    ----------
    z : array of float
        Standardised values; missing ones stay missing.
    trim : float
        Share at each end [0-0.5).
    drop : bool
        Leave the ends out (missing) instead of setting them to the quantiles there.

    Returns
    -------
    array of float
        In the order given.

    References
    ----------
    .. [1] As `funnels.funnel_limits`.
    """
    known = np.isfinite(z)
    if not known.any():
        return np.full(z.shape, np.nan)
    if not drop:
        low, high = np.quantile(z[known], [trim, 1 - trim])
        return np.where(known, np.clip(z, low, high), np.nan)
    order = np.flatnonzero(known)[np.argsort(z[known], kind="stable")]
    gone = math.floor(trim * order.size)
    kept = order[gone : order.size - gone]
    result = np.full(z.shape, np.nan)
    result[kept] = z[kept]
    return result


def overdispersion(z: Floats, *, spread: Floats) -> Overdispersion:
    """Variance between groups beyond chance, by the method of moments.

    Parameters
    ----------
    z : array of float
        Standardised values, trimmed; missing ones do not count.
    spread : array of float
        Standard errors of the groups on the same scale.

    Returns
    -------
    Overdispersion
        ``between`` is 0 where the groups vary no more than chance makes them vary.

    References
    ----------
    .. [1] DerSimonian and Laird (1986), Controlled Clinical Trials 7:177-188. [2] Spiegelhalter (2005).
    """
    used = np.isfinite(z)
    groups = int(used.sum())
    if groups < 2:
        return Overdispersion(phi=math.nan, between=0.0, groups=groups)
    phi = float((z[used] ** 2).mean())
    weight = 1 / spread[used] ** 2
    excess = groups * phi - (groups - 1)
    between = excess / float(weight.sum() - (weight**2).sum() / weight.sum())
    return Overdispersion(phi=phi, between=max(0.0, between), groups=groups)

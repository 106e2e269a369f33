"""Pettitt's test with its chances from permutations: the usual formula is on the safe side in short series."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from auditlab.statistics.arguments import whole
from auditlab.statistics.arrays import Floats, floats
from auditlab.statistics.change_points import Pettitt, pettitt, pettitt_statistics

SHORT = 40
"""Points below which the formula gives away power and orders are drawn instead [count]."""


def pettitt_permuted(values: npt.ArrayLike, *, draws: int = 9_999, seed: int = 0) -> Pettitt:
    """Pettitt's rank test of one change of level, with p from orders drawn at random where the series is short.

    Parameters
    ----------
    values : array of float
        One value a period in the order of time; missing ones are left out.
    draws : int
        Orders drawn [count].
    seed : int
        Seed of the orders.

    Returns
    -------
    Pettitt
        As `pettitt`. Below 40 points ``p`` is the share of the orders of the same values, the one observed among them,
        with a statistic at least as large; where the formula, which is on the safe side there, gives less than so few
        orders can show, it is the formula's. From 40 points on it is the formula's.

    Raises
    ------
    ArgumentError
        If a value is infinite or no order is drawn.

    References
    ----------
    .. [1] Pettitt (1979), Applied Statistics 28:126-135. [2] Phipson and Smyth (2010), Statistical Applications in
       Genetics and Molecular Biology 9:39, for counting the order observed.
    """
    found = pettitt(values)
    repeats = whole(draws, name="draws", at_least=1)
    if not 2 <= found.n < SHORT or not found.statistic:
        return found
    from scipy.stats import rankdata  # noqa: PLC0415  # keeps the import of auditlab light

    series = floats(values, name="values")
    ranks = tuple(float(rank) for rank in np.sort(rankdata(series[np.isfinite(series)])))
    drawn = _drawn(ranks, repeats, seed)
    as_large = drawn.size - int(np.searchsorted(drawn, found.statistic * (1 - 1e-12)))
    share = (1 + as_large) / (1 + drawn.size)
    p = min(share, found.p)
    return Pettitt(last_before=found.last_before, statistic=found.statistic, p=p, n=found.n)


@lru_cache(maxsize=512)
def _drawn(ranks: tuple[float, ...], draws: int, seed: int) -> Floats:
    """Ordered statistics of random orders; series with the same ranks, such as all without ties, share them."""
    mixed = np.random.default_rng(seed).permuted(np.tile(np.asarray(ranks), (draws, 1)), axis=1)
    _, largest = pettitt_statistics(mixed)
    return np.sort(largest)

"""How many records it takes to see that a share has changed."""

from __future__ import annotations

from math import ceil, sqrt

from auditlab.errors import ArgumentError

CONFIDENCE, POWER = 0.95, 0.80


def records_to_see(before: float, after: float, *, confidence: float = CONFIDENCE, power: float = POWER) -> int:
    """Records per period, of two equal periods, to see that a share went from `before` to `after`.

    Parameters
    ----------
    before, after : float
        Share with the deviation in the two periods [0-1].
    confidence : float
        One less the accepted rate of false alarms of the two-sided comparison [0-1].
    power : float
        Chance to see the change if it is there [0-1].

    Returns
    -------
    int
        Records in each period, without correction for continuity [records].

    Raises
    ------
    ArgumentError
        If a share lies outside 0 to 1, the two are equal, or confidence or power are no chances.

    References
    ----------
    .. [1] Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 4.14.
    """
    from scipy.stats import norm  # noqa: PLC0415  # scipy is loaded where it is needed

    for name, share in {"before": before, "after": after}.items():
        if not 0 <= share <= 1:
            raise ArgumentError(f"The share {name} is {share!r}. Give a share from 0 to 1.")
    for name, chance in {"confidence": confidence, "power": power}.items():
        if not 0 < chance < 1:
            raise ArgumentError(f"{name} is {chance!r}. Give a number between 0 and 1.")
    if before == after:
        raise ArgumentError(f"Both shares are {before!r}: no number of records shows a change that is none. Give two.")
    alarm, seen = float(norm.ppf((1 + confidence) / 2)), float(norm.ppf(power))
    middle = (before + after) / 2
    spread = alarm * sqrt(2 * middle * (1 - middle)) + seen * sqrt(before * (1 - before) + after * (1 - after))
    return ceil(spread**2 / (before - after) ** 2)

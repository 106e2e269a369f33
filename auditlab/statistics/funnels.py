"""Funnel limits: how far groups of unlike size may lie from a common value by chance.

Exact limits say what chance alone does. Groups usually differ for ordinary reasons as well, so the
adjusted limits are widened by the variance between groups (over-dispersion) that the groups show.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.chart_limits import Floats
from auditlab.statistics.chart_points import floats

LEVELS = (0.95, 0.998)
_SAME = 1e-9


class FunnelKind(StrEnum):
    """What is compared."""

    PROPORTION = "proportion"
    RATE = "rate"  # events in an exposure of any unit
    RATIO_OF_COUNTS = "ratio_of_counts"  # both are counts, as events per visit
    STANDARDISED = "standardised"  # observed to expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdispersion:
    """How much more the groups vary than chance makes them vary."""

    phi: float  # mean squared z; 1 is chance alone
    between: float  # tau squared: variance between groups on the transformed scale
    groups: int  # groups that the estimate rests on [count]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """A scale on which the spread of a group hardly depends on its value."""

    value: Floats
    spread: Floats  # standard error of each group's value
    limit_spread: Floats  # standard error at the target, for the limits
    target: float
    back: Callable[[Floats], Floats]

    def limits(self, share: float, *, between: float) -> Floats:
        """Normal limit at a quantile, widened by the variance between groups."""
        half = float(special.ndtri(share)) * np.sqrt(self.limit_spread**2 + between)
        return self.back(self.target + half)


def funnel_limits(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    kind: str = "proportion",
    target: float | None = None,
    trim: float = 0.1,
    trimming: str = "winsorise",
    unadjusted: str = "exact",
) -> pd.DataFrame:
    """Limits of each group around a common value, by chance alone and with over-dispersion.

    Parameters
    ----------
    numerators : array of float
        Events of each group [count].
    denominators : array of float
        Cases, exposure or expected events of each group.
    kind : str
        ``"proportion"``, ``"rate"``, ``"ratio_of_counts"`` or ``"standardised"``.
    target : float, optional
        The common value; by default that of all groups together (1 for ``"standardised"``).
    trim : float
        Share of the groups at each end that does not count in full for the over-dispersion [0-0.5).
    trimming : str
        ``"winsorise"`` sets them to the nearest group kept, ``"drop"`` leaves them out.
    unadjusted : str
        ``"exact"``: binomial or Poisson quantiles, interpolated between counts; ``"transformed"``:
        normal limits on the scale of the adjusted ones; ``"garwood"`` (standardised only): the exact
        interval of an observed count that equals the expected one.

    Returns
    -------
    DataFrame
        One row a group: ``numerator, denominator, value, target, z, z_trimmed, low_95, high_95,
        low_998, high_998`` (chance alone), ``adjusted_low_95`` ... ``adjusted_high_998`` (with
        over-dispersion) and ``outside`` (beyond the adjusted 99.8 % limits: different from the rest).
        A group without a denominator has no value. ``attrs["overdispersion"]`` holds phi, between
        (tau squared) and groups.

    Raises
    ------
    ArgumentError
        If a name is unknown, lengths differ, a number is negative, a count exceeds its cases, the
        target is out of its range, or no group has a denominator.

    References
    ----------
    .. [1] Spiegelhalter (2005), Statistics in Medicine 24:1185-1202, for exact limits, transformations
       and the additive adjustment. [2] The R package FunnelPlotR for ``ratio_of_counts``, ``drop`` and
       ``garwood``, whose limits these choices reproduce.
    """
    chosen = _kind(kind, trimming=trimming, unadjusted=unadjusted, trim=trim)
    count, size = _checked(numerators, denominators, chosen)
    common = _target(count, size, target=target, kind=chosen)
    scale = _scale(count, size, target=common, kind=chosen)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (scale.value - scale.target) / scale.spread
    trimmed = trimmed_scores(z, trim=trim, drop=trimming == "drop")
    found = overdispersion(trimmed, spread=scale.spread)
    table = pd.DataFrame({"numerator": count, "denominator": size, "value": count / size, "target": common})
    table["z"], table["z_trimmed"] = z, trimmed
    for level in LEVELS:
        for side, share in (("low", (1 - level) / 2), ("high", (1 + level) / 2)):
            name = f"{side}_{level * 100:g}".replace(".", "")
            table[name] = _chance_limits(size, common, share, kind=chosen, method=unadjusted, scale=scale)
            table[f"adjusted_{name}"] = scale.limits(share, between=found.between)
    # A value on its limit up to rounding is within it.
    low, high = table["adjusted_low_998"] * (1 - _SAME), table["adjusted_high_998"] * (1 + _SAME)
    table["outside"] = (table["value"] < low) | (table["value"] > high)
    table.attrs["overdispersion"] = {"phi": found.phi, "between": found.between, "groups": found.groups}
    return table


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
    .. [1] As `funnel_limits`.
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


def _kind(kind: str, *, trimming: str, unadjusted: str, trim: float) -> FunnelKind:
    for name, given, known in (
        ("kind", kind, [str(word) for word in FunnelKind]),
        ("trimming", trimming, ["winsorise", "drop"]),
        ("unadjusted", unadjusted, ["exact", "transformed", "garwood"]),
    ):
        if given not in known:
            raise ArgumentError(f"{name} is {given!r}. Use one of {', '.join(known)}.")
    if unadjusted == "garwood" and kind != FunnelKind.STANDARDISED:
        raise ArgumentError("Limits 'garwood' are for expected counts. Use kind 'standardised', or 'exact' limits.")
    if not 0 <= trim < 0.5:
        raise ArgumentError(f"trim is {trim!r}. Give the share at each end, 0 or more and below 0.5.")
    return FunnelKind(kind)


def _checked(numerators: npt.ArrayLike, denominators: npt.ArrayLike, kind: FunnelKind) -> tuple[Floats, Floats]:
    count, size = floats(numerators, name="numerators"), floats(denominators, name="denominators")
    if count.size != size.size:
        raise ArgumentError(f"{count.size} numerators, but {size.size} denominators. Give one for each group.")
    if (count < 0).any() or (size < 0).any():
        raise ArgumentError("A numerator or denominator is negative. Give counts and exposures of 0 or more.")
    if kind is FunnelKind.PROPORTION and (count > size).any():
        first = int(np.flatnonzero(count > size)[0])
        raise ArgumentError(f"Group {first + 1} counts {count[first]:g} of {size[first]:g} cases. Mend one of the two.")
    here = np.isfinite(count) & (size > 0)
    if not here.any():
        raise ArgumentError("No group has a denominator above 0, so there is no common value. Give observed groups.")
    return np.where(here, count, np.nan), np.where(here, size, np.nan)


def _target(count: Floats, size: Floats, *, target: float | None, kind: FunnelKind) -> float:
    if target is None:
        return 1.0 if kind is FunnelKind.STANDARDISED else float(np.nansum(count) / np.nansum(size))
    if not 0 <= target <= (1 if kind is FunnelKind.PROPORTION else math.inf):
        raise ArgumentError(f"target is {target!r}. Give a value that a {kind} can have.")
    return float(target)


def _scale(count: Floats, size: Floats, *, target: float, kind: FunnelKind) -> _Scale:
    with np.errstate(divide="ignore", invalid="ignore"):
        half_root = 1 / (2 * np.sqrt(size))
        if kind is FunnelKind.PROPORTION:
            value = np.arcsin(np.sqrt(count / size))
            middle = math.asin(math.sqrt(target))
            return _Scale(value=value, spread=half_root, limit_spread=half_root, target=middle, back=_squared_sine)
        if kind is FunnelKind.RATIO_OF_COUNTS:
            value = np.log(count + 0.5) - np.log(size + 0.5)
            spread = np.sqrt(count / (count + 0.5) ** 2 + size / (size + 0.5) ** 2)
            return _Scale(value=value, spread=spread, limit_spread=half_root, target=_log(target), back=np.exp)
        expected = target * size
        if kind is FunnelKind.RATE:
            # The same in any unit of the exposure, because only the expected count enters.
            value = np.log((count + 0.5) / (expected + 0.5)) + _log(target)
        else:
            value = np.where(count > 0, np.log(count / size), np.nan)  # the reference leaves groups without events out
        spread = 1 / np.sqrt(expected)
    return _Scale(value=value, spread=spread, limit_spread=spread, target=_log(target), back=np.exp)


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def _squared_sine(angle: Floats) -> Floats:
    result: Floats = np.sin(np.clip(angle, 0, math.pi / 2)) ** 2
    return result


def _chance_limits(
    size: Floats, target: float, share: float, *, kind: FunnelKind, method: str, scale: _Scale
) -> Floats:
    if method == "transformed":
        return scale.limits(share, between=0.0)
    if method == "garwood":
        side = 0 if share < 0.5 else 1
        limits: Floats = special.gammaincinv(target * size + side, share) / size
        return limits
    return _interpolated(size, target, share, binomial=kind is FunnelKind.PROPORTION)


def _interpolated(size: Floats, target: float, share: float, *, binomial: bool) -> Floats:
    """Quantile of the count between whole numbers, so that the limits form a smooth curve."""
    count, up_to, below = _binomial_count(size, target, share) if binomial else _poisson_count(target * size, share)
    chance = up_to - below
    with np.errstate(divide="ignore", invalid="ignore"):
        over = np.where(chance > 0, (up_to - share) / chance, 0.0)
    limits: Floats = np.maximum(count - over, 0) / size
    return limits


def _binomial_count(size: Floats, target: float, share: float) -> tuple[Floats, Floats, Floats]:
    """The least count whose chance of not being exceeded reaches `share`, that chance, and that of the count below."""
    from scipy.stats import binom  # noqa: PLC0415  # keeps the import of auditlab light

    law = binom(size, target)
    count = law.ppf(share)
    return count, law.cdf(count), law.cdf(count - 1)


def _poisson_count(mean: Floats, share: float) -> tuple[Floats, Floats, Floats]:
    """As `_binomial_count`; by ``scipy.special``, because ``scipy.stats`` takes longer to load than this to compute."""
    count = np.ceil(special.pdtrik(share, mean))
    # Rounding may leave the root a hair above a whole number that reaches the share already.
    count = np.where((count >= 1) & (special.pdtr(np.maximum(count - 1, 0), mean) >= share), count - 1, count)
    count = np.maximum(np.nan_to_num(count, nan=0.0), 0.0)
    below = np.where(count >= 1, special.pdtr(np.maximum(count - 1, 0), mean), 0.0)
    return count, special.pdtr(count, mean), below

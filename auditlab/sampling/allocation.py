"""How many records each stratum gives: whole numbers that add up to the sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import not_negative, positive, whole

METHODS = ("proportional", "neyman", "optimal")


def allocate(
    sizes: Sequence[int],
    *,
    n: int,
    method: str = "proportional",
    spread: Sequence[float] | None = None,
    costs: Sequence[float] | None = None,
    capped: bool = False,
) -> list[int]:
    """Divide a sample among strata.

    Parameters
    ----------
    sizes : sequence of int
        Records per stratum [count].
    n : int
        Records of the sample [count].
    method : str
        ``"proportional"``: by size. ``"neyman"``: by size times `spread`. ``"optimal"``: by size times
        `spread` over the square root of `costs`.
    spread : sequence of float, optional
        Standard deviation per stratum; for a share p it is the root of p (1 - p).
    costs : sequence of float, optional
        Cost of one record per stratum, in any unit.
    capped : bool
        Whether a stratum that is asked for more than it has is taken whole and the others share the rest. By
        spread or cost the formula alone may ask for more; a sample without replacement needs the cap.

    Returns
    -------
    list of int
        Records per stratum, in the order given; they add up to `n`. Remainders go to the largest fractions, at
        a tie to the stratum that comes first.

    Raises
    ------
    ArgumentError
        If the method is unknown, a number is out of its range, or the lists differ in length.

    References
    ----------
    .. [1] Neyman (1934), JRSS 97:558-625. [2] Cochran (1977), Sampling Techniques, 5.5.
    """
    if method not in METHODS:
        raise ArgumentError(f"There is no allocation '{method}'. Use one of {', '.join(METHODS)}.")
    weights = [Fraction(whole(size, name="sizes")) for size in sizes]
    if method != "proportional":
        spreads = _matching(spread, weights, name="spread", method=method)
        weights = [
            weight * Fraction(not_negative(value, name="spread"))
            for weight, value in zip(weights, spreads, strict=True)
        ]
    if method == "optimal":
        prices = _matching(costs, weights, name="costs", method=method)
        weights = [
            weight / Fraction(math.sqrt(positive(price, name="costs")))
            for weight, price in zip(weights, prices, strict=True)
        ]
    total = sum(weights)
    if not total:
        raise ArgumentError("Every stratum weighs 0. Give strata with records, and a spread above 0 for one of them.")
    wanted = whole(n, name="n")
    if not capped or wanted > sum(sizes):
        return _largest_remainder([weight * wanted / total for weight in weights], n=wanted)
    return _capped(weights, list(sizes), n=wanted)


def _capped(weights: list[Fraction], sizes: list[int], *, n: int) -> list[int]:
    """By weight, but no stratum gives more records than it has; the others share what is left over."""
    parts = [0] * len(weights)
    open_strata = list(range(len(weights)))
    left = n
    while open_strata and left:
        shares = [weights[place] for place in open_strata]
        if not any(shares):  # only strata without spread are left: they share by size
            shares = [Fraction(sizes[place]) for place in open_strata]
        given = _largest_remainder([share * left / sum(shares) for share in shares], n=left)
        over = [place for place, part in zip(open_strata, given, strict=True) if part > sizes[place]]
        for place, part in zip(open_strata, given, strict=True):
            parts[place] = min(part, sizes[place]) if place in over or not over else 0
        if not over:
            break
        left -= sum(sizes[place] for place in over)
        open_strata = [place for place in open_strata if place not in over]
    return parts


def _matching(values: Sequence[float] | None, sizes: Sequence[object], *, name: str, method: str) -> Sequence[float]:
    if values is None or len(values) != len(sizes):
        given = "none" if values is None else str(len(values))
        raise ArgumentError(
            f"'{method}' needs {name} for each of the {len(sizes)} strata; given: {given}. Give one each."
        )
    return values


def _largest_remainder(quotas: Sequence[Fraction], *, n: int) -> list[int]:
    parts = [math.floor(quota) for quota in quotas]
    by_fraction = sorted(range(len(quotas)), key=lambda place: (parts[place] - quotas[place], place))
    for place in by_fraction[: n - sum(parts)]:
        parts[place] += 1
    return parts

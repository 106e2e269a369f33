"""Further bounds of the wrong share of the money, and estimates of the wrong amount, for comparison with Stringer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.sampling.monetary import checked_taints
from auditlab.statistics import Limit
from auditlab.statistics.arguments import risk_of, whole

_ROHRBACH_DELTA = 2.7  # the constant of Rohrbach (1993)

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An estimated wrong amount with its limits [money]."""

    estimate: float
    low: float
    high: float
    n: int
    confidence: float
    method: str


def misstatement_bound(
    taints: Sequence[float], *, n: int, method: str, confidence: float = 0.95, population: int | None = None
) -> Limit:
    """Upper bound of the wrong share of the money by other methods than Stringer's.

    Parameters
    ----------
    taints : sequence of float
        Of the points examined; zeros may be left out.
    n : int
        Points examined [count].
    method : str
        ``"moment"``, ``"rohrbach"`` (needs `population`), ``"coxsnell"``, ``"mpu"`` (mean per unit,
        normal) or ``"pps"`` (mean per unit, t with the non-zero taints less one degrees of freedom).
    confidence : float
        One-sided [0-1].
    population : int, optional
        Records in the population [count].

    Returns
    -------
    Limit
        ``high`` the bound, ``estimate`` the mean taint (of coxsnell: the mode of the posterior).
        nan where the method needs more errors than there are. These bounds are approximate; unlike
        exact limits they may hold less often than they say.

    Raises
    ------
    ArgumentError
        As `monetary.stringer_bound`, if the method is unknown or lacks the population.

    References
    ----------
    .. [1] Dworin and Grimlund (1984), moment bound. [2] Rohrbach (1993). [3] Cox and Snell (1979).
    """
    size = whole(n, name="n", at_least=2)
    wrong = checked_taints(taints, n=size)
    if method not in _BOUNDS:
        raise ArgumentError(f"There is no method '{method}' for this bound. Use one of {', '.join(_BOUNDS)}.")
    if method == "rohrbach" and population is None:
        raise ArgumentError("The method 'rohrbach' needs a population. Give the number of records.")
    level = 1 - float(risk_of(confidence))
    estimate, high = _BOUNDS[method](np.array([*wrong, *[0.0] * (size - len(wrong))]), level, population or 0)
    return Limit(
        low=0.0, high=high, estimate=estimate, k=sum(wrong), n=size, confidence=confidence, method=method,
        population=population,
    )  # fmt: skip


def _moment(taints: Values, level: float, _population: int) -> tuple[float, float]:
    n, wrong = len(taints), taints[taints != 0]
    mean = float(wrong.mean()) if len(wrong) else 0.0
    imagined = 0.81 * (1 - 0.667 * math.tanh(10 * mean)) * (1 + 0.667 * math.tanh(len(wrong) / 10))
    z = [(imagined**power + float((wrong**power).sum())) / (len(wrong) + 1) for power in (1, 2, 3)]
    e1 = (len(wrong) + 1) / (n + 2)
    e2 = (len(wrong) + 2) / (n + 3) * e1
    e3 = (len(wrong) + 3) / (n + 4) * e2
    t1 = e1 * z[0]
    t2 = (e1 * z[1] + (n - 1) * e2 * z[0] ** 2) / n
    t3 = (e1 * z[2] + 3 * (n - 1) * e2 * z[0] * z[1] + (n - 1) * (n - 2) * e3 * z[0] ** 3) / n**2
    second, third = t2 - t1**2, t3 - 3 * t1 * t2 + 2 * t1**3
    shape, scale, shift = 4 * second**3 / third**2, third / (2 * second), t1 - 2 * second**2 / third
    root = 1 + float(special.ndtri(level)) / math.sqrt(9 * shape) - 1 / (9 * shape)
    return float(taints.mean()), shift + shape * scale * root**3


def _rohrbach(taints: Values, level: float, population: int) -> tuple[float, float]:
    n, right = len(taints), 1 - taints
    square = float((right**2).sum()) / n
    variance = square - (2 - _ROHRBACH_DELTA / n) * (square - float(right.var(ddof=1))) / 2
    margin = float(special.ndtri(level)) * math.sqrt((1 - n / population) * variance / n)
    return float(taints.mean()), float(taints.mean()) + margin


def _coxsnell(taints: Values, level: float, _population: int) -> tuple[float, float]:
    """Prior: half of the records wrong on average, taints of a half on average, with shapes 1 and 3."""
    n, over = len(taints), taints[taints > 0]
    count = len(over)
    factor = (count + 1) / (count + 3) * (0.5 * 2 + float(over.sum())) / (n + 1 / 0.5)
    first, second = 2 * (count + 1), 2 * (count + 3)
    mode = factor * (first - 2) / first * second / (second + 2)
    return mode, factor * float(special.fdtri(first, second, level))


def _mean_per_unit(taints: Values, level: float, _population: int) -> tuple[float, float]:
    mean, spread = float(taints.mean()), float(taints.std(ddof=1))
    return mean, mean + float(special.ndtri(level)) * spread / math.sqrt(len(taints))


def _pps(taints: Values, level: float, _population: int) -> tuple[float, float]:
    mean, spread, wrong = float(taints.mean()), float(taints.std(ddof=1)), int((taints != 0).sum())
    if wrong < 2:  # no degree of freedom is left
        return mean, math.nan
    return mean, mean + float(special.stdtrit(wrong - 1, level)) * spread / math.sqrt(len(taints))


_BOUNDS: dict[str, Callable[[Values, float, int], tuple[float, float]]] = {
    "moment": _moment,
    "rohrbach": _rohrbach,
    "coxsnell": _coxsnell,
    "mpu": _mean_per_unit,
    "pps": _pps,
}


def misstatement_amount(
    booked: Sequence[float],
    audited: Sequence[float],
    *,
    population: int,
    book_value: float,
    method: str,
    confidence: float = 0.95,
    two_sided: bool = True,
) -> Amount:
    """The wrong amount of a population of records, from a simple random sample of them.

    Parameters
    ----------
    booked, audited : sequence of float
        Amounts of the records examined [money].
    population : int
        Records in the population [count].
    book_value : float
        Sum of all booked amounts [money].
    method : str
        ``"direct"``, ``"difference"``, ``"quotient"`` or ``"regression"``.
    confidence : float
        Two-sided, or one-sided without `two_sided` [0-1].
    two_sided : bool
        Otherwise the lower limit is minus infinity.

    Returns
    -------
    Amount
        Limits by the t distribution, without a correction for the finite population.

    Raises
    ------
    ArgumentError
        If the lists differ in length, hold fewer than three records, or the method is unknown.

    References
    ----------
    .. [1] Cochran (1977), Sampling Techniques, chapters 2, 6 and 7.
    """
    book, audit = np.asarray(booked, dtype=np.float64), np.asarray(audited, dtype=np.float64)
    n = len(book)
    if len(audit) != n or n < 3:  # a regression needs three
        raise ArgumentError(
            f"There are {n} booked and {len(audit)} audited amounts. Give both for three records or more."
        )
    if method not in _ESTIMATES:
        raise ArgumentError(f"There is no method '{method}' for amounts. Use one of {', '.join(_ESTIMATES)}.")
    risk = float(risk_of(confidence)) / (2 if two_sided else 1)
    estimate, spread = _ESTIMATES[method](book, audit, population, book_value)
    margin = population * float(special.stdtrit(n - 1, 1 - risk)) * spread / math.sqrt(n)
    return Amount(
        estimate=estimate, low=estimate - margin if two_sided else -math.inf, high=estimate + margin, n=n,
        confidence=confidence, method=method,
    )  # fmt: skip


def _direct(_book: Values, audit: Values, population: int, total: float) -> tuple[float, float]:
    return total - population * float(audit.mean()), float(audit.std(ddof=1))


def _difference(book: Values, audit: Values, population: int, _total: float) -> tuple[float, float]:
    return population * float((book - audit).mean()), float((book - audit).std(ddof=1))


def _quotient(book: Values, audit: Values, population: int, _total: float) -> tuple[float, float]:
    ratio = float(audit.mean() / book.mean())
    return population * (1 - ratio) * float(book.mean()), float((audit - ratio * book).std(ddof=1))


def _regression(book: Values, audit: Values, population: int, total: float) -> tuple[float, float]:
    slope = float(np.cov(book, audit)[0, 1] / book.var(ddof=1)) if book.std() else 0.0
    left = audit - slope * book
    wrong = total - (population * float(audit.mean()) + slope * (total - population * float(book.mean())))
    return wrong, float(left.std(ddof=1))


_ESTIMATES: dict[str, Callable[[Values, Values, int, float], tuple[float, float]]] = {
    "direct": _direct,
    "difference": _difference,
    "quotient": _quotient,
    "regression": _regression,
}

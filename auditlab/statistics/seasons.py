"""What the calendar month contributes to a series of months."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import Floats, floats

LEAST_YEARS = 3
"""Values that every calendar month needs before a season can be told from a trend [years]."""

_MONTHS = 12


def years_of_every_month(values: npt.ArrayLike, *, calendar_months: npt.ArrayLike) -> int:
    """The number of values that the calendar month with the fewest has.

    Parameters
    ----------
    values : array of float
        One value a month; missing ones do not count.
    calendar_months : array of int
        Calendar month of each value [1-12].

    Raises
    ------
    ArgumentError
        If lengths differ, or a calendar month is none.
    """
    series, months = _checked(values, calendar_months)
    return int(np.bincount(months[np.isfinite(series)] - 1, minlength=_MONTHS).min())


def month_effects(
    values: npt.ArrayLike, *, calendar_months: npt.ArrayLike, parts: npt.ArrayLike | None = None
) -> Floats:
    """How far the mean of its calendar month lies from the level of the series, for every point.

    The values less these effects have no season. A change of one year is taken for season by a third in three years:
    the adjusted series shows it weaker, and the same months of the other years shifted.

    Parameters
    ----------
    values : array of float
        One value a month in the order of time; missing ones are left out.
    calendar_months : array of int
        Calendar month of each value [1-12].
    parts : array, optional
        Label of the level that each value belongs to, where a level was rebased; without it there is one level.

    Returns
    -------
    array of float
        One effect a point, in the unit of the values; those of the twelve calendar months add up to 0.

    Raises
    ------
    ArgumentError
        If lengths differ, a calendar month is none, or has fewer than three values.

    References
    ----------
    .. [1] Montgomery, Jennings and Kulahci, Introduction to Time Series Analysis and Forecasting, chapter 2 (seasonal
       adjustment by means of periods); with parts least squares of levels and months, which is the same for full years.
    """
    series, months = _checked(values, calendar_months)
    years = years_of_every_month(series, calendar_months=months)
    if years < LEAST_YEARS:
        raise ArgumentError(
            f"A calendar month has {years} values. Give at least {LEAST_YEARS} years of every month: with fewer a "
            "season cannot be told from a trend."
        )
    labels = (
        np.zeros(series.shape, dtype=int) if parts is None else np.unique(np.asarray(parts), return_inverse=True)[1]
    )
    if labels.shape != series.shape:
        raise ArgumentError(f"{series.size} values, but {labels.size} parts. Give one part a value.")
    present = np.isfinite(series)
    columns = np.hstack([labels[:, None] == np.unique(labels), months[:, None] == np.arange(1, _MONTHS + 1)])
    found = np.linalg.lstsq(columns[present].astype("float64"), series[present])[0][-_MONTHS:]
    effects: Floats = (found - found.mean())[months - 1]
    return effects


def _checked(values: npt.ArrayLike, calendar_months: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.int_]]:
    series, months = floats(values, name="values"), np.asarray(calendar_months)
    if months.shape != series.shape:
        raise ArgumentError(f"{series.size} values, but {months.size} calendar months. Give one a value.")
    if not np.isin(months, np.arange(1, _MONTHS + 1)).all():
        raise ArgumentError("A calendar month is none. Give whole numbers from 1 to 12.")
    return series, months.astype(int)

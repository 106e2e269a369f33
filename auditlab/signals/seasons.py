"""What a season does to a series: its chart from three full years on, before that a warning."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.signals.series import Series
from auditlab.statistics.seasons import LEAST_YEARS, month_effects, years_of_every_month


def season_effects(series: Series, *, parts: npt.ArrayLike | None = None) -> npt.NDArray[np.float64] | None:
    """What each calendar month adds to the level of a series.

    Parameters
    ----------
    series : Series
        The series.
    parts : array, optional
        The part of a rebased series that each month belongs to.

    Returns
    -------
    array of float or None
        One effect a month, in the unit of the values; ``None`` where a calendar month is known in fewer than three
        years.
    """
    values, months = _values(series), series.months["month"].dt.month.to_numpy()
    if years_of_every_month(values, calendar_months=months) < LEAST_YEARS:
        return None
    return month_effects(values, calendar_months=months, parts=parts)


def season_words(series: Series) -> str:
    """What the limits do about seasons, for the caption of a chart."""
    years = years_of_every_month(_values(series), calendar_months=series.months["month"].dt.month.to_numpy())
    if years < LEAST_YEARS:
        return f"seasonality not assessed: {LEAST_YEARS} full years are needed to tell a season from a trend"
    return (
        f"limits follow the mean of each calendar month ({years} years or more of each), so a change in one year moves "
        "them in the same months of the others; tests and flags use the values as recorded"
    )


def season_note(series: Series) -> str:
    """A warning where the same calendar month stands out in every year."""
    known = series.known
    years = len(series.months) // 12
    if years < 2 or len(known) < 24:
        return ""
    values = known["value"].to_numpy("float64")
    spread = float(np.abs(np.diff(values)).mean()) / 1.128 if values.size > 1 else 0.0
    peaks = _peaks(known, years=years)
    named = {month.month for month in peaks}
    level = float(np.median(values))
    if len(peaks) < years or len(named) != 1 or spread == 0:
        return ""
    if min(peaks.values()) <= level + spread:
        return ""
    month = f"{next(iter(peaks)):%B}"
    if years < LEAST_YEARS:
        return f"season candidate: highest in {month} of both years; two years cannot tell a season from a trend"
    return f"season candidate: highest in {month} of all {years} years"


def _peaks(known: pd.DataFrame, *, years: int) -> dict[pd.Timestamp, float]:
    """The month with the highest value of each of the last full years that have data, and that value."""
    months, values = list(known["month"]), known["value"].to_numpy("float64")
    number = np.array([12 * month.year + month.month for month in months])
    peaks = {}
    for year in range(years):
        own = np.flatnonzero((number[-1] - number) // 12 == year)
        if own.size:
            highest = own[values[own].argmax()]
            peaks[months[highest]] = float(values[highest])
    return peaks


def _values(series: Series) -> npt.NDArray[np.float64]:
    return series.months["value"].to_numpy("float64", na_value=np.nan)

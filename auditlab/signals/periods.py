"""The periods of a review: full calendar months counted back from the day of the review, declared before looking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

WINDOW_MONTHS = 6
"""The declared comparison: the last six full months against all earlier ones."""

BASELINE_MONTHS = 12
"""Earlier months that the comparison needs at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole calendar months, from `first` until before `after`."""

    first: pd.Timestamp
    after: pd.Timestamp

    @property
    def label(self) -> str:
        """``2023-04/2024-03``, and ``2024-03`` for one month."""
        start, end = f"{self.first:%Y-%m}", f"{self.after - pd.Timedelta(days=1):%Y-%m}"
        return start if start == end else f"{start}/{end}"

    @property
    def months(self) -> list[pd.Timestamp]:
        """First days of the months."""
        return list(pd.date_range(self.first, self.after, freq="MS", inclusive="left"))

    @property
    def single_months(self) -> list[Period]:
        """Each month as a period of its own."""
        return [Period(first=month, after=month + pd.DateOffset(months=1)) for month in self.months]

    def __len__(self) -> int:
        return 12 * (self.after.year - self.first.year) + self.after.month - self.first.month

    def holds(self, moments: pd.Series) -> pd.Series:
        """Which of `moments` lie in the period; a missing one does not."""
        return moments.ge(self.first) & moments.lt(self.after)


def cut_off(as_of: pd.Timestamp) -> pd.Timestamp:
    """The end of the day of the review: what was open then is open here."""
    return as_of.normalize() + pd.Timedelta(days=1)


def last_months(as_of: pd.Timestamp, months: int, *, before: int = 0) -> Period:
    """The last `months` full calendar months up to `as_of`, or those that ended `before` months earlier."""
    after = cut_off(as_of).replace(day=1) - pd.DateOffset(months=before)
    return Period(first=after - pd.DateOffset(months=months), after=after)


def recorded_months(moments: pd.Series, *, as_of: pd.Timestamp, until_last: bool = False) -> Period | None:
    """The full months from the first record to `as_of`; ``None`` where no record lies in a full month.

    Parameters
    ----------
    moments : Series of datetime
        When something was recorded.
    as_of : Timestamp
        Day of the review.
    until_last : bool
        Whether an extract that ends earlier ends the months as well: no month after it counts as one without
        records, and its own last month is left out, because it may not be whole.
    """
    first, last = moments.min(), moments.max()
    whole = last_months(as_of, 1)
    after = whole.after
    if until_last and pd.notna(last) and last < whole.first:
        after = pd.Timestamp(last).normalize().replace(day=1)
    if pd.isna(first) or first >= after:
        return None
    return Period(first=pd.Timestamp(first).normalize().replace(day=1), after=after)


def running_month(as_of: pd.Timestamp) -> Period:
    """The month that the day of the review lies in: it can hold records whose deadline is still to come."""
    first = as_of.normalize().replace(day=1)
    return Period(first=first, after=first + pd.DateOffset(months=1))


def review_periods(recorded: Period | None, *, as_of: pd.Timestamp) -> list[Period]:
    """The periods for which figures are shown: everything recorded, the last two years, and the last quarter.

    Where the records end before `as_of`, the years count back from there: later months are not known to be empty.
    """
    if recorded is None:
        return []
    end = min(as_of, recorded.after - pd.Timedelta(days=1))
    wanted = [recorded, last_months(end, 12), last_months(end, 12, before=12), last_months(end, 3)]
    return _distinct(period for period in wanted if period.first >= recorded.first)


def comparison_window(recorded: Period) -> tuple[Period, Period] | None:
    """The last six months and the earlier ones; ``None`` with fewer than twelve earlier months."""
    edge = recorded.after - pd.DateOffset(months=WINDOW_MONTHS)
    if edge <= recorded.first:
        return None
    recent, earlier = Period(first=edge, after=recorded.after), Period(first=recorded.first, after=edge)
    return (recent, earlier) if len(earlier) >= BASELINE_MONTHS else None


def _distinct(periods: Iterable[Period]) -> list[Period]:
    return list({period.label: period for period in periods}.values())

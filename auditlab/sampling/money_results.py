"""The result of a sample along money, from a table of the examined records."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.monetary import stringer_bound
from auditlab.sampling.wording import percent, upper_percent
from auditlab.statistics import Limit
from auditlab.statistics.arguments import positive

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyResult:
    """How much of the money may be wrong at most."""

    bound: Limit  # shares of the money
    book_value: float  # [money]
    most: float  # wrong amount at most [money]
    likely: float  # wrong amount by the mean taint [money]
    sentence: str
    not_to_say: str


def money_result(
    examined: pd.DataFrame,
    *,
    booked: str,
    audited: str,
    book_value: float,
    times: str | None = None,
    confidence: float = 0.95,
) -> MoneyResult:
    """Stringer's bound of the wrong amount.

    Parameters
    ----------
    examined : DataFrame
        One row per examined record, as `draw` with sizes gave them.
    booked, audited : str
        Columns of the amount in the books and the amount that is right [money].
    book_value : float
        Sum of all amounts the sample was drawn from [money].
    times : str, optional
        Column of the points that fell on each record; without it one each.
    confidence : float
        One-sided [0-1].

    Raises
    ------
    ArgumentError
        If a column is not there, an amount is missing, no number or not above 0 in the books, or as
        `stringer_bound`.
    """
    total = positive(book_value, name="book_value")
    amounts = {name: _numbers(examined, name) for name in (booked, audited)}
    if (amounts[booked] <= 0).any():
        raise ArgumentError(
            f"The booked amount is not above 0 in {_rows(amounts[booked] <= 0)}. A sample along money cannot draw "
            "such a record; examine it on its own."
        )
    points = _numbers(examined, times) if times else pd.Series(1.0, index=examined.index)
    odd = points.lt(1) | points.mod(1).ne(0)
    if odd.any():
        raise ArgumentError(
            f"The column '{times}' holds no whole number of 1 or more in {_rows(odd)}. Give the points of the draw."
        )
    taints = ((amounts[booked] - amounts[audited]) / amounts[booked]).repeat([int(count) for count in points])
    bound = stringer_bound(taints.tolist(), n=int(points.sum()), confidence=confidence)
    wrong = int((taints > 0).sum())
    return MoneyResult(
        bound=bound, book_value=total, most=bound.high * total, likely=bound.estimate * total,
        sentence=f"{wrong} of {bound.n:g} points overstated: with {percent(confidence)} confidence at most "
        f"{upper_percent(bound.high)} of the {total:,.2f} booked, {bound.high * total:,.2f}, is overstated.",
        not_to_say="Not to be said: anything about amounts booked too low or not booked at all; larger amounts are "
        "drawn oftener, so what is missing from the books is not drawn.",
    )  # fmt: skip


def _numbers(frame: pd.DataFrame, column: str) -> pd.Series:
    if column not in frame.columns:
        found = ", ".join(str(name) for name in frame.columns[:8])
        raise ArgumentError(f"There is no column '{column}'. Found: {found}. Name the column of the amounts.")
    values = pd.to_numeric(frame[column], errors="coerce").astype("float64")
    if values.isna().any():
        raise ArgumentError(
            f"'{column}' is missing or no number in {_rows(values.isna())}. Write amounts like 1234.50, for every "
            "record examined."
        )
    return values


def _rows(wrong: pd.Series) -> str:
    places = [place + 1 for place, one in enumerate(wrong) if one]
    more = ", ..." if len(places) > _SHOWN else ""
    return f"record{'s' if len(places) > 1 else ''} {', '.join(map(str, places[:_SHOWN]))}{more} of the table"

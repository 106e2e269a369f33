"""Records by service or site, those that name none among them: nothing is dropped because a field is empty."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import cast

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Cut, Row
from auditlab.signals.periods import Period

UNNAMED = "no service named"
"""The service of records that name none."""

NOT_NAMED = {
    "service": UNNAMED,
    "site": "no site named",
    "supplier": "no supplier named",
    "priority": "no priority named",
}
"""What stands where a record does not name what it is counted by."""


def named(records: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """`records` with the words of `NOT_NAMED` where a column of `by` is empty."""
    return records.assign(**{name: records[name].astype("str").fillna(NOT_NAMED[name]) for name in by})


def unnamed(cut: Mapping[str, str]) -> bool:
    """Whether a figure or a series is about records that do not name what they are counted by."""
    return any(cut[name] == words for name, words in NOT_NAMED.items() if name in cut)


def as_missing(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with a missing value where `NOT_NAMED` stands for one: the words name no service and no site."""
    here = {name: words for name, words in NOT_NAMED.items() if name in rows}
    return rows.assign(**{name: rows[name].mask(rows[name] == words) for name, words in here.items()})


def groups_of(records: pd.DataFrame, by: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The records of each service or site in the order of their names; those that name none come last.

    Parameters
    ----------
    records : DataFrame
        Any records with the column `by`.
    by : str
        A column of `NOT_NAMED`.
    """
    for name, own in records.groupby(by, sort=True, dropna=False):
        yield NOT_NAMED[by] if pd.isna(name) else str(name), own


def shares_by(
    records: pd.DataFrame, kpi: str, *, by: str, met: str, moment: str, periods: Sequence[Period], confidence: float,
    note: str = "", unknown: str = "",
) -> list[Row]:  # fmt: skip
    """The share of records for which something holds, by service or site and period.

    Parameters
    ----------
    records : DataFrame
        The denominator.
    kpi : str
        Identifier of the figure.
    by : str
        A column of `NOT_NAMED`.
    met : str
        Column of truth values; records without one are left out and counted in the note.
    moment : str
        Column with the time by which a record belongs to a period.
    periods : sequence of Period
        The periods.
    confidence : float
        Two-sided confidence of the intervals [0-1].
    note : str
        What to keep in mind.
    unknown : str
        What the records without a truth value are.

    Returns
    -------
    list of dict
        Rows of the table of key figures with Wilson intervals.
    """
    return [
        frames.share(kpi, int(own[met].sum()), int(own[met].notna().sum()), period=period.label, confidence=confidence,
                     note="; ".join(filter(None, (note, frames.leaves_out(int(own[met].isna().sum()), unknown)))),
                     **cut_of(by, name))
        for period in periods
        for name, own in groups_of(records[period.holds(records[moment])], by)
    ]  # fmt: skip


def cut_of(by: str, name: Hashable) -> Cut:
    """What a figure of one group is about."""
    return cast("Cut", {by: str(name)})

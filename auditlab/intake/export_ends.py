"""Whether an export stops early: a last month with far fewer records than the months before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from auditlab.intake.ledger import Action, Ledger, place_of

WATCHED = {"incidents": "opened", "requests": "opened", "changes": "started"}
MONTHS_BEFORE = 6
LEAST_MEDIAN = 10
"""Below so many records a month, half of them is too close to chance."""
LEAST_SHARE = 0.5


def mark_early_ends(tables: Mapping[str, pd.DataFrame], *, as_of: date, ledger: Ledger) -> None:
    """Mark the last record of a table whose last month holds less than half of a usual month.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables.
    as_of : date
        A month that is not over at this day is expected to hold its share only.
    ledger : Ledger
        Is added to; the records stay as they are.
    """
    for name, column in WATCHED.items():
        frame = tables[name].dropna(subset=[column])
        if frame.empty:
            continue
        counts = frame.groupby(frame[column].dt.to_period("M")).size()
        counts = counts.reindex(pd.period_range(counts.index.min(), counts.index.max(), freq="M"), fill_value=0)
        if len(counts) <= MONTHS_BEFORE:
            continue
        last = counts.index[-1]
        usual = float(counts.iloc[-MONTHS_BEFORE - 1 : -1].median())
        over = min(1.0, ((pd.Timestamp(as_of) - last.start_time).days + 1) / last.days_in_month)
        if usual >= LEAST_MEDIAN and counts.iloc[-1] < LEAST_SHARE * usual * over:
            _mark(
                name,
                frame.sort_values(column, kind="stable").iloc[-1],
                last,
                int(counts.iloc[-1]),
                usual,
                ledger=ledger,
            )


def _mark(name: str, record: pd.Series, month: pd.Period, found: int, usual: float, *, ledger: Ledger) -> None:
    rule = (
        f"{month} holds {found} records, a month before it {usual:g} (median of {MONTHS_BEFORE}): the export may stop "
        "early; ask when it was made"
    )
    place = place_of(record.to_dict())
    ledger.cell(place, table=name, field="(rows)", action=Action.FLAGGED, rule=rule, old=found)
    ledger.note(place.file, place.sheet, rule, table=name)

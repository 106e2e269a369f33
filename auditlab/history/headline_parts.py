"""What the sentences of the first screen are made from and look like."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryResults:
    """The results of this floor that the first screen speaks about."""

    coverage_cells: pd.DataFrame
    site_visits: pd.DataFrame
    recurrence_chains: pd.DataFrame
    recurrence_summary: pd.DataFrame
    corrective_actions: pd.DataFrame
    corrective_action_rates: pd.DataFrame
    follow_up: pd.DataFrame
    finding_rates: pd.DataFrame
    rate_comparisons: pd.DataFrame
    grade_review: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One sentence with its figure, base, interval and table."""

    sentence: str
    table: str
    value: float | None = None
    n: float | None = None
    low: float | None = None
    high: float | None = None


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{100 * share:.0f} %"


def known_row(frame: pd.DataFrame, column: str, name: str) -> pd.Series | None:
    """The row called `name` in `column` if its ``n`` is known and not 0."""
    rows = frame[frame[column] == name]
    if rows.empty or pd.isna(rows["n"].iloc[0]) or rows["n"].iloc[0] == 0:
        return None
    return rows.iloc[0]


def share_headline(row: pd.Series, sentence: str, table: str) -> Headline:
    """A headline with the rate and interval of `row` as its figures."""
    return Headline(
        sentence=sentence,
        table=table,
        value=float(row["rate"]),
        n=float(row["n"]),
        low=float(row["low"]),
        high=float(row["high"]),
    )


def rate_and_interval(row: pd.Series) -> str:
    """Rate and interval of `row` in whole percent."""
    return f"{percent(row['rate'])}, interval {percent(row['low'])} to {percent(row['high'])}"

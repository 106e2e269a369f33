"""Which rows of a long table a page shows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def first_rows(frame: pd.DataFrame, *, by: Sequence[str], first: int = 40, each: int = 5) -> pd.DataFrame:
    """The rows of a long table for a page: the first ones of all, and the first of every value that a filter offers.

    Parameters
    ----------
    frame : DataFrame
        In order of importance.
    by : sequence of str
        Columns of the filters.
    first : int
        Rows shown whatever their values [count].
    each : int
        Rows of every value of every column, at least, where there are as many [count].
    """
    numbered = frame.reset_index(drop=True)
    chosen = set(numbered.index[:first])
    for column in by:
        chosen |= set(numbered.groupby(column, dropna=False).head(each).index)
    return frame.iloc[sorted(chosen)]

"""Which rows of a long table a page shows, and how many more fit what a reader chose."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd

from auditlab.publish.formats import ColumnFormat

MOST_TALLIED = 2000
"""Where the columns of the filters have more values together, the page does not say how many rows of the file fit."""


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


def tally(frame: pd.DataFrame, columns: Sequence[ColumnFormat]) -> str:
    """How many rows of `frame` have each values of `columns`, as text for the script of the filters.

    Parameters
    ----------
    frame : DataFrame
        All rows of a table.
    columns : sequence of ColumnFormat
        Its columns that a filter narrows by.

    Returns
    -------
    str
        JSON with ``columns``, ``values`` (as a cell shows them, by column) and ``rows`` (place of each value, then the
        count); empty without such columns or with more than `MOST_TALLIED` rows.
    """
    if not columns:
        return ""
    coded, values = {}, []
    for column in columns:
        coded[column.name], found = pd.factorize(frame[column.name].map(column.text, na_action=None), sort=True)
        values.append([str(value) for value in found])
    counted = pd.DataFrame(coded).value_counts(sort=False).sort_index().reset_index()
    if len(counted) > MOST_TALLIED:
        return ""
    rows = counted.astype("int64").to_numpy().tolist()
    return json.dumps({"columns": [column.name for column in columns], "values": values, "rows": rows})

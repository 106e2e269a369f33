"""How values and columns look on a page. Numbers are written by `auditlab.numerals`.

``column_labels.csv`` holds the names of columns for readers, the word for a missing value and whether
values are words of a vocabulary; ``shown_columns.csv`` the columns of a wide table that a page shows;
``row_units.csv`` the columns whose unit another column of the row tells.
A label that ends in ``[%]`` shows shares as percentages. Tables on disk never pass through here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd
from pandas.api import types

from auditlab.numerals import UNKNOWN, count, grouped, p_value, percent, points

NOTHING = "–"


class Look(StrEnum):
    """How a column is written and sorted."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    PERCENT = "percent"
    POINTS = "points"
    P_VALUE = "p-value"
    DAY = "day"
    TIME = "time"
    FLAG = "flag"
    SPARK = "spark"

    @property
    def is_number(self) -> bool:
        """Whether the column is aligned to the right and sorted by value."""
        return self in {Look.COUNT, Look.NUMBER, Look.SHARE, Look.PERCENT, Look.POINTS, Look.P_VALUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFormat:
    """One column as the reader sees it; where the column `by` tells the unit of a row, `units` has its look."""

    name: str
    label: str
    look: Look
    missing: str
    words: bool = False
    decimals: int = 0
    by: str = ""
    units: Mapping[str, Look] = field(default_factory=dict)

    def by_row(self, frame: pd.DataFrame) -> list[ColumnFormat]:
        """The format of each row of `frame`, in the unit of the row."""
        if self.by not in frame:
            return [self] * len(frame)
        made = {unit: self._in(self.units.get(str(unit), self.look)) for unit in frame[self.by].unique()}
        return [made[unit] for unit in frame[self.by]]

    def _in(self, look: Look) -> ColumnFormat:
        """The column in a row of this look; a row whose unit is text has no such value, so that none is missing."""
        return replace(self, look=look, missing=NOTHING if look is Look.TEXT else self.missing)

    def text(self, value: object) -> str:
        """`value` of this column as text; a missing one as its word, never as 0."""
        if _is_missing(value):
            return self.missing
        if self.look is Look.NUMBER:
            return grouped(float(value), self.decimals)  # type: ignore[arg-type]  # a number column
        text = _WRITERS[self.look](value)
        return text.replace("_", " ") if self.words else text

    def sort_key(self, value: object) -> str:
        """Text by which a reader's program sorts `value`; missing values are empty."""
        if _is_missing(value):
            return ""
        return repr(float(value)) if self.look.is_number else ""  # type: ignore[arg-type]  # number columns only


def column_formats(frame: pd.DataFrame, *, table: str, labels: Mapping[str, str] | None = None) -> list[ColumnFormat]:
    """Formats of the columns of `frame` shown on a page.

    Parameters
    ----------
    frame : DataFrame
        The table.
    table : str
        Its name; columns may have a label for one table only.
    labels : mapping, optional
        Column to label: these columns alone are shown, in this order.

    Raises
    ------
    KeyError
        If a column of `labels` is not in `frame`.
    """
    absent = [column for column in labels or () if column not in frame]
    if absent:
        raise KeyError(f"Table '{table}' has no column {', '.join(absent)}. It has: {', '.join(map(str, frame))}.")
    columns = (
        labels or [column for column in _shown_columns().get(table, ()) if column in frame] or map(str, frame.columns)
    )
    return [_column_format(frame[column], column, table=table, label=(labels or {}).get(column)) for column in columns]


def _column_format(values: pd.Series, column: str, *, table: str, label: str | None) -> ColumnFormat:
    known = _known_labels().get((table, column)) or _known_labels().get(("", column)) or {}
    label = label or known.get("label") or column.replace("_", " ")
    look = _look(values, column, label)
    missing = known.get("missing") or (NOTHING if look in _QUIET else UNKNOWN)
    decimals = _decimals(values) if look is Look.NUMBER else 0
    words = known.get("words") == "y"
    by, units = _row_units().get((table, column), ("", {}))
    return ColumnFormat(
        name=column, label=label, look=look, missing=missing, words=words, decimals=decimals, by=by, units=units
    )


def _decimals(values: pd.Series) -> int:
    """As many decimals as a column needs to be exact, two at most, so that its numbers stand in line.

    Where all of its numbers are below a tenth, two decimals tell little: then enough for two digits, four at most.
    """
    known = values.dropna().astype("float64").abs()
    exact = (places for places in (0, 1, 2) if ((known - known.round(places)).abs() < _ROUNDING_NOISE).all())
    least = known[known > _ROUNDING_NOISE].min()
    inexact = min(1 - math.floor(math.log10(least)), _MOST_DECIMALS) if (known < _SMALL).all() and least > 0 else 2
    return next(exact, inexact)


_ROUNDING_NOISE = 1e-9
_SMALL = 0.1
_MOST_DECIMALS = 4


_QUIET = frozenset({Look.TEXT, Look.DAY, Look.TIME})
"""In these columns nothing written mostly means that there is nothing; a number that is missing is not known."""


def _time(moment: object) -> str:
    return pd.Timestamp(moment).strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]  # a time column


_WRITERS: dict[Look, Callable[[Any], str]] = {  # Any: the values of a column of that look
    Look.TEXT: str,
    Look.COUNT: lambda value: count(int(value)),
    Look.SHARE: lambda value: percent(float(value)),
    Look.PERCENT: lambda value: f"{percent(float(value))} %",
    Look.POINTS: lambda value: f"{points(float(value))} percentage points",
    Look.P_VALUE: lambda value: p_value(float(value)),
    Look.DAY: lambda value: pd.Timestamp(value).strftime("%Y-%m-%d"),
    Look.TIME: _time,
    Look.FLAG: lambda value: "yes" if value else "no",
    Look.SPARK: str,
}


def _look(values: pd.Series, column: str, label: str) -> Look:
    if column in _BY_NAME:
        return _BY_NAME[column]
    if types.is_bool_dtype(values.dtype):
        return Look.FLAG
    if types.is_datetime64_any_dtype(values.dtype):
        known = values.dropna()
        return Look.DAY if (known == known.dt.normalize()).all() else Look.TIME
    if label.endswith("[%]"):
        return Look.SHARE
    if types.is_numeric_dtype(values.dtype):
        return Look.COUNT if types.is_integer_dtype(values.dtype) else Look.NUMBER
    return Look.TEXT


_BY_NAME = {
    "year": Look.TEXT,
    "p": Look.P_VALUE,
    "q": Look.P_VALUE,
    "q_page": Look.P_VALUE,
    "q_widened": Look.P_VALUE,
    "spark": Look.SPARK,
}


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)  # noqa: PLR0124  # not a number


@cache
def _known_labels() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["table"], row["column"]): row for row in _rows_of("column_labels.csv")}


@cache
def _shown_columns() -> dict[str, tuple[str, ...]]:
    return {row["table"]: tuple(row["columns"].split()) for row in _rows_of("shown_columns.csv")}


@cache
def _row_units() -> dict[tuple[str, str], tuple[str, dict[str, Look]]]:
    """The column that tells the unit, and the looks by its values, of each column with a unit by row."""
    found: dict[tuple[str, str], tuple[str, dict[str, Look]]] = {}
    for row in _rows_of("row_units.csv"):
        found.setdefault((row["table"], row["column"]), (row["by"], {}))[1][row["value"]] = Look(row["look"])
    return found


def _rows_of(name: str) -> list[dict[str, str]]:
    with resources.files(__package__).joinpath(name).open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return [{str(column): str(value) for column, value in row.items()} for row in rows.to_dict("records")]

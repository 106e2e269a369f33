"""The canonical tables: their columns, their types and their empty frames.

``canonical_tables.csv`` beside this module is the one definition. Everything above floor 0
takes and returns frames of these shapes; intake alone turns foreign spreadsheets into them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

import pandas as pd

SOURCE_COLUMNS = ("source_file", "source_sheet", "source_row", "source_column")
"""Where a canonical row came from: file name, sheet name, row as the spreadsheet program numbers it.

``source_column`` is the first column of the table where several stand side by side, otherwise missing.
"""


class Kind(StrEnum):
    """What a column holds, and therefore how intake reads a cell of it."""

    ID = "id"
    TEXT = "text"
    WORD = "word"
    CLAUSE = "clause"
    GRADE = "grade"
    EDITION = "edition"
    PRIORITY = "priority"
    SITE = "site"
    SITES = "sites"
    SERVICE = "service"
    SUPPLIER = "supplier"
    CLIENT = "client"
    DATE = "date"
    TIME = "time"
    MONTH = "month"
    NUMBER = "number"
    SHARE = "share"
    COUNT = "count"
    FLAG = "flag"
    PERSON = "person"
    DERIVED = "derived"
    DERIVED_FLAG = "derived_flag"

    @property
    def dtype(self) -> str:
        """pandas dtype of a canonical column of this kind."""
        return _DTYPES.get(self, "str")

    @property
    def derived(self) -> bool:
        """Whether auditlab works the column out itself; no header of a file fills it."""
        return self in (Kind.DERIVED, Kind.DERIVED_FLAG)


_DTYPES = {
    Kind.DATE: "datetime64[us]",
    Kind.TIME: "datetime64[us]",
    Kind.MONTH: "datetime64[us]",
    Kind.NUMBER: "float64",
    Kind.SHARE: "float64",
    Kind.COUNT: "Int64",
    Kind.FLAG: "boolean",
    Kind.DERIVED_FLAG: "boolean",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a canonical table."""

    name: str
    kind: Kind
    required: bool
    vocabulary: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One canonical table and its columns, in order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, without the source columns."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns without which a row cannot be loaded."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> Column:
        """The column called `name`; raises ``KeyError`` for a name the table does not have."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"Table '{self.name}' has no column '{name}'.")


@cache
def table_specs() -> Mapping[str, TableSpec]:
    """All canonical tables by name, in the order of ``canonical_tables.csv``."""
    by_table: dict[str, list[dict[str, str]]] = {}
    with resources.files(__package__).joinpath("canonical_tables.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            by_table.setdefault(row["table"], []).append(row)
    return {
        name: TableSpec(
            name=name,
            columns=tuple(
                Column(
                    name=row["column"],
                    kind=Kind(row["kind"]),
                    required=row["required"] == "y",
                    vocabulary=tuple(row["vocabulary"].split("|")) if row["vocabulary"] else (),
                    description=row["description"],
                )
                for row in rows
            ),
        )
        for name, rows in by_table.items()
    }


def empty_table(name: str) -> pd.DataFrame:
    """An empty canonical frame: every column of the table and the source columns, typed, no row.

    Raises
    ------
    KeyError
        If there is no canonical table of that name.
    """
    return _empty(name).copy()


@cache
def _empty(name: str) -> pd.DataFrame:
    spec = table_specs()[name]
    dtypes = {column.name: column.kind.dtype for column in spec.columns}
    dtypes |= {"source_file": "str", "source_sheet": "str", "source_row": "Int64", "source_column": "Int64"}
    return pd.DataFrame({column: _no_values(dtype) for column, dtype in dtypes.items()})


@cache
def _no_values(dtype: str) -> pd.Series:
    return pd.Series(dtype=dtype)


def as_canonical(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with every canonical column present and typed; missing columns are missing values.

    Parameters
    ----------
    name : str
        Name of a canonical table.
    frame : DataFrame
        Already clean values under canonical column names; further columns are kept at the end.

    Returns
    -------
    DataFrame
        Canonical columns in order, source columns, then the further columns of `frame`.
    """
    target = empty_table(name).reindex(index=frame.index)
    for column in target.columns.intersection(frame.columns):
        target[column] = frame[column].astype(target[column].dtype)
    extra = [column for column in frame.columns if column not in target.columns]
    return pd.concat([target, frame[extra]], axis=1) if extra else target


class Tables:
    """The canonical tables of one engagement, by attribute or by name.

    A table that was not handed over is an empty frame; `handed_over` tells the difference.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        unknown = sorted(set(frames) - set(table_specs()))
        if unknown:
            raise KeyError(f"No canonical table is called {', '.join(unknown)}.")
        self._frames = dict(frames)
        self._handed_over = frozenset(name for name, frame in frames.items() if len(frame))

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._frames and name in table_specs():
            self._frames[name] = empty_table(name)
        return self._frames[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            known = ", ".join(table_specs())
            raise AttributeError(f"No canonical table '{name}'. There are: {known}.") from None

    def __iter__(self) -> Iterator[str]:
        return iter(table_specs())

    def handed_over(self, name: str) -> bool:
        """Whether at least one row of table `name` was loaded."""
        return name in self._handed_over

"""A history of examinations as matrices: entities in rows, clauses in columns, sums in the cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import Flags, Floats

Codes: TypeAlias = NDArray[np.intp]

DAYS_PER_YEAR = 365.25
COLUMNS = ("entity", "date", "clause", "examined", "found")
SHARE = "found_share"
"""Part of a finding whose clauses lie in several cells, so that it counts once in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examinations:
    """The rows of a history as numbers, in order of their day.

    Attributes
    ----------
    entities, clauses : Index
        Names by code, in order as text.
    entity, clause : array
        Codes by row.
    day : array
        Days since 1970; the largest number for rows without a date [days].
    examined, found : array
        By row.
    share : array
        What a row that was found against counts for [0-1].
    row : array
        Position in the history that was handed over.
    """

    entities: pd.Index[str]
    clauses: pd.Index[str]
    entity: Codes
    clause: Codes
    day: NDArray[np.int64]
    examined: Flags
    found: Flags
    share: Floats
    row: Codes

    @property
    def shape(self) -> tuple[int, int]:
        """Number of entities and of clauses."""
        return len(self.entities), len(self.clauses)

    @property
    def cell(self) -> Codes:
        """Number of the cell of every row, entity by entity."""
        return self.entity * len(self.clauses) + self.clause

    def sums(self, weights: Floats, *, first: int = 0, end: int | None = None) -> Floats:
        """Sums of `weights` (one per row from `first` to before `end`) by entity and clause."""
        count = self.shape[0] * self.shape[1]
        summed = np.bincount(self.cell[first:end], weights=weights, minlength=count).astype(np.float64)
        return summed.reshape(self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What is known of every cell on a day; matrices of entities by clauses.

    Attributes
    ----------
    examined, times_found : array
        Examinations, and those with a nonconformity [count].
    found : array
        Those with a nonconformity, each counting its share.
    weight_examined, weight_found : array
        Examinations and shares found, each with the decayed weight of its examination.
    """

    examined: Floats
    times_found: Floats
    found: Floats
    weight_examined: Floats
    weight_found: Floats


def day_number(day: object) -> int:
    """Days from 1970 to `day` [days]."""
    return int((pd.Timestamp(day).normalize() - pd.Timestamp(0)).days)  # type: ignore[arg-type]  # date-like


def examinations_of(history: pd.DataFrame, *, also: tuple[str, ...] = ()) -> Examinations:
    """The rows of `history`, checked.

    Parameters
    ----------
    history : DataFrame
        ``entity, date, clause, examined, found``; ``found_share``, if it is there, says what a row that was
        found against counts for [0-1], otherwise 1.
    also : tuple of str
        Further columns that have to be there.

    Raises
    ------
    ArgumentError
        If a column is missing, a row names no cell, a cell was found against without being examined, or an
        examined row has no date.
    """
    needed = [*COLUMNS, *also]
    missing = [name for name in needed if name not in history]
    if missing:
        raise ArgumentError(f"The history has no column {', '.join(missing)}. It needs {', '.join(needed)}.")
    flags = {name: history[name].fillna(False).to_numpy(dtype=bool) for name in ("examined", "found")}
    _check_rows(history, flags["examined"], flags["found"])
    dates = pd.to_datetime(history["date"])
    days = dates.to_numpy(dtype="datetime64[D]").astype("int64")
    days = np.where(dates.isna().to_numpy(), np.iinfo("int64").max, days)
    # Sums of floating numbers depend on their order. Weights depend on the day alone, so that rows in order of
    # their day give byte-identical sums whatever the order of the rows was.
    order = np.argsort(days, kind="stable")
    entity, entities = _codes(history["entity"])
    clause, clauses = _codes(history["clause"])
    shares = history[SHARE].to_numpy(dtype=float) if SHARE in history else np.ones(len(history))
    return Examinations(
        entities=entities,
        clauses=clauses,
        entity=entity[order],
        clause=clause[order],
        day=days[order],
        examined=flags["examined"][order],
        found=flags["found"][order],
        share=shares[order],
        row=order,
    )


def _codes(names: pd.Series) -> tuple[Codes, pd.Index[str]]:
    """Codes of `names` in the order of the names as text."""
    codes, found = pd.factorize(names)
    again, texts = pd.factorize(pd.Series(found).astype("str"), sort=True)
    return np.asarray(again, dtype=np.intp)[codes], pd.Index(texts, dtype="str")


def _check_rows(history: pd.DataFrame, examined: Flags, found: Flags) -> None:
    nameless = int((history["entity"].isna() | history["clause"].isna()).sum())
    if nameless:
        raise ArgumentError(
            f"{nameless} of {len(history)} rows name no entity or no clause. Complete them or leave them out."
        )
    unseen = np.flatnonzero(found & ~examined)
    if len(unseen):
        first = history.iloc[unseen[0]]
        raise ArgumentError(
            f"{len(unseen)} of {len(history)} rows hold a nonconformity in a cell that was not examined, first "
            f"{first['clause']} at {first['entity']}. Mark those cells as examined."
        )
    undated = np.flatnonzero(examined & history["date"].isna().to_numpy())
    if len(undated):
        first = history.iloc[undated[0]]
        raise ArgumentError(
            f"{len(undated)} of {len(history)} examined rows have no date, first {first['clause']} at "
            f"{first['entity']}. Give the date of the audit or leave the row out."
        )


def decayed(rows: Examinations, *, day: int, half_life_years: float, end: int | None = None) -> Floats:
    """Weight of each row before position `end` on `day`; 0 for what was not examined."""
    years = (day - rows.day[:end]) / DAYS_PER_YEAR
    return np.where(rows.examined[:end], 0.5 ** (years / half_life_years), 0.0)


def sums_until(rows: Examinations, *, end: int, day: int, half_life_years: float) -> Sums:
    """Sums over the rows before position `end`, weighted as of `day`.

    Parameters
    ----------
    rows : Examinations
        The history, in order of days.
    end : int
        Rows from here on are not known.
    day : int
        Day of the evaluation [days since 1970].
    half_life_years : float
        Time in which an examination loses half its weight [years].
    """
    weight = decayed(rows, day=day, half_life_years=half_life_years, end=end)
    examined, found = rows.examined[:end].astype(float), rows.found[:end]
    counted = np.where(found, rows.share[:end], 0.0)
    return Sums(
        examined=rows.sums(examined, end=end),
        times_found=rows.sums(found.astype(float), end=end),
        found=rows.sums(counted, end=end),
        weight_examined=rows.sums(weight, end=end),
        weight_found=rows.sums(counted * weight, end=end),
    )

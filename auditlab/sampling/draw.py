"""Which records: a drawn list that anybody with the seed draws again, whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.seeds import seed_number
from auditlab.statistics._arguments import whole

GENERATOR = "numpy PCG64"  # bit generator of every draw; named in rationales
_METHODS = ("random",)
_SHOWN = 5


def draw(
    frame: pd.DataFrame,
    *,
    id: str,  # noqa: A002  # the name is part of the contract
    n: int,
    seed: int | str,
    method: str = "random",
    size: str | None = None,
    strata: str | None = None,
) -> pd.DataFrame:
    """A simple random sample without replacement, in the order drawn.

    Only the column of identifiers is looked at, so no outcome can steer the choice. Identifiers are
    sorted as text before the draw: the order of the rows has no influence. A longer list begins
    with the shorter one of the same seed, so a sample can be extended.

    Parameters
    ----------
    frame : DataFrame
        The population, one row per record.
    id : str
        Its column of identifiers.
    n : int
        Records to draw [count].
    seed : int or str
        Whole number, or hexadecimal digits.
    method : str
        ``"random"``; there is no other yet.
    size, strata : str, optional
        Columns for methods that are not there yet.

    Returns
    -------
    DataFrame
        ``order`` (1 is drawn first) and the column of identifiers.

    Raises
    ------
    ArgumentError
        If the method is unknown, `n` is more than the population, an identifier is missing or
        stands twice, or the seed cannot be read.

    References
    ----------
    .. [1] Fisher-Yates shuffle, stopped after n steps (Knuth, The Art of Computer Programming 2,
       3.4.2, algorithm P), on `numpy.random.PCG64`.
    """
    if method not in _METHODS:
        raise ArgumentError(f"There is no method '{method}' for draws. Use one of {', '.join(_METHODS)}.")
    for name, column in (("size", size), ("strata", strata)):
        if column is not None:
            raise ArgumentError(f"{name} is {column!r}, but the method 'random' uses none. Leave {name} out.")
    ids, wanted = identifiers(frame, id=id), whole(n, name="n")
    if wanted > len(ids):
        raise ArgumentError(f"n is {wanted}, more than the {len(ids)} records of the population. Draw fewer.")
    canonical = ids.astype("str").reset_index(drop=True).sort_values(kind="stable").index.to_numpy()
    positions = canonical[_drawn(len(ids), n=wanted, seed=seed_number(seed))]
    return pd.DataFrame({"order": np.arange(1, wanted + 1), id: ids.iloc[positions].reset_index(drop=True)})


def identifiers(frame: pd.DataFrame, *, id: str) -> pd.Series:  # noqa: A002  # as in `draw`
    """The identifiers of a population, checked: the column is there, no value is missing, none stands twice.

    Raises
    ------
    ArgumentError
        With the rows or the names in question.
    """
    if id not in frame.columns:
        found = ", ".join(str(column) for column in frame.columns[:8])
        raise ArgumentError(f"There is no column '{id}' in the population. Found: {found}. Name the identifiers.")
    ids = frame[id]
    missing = np.flatnonzero(ids.isna())
    if missing.size:
        rows = ", ".join(str(row + 1) for row in missing[:_SHOWN])
        raise ArgumentError(
            f"The column '{id}' is empty in {missing.size} of {len(ids)} records (first: record {rows}). "
            "Every record needs its identifier to be drawn."
        )
    texts = ids.astype("str")
    twice = sorted(texts[texts.duplicated()].unique())
    if twice:
        names = ", ".join(twice[:_SHOWN]) + (", ..." if len(twice) > _SHOWN else "")
        raise ArgumentError(
            f"{len(twice)} identifiers in '{id}' stand more than once: {names}. "
            "A record must have one chance to be drawn; keep one row of each."
        )
    return ids


def _drawn(population: int, *, n: int, seed: int) -> npt.NDArray[np.int64]:
    """Positions of the first n cards of a shuffled deck; only the cards moved are kept in memory."""
    generator = np.random.Generator(np.random.PCG64(seed))
    moved: dict[int, int] = {}
    chosen = np.empty(n, dtype=np.int64)
    for place in range(n):
        other = int(generator.integers(place, population))
        chosen[place] = moved.get(other, other)
        moved[other] = moved.get(place, place)
    return chosen

"""The identifiers of a population: each there, each once, and in an order that the rows have no influence on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from auditlab.errors import ArgumentError
from auditlab.sampling.wording import records

_SHOWN = 5
_CHUNK = 1_000_000  # identifiers compared at a time, so that the check needs little memory

Positions = npt.NDArray[np.int64]


def identifiers(frame: pd.DataFrame, *, id: str) -> pd.Series:  # noqa: A002  # as in `draw.draw`
    """The identifiers of a population, checked: the column is there, no value is missing, none stands twice.

    Raises
    ------
    ArgumentError
        With the rows or the names in question.
    """
    canonical_order(frame, id=id)
    return frame[id]


def canonical_texts(frame: pd.DataFrame, *, id: str) -> list[str]:  # noqa: A002  # as in `draw.draw`
    """The identifiers as text."""
    return [str(text) for text in frame[id].astype("str")]


def canonical_order(frame: pd.DataFrame, *, id: str) -> Positions:  # noqa: A002  # as in `draw.draw`
    """Positions of the records in the order of their identifiers as text; raises as `identifiers`."""
    if id not in frame.columns:
        found = ", ".join(str(column) for column in frame.columns[:8])
        raise ArgumentError(f"There is no column '{id}' in the population. Found: {found}. Name the identifiers.")
    ids = frame[id]
    missing = np.flatnonzero(ids.isna())
    if missing.size:
        rows = ", ".join(str(row + 1) for row in missing[:_SHOWN])
        raise ArgumentError(
            f"The column '{id}' is empty in {missing.size} of {records(len(ids))} (first: record {rows}). "
            "Every record needs its identifier to be drawn."
        )
    # Arrow sorts ten million identifiers without a copy of the column.
    texts = pa.chunked_array(pa.array(ids.astype("str"), type=pa.large_string(), from_pandas=True))
    order: Positions = pc.sort_indices(texts).to_numpy()
    _check_single(texts, order, id=id)
    return order


def _check_single(texts: pa.ChunkedArray, order: Positions, *, id: str) -> None:  # noqa: A002  # as in `draw.draw`
    twice: set[str] = set()
    for begin in range(0, len(order) - 1, _CHUNK):
        ordered = texts.take(pa.array(order[begin : begin + _CHUNK + 1]))
        same = pc.equal(ordered[:-1], ordered[1:])
        twice |= set(ordered[1:].filter(same).to_pylist())
    if twice:
        names = ", ".join(sorted(twice)[:_SHOWN]) + (", ..." if len(twice) > _SHOWN else "")
        raise ArgumentError(
            f"{_stand(len(twice))} more than once in '{id}': {names}. "
            "A record must have one chance to be drawn; keep one row of each."
        )


def _stand(count: int) -> str:
    return "1 identifier stands" if count == 1 else f"{count} identifiers stand"

"""The arrays that statistics take and give, and the checks of those that come from outside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.errors import ArgumentError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def floats(values: npt.ArrayLike | Sequence[Sequence[float]], *, name: str) -> Floats:
    """Values as one row of floats, missing ones as nan.

    Raises
    ------
    ArgumentError
        If they are no single row of numbers, or one is infinite.
    """
    series: Floats = pd.to_numeric(pd.Series(np.asarray(values, dtype=object).ravel()), errors="raise").to_numpy(
        dtype="float64", na_value=np.nan
    )
    if np.asarray(values, dtype=object).ndim != 1 or np.isinf(series).any():
        raise ArgumentError(f"{name} must be one row of finite numbers. Use missing values where there are none.")
    return series


def group_counts(counts: npt.ArrayLike, sizes: npt.ArrayLike, *, of: str) -> tuple[Floats, Floats]:
    """Counts and what they are counted in, checked."""
    count, size = floats(counts, name="counts"), floats(sizes, name=of)
    if count.size != size.size:
        raise ArgumentError(f"{count.size} counts, but {size.size} {of}. Give one for each group.")
    if not ((count >= 0) & (size >= 0)).all():
        raise ArgumentError(f"A group has a missing or negative count or {of}. Leave it out or mend it.")
    if (count[size == 0] > 0).any():
        raise ArgumentError(f"A group counts events, but {of} is 0. Mend one of the two.")
    if not size.sum():
        raise ArgumentError(f"All {of} are 0; there is no rate to share. Give groups that were observed.")
    return count, size

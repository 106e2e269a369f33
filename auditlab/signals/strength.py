"""How strong a signal is, in words that a sentence can hold."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

Cells = Mapping[Hashable, Any]  # Any: the cells of one row of a frame


def strength_of(row: Cells) -> str:
    """How strong a signal is: both values, and the effect with its interval; empty where there is no effect."""
    # Availability and what a share loses a month live in hundredths of a point.
    fine = str(row["measure"]).startswith(("change of the share", "shift of the shares"))
    is_share = fine or str(row["measure"]).startswith("difference of shares")
    places = 2 if fine else 1
    cells = pd.Series([row[name] for name in ("recent", "earlier", "effect", "low", "high")], dtype="Float64")
    if cells.iloc[2:].isna().any():
        return ""
    effect, low, high = (_value(float(cell), share=is_share, signed=is_share, places=places) for cell in cells.iloc[2:])
    told = f"{row['measure']} {effect} (interval {low} to {high})"
    if cells.iloc[:2].isna().any():
        return told
    recent, earlier = (_value(float(cell), share=is_share, places=places) for cell in cells.iloc[:2])
    unit = " per month" if row["measure"] == "rate ratio" else ""
    return f"{recent} against {earlier}{unit}; {told}"


def _value(value: float, *, share: bool, places: int, signed: bool = False) -> str:
    if math.isinf(value):
        return "no limit"
    if share and signed:
        return f"{100 * value:+.{places}f} points"
    return f"{100 * value:.{places}f} %" if share else f"{value:.2g}"

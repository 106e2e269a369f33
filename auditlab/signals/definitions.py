"""What each key figure is: the catalogue of the standard floor, sharpened to what is computed here.

``definitions.csv`` beside this module states for every figure of this floor the clause it is evidence for, its
definition with numerator, denominator and cohort, and its unit. A figure of the catalogue that has no line there is
not computed on this floor.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One key figure."""

    kpi: str
    clause: str
    unit: str
    better: str  # "higher", "lower" or "" where neither is better
    definition: str


@cache
def definitions() -> Mapping[str, Definition]:
    """The figures of this floor by identifier."""
    text = resources.files(__package__).joinpath("definitions.csv").read_text(encoding="utf-8")
    return {row["kpi"]: Definition(**row) for row in csv.DictReader(io.StringIO(text))}


def definition_of(kpi: str) -> Definition:
    """The definition of figure `kpi`; raises ``KeyError`` for a figure without one."""
    return definitions()[kpi]

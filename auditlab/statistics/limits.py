"""The one shape of an estimate with its limits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """An estimate with its limits, and what they rest on."""

    low: float  # share [0-1], or rate per unit of exposure; 0 where only an upper limit was asked for
    high: float
    estimate: float  # k / n; not a number (nan) where nothing was examined
    k: float  # deviations or events [count]
    n: float  # records examined [count], or exposure
    confidence: float
    method: str
    population: int | None = None
    low_records: int | None = None  # limits in records of the population, where the method counts them
    high_records: int | None = None

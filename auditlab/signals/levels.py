"""The second declared family: whether the level changed at any month, not only in the last six.

The declared window cannot see a change that lies further back. So every series is also tested for one change of level
at an unknown month, by ranks, in a family of its own beside that of the windows. Both families count as tests of the
page, and a series that both flag is one fact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from auditlab.signals.periods import BASELINE_MONTHS, WINDOW_MONTHS
from auditlab.signals.series import Measure, Series
from auditlab.signals.windows import Change, compare_months
from auditlab.statistics.rank_permutations import SHORT, pettitt_permuted

SUFFIX = "_level"
"""What the names of the families of levels end in; the window of the same measure has the name without it."""

CHOSEN = "the test chose the month, so the interval of the effect is on the narrow side"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A change of level and the month it began in."""

    change: Change
    month: str | None


def base_family(family: str) -> str:
    """The key figure that a family of signals is about, whichever test it holds."""
    return family.removesuffix(SUFFIX)


def level_change(series: Series, *, confidence: float = 0.95, seed: int = 0) -> Level:
    """Test a series for one change of level at an unknown month.

    Parameters
    ----------
    series : Series
        The series.
    confidence : float
        Two-sided confidence of the interval of the effect [0-1].
    seed : int
        Seed of the orders drawn.

    Returns
    -------
    Level
        The months from the change on against those before. With fewer than 18 months with data p is not a number.

    References
    ----------
    .. [1] Pettitt (1979), Applied Statistics 28:126-135.
    """
    known = series.known
    found = pettitt_permuted(_comparable(series), seed=seed)
    first = known.index[found.last_before] if 0 < found.last_before < len(known) else len(series.months)
    recent, earlier = series.months[series.months.index >= first], series.months[series.months.index < first]
    change = compare_months(series, recent, earlier, confidence=confidence)
    if len(known) < BASELINE_MONTHS + WINDOW_MONTHS:
        why = f"undecided: {len(known)} months with data, {BASELINE_MONTHS + WINDOW_MONTHS} needed"
        words = "; ".join(filter(None, (why, series.note)))
        nothing = replace(change, effect=math.nan, low=math.nan, high=math.nan, p=math.nan, note=words)
        return Level(change=nothing, month=None)
    way = "orders drawn at random" if found.n < SHORT else "formula"
    method = f"Pettitt's rank test of one change of level at any month ({way})"
    note = "; ".join(filter(None, (CHOSEN if len(recent) else "", series.note)))
    month = f"{series.months['month'].iloc[first]:%Y-%m-%d}" if len(recent) else None
    return Level(change=replace(change, p=found.p, method=method, note=note), month=month)


def _comparable(series: Series) -> npt.NDArray[np.float64]:
    """Monthly values that vary alike when nothing changes: shares as deviations in units of their chance."""
    known = series.known
    values = known["value"].to_numpy("float64")
    if series.measure is not Measure.SHARE:
        return values
    sizes = known["n"].to_numpy("float64")
    center = float(known["k"].sum()) / float(sizes.sum())
    # Rounded, so that equal months stay equal.
    return np.asarray(np.round((values - center) * np.sqrt(sizes), 9))

"""What a control chart is made of: its kind, its conventions, the points of a phase and their lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditlab.statistics.arrays import Flags, Floats
from auditlab.statistics.chart_constants import MovingRangeConstant


class ChartKind(StrEnum):
    """What the points of a chart are."""

    RUN = "run"  # values around their median, no limits
    INDIVIDUALS = "i"
    MOVING_RANGE = "mr"
    PROPORTION = "p"
    PROPORTION_LANEY = "pp"  # p prime
    RATE = "u"
    RATE_LANEY = "up"  # u prime
    COUNT = "c"
    CASES_BETWEEN = "g"
    TIME_BETWEEN = "t"
    INDIVIDUALS_WEIGHTED = "i_prime"
    SUBGROUP_MEAN = "xbar"
    SUBGROUP_SD = "s"
    EWMA = "ewma"
    CUSUM = "cusum"


class SigmaEstimator(StrEnum):
    """How the spread of single values is estimated."""

    MEAN_RANGE = "mean moving range"
    MEDIAN_RANGE = "median moving range"
    SD = "standard deviation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """The choices that two charts of the same values can differ in."""

    sigmas: float = 3.0  # half-width of the limits in standard deviations
    constant: MovingRangeConstant = MovingRangeConstant.PRINTED
    screened: bool = False  # drop moving ranges beyond their own limit once (Nelson 1982)
    estimator: SigmaEstimator = SigmaEstimator.MEAN_RANGE
    center: float | None = None  # known centre line instead of an estimated one
    sd: float | None = None  # known standard deviation of single values
    weight: float = 0.2  # of the newest value of an EWMA chart
    allowance: float = 0.5  # k of a CUSUM chart [standard deviations]
    decision: float = 5.0  # h of a CUSUM chart [standard deviations]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The points of one phase; arrays of equal length, missing as nan."""

    value: Floats  # as plotted
    n: Floats  # denominators or subgroup sizes; ones where the kind has none
    used: Flags  # points that centre and limits are computed from
    spread: Floats  # standard deviation within each subgroup; nan where there are no subgroups


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Centre, limits and the distance of each point from the centre in standard deviations."""

    center: Floats
    lower: Floats
    upper: Floats
    z: Floats

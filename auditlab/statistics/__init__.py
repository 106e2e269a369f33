"""Numbers without audits: limits of shares and rates, and exact comparisons."""

from auditlab.statistics.exact_tests import (
    Comparison,
    Homogeneity,
    compare_proportions,
    fisher,
    homogeneity,
    rate_ratio,
)
from auditlab.statistics.intervals import Limit, clopper_pearson, interval, poisson_rate, upper_limit, wilson

__all__ = [
    "Comparison",
    "Homogeneity",
    "Limit",
    "clopper_pearson",
    "compare_proportions",
    "fisher",
    "homogeneity",
    "interval",
    "poisson_rate",
    "rate_ratio",
    "upper_limit",
    "wilson",
]

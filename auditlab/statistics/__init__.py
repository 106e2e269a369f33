"""Numbers without audits: limits of shares and rates, exact comparisons, control charts, change points, survival."""

from auditlab.statistics.change_points import ChangePoint, Pettitt, change_point, pettitt
from auditlab.statistics.change_shapes import Change
from auditlab.statistics.control_charts import control_chart
from auditlab.statistics.exact_tests import (
    Comparison,
    Homogeneity,
    compare_proportions,
    fisher,
    homogeneity,
    rate_ratio,
)
from auditlab.statistics.intervals import Limit, clopper_pearson, interval, poisson_rate, upper_limit, wilson
from auditlab.statistics.survival import LogRank, Quantile, SurvivalCurve, log_rank, survival

__all__ = [
    "Change",
    "ChangePoint",
    "Comparison",
    "Homogeneity",
    "Limit",
    "LogRank",
    "Pettitt",
    "Quantile",
    "SurvivalCurve",
    "change_point",
    "clopper_pearson",
    "compare_proportions",
    "control_chart",
    "fisher",
    "homogeneity",
    "interval",
    "log_rank",
    "pettitt",
    "poisson_rate",
    "rate_ratio",
    "survival",
    "upper_limit",
    "wilson",
]

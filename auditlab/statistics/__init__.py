"""Numbers without audits: limits of shares and rates, exact comparisons, control charts, change points, survival."""

from auditlab.statistics.assurance import Assurance, Capability, Variation, capability, variation
from auditlab.statistics.change_points import ChangePoint, Pettitt, change_point, pettitt
from auditlab.statistics.change_shapes import Change
from auditlab.statistics.chart_rules import Runs, anhoej_runs
from auditlab.statistics.control_charts import control_chart
from auditlab.statistics.exact_tests import (
    Comparison,
    Homogeneity,
    compare_proportions,
    fisher,
    homogeneity,
    rate_ratio,
)
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.false_signals import false_signals
from auditlab.statistics.funnels import funnel_limits
from auditlab.statistics.intervals import clopper_pearson, interval, upper_limit, wilson
from auditlab.statistics.limits import Limit
from auditlab.statistics.overdispersion import Overdispersion
from auditlab.statistics.poisson_rates import poisson_rate
from auditlab.statistics.survival import LogRank, Quantile, SurvivalCurve, log_rank, survival

__all__ = [
    "Assurance",
    "Capability",
    "Change",
    "ChangePoint",
    "Comparison",
    "Homogeneity",
    "Limit",
    "LogRank",
    "Overdispersion",
    "Pettitt",
    "Quantile",
    "Runs",
    "SurvivalCurve",
    "Variation",
    "anhoej_runs",
    "capability",
    "change_point",
    "clopper_pearson",
    "compare_proportions",
    "control_chart",
    "false_signals",
    "fisher",
    "funnel_limits",
    "homogeneity",
    "interval",
    "log_rank",
    "pettitt",
    "poisson_rate",
    "q_values",
    "rate_ratio",
    "survival",
    "upper_limit",
    "variation",
    "wilson",
]

"""Floor 3, priority: where to look first, how sure we are, and what less time would cost."""

from __future__ import annotations

from auditlab.priority.allocation import allocation
from auditlab.priority.backtest import backtest
from auditlab.priority.backtest_metrics import Metric
from auditlab.priority.backtest_models import Model
from auditlab.priority.cells import cell_history
from auditlab.priority.claims import TimeRules, time_rules
from auditlab.priority.contributions import Kind, Weights, contributions
from auditlab.priority.engagement_backtest import BacktestResult, engagement_backtest, joined_history
from auditlab.priority.engagement_priorities import evidence_of, priorities
from auditlab.priority.hits import hits_by_part
from auditlab.priority.likelihood import expected_findings, model_constants
from auditlab.priority.losses import loss_list, losses_in_words
from auditlab.priority.parts import Part
from auditlab.priority.priorities import Evidence, priorities_table
from auditlab.priority.recomputing import score_terms, worked_example
from auditlab.priority.sentences import headlines
from auditlab.priority.stability import rank_stability

__all__ = [
    "BacktestResult",
    "Evidence",
    "Kind",
    "Metric",
    "Model",
    "Part",
    "TimeRules",
    "Weights",
    "allocation",
    "backtest",
    "cell_history",
    "contributions",
    "engagement_backtest",
    "evidence_of",
    "expected_findings",
    "headlines",
    "hits_by_part",
    "joined_history",
    "loss_list",
    "losses_in_words",
    "model_constants",
    "priorities",
    "priorities_table",
    "rank_stability",
    "score_terms",
    "time_rules",
    "worked_example",
]

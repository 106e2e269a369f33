"""What a backtest measures of an order, draw by draw of the sites."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from auditlab.priority.backtest_models import Model
from auditlab.statistics.arrays import Floats
from auditlab.statistics.forecast_skill import (
    Outcomes,
    calibration_slopes,
    log_losses,
    order_skill,
    ratios,
    visit_recall,
)

LEAST_ENTITIES = 5
"""Fewer sites cannot be drawn again: no interval is given."""

EFFORTS = (0.2, 0.4)
INTERVAL = 0.95


class Metric(StrEnum):
    """What is measured; all but log-loss and slope are better when higher."""

    AVERAGE_PRECISION = "average precision"
    RECALL_20 = "recall at 20 % of all cells"
    RECALL_40 = "recall at 40 % of all cells"
    VISIT_RECALL_20 = "recall at 20 % within each visit"
    VISIT_RECALL_40 = "recall at 40 % within each visit"
    LOG_LOSS = "log-loss"
    CALIBRATION_SLOPE = "calibration slope"
    GAIN = "average precision minus that of the clause base rate"
    TIMES_LAST = "average precision divided by that of the last audit"


def drawn_metrics(chances: Floats, outcomes: Outcomes, weights: Floats) -> dict[Metric, Floats]:
    """Every metric by draw; the first draw is the data themselves."""
    ordered = order_skill(chances, outcomes, weights, efforts=EFFORTS)
    visits = ratios(visit_recall(chances, outcomes, efforts=EFFORTS), weights)
    return {
        Metric.AVERAGE_PRECISION: ordered[:, 0],
        Metric.RECALL_20: ordered[:, 1],
        Metric.RECALL_40: ordered[:, 2],
        Metric.VISIT_RECALL_20: visits[:, 0],
        Metric.VISIT_RECALL_40: visits[:, 1],
        Metric.LOG_LOSS: ratios(log_losses(chances, outcomes), weights)[:, 0],
        Metric.CALIBRATION_SLOPE: calibration_slopes(chances, outcomes, weights),
    }


def against_others(model: Model, drawn: dict[Model, dict[Metric, Floats]]) -> dict[Metric, Floats]:
    """The comparisons that count, on the same draws of sites."""
    own, found = drawn[model][Metric.AVERAGE_PRECISION], {}
    if Model.CLAUSE_BASE_RATE in drawn and model is not Model.CLAUSE_BASE_RATE:
        found[Metric.GAIN] = own - drawn[Model.CLAUSE_BASE_RATE][Metric.AVERAGE_PRECISION]
    if Model.LAST_AUDIT in drawn and model is not Model.LAST_AUDIT:
        found[Metric.TIMES_LAST] = own / drawn[Model.LAST_AUDIT][Metric.AVERAGE_PRECISION]
    return found


def draw_limits(values: Floats, entities: int) -> tuple[float, float]:
    """The middle 95 % of the draws after the first; missing with too few sites."""
    known = values[1:][~np.isnan(values[1:])]
    if entities < LEAST_ENTITIES or not len(known):
        return float("nan"), float("nan")
    tail = (1 - INTERVAL) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)

"""Objectives, consistency, speed and satisfaction side by side: the view of strategy and customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.reporting.capability import capability_statement
from auditlab.reporting.efficiency import efficiency_lens
from auditlab.reporting.flow import flow_view, stage_shares
from auditlab.reporting.scorecard import objective_scorecard
from auditlab.signals.frames import KPI_DTYPES, typed
from auditlab.signals.of_engagement import engagement_signals
from auditlab.signals.satisfaction import satisfaction_figures
from auditlab.signals.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Objectives, capability, speed (`efficiency_lens`), stages and flow, satisfaction with response rates."""

    scorecard: pd.DataFrame
    capability: pd.DataFrame
    lens: pd.DataFrame
    stages: pd.DataFrame
    flow: pd.DataFrame
    satisfaction: pd.DataFrame


def performance(lab: Engagement, series: Sequence[Series]) -> Performance:
    """All of it for an engagement.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    series : sequence of Series
        Result of `measured_series`.
    """
    tables, day, confidence = lab.tables, pd.Timestamp(lab.settings.as_of), lab.settings.method.confidence
    stages = stage_shares(tables, as_of=day)
    answers = typed(satisfaction_figures(tables, as_of=day, confidence=confidence), KPI_DTYPES)
    return Performance(
        scorecard=objective_scorecard(tables.objectives, tables.services, as_of=day),
        capability=capability_statement(series, confidence=confidence),
        lens=efficiency_lens(tables, as_of=day, confidence=confidence),
        stages=stages,
        flow=flow_view(tables, engagement_signals(lab).kpis, stages, as_of=day),
        satisfaction=answers.assign(cut_off=f"{day:%Y-%m-%d}").astype(KPI_DTYPES),
    )

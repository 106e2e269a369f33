"""The signals of an engagement, by the scale its settings state."""

from __future__ import annotations

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.signals.kept_signals import service_signals
from auditlab.signals.review import ServiceSignals, worse


def engagement_signals(lab: Engagement, *, months: int = 12) -> ServiceSignals:
    """What the service data of an engagement show on the day of its review; see `service_signals`."""
    method = lab.settings.method
    return service_signals(
        lab.tables,
        as_of=pd.Timestamp(lab.settings.as_of),
        months=months,
        confidence=method.confidence,
        false_discovery_rate=method.false_discovery_rate,
    )


def worse_signals(lab: Engagement, *, months: int = 12) -> pd.DataFrame:
    """The flagged signals of an engagement that got worse, as ``priority.priorities`` takes them; see `worse`."""
    return worse(engagement_signals(lab, months=months).signals)

"""Floor 2: what service data show."""

from auditlab.signals.change_approvals import (
    ChangeSignals,
    change_signals,
    changes_to_sample,
    flagged_site,
    unapproved_at_start,
)
from auditlab.signals.clusters import incident_clusters
from auditlab.signals.detectability import detectability
from auditlab.signals.headlines import expected_false_charts, signal_headlines
from auditlab.signals.kept_signals import kept_signals
from auditlab.signals.points import figures_left_out, series_points
from auditlab.signals.review import ServiceSignals, worse
from auditlab.signals.review import service_signals as work_out_signals

__all__ = [
    "ChangeSignals",
    "ServiceSignals",
    "change_signals",
    "changes_to_sample",
    "detectability",
    "expected_false_charts",
    "figures_left_out",
    "flagged_site",
    "incident_clusters",
    "series_points",
    "service_signals",
    "signal_headlines",
    "unapproved_at_start",
    "worse",
]

service_signals = kept_signals(work_out_signals)

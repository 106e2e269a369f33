"""Floor 2: what service data show."""

from auditlab.signals.change_approvals import (
    ChangeSignals,
    approvals_tested,
    change_signals,
    changes_to_sample,
    emergency_changes,
    flagged_site,
    unapproved_at_start,
)
from auditlab.signals.clusters import incident_clusters
from auditlab.signals.detectability import detectability
from auditlab.signals.headlines import expected_false_charts, signal_headlines
from auditlab.signals.kept_signals import service_signals
from auditlab.signals.of_engagement import engagement_signals, worse_signals
from auditlab.signals.points import figures_left_out, series_points, target_outlook
from auditlab.signals.rare_events import rare_event_points
from auditlab.signals.review import ServiceSignals, worse

__all__ = [
    "ChangeSignals",
    "ServiceSignals",
    "approvals_tested",
    "change_signals",
    "changes_to_sample",
    "detectability",
    "emergency_changes",
    "engagement_signals",
    "expected_false_charts",
    "figures_left_out",
    "flagged_site",
    "incident_clusters",
    "rare_event_points",
    "series_points",
    "service_signals",
    "signal_headlines",
    "target_outlook",
    "unapproved_at_start",
    "worse",
    "worse_signals",
]

"""Floor 2: what service data show."""

from auditlab.signals.change_approvals import (
    ChangeSignals,
    change_signals,
    changes_to_sample,
    flagged_site,
    unapproved_at_start,
)
from auditlab.signals.clusters import incident_clusters
from auditlab.signals.review import ServiceSignals, service_signals, worse

__all__ = [
    "ChangeSignals",
    "ServiceSignals",
    "change_signals",
    "changes_to_sample",
    "flagged_site",
    "incident_clusters",
    "service_signals",
    "unapproved_at_start",
    "worse",
]

"""Floor 2: what service data show."""

from auditlab.signals.change_approvals import (
    ChangeSignals,
    change_signals,
    changes_to_sample,
    flagged_site,
    unapproved_at_start,
)
from auditlab.signals.detectability import detectability

__all__ = [
    "ChangeSignals",
    "change_signals",
    "changes_to_sample",
    "detectability",
    "flagged_site",
    "unapproved_at_start",
]

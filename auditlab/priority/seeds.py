"""The seed of an engagement for one purpose."""

from __future__ import annotations

from auditlab.engagement import Engagement
from auditlab.priority.stability import seed_from


def seed_of(lab: Engagement, *, purpose: str) -> int:
    """The seed for one purpose; 0 where the engagement has none, so that a draw is the same every time.

    Parameters
    ----------
    lab : Engagement
        The opened engagement.
    purpose : str
        What is drawn; two purposes never share their random numbers.
    """
    secret = lab.settings.seed
    return seed_from(secret, purpose=purpose) if secret else 0

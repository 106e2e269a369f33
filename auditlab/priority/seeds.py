"""Seeds of single draws, made from the secret seed of an engagement."""

from __future__ import annotations

import hashlib

from auditlab.engagement import Engagement


def seed_from(secret: str, *, purpose: str) -> int:
    """A seed for one purpose; the secret cannot be had back from it.

    Parameters
    ----------
    secret : str
        The seed of the engagement.
    purpose : str
        What is drawn; two purposes never share their random numbers.
    """
    digest = hashlib.sha256(f"{purpose}:{secret}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


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

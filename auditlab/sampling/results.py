"""What can be noted for an attribute of a record; facts, no verdicts."""

from __future__ import annotations

NO_DEVIATION, DEVIATION, NOT_APPLICABLE, NOT_AVAILABLE = (
    "no deviation",
    "deviation",
    "does not apply",
    "record not available",
)
RESULTS = (NO_DEVIATION, DEVIATION, NOT_APPLICABLE, NOT_AVAILABLE)

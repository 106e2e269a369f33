"""Run and inputs in one line: what every table of a report carries."""

from __future__ import annotations

import hashlib

from auditlab.engagement import Engagement

DRAFT = "draft, no run"


def input_hash(lab: Engagement) -> str:
    """Twelve hexadecimal digits that change when any input file changes, whatever its name."""
    together = "\n".join(sorted(file.sha256 for file in lab.inputs))
    return hashlib.sha256(together.encode("ascii")).hexdigest()[:12]


def run_line(lab: Engagement, *, run_id: str) -> str:
    """``Run 20240402T080000Z-1a2b3c, inputs 0123456789ab``; a draft says that it is one."""
    return f"Run {run_id or DRAFT}, inputs {input_hash(lab)}"

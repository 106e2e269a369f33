"""Floor 1: from files to canonical tables, with an account of every row."""

from auditlab.intake.opening import open_engagement
from auditlab.intake.quality import kpi_availability, quality_card

__all__ = ["kpi_availability", "open_engagement", "quality_card"]

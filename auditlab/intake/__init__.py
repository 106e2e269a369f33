"""Floor 1: from files to canonical tables, with an account of every row."""

from auditlab.intake.first_look import reading_remarks, rejected_for_one_reason
from auditlab.intake.opening import open_engagement
from auditlab.intake.quality import kpi_availability, missing_fields, quality_card, sheet_account
from auditlab.intake.sla_agreement import sla_flag_agreement

__all__ = [
    "kpi_availability",
    "missing_fields",
    "open_engagement",
    "quality_card",
    "reading_remarks",
    "rejected_for_one_reason",
    "sheet_account",
    "sla_flag_agreement",
]

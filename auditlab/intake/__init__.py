"""Floor 1: from files to canonical tables, with an account of every row.

The names are loaded when first used: the process that reads files needs none of the tables.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditlab.intake.first_look import reading_remarks, rejected_for_one_reason
    from auditlab.intake.opening import open_engagement
    from auditlab.intake.persons import persons_listed
    from auditlab.intake.quality import kpi_availability, missing_fields, quality_card, sheet_account
    from auditlab.intake.sla_agreement import sla_flag_agreement

__all__ = [
    "kpi_availability",
    "missing_fields",
    "open_engagement",
    "persons_listed",
    "quality_card",
    "reading_remarks",
    "rejected_for_one_reason",
    "sheet_account",
    "sla_flag_agreement",
]

_MODULES = {
    "open_engagement": "opening",
    "persons_listed": "persons",
    "reading_remarks": "first_look",
    "rejected_for_one_reason": "first_look",
    "sla_flag_agreement": "sla_agreement",
}


def __getattr__(name: str) -> Any:  # Any: a function, by name
    """Load one of the functions on first use (PEP 562)."""
    if name in __all__:
        return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'quality')}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Which columns name a record: two rows with the same key are the same record or need a key of their own."""

from __future__ import annotations

import pandas as pd

KEYS: dict[str, tuple[str, ...]] = {
    "audits": ("audit_id",),
    "coverage": ("audit_id", "site", "clause"),
    "findings": ("finding_id",),
    "corrective_actions": ("finding_id",),
    "incidents": ("incident_id",),
    "requests": ("request_id",),
    "problems": ("problem_id",),
    "changes": ("change_id",),
    "releases": ("release_id",),
    "complaints": ("complaint_id",),
    "sla_monthly": ("service", "month", "metric", "priority", "supplier", "customer"),
    "sites": ("site",),
    "services": ("service",),
    "suppliers": ("supplier",),
    "clients": ("client",),
    # A certificate keeps its number when it is renewed: each decision is a record of its own.
    "certificates": ("certificate_id", "decision_date"),
    "contracts": ("contract_id",),
    "sla_clocks": ("record_id", "definition", "clock_start"),
}


def record_key(table: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """The columns that name a record of `frame`; nothing where a table has no key of its own.

    In a register of several clients "HQ" is a site of each of them.
    """
    several = table == "sites" and len(frame["client"].dropna().unique()) > 1
    return ("site", "client") if several else KEYS.get(table, ())

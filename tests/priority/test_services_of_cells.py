"""Which services a cell concerns, whatever they are called."""

import pandas as pd

from auditlab.history.corrective_actions import STATUS_DTYPES
from auditlab.priority import contributions
from auditlab.priority.obligations import consequences, services_at

SERVICES = pd.DataFrame(
    {
        "service": ["Service Desk", "Mail"],
        "sites": ["A", "A"],
        "criticality": ["critical", "low"],
        "regulated": pd.array([True, False], dtype="boolean"),
    }
)


def test_a_blank_in_the_name_of_a_service_parts_no_service():
    signals = pd.DataFrame({"clause": "8.6.1", "site": "A", "service": ["Service Desk", "Mail"], "flagged": True})
    status = pd.DataFrame(columns=list(STATUS_DTYPES)).astype(STATUS_DTYPES)
    added = contributions(status, signals, None, sites=["A"], services=SERVICES)
    findings = pd.DataFrame({"site": ["A"], "key": ["8.6.1"], "service": ["Service Desk"]})
    named = services_at(findings, added)
    assert named == {("A", "8.6.1"): ("Mail", "Service Desk")}
    row = consequences(pd.DataFrame({"site": ["A"], "clause": ["8.6.1"]}), SERVICES, named).iloc[0]
    assert row["service"] == "Mail; Service Desk"
    assert (row["consequence"], row["consequence_from"], bool(row["regulated"])) == ("critical", "evidence", True)

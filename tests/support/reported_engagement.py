"""A small engagement in frames: three audits of two sites, actions that worked, came back or wait."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pandas as pd

from auditlab import reporting
from auditlab.engagement import Engagement
from auditlab.priority.allocation import ALLOCATION_DTYPES
from auditlab.settings import Settings
from auditlab.standard.clauses import auditable_leaves
from auditlab.tables import Tables, as_canonical

AUDITS = [
    ("AU-1", "internal", "2022-03-01", "2022-03-02", "A, B", 3.0),
    ("AU-2", "internal", "2023-03-07", "2023-03-08", "A, B", 3.0),
    ("AU-3", "internal", "2024-03-05", "2024-03-06", "A", 2.0),
]
FINDINGS = [
    ("F1", "AU-1", "A", "S1", "8.5.1.3", "major", "Changes were started without approval", "changes 11, 14, 19"),
    ("F2", "AU-1", "B", "S2", "8.6.3", "minor", "No problem record for repeated faults", ""),
    ("F3", "AU-2", "A", "S1", "8.5.1.2", "minor", "Changes were not classified", "changes 41 to 47"),
    ("F4", "AU-2", "B", "", "9.2.1", "minor", "The internal audit left site B out", "programme 2022"),
    ("F5", "AU-3", "A", "S1", "8.5.1.3", "minor", "Two changes were started without approval", "changes 90, 91"),
    ("F6", "AU-3", "A", "", "7.5.1", "ofi", "No evidence of review; approvals missing", ""),
    ("F7", "AU-3", "A", "S1", "8.6.1", "strength", "Clear board of major incidents", "board seen"),
    ("F8", "AU-3", "A", "", "", "observation", "The team is new", ""),
]
ACTIONS = [
    ("F1", "2022-06-01", "2022-05-20", "2022-06-10"),  # came back as F3, then F5
    ("F2", "2022-06-01", "2022-05-01", "2022-06-01"),  # examined again in AU-2, stayed away
    ("F3", "2023-06-01", "2023-05-15", "2023-06-01"),  # came back as F5
    ("F4", "2023-06-01", "2023-05-20", None),  # site B was not visited since
    ("F5", None, None, None),
]  # fmt: skip


def small_tables(*, audit_type="internal", **own):
    """The tables, with those of `own` in place of the usual ones."""
    names = ["finding_id", "audit_id", "site", "service", "clause", "grade", "statement", "evidence"]
    findings = pd.DataFrame(FINDINGS, columns=names).replace("", None)
    actions = pd.DataFrame(ACTIONS, columns=["finding_id", "due_original", "completed", "verified"])
    audits = pd.DataFrame(AUDITS, columns=["audit_id", "type", "start", "end", "sites", "auditor_days"])
    leaves = auditable_leaves()
    covered = [("AU-1", site, leaf) for site in "AB" for leaf in leaves]
    covered += [("AU-2", site, leaf) for site in "AB" for leaf in leaves]
    covered += [("AU-3", "A", leaf) for leaf in leaves if leaf not in {"8.4.1", "8.4.2"}]
    frames = {
        "audits": audits.assign(type=audit_type, edition="2018", lead=["P. Person", "Q. Person", "P. Person"]),
        "findings": findings.assign(edition="2018", clause_as_cited=findings["clause"].fillna("?")),
        "corrective_actions": actions,
        "coverage": pd.DataFrame(covered, columns=["audit_id", "site", "clause"]).assign(examined=True, minutes=10.0),
        "sites": pd.DataFrame({"site": ["A", "B"], "name": ["Aarlund", "Brekke"], "central": [True, False]}),
        "services": pd.DataFrame(
            {"service": ["S1", "S2"], "name": ["Mail", "Desk"], "criticality": ["high", "low"], "sites": ["A", "A, B"]}
        ),
    } | own
    return Tables({name: as_canonical(name, frame) for name, frame in frames.items()})


def small_lab(*, party="first", report=None, **own):
    """The engagement as intake would hand it over; a certification body holds surveillance audits."""
    audit_type = "surveillance" if party == "third" else "internal"
    settings = Settings.model_validate(
        {"name": "small", "client": "Small & Sons", "party": party, "as_of": dt.date(2024, 9, 30),
         "next_audit": {"type": "internal", "start": dt.date(2025, 3, 4)}, "report": report or {}}
    )  # fmt: skip
    empty = pd.DataFrame()
    return Engagement(
        folder=Path("small"), settings=settings, tables=small_tables(audit_type=audit_type, **own), ledger=empty, summary=empty,
        questions=pd.DataFrame({"answered": pd.Series(dtype="bool")}), discrepancies=empty, inputs=(),
    )  # fmt: skip


def with_empty_register(lab, table="findings"):
    """The engagement whose file had a sheet of a table, with a header and no row."""
    found = {"table": table, "seen": 0, "loaded": 0, "rejected": 0, "duplicate": 0}
    return replace(lab, summary=pd.DataFrame([found]))


def months_of_changes(*, late_by_month, per_month=20, site="A", first="2023-01-01"):
    """Changes of one site: so many a month, the first `late` of each without an approval."""
    rows = []
    for place, late in enumerate(late_by_month):
        start = pd.Timestamp(first) + pd.DateOffset(months=place)
        for number in range(per_month):
            started = start + pd.Timedelta(days=number, hours=12)
            approved = None if number < late else started - pd.Timedelta(days=1)
            rows.append({"change_id": f"{site}-{place}-{number}", "type": "normal", "service": "S1", "site": site,
                         "started": started, "approved": approved})  # fmt: skip
    return pd.DataFrame(rows)


PLAN = (("A", "8.5.1", "priority", 60, 0.6), ("A", "8.6.1", "priority", 30, 0.3), ("B", "9.2", "random", 15, 0.2),
        ("A", "8.4.1", "random", 15, 0.1), ("A", "7.2", "random", 15, 0.05))  # fmt: skip
CHANCES = ["site", "clause", "expected", "low", "high"]


def followed(*cells):
    """The plan of an earlier run: site, clause, part, minutes, chance."""
    rows = [
        {"budget_share": share, "site": site, "clause": clause, "rank": rank, "part": part, "minutes": minutes,
         "random_minutes": 0, "floor": 0, "reason": ""}
        for share in (1.0, 0.8)
        for rank, (site, clause, part, minutes, _) in enumerate(cells, start=1)
    ]  # fmt: skip
    chances = [(site, clause, chance, chance / 2, min(1, 2 * chance)) for site, clause, _, _, chance in cells]
    plan = pd.DataFrame(rows, columns=list(ALLOCATION_DTYPES)).astype(ALLOCATION_DTYPES)
    expected = pd.DataFrame(chances, columns=CHANCES)
    return reporting.FollowedPlan(allocation=plan, expectation=expected, as_of=pd.Timestamp("2024-02-01"))


def made(lab, *cells, **options):
    """The report on an audit that followed these planned cells."""
    return reporting.audit_report(lab, plan=followed(*cells), **options)

"""Values that cannot be: the row stays, the value counts as unknown, and it is listed as a contradiction."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from auditlab.intake.ledger import Action, Ledger, place_of
from auditlab.tables import Tables

MOST_AUDITORS = 20
"""No team of an audit is larger; more days than so many auditors have in the days of the audit cannot be."""
LONGEST_AUDIT = 30
"""An audit whose last day is not known takes no longer [days]."""

UNKNOWN = "counts as unknown until the cell is corrected"
_DAYS = (("auditor_days", "fewer than no auditor-days"), ("table_days", "fewer than no days of the table"))
_TOO_MANY = "more auditor-days than a team can work in the days of the audit"
_EXPIRY = "certificate that expires before it was decided on"

Impossible = tuple[pd.Series, str, str, str, str, str]
"""Row, field, rule, found, expected, effect."""


def days_below_zero(tables: Tables) -> Iterator[Impossible]:
    """Audits with a negative number of days."""
    for field, rule in _DAYS:
        for _, row in tables.audits[tables.audits[field] < 0].iterrows():
            yield row, field, rule, f"{row[field]:g}", "0 days or more", UNKNOWN


def days_beyond_a_team(tables: Tables) -> Iterator[Impossible]:
    """Audits with more auditor-days than `MOST_AUDITORS` have from its first to its last day."""
    audits = tables.audits
    lasted = (audits["end"] - audits["start"]).dt.days.add(1).clip(lower=1).fillna(LONGEST_AUDIT)
    beyond = audits["auditor_days"] > MOST_AUDITORS * lasted
    for (_, row), days in zip(audits[beyond].iterrows(), lasted[beyond].astype("int64"), strict=True):
        most = f"at most {MOST_AUDITORS * days} ({days} {'day' if days == 1 else 'days'} with {MOST_AUDITORS} auditors)"
        yield row, "auditor_days", _TOO_MANY, f"{row['auditor_days']:g}", most, UNKNOWN


def expiry_before_decision(tables: Tables) -> Iterator[Impossible]:
    """Certificates whose last day lies before the decision."""
    certificates = tables.certificates
    for _, row in certificates[certificates["expiry"] < certificates["decision_date"]].iterrows():
        yield row, "expiry", _EXPIRY, f"{row['expiry']:%Y-%m-%d}", f"after {row['decision_date']:%Y-%m-%d}", UNKNOWN


def unknown_where_impossible(tables: Tables, *, ledger: Ledger) -> Tables:
    """`tables` without the impossible values; the ledger tells of each."""
    changed = {name: tables[name] for name in tables if tables.handed_over(name)}
    checks = (("audits", days_below_zero), ("audits", days_beyond_a_team), ("certificates", expiry_before_decision))
    for table, check in checks:
        if not tables.handed_over(table):
            continue
        frame = changed[table].copy()
        for row, field, rule, found, _, _ in check(tables):
            ledger.cell(
                place_of(row.to_dict()), table=table, field=field, action=Action.SKIPPED,
                rule=f"{rule}; {UNKNOWN}", old=found, new="",
            )  # fmt: skip
            frame.loc[row.name, field] = None
        changed[table] = frame
    return Tables(changed)

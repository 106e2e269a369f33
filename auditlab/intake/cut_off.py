"""Cut the tables at the as-of date: what was not yet known then is left out.

An engagement may be opened as of an earlier day (to see what could have been known before an
audit). Records of events that began later are skipped; plans, such as contracts and announced
changes, stay. Dates that came later are taken back to missing, so that an action completed
afterwards is open and a ticket resolved afterwards is unresolved.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from auditlab.intake.ledger import Action, Ledger, Place, place_of
from auditlab.tables import SOURCE_COLUMNS

BEGINS: dict[str, str] = {
    "audits": "start",
    "incidents": "opened",
    "requests": "opened",
    "problems": "opened",
    "changes": "started",
    "releases": "started",
    "sla_monthly": "month",
    "outages": "start",
    "csat": "month",
    "complaints": "received",
    "certificates": "decision_date",
    "sla_clocks": "clock_start",
}
KNOWN_LATER: dict[str, tuple[str, ...]] = {
    "audits": ("end", "decision_date"),
    "corrective_actions": ("completed", "accepted", "verified"),
    "incidents": ("first_response", "resolved", "closed"),
    "requests": ("closed",),
    "problems": ("closed",),
    "changes": ("approved", "ended", "closed"),
    "releases": ("ended",),
    "outages": ("end",),
    "complaints": ("closed",),
    "continuity_tests": ("done",),
    "documents": ("reviewed",),
    "sla_clocks": ("clock_stop",),
    "approvals": ("decided",),
}
OF_AN_AUDIT = ("coverage", "findings")
LATER_ROW = "later than the as-of date"
LATER_CELL = "came after the as-of date, so not yet known"


def cut_at(tables: dict[str, pd.DataFrame], *, as_of: date, ledger: Ledger) -> dict[str, pd.DataFrame]:
    """The tables as they could have been known at the end of the day `as_of`."""
    end_of_day = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    cut = {name: _without_later_rows(name, frame, end_of_day, ledger=ledger) for name, frame in tables.items()}
    later_audits = set(tables["audits"]["audit_id"]) - set(cut["audits"]["audit_id"])
    for name in OF_AN_AUDIT:
        cut[name] = _skip(name, cut[name], cut[name]["audit_id"].isin(later_audits), ledger=ledger)
    later_findings = set(tables["findings"]["finding_id"]) - set(cut["findings"]["finding_id"])
    actions = cut["corrective_actions"]
    cut["corrective_actions"] = _skip(
        "corrective_actions", actions, actions["finding_id"].isin(later_findings), ledger=ledger
    )
    return {name: _without_later_dates(name, frame, end_of_day, ledger=ledger) for name, frame in cut.items()}


def _without_later_rows(name: str, frame: pd.DataFrame, end_of_day: pd.Timestamp, *, ledger: Ledger) -> pd.DataFrame:
    if name not in BEGINS or frame.empty:
        return frame
    return _skip(name, frame, frame[BEGINS[name]] >= end_of_day, ledger=ledger)


def _skip(name: str, frame: pd.DataFrame, later: pd.Series, *, ledger: Ledger) -> pd.DataFrame:
    if not later.any():
        return frame.reset_index(drop=True)
    for place in _places(frame[later]):
        ledger.row(place, table=name, action=Action.SKIPPED, rule=LATER_ROW)
    return frame[~later].reset_index(drop=True)


def _without_later_dates(name: str, frame: pd.DataFrame, end_of_day: pd.Timestamp, *, ledger: Ledger) -> pd.DataFrame:
    for column in KNOWN_LATER.get(name, ()) if len(frame) else ():
        later = frame[column] >= end_of_day
        for place, moment in zip(_places(frame[later]), frame.loc[later, column], strict=True):
            ledger.cell(place, table=name, field=column, action=Action.SKIPPED, rule=LATER_CELL, old=moment, new="")
        if later.any():
            frame = frame.assign(**{column: frame[column].mask(later)})
    return frame


def _places(frame: pd.DataFrame) -> list[Place]:
    if frame.empty:
        return []
    return [place_of(row) for row in frame[list(SOURCE_COLUMNS)].to_dict("records")]

"""Which audit a report is about, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.errors import ArgumentError, NotEnoughDataError
from auditlab.history.cells import RECORDED, audits_once, natural_order, site_list, text_of
from auditlab.history.coverage import examinations
from auditlab.history.rate_comparisons import auditor_codes
from auditlab.settings import AuditType, Party

_OWN = {str(AuditType.INTERNAL): Party.FIRST, str(AuditType.SUPPLIER): Party.SECOND}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedAudit:
    """One audit with its dates, places and people (as codes).

    ``party`` is who audited (see `party_of`); ``earlier`` holds the audits held before it, in order of time.
    ``examination_recorded`` tells whether a row of the coverage says what it examined: without one its scope alone is
    known. ``examined_at`` holds the sites of these rows. ``findings_known`` and ``actions_known`` tell whether a
    register of findings, and one of actions, was handed over, and be it one without a row.
    """

    audit_id: str
    type: str
    party: Party
    edition: str
    start: pd.Timestamp
    end: pd.Timestamp
    sites: tuple[str, ...]
    auditor_days: float | None
    team: tuple[str, ...]
    earlier: tuple[str, ...]
    examination_recorded: bool
    examined_at: tuple[str, ...]
    findings_known: bool
    actions_known: bool


def party_of(audit_type: object, *, otherwise: Party) -> Party:
    """Who holds an audit of this type, whoever looks at it now.

    Parameters
    ----------
    audit_type : object
        Kind of audit as in the table of audits; may be missing.
    otherwise : Party
        What is taken where the kind is not recorded.

    Returns
    -------
    Party
        An internal audit is by the organisation itself, a supplier audit by its customer; every other kind belongs to
        the cycle of a certification body.
    """
    kind = text_of(audit_type)
    return _OWN.get(kind, Party.THIRD) if kind else otherwise


def reported_audit(lab: Engagement, *, audit: str | None = None) -> ReportedAudit:
    """The audit to report on: the last one held by the day of the review, or the one named.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    audit : str, optional
        Identifier of an audit.

    Returns
    -------
    ReportedAudit
        Its sites are those of the audit list together with those of the coverage.

    Raises
    ------
    NotEnoughDataError
        If no audit with a date was held by the day of the review.
    ArgumentError
        If there is no audit of that name.
    """
    day = pd.Timestamp(lab.settings.as_of)
    known = audits_once(lab.tables.audits)
    held = known[known["start"] <= day]
    if held.empty:
        raise NotEnoughDataError(
            "No audit with a first day was held by the day of the review, so there is nothing to report. "
            "Hand over the list of audits, or set a later day."
        )
    names = list(held["audit_id"].astype("str"))
    if audit is not None and audit not in names:
        raise ArgumentError(f"There is no audit '{audit}' by {day:%Y-%m-%d}. There are: {', '.join(names)}.")
    place = len(names) - 1 if audit is None else names.index(audit)
    row = held.iloc[place]
    examined = examinations(lab.tables.coverage, lab.tables.audits)
    own = examined[examined["audit_id"] == names[place]]
    recorded = own["exposure"] == RECORDED
    return ReportedAudit(
        audit_id=names[place],
        type=text_of(row["type"]),
        party=party_of(row["type"], otherwise=lab.settings.party),
        edition=text_of(row["edition"]),
        start=pd.Timestamp(row["start"]),
        end=pd.Timestamp(row["end"]),
        sites=tuple(sorted(set(own["site"]) | set(site_list(row["sites"])), key=natural_order)),
        auditor_days=None if pd.isna(row["auditor_days"]) else float(row["auditor_days"]),
        team=_team(lab, row),
        earlier=tuple(names[:place]),
        examination_recorded=bool(recorded.any()),
        examined_at=tuple(sorted(set(own.loc[recorded, "site"]), key=natural_order)),
        findings_known=lab.tells("findings"),
        actions_known=lab.tells("corrective_actions"),
    )


def _team(lab: Engagement, row: pd.Series) -> tuple[str, ...]:
    """Leader first, then the others, as codes."""
    codes = auditor_codes(lab.tables.audits)
    lead = text_of(row["lead"])
    others = [person for person in site_list(row["team"]) if person != lead]
    unnamed = (f"team member {number}" for number in range(1, len(others) + 1))
    named = [codes.get(person) or next(unnamed) for person in others]
    return tuple(dict.fromkeys([*([codes[lead]] if lead else []), *named]))

"""Who was where for how long: every known audit at every known site, as the exposure of the rates."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import pandas as pd

from auditlab.history.cells import INFERRED, RECORDED, natural_order, site_list


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One audit at one site: how long, and how that is known. `visited` is None when nothing is."""

    audit_id: str
    site: str
    visited: bool | None
    days: float | None
    exposure: str | None
    note: str = ""


def audit_visits(
    findings: pd.DataFrame, facts: pd.DataFrame, coverage: pd.DataFrame, *, minutes_a_day: float
) -> list[Visit]:
    """Every known audit at every known site.

    Parameters
    ----------
    findings, coverage : DataFrame
        Canonical tables; findings add audits and sites of which no visit may be known.
    facts : DataFrame
        Result of `audits_once`.
    minutes_a_day : float
        Length of an auditor-day [minutes].
    """
    examined = coverage[coverage["examined"].fillna(False).astype(bool)]
    scopes = dict(zip(facts["audit_id"], facts["sites"].map(site_list), strict=True))
    days = dict(zip(facts["audit_id"], facts["auditor_days"], strict=True))
    ids = list(dict.fromkeys([*facts["audit_id"], *coverage["audit_id"].dropna(), *findings["audit_id"].dropna()]))
    sites = sorted(
        {*coverage["site"].dropna(), *findings["site"].dropna(), *(s for scope in scopes.values() for s in scope)},
        key=natural_order,
    )
    visits = []
    for audit_id in ids:
        rows = examined[examined["audit_id"] == audit_id]
        recorded = audit_id in set(coverage["audit_id"])
        there = set(rows["site"]) if recorded else set(scopes.get(audit_id, ()))
        for site in sites:
            minutes = rows.loc[rows["site"] == site, "minutes"]
            # Rounded far below a minute: the order of the rows must not show in the last digits.
            known_days = round(fsum(minutes) / minutes_a_day, 6) if len(minutes) and minutes.notna().all() else None
            visits.append(
                _visit(audit_id, site, there, recorded=recorded, known_days=known_days, audit_days=days.get(audit_id))
            )
    return visits


def _visit(
    audit_id: str, site: str, there: set[str], *, recorded: bool, known_days: float | None, audit_days: float | None
) -> Visit:
    if not there:
        note = "not known which sites were visited"
        return Visit(audit_id=audit_id, site=site, visited=None, days=None, exposure=None, note=note)
    exposure = RECORDED if recorded else INFERRED
    if site not in there:
        return Visit(audit_id=audit_id, site=site, visited=False, days=None, exposure=exposure, note="not visited")
    if known_days is not None:
        return Visit(audit_id=audit_id, site=site, visited=True, days=known_days, exposure=RECORDED)
    if len(there) == 1 and audit_days is not None and pd.notna(audit_days):
        note = "the only site of the audit: all its auditor-days"
        return Visit(audit_id=audit_id, site=site, visited=True, days=float(audit_days), exposure=exposure, note=note)
    note = "no rate: the auditor-days at the site are not known"
    return Visit(audit_id=audit_id, site=site, visited=True, days=None, exposure=exposure, note=note)

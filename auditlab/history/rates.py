"""Findings per auditor-day, with exact Poisson intervals.

Counts of findings compare audits of different length, site set and team; rates have exposure. Where
the auditor-days are not known there is no rate, and a site that was not visited has no count either.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import pandas as pd

from auditlab.history.cells import (
    INFERRED,
    RECORDED,
    audits_once,
    exposure_of,
    natural_order,
    site_list,
)
from auditlab.standard.grades import NONCONFORMITIES, Grade
from auditlab.statistics.intervals import poisson_rate

GRADE_GROUPS: dict[str, frozenset[str]] = {
    "nc": frozenset(str(grade) for grade in NONCONFORMITIES),
    "major": frozenset({str(Grade.MAJOR)}),
    "minor": frozenset({str(Grade.MINOR)}),
    "ofi": frozenset({str(Grade.OFI)}),
    "observation": frozenset({str(Grade.OBSERVATION)}),
}
"""Groups that have a rate. Strengths have none: they are no deficiency that exposure could produce."""

RATE_DTYPES = {
    "scope": "str",
    "audit_id": "str",
    "site": "str",
    "grade_group": "str",
    "n": "Int64",
    "auditor_days": "Float64",
    "rate": "Float64",
    "low": "Float64",
    "high": "Float64",
    "method": "str",
    "exposure": "str",
    "note": "str",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One audit at one site: how long, and how that is known. `visited` is None when nothing is."""

    audit_id: str
    site: str
    visited: bool | None
    days: float | None
    exposure: str | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """What one rate is about: some audits, some sites, and the exposure they add up to."""

    scope: str
    audit_id: str  # empty: all audits
    site: str  # empty: all sites
    days: float | None
    exposure: str | None
    note: str
    countable: bool = True


def finding_rates(
    findings: pd.DataFrame,
    audits: pd.DataFrame,
    coverage: pd.DataFrame,
    *,
    confidence: float = 0.95,
    auditor_day_hours: float = 8.0,
) -> pd.DataFrame:
    """Findings per auditor-day: for each audit, each site, each audit at each site, and all together.

    Parameters
    ----------
    findings, audits, coverage : DataFrame
        Canonical tables. The days of an audit are its ``auditor_days``; the days at a site are the
        minutes of the coverage, or those of the whole audit where it visited one site only.
    confidence : float
        Two-sided confidence [0-1].
    auditor_day_hours : float
        Length of an auditor-day [hours].

    Returns
    -------
    DataFrame
        ``scope`` (all, audit, site, audit_site), ``audit_id, site, grade_group`` (nc, major, minor,
        ofi, observation), ``n`` [findings], ``auditor_days`` [days], ``rate, low, high`` [findings
        per auditor-day], ``method, exposure`` (recorded, inferred), ``note``. Counts and rates that
        cannot be known are missing: a site not visited has no count, an unknown exposure no rate.
    """
    once = findings.drop_duplicates("finding_id")
    facts = audits_once(audits)
    visits = _visits(once, facts, coverage, minutes_a_day=auditor_day_hours * 60)
    units = [*_whole(once, facts, visits), *_by_site(visits), *_by_audit_and_site(once, visits)]
    rows = [_rate_row(unit, group, once, confidence) for unit in units for group in GRADE_GROUPS]
    return pd.DataFrame(rows, columns=list(RATE_DTYPES)).astype(RATE_DTYPES)


def _rate_row(unit: _Unit, group: str, findings: pd.DataFrame, confidence: float) -> dict[str, object]:
    row: dict[str, object] = {
        "scope": unit.scope,
        "audit_id": unit.audit_id or None,
        "site": unit.site or None,
        "grade_group": group,
        "auditor_days": unit.days,
        "exposure": unit.exposure,
        "note": unit.note,
    }
    if findings.empty:
        return row | {"note": "no findings were handed over"}
    if not unit.countable:
        return row
    count = int((_belonging(findings, unit) & findings["grade"].isin(GRADE_GROUPS[group])).sum())
    row["n"] = count
    if unit.days is not None and unit.days > 0:
        limit = poisson_rate(count, exposure=unit.days, confidence=confidence)
        row |= {"rate": limit.estimate, "low": limit.low, "high": limit.high, "method": limit.method}
    return row


def _belonging(findings: pd.DataFrame, unit: _Unit) -> pd.Series:
    """Which findings belong to the unit."""
    belonging = pd.Series(True, index=findings.index)
    if unit.audit_id:
        belonging &= findings["audit_id"] == unit.audit_id
    if unit.site:
        belonging &= findings["site"] == unit.site
    return belonging


def _visits(
    findings: pd.DataFrame, facts: pd.DataFrame, coverage: pd.DataFrame, *, minutes_a_day: float
) -> list[_Visit]:
    """Every known audit at every known site."""
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
) -> _Visit:
    if not there:
        note = "not known which sites were visited"
        return _Visit(audit_id=audit_id, site=site, visited=None, days=None, exposure=None, note=note)
    exposure = RECORDED if recorded else INFERRED
    if site not in there:
        return _Visit(audit_id=audit_id, site=site, visited=False, days=None, exposure=exposure, note="not visited")
    if known_days is not None:
        return _Visit(audit_id=audit_id, site=site, visited=True, days=known_days, exposure=RECORDED)
    if len(there) == 1 and audit_days is not None and pd.notna(audit_days):
        note = "the only site of the audit: all its auditor-days"
        return _Visit(audit_id=audit_id, site=site, visited=True, days=float(audit_days), exposure=exposure, note=note)
    note = "no rate: the auditor-days at the site are not known"
    return _Visit(audit_id=audit_id, site=site, visited=True, days=None, exposure=exposure, note=note)


def _whole(findings: pd.DataFrame, facts: pd.DataFrame, visits: list[_Visit]) -> list[_Unit]:
    """All audits together, and each audit."""
    stated = dict(zip(facts["audit_id"], facts["auditor_days"], strict=True))
    units = []
    for audit_id in dict.fromkeys(visit.audit_id for visit in visits) or stated:
        own = [visit for visit in visits if visit.audit_id == audit_id and visit.visited]
        days = stated.get(audit_id)
        notes = (
            [] if (findings["audit_id"] == audit_id).any() else ["no row in the register of findings for this audit"]
        )
        if days is None or pd.isna(days):
            known = [visit.days for visit in own if visit.days is not None]
            days = sum(known) if own and len(known) == len(own) else None
            notes.append("auditor-days added up from coverage" if days else "no rate: auditor-days not known")
        units.append(
            _Unit(
                scope="audit",
                audit_id=audit_id,
                site="",
                days=None if days is None else float(days),
                exposure=RECORDED if days else None,
                note="; ".join(notes),
            )
        )
    missing = [unit.audit_id for unit in units if unit.days is None]
    total = None if missing or not units else sum(unit.days for unit in units if unit.days is not None)
    note = f"no rate: auditor-days not known for {', '.join(missing)}" if missing else ""
    everything = _Unit(
        scope="all",
        audit_id="",
        site="",
        days=total,
        exposure=RECORDED if total else None,
        note=note if units else "no audit is known",
    )
    return [everything, *units]


def _by_site(visits: list[_Visit]) -> list[_Unit]:
    units = []
    for site in dict.fromkeys(visit.site for visit in visits):
        own = [visit for visit in visits if visit.site == site and visit.visited is not False]
        unknown = [visit.audit_id for visit in own if visit.days is None]
        days = None if unknown or not own else sum(visit.days for visit in own if visit.days is not None)
        visited = [visit.audit_id for visit in own if visit.visited]
        note = (
            f"no rate: auditor-days at the site not known in {', '.join(unknown)}"
            if unknown
            else (f"visited in {' '.join(visited)}" if visited else "not visited")
        )
        units.append(
            _Unit(
                scope="site",
                audit_id="",
                site=site,
                days=days,
                exposure=exposure_of(visit.exposure for visit in own),
                note=note,
                countable=bool(own),
            )
        )
    return units


def _by_audit_and_site(findings: pd.DataFrame, visits: list[_Visit]) -> list[_Unit]:
    units = []
    for visit in visits:
        found = ((findings["audit_id"] == visit.audit_id) & (findings["site"] == visit.site)).any()
        note = visit.note
        if found and not visit.visited:
            note = "findings are recorded here although coverage and scope do not list a visit"
        units.append(
            _Unit(
                scope="audit_site",
                audit_id=visit.audit_id,
                site=visit.site,
                days=visit.days,
                exposure=visit.exposure,
                note=note,
                countable=bool(visit.visited or found),
            )
        )
    return units

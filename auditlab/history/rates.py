"""Findings per auditor-day, with exact Poisson intervals.

Counts of findings compare audits of different length, site set and team; rates have exposure. Where
the auditor-days are not known there is no rate, and a site that was not visited has no count either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from auditlab.history.audit_visits import Visit, audit_visits
from auditlab.history.cells import RECORDED, audits_once, exposure_of, plural, site_list
from auditlab.standard.grades import NONCONFORMITIES, Grade
from auditlab.statistics.poisson_rates import poisson_rate

GRADE_GROUPS: dict[str, frozenset[str]] = {
    "nc": frozenset(str(grade) for grade in NONCONFORMITIES),
    "major": frozenset({str(Grade.MAJOR)}),
    "minor": frozenset({str(Grade.MINOR)}),
    "ofi": frozenset({str(Grade.OFI)}),
    "observation": frozenset({str(Grade.OBSERVATION)}),
}
"""Groups that have a rate. Strengths have none: they are no deficiency that exposure could produce."""

NO_FINDINGS = "no findings were handed over"
"""Note of every row where there is no finding to count."""

UNPLACED = "no site or a site without any visit on record"
"""Part of the note of a site whose count may be too small, so that it has no rate."""

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
class _Unit:
    """What one rate is about: some audits, some sites, and the exposure they add up to."""

    scope: str
    audits: frozenset[str]  # whose findings count
    audit_id: str = ""  # empty: several audits
    site: str = ""  # empty: all sites
    days: float | None
    exposure: str | None
    note: str
    countable: bool = True
    visiting: frozenset[str] = frozenset()  # audits whose findings without a known site may belong here


@dataclass(frozen=True, slots=True, kw_only=True)
class _Register:
    """The findings, each once, and which of them cannot be placed."""

    findings: pd.DataFrame
    listed: frozenset[str]  # audits of the audit list or the coverage
    unplaced: pd.Series  # findings that name no site, or one that no table knows


def finding_rates(
    findings: pd.DataFrame,
    audits: pd.DataFrame,
    coverage: pd.DataFrame,
    *,
    sites: Iterable[str] = (),
    confidence: float = 0.95,
    auditor_day_hours: float = 8.0,
) -> pd.DataFrame:
    """Findings per auditor-day: for each audit, each site, each audit at each site, and all together.

    Parameters
    ----------
    findings, audits, coverage : DataFrame
        Canonical tables. The days of an audit are its ``auditor_days``; the days at a site are the
        minutes of the coverage, or those of the whole audit where it visited one site only.
    sites : iterable of str
        Codes of the list of sites. A finding at a site that neither this list nor audits nor
        coverage know may belong to any site: the sites of its audit have a count and no rate.
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
        Findings of audits that are neither listed nor in the coverage count for their audit only.
    """
    once = findings.drop_duplicates("finding_id")
    facts = audits_once(audits)
    register = _register(once, facts, coverage, sites)
    visits = audit_visits(once, facts, coverage, minutes_a_day=auditor_day_hours * 60)
    units = [
        *_whole(register, facts, visits),
        *_by_site(register, visits),
        *_by_audit_and_site(once, visits),
    ]
    rows = [_rate_row(unit, group, register, confidence) for unit in units for group in GRADE_GROUPS]
    return pd.DataFrame(rows, columns=list(RATE_DTYPES)).astype(RATE_DTYPES)


def _register(findings: pd.DataFrame, facts: pd.DataFrame, coverage: pd.DataFrame, sites: Iterable[str]) -> _Register:
    listed = {*facts["audit_id"], *coverage["audit_id"].dropna()} or set(findings["audit_id"].dropna())
    known = {*sites, *coverage["site"].dropna(), *(site for scope in facts["sites"] for site in site_list(scope))}
    return _Register(findings=findings, listed=frozenset(listed), unplaced=~findings["site"].isin(known))


def _rate_row(unit: _Unit, group: str, register: _Register, confidence: float) -> dict[str, object]:
    row: dict[str, object] = {
        "scope": unit.scope,
        "audit_id": unit.audit_id or None,
        "site": unit.site or None,
        "grade_group": group,
        "auditor_days": unit.days,
        "exposure": unit.exposure,
        "note": unit.note,
    }
    findings = register.findings
    if findings.empty:
        return row | {"note": NO_FINDINGS}
    if not unit.countable:
        return row
    here = findings["site"] == unit.site if unit.site else pd.Series(True, index=findings.index)
    graded = findings["grade"].isin(GRADE_GROUPS[group])
    count = int((graded & here & findings["audit_id"].isin(unit.audits)).sum())
    unplaced = int((graded & ~here & register.unplaced & findings["audit_id"].isin(unit.visiting)).sum())
    left_out = findings[graded & here & ~findings["audit_id"].isin(register.listed)]
    notes = [unit.note, _unplaced_note(unplaced, unit), "" if unit.audit_id else _left_out_note(left_out)]
    row |= {"n": count, "note": "; ".join(note for note in notes if note)}
    if unit.days is not None and unit.days > 0 and not unplaced:
        limit = poisson_rate(count, exposure=unit.days, confidence=confidence)
        row |= {"rate": limit.estimate, "low": limit.low, "high": limit.high, "method": limit.method}
    return row


def _unplaced_note(count: int, unit: _Unit) -> str:
    if not count:
        return ""
    whose = "this audit" if unit.audit_id else "these audits"
    name = "names" if count == 1 else "name"
    return f"no rate: {plural(count, 'finding')} of {whose} {name} {UNPLACED}; not counted here"


def _left_out_note(left_out: pd.DataFrame) -> str:
    if left_out.empty:
        return ""
    ids = ", ".join(dict.fromkeys(left_out["audit_id"].dropna()))
    return f"{plural(len(left_out), 'finding')} of audits that are not listed ({ids}) left out"


def _whole(register: _Register, facts: pd.DataFrame, visits: list[Visit]) -> list[_Unit]:
    """All audits together, and each audit."""
    stated = dict(zip(facts["audit_id"], facts["auditor_days"], strict=True))
    units = [
        _one_audit(audit_id, stated.get(audit_id), register, visits)
        for audit_id in dict.fromkeys(visit.audit_id for visit in visits) or stated
    ]
    counted = [unit for unit in units if unit.audit_id in register.listed]
    missing = [unit.audit_id for unit in counted if unit.days is None]
    total = None if missing or not counted else sum(unit.days for unit in counted if unit.days is not None)
    note = f"no rate: auditor-days not known for {', '.join(missing)}" if missing else ""
    everything = _Unit(
        scope="all",
        audits=register.listed,
        days=total,
        exposure=RECORDED if total else None,
        note=note if counted else "no audit is known",
    )
    return [everything, *units]


def _one_audit(audit_id: str, stated: float | None, register: _Register, visits: list[Visit]) -> _Unit:
    own = [visit for visit in visits if visit.audit_id == audit_id and visit.visited]
    days = stated
    notes = [] if audit_id in register.listed else ["audit not listed"]
    if not (register.findings["audit_id"] == audit_id).any():
        notes.append("no row in the register of findings for this audit")
    if days is None or pd.isna(days):
        known = [visit.days for visit in own if visit.days is not None]
        days = sum(known) if own and len(known) == len(own) else None
        notes.append("auditor-days added up from coverage" if days else "no rate: auditor-days not known")
    return _Unit(
        scope="audit",
        audits=frozenset({audit_id}),
        audit_id=audit_id,
        days=None if days is None else float(days),
        exposure=RECORDED if days else None,
        note="; ".join(notes),
    )


def _by_site(register: _Register, visits: list[Visit]) -> list[_Unit]:
    units = []
    findings = register.findings
    for site in dict.fromkeys(visit.site for visit in visits):
        here = [visit for visit in visits if visit.site == site and visit.audit_id in register.listed]
        own = [visit for visit in here if visit.visited is not False]
        unknown = [visit.audit_id for visit in own if visit.days is None]
        days = None if unknown or not own else sum(visit.days for visit in own if visit.days is not None)
        found = bool((findings["site"] == site).any())
        units.append(
            _Unit(
                scope="site",
                audits=register.listed,
                site=site,
                days=days,
                exposure=exposure_of(visit.exposure for visit in own),
                note=_site_note(own, unknown, found=found),
                countable=bool(own) or found,
                visiting=frozenset(visit.audit_id for visit in own if visit.visited),
            )
        )
    return units


def _site_note(own: list[Visit], unknown: list[str], *, found: bool) -> str:
    if unknown:
        return f"no rate: auditor-days at the site not known in {', '.join(unknown)}"
    if own:
        return f"visited in {' '.join(visit.audit_id for visit in own)}"
    return "no rate: findings are recorded here although no visit is on record" if found else "not visited"


def _by_audit_and_site(findings: pd.DataFrame, visits: list[Visit]) -> list[_Unit]:
    units = []
    for visit in visits:
        found = ((findings["audit_id"] == visit.audit_id) & (findings["site"] == visit.site)).any()
        note = visit.note
        if found and not visit.visited:
            note = "findings are recorded here although coverage and scope do not list a visit"
        units.append(
            _Unit(
                scope="audit_site",
                audits=frozenset({visit.audit_id}),
                audit_id=visit.audit_id,
                site=visit.site,
                days=visit.days,
                exposure=visit.exposure,
                note=note,
                countable=bool(visit.visited or found),
                visiting=frozenset({visit.audit_id}) if visit.visited else frozenset(),
            )
        )
    return units

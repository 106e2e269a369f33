"""The audit report of an engagement: every table of it, from the records and from what people stated."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.errors import NotEnoughDataError
from auditlab.history.cells import RECORDED, known_sites
from auditlab.history.corrective_actions import corrective_actions
from auditlab.history.coverage import examinations
from auditlab.history.ofi_conversion import ofi_conversion, ofi_conversion_rates
from auditlab.history.recurrence import recurrence_chains
from auditlab.priority.cells import cell_history
from auditlab.priority.hits import hits_by_part
from auditlab.report_settings import Report as ReportStatements
from auditlab.reporting.action_records import not_recorded
from auditlab.reporting.element_words import computed_elements
from auditlab.reporting.elements import report_elements
from auditlab.reporting.expectation import expected_against_found
from auditlab.reporting.not_covered import STATED, not_covered, plan_deviations
from auditlab.reporting.reported_audit import ReportedAudit, reported_audit
from auditlab.reporting.sections import area_summary, report_sections
from auditlab.reporting.stated_guard import with_warnings
from auditlab.reporting.verification import verification
from auditlab.settings import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedPlan:
    """The plan that the audit followed, as an earlier run left it.

    Attributes
    ----------
    allocation : DataFrame
        Minutes by cell; empty where no run is known.
    expectation : DataFrame
        ``site, clause, expected, low, high``; may be empty.
    as_of : Timestamp
        Day of the review it was made for.
    """

    allocation: pd.DataFrame
    expectation: pd.DataFrame
    as_of: pd.Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """The tables of a report.

    Attributes
    ----------
    audit : ReportedAudit
        What it is about.
    elements : DataFrame
        `report_elements`.
    areas, sections : DataFrame
        `area_summary` and `report_sections`.
    not_covered, deviations : DataFrame
        `not_covered` and `plan_deviations`.
    verification : DataFrame
        `verification`.
    status : DataFrame
        ``history.corrective_actions`` on the day of the review.
    expected, parts : DataFrame
        `expected_against_found`, and ``priority.hits_by_part``: prioritised against random cells.
    conversion, conversion_rates : DataFrame
        ``history.ofi_conversion`` of the improvements that earlier audits noted, and its rates, by what was known at
        the end of this audit.
    """

    audit: ReportedAudit
    elements: pd.DataFrame
    areas: pd.DataFrame
    sections: pd.DataFrame
    not_covered: pd.DataFrame
    deviations: pd.DataFrame
    verification: pd.DataFrame
    status: pd.DataFrame
    expected: pd.DataFrame
    parts: pd.DataFrame
    conversion: pd.DataFrame
    conversion_rates: pd.DataFrame


def audit_report(lab: Engagement, *, plan: FollowedPlan, audit: str | None = None) -> AuditReport:
    """The report on one audit.

    Parameters
    ----------
    lab : Engagement
        The engagement; ``report`` of its settings holds what people stated.
    plan : FollowedPlan
        The plan the audit followed; with empty frames where none is known.
    audit : str, optional
        Identifier of the audit; default the last one held by the day of the review.

    Raises
    ------
    NotEnoughDataError
        If there is no audit to report on.
    ArgumentError
        If the audit, an element or a reason names what is not there.
    """
    tables, stated, day = lab.tables, lab.settings.report, pd.Timestamp(lab.settings.as_of)
    chosen = reported_audit(lab, audit=audit)
    every = examinations(tables.coverage, tables.audits)
    examined = _recorded(every, chosen)
    sites = known_sites(tables.sites, tables.audits, tables.coverage, tables.findings)
    chains = recurrence_chains(tables.findings, every, audits=tables.audits)
    status = corrective_actions(
        tables.corrective_actions, tables.findings, tables.audits, every, as_of=day,
        register_known=chosen.actions_known,
    )  # fmt: skip
    sections = report_sections(tables.findings, chains, audit_id=chosen.audit_id, party=chosen.party)
    uncovered = not_covered(examined, audit=chosen, sites=sites, reasons=stated.not_covered)
    deviations = plan_deviations(plan.allocation, examined, audit=chosen, stated=stated.deviations)
    gaps = not_recorded(tables.corrective_actions)
    verified = verification(status, tables.findings, examined, audit=chosen, gaps=gaps)
    computed = computed_elements(
        lab, audit=chosen, sections=sections, uncovered=uncovered, deviations=deviations, verified=verified,
        status=status, planned=len(plan.allocation) > 0 and chosen.examination_recorded,
    )  # fmt: skip
    known = [*chosen.earlier, chosen.audit_id]
    so_far, seen = (frame[frame["audit_id"].isin(known)] for frame in (tables.findings, examined))
    noted = ofi_conversion(so_far, seen, tables.audits)
    conversion = noted[noted["audit_id"] != chosen.audit_id].reset_index(drop=True)
    cells = cell_history(examined, tables.findings, tables.audits, sites=sites, as_of=chosen.end)
    # Without the examinations the cells with a finding alone would be all hits, without the findings none would be.
    if not (chosen.examination_recorded and chosen.findings_known):
        cells = cells[cells["audit_id"] != chosen.audit_id]
    return AuditReport(
        audit=chosen,
        elements=report_elements(computed, stated=_stated(stated), party=chosen.party),
        areas=area_summary(sections, examined, audit=chosen, sites=len(sites)),
        sections=sections,
        not_covered=with_warnings(
            uncovered, said="reason", note="reason", party=chosen.party, rows=uncovered["stated"]
        ),
        deviations=_guarded(deviations, party=chosen.party),
        verification=verified,
        status=status,
        expected=expected_against_found(
            plan.allocation, plan.expectation, examined, tables.findings, audit=chosen
        ),
        parts=hits_by_part(plan.allocation, cells, since=plan.as_of, confidence=lab.settings.method.confidence),
        conversion=conversion,
        conversion_rates=ofi_conversion_rates(
            conversion, so_far, seen, tables.audits, confidence=lab.settings.method.confidence
        ),
    )  # fmt: skip


def _guarded(deviations: pd.DataFrame, *, party: Party) -> pd.DataFrame:
    """Deviations and their reasons as people stated them, with what is to be read again."""
    alone = deviations["kind"] == STATED
    told = with_warnings(deviations, said="what", note="reason", party=party, rows=alone)
    return with_warnings(told, said="reason", note="reason", party=party, rows=~alone)


def _recorded(examined: pd.DataFrame, audit: ReportedAudit) -> pd.DataFrame:
    """Examinations without those of the reported audit that only its scope lets one assume."""
    return examined[(examined["audit_id"] != audit.audit_id) | (examined["exposure"] == RECORDED)]


def _stated(report: ReportStatements) -> dict[str, tuple[str, ...]]:
    """What people stated, by element; deviations and unresolved issues have a place of their own in the settings."""
    told = dict(report.elements)
    for name, lines in (("deviations", report.deviations), ("unresolved", report.unresolved)):
        if lines:
            told[name] = (*lines, *told.get(name, ()))
    return told


def report_or_reason(
    lab: Engagement, *, plan: FollowedPlan, audit: str | None = None
) -> tuple[AuditReport | None, str]:
    """The report, or why there is none; for a page that has to say so. Parameters as `audit_report`."""
    try:
        return audit_report(lab, plan=plan, audit=audit), ""
    except NotEnoughDataError as error:
        return None, str(error)

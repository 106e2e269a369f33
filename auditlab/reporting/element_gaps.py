"""What the records leave open inside an element of the report; each gap counts as missing until somebody fills it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.history.cells import listed, plural
from auditlab.reporting.elements import Line, Origin
from auditlab.reporting.not_covered import NOT_STATED
from auditlab.reporting.reported_audit import ReportedAudit
from auditlab.reporting.sections import NO_EVIDENCE

NO_REGISTER = "no register of findings was handed over"
NOT_RECORDED = (
    "what was examined is inferred, not known: no list of examined clauses covers this audit. Hand over which clauses "
    "were examined at which site."
)


def element_gaps(
    lab: Engagement,
    *,
    audit: ReportedAudit,
    sections: pd.DataFrame,
    uncovered: pd.DataFrame,
    deviations: pd.DataFrame,
    stated: Collection[str],
) -> Iterator[tuple[str, Line]]:
    """Element and what is missing in it although the records fill a part.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    audit : ReportedAudit
        The audit.
    sections : DataFrame
        Result of `report_sections`.
    uncovered : DataFrame
        Result of `not_covered`.
    deviations : DataFrame
        Result of `plan_deviations`.
    stated : collection of str
        Elements of which people stated something: they fill what the records leave open of the scope and of what was
        examined. Evidence and reasons are missing until each has its own.
    """
    if "scope" not in stated:
        for text in _scope(lab, audit):
            yield "scope", Line(f"Missing. {text}", Origin.MISSING)
    if not audit.examination_recorded and "not_covered" not in stated:
        yield "not_covered", Line(f"Missing. W{NOT_RECORDED[1:]}", Origin.MISSING)
    if reasons := reasons_missing(uncovered):
        text = f"Missing. {plural(reasons, 'area')} not covered without a reason."
        yield "not_covered", Line(text, Origin.MISSING, "[report.not_covered]")
    if reasons := reasons_missing(deviations):
        text = f"Missing. {plural(reasons, 'deviation')} without a reason."
        yield "deviations", Line(text, Origin.MISSING, "[report] deviations")
    if not audit.findings_known:
        text = f"Missing. {findings_unknown(audit)} Hand it over, also where it holds no finding."
        yield "findings", Line(text, Origin.MISSING, "the register of findings")
        if "verification" not in stated:
            text = f"Missing. Which nonconformities earlier audits found is not known: {NO_REGISTER}."
            yield "verification", Line(text, Origin.MISSING)
    bare = without_evidence(sections)
    if bare:
        found = plural(int((sections["kind"] == "nonconformity").sum()), "nonconformity", "nonconformities")
        text = f"Missing. Without an evidence reference: {len(bare)} of {found} ({listed(bare)})."
        yield "findings", Line(text, Origin.MISSING, "evidence in the register of findings")


def findings_unknown(audit: ReportedAudit) -> str:
    """That nobody knows what the audit found, for a report that must not say that it found nothing."""
    return f"What {audit.audit_id} found is not known: {NO_REGISTER}."


def why_empty(audit: ReportedAudit) -> dict[str, str]:
    """Tables that nobody can fill without a register of findings, with that reason; none where there is one."""
    tables = ("report_sections", "report_verification", "ofi_conversion", "follow_up_plan")
    return {} if audit.findings_known else dict.fromkeys(tables, f"Not known: {NO_REGISTER}.")


def _scope(lab: Engagement, audit: ReportedAudit) -> Iterator[str]:
    if lab.tables.services.empty:
        yield "Name the services in scope."
    if lab.tables.sites.empty:
        yield "Name the sites in scope."
    yield "Name the organisational units and processes in scope."
    if audit.auditor_days is None:
        yield "State the time of the audit."


def reasons_missing(table: pd.DataFrame) -> int:
    """Rows of `not_covered`, or cells of `plan_deviations`, whose reason nobody stated [count]."""
    silent = table["reason"] == NOT_STATED
    return int(table.loc[silent, "cells"].sum() if "cells" in table else silent.sum())


def without_evidence(sections: pd.DataFrame) -> list[str]:
    """Nonconformities of `report_sections` without an evidence reference (ISO/IEC 17021-1, 9.4.5)."""
    bare = (sections["kind"] == "nonconformity") & (sections["evidence"] == NO_EVIDENCE)
    return list(sections.loc[bare, "finding_id"])

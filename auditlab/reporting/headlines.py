"""The executive page: what was examined, what was not, five facts, and the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from auditlab.history.cells import listed, plural
from auditlab.history.corrective_actions import open_majors
from auditlab.history.headline_parts import percent
from auditlab.reporting.element_gaps import NO_REGISTER, NOT_RECORDED, reasons_missing, without_evidence
from auditlab.reporting.element_words import SAMPLING, counts_sentence, places_of
from auditlab.reporting.elements import missing_elements
from auditlab.reporting.expectation import agreement, surprise_words
from auditlab.reporting.unresolved import majors_sentence, overdue_sentence
from auditlab.reporting.verification import Seen
from auditlab.standard.clauses import auditable_leaves
from auditlab.statistics.intervals import clopper_pearson
from auditlab.statistics.poisson_rates import poisson_rate

if TYPE_CHECKING:
    from auditlab.reporting.report import AuditReport

HEADLINE_DTYPES = {
    "order": "int64", "sentence": "str", "value": "Float64", "n": "Int64", "low": "Float64", "high": "Float64",
    "table": "str",
}  # fmt: skip


def report_headlines(made: AuditReport, *, confidence: float = 0.95) -> pd.DataFrame:
    """The executive page in sentences, each with its figures and its table.

    Parameters
    ----------
    made : AuditReport
        The report.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        ``order, sentence, value, n, low, high, table``.
    """
    rows = [
        _examined(made), _not_examined(made), _findings(made), _rate(made, confidence), _earlier(made, confidence),
        *_majors(made), _overdue(made), _to_read(made), _expected(made, confidence), _limits(made),
    ]  # fmt: skip
    listed = [{"order": place} | row for place, row in enumerate(rows, start=1)]
    return pd.DataFrame(listed, columns=list(HEADLINE_DTYPES)).astype(HEADLINE_DTYPES)


def _examined(made: AuditReport) -> dict[str, object]:
    areas, audit = made.areas, made.audit
    cells, seen = int(areas["cells"].sum()), int(areas["examined"].sum())
    days = "" if audit.auditor_days is None else f", {audit.auditor_days:g} auditor-days"
    when = f"{audit.audit_id} ({audit.type}, {audit.start:%Y-%m-%d}{days})"
    where = places_of(audit)
    at = f"; {where}" if ";" in where else f" {where}" if where else ""
    if not audit.examination_recorded:
        return {"sentence": f"{when}{at}: {NOT_RECORDED}", "table": "report_areas"}
    return {
        "sentence": f"{when} examined {seen} of {cells} combinations of clause and site ({percent(seen / cells)}){at}.",
        "value": seen / cells, "n": cells, "table": "report_areas",
    }  # fmt: skip


def _not_examined(made: AuditReport) -> dict[str, object]:
    missed, sure = made.not_covered, made.audit.examination_recorded
    sites = list(missed.loc[missed["clause"] == "all", "site"])
    leaves = missed.loc[missed["clause"] != "all", "leaves"].str.split().map(len).sum()
    cells = int(leaves) + len(sites) * len(auditable_leaves())
    if not sure:
        told = f" Not visited: {', '.join(sites)}." if sites else ""
        return {"sentence": f"What was left out is not known.{told}", "table": "report_not_covered"}
    if not cells:
        return {"sentence": "Nothing in scope was left out.", "value": 0, "table": "report_not_covered"}
    whole = f"; no clause at {', '.join(sites)}" if sites else ""
    silent = reasons_missing(missed)
    why = f"; for {silent} of {plural(len(missed), 'area')} nobody has stated why" if silent else ""
    return {
        "sentence": f"Not examined: {plural(cells, 'combination')} of clause and site{whole}{why}.", "value": cells,
        "table": "report_not_covered",
    }  # fmt: skip


def _findings(made: AuditReport) -> dict[str, object]:
    number = len(made.sections) if made.audit.findings_known else pd.NA
    return {"sentence": counts_sentence(made.sections, made.audit), "value": number, "table": "report_sections"}


def _rate(made: AuditReport, confidence: float) -> dict[str, object]:
    ncs, days = int((made.sections["kind"] == "nonconformity").sum()), made.audit.auditor_days
    if not made.audit.findings_known:
        said = f"There is no rate of nonconformities: {NO_REGISTER}."
        return {"sentence": said, "table": "report_sections"}
    if not days:
        said = "The auditor-days are not on record, so there is no rate of nonconformities."
        return {"sentence": said, "table": "report_sections"}
    rate = poisson_rate(ncs, exposure=days, confidence=confidence)
    return {
        "sentence": (
            f"{rate.estimate:.2f} nonconformities per auditor-day (interval {rate.low:.2f} to {rate.high:.2f}); audits "
            "of other sites, clauses or auditors are not compared by it."
        ),
        "value": rate.estimate, "n": ncs, "low": rate.low, "high": rate.high, "table": "report_sections",
    }  # fmt: skip


def _earlier(made: AuditReport, confidence: float) -> dict[str, object]:
    """Counted by place: the links of one chain are one place that came back, and not several."""
    verified = made.verification
    if not made.audit.findings_known:
        said = f"Which nonconformities of earlier audits were to be verified is not known: {NO_REGISTER}."
        return {"sentence": said, "table": "report_verification"}
    if verified.empty:
        return {"sentence": "There is no nonconformity of an earlier audit to verify.", "table": "report_verification"}
    told = verified[verified["seen"].isin([str(Seen.CAME_BACK), str(Seen.STAYED_AWAY)])]
    earlier = plural(len(verified), "earlier nonconformity", "earlier nonconformities")
    if not made.audit.examination_recorded:  # places with a nonconformity alone are known: a share would be 100 %
        said = f"Of {earlier} {len(told)} came back; whether the places of the others were examined is not known."
        return {"sentence": said, "table": "report_verification"}
    if told.empty:
        said = f"None of {earlier} could be seen again with its action complete."
        return {"sentence": said, "value": 0, "table": "report_verification"}
    places = (told["seen"] == str(Seen.CAME_BACK)).groupby([told["site"], told["clause"]], dropna=False).any()
    back, seen = int(places.sum()), len(places)
    limit = clopper_pearson(back, n=seen, confidence=confidence)
    rest = len(verified) - len(told)
    was = "was" if len(told) == 1 else "were"
    silent = f"; of the other {rest} it says nothing: not examined, too early, or not known" if rest else ""
    return {
        "sentence": (
            f"Of {earlier} {len(told)} {was} seen again, at {plural(seen, 'combination')} of clause and site: at "
            f"{back} of them a nonconformity came back ({percent(back / seen)}, interval {percent(limit.low)} to "
            f"{percent(limit.high)}){silent}."
        ),
        "value": limit.estimate, "n": seen, "low": limit.low, "high": limit.high, "table": "report_verification",
    }  # fmt: skip


def _majors(made: AuditReport) -> list[dict[str, object]]:
    """Majors without a verified action; no line where there is none."""
    said = majors_sentence(made.status)
    value = int(open_majors(made.status).sum())
    return [{"sentence": said, "value": value, "table": "follow_up_plan"}] if said else []


def _overdue(made: AuditReport) -> dict[str, object]:
    known, late = made.audit.actions_known, int(made.status["days_overdue"].notna().sum())
    said = overdue_sentence(made.status, known=known)
    return {"sentence": said, "value": late if known else pd.NA, "table": "follow_up_plan"}


def _to_read(made: AuditReport) -> dict[str, object]:
    flagged = made.sections.loc[made.sections["flag"] != "", "finding_id"]
    if not made.audit.findings_known:
        said = f"Whether the wording of a finding fits its grade is not known: {NO_REGISTER}."
        return {"sentence": said, "table": "report_sections"}
    if flagged.empty:
        said = "No wording of an improvement or observation reads like a nonconformity."
    else:
        verb = "is" if len(flagged) == 1 else "are"
        said = f"{listed(list(flagged))} {verb} to be read again: the grade may not fit the wording."
    return {"sentence": said, "value": len(flagged), "n": len(made.sections), "table": "report_sections"}


def _expected(made: AuditReport, confidence: float) -> dict[str, object]:
    found = agreement(made.expected)
    if not found.examined:
        why = (
            "No plan of an earlier run is known" if made.expected.empty
            else "What was found is not known" if not made.audit.findings_known
            else "No planned cell was examined" if made.audit.examination_recorded
            else "Which planned cells were examined is not known"
        )  # fmt: skip
        said = f"{why}, so what was expected cannot be compared with what was found."
        return {"sentence": said, "table": "expected_against_found"}
    told = "an unknown number" if found.expected is None else f"{found.expected:.1f}"
    return {
        "sentence": f"Of {found.examined} planned cells examined, {told} with a nonconformity were expected and "
        f"{found.found} {'was' if found.found == 1 else 'were'} found{surprise_words(made.expected, confidence)}.",
        "value": found.found, "n": found.examined, "table": "expected_against_found",
    }  # fmt: skip


def _limits(made: AuditReport) -> dict[str, object]:
    absent = missing_elements(made.elements)
    row = {"value": len(absent), "table": "report_elements"}
    if not absent:
        return {"sentence": SAMPLING, **row}
    number = f"{plural(len(absent), 'element')} of the report {'is' if len(absent) == 1 else 'are'}"
    return {"sentence": f"{SAMPLING} {number} still missing or incomplete{_gaps(made)}.", **row}


def _gaps(made: AuditReport) -> str:
    """Evidence and reasons that nobody has given, with their number."""
    found = int((made.sections["kind"] == "nonconformity").sum())
    bare, areas, left = (
        len(without_evidence(made.sections)), reasons_missing(made.not_covered), reasons_missing(made.deviations)
    )  # fmt: skip
    told = [
        *([f"the evidence of {bare} of {plural(found, 'nonconformity', 'nonconformities')}"] if bare else []),
        *([f"the reasons of {plural(areas, 'area')} not covered"] if areas else []),
        *([f"the reasons of {plural(left, 'deviation')} from the plan"] if left else []),
    ]
    return f", among them {' and '.join(told)}" if told else ""

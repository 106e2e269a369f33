"""The body of the report: what was found in each clause area, strengths beside nonconformities."""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import natural_order, plural, text_of
from auditlab.history.grade_review import grade_review
from auditlab.reporting.reported_audit import ReportedAudit
from auditlab.settings import Party
from auditlab.standard.clauses import auditable_leaves, clause_exists, clause_order, clause_title
from auditlab.standard.grades import NONCONFORMITIES, Grade

SECTION_DTYPES = {
    "number": "Int64", "area": "str", "area_title": "str", "kind": "str", "finding_id": "str", "clause": "str",
    "requirement": "str", "site": "str", "service": "str", "grade": "str", "statement": "str", "evidence": "str",
    "flag": "str",
}  # fmt: skip
AREA_DTYPES = {
    "area": "str", "area_title": "str", "cells": "Int64", "examined": "Int64", "minutes": "Float64", "major": "Int64",
    "minor": "Int64", "ofi": "Int64", "observation": "Int64", "strength": "Int64", "said": "str", "audit_id": "str",
}  # fmt: skip

NO_EVIDENCE = "no evidence reference on record"
NO_AREA = "none"
_ORDER = {
    str(grade): place for place, grade in enumerate((Grade.STRENGTH, *NONCONFORMITIES, Grade.OBSERVATION, Grade.OFI))
}
"""Place inside an area; a finding without a grade comes last."""


def area_of(clause: object) -> str:
    """Clause area of the report: the main clause, inside clause 8 its second level; ``none`` without a clause."""
    text = text_of(clause)
    parts = text.split(".")
    return NO_AREA if not text else ".".join(parts[:2]) if parts[0] == "8" else parts[0]


def report_sections(
    findings: pd.DataFrame, chains: pd.DataFrame, *, audit_id: str, party: Party = Party.THIRD
) -> pd.DataFrame:
    """Every finding of one audit in the order of the report: by area, strengths first, then by weight.

    Parameters
    ----------
    findings : DataFrame
        Canonical findings.
    chains : DataFrame
        Result of ``history.recurrence_chains``, for the flags of softened grades.
    audit_id : str
        The audit.
    party : Party
        Who held the audit. An OFI of a third-party audit names an area and suggests nothing.

    Returns
    -------
    DataFrame
        ``number`` (1 first, the same in every file), ``area, area_title, kind`` (strength, nonconformity,
        observation, or by party *area for improvement* or *opportunity for improvement*), ``finding_id, clause``
        (2018, or as cited), ``requirement`` (heading of the clause), ``site, service, grade, statement, evidence``
        (or that none is on record), ``flag`` (why a person should read the grade again).
    """
    own = findings[findings["audit_id"] == audit_id].drop_duplicates("finding_id")
    review = grade_review(findings, chains)
    told = review.groupby("finding_id")["reason"].agg("; ".join)
    flags: dict[object, object] = dict(zip(told.index, told, strict=True))
    rows = [_row(row, flags, party) for row in own.to_dict("records")]
    rows.sort(key=_place)
    numbered = [{"number": number} | row for number, row in enumerate(rows, start=1)]
    return pd.DataFrame(numbered, columns=list(SECTION_DTYPES)).astype(SECTION_DTYPES)


def _row(row: dict[object, object], flags: dict[object, object], party: Party) -> dict[str, object]:
    clause, grade = text_of(row["clause"]), text_of(row["grade"])
    area = area_of(clause)
    improvement = "area for improvement" if party is Party.THIRD else "opportunity for improvement"
    nonconformity = grade in [str(one) for one in NONCONFORMITIES]
    return {
        **{name: text_of(row[name]) for name in ("finding_id", "site", "service", "statement")},
        "area": area,
        "area_title": "Without a clause" if area == NO_AREA else clause_title(area),
        "kind": "nonconformity" if nonconformity else improvement if grade == str(Grade.OFI) else grade,
        "clause": clause or text_of(row["clause_as_cited"]),
        "requirement": clause_title(clause) if clause and clause_exists(clause) else "not known",
        "grade": grade,
        "evidence": text_of(row["evidence"]) or NO_EVIDENCE,
        "flag": text_of(flags.get(row["finding_id"])),
    }


def _place(row: dict[str, object]) -> tuple[object, ...]:
    area = str(row["area"])
    order = (1,) if area == NO_AREA else (0, *clause_order(area))
    return order, _ORDER.get(str(row["grade"]), len(_ORDER)), natural_order(row["finding_id"])


def area_summary(sections: pd.DataFrame, examined: pd.DataFrame, *, audit: ReportedAudit, sites: int) -> pd.DataFrame:
    """Each clause area in one line: how much of it was examined, and how many findings of each grade.

    Parameters
    ----------
    sections : DataFrame
        Result of `report_sections`.
    examined : DataFrame
        Result of ``history.examinations``, as far as it is recorded.
    audit : ReportedAudit
        The audit.
    sites : int
        Sites in scope [count].

    Returns
    -------
    DataFrame
        ``area, area_title, cells`` (clauses of the area times sites), ``examined`` of them (missing where no row
        of the coverage says what the audit examined), ``minutes`` (missing where not recorded), counts by grade
        (missing without a register of findings), ``said`` (what may be said: nothing where nothing was examined),
        ``audit_id``.
    """
    own = examined[examined["audit_id"] == audit.audit_id]
    own = own.assign(area=own["clause"].map(area_of))
    areas = list(dict.fromkeys(area_of(leaf) for leaf in auditable_leaves()))
    leaves = pd.Series([area_of(leaf) for leaf in auditable_leaves()]).value_counts()
    spent, seen = own.groupby("area")["minutes"].sum(min_count=1), own.groupby("area").size()
    counts = sections.groupby(["area", "grade"]).size()
    if (sections["area"] == NO_AREA).any():
        areas.append(NO_AREA)
    rows = []
    for area in areas:
        grades = {str(grade): int(counts.get((area, str(grade)), 0)) for grade in Grade}
        shown = grades if audit.findings_known else dict.fromkeys(grades, pd.NA)
        looked = int(seen.get(area, 0)) if audit.examination_recorded else None
        rows.append({
            "area": area, "area_title": "Without a clause" if area == NO_AREA else clause_title(area),
            "cells": pd.NA if area == NO_AREA else int(leaves[area]) * sites,
            "examined": pd.NA if area == NO_AREA or looked is None else looked, "minutes": spent.get(area), **shown,
            "said": _said(looked, grades, known=audit.findings_known) if area != NO_AREA else "",
            "audit_id": audit.audit_id,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=list(AREA_DTYPES)).astype(AREA_DTYPES)


def _said(examined: int | None, grades: dict[str, int], *, known: bool) -> str:
    found = sum(grades[str(grade)] for grade in NONCONFORMITIES)
    on_record = f"; {plural(found, 'nonconformity', 'nonconformities')} on record" if found else ""
    if examined is None:
        return f"not known whether examined{on_record}"
    if examined and not known:
        return "examined; what was found is not known"
    if not examined:
        return "not examined in this audit" + (f"{on_record} all the same" if found else "")
    if found:
        return f"{plural(found, 'nonconformity', 'nonconformities')} found"
    return "examined, no nonconformity found in the sample"

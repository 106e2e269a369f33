"""What the audit saw of the actions on earlier nonconformities."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

import pandas as pd

from auditlab.history.cells import cell_examinations, listed, natural_order, nonconformities, text_of
from auditlab.history.corrective_actions import ActionStatus, Effectiveness
from auditlab.reporting.action_records import action_note
from auditlab.reporting.reported_audit import ReportedAudit

VERIFICATION_DTYPES = {
    "finding_id": "str", "audit_id": "str", "site": "str", "clause": "str", "grade": "str", "statement": "str",
    "status": "str", "completed": "datetime64[us]", "verified": "datetime64[us]", "seen": "str", "came_back_as": "str",
    "in_time_to_be_seen": "boolean", "late_days": "Int64", "note": "str",
}  # fmt: skip


class Seen(StrEnum):
    """What this audit says about an earlier nonconformity."""

    CAME_BACK = "came back"
    STAYED_AWAY = "examined again, no nonconformity"
    TOO_EARLY = "examined before the action was complete"
    UNDATED = "examined; the dates of the action contradict each other"
    NOT_EXAMINED = "not examined in this audit"
    UNKNOWN = "not known whether examined"


def verification(
    status: pd.DataFrame,
    findings: pd.DataFrame,
    examined: pd.DataFrame,
    *,
    audit: ReportedAudit,
    gaps: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Every nonconformity of earlier audits, and what this audit saw at the same clause and site.

    Parameters
    ----------
    status : DataFrame
        Result of ``history.corrective_actions``.
    findings : DataFrame
        Canonical findings.
    examined : DataFrame
        Result of ``history.examinations``.
    audit : ReportedAudit
        The audit.
    gaps : mapping, optional
        Result of ``action_records.not_recorded``.

    Returns
    -------
    DataFrame
        ``finding_id, audit_id, site, clause`` (recurrence key), ``grade, statement, status, completed, verified,
        seen`` (a `Seen`), ``came_back_as`` (nonconformities of this audit at the same key and site),
        ``in_time_to_be_seen`` (complete before the audit began), ``late_days`` (completed
        after the date first agreed), ``note`` (of what this audit did not examine, what other audits saw after the
        action; how late the action was and what is not on record of it).
        Actions open or unverified come first.
    """
    ncs = nonconformities(findings)
    now = ncs[ncs["audit_id"] == audit.audit_id]
    known = (examined["audit_id"] == audit.audit_id).any()
    rows = [
        _row(row, now, examined, audit, known=bool(known), gap=(gaps or {}).get(text_of(row["finding_id"]), ""))
        for _, row in status[status["audit_id"].isin(list(audit.earlier))].iterrows()
    ]
    rows.sort(key=lambda row: (row["status"] == str(ActionStatus.VERIFIED), natural_order(row["finding_id"])))
    return pd.DataFrame(rows, columns=list(VERIFICATION_DTYPES)).astype(VERIFICATION_DTYPES)


def _row(
    row: pd.Series, now: pd.DataFrame, examined: pd.DataFrame, audit: ReportedAudit, *, known: bool, gap: str
) -> dict[str, object]:
    key, site = text_of(row["clause"]), text_of(row["site"])
    again = now[(now["key"] == key) & (now["site"] == site)] if key and site else now.iloc[:0]
    cell = cell_examinations(examined, key or None, site)
    looked = audit.audit_id in set(cell["audit_id"])
    done = row["completed"] if pd.notna(row["completed"]) else row["verified"]
    valid = row["status"] != str(ActionStatus.INVALID)
    before = bool(done < audit.start) if pd.notna(done) and valid else pd.NA
    seen = _seen(again=len(again) > 0, known=known and bool(key and site), looked=looked, before=before)
    if seen is Seen.TOO_EARLY and not valid:
        seen = Seen.UNDATED
    facts = ("finding_id", "audit_id", "site", "clause", "grade", "statement", "status", "completed", "verified")
    return {name: row[name] for name in facts} | {
        "seen": str(seen),
        "came_back_as": " ".join(sorted(again["finding_id"], key=natural_order)),
        "in_time_to_be_seen": before,
        "late_days": row["late_days"],
        "note": "; ".join(filter(None, [_note(row, seen, cell, done), action_note(row.to_dict(), gap)])),
    }


def _note(row: pd.Series, seen: Seen, cell: pd.DataFrame, done: pd.Timestamp) -> str:
    """What the result means; of what this audit did not examine, what other audits saw after the action."""
    if seen is not Seen.NOT_EXAMINED:
        return _NOTES.get(seen, "")
    effect = text_of(row["effectiveness"])
    if effect == str(Effectiveness.REPEAT):
        return f"another audit saw it come back as {text_of(row['repeat_finding'])}"
    others = list(cell.loc[cell["start"] > done, "audit_id"])
    if effect == str(Effectiveness.EFFECTIVE) and others:
        return f"examined after the action by {listed(others)}, which recorded none"
    return "no audit has examined it since the action" if effect == str(Effectiveness.NOT_TESTED) else ""


def _seen(*, again: bool, known: bool, looked: bool, before: object) -> Seen:
    if again:
        return Seen.CAME_BACK
    if not known:
        return Seen.UNKNOWN
    if not looked:
        return Seen.NOT_EXAMINED
    return Seen.STAYED_AWAY if before is True else Seen.TOO_EARLY


_NOTES = {
    Seen.CAME_BACK: "same clause and site; a person decides whether it is the same issue",
    Seen.TOO_EARLY: "the action was not complete when the audit began: its effect could not be seen",
    Seen.UNDATED: "nothing is concluded from it",
}


def verification_counts(seen: Collection[str]) -> dict[Seen, int]:
    """How many earlier nonconformities stand at each result."""
    listed = list(seen)
    return {one: listed.count(str(one)) for one in Seen}

"""What is unresolved on the day of the report, in sentences from the records."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any  # the cells of a row

import pandas as pd

from auditlab.history.cells import NAMED, listed, natural_order, plural, text_of
from auditlab.history.corrective_actions import ActionStatus, open_majors, open_orphans
from auditlab.reporting.reported_audit import ReportedAudit
from auditlab.reporting.verification import Seen

_STATES: Mapping[ActionStatus, str] = {
    ActionStatus.COMPLETED: "Completed and never verified",
    ActionStatus.OPEN_NO_DUE_DATE: "Open without an agreed due date",
    ActionStatus.INVALID: "With dates that contradict each other",
    ActionStatus.NO_ACTION: "Without an action on record",
}
"""States of an action that leave a nonconformity unresolved, beside an overdue one."""
_NOT_SEEN: Mapping[Seen, str] = {
    Seen.NOT_EXAMINED: "not examined again in this audit",
    Seen.TOO_EARLY: "examined before their action was complete",
    Seen.UNKNOWN: "not known to be examined again",
}


def unresolved_sentences(
    status: pd.DataFrame, verified: pd.DataFrame, sections: pd.DataFrame, *, audit: ReportedAudit
) -> tuple[str, ...]:
    """Majors without a verified action, actions by what is wrong with them, what was not seen again, and grades.

    Parameters
    ----------
    status : DataFrame
        Result of ``history.corrective_actions``.
    verified : DataFrame
        Result of `verification`.
    sections : DataFrame
        Result of `report_sections`.
    audit : ReportedAudit
        The audit; nonconformities of later ones are left out.
    """
    known = [*audit.earlier, audit.audit_id]
    own = status[status["audit_id"].isin(known) | status["audit_id"].isna()]
    return (
        *_majors(own), *_overdue(own, audit), *_by_state(own), *_orphans(own), *_not_seen(verified),
        *_to_read_again(sections),
    )  # fmt: skip


def majors_sentence(status: pd.DataFrame, *, most: int = NAMED) -> str:
    """Majors whose action is not verified, each with its site and the state of its action; empty where there is none.

    Parameters
    ----------
    status : DataFrame
        Result of ``history.corrective_actions``, or of `follow_up_plan`.
    most : int
        Majors to name.
    """
    majors = status[open_majors(status)]
    if majors.empty:
        return ""
    named = [f"{row['finding_id']}{_at(row)} ({row['status']})" for row in majors.to_dict("records")]
    found = plural(len(majors), "major nonconformity", "major nonconformities")
    return f"Without a verified action: {found}: {listed(named, most=most)}."


def _at(row: Mapping[Hashable, Any]) -> str:
    site = text_of(row["site"])
    return f" at {site}" if site else ""


def overdue_sentence(status: pd.DataFrame, *, known: bool) -> str:
    """How many corrective actions are overdue, and which for how many days; what is not known is said.

    Parameters
    ----------
    status : DataFrame
        Result of ``history.corrective_actions``.
    known : bool
        Whether a register of actions was handed over, and be it one without a row.
    """
    if not known:
        return "Whether corrective actions are overdue is not known: no register of them was handed over."
    if (status["status"] == str(ActionStatus.NO_ACTION)).all():
        return "No corrective action is overdue: the register holds none on a nonconformity."
    late = status.dropna(subset=["days_overdue"]).sort_values("days_overdue", ascending=False, kind="stable")
    if late.empty:
        return "No corrective action with an agreed date is overdue."
    named = [
        f"{row['finding_id']} ({text_of(row['grade']) or 'grade not known'}, {plural(row['days_overdue'], 'day')}"
        f"{', its finding is not in the register' if row['status'] == str(ActionStatus.NOT_IN_REGISTER) else ''})"
        for row in late.to_dict("records")
    ]
    return f"Overdue: {plural(len(late), 'corrective action')}: {listed(named)}."


def _majors(status: pd.DataFrame) -> Iterator[str]:
    if said := majors_sentence(status):
        yield said


def _overdue(status: pd.DataFrame, audit: ReportedAudit) -> Iterator[str]:
    """An action that nobody completed in time is unresolved, and so is that nobody can know it."""
    unknown = len(status) > 0 and not audit.actions_known
    if unknown or status["days_overdue"].notna().any():
        yield overdue_sentence(status, known=audit.actions_known)


def _by_state(status: pd.DataFrame) -> Iterator[str]:
    for state, words in _STATES.items():
        own = list(status.loc[status["status"] == str(state), "finding_id"])
        if own:
            found = plural(len(own), "nonconformity", "nonconformities")
            yield f"{words}: {found}: {listed(sorted(own, key=natural_order))}."


def _orphans(status: pd.DataFrame) -> Iterator[str]:
    """Actions that nobody verified, and of which nobody can tell what they answer."""
    own = list(status.loc[open_orphans(status), "finding_id"])
    if own:
        named = listed(sorted(own, key=natural_order))
        yield f"Not verified, and its finding is not in the register: {plural(len(own), 'action')}: {named}."


def _not_seen(verified: pd.DataFrame) -> Iterator[str]:
    """Earlier nonconformities that this audit could not settle, by site."""
    for seen, words in _NOT_SEEN.items():
        own = verified[verified["seen"] == str(seen)]
        if own.empty:
            continue
        places = [
            f"at {site or 'no site on record'} {listed(sorted(rows['finding_id'], key=natural_order))}"
            for site, rows in own.groupby(own["site"].map(text_of))
        ]
        yield f"Earlier nonconformities {words}: {len(own)}: {'; '.join(places)}."


def _to_read_again(sections: pd.DataFrame) -> Iterator[str]:
    """Findings of one grade with one flag in one line."""
    flagged = sections[sections["flag"] != ""]
    for (grade, flag), own in flagged.groupby(["grade", "flag"], sort=False):
        yield f"{listed(list(own['finding_id']))} ({grade}): {flag}."

"""What the next audit must follow up, in the order in which it is most easily forgotten."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlab.history.cells import audit_dates, audits_once, cell_examinations, natural_order, site_list, text_of
from auditlab.history.corrective_actions import ActionStatus, Effectiveness

FOLLOW_UP_DTYPES = {
    "order": "Int64",
    "finding_id": "str",
    "audit_id": "str",
    "site": "str",
    "service": "str",
    "clause": "str",
    "grade": "str",
    "statement": "str",
    "reason": "str",
    "reasons": "str",
    "status": "str",
    "due": "datetime64[us]",
    "days_overdue": "Int64",
    "last_examined": "datetime64[us]",
    "exposure": "str",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    place: int  # smaller comes first
    words: str


NOT_VISITED = _Reason(place=0, words="site not visited since the finding")
NO_VISIT = _Reason(place=1, words="no visit to the site is on record")
_NOT_EXAMINED = _Reason(place=2, words="clause not examined at this site since the finding")
_NOT_KNOWN = _Reason(place=3, words="not known whether examined since the finding")
_OVERDUE = _Reason(place=4, words="corrective action overdue")
_UNDATED = _Reason(place=5, words="corrective action open without a due date")
_UNVERIFIED = _Reason(place=6, words="corrective action not verified")
_OPEN = _Reason(place=7, words="corrective action open, not yet due")
_NO_ACTION = _Reason(place=8, words="no corrective action recorded")
_INVALID = _Reason(place=9, words="dates of the corrective action contradict each other")
_PREVIOUS = _Reason(place=10, words="raised in the previous audit")
_UNTESTED = _Reason(place=11, words="verified in the register, not yet tested by an audit")
_REPEATED = _Reason(place=12, words="verified, and came back")

_BY_STATUS = {
    ActionStatus.OPEN_OVERDUE: _OVERDUE,
    ActionStatus.OPEN_NO_DUE_DATE: _UNDATED,
    ActionStatus.COMPLETED: _UNVERIFIED,
    ActionStatus.OPEN_NOT_DUE: _OPEN,
    ActionStatus.NO_ACTION: _NO_ACTION,
    ActionStatus.INVALID: _INVALID,
}


def follow_up(
    status: pd.DataFrame, audits: pd.DataFrame, examined: pd.DataFrame, *, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Nonconformities that the next audit must take up, most easily forgotten first.

    Listed are all nonconformities of the previous audit and every earlier one whose action is open,
    unverified or dated impossibly, whose cell was never examined again, or that came back after its
    action was verified. Findings of earlier audits that nobody could look at again come first; then
    overdue actions by days. Actions on findings that are not in the register are not listed.

    Parameters
    ----------
    status : DataFrame
        Result of `corrective_actions`.
    audits : DataFrame
        Canonical audits.
    examined : DataFrame
        Result of `examinations`.
    as_of : Timestamp
        Day of the review.

    Returns
    -------
    DataFrame
        ``order`` (1 first), ``finding_id, audit_id, site, service, clause`` (recurrence key),
        ``grade, statement, reason`` (the first), ``reasons`` (all, separated by semicolons),
        ``status, due, days_overdue, last_examined`` (last day of the last audit that examined the
        cell), ``exposure``.
    """
    dates = audit_dates(audits, examined)
    held = dates[dates["start"] <= as_of]
    previous = str(held.index[-1]) if len(held) else None
    past = examined[examined["start"] <= as_of]
    scopes = _scopes(audits, examined, as_of)
    rows = []
    for _, row in status[status["status"] != str(ActionStatus.NOT_IN_REGISTER)].iterrows():
        cell = cell_examinations(past, text_of(row["clause"]) or None, text_of(row["site"]))
        reasons = _reasons(row, previous, scopes, cell)
        if reasons:
            rows.append(_follow_up_row(row, reasons, cell))
    rows.sort(key=lambda item: item[0])
    listed = pd.DataFrame([row for _, row in rows], columns=list(FOLLOW_UP_DTYPES))
    return listed.assign(order=range(1, len(rows) + 1)).astype(FOLLOW_UP_DTYPES)


def _scopes(audits: pd.DataFrame, examined: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Every dated visit: ``site, start, known`` (whether it is known which clauses were examined)."""
    past = examined.loc[examined["start"] <= as_of, ["audit_id", "site", "start"]].drop_duplicates()
    facts = audits_once(audits)
    stated = [
        (audit_id, site, start)
        for audit_id, start, sites in zip(facts["audit_id"], facts["start"], facts["sites"], strict=True)
        if start <= as_of
        for site in site_list(sites)
    ]
    visits = pd.concat([past, pd.DataFrame(stated, columns=list(past.columns)).astype(past.dtypes)])
    return visits.drop_duplicates().assign(known=lambda frame: frame["audit_id"].isin(examined["audit_id"]))


def _reasons(row: pd.Series, previous: str | None, scopes: pd.DataFrame, cell: pd.DataFrame) -> list[_Reason]:
    reasons = []
    from_previous = previous is not None and row["audit_id"] == previous
    if not from_previous:
        unseen = _not_seen_since(row, scopes, cell)
        reasons += [unseen] if unseen else []
    state = _BY_STATUS.get(ActionStatus(row["status"]))
    reasons += [state] if state else []
    untested = row["status"] == str(ActionStatus.VERIFIED) and row["effectiveness"] == str(Effectiveness.NOT_TESTED)
    reasons += [_PREVIOUS, *([_UNTESTED] if untested else [])] if from_previous else []
    reasons += [_REPEATED] if pd.notna(row["days_to_repeat"]) else []
    return sorted(reasons, key=lambda reason: reason.place)


def _not_seen_since(row: pd.Series, scopes: pd.DataFrame, cell: pd.DataFrame) -> _Reason | None:
    start, site = row["audit_start"], text_of(row["site"])
    if pd.isna(start) or not site or not scopes["known"].any() or not text_of(row["clause"]):
        return _NOT_KNOWN
    if (cell["start"] > start).any():
        return None
    here = scopes[scopes["site"] == site]
    if here.empty:
        return NO_VISIT
    since = here[here["start"] > start]
    if since.empty:
        return NOT_VISITED
    return _NOT_EXAMINED if since["known"].all() else _NOT_KNOWN


def _follow_up_row(
    row: pd.Series, reasons: list[_Reason], cell: pd.DataFrame
) -> tuple[tuple[object, ...], dict[str, object]]:
    names = (
        "finding_id",
        "audit_id",
        "site",
        "service",
        "clause",
        "grade",
        "statement",
        "status",
        "due",
        "days_overdue",
    )
    words = [reason.words for reason in reasons]
    facts = {name: row[name] for name in names} | {"reason": words[0], "reasons": "; ".join(words)}
    if len(cell):
        facts |= {"last_examined": cell["end"].iloc[-1], "exposure": cell["exposure"].iloc[-1]}
    # Overdue actions by days; within every other reason the register's own order.
    overdue = int(row["days_overdue"]) if reasons[0] is _OVERDUE else 0
    return (reasons[0].place, -overdue, natural_order(row["finding_id"])), facts

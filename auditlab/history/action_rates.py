"""Shares over the corrective actions: effectiveness, timeliness, and what the register declares."""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import plural
from auditlab.history.corrective_actions import ActionStatus, Effectiveness, recorded_actions
from auditlab.statistics.intervals import interval

RATE_DTYPES = {
    "measure": "str",
    "k": "Int64",
    "n": "Int64",
    "rate": "Float64",
    "low": "Float64",
    "high": "Float64",
    "method": "str",
    "note": "str",
}

MEASURES = (
    "effectiveness",
    "declared_effective",
    "on_time",
    "on_time_closed_only",
    "overdue_open",
    "undated",
    "not_tested",
    "invalid",
)


def corrective_action_rates(status: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Effectiveness and timeliness with their numbers, next to what is often shown instead.

    Parameters
    ----------
    status : DataFrame
        Result of `corrective_actions`.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        ``measure, k, n, rate, low, high`` (Clopper-Pearson) [0-1], ``method, note``. Measures:
        effectiveness (of those examined again), declared_effective (of those verified), on_time
        (of those due on or before the day of the review; open ones are not on time), on_time_closed_only,
        overdue_open (of the open ones), undated, not_tested, invalid (counts of the recorded
        actions, without a rate). Missing, not 0, where no action was handed over. Actions on
        findings that are not in the register are left out.
    """
    recorded = recorded_actions(status)
    if recorded.empty:
        why = f"not known: {why_no_action(status)}"
        return pd.DataFrame([{"measure": name, "note": why} for name in MEASURES], columns=list(RATE_DTYPES)).astype(
            RATE_DTYPES
        )
    rows = [
        _effectiveness(
            recorded, confidence, orphans=int((status["status"] == str(ActionStatus.NOT_IN_REGISTER)).sum())
        ),
        _declared(recorded, confidence),
        *_on_time(recorded, confidence),
        *_counts(recorded, orphans=status[status["status"] == str(ActionStatus.NOT_IN_REGISTER)]),
    ]
    return pd.DataFrame(rows, columns=list(RATE_DTYPES)).astype(RATE_DTYPES)


def why_no_action(status: pd.DataFrame) -> str:
    """Why `corrective_actions` holds no action that counts."""
    found = set(status["status"])
    if str(ActionStatus.NOT_IN_REGISTER) in found:
        return "the corrective actions on record answer findings that are not in the register"
    if str(ActionStatus.NO_ACTION) in found:
        return "no corrective action on record answers a nonconformity"
    if str(ActionStatus.UNKNOWN) in found:
        return "corrective actions were not handed over"
    return "neither a nonconformity nor its corrective action is on record"


def _share(measure: str, *, k: int, n: int, note: str, confidence: float) -> dict[str, object]:
    if n == 0:
        return {"measure": measure, "k": pd.NA, "n": 0, "note": note}
    limit = interval(deviations=k, n=n, confidence=confidence)
    return {
        "measure": measure,
        "k": k,
        "n": n,
        "rate": limit.estimate,
        "low": limit.low,
        "high": limit.high,
        "method": limit.method,
        "note": note,
    }


def _effectiveness(recorded: pd.DataFrame, confidence: float, *, orphans: int) -> dict[str, object]:
    outcome = recorded["effectiveness"]
    tested = outcome.isin([str(Effectiveness.EFFECTIVE), str(Effectiveness.REPEAT)])
    unknown = int(
        (outcome.isna() & recorded["status"].isin([str(ActionStatus.COMPLETED), str(ActionStatus.VERIFIED)])).sum()
    )
    if unknown and not tested.any():
        return {"measure": "effectiveness", "note": "not known: no examination of the cells is known"}
    not_tested = int((outcome == str(Effectiveness.NOT_TESTED)).sum())
    invalid = int((outcome == str(Effectiveness.INVALID)).sum())
    note = f"of those examined again; {not_tested} not examined again, {invalid} with invalid dates left out"
    if unknown:
        note += f", {unknown} not known"
    if (recorded.loc[tested, "exposure"] == "inferred").any():
        note += "; examinations inferred from audit scope"
    if orphans:
        note += f"; {plural(orphans, 'action')} on findings that are not in the register left out"
    effective = int((outcome == str(Effectiveness.EFFECTIVE)).sum())
    return _share("effectiveness", k=effective, n=int(tested.sum()), note=note, confidence=confidence)


def _declared(recorded: pd.DataFrame, confidence: float) -> dict[str, object]:
    verified = recorded[recorded["verified"].notna()]
    stated = verified["effective_declared"].dropna()
    if stated.empty:
        return {"measure": "declared_effective", "note": "not known: the register does not state effectiveness"}
    note = "as ticked in the register for verified actions; no evidence that the nonconformity stayed away"
    if len(stated) < len(verified):
        note += f"; {len(verified) - len(stated)} verified without a statement"
    return _share("declared_effective", k=int(stated.sum()), n=len(stated), note=note, confidence=confidence)


def _on_time(recorded: pd.DataFrame, confidence: float) -> list[dict[str, object]]:
    valid = recorded["status"] != str(ActionStatus.INVALID)
    undated_end = recorded["completed"].isna() & (recorded["status"] == str(ActionStatus.VERIFIED))
    due = recorded[valid & recorded["due_reached"].fillna(False).astype(bool) & ~undated_end]
    closed = due[due["completed"].notna()]
    punctual = int((closed["completed"] <= closed["due"]).sum())
    note = (
        "due by the day of the review, by the first agreed date; "
        f"{plural(len(due) - len(closed), 'open one')} not on time"
    )
    closed_note = (
        f"misleading: leaves out {plural(len(due) - len(closed), 'open one')}"
        if len(closed) < len(due)
        else ("no open one is due")
    )
    return [
        _share("on_time", k=punctual, n=len(due), note=note, confidence=confidence),
        _share("on_time_closed_only", k=punctual, n=len(closed), note=closed_note, confidence=confidence),
    ]


def _counts(recorded: pd.DataFrame, *, orphans: pd.DataFrame) -> list[dict[str, object]]:
    names = ("overdue_open", "undated", "not_tested", "invalid")
    is_open = recorded["status"].map(lambda word: ActionStatus(word).is_open)
    overdue = recorded["status"] == str(ActionStatus.OPEN_OVERDUE)
    days = ", ".join(str(day) for day in recorded.loc[overdue, "days_overdue"].sort_values(ascending=False))
    closed = recorded["completed"].notna() | recorded["verified"].notna()
    said = f"of the open ones; overdue by {days} days" if days else "of the open ones"
    if left := int(orphans["days_overdue"].notna().sum()):
        said += f"; {plural(left, 'overdue action')} on findings that are not in the register left out"
    counts = (
        (overdue, int(is_open.sum()), said),
        (recorded["due"].isna(), len(recorded), "without a due date, of all recorded actions"),
        (recorded["effectiveness"] == str(Effectiveness.NOT_TESTED), int(closed.sum()), "of the completed ones"),
        (recorded["effectiveness"] == str(Effectiveness.INVALID), int(closed.sum()), "of the completed ones"),
    )
    return [
        {"measure": name, "k": int(mask.sum()), "n": n, "method": "count", "note": note}
        for name, (mask, n, note) in zip(names, counts, strict=True)
    ]

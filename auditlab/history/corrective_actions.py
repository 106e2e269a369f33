"""What became of the corrective actions: in time, verified, and did the nonconformity stay away.

Effectiveness is what later audits found, not what the register ticks. An action is

- *effective* when at least one audit that started after the completion examined the same recurrence
  key at the same site and no such audit recorded a nonconformity there;
- *repeat* when any audit that started after the completion recorded a nonconformity there: the first
  such nonconformity is the repeat, also when an audit in between recorded none;
- *not_tested* when no audit after the completion examined the cell;
- *invalid* when the dates contradict each other (completed before the audit began, or verified before
  it was completed); such rows are in no rate.

Open actions have no effectiveness, and where no examination is known it is missing, not "not_tested".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from auditlab.history.cells import (
    INFERRED,
    audit_dates,
    cell_examinations,
    exposure_of,
    looked_up,
    natural_order,
    nonconformities,
    plural,
    shared_nonconformities,
    text_of,
)
from auditlab.standard.grades import Grade


class ActionStatus(StrEnum):
    """State of the corrective action of one nonconformity on the day of the review."""

    OPEN_OVERDUE = "open overdue"
    OPEN_NOT_DUE = "open not due"
    OPEN_NO_DUE_DATE = "open no due date"
    COMPLETED = "completed not verified"
    VERIFIED = "verified"
    INVALID = "invalid dates"
    NO_ACTION = "no action recorded"
    NOT_IN_REGISTER = "finding not in the register"
    UNKNOWN = "unknown"

    @property
    def is_open(self) -> bool:
        """Whether the action is recorded and not completed."""
        return self in {self.OPEN_OVERDUE, self.OPEN_NOT_DUE, self.OPEN_NO_DUE_DATE}


class Effectiveness(StrEnum):
    """What later audits say about a completed corrective action."""

    EFFECTIVE = "effective"
    REPEAT = "repeat"
    NOT_TESTED = "not_tested"
    INVALID = "invalid"


STATUS_DTYPES = {
    "finding_id": "str",
    "audit_id": "str",
    "audit_start": "datetime64[us]",
    "site": "str",
    "service": "str",
    "clause": "str",
    "grade": "str",
    "statement": "str",
    "status": "str",
    "due": "datetime64[us]",
    "due_reached": "boolean",
    "due_current": "datetime64[us]",
    "completed": "datetime64[us]",
    "verified": "datetime64[us]",
    "days_overdue": "Int64",
    "late_days": "Int64",
    "effectiveness": "str",
    "days_to_repeat": "Int64",
    "days_to_repeat_from_completion": "Int64",
    "repeat_finding": "str",
    "reexaminations": "Int64",
    "effective_declared": "boolean",
    "exposure": "str",
    "note": "str",
}

_DATES = ["due_original", "due_current", "completed", "verified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What is known on the day of the review."""

    as_of: pd.Timestamp
    ncs: pd.DataFrame  # nonconformities with start of their audit, one row per key
    examined: pd.DataFrame
    register_handed_over: bool
    findings_handed_over: bool


def corrective_actions(
    actions: pd.DataFrame,
    findings: pd.DataFrame,
    audits: pd.DataFrame,
    examined: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    register_known: bool | None = None,
) -> pd.DataFrame:
    """One row per nonconformity: its action, whether it is late, and whether it worked.

    Parameters
    ----------
    actions : DataFrame
        Canonical corrective actions. Actions whose finding is not in the register of findings are
        kept with the status "finding not in the register" and are in no rate, with ``days_overdue`` as any
        other; without any register they have the status of their dates. Actions on findings of other grades are
        not shown.
    findings, audits : DataFrame
        Canonical tables.
    examined : DataFrame
        Result of `examinations`.
    as_of : Timestamp
        Day of the review; what was completed, verified, examined or found later is not known yet.
    register_known : bool, optional
        Whether a register of actions was handed over, and be it one without a row; by default, whether it has rows.

    Returns
    -------
    DataFrame
        ``finding_id, audit_id, audit_start, site, service, clause`` (recurrence key), ``grade,
        statement, status, due`` (first agreed), ``due_reached`` (due on or before `as_of`),
        ``due_current, completed, verified``,
        ``days_overdue`` (open actions past the first agreed date), ``late_days`` (completed after
        it), ``effectiveness`` (see the module), ``days_to_repeat`` (from verification, missing when
        not verified before the repeat), ``days_to_repeat_from_completion`` [days],
        ``repeat_finding``, ``reexaminations`` [audits after completion that examined the cell; the fewest of
        the cells where the finding cites clauses of several],
        ``effective_declared`` (as the register ticks it), ``exposure, note``.
    """
    dates = audit_dates(audits, examined)
    ncs = nonconformities(findings)
    ncs = ncs.assign(start=looked_up(ncs["audit_id"], dates["start"]))
    ncs = ncs[~(ncs["start"] > as_of)]
    register = actions.drop_duplicates("finding_id")
    fields = ["finding_id", *_DATES, "extensions", "effective_declared"]
    rows = ncs.merge(register[fields], on="finding_id", how="left", indicator=True)
    orphans = register.loc[~register["finding_id"].isin(findings["finding_id"]), fields].assign(_merge="right_only")
    rows = pd.concat([rows.astype({"_merge": "str"}), orphans], ignore_index=True)
    for name in ("completed", "verified"):
        rows[name] = rows[name].where(rows[name] <= as_of)
    shared = shared_nonconformities(findings)
    shared = shared.assign(start=looked_up(shared["audit_id"], dates["start"]))
    past = _Past(
        as_of=as_of,
        ncs=shared[~(shared["start"] > as_of)],
        examined=examined[examined["start"] <= as_of],
        register_handed_over=not actions.empty if register_known is None else register_known,
        findings_handed_over=not findings.empty,
    )
    records = [_row(row, past) for _, row in rows.iterrows()]
    status = pd.DataFrame(records, columns=list(STATUS_DTYPES)).astype(STATUS_DTYPES)
    order = status["finding_id"].map(natural_order).sort_values(kind="stable").index
    return status.loc[order].reset_index(drop=True)


def recorded_actions(status: pd.DataFrame) -> pd.DataFrame:
    """The rows of `corrective_actions` with an action that counts."""
    left_out = [ActionStatus.UNKNOWN, ActionStatus.NO_ACTION, ActionStatus.NOT_IN_REGISTER]
    return status[~status["status"].isin([str(word) for word in left_out])]


def open_majors(status: pd.DataFrame) -> pd.Series:
    """Which rows of `corrective_actions`, or of a table with its grade and status, are majors not verified."""
    return (status["grade"] == str(Grade.MAJOR)) & (status["status"] != str(ActionStatus.VERIFIED))


def open_orphans(status: pd.DataFrame) -> pd.Series:
    """Which rows of `corrective_actions` are actions not verified whose finding is not in the register."""
    return (status["status"] == str(ActionStatus.NOT_IN_REGISTER)) & status["verified"].isna()


def _row(row: pd.Series, past: _Past) -> dict[str, object]:
    due = row["due_original"] if pd.notna(row["due_original"]) else row["due_current"]
    status = _status(row, due, past)
    result: dict[str, object] = {
        **{name: row[name] for name in ("finding_id", "audit_id", "site", "service", "grade", "statement")},
        **{name: row[name] for name in ("due_current", "completed", "verified", "effective_declared")},
        "audit_start": row["start"],
        "clause": row["key"],
        "status": str(status),
        "due": due,
        "due_reached": due <= past.as_of if pd.notna(due) else pd.NA,
    }
    by_dates = _status_by_dates(row, due, past) if status is ActionStatus.NOT_IN_REGISTER else status
    if by_dates is ActionStatus.OPEN_OVERDUE:
        result["days_overdue"] = (past.as_of - due).days
    if status in (ActionStatus.COMPLETED, ActionStatus.VERIFIED) and row["completed"] > due:
        result["late_days"] = (row["completed"] - due).days
    outcome = _outcome(row, status, past)
    notes = [*_notes(row, status), *outcome.pop("notes", [])]  # type: ignore[misc]  # notes is a list of texts
    return result | outcome | {"note": "; ".join(notes)}


def _status(row: pd.Series, due: pd.Timestamp, past: _Past) -> ActionStatus:
    if row["_merge"] == "left_only":
        return ActionStatus.NO_ACTION if past.register_handed_over else ActionStatus.UNKNOWN
    if row["_merge"] == "right_only" and past.findings_handed_over:
        return ActionStatus.NOT_IN_REGISTER
    return _status_by_dates(row, due, past)


def _status_by_dates(row: pd.Series, due: pd.Timestamp, past: _Past) -> ActionStatus:
    completed, verified = row["completed"], row["verified"]
    if completed < row["start"] or verified < completed or verified < row["start"]:
        return ActionStatus.INVALID
    if pd.notna(verified):
        return ActionStatus.VERIFIED
    if pd.notna(completed):
        return ActionStatus.COMPLETED
    if due < past.as_of:  # never true of a missing date
        return ActionStatus.OPEN_OVERDUE
    return ActionStatus.OPEN_NOT_DUE if due >= past.as_of else ActionStatus.OPEN_NO_DUE_DATE


def _outcome(row: pd.Series, status: ActionStatus, past: _Past) -> dict[str, object]:
    """Effectiveness and the columns that explain it."""
    if status is ActionStatus.INVALID:
        return {"effectiveness": str(Effectiveness.INVALID)}
    if status not in (ActionStatus.COMPLETED, ActionStatus.VERIFIED):
        return {}
    done = row["completed"] if pd.notna(row["completed"]) else row["verified"]
    key, site = text_of(row["key"]), text_of(row["site"])
    if not key or not site or past.examined.empty:
        return {"notes": ["not known whether the cell was examined again"]}
    keys = set(past.ncs.loc[past.ncs["finding_id"] == row["finding_id"], "key"].dropna())
    # A finding in two cells is answered when both were looked at again.
    later = min((_later(past.examined, each, site, done) for each in sorted(keys)), key=len)
    result: dict[str, object] = {"reexaminations": len(later), "exposure": exposure_of(later["exposure"])}
    same_cell = past.ncs["key"].isin(keys) & (past.ncs["site"] == site) & (past.ncs["start"] > done)
    repeats = past.ncs[same_cell].sort_values("start", kind="stable")
    if len(repeats):
        return result | _repeat(row, repeats.iloc[0])
    outcome = Effectiveness.EFFECTIVE if len(later) else Effectiveness.NOT_TESTED
    notes = ["examination inferred from audit scope"] if INFERRED in set(later["exposure"]) else []
    return result | {"effectiveness": str(outcome), "notes": notes}


def _later(examined: pd.DataFrame, key: str, site: str, done: pd.Timestamp) -> pd.DataFrame:
    """The examinations of a cell after a day."""
    found = cell_examinations(examined, key, site)
    return found[found["start"] > done]


def _repeat(row: pd.Series, repeat: pd.Series) -> dict[str, object]:
    result: dict[str, object] = {
        "effectiveness": str(Effectiveness.REPEAT),
        "repeat_finding": repeat["finding_id"],
        "days_to_repeat_from_completion": (repeat["start"] - row["completed"]).days
        if pd.notna(row["completed"])
        else pd.NA,
    }
    if row["verified"] < repeat["start"]:
        days = (repeat["start"] - row["verified"]).days
        ticked = pd.notna(row["effective_declared"]) and bool(row["effective_declared"])
        declared = "verified effective" if ticked else "verified"
        from_completion = result["days_to_repeat_from_completion"]
        note = f"{declared}, repeated after {days} days from verification ({from_completion} from completion)"
        return result | {"days_to_repeat": days, "notes": [note]}
    when = "never verified" if pd.isna(row["verified"]) else "verified on or after the day of the repeat"
    return result | {"notes": [f"repeated; {when}"]}


def _notes(row: pd.Series, status: ActionStatus) -> list[str]:
    notes = []
    if row["_merge"] == "right_only":
        notes.append("the finding is not in the register of findings")
    if status is ActionStatus.INVALID:
        if row["completed"] < row["start"]:
            notes.append("completed before the audit began")
        if row["verified"] < row["completed"]:
            notes.append("verified before it was completed")
        elif row["verified"] < row["start"]:
            notes.append("verified before the audit began")
    if status is ActionStatus.VERIFIED and pd.isna(row["completed"]):
        notes.append("completion date missing")
    if row["due_current"] > row["due_original"]:
        notes.append(f"extended to {row['due_current']:%Y-%m-%d}")
    elif pd.notna(row["extensions"]) and row["extensions"] > 0:
        notes.append(plural(int(row["extensions"]), "extension"))
    return notes

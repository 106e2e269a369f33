"""The day each action is due, and the day from which it is worth looking whether it worked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.history.corrective_actions import ActionStatus, Effectiveness, open_majors, open_orphans
from auditlab.reporting.action_measure import BASE_MONTHS, MEASURE_DTYPES, said_since, slowest_measure
from auditlab.reporting.action_records import NOT_COMPLETE, effect_seen
from auditlab.signals.series import Series
from auditlab.standard.grades import Grade

DAYS_A_MONTH = 30.4375

PLAN_DTYPES = {
    "finding_id": "str", "audit_id": "str", "site": "str", "service": "str", "clause": "str", "grade": "str",
    "status": "str", "due": "datetime64[us]", "due_basis": "str", "age_days": "Int64", "days_overdue": "Int64",
    "effectiveness": "str", "effect_seen": "str", "late_days": "Int64", "not_recorded": "str", **MEASURE_DTYPES,
    "examine_on": "datetime64[us]", "examine_after": "datetime64[us]", "check_from": "datetime64[us]",
    "rate_basis": "str", "check_basis": "str",
}  # fmt: skip
AGREED = "agreed"
"""Basis of a due date that stands in the register of actions."""

AGEING_DTYPES = {"age": "str", "open": "Int64", "overdue": "Int64", "without_due_date": "Int64", "findings": "str"}
AGES = (90, 180, 365, 730)
"""Upper ends of the classes of age of open actions [days]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRules:
    """What decides about dates: closure of majors [days], the next audit, the planned fall of a rate [0-1], confidence.

    ``improvement`` is ``None`` where nobody may plan one: a certification body sets no targets. Then the dates are
    those on which a rate could tell at the earliest, if not one record deviated any more.
    """

    as_of: pd.Timestamp
    major_closure_days: int = 90
    next_audit: pd.Timestamp | None = None
    improvement: float | None = 0.6
    confidence: float = 0.95


def follow_up_plan(
    status: pd.DataFrame, series: Sequence[Series], *, rules: FollowUpRules, gaps: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Every nonconformity whose action is not verified or came back or waits for an examination; majors first.

    Actions whose finding is not in the register are followed until they are verified.

    Parameters
    ----------
    status : DataFrame
        Result of ``history.corrective_actions``.
    series : sequence of Series
        Result of `measured_series`.
    rules : FollowUpRules
        What decides about dates.
    gaps : mapping, optional
        Result of ``action_records.not_recorded``.

    Returns
    -------
    DataFrame
        ``finding_id, audit_id, site, service, clause, grade, status, due`` with ``due_basis`` (agreed; by the closure
        time of majors; the next audit; not stated), ``age_days`` since the audit, ``days_overdue, effectiveness``
        with ``effect_seen`` (the same in words), ``late_days`` (completed after the date first agreed),
        ``not_recorded`` (what the register does not say of a completed action);
        the linked ``measure`` that takes longest, with ``k`` of ``n``, ``baseline, low, high`` (deviations of the year
        before the completion; of an action not complete, of the last year), ``planned`` (after the improvement; missing
        where none is planned), ``months_to_see`` it, ``other_measures``, ``k_since`` of ``n_since`` with ``since,
        since_low, since_high`` (deviations after the month of the completion, Clopper-Pearson);
        ``examine_on`` (the next audit, where the action can be complete by then: each case is
        looked at) or ``examine_after`` (the day after which that is worth while, where no audit is dated),
        ``check_from`` (the first day on which the rate can tell; missing without a measure) with ``rate_basis``
        (how that follows), and ``check_basis`` (all of it in words).
    """
    waits = [str(Effectiveness.REPEAT), str(Effectiveness.NOT_TESTED)]
    verified = (status["status"] == str(ActionStatus.VERIFIED)) & ~status["effectiveness"].isin(waits)
    closed = verified | ((status["status"] == str(ActionStatus.NOT_IN_REGISTER)) & ~open_orphans(status))
    superseded = (status["effectiveness"] == str(Effectiveness.REPEAT)) & status["repeat_finding"].isin(
        status["finding_id"]
    )
    rows = [_row(row, series, rules, gaps or {}) for row in status[~closed & ~superseded].to_dict("records")]
    frame = pd.DataFrame(rows, columns=list(PLAN_DTYPES)).astype(PLAN_DTYPES)
    order = frame.assign(_minor=~open_majors(frame), _late=-frame["days_overdue"].fillna(0).astype("int64"))
    order = order.sort_values(["_minor", "_late", "due"], kind="stable", na_position="first")
    return order.drop(columns=["_minor", "_late"]).reset_index(drop=True)


def _row(
    row: dict[object, object], series: Sequence[Series], rules: FollowUpRules, gaps: Mapping[str, str]
) -> dict[str, object]:
    due, basis = _due(row, rules)
    facts = (
        "finding_id", "audit_id", "site", "service", "clause", "grade", "status", "days_overdue", "effectiveness",
        "late_days",
    )  # fmt: skip
    raised = row["audit_start"]
    age = (rules.as_of - pd.Timestamp(str(raised))).days if pd.notna(raised) else pd.NA  # type: ignore[call-overload]
    measure = slowest_measure(
        row, series, done=_done(row), improvement=rules.improvement, confidence=rules.confidence
    )  # fmt: skip
    return {name: row[name] for name in facts} | {
        "due": due, "due_basis": basis, "age_days": age, "effect_seen": effect_seen(row),
        "not_recorded": gaps.get(str(row["finding_id"]), ""), **measure, **_check(row, due, measure, rules),
    }  # fmt: skip


def _due(row: dict[object, object], rules: FollowUpRules) -> tuple[object, str]:
    if pd.notna(row["due"]):  # type: ignore[call-overload]  # a scalar of a frame
        return row["due"], AGREED
    raised = row["audit_start"]
    if row["grade"] == str(Grade.MAJOR) and pd.notna(raised):  # type: ignore[call-overload]
        days = rules.major_closure_days
        return pd.Timestamp(str(raised)) + pd.Timedelta(days=days), f"major: {days} days after the audit"
    if rules.next_audit is not None:
        return rules.next_audit, "not agreed: at the latest the next audit"
    return pd.NaT, "not stated"


def _done(row: dict[object, object]) -> pd.Timestamp | None:
    """The completion of an action; dates that contradict each other are none."""
    if row["status"] == str(ActionStatus.INVALID) or pd.isna(row["completed"]):  # type: ignore[call-overload]
        return None
    return pd.Timestamp(str(row["completed"]))


def _check(
    row: dict[object, object], due: object, measure: dict[str, object], rules: FollowUpRules
) -> dict[str, object]:
    done = _done(row)
    start = rules.as_of if done is None else done
    if done is None and pd.notna(due):  # type: ignore[call-overload]  # a scalar of a frame
        start = max(pd.Timestamp(str(due)), rules.as_of)
    since = "completion" if done is not None else "the day it can be complete at the earliest"
    following, looked = rules.next_audit, "each case is examined at the next audit"
    after: object = pd.NaT
    if following is None or following < start:
        after = start.normalize()
        early = "" if following is None else "the next audit is over before the action is due: "
        following, looked = None, f"{early}an examination after {start:%Y-%m-%d}, not yet dated"
    months = measure.get("months_to_see")
    checked: object = pd.NaT
    if months is not None and pd.notna(months):  # type: ignore[call-overload]  # a scalar of a frame
        rate, checked = _rate_tells(float(str(months)), start, since, rules)
    elif measure.get("measure") and not measure.get("n"):
        rate = "the measure has no record in the year before the completion to compare with: the cases tell"
    elif measure.get("measure"):
        rate = "the share shows nothing to improve: the cases tell"
    else:
        rate = "no measure: the cases tell"
    basis = rate
    rate = "; ".join(filter(None, [rate, said_since(measure)]))
    words = rate if following is not None and pd.isna(checked) else f"{looked}; {rate}"  # type: ignore[call-overload]
    return {
        "examine_on": pd.NaT if following is None else following, "examine_after": after, "check_from": checked,
        "rate_basis": basis, "check_basis": words,
    }  # fmt: skip


def _rate_tells(months: float, start: pd.Timestamp, since: str, rules: FollowUpRules) -> tuple[str, pd.Timestamp]:
    """From when the rate can tell, in words and as a day."""
    day = (start + pd.Timedelta(days=round(months * DAYS_A_MONTH))).normalize()
    if rules.improvement is None:
        words = f"the rate can tell after {_months(months)} of records at the earliest, if no record deviates any more"
    else:
        words = f"{_months(months)} of records after {since} can show a fall by {rules.improvement:.0%}"
    if rules.next_audit is not None and day > rules.next_audit:
        words += ", later than the next audit"
    if months > BASE_MONTHS:
        words += "; longer than a year: the rate is not waited for"
    return words, day


def _months(months: float) -> str:
    if months < 1:
        return "less than one month"
    return "about one month" if round(months) == 1 else f"{months:.0f} months"


def is_open(plan: pd.DataFrame) -> pd.Series:
    """Which rows of `follow_up_plan` have an action on record that is not complete."""
    orphans = (plan["status"] == str(ActionStatus.NOT_IN_REGISTER)) & (plan["effect_seen"] == NOT_COMPLETE)
    return plan["status"].str.startswith("open") | orphans


def action_age_classes(plan: pd.DataFrame, *, known: bool = True) -> pd.DataFrame:
    """Open actions by age since their audit.

    Parameters
    ----------
    plan : DataFrame
        Result of `follow_up_plan`.
    known : bool
        Whether a register of actions was handed over.

    Returns
    -------
    DataFrame
        ``age, open, overdue, without_due_date`` [count], ``findings``. Ages not known have their own row.
        Without a register the counts are missing.
    """
    waiting = plan[is_open(plan) | (plan["status"] == str(ActionStatus.NO_ACTION))]
    low, rows = 0, []
    for high in (*AGES, None):
        label = f"over {low} days" if high is None else f"{low} to {high} days"
        ages = waiting["age_days"]
        inside = (ages > low if low else ages >= 0) & (ages <= high if high is not None else ages >= 0)
        rows.append(_age_row(label, waiting[inside.fillna(value=False).astype(bool)]))
        low = high or low
    rows.append(_age_row("not known", waiting[waiting["age_days"].isna()]))
    if not known:
        rows = [{"age": row["age"], "findings": ""} for row in rows]
    return pd.DataFrame(rows, columns=list(AGEING_DTYPES)).astype(AGEING_DTYPES)


def _age_row(label: str, own: pd.DataFrame) -> dict[str, object]:
    return {
        "age": label, "open": len(own), "overdue": int(own["days_overdue"].notna().sum()),
        "without_due_date": int((own["due_basis"] != AGREED).sum()), "findings": " ".join(own["finding_id"]),
    }  # fmt: skip

"""Did anything move after the action? Before and after, beside the same measure elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any  # the cells of a row

import pandas as pd

from auditlab.history.corrective_actions import ActionStatus
from auditlab.reporting.action_measure import BASE_MONTHS, deviations_of, month_of, months_around
from auditlab.reporting.effect_words import DEVIATE, EVENTS, IN_ORDER, effect_words
from auditlab.reporting.measures import comparison_series, linked_series
from auditlab.signals.actions import LOOK_BACK_MONTHS, WARNING, worst_month
from auditlab.signals.periods import WINDOW_MONTHS
from auditlab.signals.series import Measure, Series
from auditlab.signals.windows import Change, compare_months

BEFORE_AFTER_DTYPES = {
    "finding_id": "str", "site": "str", "service": "str", "clause": "str", "kpi": "str", "series": "str",
    "action_on": "datetime64[us]", "months_before": "Int64", "months_after": "Int64", "k_before": "Int64",
    "n_before": "Int64", "before": "Float64", "k_after": "Int64", "n_after": "Int64", "after": "Float64",
    "counted": "str", "measure": "str", "effect": "Float64", "low": "Float64", "high": "Float64", "p": "Float64",
    "others_before": "Float64", "others_after": "Float64", "others_effect": "Float64", "others_low": "Float64",
    "others_high": "Float64", "method": "str", "before_said": "str", "after_said": "str", "effect_said": "str",
    "others_said": "str", "warning": "str", "note": "str",
}  # fmt: skip
MOVED_TOO = "the same measure moved elsewhere too: the action alone does not explain it"
NO_OTHERS = "no comparison: the measure is kept nowhere else"
FEW_MONTHS = f"fewer than {WINDOW_MONTHS} months"
FEW_BEFORE = f"{FEW_MONTHS} before the action: too little to compare with"
FEW_AFTER = f"{FEW_MONTHS} after the action: too early to say"
FEW_BETWEEN = f"{FEW_MONTHS} between the two actions: too little to tell"
ENDS = "the months after end before the action on {actions}"
NOT_APART = "the months after begin with the action on {actions} as well: the two cannot be told apart"
HOLDS = "the months before hold the action on {actions}"
NOTHING_BEFORE = "nothing deviated before the action: this measure can show no improvement"
NOT_TOLD = "the interval holds no change as well: an effect is not shown"


def before_after(status: pd.DataFrame, series: Sequence[Series], *, confidence: float = 0.95) -> pd.DataFrame:
    """Each completed action beside the monthly measures of its clause and site or service.

    The month of the completion belongs to neither side, and the months after it end before the next action on the same
    measure. Exact tests are used as for the signals; nothing here
    says that an action caused anything.

    Parameters
    ----------
    status : DataFrame
        Result of ``history.corrective_actions``.
    series : sequence of Series
        Result of `measured_series`.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        One row per action and series: the finding, ``kpi, series, action_on`` (completed), months and values on both
        sides, what is ``counted`` (records that deviate or records in order, as the measure has it; events in n months;
        values),
        ``measure`` of the ``effect`` with ``low, high, p``; the same for all others together (``others_...``);
        ``method``; both sides, the effect and the others in words (``..._said``); ``warning`` where the action
        followed the worst month (regression to the mean); ``note``.
    """
    done = status.dropna(subset=["completed"])
    done = done[done["status"] != str(ActionStatus.INVALID)]
    linked = [
        (row, linked_series(series, clause=row["clause"], site=row["site"], service=row["service"]))
        for row in done.to_dict("records")
    ]
    on_measure: dict[tuple[str, str], list[Completed]] = {}
    for row, own in linked:
        for one in own:
            finished = (pd.Timestamp(str(row["completed"])), str(row["finding_id"]))
            on_measure.setdefault((one.family, one.name), []).append(finished)
    rows = []
    for row, own in linked:
        for one in own:
            near = _neighbours(row, sorted(on_measure[one.family, one.name]))
            found = _row(row, one, comparison_series(series, one), near, confidence)
            if found:
                rows.append(found)
    rows.sort(
        key=lambda row: (
            -pd.Timestamp(str(row["action_on"])).value, str(row["finding_id"]), NOTHING_BEFORE in str(row["note"]),
            str(row["kpi"]),
        )
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(BEFORE_AFTER_DTYPES)).astype(BEFORE_AFTER_DTYPES)


Completed = tuple[pd.Timestamp, str]
"""Completion and finding of an action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Neighbours:
    """Other actions on the measure of an action: those in the year before it, of its own month, and the next ones."""

    before: list[Completed]
    with_it: list[Completed]
    following: list[Completed]


def _neighbours(action: Mapping[Hashable, Any], completed: list[Completed]) -> _Neighbours:
    month = month_of(pd.Timestamp(action["completed"]))
    others = [(day, name) for day, name in completed if name != action["finding_id"]]
    first = month - pd.DateOffset(months=BASE_MONTHS)
    later = [one for one in others if month_of(one[0]) > month]
    return _Neighbours(
        before=[one for one in others if first <= month_of(one[0]) < month],
        with_it=[one for one in others if month_of(one[0]) == month],
        following=[one for one in later if month_of(one[0]) == month_of(later[0][0])],
    )


def _row(
    action: Mapping[Hashable, Any], own: Series, others: Series | None, near: _Neighbours, confidence: float
) -> dict[str, object] | None:
    day = pd.Timestamp(action["completed"])
    until = near.following[0][0] if near.following else None
    if until is not None and not months_around(own, day, until=until)[1]["value"].notna().any():
        near, until = replace(near, with_it=near.with_it + near.following, following=[]), None
    before, after = months_around(own, day, until=until)
    if not after["value"].notna().any() or not before["value"].notna().any():
        return None
    change = compare_months(own, after, before, confidence=confidence)
    rest = None if others is None else _compared(others, day, until, confidence)
    row = {str(name): action[name] for name in ("finding_id", "site", "service", "clause")}
    notes = [*_near_notes(near), *_notes(change, rest, before, after, own, cut=until is not None)]
    row |= {
        "kpi": own.family, "series": own.name, "action_on": day, "months_before": int(before["value"].notna().sum()),
        "months_after": int(after["value"].notna().sum()), **_sums("before", before, own), **_sums("after", after, own),
        "before": change.earlier, "after": change.recent, "counted": _counted(own), "measure": change.measure,
        "effect": change.effect,
        "low": change.low, "high": change.high, "p": change.p, "method": change.method, **_others(rest),
        "warning": _warning(own, action, day), "note": "; ".join(notes),
    }  # fmt: skip
    return row | effect_words(row)


def _near_notes(near: _Neighbours) -> list[str]:
    said = ((ENDS, near.following), (NOT_APART, near.with_it), (HOLDS, near.before))
    return [
        words.format(actions=", ".join(f"{name} ({day:%Y-%m})" for day, name in actions))
        for words, actions in said
        if actions
    ]


def _compared(series: Series, day: pd.Timestamp, until: pd.Timestamp | None, confidence: float) -> Change | None:
    before, after = months_around(series, day, until=until)
    if not after["value"].notna().any() or not before["value"].notna().any():
        return None
    return compare_months(series, after, before, confidence=confidence)


def _sums(side: str, months: pd.DataFrame, series: Series) -> dict[str, object]:
    if series.measure is Measure.VALUE:
        return {}
    known = months.dropna(subset=["value"])
    return {f"k_{side}": int(known["k"].sum()), f"n_{side}": int(known["n"].sum())}


def _counted(series: Series) -> str:
    if series.measure is Measure.SHARE:
        return IN_ORDER if series.better == "higher" else DEVIATE
    return EVENTS if series.measure is Measure.COUNT else "values"


def _others(rest: Change | None) -> dict[str, object]:
    if rest is None:
        return {}
    return {"others_before": rest.earlier, "others_after": rest.recent, "others_effect": rest.effect,
            "others_low": rest.low, "others_high": rest.high}  # fmt: skip


def _warning(series: Series, action: Mapping[Hashable, Any], day: pd.Timestamp) -> str:
    """Regression to the mean: something extreme made people act, and extremes do not last."""
    worst = worst_month(series)
    if worst is None:
        return ""
    reach = pd.DateOffset(months=1 + LOOK_BACK_MONTHS)
    raised = pd.Timestamp(str(action["audit_start"]))
    name = f"the action on {action['finding_id']}"
    if any(worst <= moment < worst + reach for moment in (day, raised) if pd.notna(moment)):
        return WARNING.format(action=name, month=f"{worst:%Y-%m}")
    return ""


def _notes(
    change: Change, rest: Change | None, before: pd.DataFrame, after: pd.DataFrame, own: Series, *, cut: bool
) -> list[str]:
    notes = []
    for side, note in ((before, FEW_BEFORE), (after, FEW_BETWEEN if cut else FEW_AFTER)):
        if side["value"].notna().sum() < WINDOW_MONTHS:
            notes.append(note)
    if not _apart(change):
        notes.append(NOTHING_BEFORE if _nothing_deviated(own, before) else NOT_TOLD)
    if rest is None:
        notes.append(NO_OTHERS)
    elif _apart(rest) and _apart(change) and _direction(rest) == _direction(change):
        notes.append(MOVED_TOO)
    return [*notes, *filter(None, [change.note])]


def _nothing_deviated(series: Series, months: pd.DataFrame) -> bool:
    return series.measure is Measure.SHARE and deviations_of(series, months)[0] == 0


def _apart(change: Change) -> bool:
    """Whether the interval leaves out no change: 1 of a ratio, 0 of a difference."""
    still = 1.0 if "ratio" in change.measure else 0.0
    return bool(change.low > still or change.high < still)


def _direction(change: Change) -> bool:
    return bool(change.recent > change.earlier)

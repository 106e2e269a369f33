"""Did anything move after the action? Before and after, beside the same measure elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from auditlab.history.corrective_actions import ActionStatus
from auditlab.reporting.action_measure import months_around
from auditlab.reporting.measures import comparison_series, linked_series
from auditlab.signals.actions import LOOK_BACK_MONTHS, WARNING, worst_month
from auditlab.signals.periods import WINDOW_MONTHS
from auditlab.signals.series import Measure, Series
from auditlab.signals.windows import Change, compare_months

BEFORE_AFTER_DTYPES = {
    "finding_id": "str", "site": "str", "service": "str", "clause": "str", "kpi": "str", "series": "str",
    "action_on": "datetime64[us]", "months_before": "Int64", "months_after": "Int64", "k_before": "Int64",
    "n_before": "Int64", "before": "Float64", "k_after": "Int64", "n_after": "Int64", "after": "Float64",
    "measure": "str", "effect": "Float64", "low": "Float64", "high": "Float64", "p": "Float64",
    "others_before": "Float64", "others_after": "Float64", "others_effect": "Float64", "others_low": "Float64",
    "others_high": "Float64", "method": "str", "warning": "str", "note": "str",
}  # fmt: skip
MOVED_TOO = "the same measure moved elsewhere too: the action alone does not explain it"
NO_OTHERS = "no comparison: the measure is kept nowhere else"
FEW_MONTHS = f"fewer than {WINDOW_MONTHS} months"
FEW_BEFORE = f"{FEW_MONTHS} before the action: too little to compare with"
FEW_AFTER = f"{FEW_MONTHS} after the action: too early to say"
NOT_TOLD = "the interval holds no change as well: an effect is not shown"


def before_after(status: pd.DataFrame, series: Sequence[Series], *, confidence: float = 0.95) -> pd.DataFrame:
    """Each completed action beside the monthly measures of its clause and site or service.

    The month of the completion belongs to neither side. Exact tests are used as for the signals; nothing here
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
        sides, ``measure`` of the ``effect`` with ``low, high, p``; the same for all others together (``others_...``);
        ``method``; ``warning`` where the action followed the worst month (regression to the mean); ``note``.
    """
    done = status.dropna(subset=["completed"])
    done = done[done["status"] != str(ActionStatus.INVALID)]
    rows = []
    for row in done.to_dict("records"):
        for one in linked_series(series, clause=row["clause"], site=row["site"], service=row["service"]):
            found = _row(row, one, comparison_series(series, one), confidence)
            if found:
                rows.append(found)
    rows.sort(key=lambda row: (-pd.Timestamp(str(row["action_on"])).value, str(row["finding_id"]), str(row["kpi"])))
    return pd.DataFrame(rows, columns=list(BEFORE_AFTER_DTYPES)).astype(BEFORE_AFTER_DTYPES)


def _row(
    action: dict[object, object], own: Series, others: Series | None, confidence: float
) -> dict[str, object] | None:
    day = pd.Timestamp(str(action["completed"]))
    before, after = months_around(own, day)
    if not after["value"].notna().any() or not before["value"].notna().any():
        return None
    change = compare_months(own, after, before, confidence=confidence)
    rest = None if others is None else _compared(others, day, confidence)
    row = {name: action[name] for name in ("finding_id", "site", "service", "clause")}
    return {str(name): value for name, value in row.items()} | {
        "kpi": own.family, "series": own.name, "action_on": day, "months_before": int(before["value"].notna().sum()),
        "months_after": int(after["value"].notna().sum()), **_sums("before", before, own), **_sums("after", after, own),
        "before": change.earlier, "after": change.recent, "measure": change.measure, "effect": change.effect,
        "low": change.low, "high": change.high, "p": change.p, "method": change.method, **_others(rest),
        "warning": _warning(own, action, day), "note": "; ".join(_notes(change, rest, before, after)),
    }  # fmt: skip


def _compared(series: Series, day: pd.Timestamp, confidence: float) -> Change | None:
    before, after = months_around(series, day)
    if not after["value"].notna().any() or not before["value"].notna().any():
        return None
    return compare_months(series, after, before, confidence=confidence)


def _sums(side: str, months: pd.DataFrame, series: Series) -> dict[str, object]:
    if series.measure is Measure.VALUE:
        return {}
    known = months.dropna(subset=["value"])
    return {f"k_{side}": int(known["k"].sum()), f"n_{side}": int(known["n"].sum())}


def _others(rest: Change | None) -> dict[str, object]:
    if rest is None:
        return {}
    return {"others_before": rest.earlier, "others_after": rest.recent, "others_effect": rest.effect,
            "others_low": rest.low, "others_high": rest.high}  # fmt: skip


def _warning(series: Series, action: dict[object, object], day: pd.Timestamp) -> str:
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


def _notes(change: Change, rest: Change | None, before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    notes = []
    for side, note in ((before, FEW_BEFORE), (after, FEW_AFTER)):
        if side["value"].notna().sum() < WINDOW_MONTHS:
            notes.append(note)
    if not _apart(change):
        notes.append(NOT_TOLD)
    if rest is None:
        notes.append(NO_OTHERS)
    elif _apart(rest) and _apart(change) and _direction(rest) == _direction(change):
        notes.append(MOVED_TOO)
    return [*notes, *filter(None, [change.note])]


def _apart(change: Change) -> bool:
    """Whether the interval leaves out no change: 1 of a ratio, 0 of a difference."""
    still = 1.0 if "ratio" in change.measure else 0.0
    return bool(change.low > still or change.high < still)


def _direction(change: Change) -> bool:
    return bool(change.recent > change.earlier)

"""What happened around a change: actions just after an extreme month, and audits that came too early to see it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from auditlab.signals.levels import base_family
from auditlab.signals.periods import WINDOW_MONTHS
from auditlab.signals.series import Series
from auditlab.tables import Tables

WARNING = (
    "regression to the mean: {action} followed an extreme month ({month}); values nearer to the usual were to be "
    "expected without any effect"
)

LOOK_BACK_MONTHS = 2
"""How long before an action the extreme month may lie [full calendar months]."""


def regression_warnings(signals: pd.DataFrame, series: Iterable[Series], tables: Tables) -> pd.DataFrame:
    """`signals` with a warning in the note of series on which somebody acted just after an extreme month.

    Parameters
    ----------
    signals : DataFrame
        See `frames.SIGNAL_DTYPES`.
    series : iterable of Series
        The series behind them.
    tables : Tables
        Uses problems (opened) and corrective actions (completed) with the findings they answer.

    Returns
    -------
    DataFrame
        The same rows in the same order. Actions are matched by service, corrective actions by clause as well.
    """
    actions = _actions(tables)
    warnings = {(one.family, one.name): _warning(one, actions) for one in series}
    keys = zip(signals["family"].map(base_family), signals["series"], strict=True)
    notes = [
        "; ".join(filter(None, (text_of(note), warnings.get(key)))) or None
        for key, note in zip(keys, signals["note"], strict=True)
    ]
    return signals.assign(note=pd.Series(notes, index=signals.index, dtype="str"))


def _actions(tables: Tables) -> pd.DataFrame:
    problems = tables.problems.dropna(subset=["opened", "service"])
    opened = pd.DataFrame(
        {"service": problems["service"], "clause": "8.6", "at": problems["opened"], "action": problems["problem_id"]}
    )
    done = tables.corrective_actions.dropna(subset=["completed"]).merge(
        tables.findings.dropna(subset=["service", "clause"])[["finding_id", "service", "clause"]], on="finding_id"
    )
    completed = pd.DataFrame(
        {"service": done["service"], "clause": done["clause"], "at": done["completed"],
         "action": "the action on " + done["finding_id"].astype("str")}
    )  # fmt: skip
    return pd.concat([opened, completed], ignore_index=True)


def _warning(series: Series, actions: pd.DataFrame) -> str:
    """The warning for an action in the compared months that came soon after the worst month of the series."""
    month = worst_month(series)
    if month is None or "service" not in series.cut:
        return ""
    own = actions[(actions["service"] == series.cut["service"]) & _same_subject(actions["clause"], series.clause)]
    later = own[(own["at"] >= month) & (own["at"] < month + pd.DateOffset(months=1 + LOOK_BACK_MONTHS))]
    if later.empty:
        return ""
    return WARNING.format(action=later.sort_values(["at", "action"])["action"].iloc[0], month=f"{month:%Y-%m}")


def worst_month(series: Series) -> pd.Timestamp | None:
    """The one worst month of a series of a year or more; ``None`` where neither direction is better or two tie."""
    known = series.known
    if not series.better or len(known) < 2 * WINDOW_MONTHS:
        return None
    values = known["value"]
    extreme = known[values == (values.min() if series.better == "higher" else values.max())]
    return None if len(extreme) > 1 else pd.Timestamp(extreme["month"].iloc[0])


def _same_subject(clauses: pd.Series, clause: str) -> pd.Series:
    """Clauses of the same second level, such as 8.6."""
    level = ".".join(clause.split(";", maxsplit=1)[0].split(".")[:2])
    return clauses.str.startswith(level, na=False)


def audit_remarks(signals: pd.DataFrame, audits: pd.DataFrame) -> pd.DataFrame:
    """`signals` with a remark where the last audit came before a flagged change could be seen.

    Parameters
    ----------
    signals : DataFrame
        See `frames.SIGNAL_DTYPES`.
    audits : DataFrame
        Canonical audits.

    Returns
    -------
    DataFrame
        The same rows in the same order. A change can be seen from the first month outside the limits of its chart;
        where no month lies outside, from its onset.
    """
    dated = audits.dropna(subset=["start"]).sort_values("start", kind="stable")
    if dated.empty:
        return signals
    name, start = str(dated["audit_id"].iloc[-1]), pd.Timestamp(dated["start"].iloc[-1])
    seen = pd.to_datetime(signals["onset"].where(signals["first_outside"].isna(), signals["first_outside"]))
    unseen = signals["onset"].notna() & (seen > start)
    remark = f"{name} ({start:%Y-%m-%d}) could not have seen it"
    notes = [
        "; ".join(filter(None, (text_of(note), remark if missed else "")))
        for note, missed in zip(signals["note"], unseen, strict=True)
    ]
    return signals.assign(note=pd.Series(notes, index=signals.index, dtype="str"))


def text_of(cell: object) -> str:
    """The text of a cell; empty where it is missing."""
    return cell if isinstance(cell, str) else ""

"""The follow-up plan in a document: a line an action, what its rate can tell apart from it, and notes said once."""

from __future__ import annotations

import string
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from auditlab.history.cells import number_of, text_of
from auditlab.numerals import percent
from auditlab.publish.report_parts import rows_of, short
from auditlab.reporting.follow_up_plan import AGREED, PLAN_DTYPES

FOLLOW_UP_COLUMNS: Mapping[str, tuple[str, float]] = {
    "finding_id": ("", 1.3), "site": ("", 1.0), "clause": ("", 1.4), "grade": ("", 1.2), "status": ("", 3.2),
    "effect_seen": ("", 2.6), "due_said": ("due", 2.3), "days_overdue": ("", 1.5), "examined": ("cases examined", 2.6),
}  # fmt: skip
"""Columns with their labels (empty: that of the page) and widths [cm]."""

MEASURE_COLUMNS: Mapping[str, tuple[str, float]] = {
    "finding_id": ("finding", 1.3), "measured": ("measure", 3.2), "before": ("before, interval", 2.9),
    "planned": ("planned", 1.3), "since": ("since, interval", 2.9), "check_from": ("rate tells from", 1.9),
    "remark": ("remark", 4.0),
}  # fmt: skip
"""Columns of the measures of actions with their labels and widths [cm]."""

NO_MEASURE = "An action that does not stand under the measures has none: its cases tell."
_UNDATED = "Where cases are to be examined after a day, no audit is dated yet that comes after it."
_SHARES = (
    "Shares are those of records that deviate; before is the year before the completion, and the last year where an "
    "action is not complete."
)


def follow_up_rows(plan: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of ``reporting.follow_up_plan`` as people read them; a due date that nobody agreed bears a letter.

    Parameters
    ----------
    plan : DataFrame
        Result of ``reporting.follow_up_plan``.
    """
    marks = _marks(plan)
    rows = rows_of(plan, "follow_up_plan", list(PLAN_DTYPES))
    for shown, row in zip(rows, plan.to_dict("records"), strict=True):
        mark = marks.get(text_of(row["due_basis"]))
        shown["due_said"] = f"{shown['due']} ({mark})" if mark else shown["due"]
        after = row["examine_after"]
        shown["examined"] = shown["examine_on"] if pd.isna(after) else f"after {pd.Timestamp(after):%Y-%m-%d}"
    return rows


def follow_up_note(plan: pd.DataFrame) -> str:
    """What all rows share and what the letters mean, in one note; empty without a row."""
    if plan.empty:
        return ""
    said = [f"({mark}) {basis}." for basis, mark in _marks(plan).items()]
    said += [_UNDATED] if plan["examine_after"].notna().any() else []
    said += [NO_MEASURE] if (plan["measure"] == "").any() else []
    return " ".join(["", *said, *_gaps(plan)])


def measure_rows(plan: pd.DataFrame) -> list[dict[str, str]]:
    """What the rate of each action with a measure was before, what it is since, and from when it tells.

    Parameters
    ----------
    plan : DataFrame
        Result of ``reporting.follow_up_plan``.
    """
    return [_measure_row(row) for row in plan[plan["measure"] != ""].to_dict("records")]


def measure_note(plan: pd.DataFrame) -> str:
    """What the shares are; empty without a row."""
    return f" {_SHARES}" if (plan["measure"] != "").any() else ""


def _marks(plan: pd.DataFrame) -> dict[str, str]:
    """A letter for each ground of a due date that nobody agreed."""
    dated = plan[plan["due"].notna() & (plan["due_basis"] != AGREED)]
    return dict(zip(dated["due_basis"].unique(), string.ascii_lowercase, strict=False))


def _gaps(plan: pd.DataFrame) -> list[str]:
    """Completed actions of which the register does not say what was done or why."""
    gaps = plan[plan["not_recorded"] != ""]
    told = [f"{row['finding_id']} ({row['not_recorded']})" for row in gaps.to_dict("records")]
    return [f"Complete, and not on record what was done or why: {', '.join(told)}."] if told else []


def _measure_row(row: Mapping[Hashable, Any]) -> dict[str, str]:  # Any: the cells of a row
    planned = number_of(row["planned"])
    return {
        "finding_id": text_of(row["finding_id"]),
        "measured": short(text_of(row["measure"]).replace("_", " ")),
        "before": _side(row, "k", "n", "baseline", "low", "high"),
        "planned": "–" if planned is None else f"{percent(planned)} %",
        "since": _side(row, "k_since", "n_since", "since", "since_low", "since_high"),
        "check_from": "–" if pd.isna(row["check_from"]) else f"{pd.Timestamp(row['check_from']):%Y-%m-%d}",
        "remark": short(text_of(row["rate_basis"])),
    }


def _side(row: Mapping[Hashable, Any], *names: str) -> str:  # Any: the cells of a row
    k, n, share, low, high = (number_of(row[name]) for name in names)
    if n is None:
        return "–"
    if not n or k is None or share is None or low is None or high is None:
        return "no record"
    return f"{k:.0f} of {n:.0f}: {percent(share)} % ({percent(low)} to {percent(high)})"

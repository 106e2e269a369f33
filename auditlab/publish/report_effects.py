"""Before and after an action in one row of a document: counts, shares, the interval and what happened elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from auditlab.history.cells import text_of
from auditlab.publish.report_parts import short

EFFECT_COLUMNS: Mapping[str, tuple[str, float]] = {
    "finding_id": ("finding", 1.4), "measured": ("measure", 2.4), "action_on": ("completed", 1.9),
    "before": ("before", 2.1), "after": ("after", 2.1), "effect": ("effect, interval", 2.4),
    "elsewhere": ("elsewhere", 1.6), "remarks": ("remarks", 4.6),
}  # fmt: skip
"""Columns with their labels and widths [cm]."""


def effect_rows(effects: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of ``reporting.before_after`` as people read them, a cell for each side.

    Parameters
    ----------
    effects : DataFrame
        Result of ``reporting.before_after``.
    """
    return [_row(row) for row in effects.to_dict("records")]


def _row(row: Mapping[Hashable, Any]) -> dict[str, str]:  # Any: the cells of a row
    return {
        "finding_id": text_of(row["finding_id"]),
        "measured": short(f"{text_of(row['kpi']).replace('_', ' ')}: {text_of(row['series'])}"),
        "action_on": f"{pd.Timestamp(row['action_on']):%Y-%m-%d}",
        "before": text_of(row["before_said"]),
        "after": text_of(row["after_said"]),
        "effect": text_of(row["effect_said"]),
        "elsewhere": text_of(row["others_said"]),
        "remarks": short("; ".join(filter(None, [text_of(row["warning"]), text_of(row["note"])]))),
    }

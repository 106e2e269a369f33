"""Before and after an action in one row of a document: counts, shares, the interval and what happened elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from auditlab.history.cells import number_of, text_of
from auditlab.numerals import number
from auditlab.publish.report_parts import short
from auditlab.reporting.before_after import DEVIATE, IN_ORDER

EFFECT_COLUMNS: Mapping[str, tuple[str, float]] = {
    "finding_id": ("finding", 1.4), "measured": ("measure", 2.4), "action_on": ("completed", 1.9),
    "before": ("before", 2.1), "after": ("after", 2.1), "effect": ("effect, interval", 2.4),
    "elsewhere": ("elsewhere", 1.6), "remarks": ("remarks", 4.6),
}  # fmt: skip
"""Columns with their labels and widths [cm]."""


_COUNTED = {DEVIATE: " deviate", IN_ORDER: " in order"}


def effect_rows(effects: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of ``reporting.before_after`` as people read them, a cell for each side.

    Parameters
    ----------
    effects : DataFrame
        Result of ``reporting.before_after``.
    """
    return [_row(row) for row in effects.to_dict("records")]


def _row(row: Mapping[Hashable, Any]) -> dict[str, str]:  # Any: the cells of a row
    shares = text_of(row["measure"]) == "difference of shares"

    def told(value: object) -> str:
        known = number_of(value)
        if known is None:
            return "–"
        return f"{100 * known:.1f} %" if shares else number(known)

    def points(value: object) -> str:
        """A difference of shares is no share: it is told in points."""
        known = number_of(value)
        if known is None or not shares:
            return told(value)
        return f"{100 * known:+.1f}"

    def side(which: str) -> str:
        n, k = number_of(row[f"n_{which}"]), number_of(row[f"k_{which}"])
        counted = "" if n is None or k is None else f"{k:.0f} of {n:.0f}{_COUNTED.get(text_of(row['counted']), '')}: "
        return f"{counted}{told(row[which])}"

    others = (told(row["others_before"]), told(row["others_after"]))
    return {
        "finding_id": text_of(row["finding_id"]),
        "measured": short(f"{text_of(row['kpi']).replace('_', ' ')}: {text_of(row['series'])}"),
        "action_on": f"{pd.Timestamp(row['action_on']):%Y-%m-%d}",
        "before": side("before"),
        "after": side("after"),
        "effect": f"{'ratio ' if 'ratio' in text_of(row['measure']) else ''}{points(row['effect'])}"
        f"{' percentage points' if shares else ''} ({points(row['low'])} to {points(row['high'])})",
        "elsewhere": "–" if "–" in others else f"{others[0]}, then {others[1]}",
        "remarks": short("; ".join(filter(None, [text_of(row["warning"]), text_of(row["note"])]))),
    }  # fmt: skip

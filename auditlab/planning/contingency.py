"""What if: triggers, fall-backs, reserve, and what each would mean for the conclusion."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab.planning.knowledge import contingency_rows

REGISTER_DTYPES = {
    "kind": "str", "site": "str", "clauses": "str", "trigger": "str", "fallback": "str", "reserve_minutes": "int64",
    "effect": "str",
}  # fmt: skip
DATA_CLAUSES: Mapping[str, str] = {
    "coverage": "all clauses", "incidents": "8.6.1", "requests": "8.6.2", "problems": "8.6.3", "changes": "8.5.1",
    "releases": "8.5.3", "sla_monthly": "8.3.3", "outages": "8.7.1", "csat": "8.3.2", "complaints": "8.3.2",
    "continuity_tests": "8.7.2", "corrective_actions": "10.1", "documents": "7.5", "objectives": "6.2",
    "suppliers": "8.3.4", "contracts": "8.3.4",
}  # fmt: skip
"""The clause that rests on each table."""

_POOR = 0.9  # below this share of cells filled or rows correct, a table is called poor


def contingency_register(others: pd.DataFrame, quality: pd.DataFrame) -> pd.DataFrame:
    """The register of a plan.

    Parameters
    ----------
    others : DataFrame
        Time beside the cells of one share of the budget, as `visit_minutes` returns it.
    quality : DataFrame
        Result of ``intake.quality.quality_card``.

    Returns
    -------
    DataFrame
        ``kind`` (reserve, data, event), ``site, clauses, trigger, fallback, reserve_minutes, effect``: the reserve
        of each site; a row for each table that is missing, incomplete or refused in part, with the
        clause that rests on it; the general triggers.
    """
    reserve = others[others["kind"] == "contingency"]
    rows = [
        ("reserve", site, "", "Anything of the rows below", "Spend the reserve of the site first", int(minutes), "None")
        for site, minutes in zip(reserve["site"], reserve["minutes"], strict=True)
    ]
    for line in quality.itertuples(index=False):
        clause, state = DATA_CLAUSES.get(str(line.table)), _state(line.rows, line)
        if clause is None or not state:
            continue
        words = str(line.table).replace("_", " ")
        fallback = (
            "Ask for an export made in the presence of an auditor; else a judgement sample from the system itself"
        )
        effect = f"Nothing is concluded from the table '{words}' about all records; what was seen is named"
        rows.append(("data", "", clause, f"The table '{words}' is {state}", fallback, 0, effect))
    rows += [
        ("event", "", "", trigger, fallback, 0, effect)
        for trigger, fallback, effect in contingency_rows().itertuples(index=False)
    ]
    return pd.DataFrame(rows, columns=list(REGISTER_DTYPES)).astype(REGISTER_DTYPES)


def _state(rows: object, line: object) -> str:
    if pd.isna(rows):  # type: ignore[call-overload]  # a scalar of a frame
        return "not handed over"
    shares = {
        "incomplete": ("complete_k", "complete_n", "cells filled"),
        "refused in part": ("correct_k", "correct_n", "rows without a refusal"),
    }
    for word, (part, whole, what) in shares.items():
        count, of = getattr(line, part), getattr(line, whole)
        if pd.notna(count) and pd.notna(of) and of and count / of < _POOR:
            return f"{word} ({count} of {of} {what})"
    return ""

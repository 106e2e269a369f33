"""Service-level values against their own counts: a unit is only harmonised where the counts agree."""

from __future__ import annotations

import pandas as pd

from auditlab.intake.ledger import Action, Ledger, place_of

ROUNDING = 0.0051  # reports round attainment to whole per cents


def check_against_counts(levels: pd.DataFrame, *, ledger: Ledger) -> pd.DataFrame:
    """`levels` with ``value`` left out where it contradicts ``met`` / ``total``.

    A reported 98 becomes 0.98 while it is read; here the counts beside it say whether that was
    right. Rows without counts keep their value: nothing contradicts it.
    """
    total = levels["total"].astype("float64")
    attained = (levels["met"].astype("float64") / total).where(total > 0)
    wrong = levels["value"].notna() & attained.notna() & ((levels["value"] - attained).abs() > ROUNDING)
    contradictions = zip(levels[wrong].iterrows(), attained[wrong], strict=True)
    for (_, row), share in contradictions:
        ledger.cell(
            place_of(row.to_dict()),
            table="sla_monthly",
            field="value",
            action=Action.REJECTED,
            old=row["value"],
            new="",
            rule=f"contradicts its own counts: {row['met']} of {row['total']} is {share:.4f}",
        )
    return levels.assign(value=levels["value"].mask(wrong))

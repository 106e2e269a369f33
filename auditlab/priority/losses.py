"""What less audit time takes away: the loss list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab.priority.parts import Part

LOSS_DTYPES = {
    "budget_share": "float64",
    "site": "str",
    "clause": "str",
    "rank": "int64",
    "minutes_lost": "int64",
    "minutes_left": "int64",
    "reason": "str",
}


def loss_list(plan: pd.DataFrame) -> pd.DataFrame:
    """What each smaller budget takes away, and what even the largest cannot cover.

    Parameters
    ----------
    plan : DataFrame
        Result of `allocation`.

    Returns
    -------
    DataFrame
        ``budget_share, site, clause, rank, minutes_lost`` (against the largest share; at the largest, against the
        floor, 0 for a cell without a floor that gets no time) [minutes], ``minutes_left, reason``, by share
        (largest first), cells that get no time before those that are shortened, each by rank.
    """
    largest = plan["budget_share"].max()
    full = plan[plan["budget_share"] == largest].set_index(["site", "clause"])["minutes"]
    places = pd.MultiIndex.from_frame(plan[["site", "clause"]])
    at_largest = plan["budget_share"] == largest
    reference = np.where(at_largest, plan["floor"], full.reindex(places).to_numpy())
    lost = plan.assign(minutes_lost=np.maximum(reference - plan["minutes"], 0), minutes_left=plan["minutes"])
    left_out = at_largest & (plan["part"] == str(Part.NONE))
    lost = lost[(lost["minutes_lost"] > 0) | left_out]
    lost = lost.assign(kept=lost["minutes_left"] > 0)
    lost = lost.sort_values(["budget_share", "kept", "rank"], ascending=[False, True, True], kind="stable")
    reasons = [
        why if share == largest else _words(int(left))
        for share, left, why in zip(lost["budget_share"], lost["minutes_left"], lost["reason"], strict=True)
    ]
    table: pd.DataFrame = lost.assign(reason=reasons)[list(LOSS_DTYPES)]
    return table.astype(LOSS_DTYPES).reset_index(drop=True)


def losses_in_words(losses: pd.DataFrame) -> str:
    """How many cells each share of the budget leaves without time or shortens."""
    if losses.empty:
        return "Every cell has time, at every share of the budget."
    parts = []
    for share, own in losses.groupby("budget_share", sort=False):
        out, shortened = int((own["minutes_left"] == 0).sum()), int((own["minutes_left"] > 0).sum())
        parts.append(f"at {100 * float(str(share)):.0f} % of the time {out} get none and {shortened} get less")
    return f"Cells: {'; '.join(parts)}."


def _words(left: int) -> str:
    if left:
        return "less depth"
    return "not examined: duties, cells not examined in this cycle and higher priorities come first"

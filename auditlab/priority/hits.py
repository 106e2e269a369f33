"""Did the order find more than chance? Hits in the cells the order chose against the cells that were drawn.

The random cells of the plan are the only measure of what the order misses: where auditors look, they find.
"""

from __future__ import annotations

import pandas as pd

from auditlab.priority.parts import Part
from auditlab.statistics.exact_tests import fisher
from auditlab.statistics.intervals import clopper_pearson

PARTS = (Part.PRIORITY, Part.RANDOM, Part.UNEXAMINED, Part.MANDATORY)

HIT_DTYPES = {
    "part": "str",
    "planned": "int64",
    "n": "int64",
    "k": "int64",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "odds_ratio": "float64",
    "odds_low": "float64",
    "odds_high": "float64",
    "p": "float64",
    "method": "str",
}


def hits_by_part(
    plan: pd.DataFrame, history: pd.DataFrame, *, since: pd.Timestamp, confidence: float = 0.95
) -> pd.DataFrame:
    """Cells with a nonconformity among those examined after the plan, by the part of the plan they came from.

    Parameters
    ----------
    plan : DataFrame
        Result of `allocation` that was followed; its largest share counts.
    history : DataFrame
        Result of `cell_history` with the audits held since.
    since : Timestamp
        Day of the review the plan was made for; audits that started later count.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        One row per part (priority, random, unexamined, mandatory): ``planned`` cells with time, ``n`` examined since,
        ``k`` of them with a nonconformity [count], ``value`` with ``low, high`` [0-1]; ``odds_ratio`` against the
        random cells with ``odds_low, odds_high`` and ``p``; ``method``. Missing where nothing was examined. A
        cell planned and not examined says nothing and is no miss. Empty without a plan.

    References
    ----------
    .. [1] As `intervals.clopper_pearson` and `exact_tests.fisher`. Cells of one audit share team and day, so the
       intervals are rather too narrow than too wide.
    """
    if plan.empty:
        return pd.DataFrame(columns=list(HIT_DTYPES)).astype(HIT_DTYPES)
    followed = plan[(plan["budget_share"] == plan["budget_share"].max()) & (plan["minutes"] > 0)]
    later = history[history["examined"] & (history["date"] > since)]
    seen = later.groupby(["entity", "clause"])["found"].any()
    places = pd.MultiIndex.from_frame(followed[["site", "clause"]])
    result = pd.Series(seen.reindex(places).to_numpy(), index=followed.index)
    counts = {
        part: (int((followed["part"] == str(part)).sum()), _counted(result[followed["part"] == str(part)]))
        for part in PARTS
    }
    chance = counts[Part.RANDOM][1]
    rows = [_row(part, *counts[part], chance=chance, confidence=confidence) for part in PARTS]
    return pd.DataFrame(rows, columns=list(HIT_DTYPES)).astype(HIT_DTYPES)


def _counted(found: pd.Series) -> tuple[int, int]:
    """Cells examined, and those with a nonconformity."""
    known = found.dropna()
    return len(known), int(known.astype(bool).sum())


def _row(
    part: Part, planned: int, seen: tuple[int, int], *, chance: tuple[int, int], confidence: float
) -> dict[str, object]:
    n, k = seen
    row: dict[str, object] = {"part": str(part), "planned": planned, "n": n, "k": k}
    if n:
        limit = clopper_pearson(k, n=n, confidence=confidence)
        row |= {"value": k / n, "low": limit.low, "high": limit.high, "method": limit.method}
    if n and chance[0] and part is not Part.RANDOM:
        test = fisher([[k, n - k], [chance[1], chance[0] - chance[1]]], confidence=confidence)
        row |= {"odds_ratio": test.effect, "odds_low": test.low, "odds_high": test.high, "p": test.p}
    return row

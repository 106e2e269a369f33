"""How many of the cells that could show a repeat did, beside what was to be expected."""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import (
    exposure_of,
    plural,
)
from auditlab.statistics.intervals import interval


def recurrence_summary(chains: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Recurrent among eligible cells, by view.

    Only cells examined at least twice could show a repeat; a recurrence in a cell that coverage
    lists less often is a fact of its chain, but has no place in this share.

    Returns
    -------
    DataFrame
        ``view, cells`` (with a nonconformity) [count], ``k`` (recurrent and eligible), ``n``
        (eligible), ``rate`` [0-1], ``low, high`` (Clopper-Pearson) [0-1], ``expected_rate`` (mean of
        ``expected_chance`` of the eligible cells) [0-1], ``method, exposure, note``.
        ``n``, ``k`` and the rate are missing where no examination is known.
    """
    rows = []
    for view in ("site", "organisation"):
        cells = chains[chains["view"] == view]
        known = cells[cells["eligible"].notna()]
        eligible = known[known["eligible"].astype(bool)]
        row: dict[str, object] = {"view": view, "cells": len(cells), "exposure": exposure_of(known["exposure"])}
        if known.empty:
            row["note"] = (
                "no cell with a known number of examinations" if len(cells) else "no nonconformity with a clause"
            )
        else:
            row |= {"k": int(eligible["recurrent"].sum()), "n": len(eligible)}
            row["note"] = f"{plural(len(cells) - len(eligible), 'cell')} examined less than twice or not known"
        if len(eligible):
            limit = interval(deviations=int(eligible["recurrent"].sum()), n=len(eligible), confidence=confidence)
            row |= {"rate": limit.estimate, "low": limit.low, "high": limit.high, "method": limit.method}
            row["expected_rate"] = eligible["expected_chance"].mean()
        rows.append(row)
    dtypes = {
        "view": "str",
        "cells": "Int64",
        "k": "Int64",
        "n": "Int64",
        "rate": "Float64",
        "low": "Float64",
        "high": "Float64",
        "expected_rate": "Float64",
        "method": "str",
        "exposure": "str",
        "note": "str",
    }
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)

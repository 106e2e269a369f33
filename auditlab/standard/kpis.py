"""The catalogue of indicators: what each one is, which clause it bears on, and what it needs.

An indicator is evidence for a clause and no verdict on it. ``kpis.csv`` beside this module is the
one definition.
"""

from __future__ import annotations

import pandas as pd

from auditlab.standard._tables import read_rows


def kpi_catalogue() -> pd.DataFrame:
    """All indicators, one row each.

    Returns
    -------
    DataFrame
        ``kpi`` (identifier), ``clause`` (2018 clauses separated by semicolons), ``formula, unit,
        direction_better``, ``required_fields`` (in the words of practice), ``needs`` (canonical
        ``table.column`` without which it cannot be computed, separated by semicolons, alternatives
        by ``|``; a field that no canonical table holds is written ``-.field``; empty: any table
        will do), ``optional`` (fields that split, explain or sharpen it, written alike),
        ``pitfalls``.
    """
    return pd.DataFrame(read_rows("kpis.csv"), dtype="str")

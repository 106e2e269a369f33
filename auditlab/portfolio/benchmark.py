"""The benchmark that leaves the house: rates by sector and country, without a cell that could show one client."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab.portfolio.clauses import PER_DAYS
from auditlab.portfolio.comparison import compared_audits, lay_groups
from auditlab.portfolio.store import Store
from auditlab.portfolio.suppression import few_events, suppressed
from auditlab.statistics.poisson_rates import poisson_limits

ALL = "all"
_NUMBERS = ("clients", "audits", "auditor_days", "nonconformities", "majors", "rate", "low", "high")
_EVENTS = {"with_nc": ("nonconformities", "rate", "low", "high"), "with_major": ("majors",)}
"""Numbers by the clients at which what they count happened."""


def benchmark(store: Store, *, row: str = "sector", column: str = "country") -> pd.DataFrame:
    """Nonconformities per ten auditor-days by two facts about clients, with totals.

    Parameters
    ----------
    store : Store
        The portfolio.
    row, column : str
        ``sector``, ``country`` or ``office``.

    Returns
    -------
    DataFrame
        The two columns, grouped as `lay_groups` has it (``"all"`` for totals), ``clients, audits, auditor_days,
        nonconformities, majors, rate, low, high`` (exact Poisson) [per ten auditor-days], ``suppressed``. A cell or
        total with fewer clients than ``method.suppress_below`` is suppressed, and further cells so that none follows
        from totals and other cells. Nonconformities (with their rate) and majors are missing where they happened at
        some clients, but fewer than that, and where such a number would follow.
    """
    for name in (row, column):
        lay_groups(store, name)
    cells = store.ask(
        f"select r.placed as {row}, c.placed as {column}, "
        "count(distinct client) as clients, count(*) as audits, cast(sum(days) as double) as auditor_days, "
        "cast(sum(nc) as bigint) as nonconformities, cast(sum(major) as bigint) as majors, "
        "count(distinct client) filter (where nc > 0) as with_nc, "
        "count(distinct client) filter (where major > 0) as with_major from facts f "
        f"join {row}_groups r on r.value = coalesce(f.{row}, 'not known') "
        f"join {column}_groups c on c.value = coalesce(f.{column}, 'not known') "
        f"where {compared_audits(store)} group by all order by all"
    )
    sums = ["clients", "audits", "auditor_days", "nonconformities", "majors", "with_nc", "with_major"]
    rows = cells.groupby(row, as_index=False)[sums].sum().assign(**{column: ALL})
    columns = cells.groupby(column, as_index=False)[sums].sum().assign(**{row: ALL})
    whole = cells[sums].sum().to_frame().T.assign(**{row: ALL, column: ALL})
    table = pd.concat([whole, rows, columns, cells], ignore_index=True).astype(dict.fromkeys(sums, "float64"))
    least = store.settings.method.suppress_below
    table["suppressed"] = suppressed(table, row=row, column=column, least=least, total=ALL)
    days = table["auditor_days"] / PER_DAYS
    low, high = poisson_limits(table["nonconformities"], confidence=store.settings.method.confidence)
    table["rate"], table["low"], table["high"] = table["nonconformities"] / days, low / days, high / days
    table.loc[table["suppressed"], list(_NUMBERS)] = np.nan
    for happened, numbers in _EVENTS.items():
        few = few_events(table, row=row, column=column, least=least, happened=happened, total=ALL)
        table.loc[few, list(numbers)] = np.nan
    whole_numbers = dict.fromkeys(("clients", "audits", "nonconformities", "majors"), "Int64")
    return table[[row, column, *_NUMBERS, "suppressed"]].astype(whole_numbers)

"""What changes over time, at one mix of audits: a drop that comes from another mix is no improvement."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab.portfolio.store import Store
from auditlab.statistics.intervals import poisson_rate


def rates_over_time(store: Store) -> pd.DataFrame:
    """Nonconformities per auditor-day by half-year, raw and at the mix of all half-years together.

    Returns
    -------
    DataFrame
        ``half_year`` (2023-1), ``audits, clients`` [count], ``auditor_days, nonconformities, rate, low, high`` (exact
        Poisson) [per auditor-day], ``standardised`` (at the common mix of the strata; missing where a stratum with a
        tenth of all days has none in this half-year), ``covered`` (share of the common mix that the half-year has)
        [0-1], ``edition_2018`` (share of the days audited against it) [0-1].
    """
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    strata: list[str] = [name for name in store.settings.compare.strata if name in {"type", "edition", "sector"}]
    listed = ", ".join(f"coalesce({name}, 'not known') as {name}" for name in strata)
    cells = store.ask(
        "select year(start) || '-' || case when month(start) <= 6 then 1 else 2 end as half_year, "
        f"{listed}{', ' if listed else ''}count(*) as audits, cast(sum(days) as double) as days, "
        f"cast(sum(nc) as double) as nc from facts where type in ({types}) and days > 0 and nc is not null "
        "group by all order by all"
    )
    clients = store.ask(
        "select year(start) || '-' || case when month(start) <= 6 then 1 else 2 end as half_year, "
        f"count(distinct client) as clients from facts where type in ({types}) and days > 0 and nc is not null "
        "group by all"
    ).set_index("half_year")["clients"]
    common = cells.groupby(strata)["days"].sum() / cells["days"].sum() if strata else None
    rows = [
        _half_year(str(half), own, common=common, strata=strata, confidence=store.settings.method.confidence)
        | {"clients": int(clients[half])}
        for half, own in cells.groupby("half_year", sort=True)
    ]
    order = [
        "half_year", "audits", "clients", "auditor_days", "nonconformities", "rate", "low", "high", "standardised",
        "covered", "edition_2018",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=order)


def simpson_check(store: Store) -> pd.DataFrame:
    """Whether the whole and its parts moved the same way between the first and the last two half-years.

    Returns
    -------
    DataFrame
        ``stratum`` (``all`` first), ``before, after`` [per auditor-day], ``days_before, days_after, change`` (after to
        before), ``against_whole`` (the part moved the other way).
    """
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    rows = store.ask(
        "with own as (select *, year(start) * 2 + (month(start) > 6)::int as half from facts "
        f"where type in ({types}) and days > 0 and nc is not null), "
        "ends as (select min(half) as a, max(half) as b from own), "
        "sided as (select *, case when half <= a + 1 then 'before' when half >= b - 1 then 'after' end as side "
        "from own, ends where b - a >= 3) "
        "select type || ', ' || edition as stratum, "
        "cast(sum(days) filter (where side = 'before') as double) as days_before, "
        "cast(sum(days) filter (where side = 'after') as double) as days_after, "
        "cast(sum(nc) filter (where side = 'before') as double) as nc_before, "
        "cast(sum(nc) filter (where side = 'after') as double) as nc_after "
        "from sided where side is not null group by all order by all"
    )
    sums = rows.drop(columns="stratum").sum(min_count=1).to_frame().T.assign(stratum="all")
    table = pd.concat([sums, rows], ignore_index=True) if len(rows) else rows
    table["before"] = table["nc_before"] / table["days_before"]
    table["after"] = table["nc_after"] / table["days_after"]
    table["change"] = table["after"] / table["before"].where(table["before"] > 0)
    whole = np.sign(np.log(table["change"].iloc[0])) if len(table) and table["change"].iloc[0] > 0 else np.nan
    moved = np.sign(np.log(table["change"].where(table["change"] > 0)))
    table["against_whole"] = (moved * whole < 0).astype("boolean").mask(table["change"].isna())
    return table[["stratum", "before", "after", "days_before", "days_after", "change", "against_whole"]]


def _half_year(
    half: str, own: pd.DataFrame, *, common: pd.Series | None, strata: list[str], confidence: float
) -> dict[str, object]:
    days, count = float(own["days"].sum()), int(own["nc"].sum())
    limit = poisson_rate(count, exposure=days, confidence=confidence)
    row: dict[str, object] = {
        "half_year": half, "audits": int(own["audits"].sum()), "auditor_days": days, "nonconformities": count,
        "rate": limit.estimate, "low": limit.low, "high": limit.high,
    }  # fmt: skip
    if "edition" in own:
        row["edition_2018"] = float(own.loc[own["edition"] == "2018", "days"].sum()) / days
    if common is None:
        return row | {"standardised": limit.estimate, "covered": 1.0}
    sums = own.groupby(strata)[["nc", "days"]].sum()
    weights = common.reindex(sums.index)
    missing = common.drop(sums.index)
    row["covered"] = float(weights.sum())
    if not (missing >= _WEIGHTY).any():
        row["standardised"] = float((sums["nc"] / sums["days"] * weights).sum() / weights.sum())
    return row


_WEIGHTY = 0.1
"""A stratum with this share of all days cannot be left out of a standardised rate."""

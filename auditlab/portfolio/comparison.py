"""Clients side by side at the same mix of audits, and what became of the order in the period after."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from auditlab.portfolio.outliers import outliers
from auditlab.portfolio.store import Store
from auditlab.statistics.funnels import funnel_limits
from auditlab.statistics.relative_rates import variance_between

OTHER_SECTORS = "other sectors"


def compared_audits(store: Store) -> str:
    """The condition under which an audit is compared: its type, its time, known days and known findings."""
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    return f"type in ({types}) and start between $first and $last and days > 0 and nc is not null"


def mix_compared(store: Store, mix: pd.DataFrame) -> pd.DataFrame:
    """The mix of audits with how many of them are compared: of a type, a time and with days and findings as it takes.

    Parameters
    ----------
    store : Store
        The portfolio.
    mix : DataFrame
        Result of `portfolio_mix`.

    Returns
    -------
    DataFrame
        Its columns and ``compared``, the audits of the row that are compared [count].
    """
    keys = ["year", "type", "edition"]
    counted = store.ask(
        "select year(start) as year, type, edition, count(*) as compared from facts "
        f"where {compared_audits(store)} group by all"
    )
    full = mix.merge(counted, on=keys, how="left")
    return full.assign(compared=full["compared"].fillna(0).astype("Int64"))


def lay_groups(store: Store, column: str) -> pd.DataFrame:
    """Lay down ``<column>_groups``: the group of every value, none with fewer clients than may be shown.

    Small values are one group, *other sectors* say; where that is still too small, the next smallest values join it.
    Every table that leaves the house uses the same groups: what one suppresses, another must not show.

    Returns
    -------
    DataFrame
        ``value, clients`` [count], ``placed`` (the group), the largest first.
    """
    sizes = store.ask(
        f"select coalesce({column}, 'not known') as value, count(distinct client) as clients from facts "
        f"where {compared_audits(store)} group by all order by clients desc, value"
    )
    least = store.settings.method.suppress_below
    small = int((sizes["clients"] < least).sum())
    while small and small < len(sizes) and sizes["clients"].tail(small).sum() < least:
        small += 1
    sizes["placed"] = sizes["value"].where(sizes.index < len(sizes) - small, _others(column))
    if not store.has(f"{column}_groups"):
        store.lay_frame(f"{column}_groups", sizes[["value", "placed"]].astype("str"))
    return sizes


def _others(column: str) -> str:
    return OTHER_SECTORS if column == "sector" else "other countries" if column == "country" else f"other {column}s"


def exposure_by_stratum(store: Store) -> pd.DataFrame:
    """Days and nonconformities of every client by what rates depend on for ordinary reasons.

    Returns
    -------
    DataFrame
        ``client``, the strata of the settings, ``auditor_days``, ``nonconformities`` [count]. A sector with fewer
        clients than ``compare.least_clients`` is one of the *other sectors*: alone it would be compared with itself.
    """
    strata = store.settings.compare.strata
    listed = "".join(f", {name}" for name in strata)
    rows = store.ask(
        f"select client{listed}, cast(sum(days) as double) as auditor_days, "  # names of a closed list
        f"cast(sum(nc) as bigint) as nonconformities from facts where {compared_audits(store)} "
        f"group by all order by all"
    )
    for name in {"sector", "country", "office"}.intersection(strata):
        known = rows[name].fillna("not known")
        members = rows.assign(place=known).groupby("place")["client"].nunique()
        small = known.map(members) < store.settings.compare.least_clients
        rows[name] = known.mask(small, OTHER_SECTORS if name == "sector" else "other")
    sums = {"auditor_days": "sum", "nonconformities": "sum"}
    return rows.groupby(["client", *strata], as_index=False).agg(sums)


def client_rates(store: Store, exposure: pd.DataFrame) -> pd.DataFrame:
    """Every client against all others, with what a reader filters by.

    Returns
    -------
    DataFrame
        The columns of `outliers` with ``name, sector, country, office, edition`` (latest) and ``audits`` [count];
        flagged clients first, then by shrunken rate, highest first. ``attrs`` as `outliers`.
    """
    settings = store.settings
    compared = outliers(
        exposure,
        strata=settings.compare.strata,
        false_discovery_rate=settings.method.false_discovery_rate,
        confidence=settings.method.confidence,
    )
    facts = compared.attrs
    latest = store.ask(
        "select client, any_value(sector) as sector, any_value(country) as country, any_value(office) as office, "
        f"arg_max(edition, (start, audit_id)) as edition, count(*) as audits from facts where {compared_audits(store)} "
        "group by client order by client"
    )
    names = store.ask("select client, name from clients order by client")
    full = compared.merge(latest, on="client", how="left").merge(names, on="client", how="left")
    full["_first"] = ~full["flagged"].fillna(False).astype(bool)
    full = full.sort_values(["_first", "shrunken", "client"], ascending=[True, False, True], ignore_index=True)
    front = ["client", "name", "sector", "country", "office", "edition", "audits"]
    ordered = full[[*front, *full.columns.difference([*front, "_first"], sort=False)]]
    ordered.attrs = facts
    return ordered


_FUNNEL_FRONT = ("client", "sector", "country", "office", "edition", "auditor_days", "expected", "ratio")
_SIDES = ("low_95", "high_95", "low_998", "high_998")
_ROUNDING = 1e-9


def funnel(rates: pd.DataFrame) -> pd.DataFrame:
    """Funnel limits around the rate that each client's mix of audits lets one expect.

    Parameters
    ----------
    rates : DataFrame
        Result of `client_rates`.

    Returns
    -------
    DataFrame
        ``client, sector, country, office, edition, auditor_days, expected, ratio`` (observed to expected),
        ``low_95, high_95, low_998, high_998`` (exact, chance alone), ``adjusted_low_95`` ... ``adjusted_high_998``
        (the same, widened), ``outside`` (beyond the widened 99.8 % limits), ``flagged``; no rows where no client is
        compared. ``attrs["overdispersion"]``: ``phi, between``, which the flags of `client_rates` rest on as well.

    Notes
    -----
    The limits of chance are moved outward, on the scale of logarithms, by as much as the variance between clients
    moves the normal limits there: ``z sqrt(s^2 + between)`` less ``z s``, with ``s^2 = 1 / expected``. Without
    variance they are those of chance; with many expected events they are the limits of `statistics.funnel_limits` at
    the variance of `statistics.relative_rates.variance_between`.

    References
    ----------
    .. [1] Spiegelhalter (2005), Statistics in Medicine 24:1185-1202, for exact limits and the additive adjustment.
    """
    tested = rates.dropna(subset=["ratio"]).reset_index(drop=True)
    widened = [f"adjusted_{side}" for side in _SIDES]
    if tested.empty:
        return tested.reindex(columns=[*_FUNNEL_FRONT, *_SIDES, *widened, "outside", "flagged"])
    expected, ratio = tested["mix_expected"], tested["ratio"]
    limits = funnel_limits(expected * ratio, expected, kind="rate", target=1.0)
    table = tested.assign(expected=expected)[list(_FUNNEL_FRONT)]
    spread = variance_between(expected * ratio, expected=expected)
    between = spread.between
    for side in _SIDES:
        table[side] = limits[side]
    for side, name in zip(_SIDES, widened, strict=True):
        score = float(special.ndtri(0.975 if side.endswith("_95") else 0.999)) * (1 if side.startswith("high") else -1)
        table[name] = limits[side] * np.exp(score * (np.sqrt(1 / expected + between) - np.sqrt(1 / expected)))
    low, high = table["adjusted_low_998"] * (1 - _ROUNDING), table["adjusted_high_998"] * (1 + _ROUNDING)
    table = table.assign(outside=(ratio < low) | (ratio > high), flagged=tested["flagged"])
    table.attrs["overdispersion"] = {"phi": spread.phi, "between": between}
    return table.sort_values(["expected", "client"], ignore_index=True)


def next_period(store: Store, rates: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the clients showed after the period in which they were compared (regression to the mean).

    Returns
    -------
    tuple of DataFrame
        By client ``client, rate, shrunken, next_nonconformities, next_days, next_rate``; and ``forecast, error,
        clients`` (mean squared error of the raw and of the shrunken rates as forecasts of the next rate; no rows
        where no client has a next rate).
    """
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    after = store.ask(
        "select client, cast(sum(nc) as bigint) as next_nonconformities, "
        f"cast(sum(days) as double) as next_days from facts where type in ({types}) and start > $last and days > 0 "
        "and nc is not null group by client order by client"
    )
    both = rates[["client", "rate", "shrunken"]].merge(after, on="client").sort_values("client", ignore_index=True)
    both["next_rate"] = both["next_nonconformities"] / both["next_days"]
    known = both.dropna(subset=["rate", "shrunken"])
    errors = [
        {"forecast": name, "error": ((known[name] - known["next_rate"]) ** 2).mean(), "clients": len(known)}
        for name in ("rate", "shrunken")
        if len(known)
    ]
    return both, pd.DataFrame(errors, columns=["forecast", "error", "clients"])

"""Which clauses produce nonconformities, and in which sectors: rates per ten auditor-days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab.history.cells import clause_sort_key
from auditlab.portfolio.clause_tables import WEIGHT
from auditlab.portfolio.comparison import compared_audits, lay_groups
from auditlab.portfolio.store import Store
from auditlab.portfolio.suppression import suppressed
from auditlab.standard.clauses import clause_title
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.poisson_rates import poisson_limits
from auditlab.statistics.relative_rates import leave_one_out, others
from auditlab.statistics.shrunken_rates import shrunken_rates

PER_DAYS = 10.0
"""Rates of clauses are nonconformities in so many auditor-days."""

NO_CLAUSE = "not known"


def clause_rates(store: Store) -> pd.DataFrame:
    """Nonconformities per ten auditor-days by clause, exact and shrunken.

    Returns
    -------
    DataFrame
        ``clause`` (2018 edition, recurrence key), ``title, clients`` (with a nonconformity), ``audits`` (that examined
        the clause, or whose coverage is not known), ``not_examined`` (audits that did not), ``nonconformities`` (a
        finding of several clauses shared between them), ``auditor_days`` (of the audits counted; the days of a whole
        audit, as nobody records days by clause), ``rate, low, high`` (exact Poisson), ``shrunken, shrunken_low,
        shrunken_high`` (drawn towards all clauses, see `statistics.shrunken_rates`) [per ten auditor-days],
        ``method``.
    """
    cells = _cells(store, by="'all' as place")
    return _rated(cells, store.settings.method.confidence).drop(columns=["place", "examined"])


def clause_sectors(store: Store) -> pd.DataFrame:
    """Clause by sector: where a sector differs from the other sectors in the same clause.

    Returns
    -------
    DataFrame
        ``clause, title, sector, clients`` (in the sector), ``examined`` (those of them whose audits examined the
        clause, or whose coverage is not known), ``with_nc`` (those with a nonconformity in it), ``nonconformities,
        auditor_days, rate, low, high`` [per ten auditor-days], ``ratio`` (to the other sectors), ``p, q``
        (Benjamini-Hochberg over all cells), ``flagged,
        tests, suppressed`` (few clients examined). Sectors are grouped as `lay_groups` has it; where the whole
        portfolio is too small for a group, its cells are suppressed.
    """
    k = store.settings.method.suppress_below
    groups = lay_groups(store, "sector")
    by = "(select placed from sector_groups g where g.value = coalesce(sector, 'not known')) as place"
    cells = _rated(_cells(store, by=by), store.settings.method.confidence)
    members = groups.groupby("placed")["clients"].sum()
    tested = _tested(cells[cells["clause"] != NO_CLAUSE].copy(), rate=store.settings.method.false_discovery_rate)
    tested = tested.rename(columns={"place": "sector", "clients": "with_nc"})
    tested["clients"] = tested["sector"].map(members).astype("int64")
    tested["suppressed"] = suppressed(tested, row="clause", column="sector", least=k, size="examined")
    numbers = [
        "examined",
        "with_nc",
        "nonconformities",
        "auditor_days",
        "rate",
        "low",
        "high",
        "shrunken",
        "ratio",
        "p",
        "q",
    ]
    tested.loc[tested["suppressed"], numbers] = np.nan
    tested["flagged"] = tested["flagged"].astype("boolean").mask(tested["suppressed"])
    order = [
        "clause", "title", "sector", "clients", "examined", "with_nc", "nonconformities", "auditor_days", "rate", "low",
        "high", "ratio", "p", "q", "flagged", "tests", "suppressed",
    ]  # fmt: skip
    return tested[order].astype({"examined": "Int64", "with_nc": "Int64"})


def _cells(store: Store, *, by: str) -> pd.DataFrame:
    """Counts and days by clause and place; an audit counts where it examined the clause or its coverage is unknown."""
    compared = compared_audits(store)
    return store.ask(
        f"with own as (select audit_no, client, audit_id, days, {by}, leaves, leaves is not null as recorded "
        f"from facts left join covered using (audit_no) where {compared}), "
        "keys as (select key, bit_or(bit) as leaves from leaf_bits group by key), "
        "everywhere as (select place, sum(days) filter (where not recorded) as days, "
        "count(*) filter (where not recorded) as audits, count(*) as held, "
        "count(distinct client) as members from own group by place), "
        "seen as (select place, key, sum(days) as days, count(*) as audits from own o join keys k "
        "on o.leaves & k.leaves <> 0 group by all), "
        "visited_by as (select place, key, count(distinct client) as examined from own o join keys k "
        "on not recorded or o.leaves & k.leaves <> 0 group by all), "
        "cited as (select place, coalesce(key, $none) as key, sum(weight) as weight, count(distinct client) as clients "
        "from shares join own using (client, audit_id) group by all), "
        "pairs as (select place, key from seen union select place, key from cited) "
        "select p.place, p.key as clause, coalesce(c.clients, 0) as clients, "
        "case when p.key = $none then e.held else coalesce(s.audits, 0) + e.audits end as audits, e.held as held, "
        "case when p.key = $none then e.members else coalesce(v.examined, 0) end as examined, "
        f"coalesce(c.weight, 0) / {WEIGHT} as nonconformities, "
        "cast(coalesce(s.days, 0) + coalesce(e.days, 0) as double) as auditor_days "
        "from pairs p join everywhere e using (place) left join seen s using (place, key) "
        "left join cited c using (place, key) left join visited_by v using (place, key) order by p.place, p.key",
        none=NO_CLAUSE,
    )


def _rated(cells: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Cells with exact and shrunken rates, in the order of the clauses."""
    cells = cells.assign(
        not_examined=(cells["held"] - cells["audits"]).astype("int64"),
        title=[_title(clause) for clause in cells["clause"]],
    )
    days = cells["auditor_days"].where(cells["auditor_days"] > 0) / PER_DAYS
    count = cells["nonconformities"].astype("float64")
    low, high = poisson_limits(count, confidence=confidence)
    cells["rate"], cells["low"], cells["high"] = count / days, low / days, high / days
    cells = cells.assign(**_shrunken(count, days, confidence=confidence))
    cells["method"] = "exact Poisson"
    places = cells["clause"].map(
        lambda clause: (clause == NO_CLAUSE, () if clause == NO_CLAUSE else clause_sort_key(clause))
    )
    ordered = cells.assign(_order=places).sort_values(["_order", "place"], ignore_index=True)
    return ordered[
        ["clause", "title", "place", "clients", "examined", "audits", "not_examined", "nonconformities", "auditor_days",
         "rate", "low", "high", "shrunken", "shrunken_low", "shrunken_high", "method"]
    ]  # fmt: skip


def _title(clause: str) -> str:
    return "" if clause == NO_CLAUSE else clause_title(clause)


def _shrunken(count: pd.Series, days: pd.Series, *, confidence: float) -> dict[str, pd.Series]:
    """Rates drawn towards that of all clauses, by a gamma law fitted to all of them, with their intervals."""
    here = days.notna()
    names = ("shrunken", "shrunken_low", "shrunken_high")
    if here.sum() < 2 or not count[here].sum():
        return dict.fromkeys(names, pd.Series(np.nan, index=count.index))
    common = float(count[here].sum() / days[here].sum())
    drawn = shrunken_rates(count[here], expected=days[here] * common, confidence=confidence)
    parts = (drawn.rate, drawn.low, drawn.high)
    return {
        name: pd.Series(part * common, index=count.index[here]).reindex(count.index)
        for name, part in zip(names, parts, strict=True)
    }


def _tested(cells: pd.DataFrame, *, rate: float) -> pd.DataFrame:
    """Each sector against the other sectors, clause by clause."""
    cells["ratio"], cells["p"] = np.nan, np.nan
    for _, own in cells.groupby("clause", sort=False):
        here = own[own["auditor_days"] > 0]
        if len(here) < 2 or not here["nonconformities"].sum():
            continue
        count = here["nonconformities"].round().to_numpy(dtype="float64")
        rest = others(count[:, None], exposures=here[["auditor_days"]].to_numpy())
        with np.errstate(divide="ignore", invalid="ignore"):
            cells.loc[here.index, "ratio"] = np.where(rest.expected > 0, count / rest.expected, np.nan)
        cells.loc[here.index, "p"] = leave_one_out(count, rest=rest)
    cells["q"] = q_values(cells["p"].tolist())
    cells["flagged"] = (cells["q"] <= rate).where(cells["p"].notna())
    cells["tests"] = int(cells["p"].notna().sum())
    return cells

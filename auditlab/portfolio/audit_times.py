"""Are audit times justified? The sum of the factors before the cap, and how often the cap binds."""

from __future__ import annotations

import pandas as pd

from auditlab.portfolio.store import Store
from auditlab.standard.programme import programme_rules
from auditlab.statistics.intervals import clopper_pearson

_CALCULATED = """
with per_audit as (select client, audit_id, count(*) as factors,
        cast(sum(case when change < 0 then cast(-change as decimal(9, 6)) else 0 end) as double) as reductions,
        cast(sum(case when change > 0 then cast(change as decimal(9, 6)) else 0 end) as double) as additions,
        count(*) filter (where coalesce(trim(justification), '') = '') as unjustified
    from audit_times where client is not null and change is not null group by all)
select f.client, f.audit_id, f.type, f.sector, f.country, f.office, f.edition, f.table_days, p.factors, p.reductions,
    p.additions, p.unjustified, cast(f.days as double) as given_days
from facts f left join per_audit p using (client, audit_id)
where p.factors is not null or f.table_days is not null order by f.client, f.audit_id
"""


def audit_times(store: Store) -> pd.DataFrame:
    """Calculated against given time of every audit whose calculation was handed over.

    Returns
    -------
    DataFrame
        ``client, audit_id, type, sector, country, office, edition, table_days, factors`` [count], ``reductions`` (sum
        before the cap), ``additions`` [share of the table value], ``capped`` (the cap binds), ``applied`` (change after
        the cap), ``calculated_days, given_days, difference`` [days], ``unjustified`` (factors without a reason)
        [count].

    References
    ----------
    .. [1] ISO/IEC 20000-6:2017, 9.1.4. The cap is the rule ``audit_time_reduction``.
    """
    cap = reduction_cap()
    table = store.ask(_CALCULATED)
    known = table["factors"].notna()
    reductions, additions = table["reductions"].where(known, 0.0), table["additions"].where(known, 0.0)
    table["capped"] = (reductions > cap + 1e-9).astype("boolean").mask(~known)
    table["applied"] = additions - reductions.clip(upper=cap)
    table["calculated_days"] = (table["table_days"] * (1 + table["applied"])).round(4)
    table["difference"] = (table["given_days"] - table["calculated_days"]).round(4)
    order = [
        "client", "audit_id", "type", "sector", "country", "office", "edition", "table_days", "factors", "reductions",
        "additions", "capped", "applied", "calculated_days", "given_days", "difference", "unjustified",
    ]  # fmt: skip
    whole = dict.fromkeys(("factors", "unjustified"), "Int64")
    ordered = table[order].astype(whole)
    return ordered.sort_values(["reductions", "client", "audit_id"], ascending=[False, True, True], ignore_index=True)


def audit_time_summary(times: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """How often the cap binds, by office and together.

    Returns
    -------
    DataFrame
        ``office`` (all together first), ``clients, audits`` (with factors) [count], ``clients_capped, capped``
        [count], ``share, low, high`` (of the clients, as audits of one client are calculated alike) [0-1],
        ``highest_sum`` (reductions before the cap), ``unjustified`` [factors],
        ``method``.
    """
    known = times.dropna(subset=["capped"])
    known = known.assign(office=known["office"].fillna("not known"))
    rows = []
    for office, own in [("all", known), *known.groupby("office", sort=True)]:
        k, n = int(own["capped"].sum()), len(own)
        who, whose = own["client"].nunique(), own.loc[own["capped"], "client"].nunique()
        limit = clopper_pearson(whose, n=who, confidence=confidence) if who else None
        rows.append({
            "office": str(office), "clients": who, "audits": n, "clients_capped": whose, "capped": k,
            "share": limit.estimate if limit else None,
            "low": limit.low if limit else None, "high": limit.high if limit else None,
            "highest_sum": own["reductions"].max() if n else None,
            "unjustified": int(own["unjustified"].fillna(0).sum()),
            "method": limit.method if limit else "",
        })  # fmt: skip
    return pd.DataFrame(rows)


def reduction_cap() -> float:
    """The most that all reductions together may take off [share of the table value]."""
    rules = programme_rules()
    return float(rules.loc[rules["rule"] == "audit_time_reduction", "value"].iloc[0])

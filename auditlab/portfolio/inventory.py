"""Is the portfolio complete and comparable? One row a client, and what is missing of it."""

from __future__ import annotations

import pandas as pd

from auditlab.portfolio.store import Store

_INVENTORY = """
with held as (select client, count(*) as audits, min(start) as first_audit, max(start) as latest_audit,
        arg_max(edition, (start, audit_id)) as edition, cast(sum(days) as double) as auditor_days,
        count(*) filter (where days is null or days <= 0) as without_days,
        count(*) filter (where nc is null) as without_findings,
        count(*) filter (where (client, audit_id) not in (select (client, audit_id) from visited)) as without_coverage,
        count(*) filter (where lead is null) as without_lead
    from facts group by client),
found as (select client, count(*) as findings from findings group by client),
orphans as (select client, count(*) as orphans from findings f
    where not exists (select 1 from facts a where a.client = f.client and a.audit_id = f.audit_id) group by client),
papers as (select client, count(*) as certificates, max(expiry) as expiry from certificates group by client),
everyone as (select client from held union select client from clients union select client from papers)
select e.client, c.name, c.sector, c.country, c.office, c.persons, h.edition, coalesce(h.audits, 0) as audits,
    h.first_audit,
    h.latest_audit, h.auditor_days, f.findings, coalesce(p.certificates, 0) as certificates, p.expiry, h.without_days,
    h.without_findings, h.without_coverage, h.without_lead, coalesce(o.orphans, 0) as findings_without_audit
from everyone e left join clients c using (client) left join held h using (client) left join found f using (client)
left join orphans o using (client) left join papers p using (client) where e.client is not null order by e.client
"""

_GAPS = (
    ("audits", "no audit"),
    ("certificates", "no certificate"),
    ("sector", "no sector"),
    ("country", "no country"),
)
_PARTLY = (
    ("without_days", "without auditor-days"),
    ("without_findings", "without findings handed over"),
    ("without_coverage", "without coverage"),
    ("without_lead", "without lead auditor"),
)


def client_inventory(store: Store) -> pd.DataFrame:
    """Every client with what was handed over about it.

    Returns
    -------
    DataFrame
        ``client, name, sector, country, office, persons, edition`` (of the latest audit), ``audits, first_audit,
        latest_audit, auditor_days, findings, certificates, expiry``, audits ``without_days, without_findings,
        without_coverage, without_lead`` [count], ``findings_without_audit`` [count], ``gaps`` (in words).
    """
    table = store.ask(_INVENTORY)
    whole = [
        "persons", "audits", "findings", "certificates", "without_days", "without_findings", "without_coverage",
        "without_lead", "findings_without_audit",
    ]  # fmt: skip
    table = table.astype(dict.fromkeys(whole, "Int64"))
    table["gaps"] = [_gaps(row) for row in table.to_dict("records")]
    return table


def _gaps(row: dict[object, object]) -> str:
    words = [said for name, said in _GAPS if pd.isna(row[name]) or row[name] in {0, ""}]  # type: ignore[call-overload]
    for name, said in _PARTLY:
        count = row[name]
        if not pd.isna(count) and int(count):  # type: ignore[call-overload]  # a scalar of a frame
            words.append(f"{count} of {row['audits']} audits {said}")
    if row["findings_without_audit"]:
        words.append(f"{row['findings_without_audit']} findings of an audit that is not listed")
    return "; ".join(words)


def portfolio_mix(store: Store) -> pd.DataFrame:
    """Audits by year, type and edition, with what is compared and what is not.

    Returns
    -------
    DataFrame
        ``year, type, edition, audits, clients, auditor_days, nonconformities, compared`` (the type is compared).
    """
    types = ", ".join(f"'{kind}'" for kind in store.settings.compare.types)
    return store.ask(
        "select year(start) as year, type, edition, count(*) as audits, count(distinct client) as clients, "
        "cast(sum(days) as double) as auditor_days, cast(sum(nc) as bigint) as nonconformities, "
        f"type in ({types}) as compared from facts group by year(start), type, edition order by all"
    )


def rows_read(store: Store) -> pd.DataFrame:
    """What became of the rows of every table: used, without a client, or told a second time by another file.

    Returns
    -------
    DataFrame
        ``table, seen, used, without_client, without_key, later, repeated`` [rows]; seen is the sum of the others.
    """
    rows = []
    for table, mine, key in (
        ("audits", "audits", "audit_id"),
        ("findings", "findings", "finding_id"),
        ("corrective_actions", "actions", "finding_id"),
        ("certificates", "certificates", "certificate_id"),
        ("sites", "sites", "site"),
        ("audit_times", "audit_times", "audit_id"),
    ):
        later = "and start > $as_of" if table == "audits" else "and false"
        own = store.ask(
            f"select (select count(*) from raw_{table}) as seen, "
            "count(*) filter (where client is null) as without_client, "
            f"count(*) filter (where client is not null and {key} is null) as without_key, "
            f"count(*) filter (where client is not null and {key} is not null {later}) as later, "
            f"count(*) as kept from {mine}"
        ).iloc[0]
        used = int(own["kept"] - own["without_client"] - own["without_key"] - own["later"])
        rows.append({
            "table": table, "seen": int(own["seen"]), "used": used, "without_client": int(own["without_client"]),
            "without_key": int(own["without_key"]), "later": int(own["later"]),
            "repeated": int(own["seen"] - own["kept"]),
        })  # fmt: skip
    return pd.DataFrame(rows)

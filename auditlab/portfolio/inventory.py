"""Is the portfolio complete and comparable? One row a client, and what is missing of it."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from auditlab.history.cells import plural
from auditlab.intake.consistency import UNREAD_AUDIT
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
orphans as (select client, count(*) as orphans,
        count(*) filter (where (source, finding_id) in (select (source, record) from told_contradictions
            where rule = $unread)) as unread
    from findings f
    where not exists (select 1 from facts a where a.client = f.client and a.audit_id = f.audit_id) group by client),
papers as (select client, count(*) as certificates, max(expiry) as expiry from certificates group by client),
everyone as (select client from held union select client from clients union select client from papers)
select e.client, c.name, c.sector, c.country, c.office, c.persons, h.edition, coalesce(h.audits, 0) as audits,
    h.first_audit,
    h.latest_audit, h.auditor_days, f.findings, coalesce(p.certificates, 0) as certificates, p.expiry, h.without_days,
    h.without_findings, h.without_coverage, h.without_lead, coalesce(o.orphans, 0) as findings_without_audit,
    coalesce(o.unread, 0) as unread
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


UNREAD = "its files could not be read"
"""The gap of a client whose source is listed as broken; nothing else is known of it."""


def client_inventory(store: Store, *, unread: Collection[str] = ()) -> pd.DataFrame:
    """Every client with what was handed over about it.

    Parameters
    ----------
    store : Store
        The portfolio.
    unread : collection of str
        Codes or names of the clients whose files could not be read.

    Returns
    -------
    DataFrame
        ``client, name, sector, country, office, persons, edition`` (of the latest audit), ``audits, first_audit,
        latest_audit, auditor_days, findings, certificates, expiry``, audits ``without_days, without_findings,
        without_coverage, without_lead`` [count], ``findings_without_audit`` [count] (the audit is not listed, or its
        row could not be read), ``gaps`` (in words).
    """
    table = store.ask(_INVENTORY, unread=f"finding{UNREAD_AUDIT}")
    whole = [
        "persons", "audits", "findings", "certificates", "without_days", "without_findings", "without_coverage",
        "without_lead", "findings_without_audit", "unread",
    ]  # fmt: skip
    table = table.astype(dict.fromkeys(whole, "Int64"))
    table["gaps"] = [_gaps(row) for row in table.to_dict("records")]
    broken = (table["client"].isin(unread) | table["name"].isin(unread)) & (table["audits"] == 0)
    table["gaps"] = table["gaps"].mask(broken, UNREAD)
    return table.drop(columns="unread")


def _gaps(row: dict[object, object]) -> str:
    words = [said for name, said in _GAPS if pd.isna(row[name]) or row[name] in {0, ""}]  # type: ignore[call-overload]
    for name, said in _PARTLY:
        count = row[name]
        if not pd.isna(count) and int(count):  # type: ignore[call-overload]  # a scalar of a frame
            words.append(f"{count} of {row['audits']} audits {said}")
    unread = int(row["unread"])  # type: ignore[call-overload]
    unlisted = int(row["findings_without_audit"]) - unread  # type: ignore[call-overload]
    for count, said in ((unread, "whose row could not be read"), (unlisted, "that is not listed")):
        if count:
            words.append(f"{plural(count, 'finding')} of an audit {said}")
    return "; ".join(words)


def portfolio_mix(store: Store) -> pd.DataFrame:
    """Audits by year, type and edition; `mix_compared` adds how many of them are compared.

    Returns
    -------
    DataFrame
        ``year, type, edition, audits, clients, auditor_days, nonconformities``.
    """
    return store.ask(
        "select year(start) as year, type, edition, count(*) as audits, count(distinct client) as clients, "
        "cast(sum(days) as double) as auditor_days, cast(sum(nc) as bigint) as nonconformities from facts "
        "group by year(start), type, edition order by all"
    )


_READ = (
    ("clients", "client"), ("audits", "audit_id"), ("findings", "finding_id"), ("corrective_actions", "finding_id"),
    ("certificates", "certificate_id"), ("sites", "site"), ("audit_times", "audit_id"),
)  # fmt: skip


def rows_read(store: Store) -> pd.DataFrame:
    """What became of the rows of every table, from the files to the numbers.

    Returns
    -------
    DataFrame
        ``table``; of the rows of the files ``seen, loaded, rejected, skipped, duplicate`` [rows; seen is the sum of the
        others]; of the ``records`` made of them (a row may hold several) ``used, without_client, without_key, later,
        repeated`` (told a second time) [records is the sum of them]. Tables handed over as Parquet have no files: what
        was seen are their records.
    """
    rows = [_records(store, table, key) for table, key in _READ]
    rows.insert(2, _coverage_records(store))
    records = pd.DataFrame(rows)
    files = store.ask(
        'select "table", sum(seen)::bigint as seen, sum(loaded)::bigint as loaded, sum(rejected)::bigint as rejected, '
        'sum(skipped)::bigint as skipped, sum(duplicate)::bigint as duplicate from told_rows group by "table"'
    )
    both = records.merge(files, on="table", how="left")
    if files.empty:
        both["seen"] = both["loaded"] = both["records"]
    whole = [*files.columns.drop("table"), *records.columns.drop("table")]
    return both[["table", *whole]].fillna(dict.fromkeys(whole, 0)).astype(dict.fromkeys(whole, "int64"))


def _records(store: Store, table: str, key: str) -> dict[str, object]:
    mine = {"corrective_actions": "actions"}.get(table, table)
    later = "and start > $as_of" if table == "audits" else "and false"
    own = store.ask(
        f"select (select count(*) from raw_{table}) as records, "
        "count(*) filter (where client is null) as without_client, "
        f"count(*) filter (where client is not null and {key} is null) as without_key, "
        f"count(*) filter (where client is not null and {key} is not null {later}) as later, "
        f"count(*) as kept from {mine}"
    ).iloc[0]
    lost = {name: int(own[name]) for name in ("without_client", "without_key", "later")}
    used = int(own["kept"]) - sum(lost.values())
    repeated = int(own["records"] - own["kept"])
    return {"table": table, "records": int(own["records"]), "used": used, **lost, "repeated": repeated}


def _coverage_records(store: Store) -> dict[str, object]:
    own = store.ask("select (select count(*) from raw_coverage) as records, without_client from coverage_account").iloc[
        0
    ]
    lost, records = int(own["without_client"]), int(own["records"])
    return {"table": "coverage", "records": records, "used": records - lost, "without_client": lost, "without_key": 0,
            "later": 0, "repeated": 0}  # fmt: skip


def open_questions(store: Store) -> pd.DataFrame:
    """Where the files of clients wait for an answer; what stands there is in no number.

    Returns
    -------
    DataFrame
        ``source, file, sheet, row, field``.
    """
    return store.ask("select * from told_questions order by all")


def contradictions(store: Store) -> pd.DataFrame:
    """What cannot be, or does not fit together, in the files of clients.

    Returns
    -------
    DataFrame
        ``source, table, record, field, rule, found, expected, effect`` (what it means for the numbers).
    """
    return store.ask("select * from told_contradictions order by all")

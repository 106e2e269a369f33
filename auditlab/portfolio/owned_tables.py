"""Every record with its client: as the file writes it, by the source, or by the audit or finding it names."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from auditlab.portfolio.identity import identify_clients, names_listed, with_names_read
from auditlab.portfolio.settings import PortfolioSettings


def name_clients(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[str], *, settings: PortfolioSettings
) -> pd.DataFrame:
    """Resolve every name that a file writes once, lay down ``name_map`` and return who is who.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With a view ``raw_<table>`` for each of `tables`, and ``told_names``.
    tables : sequence of str
        Canonical tables.
    settings : PortfolioSettings
        Answers about names.

    Returns
    -------
    DataFrame
        As `identify_clients`, with the names that intake resolved and those of the lists of clients.
    """
    union = " union ".join(
        f"select client as written from raw_{table} union select default_client from raw_{table}" for table in tables
    )
    written = connection.execute(f"select distinct written from ({union}) where trim(written) <> ''").df()["written"]
    master = connection.execute("select client, name, aliases from raw_clients order by source, client").df()
    found = identify_clients(written, master, aliases=settings.aliases, distinct=settings.distinct)
    connection.register("identity_frame", found[["written", "client"]])
    connection.execute("create temp table name_map as select * from identity_frame")
    read = connection.execute("select written, client, how from told_names order by all").df()
    return with_names_read(found, pd.concat([read, names_listed(master)], ignore_index=True))


def lay_owned_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Lay down ``audits, findings, actions, certificates, sites, audit_times`` and ``clients``, each row once."""
    connection.execute(
        "create temp table source_owner as select source, min(m.client) as client from raw_audits r "
        "join name_map m on m.written = r.client group by source having min(m.client) = max(m.client)"
    )
    _lay_once(connection, "audits", key="audit_id", numbered=", row_number() over () as audit_no")
    _lay_owner(connection, "audit_owner", of="audits", key="audit_id")
    _lay_once(connection, "findings", key="finding_id", owner="audit_owner", by="audit_id")
    _lay_owner(connection, "finding_owner", of="findings", key="finding_id")
    _lay_once(
        connection, "actions", key="finding_id", owner="finding_owner", by="finding_id", table="corrective_actions"
    )
    for table, by in (("certificates", ""), ("sites", ""), ("audit_times", "audit_id")):
        owner = {"by": by, "owner": "audit_owner"} if by else {}
        connection.execute(f"create temp table {table} as {owned(connection, f'raw_{table}', **owner)}")
    # Of a client that several lists name, the first value known of each column counts.
    connection.execute(
        "create temp table clients as select client, any_value(name) as name, any_value(sector) as sector, "
        "any_value(country) as country, any_value(office) as office, any_value(persons) as persons from "
        f"(select * from ({owned(connection, 'raw_clients')}) order by client, source) where client is not null "
        "group by client"
    )


def owned(connection: duckdb.DuckDBPyConnection, rows: str, *, by: str = "", owner: str = "") -> str:
    """The query for `rows` with the client of each: as written, of its source, of what `by` names, or of its folder.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With ``name_map`` and ``source_owner``.
    rows : str
        Table or view with ``client, source, default_client``.
    by, owner : str
        Column that names an audit or finding, and the table of their clients.
    """
    nameless, renamed = connection.execute(
        f"select (select count(*) from {rows} where coalesce(trim(client), '') = ''), "
        "(select count(*) from name_map where written <> client)"
    ).fetchone() or (1, 1)
    if not nameless:
        # Most tables name the client in every row, and most names are those of the list: hundreds of thousands of
        # rows need no look at sources and audits then.
        named = f"{rows} r" + (" join name_map m on m.written = r.client" if renamed else "")
        return f"select r.* {'replace (m.client as client) ' if renamed else ''}from {named}"
    join = f"left join {owner} o on o.{by} = r.{by}" if owner else ""
    of_record = ", o.client" if owner else ""
    return (
        f"select r.* replace (coalesce(m.client, s.client{of_record}, d.client) as client) "
        f"from {rows} r left join name_map m on m.written = r.client "
        f"left join source_owner s on s.source = r.source {join} "
        "left join name_map d on d.written = r.default_client"
    )


def _lay_once(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    *,
    key: str,
    owner: str = "",
    by: str = "",
    table: str = "",
    numbered: str = "",
) -> None:
    """Lay down a table in which every key of a client stands once: the row of the first source, else the least row."""
    connection.execute(
        f"create temp table {name} as select *{numbered} from "
        f"({owned(connection, f'raw_{table or name}', owner=owner, by=by)})"
    )
    # Ordering all rows to find the few repeated ones would take most of the time of opening a portfolio.
    connection.execute(
        f"create temp table repeated as select client, {key} from {name} "
        f"where client is not null and {key} is not null group by all having count(*) > 1"
    )
    connection.execute(
        f"delete from {name} where rowid in (select rowid from {name} r semi join repeated using (client, {key}) "
        f"qualify row_number() over (partition by client, {key} order by source nulls last, r::varchar) > 1)"
    )
    connection.execute("drop table repeated")


def _lay_owner(connection: duckdb.DuckDBPyConnection, name: str, *, of: str, key: str) -> None:
    """The client of every key that one client alone uses."""
    connection.execute(
        f"create temp table {name} as select {key}, min(client) as client from {of} where client is not null "
        f"group by {key} having min(client) = max(client)"
    )

"""The tables of all clients as one: DuckDB over Parquet, whatever number of clients.

Sums of days are sums of decimals, so that no number depends on the order in which the engine reads the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pandas as pd

from auditlab.errors import ClauseError, EngagementError
from auditlab.portfolio.identity import identify_clients
from auditlab.portfolio.settings import PortfolioSettings
from auditlab.queries import quiet_connection
from auditlab.standard.clauses import leaves_under, recurrence_key
from auditlab.standard.editions import covered_in_2018, to_2018
from auditlab.tables import Column, table_specs

TABLES = (
    "clients", "sites", "audits", "coverage", "findings", "corrective_actions", "certificates", "audit_times",
)  # fmt: skip
"""The canonical tables that a portfolio reads."""

MEMORY_MIB = 1200
"""What the engine may use; more goes to disk."""

WEIGHT = 27720
"""A finding counts so many parts, which the clauses of one cell share: divisible by every number up to 12."""

_TYPES = {"datetime64[us]": "date", "float64": "double", "Int64": "bigint", "boolean": "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open connection with the tables of a portfolio."""

    connection: duckdb.DuckDBPyConnection
    settings: PortfolioSettings
    identity: pd.DataFrame

    def ask(self, query: str, **values: object) -> pd.DataFrame:
        """The answer to `query`; ``$as_of``, ``$first`` and ``$last`` are known where the query names them."""
        first, last = self.period
        known = {"as_of": self.settings.as_of, "first": first, "last": last, **values}
        return self.connection.execute(
            query, {name: value for name, value in known.items() if f"${name}" in query}
        ).df()

    @property
    def period(self) -> tuple[object, object]:
        """First and last day over which clients are compared."""
        compare, as_of = self.settings.compare, pd.Timestamp(self.settings.as_of)
        last = compare.last or self.settings.as_of
        first = compare.first or (pd.Timestamp(last) - pd.DateOffset(years=compare.years) + pd.Timedelta(days=1)).date()
        return first, min(last, as_of.date())


@contextmanager
def open_store(files: Mapping[str, Sequence[str]], *, settings: PortfolioSettings) -> Iterator[Store]:
    """The tables of a portfolio, ready for questions.

    Parameters
    ----------
    files : mapping
        Parquet files (or patterns of files) of each canonical table; columns ``client``, ``source`` and
        ``default_client`` may be there in every table.
    settings : PortfolioSettings
        As-of date, names, period.

    Yields
    ------
    Store
        With the tables ``clients, sites, audits, findings, actions, certificates, audit_times`` (one row a record,
        each with its client), ``covered`` (audit_no, clause, key), ``visited`` (client, audit_id, site),
        ``shares`` (findings by clause key with their weight) and ``facts`` (one row an audit with its counts).

    Raises
    ------
    EngagementError
        If a file cannot be read, or no audit is known.
    """
    with quiet_connection(memory_mib=MEMORY_MIB) as connection:
        for table in TABLES:
            _raw_view(connection, table, files.get(table, ()))
        identity = _name_clients(connection, settings)
        _own_tables(connection)
        _clause_tables(connection)
        _facts(connection, settings)
        yield Store(connection=connection, settings=settings, identity=identity)


def _raw_view(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[str]) -> None:
    """A view with every canonical column typed; a column that no file has is missing."""
    columns = [*table_specs()[table].columns]
    held: set[str] = set()
    if files:
        listed = ", ".join(_quoted(file) for file in files)
        source = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"
        try:
            held = {str(row[0]) for row in connection.execute(f"describe select * from {source}").fetchall()}
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise EngagementError(f"The Parquet files of {table} cannot be read: {reason}. Write them again.") from None
    extra = ("client", "source", "default_client")
    chosen = [_typed(column, held) for column in columns if column.name != "client"]
    chosen += [f'cast("{name}" as varchar) as {name}' if name in held else f"null::varchar as {name}" for name in extra]
    body = f"from {source}" if files else "where false"
    connection.execute(f"create view raw_{table} as select {', '.join(chosen)} {body}")


def _typed(column: Column, held: set[str]) -> str:
    kind = _TYPES.get(column.kind.dtype, "varchar")
    return (
        f'try_cast("{column.name}" as {kind}) as "{column.name}"'
        if column.name in held
        else (f'null::{kind} as "{column.name}"')
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name_clients(connection: duckdb.DuckDBPyConnection, settings: PortfolioSettings) -> pd.DataFrame:
    """Resolve every written name once and register the map."""
    union = " union ".join(
        f"select client as written from raw_{table} union select default_client from raw_{table}" for table in TABLES
    )
    written = connection.execute(f"select distinct written from ({union}) where trim(written) <> ''").df()["written"]
    master = connection.execute("select client, name, aliases from raw_clients order by source, client").df()
    found = identify_clients(written, master, aliases=settings.aliases, distinct=settings.distinct)
    connection.register("identity_frame", found[["written", "client"]])
    connection.execute("create temp table name_map as select * from identity_frame")
    return found


def _own_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table with the client of each row: as written, by the source, or by the audit or finding it names."""
    connection.execute(
        "create temp table source_owner as select source, any_value(m.client) as client from raw_audits r "
        "join name_map m on m.written = r.client group by source having count(distinct m.client) = 1"
    )
    connection.execute(
        "create temp table audits as select *, row_number() over () as audit_no from ("
        + _owned("audits")
        + " qualify row_number() over (partition by t.client, t.audit_id order by t.source nulls last, t.start) = 1)"
    )
    connection.execute(
        "create temp table audit_owner as select audit_id, any_value(client) as client from audits "
        "group by audit_id having count(distinct client) = 1"
    )
    connection.execute(
        "create temp table findings as "
        + _owned("findings", by="audit_id", owner="audit_owner")
        + " qualify row_number() over (partition by t.client, t.finding_id order by t.source nulls last) = 1"
    )
    connection.execute(
        "create temp table finding_owner as select finding_id, any_value(client) as client from findings "
        "group by finding_id having count(distinct client) = 1"
    )
    connection.execute(
        "create temp table actions as "
        + _owned("corrective_actions", by="finding_id", owner="finding_owner")
        + " qualify row_number() over (partition by t.client, t.finding_id order by t.source nulls last) = 1"
    )
    for table, by in (("certificates", ""), ("sites", ""), ("audit_times", "audit_id")):
        owner = {"by": by, "owner": "audit_owner"} if by else {}
        connection.execute(f"create temp table {table} as " + _owned(table, **owner))
    # Of a client that several lists name, the first value known of each column counts.
    connection.execute(
        "create temp table clients as select client, any_value(name) as name, any_value(sector) as sector, "
        "any_value(country) as country, any_value(office) as office, any_value(persons) as persons from "
        f"({_owned('clients')} order by t.client, t.source) where client is not null group by client"
    )


def _owned(table: str, *, by: str = "", owner: str = "") -> str:
    join = f"left join {owner} o on o.{by} = r.{by}" if owner else ""
    of_record = ", o.client" if owner else ""
    return (
        f"select t.* from (select r.* replace (coalesce(m.client, s.client{of_record}, d.client) as client) "
        f"from raw_{table} r left join name_map m on m.written = r.client "
        f"left join source_owner s on s.source = r.source {join} "
        "left join name_map d on d.written = r.default_client) t"
    )


def _clause_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """What was examined and cited, by clause of the 2018 edition; one pass over the coverage."""
    coverage = _owned("coverage", by="audit_id", owner="audit_owner")
    connection.execute(
        f"create temp table examined as select client, audit_id, site, clause from ({coverage}) where examined"
    )
    connection.execute("create temp table visited as select distinct client, audit_id, site from examined")
    _register_clauses(connection)
    connection.execute(
        "create temp table covered as select distinct a.audit_no, m.clause, m.key from examined e "
        "join audits a using (client, audit_id) "
        "join cover_map m on m.written = e.clause and m.edition = coalesce(a.edition, '2018')"
    )
    connection.execute("drop table examined")
    connection.execute(
        "create temp table shares as select f.client, f.audit_id, f.site, f.finding_id, f.grade, m.key, "
        f"{WEIGHT} // len(f.cited) as weight from (select *, unnest(cited) as one from (select *, "
        "string_split(coalesce(clauses, clause, clause_as_cited), ' ') as cited, "
        "case when coalesce(clauses, clause) is null then coalesce(edition, '2018') else '2018' end as of_edition "
        "from findings)) f left join clause_map m on m.written = f.one and m.edition = f.of_edition"
    )


def _register_clauses(connection: duckdb.DuckDBPyConnection) -> None:
    """The distinct clauses of all files, mapped once: one place for a citation, all leaves for an examination."""
    cited = connection.execute(
        "select distinct unnest(string_split(coalesce(clauses, clause), ' ')) as written, '2018' as edition "
        "from findings union select distinct clause_as_cited, coalesce(edition, '2018') from findings "
        "where clause is null"
    ).df()
    seen = connection.execute(
        "select distinct e.clause as written, coalesce(a.edition, '2018') as edition from examined e "
        "join audits a using (client, audit_id)"
    ).df()
    for name, found, mapped in (("clause_map", cited, _place), ("cover_map", seen, _leaves)):
        rows = [
            (row.written, row.edition, clause, recurrence_key(clause))
            for row in found.dropna().itertuples()
            for clause in mapped(str(row.written), edition=str(row.edition))
        ]
        connection.register("rows", pd.DataFrame(rows, columns=["written", "edition", "clause", "key"], dtype="str"))
        connection.execute(f"create temp table {name} as select * from rows")
        connection.unregister("rows")


def _place(written: str, *, edition: str) -> tuple[str, ...]:
    """Where a citation belongs in the 2018 edition; nowhere where the standard has no such clause."""
    try:
        clause = to_2018(written, edition=edition).clause
    except ClauseError:
        return ()
    return () if clause is None else (clause,)


def _leaves(written: str, *, edition: str) -> tuple[str, ...]:
    """The 2018 leaves that an examination of a clause covered."""
    try:
        return covered_in_2018(written) if edition == "2011" else leaves_under(written)
    except ClauseError:
        return ()


def _facts(connection: duckdb.DuckDBPyConnection, settings: PortfolioSettings) -> None:
    """One row an audit held by the day of the review, with what it found.

    Where a source handed over no findings at all, the counts of its audits are missing and not zero.
    """
    counts = ", ".join(
        f"case when known then coalesce({grade}, 0) end as {grade}"
        for grade in ("major", "minor", "ofi", "observation", "strength")
    )
    per_grade = ", ".join(
        f"count(*) filter (where grade = '{grade}') as {grade}"
        for grade in ("major", "minor", "ofi", "observation", "strength")
    )
    connection.execute(
        "create temp table facts as with counted as (select client, audit_id, "
        f"{per_grade} from findings group by all), "
        "told as (select distinct source from findings union select distinct source from raw_findings) "
        "select audit_no, client, audit_id, type, coalesce(edition, 'not known') as edition, start, "
        'coalesce("end", start) as last, cast(auditor_days as decimal(12, 4)) as days, lead, decision_date, '
        "table_days, sites, source, c.sector, c.country, c.office, "
        f"{counts}, case when known then coalesce(major, 0) + coalesce(minor, 0) end as nc "
        "from (select *, case when source is null then exists (select 1 from findings) "
        "else source in (select source from told where source is not null) end as known from audits "
        "where client is not null and audit_id is not null "
        "and start <= cast(? as date)) left join counted using (client, audit_id) left join clients c using (client)",
        [settings.as_of],
    )
    if not connection.execute("select count(*) from facts").fetchone()[0]:  # type: ignore[index]  # a count has a row
        raise EngagementError(
            f"No audit with client, number and first day by {settings.as_of} is known. "
            "Hand over a list of audits, or give a later day of the review."
        )

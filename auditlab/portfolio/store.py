"""The tables of all clients as one: DuckDB over Parquet, whatever number of clients.

Sums of days are sums of decimals, so that no number depends on the order in which the engine reads the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pandas as pd

from auditlab.errors import EngagementError
from auditlab.portfolio.accounts import impossible_where, lay_accounts, lay_impossible, parquet_of
from auditlab.portfolio.clause_tables import lay_clause_tables
from auditlab.portfolio.owned_tables import lay_owned_tables, name_clients
from auditlab.portfolio.settings import PortfolioSettings
from auditlab.queries import quiet_connection
from auditlab.tables import Column, table_specs

TABLES = (
    "clients", "sites", "audits", "coverage", "findings", "corrective_actions", "certificates", "audit_times",
)  # fmt: skip
"""The canonical tables that a portfolio reads."""

MEMORY_MIB = 1200
"""What the engine may use; more goes to disk."""

_TYPES = {"datetime64[us]": "date", "float64": "double", "Int64": "bigint", "boolean": "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open connection with the tables of a portfolio."""

    connection: duckdb.DuckDBPyConnection
    settings: PortfolioSettings
    identity: pd.DataFrame

    def ask(self, query: str, **values: object) -> pd.DataFrame:
        """The answer to `query`; ``$as_of``, ``$first`` and ``$last`` are known where the query names them."""
        return self._executed(query, values).df()

    def tell(self, query: str, **values: object) -> None:
        """Do what `query` says; names as in `ask`."""
        self._executed(query, values)

    def has(self, table: str) -> bool:
        """Whether `table` was laid down."""
        return bool(self.ask("select 1 from duckdb_tables() where table_name = $table", table=table).size)

    def lay_frame(self, name: str, frame: pd.DataFrame) -> None:
        """Lay the small `frame` down as table `name`."""
        self.connection.register("rows", frame)
        self.connection.execute(f"create temp table {name} as select * from rows")
        self.connection.unregister("rows")

    def _executed(self, query: str, values: Mapping[str, object]) -> duckdb.DuckDBPyConnection:
        first, last = self.period
        known = {"as_of": self.settings.as_of, "first": first, "last": last, **values}
        return self.connection.execute(query, {name: value for name, value in known.items() if f"${name}" in query})

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
        Parquet files (or patterns of files) of each canonical table and of the `ACCOUNTS` of the files; columns
        ``client``, ``source`` and ``default_client`` may be there in every table.
    settings : PortfolioSettings
        As-of date, names, period.

    Yields
    ------
    Store
        With the tables ``clients, sites, audits, findings, actions, certificates, audit_times`` (one row a record,
        each with its client), ``covered`` (audit_no, leaves: a bit a leaf of the 2018 edition), ``leaf_bits`` (clause,
        key, bit), ``visited`` (client, audit_id, site), ``shares`` (findings by clause key with their weight),
        ``facts`` (one row an audit with its counts) and ``places`` (client and the columns of `FACETS`).

    Raises
    ------
    EngagementError
        If a file cannot be read, or no audit is known.
    """
    with quiet_connection(memory_mib=MEMORY_MIB) as connection:
        lay_accounts(connection, files)
        for table in TABLES:
            _raw_view(connection, table, files.get(table, ()))
        identity = name_clients(connection, TABLES, settings=settings)
        lay_owned_tables(connection)
        lay_clause_tables(connection)
        _facts(connection, settings)
        _lay_places(connection)
        yield Store(connection=connection, settings=settings, identity=identity)


def _raw_view(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[str]) -> None:
    """A view with every canonical column typed; a column that no file has is missing."""
    columns = [*table_specs()[table].columns]
    held: set[str] = set()
    if files:
        source = parquet_of(files)
        try:
            held = {str(row[0]) for row in connection.execute(f"describe select * from {source}").fetchall()}
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise EngagementError(f"The Parquet files of {table} cannot be read: {reason}. Write them again.") from None
        lay_impossible(connection, table, source, held=held)
    extra = ("client", "source", "default_client")
    chosen = [_possible(table, column, held) for column in columns if column.name != "client"]
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


def _possible(table: str, column: Column, held: set[str]) -> str:
    """A value that cannot be counts as unknown, as intake has it for the files of clients."""
    rule = impossible_where(table, column.name, held) if column.name in held else ""
    if not rule:
        return _typed(column, held)
    kind = _TYPES.get(column.kind.dtype, "varchar")
    return f'case when not ({rule}) then try_cast("{column.name}" as {kind}) end as "{column.name}"'


FACETS = ("sector", "country", "edition", "office")
"""What a reader narrows the page by; the edition is that of the latest audit."""


def _lay_places(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create temp table places as select client, any_value(sector) as sector, any_value(country) as country, "
        "any_value(office) as office, arg_max(edition, (start, audit_id)) as edition from facts group by client"
    )


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

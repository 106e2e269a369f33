"""What intake tells of the files of every client: rows not read, questions, contradictions; kept beside the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pandas as pd

from auditlab.engagement import Engagement
from auditlab.portfolio.identity import names_read

ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "rows": {"table": "varchar", "seen": "bigint", "loaded": "bigint", "rejected": "bigint", "skipped": "bigint",
             "duplicate": "bigint"},
    "questions": {"file": "varchar", "sheet": "varchar", "row": "bigint", "field": "varchar"},
    "names": dict.fromkeys(["written", "client", "how"], "varchar"),
    "contradictions": dict.fromkeys(["table", "record", "field", "rule", "found", "expected", "effect"], "varchar"),
}  # fmt: skip
"""Columns and types of each account, beside ``source``."""

IMPOSSIBLE = {
    ("audits", "auditor_days"): "try_cast(auditor_days as double) < 0",
    ("audits", "table_days"): "try_cast(table_days as double) < 0",
    ("certificates", "expiry"): "try_cast(expiry as date) < try_cast(decision_date as date)",
}
"""Values that cannot be, where tables are handed over as Parquet; intake finds them in the files of clients."""


def accounts_of(lab: Engagement) -> dict[str, pd.DataFrame]:
    """The accounts of one source that have rows.

    A question is told by its place and not in words: words repeat cells, and cells may name persons.
    """
    names = names_read(
        lab.ledger, lab.open_questions, lab.tables.clients, answers=lab.settings.aliases.get("client", {})
    )
    frames = {"names": names, "rows": lab.summary, "questions": lab.open_questions, "contradictions": lab.discrepancies}
    return {name: frames[name][list(columns)] for name, columns in ACCOUNTS.items() if len(frames[name])}


def lay_accounts(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[str]]) -> None:
    """Lay down ``told_rows, told_questions, told_names, told_contradictions``, empty where tables came without accounts."""
    for name, columns in ACCOUNTS.items():
        own = files.get(name, ())
        typed = {"source": "varchar", **columns}
        listed = ", ".join(f'cast({_named(column) if own else "null"} as {kind}) as {_named(column)}'
                           for column, kind in typed.items())  # fmt: skip
        body = f"from {parquet_of(own)}" if own else "where false"
        connection.execute(f"create temp table told_{name} as select {listed} {body}")


def lay_impossible(connection: duckdb.DuckDBPyConnection, table: str, source: str, *, held: set[str]) -> None:
    """Add to ``told_contradictions`` the values of the Parquet rows `source` of `table` that cannot be."""
    key = "audit_id" if table == "audits" else "certificate_id"
    for (of, column), rule in IMPOSSIBLE.items():
        needed = {column, key, *({"decision_date"} if of == "certificates" else ())}
        if of == table and needed <= held:
            origin = "cast(source as varchar)" if "source" in held else "null"
            least = "cast(cast(decision_date as date) as varchar)" if of == "certificates" else "'0'"
            connection.execute(
                f"insert into told_contradictions select {origin}, '{of}', cast({key} as varchar), '{column}', "
                f"'impossible value', left(cast({column} as varchar), 10), "
                f"{least} || ' or more', 'counts as unknown' from {source} where {rule}"
            )


def parquet_of(files: Sequence[str]) -> str:
    """The rows of several Parquet files as a table of a query."""
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def _named(column: str) -> str:
    return f'"{column}"'

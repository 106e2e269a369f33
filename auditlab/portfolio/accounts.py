"""What intake tells of the files of every client: rows not read, questions, contradictions; kept beside the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from auditlab.engagement import Engagement
from auditlab.intake.impossible_values import LONGEST_AUDIT, MOST_AUDITORS
from auditlab.portfolio.identity import names_read

ACCOUNTS: Mapping[str, Mapping[str, str]] = {
    "rows": {"table": "varchar", "seen": "bigint", "loaded": "bigint", "rejected": "bigint", "skipped": "bigint",
             "duplicate": "bigint"},
    "questions": {"file": "varchar", "sheet": "varchar", "row": "bigint", "field": "varchar"},
    "names": dict.fromkeys(["written", "client", "how"], "varchar"),
    "contradictions": dict.fromkeys(["table", "record", "field", "rule", "found", "expected", "effect"], "varchar"),
}  # fmt: skip
"""Columns and types of each account, beside ``source``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """A value that cannot be, where tables are handed over as Parquet."""

    table: str
    column: str
    needs: frozenset[str]  # columns that the file must have
    rule: str  # a condition on the row as the file holds it
    expected: str  # an expression: what could be


_LASTED = (
    f"greatest(coalesce(date_diff('day', try_cast(start as date), try_cast(\"end\" as date)) + 1, {LONGEST_AUDIT}), 1)"
)
IMPOSSIBLE = (
    Impossible(
        table="audits", column="auditor_days", needs=frozenset({"audit_id"}),
        rule="try_cast(auditor_days as double) < 0", expected="'0 or more'",
    ),
    Impossible(
        table="audits", column="auditor_days", needs=frozenset({"audit_id", "start", "end"}),
        rule=f"try_cast(auditor_days as double) > {MOST_AUDITORS} * {_LASTED}",
        expected=f"'at most ' || {MOST_AUDITORS} * {_LASTED}",
    ),
    Impossible(
        table="audits", column="table_days", needs=frozenset({"audit_id"}),
        rule="try_cast(table_days as double) < 0", expected="'0 or more'",
    ),
    Impossible(
        table="certificates", column="expiry", needs=frozenset({"certificate_id", "decision_date"}),
        rule="try_cast(expiry as date) < try_cast(decision_date as date)",
        expected="cast(cast(decision_date as date) as varchar) || ' or more'",
    ),
)  # fmt: skip
"""Intake finds the same in the files of clients."""


def impossible_where(table: str, column: str, held: set[str]) -> str:
    """The condition under which a value of `column` cannot be, from the columns that a file has; empty without any."""
    rules = [one.rule for one in IMPOSSIBLE if (one.table, one.column) == (table, column) and one.needs <= held]
    return " or ".join(f"coalesce({rule}, false)" for rule in rules)


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
    """Lay down ``told_rows, told_questions, told_names`` and ``told_contradictions``; tables may come without any."""
    for name, columns in ACCOUNTS.items():
        own = files.get(name, ())
        typed = {"source": "varchar", **columns}
        listed = ", ".join(f'cast({_named(column) if own else "null"} as {kind}) as {_named(column)}'
                           for column, kind in typed.items())  # fmt: skip
        body = f"from {parquet_of(own)}" if own else "where false"
        connection.execute(f"create temp table told_{name} as select {listed} {body}")


def lay_impossible(connection: duckdb.DuckDBPyConnection, table: str, source: str, *, held: set[str]) -> None:
    """Add to ``told_contradictions`` the values of the Parquet rows `source` of `table` that cannot be."""
    origin = "cast(source as varchar)" if "source" in held else "null"
    for one in IMPOSSIBLE:
        if one.table == table and one.needs | {one.column} <= held:
            key = "audit_id" if table == "audits" else "certificate_id"
            connection.execute(
                f"insert into told_contradictions select {origin}, '{table}', cast({key} as varchar), '{one.column}', "
                f"'impossible value', left(cast({one.column} as varchar), 10), {one.expected}, 'counts as unknown' "
                f"from {source} where {one.rule}"
            )


def parquet_of(files: Sequence[str]) -> str:
    """The rows of several Parquet files as a table of a query."""
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    return f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)"


def _named(column: str) -> str:
    return f'"{column}"'

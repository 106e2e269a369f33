"""What was examined and cited, by clause of the 2018 edition, whatever edition it was written in.

What an audit covered is one number with a bit for each of the leaves of the edition: three million rows of coverage
become one row an audit in a single pass.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from auditlab.errors import ClauseError
from auditlab.portfolio.owned_tables import owned
from auditlab.standard.clauses import auditable_leaves, leaves_under, recurrence_key
from auditlab.standard.editions import covered_in_2018, to_2018

WEIGHT = 27720
"""A finding counts so many parts, which the clauses of one cell share: divisible by every number up to 12."""


def lay_clause_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Lay down ``leaf_bits, covered, visited`` and ``shares``; see `open_store`."""
    bits = {leaf: 1 << place for place, leaf in enumerate(auditable_leaves("2018"))}
    rows = [(leaf, recurrence_key(leaf), str(bit)) for leaf, bit in bits.items()]
    _lay_frame(connection, "leaf_bits", rows, names=["clause", "key"], masks=["bit"])
    _lay_examined(connection, bits)
    _lay_shares(connection)


def _lay_examined(connection: duckdb.DuckDBPyConnection, bits: dict[str, int]) -> None:
    written = connection.execute("select distinct clause from raw_coverage where clause is not null").df()["clause"]
    rows = [
        (clause, *(str(sum(bits[leaf] for leaf in _leaves(clause, edition=edition))) for edition in ("2011", "2018")))
        for clause in written
    ]
    _lay_frame(connection, "clause_leaves", rows, names=["clause"], masks=["leaves_2011", "leaves_2018"])
    # The edition hangs on the audit, which is known only once the client is: both readings are carried until then.
    connection.execute(
        "create temp table examined_rows as select c.client, c.source, c.default_client, c.audit_id, c.site, "
        "bit_or(l.leaves_2011) as leaves_2011, bit_or(l.leaves_2018) as leaves_2018, count(*) as records "
        "from raw_coverage c left join clause_leaves l using (clause) where c.examined group by all"
    )
    named = owned(connection, "examined_rows", by="audit_id", owner="audit_owner")
    connection.execute(f"create temp table examined as {named}")
    connection.execute("create temp table visited as select distinct client, audit_id, site from examined")
    connection.execute(
        "create temp table covered as select * from (select a.audit_no, "
        "bit_or(case when a.edition = '2011' then e.leaves_2011 else e.leaves_2018 end) as leaves "
        "from examined e join audits a using (client, audit_id) group by a.audit_no) where leaves <> 0"
    )
    connection.execute("drop table examined_rows")
    connection.execute(
        "create temp table coverage_account as select coalesce(sum(records) filter (where client is null), 0)::bigint "
        "as without_client from examined"
    )
    connection.execute("drop table examined")


def _lay_shares(connection: duckdb.DuckDBPyConnection) -> None:
    cited = connection.execute(
        "select distinct unnest(string_split(coalesce(clauses, clause), ' ')) as written, '2018' as edition "
        "from findings union select distinct clause_as_cited, coalesce(edition, '2018') from findings "
        "where clause is null"
    ).df()
    rows = [
        (str(row.written), str(row.edition), recurrence_key(clause))
        for row in cited.dropna().itertuples()
        if (clause := _place(str(row.written), edition=str(row.edition))) is not None
    ]
    _lay_frame(connection, "clause_map", rows, names=["written", "edition", "key"])
    connection.execute(
        "create temp table shares as select f.client, f.audit_id, f.site, f.finding_id, f.grade, m.key, "
        f"{WEIGHT} // len(f.cited) as weight from (select *, unnest(cited) as one from (select client, audit_id, site, "
        "finding_id, grade, string_split(coalesce(clauses, clause, clause_as_cited), ' ') as cited, "
        "case when coalesce(clauses, clause) is null then coalesce(edition, '2018') else '2018' end as of_edition "
        "from findings where grade in ('major', 'minor'))) f left join clause_map m "
        "on m.written = f.one and m.edition = f.of_edition"
    )


def _lay_frame(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    rows: Sequence[tuple[str, ...]],
    *,
    names: list[str],
    masks: list[str] | None = None,
) -> None:
    """A small table of text, with masks as whole numbers of 128 bits."""
    frame = pd.DataFrame(rows, columns=[*names, *(masks or [])], dtype="str")
    connection.register("rows", frame)
    listed = ", ".join([*names, *(f"{mask}::uhugeint as {mask}" for mask in masks or [])])
    connection.execute(f"create temp table {name} as select {listed} from rows")
    connection.unregister("rows")


def _place(written: str, *, edition: str) -> str | None:
    """Where a citation belongs in the 2018 edition; nowhere where the standard has no such clause."""
    try:
        return to_2018(written, edition=edition).clause
    except ClauseError:
        return None


def _leaves(written: str, *, edition: str) -> tuple[str, ...]:
    """The 2018 leaves that an examination of a clause covered."""
    try:
        return covered_in_2018(written) if edition == "2011" else leaves_under(written)
    except ClauseError:
        return ()

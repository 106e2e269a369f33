"""Rows of the files of a client that nobody could read: what is missing in them may stand in such a row."""

from __future__ import annotations

from auditlab.portfolio.store import Store

# A register names its clients in audits and in certificates; a row that was not read names none.
_UNREAD = """
create temp table unread_rows as
with named as (select client, source from facts union select client, source from certificates),
lost as (select source, "table", sum(rejected)::bigint as rejected from told_rows
    where "table" in ('audits', 'certificates') and rejected > 0 group by all),
counted as (select client, "table", sum(rejected)::bigint as n from named join lost using (source)
    where client is not null group by all),
said as (select *, n || case when n = 1 then ' row of ' else ' rows of ' end || "table" as words from counted)
select client, any_value(words) filter (where "table" = 'audits') as audits,
    string_agg(words, ' and ' order by "table" desc) as decisions,
    coalesce(any_value(n) filter (where "table" = 'certificates'), 0) as certificates
from said group by client
"""
COULD_NOT = " in the same files could not be read"


def lay_unread_rows(store: Store) -> None:
    """Lay down ``unread_rows``, once for each store.

    One row a client in whose files rows of audits or certificates were rejected: ``client``, in words the rows of
    ``audits`` and those in which ``decisions`` may stand (certificates and audits), and ``certificates`` [rows].
    """
    if not store.has("unread_rows"):
        store.tell(_UNREAD)

"""Certification cycles: from one decision to the next one of the same certificate.

A client may hold several certificates at once, for two scopes say. A later decision follows an earlier one where number
or expiry is the same, where the edition changed, or where it falls in the last twelve months before the expiry or after
it; any other stands beside it.
"""

from __future__ import annotations

from auditlab.portfolio.store import Store

RENEWAL_DAYS = 366
"""A decision so long before the expiry of a certificate, or later, is on its renewal [days]."""

_CYCLES = """
create temp table cycles as
with decided as (
    select client, certificate_id, decision_date as start, max(expiry) as expiry, max(withdrawn) as withdrawn,
        min(edition) as edition, min(scope) as scope, true as certificate
    from certificates where client is not null and decision_date <= $as_of group by all
    union all
    select client, null, decision_date, null, null, null, null, false from facts
    where type in ('stage2', 'recertification') and decision_date <= $as_of
    and client not in (select client from certificates where client is not null and decision_date is not null)
    group by all),
numbered as (select *, row_number() over (order by client, start, certificate_id) as no from decided),
followed as (select a.no, b.no as follower, b.start as next from numbered a join numbered b using (client)
    where b.start > a.start and (a.certificate_id = b.certificate_id or a.expiry is null or a.expiry = b.expiry
        or a.edition <> b.edition or b.start >= a.expiry - $renewal)
    qualify row_number() over (partition by b.no order by a.certificate_id is not distinct from b.certificate_id desc,
        a.scope is not distinct from b.scope desc, abs(date_diff('day', a.expiry, b.start)) nulls last,
        a.start desc, a.no desc) = 1),
nexts as (select no, min(next) as next from followed group by no)
select d.* exclude (no, edition, scope), n.next,
    least($as_of, coalesce(n.next - 1, $as_of), coalesce(d.withdrawn, $as_of)) as until,
    d.no in (select follower from followed) or exists (select 1 from facts f where f.client = d.client
        and f.type = 'recertification' and f.start <= d.start and f.start > d.start - $renewal) as recertified
from numbered d left join nexts n using (no)
"""


def lay_cycles(store: Store) -> None:
    """Lay down ``cycles``, once for each store.

    One row a decision by the day of the review: ``client, certificate_id, start`` (the decision), ``expiry, withdrawn,
    next`` (the decision that followed), ``until`` (last day on which it counted), ``recertified`` (it followed another,
    or a recertification audit led to it), ``certificate`` (false: the
    decision is one of an audit). Where no certificate was handed over, the decisions of the audits count.
    """
    if not store.has("cycles"):
        store.tell(_CYCLES, renewal=RENEWAL_DAYS)

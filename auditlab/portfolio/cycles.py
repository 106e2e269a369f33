"""Certification cycles: from one decision to the next one of the same certificate.

A client may hold several certificates at once, for two scopes say. A later decision follows an earlier one where number
or expiry is the same, where the edition changed, or where it falls in the last twelve months before the expiry or after
it; any other stands beside it. The decision is what renews a certification (ISO/IEC 17021-1, 9.1.3 and 9.6.3), not the
paper: the one that the list of audits gives for a stage 2 or a recertification counts, whether its certificate was
handed over or not.
"""

from __future__ import annotations

from auditlab.portfolio.store import Store

RENEWAL_DAYS = 366
"""A decision so long before the expiry of a certificate, or later, is on its renewal [days]."""

ISSUED_WITHIN = 92
"""A certificate decided on from the last day of an audit to so long after its decision is the one it led to [days]."""

_CYCLES = """
create temp table cycles as
with decided as (
    select client, certificate_id, decision_date as start, max(expiry) as expiry, max(withdrawn) as withdrawn,
        min(edition) as edition, min(scope) as scope, true as certificate
    from certificates where client is not null and decision_date <= $as_of group by all
    union all
    select f.client, null, f.decision_date, null, null, null, null, false from facts f
    where f.type in ('stage2', 'recertification') and f.decision_date <= $as_of
    and not exists (select 1 from certificates c where c.client = f.client
        and c.decision_date between least(f.last, f.decision_date) and f.decision_date + $issued)
    group by all),
numbered as (select *, row_number() over (order by client, start, certificate_id) as no from decided),
followed as (select a.no, b.no as follower, b.start as next, b.certificate as papered
    from numbered a join numbered b using (client)
    where b.start > a.start and (a.certificate_id = b.certificate_id or a.expiry is null or a.expiry = b.expiry
        or a.edition <> b.edition or b.start >= a.expiry - $renewal)
    qualify row_number() over (partition by b.no order by a.certificate_id is not distinct from b.certificate_id desc,
        a.scope is not distinct from b.scope desc, abs(date_diff('day', a.expiry, b.start)) nulls last,
        a.start desc, a.no desc) = 1),
nexts as (select no, min(next) as next, arg_min(papered, next) as next_papered from followed group by no),
before as (select f.follower as no, any_value(a.certificate_id) as replaced from followed f join numbered a using (no)
    group by f.follower)
select d.* exclude (no, edition, scope), n.next, n.next_papered, b.replaced,
    least($as_of, coalesce(n.next - 1, $as_of), coalesce(d.withdrawn, $as_of)) as until,
    d.no in (select follower from followed) or exists (select 1 from facts f where f.client = d.client
        and f.type = 'recertification' and f.start <= d.start and f.start > d.start - $renewal) as recertified
from numbered d left join nexts n using (no) left join before b using (no)
"""


def lay_cycles(store: Store) -> None:
    """Lay down ``cycles``, once for each store.

    One row a decision by the day of the review: ``client, certificate_id, start`` (the decision), ``expiry, withdrawn,
    next`` (the decision that followed), ``next_papered`` (its certificate was handed over), ``replaced`` (number of the
    certificate that the decision followed), ``until`` (last day on which it counted), ``recertified`` (it followed
    another, or a recertification audit led to it), ``certificate`` (false: the decision is one of the list of audits,
    and no certificate of it was handed over).
    """
    if not store.has("cycles"):
        store.tell(_CYCLES, renewal=RENEWAL_DAYS, issued=ISSUED_WITHIN)

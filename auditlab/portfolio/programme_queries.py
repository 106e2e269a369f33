"""The rules of the programme as queries, one for each rule or group of rules, over all clients at once.

Each answers with rows of ``rule, variant`` (item of the rule, where its items stand for themselves), ``client,
subject, due, actual, holds, days, required, found, note``; what a query leaves out is missing. They read ``cycles,
facts, actions, findings, covered, items, visited, sites`` and ``minimum``.
"""

FIRST_SURVEILLANCE = """
with counted as (select client, start, bool_or(recertified) as recertified, max(until) as until, max(expiry) as expiry
    from cycles group by client, start)
select 'first_surveillance' as rule, case when c.recertified then 'recertified' else '' end as variant, c.client,
    'cycle from ' || strftime(c.start, '%Y-%m-%d') as subject,
    cast(c.start + to_months($months) as date) as due, min(f.start) as actual,
    case when min(f.start) is null then case when c.until > c.start + to_months($months) then false end
        else min(f.start) <= c.start + to_months($months) end as holds,
    date_diff('day', cast(c.start + to_months($months) as date),
        coalesce(min(f.start), least(c.until, coalesce(c.expiry, c.until)))) as days,
    concat_ws('; ', case when min(f.start) is null then 'no surveillance audit is known in this cycle' end,
        case when c.recertified then 'after a recertification: the reading of this program' end) as note
from counted c left join facts f on f.client = c.client and f.type = 'surveillance'
    and f.start between c.start and c.until
group by c.client, c.start, c.until, c.expiry, c.recertified
"""

EACH_YEAR = """
with years as (select client, start, until, expiry, unnest(generate_series(year(start) + 1, year(until))) as y
    from cycles),
wanted as (select distinct client, y from years v where (expiry is null or y < year(expiry))
    and make_date(y, 12, 31) <= $as_of and make_date(y, 12, 31) <= v.until
    and not exists (select 1 from facts f
        where f.client = v.client and f.type = 'recertification' and year(f.start) = y)),
later as (select w.client, w.y, min(f.start) as start from wanted w join facts f on f.client = w.client
    and f.type in ('surveillance', 'recertification') and year(f.start) > w.y group by w.client, w.y)
select 'surveillance_each_year' as rule, w.client, cast(w.y as varchar) as subject, make_date(w.y, 12, 31) as due,
    min(f.start) as actual, min(f.start) is not null as holds,
    case when min(f.start) is null
        then date_diff('day', make_date(w.y, 12, 31), coalesce(l.start, $as_of)) end as days,
    case when min(f.start) is null then 'no surveillance audit is known in this year; days until '
        || case when l.start is null then 'the day of the review' else 'the next audit' end else '' end as note
from wanted w left join facts f on f.client = w.client and f.type = 'surveillance' and year(f.start) = w.y
    left join later l on l.client = w.client and l.y = w.y
group by w.client, w.y, l.start
"""

RECERTIFIED = """
select 'recertification_before_expiry' as rule, client, 'certificate of ' || strftime(start, '%Y-%m-%d')
        || case when count(*) over (partition by client, start) > 1 then ' (' || certificate_id || ')' else '' end
        as subject,
    expiry as due, next as actual,
    case when next is not null then next <= expiry when until > expiry then false end as holds,
    date_diff('day', expiry, coalesce(next, until)) as days,
    case when next is null then 'no later decision is known' when next_papered then 'decision on the next certificate'
        else 'decision in the list of audits; its certificate was not handed over' end as note
from cycles where expiry is not null and (next is not null or until > expiry)
"""

# The decision after an audit: as the list of audits says, else the first one on a certificate that follows the audit.
MAJORS = """
with decided as (select f.client, f.audit_id,
        coalesce(any_value(f.decision_date), min(c.start)) as decision,
        arg_min(b.expiry, abs(date_diff('day', f.last, b.expiry))) as expiry
    from facts f
    left join cycles c on c.client = f.client and f.type in ('stage2', 'recertification')
        and c.start between f.last and f.last + to_months(12)
    left join cycles b on b.client = f.client and f.type = 'recertification' and b.start < f.start
        and b.expiry is not null
    group by f.client, f.audit_id, f.last),
again as (select f.client, f.audit_id, min(g.start) as second from facts f join facts g on g.client = f.client
    and g.type = 'stage2' and g.start > f.last where f.type = 'stage2' group by all),
majors as (select n.client, n.finding_id, f.type, f.last, d.decision, d.expiry, a.verified,
    case when s.second <= coalesce(d.decision, s.second) then s.second end as second from findings n
    join facts f using (client, audit_id) join decided d using (client, audit_id)
    left join actions a using (client, finding_id) left join again s using (client, audit_id)
    where n.grade = 'major' and n.client in (select client from actions))
select 'majors_verified' as rule, client, finding_id as subject, cast(last + $closure as date) as due,
    verified as actual, case when verified is not null then verified <= last + $closure
        when $as_of > last + $closure then false end as holds,
    date_diff('day', cast(last + $closure as date), coalesce(verified, $as_of)) as days,
    case when verified is null then 'not verified' else '' end as note
from majors
union all
select 'majors_before_decision', client, finding_id, decision, verified, coalesce(verified <= decision, false),
    date_diff('day', decision, coalesce(verified, $as_of)),
    case when verified is null then 'decided on with the major not verified'
        when verified > decision then 'verified after the decision' else '' end
from majors where decision <= $as_of
union all
select 'majors_before_expiry', client, finding_id, expiry, verified,
    case when verified is not null then verified <= expiry when $as_of > expiry then false end,
    date_diff('day', expiry, coalesce(verified, $as_of)),
    case when verified is null then 'not verified' when verified > expiry then 'verified after the expiry' else '' end
from majors where expiry is not null
union all
select 'stage2_majors_verified', client, finding_id, cast(last + to_months($stage2) as date), verified,
    case when verified <= last + to_months($stage2) or second is not null then true
        when verified is not null or $as_of > last + to_months($stage2) then false end,
    date_diff('day', cast(last + to_months($stage2) as date), coalesce(verified, $as_of)),
    concat_ws('; ', case when verified is null then 'not verified' end, case when second is not null
        then 'another stage 2 audit began on ' || strftime(second, '%Y-%m-%d')
        else 'no other stage 2 audit is known' end)
from majors where type = 'stage2'
"""

MUST_COVER = """
with asked as (select a.audit_no, a.client, a.audit_id, a.last, c.leaves from facts a join covered c using (audit_no)
    where a.type = 'surveillance'),
missed as (select a.client, a.audit_id, a.last,
    list_sort(list(i.item) filter (where a.leaves & i.leaves = 0)) as items,
    count(*) as required, count(*) filter (where a.leaves & i.leaves <> 0) as found
    from asked a cross join items i group by a.audit_no, a.client, a.audit_id, a.last)
select 'surveillance_must_cover' as rule, client, audit_id as subject, cast(null as date) as due, last as actual,
    found = required as holds, cast(null as bigint) as days, required, found,
    case when found < required then 'not examined: ' || array_to_string(items, ', ') else '' end as note
from missed
"""

SITES = """
with places as (select client, site, bool_or(coalesce(central, false)) as central from sites
    where client is not null group by all),
counted as (select client, count(*) filter (where central) as centrals, count(*) filter (where not central) as others
    from places group by client),
told as (select client, audit_id, site from visited
    union select client, audit_id, trim(unnest(string_split(sites, ','))) from facts
    where (client, audit_id) not in (select (client, audit_id) from visited)),
seen as (select f.client, f.audit_id, f.type, f.last, c.centrals, c.others,
    count(*) filter (where p.central) as central_seen, count(*) filter (where not p.central) as others_seen
    from facts f join told t using (client, audit_id) join counted c using (client)
    left join places p on p.client = f.client and p.site = t.site
    where f.type in ('stage2', 'surveillance', 'recertification') and c.centrals > 0 group by all)
select 'central_function' as rule, client, audit_id as subject, cast(null as date) as due, last as actual,
    central_seen >= centrals as holds, cast(null as bigint) as days, centrals as required, central_seen as found,
    case when central_seen < centrals then 'the central function was not visited' else '' end as note
from seen
union all
select 'site_minimum', client, audit_id, null, last, others_seen >= m.least, null, m.least, others_seen,
    'of ' || s.others || ' sites besides the central function'
from seen s join minimum m on m.type = s.type and m.others = s.others
"""

ALL = (FIRST_SURVEILLANCE, EACH_YEAR, RECERTIFIED, MAJORS, MUST_COVER, SITES)

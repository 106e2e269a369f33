"""Did the programme of every client keep its rules? One query a rule, over all clients and all cycles.

The rules themselves (periods, sources, what a surveillance covers) are data: ``standard/programme_rules.csv``.
`history.programme_checks` asks the same of one client with more words; a test holds the two together.
"""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import lies_under
from auditlab.portfolio.store import FACETS, Store
from auditlab.standard.programme import SITE_SAMPLED, programme_rules, site_minimum

BREACH_DTYPES = {
    "rule": "str",
    "client": "str",
    "subject": "str",
    "due": "datetime64[us]",
    "actual": "datetime64[us]",
    "days": "Int64",
    "required": "Int64",
    "found": "Int64",
    "holds": "boolean",
    "note": "str",
    "source": "str",
}

_CASE_TYPES = {
    "rule": "varchar", "client": "varchar", "subject": "varchar", "due": "date", "actual": "date", "days": "bigint",
    "required": "bigint", "found": "bigint", "holds": "boolean", "note": "varchar", "source": "varchar",
}  # fmt: skip

# A certificate runs for three years where its expiry was not handed over.
_CYCLES = """
create temp table cycles as
with decided as (
    select client, decision_date as start, max(expiry) as expiry, max(withdrawn) as withdrawn, true as certificate
    from certificates where client is not null and decision_date <= $as_of group by all
    union all
    select client, decision_date, null, null, false from facts
    where type in ('stage2', 'recertification') and decision_date <= $as_of
    and client not in (select client from certificates where client is not null and decision_date is not null)
    group by all)
select *, lead(start) over (partition by client order by start) as next,
    least($as_of, coalesce(lead(start) over (partition by client order by start) - 1, $as_of),
        coalesce(withdrawn, $as_of)) as until
from decided
"""

_FIRST = """
select 'first_surveillance' as rule, c.client, 'cycle from ' || strftime(c.start, '%Y-%m-%d') as subject,
    cast(c.start + to_months($months) as date) as due, min(f.start) as actual,
    case when min(f.start) is null then case when c.until > c.start + to_months($months) then false end
        else min(f.start) <= c.start + to_months($months) end as holds,
    date_diff('day', cast(c.start + to_months($months) as date), coalesce(min(f.start), c.until)) as days,
    case when min(f.start) is null then 'no surveillance audit is known in this cycle' else '' end as note
from cycles c left join facts f on f.client = c.client and f.type = 'surveillance'
    and f.start between c.start and c.until
group by c.client, c.start, c.until
"""

_EACH_YEAR = """
with years as (select client, start, until, expiry, unnest(generate_series(year(start) + 1, year(until))) as y
    from cycles),
wanted as (select distinct client, y from years v where y is distinct from year(expiry)
    and make_date(y, 12, 31) <= $as_of and make_date(y, 12, 31) <= v.until
    and not exists (select 1 from facts f
        where f.client = v.client and f.type = 'recertification' and year(f.start) = y))
select 'surveillance_each_year' as rule, w.client, cast(w.y as varchar) as subject, make_date(w.y, 12, 31) as due,
    min(f.start) as actual, min(f.start) is not null as holds, cast(null as bigint) as days,
    case when min(f.start) is null then 'no surveillance audit is known in this year' else '' end as note
from wanted w left join facts f on f.client = w.client and f.type = 'surveillance' and year(f.start) = w.y
group by w.client, w.y
"""

_RECERTIFIED = """
select 'recertification_before_expiry' as rule, client, 'certificate of ' || strftime(start, '%Y-%m-%d') as subject,
    expiry as due, next as actual,
    case when next is not null then next <= expiry when until > expiry then false end as holds,
    date_diff('day', expiry, coalesce(next, until)) as days,
    case when next is null then 'no later decision is known' else 'decision on the next certificate' end as note
from cycles where expiry is not null and (next is not null or until > expiry)
"""

_MAJORS = """
with majors as (select n.client, n.finding_id, f.last, f.decision_date, a.verified from findings n
    join facts f using (client, audit_id) left join actions a using (client, finding_id)
    where n.grade = 'major' and n.client in (select client from actions))
select 'majors_verified' as rule, client, finding_id as subject, cast(last + $closure as date) as due,
    verified as actual, case when verified is not null then verified <= last + $closure
        when $as_of > last + $closure then false end as holds,
    date_diff('day', cast(last + $closure as date), coalesce(verified, $as_of)) as days,
    case when verified is null then 'not verified' else '' end as note
from majors
union all
select 'majors_before_decision', client, finding_id, decision_date, verified,
    coalesce(verified <= decision_date, false),
    date_diff('day', decision_date, coalesce(verified, $as_of)),
    case when verified is null then 'decided on with the major not verified' else 'verified after the decision' end
from majors where decision_date is not null and decision_date <= $as_of
"""

_MUST_COVER = """
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

_SITES = """
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


def lay_programme_cases(store: Store) -> None:
    """Lay down ``cases``: every rule and every case in which it can be answered; once for each store.

    References
    ----------
    .. [1] ISO/IEC 17021-1:2015, 9.1.3, 9.4.9, 9.5.3, 9.6.2, 9.6.3. [2] MD 1 on multi-site sampling.
    """
    if store.has("cases"):
        return
    rules = programme_rules()
    store.tell(_CYCLES)
    _lay_items(store, rules)
    _lay_minimum(store)
    places = rules.drop_duplicates("rule")
    sources = places[["rule"]].assign(source=places["source"] + ", " + places["reference"])
    store.lay_frame("rule_sources", sources.astype("str"))
    listed = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in _CASE_TYPES.items() if name != "source")
    parts = " union all by name ".join(
        f"({query})" for query in (_FIRST, _EACH_YEAR, _RECERTIFIED, _MAJORS, _MUST_COVER, _SITES)
    )
    first = rules.loc[rules["rule"] == "first_surveillance", "value"].iloc[0]
    store.tell(
        f"create temp table cases as select {listed}, source from ({parts}) left join rule_sources using (rule)",
        months=int(first), closure=store.settings.method.major_closure_days,
    )  # fmt: skip


def programme_facts(store: Store) -> pd.DataFrame:
    """Every rule and every case in which it can be answered.

    Returns
    -------
    DataFrame
        ``rule, client, subject`` (cycle, year, audit or finding), ``due, actual, days`` (after the due date; negative
        is early), ``required, found`` [count], ``holds`` (missing: not due yet), ``note, source`` (document and place).
        What is not known (no certificate, no coverage, no list of sites) has no row.
    """
    return _cases(store, "true", order="rule, client, subject").drop(columns=list(FACETS))


def programme_breaches(store: Store) -> pd.DataFrame:
    """The cases in which a rule was not kept, the longest delay first within each rule, then the latest.

    Returns
    -------
    DataFrame
        As `programme_facts`, with ``sector, country, edition, office`` of the client.
    """
    return _cases(store, "not holds", order="rule, days desc nulls last, actual desc nulls last, client, subject")


def programme_summary(store: Store) -> pd.DataFrame:
    """How often each rule was kept.

    Returns
    -------
    DataFrame
        ``rule, cases`` (that can be answered), ``kept, broken`` [count], ``clients`` (with a breach), ``clients_asked``
        (with a case) [count], ``open`` (not due yet), ``longest_days`` (the longest delay) [days], ``source``.
    """
    lay_programme_cases(store)
    return store.ask(
        "select rule, count(holds) as cases, count(*) filter (where holds) as kept, "
        "count(*) filter (where not holds) as broken, count(distinct client) filter (where not holds) as clients, "
        "count(distinct client) filter (where holds is not null) as clients_asked, "
        "count(*) filter (where holds is null) as open, max(days) filter (where not holds) as longest_days, "
        "any_value(source) as source from cases group by rule order by rule"
    ).astype({"longest_days": "Int64"})


def _cases(store: Store, condition: str, *, order: str) -> pd.DataFrame:
    lay_programme_cases(store)
    listed = ", ".join([*BREACH_DTYPES, *FACETS])
    rows = store.ask(f"select {listed} from cases left join places using (client) where {condition} order by {order}")
    return rows.astype(BREACH_DTYPES)


def _lay_items(store: Store, rules: pd.DataFrame) -> None:
    """What every surveillance covers, with the leaves that stand for it."""
    wanted = rules[(rules["rule"] == "surveillance_must_cover") & rules["clauses"].fillna("").ne("")]
    leaves = store.ask("select clause from leaf_bits order by clause")["clause"]
    rows = [
        (item, leaf)
        for item, clauses in zip(wanted["item"], wanted["clauses"], strict=True)
        for leaf in leaves
        if any(lies_under(leaf, part) or lies_under(part, leaf) for part in clauses.split(";"))
    ]
    store.lay_frame("item_leaves", pd.DataFrame(rows, columns=["item", "clause"], dtype="str"))
    store.tell(
        "create temp table items as select item, bit_or(bit) as leaves from item_leaves join leaf_bits using (clause) "
        "group by item"
    )


def _lay_minimum(store: Store) -> None:
    """The least number of sites for every number of sites that occurs."""
    most = store.ask("select coalesce(max(n), 0) as n from (select count(*) as n from sites group by client)")
    rows = [
        (kind, others, site_minimum(others, audit_type=kind))
        for kind in sorted(SITE_SAMPLED)
        for others in range(1, int(most["n"].iloc[0]) + 1)
    ]
    store.lay_frame("minimum", pd.DataFrame(rows, columns=["type", "others", "least"]))

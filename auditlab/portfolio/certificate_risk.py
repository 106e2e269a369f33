"""Which certificates end soon, and what stands in their way."""

from __future__ import annotations

import pandas as pd

from auditlab.portfolio.store import Store

_RISK = """
with current as (select client, arg_max(certificate_id, (decision_date, certificate_id)) as certificate_id,
        max(decision_date) as decided, arg_max(expiry, (decision_date, certificate_id)) as expiry,
        arg_max(withdrawn, (decision_date, certificate_id)) as withdrawn
    from certificates where client is not null and decision_date <= $as_of group by client),
ncs as (select n.client, n.finding_id, n.site, n.grade, f.last, f.start, a.finding_id is not null as recorded,
        a.due_original, a.completed, a.verified, n.client in (select client from actions) as known
    from findings n join facts f using (client, audit_id) left join actions a using (client, finding_id)
    where n.grade in ('major', 'minor')),
open_ as (select client, count(*) filter (where grade = 'major' and known and verified is null) as open_majors,
        count(*) filter (where recorded and completed is null and due_original < $as_of) as overdue_actions,
        max(case when recorded and completed is null and due_original < $as_of
            then date_diff('day', due_original, $as_of) end) as most_days_overdue, bool_or(known) as actions_known
    from ncs group by client),
cells as (select distinct s.client, s.site, s.key, f.start from shares s join facts f using (client, audit_id)
    where s.key is not null),
repeats as (select c.client, count(distinct (c.site, c.key)) as repeats from cells c join current u using (client)
    where c.start >= u.decided and exists (select 1 from cells b where b.client = c.client
        and b.site is not distinct from c.site and b.key = c.key and b.start < c.start) group by c.client)
select c.client, l.name, l.sector, l.country, p.edition, l.office, c.certificate_id, c.expiry,
    date_diff('day', $as_of, c.expiry) as days_left,
    case when o.actions_known or o.client is null then coalesce(o.open_majors, 0) end as open_majors,
    case when o.actions_known or o.client is null then coalesce(o.overdue_actions, 0) end as overdue_actions,
    o.most_days_overdue, coalesce(r.repeats, 0) as repeats
from current c left join open_ o using (client) left join repeats r using (client) left join clients l using (client)
left join places p using (client)
where c.withdrawn is null or c.withdrawn > $as_of
"""

_OVERDUE = """
select a.client, n.finding_id, n.audit_id, n.site, n.clause, n.grade, a.due_original as due,
    date_diff('day', a.due_original, $as_of) as days_overdue, a.due_current, p.sector, p.country, p.edition, p.office
from actions a join findings n using (client, finding_id) left join places p using (client)
where a.completed is null and a.due_original < $as_of
order by days_overdue desc, a.client, n.finding_id
"""

_WORDS = (
    ("open_majors", "major not verified", "majors not verified"),
    ("overdue_actions", "action overdue", "actions overdue"),
    ("repeats", "repeated nonconformity", "repeated nonconformities"),
)


def certificate_risk(store: Store) -> pd.DataFrame:
    """Certificates in force or just ended, those with something in their way first, by expiry.

    Returns
    -------
    DataFrame
        ``client, name, sector, country, edition, office, certificate_id, expiry, days_left`` (negative: ended without a
        later decision), ``open_majors, overdue_actions`` [count; missing where no actions were handed over],
        ``most_days_overdue`` [days], ``repeats`` (site and clause with a nonconformity in this cycle and in an earlier
        audit) [count], ``threats`` (in words). Withdrawn certificates are left out.
    """
    risk = store.ask(_RISK)
    counts = ["days_left", "open_majors", "overdue_actions", "most_days_overdue", "repeats"]
    risk = risk.astype(dict.fromkeys(counts, "Int64"))
    risk["threats"] = [_threats(row) for row in risk.to_dict("records")]
    quiet = risk["threats"] == ""
    ordered = risk.assign(_quiet=quiet).sort_values(["_quiet", "expiry", "client"], ignore_index=True)
    return ordered.drop(columns="_quiet")


def overdue_actions(store: Store) -> pd.DataFrame:
    """Corrective actions past the date first agreed and not completed, the longest delay first.

    Returns
    -------
    DataFrame
        ``client, finding_id, audit_id, site, clause, grade, due, days_overdue`` [days], ``due_current, sector, country,
        edition, office``.
    """
    return store.ask(_OVERDUE)


def _threats(row: dict[object, object]) -> str:
    found = []
    left = row["days_left"]
    if not pd.isna(left) and int(left) < 0:  # type: ignore[call-overload]  # a scalar of a frame
        found.append("ended, no later decision known")
    for name, one, many in _WORDS:
        count = row[name]
        if not pd.isna(count) and int(count):  # type: ignore[call-overload]
            found.append(f"{count} {one if count == 1 else many}")
    return "; ".join(found)

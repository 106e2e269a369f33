"""Which certificates end soon, and what stands in their way."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from auditlab.history.cells import plural
from auditlab.portfolio.cycles import RENEWAL_DAYS, lay_cycles
from auditlab.portfolio.store import Store
from auditlab.portfolio.unread_rows import COULD_NOT, lay_unread_rows

SOON_DAYS = 90
"""A certificate that ends so soon with no recertification audit known is at risk [days]."""

_RISK = """
with current as (select client, coalesce(certificate_id, replaced) as certificate_id, start as decided, expiry,
        certificate from cycles
    where (certificate or replaced is not null) and next is null and (withdrawn is null or withdrawn > $as_of)),
ncs as (select n.client, n.finding_id, n.site, n.grade, f.last, f.start, a.finding_id is not null as recorded,
        a.due_original, a.completed, a.verified, n.client in (select client from actions) as known
    from findings n join facts f using (client, audit_id) left join actions a using (client, finding_id)
    where n.grade in ('major', 'minor')),
open_ as (select client, count(*) filter (where grade = 'major' and known and verified is null) as open_majors,
        count(*) filter (where recorded and completed is null and due_original < $as_of) as overdue_actions,
        max(case when recorded and completed is null and due_original < $as_of
            then date_diff('day', due_original, $as_of) end) as most_days_overdue, bool_or(known) as actions_known
    from ncs group by client),
cells as (select s.client, s.site, s.key, f.start, bool_or(n.known and n.verified is null) as unverified
    from shares s join facts f using (client, audit_id) left join ncs n using (client, finding_id)
    where s.key is not null group by all),
seen as (select *, min(start) over (partition by client, site, key) as first from cells),
repeats as (select c.client, u.certificate_id, u.decided, count(distinct (c.site, c.key)) as repeats,
        count(distinct (c.site, c.key)) filter (where c.unverified) as open_repeats
    from seen c join current u using (client)
    where c.start >= u.decided - $renewal and c.first < c.start group by all),
renewing as (select u.client, u.certificate_id, u.decided, max(f.start) as recertification_audit
    from current u join facts f on f.client = u.client and f.type = 'recertification'
        and f.start > u.decided and f.start > u.expiry - $renewal group by all)
select c.client, l.name, l.sector, l.country, p.edition, l.office, c.certificate_id, c.expiry,
    date_diff('day', $as_of, c.expiry) as days_left, w.recertification_audit,
    case when o.actions_known or o.client is null then coalesce(o.open_majors, 0) end as open_majors,
    case when o.actions_known or o.client is null then coalesce(o.overdue_actions, 0) end as overdue_actions,
    o.most_days_overdue, coalesce(r.repeats, 0) as repeats,
    case when o.actions_known or o.client is null then coalesce(r.open_repeats, 0) end as open_repeats,
    case when not c.certificate then c.decided end as without_certificate, x.decisions as unread
from current c left join open_ o using (client) left join repeats r using (client, certificate_id, decided)
left join renewing w using (client, certificate_id, decided) left join clients l using (client)
left join places p using (client) left join unread_rows x using (client)
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
    ("open_repeats", "repeated nonconformity not verified", "repeated nonconformities not verified"),
)


def certificate_risk(store: Store) -> pd.DataFrame:
    """Every certificate in force or ended without a later one, those with something in their way first, by expiry.

    A client with several certificates at once has a row for each; what was found at the client stands in all of them.
    A decision of the list of audits whose certificate was not handed over stands in the place of the one it followed.

    Returns
    -------
    DataFrame
        ``client, name, sector, country, edition, office, certificate_id, expiry, days_left`` (negative: ended without a
        later decision), ``recertification_audit`` (the latest in the twelve months before the expiry or after it),
        ``open_majors, overdue_actions`` [count; missing where no actions were handed over], ``most_days_overdue``
        [days], ``repeats`` (site and clause with a nonconformity since the year before the decision and in an earlier
        audit), ``open_repeats`` (of them, those whose action nobody verified) [count], ``threats`` (in words; a repeat
        that was verified is none). Withdrawn certificates are left out.
    """
    lay_cycles(store)
    lay_unread_rows(store)
    risk = store.ask(_RISK, renewal=RENEWAL_DAYS)
    counts = ["days_left", "open_majors", "overdue_actions", "most_days_overdue", "repeats", "open_repeats"]
    risk = risk.astype(dict.fromkeys(counts, "Int64"))
    risk["threats"] = [_threats(row) for row in risk.to_dict("records")]
    quiet = risk["threats"] == ""
    ordered = risk.assign(_quiet=quiet).sort_values(["_quiet", "expiry", "client", "certificate_id"], ignore_index=True)
    return ordered.drop(columns=["_quiet", "without_certificate", "unread"])


def overdue_actions(store: Store) -> pd.DataFrame:
    """Corrective actions past the date first agreed and not completed, the longest delay first.

    Returns
    -------
    DataFrame
        ``client, finding_id, audit_id, site, clause, grade, due, days_overdue`` [days], ``due_current, sector, country,
        edition, office``.
    """
    return store.ask(_OVERDUE)


def _threats(row: Mapping[Hashable, Any]) -> str:  # Any: a cell of a frame
    found = [_end(row)]
    for name, one, many in _WORDS:
        count = row[name]
        if not pd.isna(count) and int(count):
            found.append(f"{count} {one if count == 1 else many}")
    return "; ".join(filter(None, found))


def _end(row: Mapping[Hashable, Any]) -> str:  # Any: a cell of a frame
    """What the end of a certificate threatens it with."""
    left, decided = row["days_left"], row["without_certificate"]
    if not pd.isna(decided):
        return f"decided on {decided:%Y-%m-%d} by the list of audits, no certificate handed over: its end is not known"
    if pd.isna(left):
        return "its end is not known"
    if int(left) < 0:
        but = "" if pd.isna(row["unread"]) else f", but {row['unread']}{COULD_NOT}"
        return f"ended, no later decision known{but}"
    if int(left) <= SOON_DAYS and pd.isna(row["recertification_audit"]):
        return f"ends in {plural(int(left), 'day')}, no recertification audit known"
    return ""

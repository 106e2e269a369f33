"""Improvements that read like nonconformities: how many, in which clauses and sectors and with which auditors.

An improvement must not hide a nonconformity (ISO/IEC 17021-1, 9.4.5.2). What is counted here are candidates: a person
reads the finding and decides. The words are those of `history.grade_review`.
"""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import clause_sort_key
from auditlab.history.grade_review import READS_LIKE_NC, SOFTENING, nonconformity_wording, wording_screen
from auditlab.portfolio.clauses import NO_CLAUSE
from auditlab.portfolio.comparison import compared_audits, lay_groups
from auditlab.portfolio.store import FACETS, Store
from auditlab.statistics.intervals import clopper_pearson

SOFT_DTYPES = {
    "counted_by": "str", "value": "str", "clients": "Int64", "improvements": "Int64", "clients_with": "Int64",
    "candidates": "Int64", "by_wording": "Int64", "share": "Float64", "low": "Float64", "high": "Float64",
    "method": "str",
}  # fmt: skip
COUNTED_BY = ("all", "sector", "clause", "office", "auditor")
"""What `soft_grades` counts by, in this order."""

_IMPROVEMENTS = """
create temp table improvements as
with own as (select audit_no, client, audit_id, start, sector, office, lead, dense_rank() over (
        order by case when coalesce(trim(lead), '') <> '' then md5(lead) end nulls last) as auditor
    from facts where {compared})
select f.client, f.audit_id, f.finding_id, f.site, f.grade, f.statement, o.start,
    (select placed from sector_groups g where g.value = coalesce(o.sector, 'not known')) as sector,
    coalesce(o.office, 'not known') as office,
    case when coalesce(trim(o.lead), '') = '' then 'not known' else 'auditor ' || o.auditor end as auditor,
    string_split(coalesce(f.clauses, f.clause, f.clause_as_cited), ' ') as cited,
    case when coalesce(f.clauses, f.clause) is null then coalesce(f.edition, '2018') else '2018' end as of_edition
from findings f join own o using (client, audit_id)
where f.grade in ('ofi', 'observation') and trim(f.statement) <> ''
"""

# A cell is a site and a clause; its nonconformities had come back before, and the improvement came after the last.
_SOFTENED = """
create temp table softened as
with cells as (select s.client, s.site, s.key, s.audit_id, f.start from shares s join facts f using (client, audit_id)
    where s.key is not null and s.site is not null group by all),
placed as (select i.client, i.finding_id, i.audit_id, i.site, i.start, c.key from improvements i
    join improvement_clauses c using (client, finding_id) where i.grade = 'ofi')
select p.client, p.finding_id from placed p join cells c using (client, site, key)
group by p.client, p.finding_id, p.key
having count(distinct c.audit_id) filter (where c.start < p.start) >= 2 and max(c.start) < min(p.start)
"""


def lay_soft_grades(store: Store) -> None:
    """Lay down ``improvements, improvement_clauses, softened`` and ``soft_words``, once for each store."""
    if store.has("improvements"):
        return
    lay_groups(store, "sector")
    store.tell(_IMPROVEMENTS.format(compared=compared_audits(store)))
    store.tell(
        "create temp table improvement_clauses as select distinct client, finding_id, coalesce(m.key, $none) as key "
        "from (select client, finding_id, unnest(cited) as one, of_edition from improvements "
        "union all select client, finding_id, null, null from improvements where cited is null) i "
        "left join clause_map m on m.written = i.one and m.edition = i.of_edition",
        none=NO_CLAUSE,
    )
    store.tell(_SOFTENED)
    # The engine leaves few texts of very many for the exact reading; equal texts are read once.
    texts = store.ask(
        "select distinct statement from improvements where regexp_matches(statement, $screen, 'i')",
        screen=wording_screen(),
    )["statement"]
    words = ["; ".join(nonconformity_wording(text)) for text in texts]
    read = pd.DataFrame({"statement": texts, "matched": words}, dtype="str")
    store.lay_frame("soft_words", read[read["matched"] != ""])


def soft_grades(store: Store) -> pd.DataFrame:
    """How many improvements and observations read like nonconformities, by sector, clause, office and auditor.

    Returns
    -------
    DataFrame
        ``counted_by`` (one of `COUNTED_BY`), ``value``, ``clients`` (with an improvement), ``improvements`` (and
        observations with a text, in the audits that are compared), ``clients_with`` (a candidate), ``candidates``,
        ``by_wording`` (of them, by their words) [count], ``share`` of the improvements with ``low, high``
        (Clopper-Pearson) [0-1], ``method``. A finding of several clauses counts in each; sectors are grouped as
        `lay_groups` has it; auditors have the codes of `auditor_calibration`. Empty without any text.

    References
    ----------
    .. [1] ISO/IEC 17021-1:2015, 9.4.5.2.
    """
    lay_soft_grades(store)
    parts = [
        f"select '{by}' as counted_by, {_VALUES.get(by, by)} as value, count(distinct client) as clients, "
        "count(*) as improvements, count(distinct client) filter (where candidate) as clients_with, "
        "count(*) filter (where candidate) as candidates, count(*) filter (where worded) as by_wording "
        f"from told {_CLAUSES if by == 'clause' else ''} group by all having count(*) > 0"
        for by in COUNTED_BY
    ]
    counts = store.ask(f"with told as ({_TOLD}) " + " union all ".join(parts))
    limits = [
        clopper_pearson(int(k), n=int(n), confidence=store.settings.method.confidence)
        for k, n in zip(counts["candidates"], counts["improvements"], strict=True)
    ]
    table = counts.assign(
        share=[limit.estimate for limit in limits], low=[limit.low for limit in limits],
        high=[limit.high for limit in limits], method=[limit.method for limit in limits],
    )  # fmt: skip
    places = [_place(by, value) for by, value in zip(table["counted_by"], table["value"], strict=True)]
    ordered = table.iloc[sorted(range(len(table)), key=places.__getitem__)]
    return ordered[list(SOFT_DTYPES)].reset_index(drop=True).astype(SOFT_DTYPES)


def soft_candidates(store: Store) -> pd.DataFrame:
    """The findings that a person should read again, the latest first; their texts stand in the files of the client.

    Returns
    -------
    DataFrame
        ``client, audit_id, finding_id, site, clause`` (2018 edition, recurrence key), ``grade, start`` (of the audit),
        ``reason, matched`` (the words that read like a nonconformity), ``sector, country, edition, office``.
    """
    lay_soft_grades(store)
    return store.ask(
        f"select t.client, t.audit_id, t.finding_id, t.site, c.clause, t.grade, t.start, "
        "concat_ws('; ', case when t.worded then $words end, case when t.softened then $softening end) as reason, "
        f"t.matched, {', '.join(f'p.{facet}' for facet in FACETS)} from ({_TOLD}) t "
        "left join (select client, finding_id, string_agg(key, ' ' order by key) as clause from improvement_clauses "
        "group by all) c using (client, finding_id) left join places p using (client) "
        "where t.candidate order by t.start desc, t.client, t.finding_id",
        words=_WORDS, softening=_SOFTENING,
    )  # fmt: skip


_WORDS, _SOFTENING = (reason.split(":")[0] for reason in (READS_LIKE_NC, SOFTENING))
_CLAUSES = "join improvement_clauses using (client, finding_id)"
_VALUES = {"all": "'all'", "clause": "key"}
_TOLD = """
select i.*, w.matched, w.matched is not null as worded, s.finding_id is not null as softened,
    w.matched is not null or s.finding_id is not null as candidate
from improvements i left join soft_words w using (statement)
left join (select distinct client, finding_id from softened) s using (client, finding_id)
"""


def _place(by: str, value: str) -> tuple[object, ...]:
    """Where a row stands: clauses in the order of the standard, auditors by number, what is not known last."""
    known = value != NO_CLAUSE
    inner: object = value
    if known and by == "clause":
        inner = clause_sort_key(value)
    elif known and by == "auditor":
        inner = int(value.rsplit(maxsplit=1)[-1])
    return COUNTED_BY.index(by), not known, inner if known else ""

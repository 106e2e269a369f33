"""What was really examined, where and when; and what was not.

No finding means nothing unless the clause was examined. Everything on this floor therefore asks
`examinations` first. Without a coverage table the exposure is inferred from the scope of the audit
and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from auditlab.history.cells import INFERRED, RECORDED, audits_once, clause_sort_key, natural_order, site_list, text_of
from auditlab.standard.clauses import auditable_leaves, clause_exists, leaves_under, recurrence_key
from auditlab.standard.editions import covered_in_2018, detect_edition

EXAMINED_DTYPES = {
    "audit_id": "str",
    "start": "datetime64[us]",
    "end": "datetime64[us]",
    "site": "str",
    "clause": "str",
    "key": "str",
    "edition": "str",
    "exposure": "str",
    "minutes": "float64",
}

# A stage 1 audit looks at readiness, the review before a transfer at the file of another body, a test audit at
# what it likes, a special audit at one matter and a supplier audit at somebody else: without a coverage table
# nothing can be assumed about the clauses they examined.
_SCOPE_SAYS_NOTHING = frozenset({"stage1", "transfer", "test", "special", "supplier"})


def examinations(coverage: pd.DataFrame, audits: pd.DataFrame) -> pd.DataFrame:
    """Every 2018 leaf that was examined, by audit and site.

    Parameters
    ----------
    coverage : DataFrame
        Canonical coverage. A clause above leaf level stands for all its leaves; a 2011 clause for
        the 2018 leaves it covers, without the clauses that are new in 2018.
    audits : DataFrame
        Canonical audits. For an audit without a row in `coverage`, all leaves of its edition at
        all its sites are assumed (not for stage 1, transfer, test, special and supplier audits).

    Returns
    -------
    DataFrame
        One row per audit, site and leaf: ``audit_id, start, end, site, clause, key, edition,
        exposure`` (recorded or inferred), ``minutes`` [minutes], which are shared evenly where one
        coverage row stands for several leaves. Audits whose scope is not known have no row. Rows
        whose clause does not exist in the edition of the audit say nothing and are left out.
    """
    facts = audits_once(audits).set_index("audit_id")
    recorded = coverage.dropna(subset=["audit_id", "site", "clause"])
    with_coverage = set(recorded["audit_id"])
    rows: list[tuple[str, str, str, str | None, str, float]] = []
    for audit_id, covered in recorded.groupby("audit_id", sort=False):
        rows += _recorded_rows(str(audit_id), covered, facts)
    for unlisted, audit in facts.iterrows():
        if unlisted not in with_coverage and audit["type"] not in _SCOPE_SAYS_NOTHING:
            rows += _inferred_rows(str(unlisted), audit)
    columns = ["audit_id", "site", "clause", "edition", "exposure", "minutes"]
    examined = pd.DataFrame(rows, columns=columns).astype({name: EXAMINED_DTYPES[name] for name in columns})
    keys = ["audit_id", "site", "clause", "edition", "exposure"]
    examined = examined.groupby(keys, sort=False, dropna=False)["minutes"].sum(min_count=1).round(6).reset_index()
    return _in_order(examined.join(facts[["start", "end"]], on="audit_id"))


def _recorded_rows(
    audit_id: str, covered: pd.DataFrame, facts: pd.DataFrame
) -> list[tuple[str, str, str, str | None, str, float]]:
    edition: str | None = None
    date: dt.date | None = None
    if audit_id in facts.index:
        audit = facts.loc[audit_id]
        edition = text_of(audit["edition"]) or None
        date = None if pd.isna(audit["start"]) else audit["start"].date()
    if edition is None:
        evidence = detect_edition(covered["clause"].astype(str), audit_date=date)
        edition = None if evidence.needs_confirmation else evidence.edition
    rows: list[tuple[str, str, str, str | None, str, float]] = []
    looked_at = covered[covered["examined"].fillna(False).astype(bool)]
    for site, clause, minutes in zip(looked_at["site"], looked_at["clause"], looked_at["minutes"], strict=True):
        leaves = _leaves_2018(str(clause), edition)
        rows += [(audit_id, str(site), leaf, edition, RECORDED, minutes / len(leaves)) for leaf in leaves]
    return rows


def _inferred_rows(audit_id: str, audit: pd.Series) -> list[tuple[str, str, str, str | None, str, float]]:
    edition = text_of(audit["edition"]) or None
    if edition == "2018":
        leaves = auditable_leaves()
    else:
        # Where the edition is not known, only what both editions ask for can be assumed.
        leaves = tuple(dict.fromkeys(new for old in auditable_leaves("2011") for new in covered_in_2018(old)))
    return [
        (audit_id, site, leaf, edition, INFERRED, float("nan"))
        for site in dict.fromkeys(site_list(audit["sites"]))
        for leaf in leaves
    ]


def _leaves_2018(clause: str, edition: str | None) -> tuple[str, ...]:
    """The 2018 leaves that were examined when `clause` of `edition` was."""
    if edition == "2011":
        if not clause_exists(clause, edition="2011"):
            return ()
        old = leaves_under(clause, edition="2011") or (clause,)
        return tuple(dict.fromkeys(new for leaf in old for new in covered_in_2018(leaf)))
    # A number of an unknown edition may mean either clause: it proves nothing about 2018.
    if edition != "2018" or not clause_exists(clause):
        return ()
    return leaves_under(clause) or (clause,)


def _in_order(examined: pd.DataFrame) -> pd.DataFrame:
    examined["key"] = pd.Series([recurrence_key(clause) for clause in examined["clause"]], dtype="str")
    order = pd.DataFrame(
        {
            "start": examined["start"],
            "audit": examined["audit_id"].map(natural_order),
            "site": examined["site"].map(natural_order),
            "clause": examined["clause"].map(clause_sort_key),
        }
    )
    position = order.sort_values(list(order.columns), kind="stable").index
    return examined.loc[position, list(EXAMINED_DTYPES)].astype(EXAMINED_DTYPES).reset_index(drop=True)


def cycle_start(audits: pd.DataFrame, certificates: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.Timestamp | None:
    """Latest certification decision on or before `as_of`; ``None`` where no decision is known.

    The cycle starts with the decision, not with the calendar year or the audit (ISO/IEC 17021-1,
    9.1.3). Decisions come from the certificates and from stage 2 and recertification audits; the
    decision after a surveillance starts no cycle.
    """
    certifying = audits.loc[audits["type"].isin(["stage2", "recertification"]), "decision_date"]
    decisions = pd.concat([certificates["decision_date"], certifying]).dropna()
    before = decisions[decisions <= as_of]
    return None if before.empty else pd.Timestamp(before.max())


def coverage_cells(
    examined: pd.DataFrame,
    *,
    sites: Iterable[str],
    as_of: pd.Timestamp,
    cycle_start: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """The state of every 2018 leaf at every site in this certification cycle.

    Parameters
    ----------
    examined : DataFrame
        Result of `examinations`; audits that started after `as_of` are left out.
    sites : iterable of str
        Codes of all sites in scope, visited or not.
    as_of : Timestamp
        Day of the review.
    cycle_start : Timestamp, optional
        Audits that started before this day belong to an earlier cycle. Without it every known
        examination counts.

    Returns
    -------
    DataFrame
        ``site, clause, key, last_examined`` (last day of the audit), ``last_audit, days_since``
        [days], ``state`` and ``exposure`` of the last examination. The state is "examined" (in this
        cycle), "untouched" (known not to be examined in this cycle; never, where ``last_examined``
        is missing) or "unknown" (nothing dated is known about the site).
    """
    past = examined[examined["start"] <= as_of].sort_values(["start", "audit_id"], kind="stable")
    last = past.drop_duplicates(["site", "clause"], keep="last")
    states = {(row["site"], row["clause"]): _cell(row, cycle_start) for _, row in last.iterrows()}
    visited = set(past["site"])
    rows = [
        {
            "site": site,
            "clause": leaf,
            "key": recurrence_key(leaf),
            "state": "untouched" if site in visited else "unknown",
        }
        | states.get((site, leaf), {})
        for site in sorted(set(sites), key=natural_order)
        for leaf in auditable_leaves()
    ]
    columns = ["site", "clause", "key", "last_examined", "last_audit", "state", "exposure"]
    cells = pd.DataFrame(rows, columns=columns).astype(
        dict.fromkeys(columns, "str") | {"last_examined": "datetime64[us]"}
    )
    days = (as_of - cells["last_examined"]).dt.days.astype("Int64")
    cells.insert(5, "days_since", days)
    return cells


def _cell(last: pd.Series, cycle_start: pd.Timestamp | None) -> dict[str, object]:
    in_cycle = cycle_start is None or last["start"] >= cycle_start
    return {
        "last_examined": last["end"],
        "last_audit": last["audit_id"],
        "state": "examined" if in_cycle else "untouched",
        "exposure": last["exposure"],
    }


def site_visits(
    audits: pd.DataFrame, examined: pd.DataFrame, *, sites: Iterable[str], as_of: pd.Timestamp
) -> pd.DataFrame:
    """When each site was last visited, as the scope of the audits and the coverage say.

    Returns
    -------
    DataFrame
        ``site, visits`` [count], ``audits`` (space-separated), ``last_visit`` (last day of the last
        audit there), ``last_audit, days_since`` [days], ``months_since`` [months of 30.44 days]. A
        site of which no visit is known has a missing date and a missing number of visits.
    """
    facts = audits_once(audits)
    scope = [
        (audit_id, start, end, site)
        for audit_id, start, end, sites_text in zip(
            facts["audit_id"], facts["start"], facts["end"], facts["sites"], strict=True
        )
        for site in site_list(sites_text)
    ]
    columns = ["audit_id", "start", "end", "site"]
    visits = pd.concat([pd.DataFrame(scope, columns=columns), examined[columns]]).drop_duplicates(["audit_id", "site"])
    visits = visits[visits["start"].isna() | (visits["start"] <= as_of)].sort_values("start", kind="stable")
    rows = [_visit_row(site, visits[visits["site"] == site]) for site in sorted(set(sites), key=natural_order)]
    names = {"site": "str", "visits": "Int64", "audits": "str", "last_visit": "datetime64[us]", "last_audit": "str"}
    result = pd.DataFrame(rows, columns=list(names)).astype(names)
    days = (as_of - result["last_visit"]).dt.days
    return result.assign(days_since=days.astype("Int64"), months_since=(days / 30.44).round(1).astype("Float64"))


def _visit_row(site: str, visits: pd.DataFrame) -> tuple[object, ...]:
    if visits.empty:
        return (site, pd.NA, None, pd.NaT, None)
    ids = " ".join(sorted(visits["audit_id"], key=natural_order))
    dated = visits.dropna(subset=["start"])
    if dated.empty:
        return (site, len(visits), ids, pd.NaT, None)
    return (site, len(visits), ids, dated["end"].iloc[-1], dated["audit_id"].iloc[-1])

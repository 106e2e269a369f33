"""The history of every cell: in which audits a recurrence key was examined at a site, and what was found.

A cell counts as found against when at least one major or minor nonconformity of that audit reaches its key at
its site. A finding cited above the key counts at the clause it reaches, as a cell of its own. A finding that cites
several clauses is one finding: its cells are all found against, and share its weight.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from auditlab.history.cells import (
    audit_dates,
    clause_sort_key,
    exposure_of,
    looked_up,
    natural_order,
    shared_nonconformities,
)
from auditlab.standard.clauses import auditable_leaves, leaves_under, recurrence_key
from auditlab.standard.grades import Grade

HISTORY_DTYPES = {
    "entity": "str",
    "date": "datetime64[us]",
    "clause": "str",
    "examined": "bool",
    "found": "bool",
    "audit_id": "str",
    "end": "datetime64[us]",
    "exposure": "str",
    "major": "bool",
    "found_share": "float64",
}

FROM_FINDING = "finding"
"""The exposure of an examination that only its nonconformity proves."""


def cell_keys(findings: pd.DataFrame) -> tuple[str, ...]:
    """The clauses of all cells in natural order: every recurrence key, and what findings cite above it."""
    keys = {recurrence_key(leaf) for leaf in auditable_leaves()}
    above = {key for key in shared_nonconformities(findings)["key"].dropna() if leaves_under(key)}
    return tuple(sorted(keys | above, key=clause_sort_key))


def cell_history(
    examined: pd.DataFrame, findings: pd.DataFrame, audits: pd.DataFrame, *, sites: Iterable[str], as_of: pd.Timestamp
) -> pd.DataFrame:
    """Examinations of recurrence keys by audit and site, as `expected_findings` takes them.

    Parameters
    ----------
    examined : DataFrame
        Result of ``history.examinations``. An audit examined a key if it examined a leaf under it.
    findings, audits : DataFrame
        Canonical tables. Nonconformities without a site, a clause or a dated audit belong to no cell.
    sites : iterable of str
        All sites in scope; cells never examined are listed for each of them.
    as_of : Timestamp
        Day of the review; audits that started later are not known yet.

    Returns
    -------
    DataFrame
        ``entity`` (site), ``date`` (start of the audit), ``clause`` (key), ``examined, found, audit_id, end,
        exposure`` (recorded, inferred, or finding where only a nonconformity shows that the cell was
        looked at), ``major`` (whether what was found held a major), ``found_share`` (1 where a nonconformity
        lies in this cell alone, its part where its clauses lie in several, 0 where nothing was found) [0-1], by clause,
        site and date. Cells without any examination have one row that says so.
    """
    keys = cell_keys(findings)
    seen = _examined_keys(examined[examined["start"] <= as_of], keys)
    found = _found_keys(findings, audits, examined, as_of)
    places = ["audit_id", "entity", "clause"]
    rows = seen.merge(found, on=places, how="outer", suffixes=("", "_found"))
    for column in ("date", "end"):
        rows[column] = rows[column].fillna(rows[f"{column}_found"])
    rows = rows.assign(exposure=rows["exposure"].fillna(FROM_FINDING), found=rows["found"].notna(), examined=True)
    rows["major"] = rows["major"].eq(other=True).fillna(value=False)
    rows["found_share"] = rows["found_share"].fillna(0.0)
    listed = {(str(site), key) for site in sites for key in keys}
    never = sorted(listed - set(zip(rows["entity"], rows["clause"], strict=True)))
    blank = pd.DataFrame(never, columns=["entity", "clause"]).assign(
        examined=False, found=False, major=False, found_share=0.0
    )
    every = pd.concat([rows.astype(HISTORY_DTYPES | {"date_found": "object"}), blank])
    order = pd.DataFrame(
        {
            "clause": every["clause"].map(clause_sort_key),
            "site": every["entity"].map(natural_order),
            "date": every["date"],
            "audit": every["audit_id"].map(natural_order),
        }
    ).reset_index(drop=True)
    every = every.reset_index(drop=True).loc[
        order.sort_values(["clause", "site", "date", "audit"], kind="stable").index
    ]
    return every[list(HISTORY_DTYPES)].astype(HISTORY_DTYPES).reset_index(drop=True)


def _examined_keys(examined: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """One row per audit, site and key of `keys` with an examined leaf under it."""
    reach = [(leaf, key) for key in keys for leaf in leaves_under(key)]
    under = pd.DataFrame(reach, columns=["leaf", "cell"], dtype="str")
    joined = examined.merge(under, left_on="clause", right_on="leaf")
    grouped = joined.groupby(["audit_id", "site", "cell"], sort=True)
    seen = grouped.agg(date=("start", "min"), end=("end", "max"), exposure=("exposure", exposure_of)).reset_index()
    dtypes = {"audit_id": "str", "entity": "str", "clause": "str", "exposure": "str"}
    return seen.rename(columns={"site": "entity", "cell": "clause"}).astype(dtypes)


def _found_keys(
    findings: pd.DataFrame, audits: pd.DataFrame, examined: pd.DataFrame, as_of: pd.Timestamp
) -> pd.DataFrame:
    """One row per audit, site and key with at least one nonconformity."""
    dates = audit_dates(audits, examined)
    places = ["audit_id", "site", "key"]
    ncs = shared_nonconformities(findings).dropna(subset=places)
    ncs = ncs.assign(
        date=looked_up(ncs["audit_id"], dates["start"]), end=looked_up(ncs["audit_id"], dates["end"]), found=True
    )
    # A cell with a major and a minor counts once, and as one that held a major.
    ncs = ncs[ncs["date"] <= as_of].assign(major=lambda frame: frame["grade"] == str(Grade.MAJOR))
    # Two whole findings in a cell are one examination with a nonconformity, and so are two halves.
    ncs = ncs.assign(found_share=ncs.groupby(places)["weight"].transform("sum").clip(upper=1.0))
    ncs = ncs.sort_values("major", ascending=False, kind="stable").drop_duplicates(places)
    columns = {"audit_id": "str", "site": "str", "key": "str", "date": "datetime64[us]", "end": "datetime64[us]"}
    chosen = ncs[[*columns, "found", "major", "found_share"]].astype(columns)
    return chosen.rename(columns={"site": "entity", "key": "clause"})


def last_examinations(history: pd.DataFrame) -> pd.DataFrame:
    """The last examination of every cell.

    Returns
    -------
    DataFrame
        Indexed by ``entity, clause``: ``last_examined`` (last day of the audit, missing if never), ``exposure``,
        ``audits`` (examinations), ``audits_with_nc`` [count].
    """
    ordered = history.sort_values(["date", "audit_id"], kind="stable", na_position="first")
    grouped = ordered.groupby(["entity", "clause"], sort=True)
    last = grouped.agg(last_examined=("end", "max"), audits=("examined", "sum"), audits_with_nc=("found", "sum"))
    return last.assign(exposure=grouped["exposure"].agg(exposure_of))

"""What the audit did not examine, with the reason that was stated, and where it left its plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import clause_sort_key, key_of, natural_order, plural
from auditlab.reporting.reported_audit import ReportedAudit
from auditlab.standard.clauses import auditable_leaves, clause_title

NOT_COVERED_DTYPES = {
    "site": "str", "clause": "str", "title": "str", "leaves": "str", "last_examined": "datetime64[us]", "reason": "str",
    "stated": "bool",
}  # fmt: skip
DEVIATION_DTYPES = {
    "kind": "str", "site": "str", "clause": "str", "cells": "Int64", "planned_minutes": "Int64", "minutes": "Float64",
    "what": "str", "reason": "str",
}  # fmt: skip

NOT_STATED = "reason not stated"
SMALL, STATED = "small", "stated"
NOTICEABLE = 0.5
"""Part of the planned time by which the time spent must differ to be told."""
SMALL_MINUTES = 15
"""Deviations of time below the shortest slot are counted together and not named [minutes]."""


def not_covered(
    examined: pd.DataFrame, *, audit: ReportedAudit, sites: Collection[str], reasons: Mapping[str, str]
) -> pd.DataFrame:
    """Clauses and sites the audit did not examine.

    Parameters
    ----------
    examined : DataFrame
        Result of ``history.examinations``.
    audit : ReportedAudit
        The audit.
    sites : collection of str
        Sites in scope.
    reasons : mapping
        What was stated: ``"8.4.1 at A"``, ``"site B"`` or ``"8.4.1"`` to its reason; the closest one counts.

    Returns
    -------
    DataFrame
        By site and key: ``site, clause, title, leaves`` (those not examined), ``last_examined`` (by an earlier
        audit, missing if never), ``reason, stated``. A site that was not visited at all has one row with the clause
        ``all``. Where no row of the coverage says what the audit examined, the sites outside its scope alone stand.

    Raises
    ------
    ArgumentError
        If a reason names neither a site of the scope nor an auditable clause.
    """
    own = examined[examined["audit_id"] == audit.audit_id]
    seen = set(zip(own["site"], own["clause"], strict=True))
    before = examined[examined["start"] < audit.start]
    last = before.groupby(["site", "clause"])["end"].max()
    _check_reasons(reasons, sites)
    rows: list[dict[str, object]] = []
    unknown = () if audit.examination_recorded else audit.sites
    for site in sorted(set(sites) - set(unknown), key=natural_order):
        missed = [leaf for leaf in auditable_leaves() if (site, leaf) not in seen]
        if len(missed) == len(auditable_leaves()):
            visit = before.loc[before["site"] == site, "end"].max()
            title = "the whole site" if site not in audit.sites else "no clause examined on record"
            rows.append(_row(site, "all", title=title, leaves=missed, last=visit, reasons=reasons))
            continue
        for key in dict.fromkeys(key_of(leaf) for leaf in missed):
            leaves = [leaf for leaf in missed if key_of(leaf) == key]
            dates = [last.get((site, leaf), pd.NaT) for leaf in leaves]
            oldest = pd.NaT if any(pd.isna(date) for date in dates) else min(dates)
            title = clause_title(str(key))
            rows.append(_row(site, str(key), title=title, leaves=leaves, last=oldest, reasons=reasons))
    rows.sort(key=lambda row: (natural_order(row["site"]), row["clause"] != "all", _order(row["clause"])))
    return pd.DataFrame(rows, columns=list(NOT_COVERED_DTYPES)).astype(NOT_COVERED_DTYPES)


def _order(clause: object) -> tuple[int, ...]:
    return () if clause == "all" else clause_sort_key(clause)


def _row(
    site: str, key: str, *, title: str, leaves: list[str], last: object, reasons: Mapping[str, str]
) -> dict[str, object]:
    tiers = [[f"{leaf} at {site}" for leaf in leaves], [f"{key} at {site}"], [f"site {site}"], leaves, [key]]
    if key == "all":
        tiers = [[f"site {site}"]]
    told = [[reasons[place] for place in tier if place in reasons] for tier in tiers]
    found = list(dict.fromkeys(next((tier for tier in told if tier), [])))
    return {
        "site": site, "clause": key, "title": title, "leaves": "all" if key == "all" else " ".join(leaves),
        "last_examined": last, "reason": "; ".join(found) or NOT_STATED, "stated": bool(found),
    }  # fmt: skip


def _check_reasons(reasons: Mapping[str, str], sites: Collection[str]) -> None:
    known = {f"site {site}" for site in sites} | set(auditable_leaves()) | {key_of(one) for one in auditable_leaves()}
    for place in reasons:
        clause, _, site = place.partition(" at ")
        if clause not in known or (site and site not in sites):
            raise ArgumentError(
                f"[report.not_covered] names '{place}', which is no clause or site of the scope. Write it like "
                '"8.4.1 at A", "8.4.1" or "site B".'
            )


def plan_deviations(
    plan: pd.DataFrame, examined: pd.DataFrame, *, audit: ReportedAudit, stated: Collection[str] = ()
) -> pd.DataFrame:
    """Where the audit left the plan of an earlier run, and what people stated.

    Parameters
    ----------
    plan : DataFrame
        ``allocation`` of the run that the audit followed; empty where none is known.
    examined : DataFrame
        Result of ``history.examinations``.
    audit : ReportedAudit
        The audit.
    stated : collection of str
        Deviations with their reasons as people wrote them. A line that begins with a place and a colon
        (``"8.6.3 at B: the owner was ill"``, ``"site B: …"``, ``"8.6.3: …"``) is the reason of the deviations of
        that place, the closest place first; where none is, it stands on its own as it was written.

    Returns
    -------
    DataFrame
        ``kind`` (stated, not examined, not planned, time, small), ``site, clause``, ``cells`` of the plan [count],
        ``planned_minutes, minutes`` (missing where not recorded), ``what, reason``. What was planned and not examined
        stands in one row for each site and reason, with all its clauses. Times count only where they differ by half of
        the plan or more; the largest single deviation in minutes stands first, and those below 15 minutes are counted
        in one row. Where it is not recorded what the audit examined, only what people stated stands.
    """
    rows: list[dict[str, object]] = []
    if len(plan) and audit.examination_recorded:
        followed = plan[(plan["budget_share"] == plan["budget_share"].max()) & (plan["minutes"] > 0)]
        planned = followed.groupby(["site", "clause"])["minutes"].sum()
        own = examined[examined["audit_id"] == audit.audit_id]
        spent = own.assign(key=own["clause"].map(key_of)).groupby(["site", "key"])["minutes"].sum(min_count=1)
        rows = _from_plan(planned, spent)
    left = _with_reasons(rows, stated)
    rows = _grouped(rows)
    told: list[dict[str, object]] = [{"kind": STATED, "what": line, "reason": "as stated"} for line in left]
    return pd.DataFrame(told + rows, columns=list(DEVIATION_DTYPES)).astype(DEVIATION_DTYPES)


def _with_reasons(rows: list[dict[str, object]], stated: Collection[str]) -> list[str]:
    """Give the deviations the reasons that name their place, and return the lines that name none of them."""
    told = {line: tuple(part.strip() for part in line.partition(":")[::2]) for line in stated}
    used: set[str] = set()
    for row in rows:
        if row["reason"] != NOT_STATED:
            continue
        for place in (f"{row['clause']} at {row['site']}", f"site {row['site']}", str(row["clause"])):
            if found := [line for line, (named, reason) in told.items() if named == place and reason]:
                row["reason"] = "; ".join(told[line][1] for line in found)
                used.update(found)
                break
    return [line for line in stated if line not in used]


def _grouped(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """One row for what was not examined at a site for one reason; every other deviation keeps its own."""
    groups: dict[object, list[dict[str, object]]] = {}
    for place, row in enumerate(rows):
        alike = (row["site"], row["reason"]) if row["kind"] == "not examined" else place
        groups.setdefault(alike, []).append(row)
    return [_one_row(own) for own in groups.values()]


def _one_row(rows: list[dict[str, object]]) -> dict[str, object]:
    first, cells = rows[0], len(rows)
    if cells == 1:
        return first | ({} if first["kind"] == SMALL else {"cells": 1})
    clauses = sorted((str(row["clause"]) for row in rows), key=clause_sort_key)
    minutes = sum(int(str(row["planned_minutes"])) for row in rows)
    return first | {
        "clause": " ".join(clauses), "cells": cells, "planned_minutes": minutes,
        "what": f"{plural(cells, 'clause')} planned and not examined",
    }  # fmt: skip


def _from_plan(planned: pd.Series, spent: pd.Series) -> list[dict[str, object]]:
    """Deviations by their minutes, the largest first; the small ones in one row that asks for no reason."""
    places = sorted(set(planned.index) | set(spent.index), key=lambda one: (natural_order(one[0]), _order(one[1])))
    rows: list[tuple[float, dict[str, object]]] = []
    small = 0
    for place in places:
        meant, used = planned.get(place), spent.get(place)
        row = {"site": place[0], "clause": place[1], "planned_minutes": meant, "minutes": used, "reason": NOT_STATED}
        if place not in spent.index:
            rows.append((float(planned[place]), row | {"kind": "not examined", "what": "planned and not examined"}))
        elif meant is None:
            minutes = float(used) if used is not None and pd.notna(used) else 0.0
            rows.append((minutes, row | {"kind": "not planned", "what": "examined without being planned"}))
        elif used is not None and pd.notna(used) and abs(used - meant) >= NOTICEABLE * meant:
            if abs(used - meant) < SMALL_MINUTES:
                small += 1
                continue
            what = f"{used:.0f} minutes instead of {meant}"
            rows.append((abs(used - meant), row | {"kind": "time", "what": what}))
    rows.sort(key=lambda one: -one[0])
    told = [row for _, row in rows]
    if small:
        what = f"{plural(small, 'more cell')} differing from the plan by less than {SMALL_MINUTES} minutes"
        told.append({"kind": SMALL, "what": what, "reason": "not asked for"})
    return told

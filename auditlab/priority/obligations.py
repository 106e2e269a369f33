"""What the next audit has to cover whatever the order says, and in which service it would hurt most."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from auditlab.history.cells import natural_order, site_list, text_of
from auditlab.priority.contributions import SERVICES
from auditlab.standard.clauses import clause_exists, leaves_under, recurrence_key

CRITICALITY = ("low", "medium", "high", "critical")
"""The words of the table of services, from least to most."""

_WHOLE_SYSTEM = frozenset({"stage2", "recertification", "transition", "initial"})


def must_cover(rules: pd.DataFrame, *, audit_type: str) -> dict[str, str]:
    """Keys that the rules of the audit programme name for this type of audit, each with its reason.

    Parameters
    ----------
    rules : DataFrame
        Result of ``standard.programme_rules``.
    audit_type : str
        Type of the next audit. Audits of the whole system need no list: see `covers_whole_system`.
    """
    reasons: dict[str, list[str]] = {}
    for rule, item, applies_to, clauses in zip(
        rules["rule"], rules["item"], rules["applies_to"], rules["clauses"], strict=True
    ):
        if str(rule).endswith("must_cover") and text_of(applies_to) in {audit_type, "all"}:
            for clause in text_of(clauses).split(";"):
                if clause_exists(clause.strip()):
                    reasons.setdefault(recurrence_key(clause.strip()), []).append(text_of(item))
    return {key: f"must be covered: {', '.join(dict.fromkeys(items))}" for key, items in reasons.items()}


def covers_whole_system(audit_type: str) -> bool:
    """Whether this type of audit looks at every clause, at one site at least."""
    return audit_type in _WHOLE_SYSTEM


def mandatory_reasons(
    cells: pd.DataFrame,
    follow_up: pd.DataFrame,
    rules: pd.DataFrame,
    *,
    audit_type: str,
    central: Collection[str] = (),
    visited: Collection[str] | None = None,
) -> pd.Series:
    """Why each cell has to be covered; empty where it need not be.

    Earlier nonconformities are followed up where they were found. What has to be covered at one site at least
    (every clause in an audit of the whole system, some in a surveillance audit) falls on one cell of the
    key: see `bearers`.

    Parameters
    ----------
    cells : DataFrame
        ``site, clause`` in the order of priority.
    follow_up : DataFrame
        Result of ``history.follow_up``.
    rules : DataFrame
        Result of ``standard.programme_rules``.
    audit_type : str
        Type of the next audit.
    central : collection of str
        Sites with the central function.
    visited : collection of str, optional
        Sites that the audit visits; default: all.
    """
    named = must_cover(rules, audit_type=audit_type)
    whole = f"whole system ({audit_type}): this clause at one site at least"
    bearing = bearers(cells, central=central, visited=visited)
    open_items = _to_follow_up(follow_up)
    reasons = []
    for site, clause in zip(cells["site"], cells["clause"], strict=True):
        bears = bearing[clause] == site
        why = [named[clause]] if bears and clause in named else []
        findings = sorted(open_items.get((site, clause), []), key=natural_order)
        why += [f"follow up {', '.join(findings)}"] if findings else []
        why += [whole] if bears and covers_whole_system(audit_type) else []
        reasons.append("; ".join(why))
    return pd.Series(reasons, index=cells.index, dtype="str")


def follow_ups(cells: pd.DataFrame, follow_up: pd.DataFrame) -> pd.Series:
    """Earlier nonconformities to follow up in each cell [count]; parameters as `mandatory_reasons`."""
    open_items = _to_follow_up(follow_up)
    counts = [len(open_items.get(cell, ())) for cell in zip(cells["site"], cells["clause"], strict=True)]
    return pd.Series(counts, index=cells.index, dtype="int64")


def _to_follow_up(follow_up: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """Findings to follow up, by site and key."""
    items: dict[tuple[str, str], list[str]] = {}
    for finding, site, clause in zip(follow_up["finding_id"], follow_up["site"], follow_up["clause"], strict=True):
        items.setdefault((text_of(site), text_of(clause)), []).append(text_of(finding))
    return items


def bearers(cells: pd.DataFrame, *, central: Collection[str], visited: Collection[str] | None = None) -> dict[str, str]:
    """The site that bears the duty to look at a clause somewhere, by key.

    The management system (clauses 4 to 7, 9 and 10) is run by the central function and is examined there; the
    operation of services (clause 8), and everything where no central function is known, at the site that
    comes first in the order. Sites that are not visited bear nothing.

    Parameters
    ----------
    cells : DataFrame
        ``site, clause`` in the order of priority.
    central : collection of str
        Sites with the central function.
    visited : collection of str, optional
        Sites that the audit visits; a key without a cell at any of them stays with the first of all sites,
        where the allocation says that the duty stays open. Default: all.
    """
    anywhere: dict[str, str] = {}
    first: dict[str, str] = {}
    at_centre: dict[str, str] = {}
    for site, clause in zip(cells["site"], cells["clause"], strict=True):
        anywhere.setdefault(clause, site)
        if visited is not None and site not in visited:
            continue
        first.setdefault(clause, site)
        if site in central and not is_operation(clause):
            at_centre.setdefault(clause, site)
    return anywhere | first | at_centre


def is_operation(clause: str) -> bool:
    """Whether a clause belongs to clause 8, the operation of the services."""
    return clause.partition(".")[0] == "8"


def services_at(findings: pd.DataFrame, added: pd.DataFrame) -> dict[tuple[str, str], tuple[str, ...]]:
    """Services that nonconformities, signals and changes name, by site and key.

    Parameters
    ----------
    findings : DataFrame
        Nonconformities with ``site, key, service``.
    added : DataFrame
        Result of `contributions`.
    """
    named: dict[tuple[str, str], set[str]] = {}
    listed = [
        *zip(findings["site"], findings["key"], findings["service"], strict=True),
        *zip(added["site"], added["clause"], added["service"], strict=True),
    ]
    for site, key, services in listed:
        named.setdefault((text_of(site), text_of(key)), set()).update(filter(None, text_of(services).split(SERVICES)))
    return {cell: tuple(sorted(found, key=natural_order)) for cell, found in named.items() if found}


def consequences(
    cells: pd.DataFrame, services: pd.DataFrame, named: Mapping[tuple[str, str], Iterable[str]]
) -> pd.DataFrame:
    """How much depends on each cell: the highest criticality of the services concerned.

    Parameters
    ----------
    cells : DataFrame
        ``site, clause``.
    services : DataFrame
        Canonical services.
    named : mapping
        Result of `services_at`; cells it lacks are read by the services delivered at their site.

    Returns
    -------
    DataFrame
        ``service`` (those named, with semicolons), ``consequence`` (low to critical, missing where no criticality
        is known), ``consequence_from`` (evidence or site), ``regulated``, with the index of `cells`.
    """
    facts = services.drop_duplicates("service").set_index("service")
    at_site: dict[str, list[str]] = {}
    for service, sites in zip(facts.index, facts["sites"], strict=True):
        for site in site_list(sites):
            at_site.setdefault(site, []).append(str(service))
    rows = []
    for site, clause in zip(cells["site"], cells["clause"], strict=True):
        evidence = list(named.get((site, clause), ()))
        concerned = facts.loc[facts.index.intersection(evidence or at_site.get(site, []))]
        words = [word for word in concerned["criticality"].dropna() if word in CRITICALITY]
        rows.append(
            {
                "service": SERVICES.join(evidence),
                "consequence": max(words, key=CRITICALITY.index) if words else None,
                "consequence_from": ("evidence" if evidence else "site") if words else None,
                "regulated": bool(concerned["regulated"].fillna(False).any()) if len(concerned) else pd.NA,
            }
        )
    dtypes = {"service": "str", "consequence": "str", "consequence_from": "str", "regulated": "boolean"}
    return pd.DataFrame(rows, columns=list(dtypes), index=cells.index).astype(dtypes)


def leaves_of(key: str) -> tuple[str, ...]:
    """The auditable leaves of a cell; a key the clause tree does not know is its own."""
    return leaves_under(key) if clause_exists(key) else (key,)

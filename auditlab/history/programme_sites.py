"""Programme rules about places and clauses: central function, number of sites, what every surveillance covers."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from auditlab.history.cells import INFERRED, cell_examinations, natural_order, site_list, text_of
from auditlab.standard.programme import programme_rules, site_minimum

_SAMPLED_TYPES = ("stage2", "surveillance", "recertification")


def site_rows(held: pd.DataFrame, examined: pd.DataFrame, sites: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Rows of the rules central_function, site_minimum and surveillance_must_cover."""
    marked = sites["central"].fillna(False).astype(bool)
    central, others = set(sites.loc[marked, "site"]), set(sites.loc[~marked, "site"])
    for _, audit in held[held["type"].isin(_SAMPLED_TYPES)].iterrows():
        visited = set(examined.loc[examined["audit_id"] == audit["audit_id"], "site"]) or set(site_list(audit["sites"]))
        yield _central(audit, visited, central)
        yield _minimum(audit, visited, others if central else set())
        if audit["type"] == "surveillance":
            yield _must_cover(audit, examined[examined["audit_id"] == audit["audit_id"]])


def _central(audit: pd.Series, visited: set[str], central: set[str]) -> dict[str, object]:
    row = _case("central_function", audit)
    if not central:
        return row | {"note": "not known: no site is marked as the central function"}
    if not visited:
        return row | {"note": "not known which sites were visited"}
    missed = sorted(central - visited, key=natural_order)
    note = f"not visited: {' '.join(missed)}" if missed else "central function examined"
    return row | {"required": len(central), "found": len(central & visited), "holds": not missed, "note": note}


def _minimum(audit: pd.Series, visited: set[str], others: set[str]) -> dict[str, object]:
    row = _case("site_minimum", audit)
    if not others:
        return row | {"note": "not known: sites or the central function were not handed over"}
    if not visited:
        return row | {"note": "not known which sites were visited"}
    required = site_minimum(len(others), audit_type=audit["type"])
    note = f"of {len(others)} sites besides the central function, as many as are in scope today"
    found = len(visited & others)
    return row | {"required": required, "found": found, "holds": found >= required, "note": note}


def _must_cover(audit: pd.Series, examined: pd.DataFrame) -> dict[str, object]:
    rules = programme_rules()
    items = rules[(rules["rule"] == "surveillance_must_cover") & (rules["clauses"].map(text_of) != "")]
    row = _case("surveillance_must_cover", audit) | {"required": len(items)}
    if examined.empty:
        return row | {"note": "not known: neither coverage nor scope of the audit"}
    if (examined["exposure"] == INFERRED).all():
        return row | {"note": "not known: examinations inferred from audit scope"}
    missed = [
        f"{item} ({clauses.replace(';', ' or ')})"
        for item, clauses in zip(items["item"], items["clauses"], strict=True)
        if all(cell_examinations(examined, clause).empty for clause in clauses.split(";"))
    ]
    note = f"not examined: {', '.join(missed)}" if missed else "at least one clause of every item was examined"
    return row | {"found": len(items) - len(missed), "holds": not missed, "note": note}


def _case(rule: str, audit: pd.Series) -> dict[str, object]:
    """The rule and the audit that it is asked of."""
    return {"rule": rule, "subject": audit["audit_id"], "actual": audit["end"], "source": rule_source(rule)}


def rule_source(rule: str, *, item: str | None = None) -> str:
    """Document and place of a rule of the programme, or of one of its items."""
    rules = programme_rules()
    row = rules[(rules["rule"] == rule) & (True if item is None else rules["item"] == item)].iloc[0]
    return f"{row['source']}, {row['reference']}"

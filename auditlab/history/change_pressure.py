"""What has changed, or will, since a site and clause were last examined."""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import (
    LATER_DAY,
    belongs_later,
    cell_examinations,
    clause_sort_key,
    key_of,
    natural_order,
    text_of,
)

CHANGE_DTYPES = {
    "source": "str",
    "site": "str",
    "service": "str",
    "supplier": "str",
    "clause": "str",
    "what": "str",
    "kind": "str",
    "date": "datetime64[us]",
    "last_examined": "datetime64[us]",
    "days_since_last_examined": "Int64",
    "days_until": "Int64",
    "reason": "str",
    "note": "str",
}

SUPPLIER_KEY = "8.3.4"
"""Where a supplier contract is examined: supplier management."""

CUSTOMER_KEY = "8.3.3"
"""Where a contract with a customer is examined: service level management."""


UNDATED_KNOWLEDGE = "date of knowledge not recorded"
"""A change says from when it holds, not since when it was known: an earlier review may not have known it."""


def change_pressure(
    org_changes: pd.DataFrame,
    contracts: pd.DataFrame,
    examined: pd.DataFrame,
    *,
    as_of: pd.Timestamp,
    next_audit: pd.Timestamp | None = None,
    window_days: int = 183,
) -> pd.DataFrame:
    """Changes that the last examination cannot have seen, and contracts ending around the next audit.

    Parameters
    ----------
    org_changes, contracts : DataFrame
        Canonical tables.
    examined : DataFrame
        Result of `examinations`.
    as_of : Timestamp
        Day of the review.
    next_audit : Timestamp, optional
        Planned start of the next audit; without it, or where it is more than 18 months after
        `as_of`, `as_of` is taken.
    window_days : int
        Changes and ends of contracts up to this long after the next audit are listed [days]; ends
        of contracts from this long before it.

    Returns
    -------
    DataFrame
        ``source`` (org_changes, contracts), ``site, service, supplier, clause`` (recurrence key),
        ``what, kind, date, last_examined`` (last day of the last audit that examined the clause,
        at the site where one is named), ``days_since_last_examined, days_until`` [days from
        `as_of`; negative: passed], ``reason, note`` (what the row cannot say).
    """
    past = examined[examined["start"] <= as_of]
    # A missing date is never later, and never the audit.
    later = next_audit is not None and pd.notna(next_audit) and belongs_later(next_audit, as_of=as_of)
    audit = as_of if next_audit is None or pd.isna(next_audit) or later else next_audit
    latest, earliest = audit + pd.Timedelta(days=window_days), audit - pd.Timedelta(days=window_days)
    rows = [_change_row(change) for _, change in org_changes[org_changes["date"] <= latest].iterrows()]
    rows += [_contract_row(row) for _, row in contracts[contracts["end"].between(earliest, latest)].iterrows()]
    seen = [row | _since(row, past, as_of) for row in rows]
    for row in seen:
        notes = [LATER_DAY] if later else []
        notes += [UNDATED_KNOWLEDGE] if row["source"] == "org_changes" else []
        row["note"] = "; ".join(notes)
    listed = [row for row in seen if row["source"] == "contracts" or not _examined_after(row)]
    listed.sort(key=_place)
    return pd.DataFrame(listed, columns=list(CHANGE_DTYPES)).astype(CHANGE_DTYPES)


def _change_row(change: pd.Series) -> dict[str, object]:
    row = {name: change[name] for name in ("site", "service", "supplier", "kind", "date")}
    return row | {"source": "org_changes", "what": change["change"], "clause": key_of(change["clause"])}


def _contract_row(contract: pd.Series) -> dict[str, object]:
    supplier = text_of(contract["supplier"])
    partner = supplier or text_of(contract["customer"])
    return {
        "source": "contracts",
        "service": contract["service"],
        "supplier": contract["supplier"],
        "kind": "contract",
        "date": contract["end"],
        "clause": SUPPLIER_KEY if supplier else CUSTOMER_KEY,
        "what": f"contract {contract['contract_id']}" + (f" with {partner}" if partner else "") + " ends",
    }


def _place(row: dict[str, object]) -> tuple[object, ...]:
    return (clause_sort_key(row["clause"]), natural_order(row.get("site")), row["date"], text_of(row["what"]))


def _since(row: dict[str, object], past: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, object]:
    date = pd.Timestamp(row["date"])  # type: ignore[arg-type]  # a date cell of a canonical frame
    clause, site = text_of(row["clause"]), text_of(row.get("site"))
    cell = cell_examinations(past, clause, site or None) if clause else _any_visit(past, site)
    facts: dict[str, object] = {"days_until": (date - as_of).days}
    when = f"{'was' if date <= as_of else 'is'} on {date:%Y-%m-%d}"
    what = "end of contract" if row["source"] == "contracts" else "change"
    if cell.empty:
        unknown = "examination not known" if past.empty else "never examined there"
        return facts | {"reason": f"{what} {when}; {unknown}"}
    last = cell["end"].max()
    return facts | {
        "last_examined": last,
        "days_since_last_examined": (as_of - last).days,
        "reason": f"{what} {when}; last examined {last:%Y-%m-%d}",
    }


def _any_visit(past: pd.DataFrame, site: str) -> pd.DataFrame:
    """A change without a clause: any examination of its site counts, or of any site."""
    return past[past["site"] == site] if site else past


def _examined_after(row: dict[str, object]) -> bool:
    last = row.get("last_examined")
    return last is not None and pd.Timestamp(last) >= pd.Timestamp(row["date"])  # type: ignore[arg-type]  # dates

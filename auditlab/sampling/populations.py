"""What a population of records holds, what it leaves out, and which other populations nobody samples."""

from __future__ import annotations

from datetime import date

import pandas as pd

from auditlab.signals.change_approvals import PRE_APPROVED
from auditlab.signals.periods import last_months
from auditlab.tables import Tables

_TYPES = {"population": "str", "records": "Int64", "use": "str"}

OTHERS = {
    "incidents": "incidents",
    "requests": "service requests",
    "problems": "problems",
    "releases": "releases",
    "continuity_tests": "continuity tests",
    "outages": "outages",
}
"""Canonical tables whose records could be sampled, with their name for readers."""

NO_AMOUNTS = {
    "what": "Whether services were budgeted and accounted for as invoiced (8.4.1), in money.",
    "why": "A sample of money units needs a list of invoices with an amount each, and no table of invoices is read.",
    "mend": "Plan it by hand: auditlab sample size, draw and evaluate, each with --method mus; --help tells the rest.",
}
"""Why no money is sampled."""


def period_words(as_of: date, *, months: int, next_audit: date | None) -> str:
    """The period of the records, and the time before the audit that no percentage covers."""
    period = last_months(pd.Timestamp(as_of), months)
    first, last = period.first, period.after - pd.Timedelta(days=1)
    words = f"Records that started from {first:%Y-%m-%d} to {last:%Y-%m-%d}."
    if next_audit is None:
        return f"{words} What starts between {last:%Y-%m-%d} and the audit is outside every percentage."
    weeks = (pd.Timestamp(next_audit) - last).days / 7
    return (
        f"{words} What starts after that and before the audit on {next_audit:%Y-%m-%d}, {weeks:.0f} weeks, is "
        "outside every percentage."
    )


def populations(tables: Tables, *, as_of: date, site: str | None, months: int) -> pd.DataFrame:
    """Where every record of the changes went, and the records that this plan does not sample.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    as_of : date
        Day of the review.
    site : str or None
        Site whose changes are sampled; ``None`` for all sites.
    months : int
        Length of the period [full calendar months].

    Returns
    -------
    DataFrame
        ``population, records`` [count], ``use`` (sampled; left out, and why; not sampled; not handed over).
        The rows of the changes add up to the changes that were loaded.
    """
    left, kept = _left_out(tables.changes, as_of=as_of, site=site, months=months)
    where = "of all sites" if site is None else f"of site {site}"
    rows = [(f"changes {where} in the period", len(kept), "population of this plan")]
    rows += [(f"changes: {why}", count, "left out") for why, count in left.items() if count]
    for name, words in OTHERS.items():
        count = len(tables[name])
        rows.append((words, count, "not sampled in this plan" if count else "none handed over"))
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def _left_out(
    changes: pd.DataFrame, *, as_of: date, site: str | None, months: int
) -> tuple[dict[str, int], pd.DataFrame]:
    """Records by the first reason that leaves them out, and those that stay."""
    period = last_months(pd.Timestamp(as_of), months)
    first, last = period.first, period.after - pd.Timedelta(days=1)
    standard = changes["type"].fillna("").str.strip().str.casefold().isin(PRE_APPROVED)
    reasons: dict[str, pd.Series] = {}
    if site is not None:
        reasons["no site recorded; they may belong here"] = changes["site"].isna()
        reasons["at other sites"] = changes["site"].notna() & changes["site"].ne(site)
    reasons["no start recorded; they may belong here"] = changes["started"].isna()
    reasons[f"started before {first:%Y-%m-%d}"] = changes["started"] < first
    reasons[f"started after {last:%Y-%m-%d}"] = changes["started"] >= period.after
    reasons["standard, approved beforehand"] = standard
    rest = pd.Series(data=True, index=changes.index)
    counts = {}
    for why, mask in reasons.items():
        gone = rest & mask.fillna(value=False).astype("bool")
        counts[why] = int(gone.sum())
        rest &= ~gone
    return counts, changes[rest]

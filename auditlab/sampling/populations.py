"""What a population of records holds, what it leaves out, and which other populations nobody samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How records of a canonical table are told apart and dated."""

    id: str
    moment: str
    began: str  # in words
    beginning: str  # in words


_OPENED = {"moment": "opened", "began": "opened", "beginning": "opening"}
_STARTED = {"moment": "started", "began": "started", "beginning": "start"}

CHANGES = Kind(id="change_id", **_STARTED)

SAMPLED = {
    "incidents": Kind(id="incident_id", **_OPENED),
    "requests": Kind(id="request_id", **_OPENED),
    "problems": Kind(id="problem_id", **_OPENED),
    "releases": Kind(id="release_id", **_STARTED),
    "outages": Kind(id="outage_id", moment="start", began="started", beginning="start"),
}
"""Canonical tables, besides the changes, that the settings may name for a sample."""

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


def populations(
    tables: Tables,
    *,
    as_of: date,
    site: str | None,
    months: int,
    also: Sequence[str] = (),
    also_site: str | None = None,
) -> pd.DataFrame:
    """Where every record of the sampled tables went, and the records that this plan does not sample.

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
    also : sequence of str
        Further tables that are sampled, see `SAMPLED`.
    also_site : str, optional
        Site whose records of those tables are sampled; ``None`` for all sites.

    Returns
    -------
    DataFrame
        ``population, records`` [count], ``use`` (population of this plan; left out; not sampled; not handed over).
        The rows of a sampled table add up to the records that were loaded.
    """
    rows = _account("changes", tables.changes, CHANGES, as_of=as_of, site=site, months=months)
    for name, words in OTHERS.items():
        count = len(tables[name])
        if count and name in also:
            rows += _account(words, tables[name], SAMPLED[name], as_of=as_of, site=also_site, months=months)
        else:
            rows.append((words, count, "not sampled in this plan" if count else "none handed over"))
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def records_to_sample(
    tables: Tables, table: str, *, as_of: date, site: str | None, months: int
) -> tuple[str, pd.DataFrame]:
    """The population of a table for a record sample: its name, and its identifiers alone.

    Nothing but the identifiers goes into the draw, so no outcome can steer it. Where two tools gave the same number
    to two records, the tool stands behind the number.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    table : str
        One of `SAMPLED`.
    as_of, site, months
        As `populations`.

    Returns
    -------
    str
        Name of the population, for the plan.
    DataFrame
        ``item``, one row per record.
    """
    kind, period = SAMPLED[table], last_months(pd.Timestamp(as_of), months)
    _, kept = _left_out(tables[table], kind, as_of=as_of, site=site, months=months)
    items = kept[kind.id].astype("str")
    if "source_system" in kept:
        told = items + " (" + kept["source_system"].astype("str").fillna("tool not stated") + ")"
        items = items.mask(items.duplicated(keep=False), told)
    return f"{OTHERS[table]} {_of(site)}, {period.label}", pd.DataFrame({"item": items}).reset_index(drop=True)


def _of(site: str | None) -> str:
    return "of all sites" if site is None else f"of site {site}"


def _account(
    words: str, frame: pd.DataFrame, kind: Kind, *, as_of: date, site: str | None, months: int
) -> list[tuple[str, int, str]]:
    left, kept = _left_out(frame, kind, as_of=as_of, site=site, months=months)
    rows = [(f"{words} {_of(site)} in the period", len(kept), "population of this plan")]
    return rows + [(f"{words}: {why}", count, "left out") for why, count in left.items() if count]


def _left_out(
    frame: pd.DataFrame, kind: Kind, *, as_of: date, site: str | None, months: int
) -> tuple[dict[str, int], pd.DataFrame]:
    """Records by the first reason that leaves them out, and those that stay."""
    period = last_months(pd.Timestamp(as_of), months)
    first, last = period.first, period.after - pd.Timedelta(days=1)
    moments = frame[kind.moment]
    reasons: dict[str, pd.Series] = {}
    if site is not None:
        where = frame["site"] if "site" in frame else pd.Series(pd.NA, index=frame.index, dtype="str")
        reasons["no site recorded; they may belong here"] = where.isna()
        reasons["at other sites"] = where.notna() & where.ne(site)
    reasons[f"no {kind.beginning} recorded; they may belong here"] = moments.isna()
    reasons[f"{kind.began} before {first:%Y-%m-%d}"] = moments < first
    reasons[f"{kind.began} after {last:%Y-%m-%d}"] = moments >= period.after
    reasons["no identifier, so they cannot be drawn"] = frame[kind.id].isna()
    if kind is CHANGES:
        standard = frame["type"].fillna("").str.strip().str.casefold().isin(PRE_APPROVED)
        reasons["standard, approved beforehand"] = standard
    rest = pd.Series(data=True, index=frame.index)
    counts = {}
    for why, mask in reasons.items():
        gone = rest & mask.fillna(value=False).astype("bool")
        counts[why] = int(gone.sum())
        rest &= ~gone
    return counts, frame[rest]

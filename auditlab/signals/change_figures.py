"""Key figures of changes and releases: success without an incident, and incidents per change."""

from __future__ import annotations

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Row
from auditlab.signals.groups import cut_of, groups_of, shares_by
from auditlab.signals.periods import Period, recorded_months, review_periods
from auditlab.tables import Tables

SETTLED_DAYS = 7
"""Time after its end in which a change can still turn out to cause an incident [days]."""

_SUCCESS = r"success|erfolg|réussi|implemented as planned|ok\b"
_ISSUE = r"issue|problem|partial|not |\bun(?!d\b)|\bnicht erfolg|fail|roll(?:ed|ing)?[ -]?back|back(?:ed|ing)?[ -]?out"


def succeeded(outcome: pd.Series) -> pd.Series:
    """Whether an outcome says success without reservation; missing where nothing is written."""
    words = outcome.str.casefold()
    good = words.str.contains(_SUCCESS, na=False) & ~words.str.contains(_ISSUE, na=False)
    return good.astype("boolean").mask(outcome.isna())


def settled_changes(tables: Tables, *, cut_off: pd.Timestamp) -> pd.DataFrame:
    """Changes whose end lies far enough back, with ``success``: a good outcome and no incident that names them."""
    changes = tables.changes
    ended = changes["ended"].fillna(changes["closed"])
    named = set(tables.incidents["caused_by_change"].dropna())
    good = succeeded(changes["outcome"])
    success = good & ~(changes["change_id"].isin(named) | changes["incident_id"].notna())
    kept = (ended <= cut_off - pd.Timedelta(days=SETTLED_DAYS)) & good.notna()
    return changes.assign(settled=ended, success=success)[kept]


def change_figures(
    tables: Tables, *, as_of: pd.Timestamp, cut_off: pd.Timestamp, confidence: float = 0.95
) -> list[Row]:
    """Change success and incidents per change, by site and period, and release success.

    Parameters
    ----------
    tables : Tables
        Uses changes, incidents and releases.
    as_of, cut_off : Timestamp
        Day of the review and its end.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures.
    """
    recorded = recorded_months(tables.changes["started"].fillna(tables.changes["ended"]), as_of=as_of)
    periods = review_periods(recorded, as_of=as_of)
    rows = shares_by(
        settled_changes(tables, cut_off=cut_off), "change_success_rate", by="site", met="success", moment="settled",
        periods=periods, confidence=confidence, note="the outcome is the client's own word",
    )  # fmt: skip
    for period in periods:
        rows += _incidents_per_change(tables, period, confidence=confidence)
    return rows + _releases(tables.releases, as_of=as_of, cut_off=cut_off, confidence=confidence)


def _incidents_per_change(tables: Tables, period: Period, *, confidence: float) -> list[Row]:
    if not tables.incidents["caused_by_change"].notna().any():
        return []
    begun = tables.changes[period.holds(tables.changes["started"])]
    caused = tables.incidents["caused_by_change"].dropna()
    return [
        frames.rate("change_incident_rate", int(caused.isin(own["change_id"]).sum()), len(own), period=period.label,
                    confidence=confidence, note="incidents that name no change are not in it", **cut_of("site", site))
        for site, own in groups_of(begun, "site")
    ]  # fmt: skip


def _releases(releases: pd.DataFrame, *, as_of: pd.Timestamp, cut_off: pd.Timestamp, confidence: float) -> list[Row]:
    deployed = releases.assign(
        settled=releases["ended"].fillna(releases["started"]), success=succeeded(releases["outcome"])
    )
    deployed = deployed[deployed["settled"] <= cut_off - pd.Timedelta(days=SETTLED_DAYS)].dropna(subset=["success"])
    recorded = recorded_months(deployed["settled"], as_of=as_of)
    return shares_by(
        deployed, "release_success_rate", by="service", met="success", moment="settled",
        periods=review_periods(recorded, as_of=as_of), confidence=confidence,
    )  # fmt: skip

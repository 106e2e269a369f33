"""Recurring incidents: several of one item and kind in a quarter of a year, and whether a problem record answers them.

Same item and category is what the records can show; whether it is the same fault, a person decides.
"""

from __future__ import annotations

import pandas as pd

from auditlab.signals.groups import named

RECURRING = 3
"""Incidents that make a cluster, at least [count]."""

WITHIN_DAYS = 90
"""Time in which they are opened [days]."""

ONE_EVENT = pd.Timedelta(hours=1)
"""Incidents of one item opened closer together than this are callers about one event."""

CLAUSE = "8.6.3"

CLUSTER_DTYPES = {
    "cluster": "Int64", "clause": "str", "service": "str", "site": "str", "ci": "str", "category": "str",
    "first": "datetime64[us]", "last": "datetime64[us]", "n": "Int64", "events": "Int64", "open": "Int64",
    "problem_records": "Int64", "problems": "str", "incidents": "str", "note": "str",
}  # fmt: skip


def incident_clusters(
    incidents: pd.DataFrame,
    problems: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    recurring: int = RECURRING,
    within_days: int = WITHIN_DAYS,
) -> pd.DataFrame:
    """Clusters of recurring incidents with the problem records that answer them.

    Parameters
    ----------
    incidents, problems, findings : DataFrame
        Canonical tables.
    recurring : int
        Events that make a cluster, at least [count]; incidents within an hour of the one before are one event.
    within_days : int
        Time in which they lie, and time a problem record may take after the last of them [days].

    Returns
    -------
    DataFrame
        ``cluster, clause, service, site, ci, category, first, last, n`` (incidents), ``events, open,
        problem_records, problems, incidents, note``; clusters without a problem record first, then the largest.
        Incidents without a configuration item or category belong to none; those that name no service are taken as
        of one.
    """
    known = named(incidents.dropna(subset=["opened", "ci", "category"]), ["service"])
    problems = named(problems, ["service"])
    marked = _marked(known, recurring=recurring, within=pd.Timedelta(days=within_days))
    rows = [_row(own, problems, findings, recurring, within_days) for _, own in marked.groupby("cluster", sort=True)]
    frame = pd.DataFrame(rows, columns=list(CLUSTER_DTYPES))
    frame = frame.sort_values(
        ["problem_records", "n", "first", "ci"], ascending=[True, False, True, True], kind="stable"
    ).reset_index(drop=True)
    return frame.assign(cluster=range(1, len(frame) + 1)).astype(CLUSTER_DTYPES)


def _marked(known: pd.DataFrame, *, recurring: int, within: pd.Timedelta) -> pd.DataFrame:
    """The incidents of clusters with a number per cluster; overlapping windows are one cluster."""
    by = ["service", "ci", "category"]
    ordered = known.sort_values([*by, "opened", "incident_id"], kind="stable").reset_index(drop=True)
    groups = ordered.groupby(by, sort=False)["opened"]
    event = ordered.assign(event=(groups.diff() > ONE_EVENT) | groups.shift().isna())
    starts = event[event["event"]].copy()
    earlier = starts.groupby(by, sort=False)["opened"].shift(recurring - 1)
    starts["completes"] = (starts["opened"] - earlier <= within).astype(int)
    completes = starts.groupby(by, sort=False)["completes"]
    ahead = pd.concat([completes.shift(-steps).fillna(0) for steps in range(recurring)], axis=1) > 0
    inside = ahead.any(axis=1)  # it completes a window, or one of the next events does
    follows = ahead.iloc[:, :-1].any(axis=1)  # that window holds the event before as well
    starts["cluster"] = (inside & ~follows).cumsum().where(inside)
    event["cluster"] = starts["cluster"].reindex(event.index)
    callers = event.groupby(event["event"].cumsum())["cluster"].transform("first")
    return event.assign(cluster=callers).dropna(subset=["cluster"])


def _row(
    own: pd.DataFrame, problems: pd.DataFrame, findings: pd.DataFrame, recurring: int, within_days: int
) -> dict[str, object]:
    first = own.iloc[0]
    third = own.loc[own["event"], "opened"].iloc[recurring - 1]
    linked = set(own["problem_id"].dropna())
    same_item = (problems["service"] == first["service"]) & (problems["ci"] == first["ci"])
    in_time = problems["opened"].between(own["opened"].min(), third + pd.Timedelta(days=within_days))
    answered = sorted(linked | set(problems.loc[same_item & in_time, "problem_id"]))
    sites = sorted(set(own["site"].dropna()))
    return {
        "clause": CLAUSE,
        "service": first["service"],
        "site": sites[0] if len(sites) == 1 else None,
        "ci": first["ci"],
        "category": first["category"],
        "first": own["opened"].min(),
        "last": own["opened"].max(),
        "n": len(own),
        "events": int(own["event"].sum()),
        "open": int(own["resolved"].isna().sum()),
        "problem_records": len(answered),
        "problems": " ".join(answered),
        "incidents": " ".join(own["incident_id"]),
        "note": _note(str(first["service"]), sites, findings),
    }


def _note(service: str, sites: list[str], findings: pd.DataFrame) -> str:
    """The nonconformities about problem management that concern the service at the sites of the cluster."""
    about = findings["clause"].str.startswith(CLAUSE, na=False) & (findings["service"] == service)
    here = about & findings["site"].isin(sites) & findings["grade"].isin(["major", "minor"])
    cited = sorted(findings.loc[here, "finding_id"])
    return f"nonconformities at {CLAUSE} for this service and site: {' '.join(cited)}" if cited else ""

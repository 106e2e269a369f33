"""The engine behind the tables of incidents: one pass of DuckDB over a frame or a Parquet file.

Everything above works on the small frames that come out of here: counts that add up by month and group, and
durations with the number of incidents that had them. Five million incidents become some ten thousand rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.queries import quiet_connection

GROUPS = ("service", "site", "priority", "supplier")

COUNTS = {
    "opened": "count(*)",
    "resolved": "count(resolved)",
    "timed": "count(elapsed)",
    "resolved_hours": "coalesce(sum(elapsed / 60), 0)",
    "responded": "count(waited)",
    "response_minutes": "coalesce(sum(waited), 0)",
    "response_impossible": "count(*) filter (where first_response < opened)",
    "major": "count(*) filter (where major)",
    "major_known": "count(major)",
    "reopened": "count(*) filter (where reopens > 0 and resolved is not null)",
    "reopen_known": "count(*) filter (where reopens is not null and resolved is not null)",
    "reassignments": "coalesce(sum(reassignments), 0)",
    "reassignment_known": "count(reassignments)",
    "with_problem": "count(problem_id)",
    "with_change": "count(caused_by_change)",
    "with_ci": "count(ci)",
    "targeted": "count(sla_target_minutes) filter (where not impossible)",
    "impossible": "count(sla_target_minutes) filter (where impossible)",
    "met": "count(*) filter (where worked <= sla_target_minutes)",
    "late": "count(*) filter (where worked > sla_target_minutes)",
    "breached_open": "count(*) filter (where resolved is null and due <= $cut_off)",
    "not_due": "count(*) filter (where resolved is null and due > $cut_off)",
    "settled": "count(*) filter (where due <= $cut_off)",
    "settled_met": "count(*) filter (where due <= $cut_off and worked <= sla_target_minutes)",
    "settled_gross": "count(*) filter (where due <= $cut_off and elapsed <= sla_target_minutes)",
    "settled_paused": "count(*) filter (where due <= $cut_off and paused_minutes > 0)",
    "settled_pause_known": "count(*) filter (where due <= $cut_off and paused_minutes is not null)",
    "reported": "count(*) filter (where due <= $cut_off and sla_met is not null)",
    "reported_met": "count(*) filter (where due <= $cut_off and sla_met)",
}
"""The counts of `monthly_counts` and how they are made: counts add up over months and groups, shares do not."""

NEEDED = (
    "opened", "resolved", "first_response", "major", "reopens", "reassignments", "problem_id", "caused_by_change",
    "ci", "sla_target_minutes", "paused_minutes", "sla_met", *GROUPS,
)  # fmt: skip

# A pause that is not recorded is taken as none: the clock then runs as it does without pauses.
# A restoration before the opening is an error of the record: its duration is not known, nor whether its target was met,
# so it has no deadline here. A response before the opening is no response time.
_PREPARED = """
    select * replace (case when resolved < $cut_off then resolved end as resolved),
        case when resolved >= opened and resolved < $cut_off then epoch(resolved - opened) / 60 end as elapsed,
        coalesce(resolved < opened, false) as impossible,
        elapsed - coalesce(paused_minutes, 0) as worked,
        case when first_response >= opened then epoch(first_response - opened) / 60 end as waited,
        case when not impossible
            then opened + to_microseconds(cast(60e6 * (sla_target_minutes + coalesce(paused_minutes, 0)) as bigint))
            end as due
    from incidents where opened < $cut_off
"""


def monthly_counts(
    incidents: pd.DataFrame | Path, *, cut_off: pd.Timestamp, by: Sequence[str] = ("service", "priority")
) -> pd.DataFrame:
    """Counts of incidents by month of opening and group.

    Parameters
    ----------
    incidents : DataFrame or Path
        Canonical incidents, or a Parquet file of them.
    cut_off : Timestamp
        Moment up to which the records reach; a restoration after it is not known.
    by : sequence of str
        Columns of `GROUPS` to keep apart.

    Returns
    -------
    DataFrame
        ``month`` (first day), the columns of `by`, and those of `COUNTS` [count, hours or minutes], ordered
        by month and group. ``met`` and ``late`` use the time without pauses; ``settled`` are the incidents whose
        deadline (opened, target and pause) has passed. Incidents restored before they were opened are in none of
        these but in ``impossible``; responses before the opening are in ``response_impossible``.

    Raises
    ------
    ArgumentError
        If a column is missing or `by` names one that incidents are not grouped by.
    """
    groups = ", ".join(_grouped(by))
    sums = ", ".join(f"{expression} as {name}" for name, expression in COUNTS.items())
    query = (
        f"with prepared as ({_PREPARED}) "  # noqa: S608  # our own words, no text from outside
        f"select date_trunc('month', opened) as month, {groups}, {sums} from prepared group by all "
        f"order by month, {', '.join(f'{name} nulls last' for name in by)}"
    )
    counts = _asked(incidents, query, cut_off=cut_off)
    whole = [name for name in COUNTS if not name.endswith(("_hours", "_minutes"))]
    return counts.astype({"month": "datetime64[us]"} | dict.fromkeys(whole, "int64") | dict.fromkeys(by, "str"))


def durations(
    incidents: pd.DataFrame | Path,
    *,
    cut_off: pd.Timestamp,
    first: pd.Timestamp,
    after: pd.Timestamp,
    by: Sequence[str] = ("service", "priority"),
) -> pd.DataFrame:
    """How long the incidents opened in a period took, the open ones as long as they have been open.

    Parameters
    ----------
    incidents : DataFrame or Path
        Canonical incidents, or a Parquet file of them.
    cut_off : Timestamp
        Moment at which open incidents are censored.
    first, after : Timestamp
        The period, from `first` until before `after`.
    by : sequence of str
        Columns of `GROUPS` to keep apart.

    Returns
    -------
    DataFrame
        The columns of `by`, ``hours`` from opening to restoration or to the cut-off, to the minute, ``observed``
        (restored) and ``n`` incidents with both, ordered by all of them. Incidents restored before they were opened
        have missing ``hours``: see `timed_cases`.

    Raises
    ------
    ArgumentError
        If a column is missing or `by` names one that incidents are not grouped by.
    """
    ended = "resolved is not null and resolved < $cut_off"
    lasted = f"round(epoch(case when {ended} then resolved else $cut_off end - opened) / 60) / 60"
    query = (
        f"select {', '.join(_grouped(by))}, "  # noqa: S608  # our own words, no text from outside
        f"case when resolved is null or resolved >= opened then {lasted} end as hours, "
        f"{ended} as observed, count(*) as n from incidents "
        "where opened >= $first and opened < $after and opened < $cut_off group by all order by all"
    )
    found = _asked(incidents, query, cut_off=cut_off, first=first, after=after)
    return found.astype({"hours": "float64", "observed": "bool", "n": "int64"} | dict.fromkeys(by, "str"))


def timed_cases(counted: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """One row for each incident of `durations` that has one, and how many have none [count]."""
    timed = counted[counted["hours"].notna()]
    return timed.loc[timed.index.repeat(timed["n"])], int(counted["n"].sum() - timed["n"].sum())


def _grouped(by: Sequence[str]) -> Sequence[str]:
    unknown = sorted(set(by) - set(GROUPS))
    if unknown:
        raise ArgumentError(f"Incidents are not grouped by {', '.join(unknown)}. Use {', '.join(GROUPS)}.")
    return by


def _asked(incidents: pd.DataFrame | Path, query: str, **values: pd.Timestamp) -> pd.DataFrame:
    with _connection(incidents) as connection:
        bound = {name: value.to_pydatetime() for name, value in values.items() if f"${name}" in query}
        return connection.execute(query, bound).df()


@contextmanager
def _connection(incidents: pd.DataFrame | Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with quiet_connection() as connection:
        if isinstance(incidents, Path):
            connection.from_parquet(str(incidents)).create_view("incidents")
            held = [str(row[0]) for row in connection.execute("describe incidents").fetchall()]
        else:
            held = list(incidents.columns)
        missing = [name for name in NEEDED if name not in held]
        if missing:
            raise ArgumentError(
                f"The incidents have no column {', '.join(missing)}. Give the canonical table; a field that is not "
                "known is a column of missing values."
            )
        if not isinstance(incidents, Path):
            connection.register("incidents", incidents[list(NEEDED)])
        yield connection

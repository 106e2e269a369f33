"""The plan on the day: what changes, what it costs, and how much of the time is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.planning.joined import joined_sessions
from auditlab.planning.team import Team
from auditlab.planning.timetable_board import SHORTEST

DIFFERENCE_DTYPES = {
    "clause": "str", "site": "str", "auditor": "str", "before": "str", "after": "str", "minutes": "int64",
    "what": "str", "reason": "str",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Time that is lost on the day."""

    auditor: str
    day: int
    start: str  # HH:MM on the clock of the plan
    end: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replan:
    """The new timetable, and every deviation with its reason, fit for the report."""

    sessions: pd.DataFrame
    differences: pd.DataFrame


def replan(
    sessions: pd.DataFrame,
    *,
    losses: Sequence[Loss],
    team: Team,
    order: Mapping[tuple[str, str], int] = MappingProxyType({}),
) -> Replan:
    """Move what is lost into the contingency reserve of its site, later the same audit.

    Of an examination that began before the loss or goes on after it, only the lost part moves. Of what one loss
    takes, the first in the order moves first, so that what finds no room stands last in it. Reserve that lies in the
    lost time is lost too. A session that was not hit stays where it is, however late its cell stands in the order:
    whether it gives way to a dropped one, the leader decides. Absences and shifts of whoever is met are not looked at
    again.

    Parameters
    ----------
    sessions : DataFrame
        ``sessions`` of a `Timetable`; it is not changed.
    losses : sequence of Loss
        Each with its reason.
    team : Team
        Who may examine what.
    order : mapping
        Site and clause to the place of the cell: what must be covered before what may be. Cells without a place come
        last, by time.

    Returns
    -------
    Replan
        ``sessions`` (lost ones have the kind "lost"; the minutes still sum to the budget) and ``differences``:
        ``clause, site, auditor, before, after`` (day and time; empty where it is dropped), ``minutes, what`` (moved,
        dropped), ``reason``.

    Raises
    ------
    ArgumentError
        If a loss has no reason or meets no session.
    """
    now = _whole_reserves(sessions)
    now["free"] = now["kind"].eq("contingency")
    rows: list[tuple[object, ...]] = []
    for loss in losses:
        if not loss.reason.strip():
            raise ArgumentError(f"The loss of {loss.auditor} on day {loss.day} has no reason. The report needs one.")
        hit = now[
            now["auditor"].eq(loss.auditor) & now["day"].eq(loss.day) & now["kind"].isin(["examination", "contingency"])
            & now["start"].lt(loss.end) & now["end"].gt(loss.start)
        ]  # fmt: skip
        if not hit["kind"].eq("examination").any():
            raise ArgumentError(
                f"{loss.auditor} examines nothing on day {loss.day} from {loss.start} to {loss.end}. Mend the loss."
            )
        now = _parted(now, hit, loss)
        for place in _in_order(now, order):
            now.loc[place, "kind"] = "lost"
            now, found = _moved(now, int(place), team)
            lost = now.iloc[int(place)]
            named = (lost["clause"], lost["site"], loss.auditor, _when(lost))
            rows += [(*named, after, minutes, "moved" if after else "dropped", loss.reason) for after, minutes in found]
    differences = pd.DataFrame(rows, columns=list(DIFFERENCE_DTYPES)).astype(DIFFERENCE_DTYPES)
    ordered = now.drop(columns="free").sort_values(["day", "start", "auditor"], kind="stable").reset_index(drop=True)
    return Replan(sessions=ordered, differences=differences)


def _in_order(now: pd.DataFrame, order: Mapping[tuple[str, str], int]) -> list[int]:
    """Places of what was just lost, the first in the order first."""
    lost = now[now["kind"].eq("now lost")]
    ranks = [order.get(cell, len(order)) for cell in zip(lost["site"], lost["clause"], strict=True)]
    return [int(lost.index[place]) for place in np.argsort(ranks, kind="stable")]


def _whole_reserves(sessions: pd.DataFrame) -> pd.DataFrame:
    """The sessions with pieces of reserve that follow each other joined, so that a lost one is not cut by them."""
    kept = sessions["kind"].eq("contingency")
    whole = pd.concat([sessions[~kept], joined_sessions(sessions[kept])], ignore_index=True)
    return whole.sort_values(["day", "start", "auditor"], kind="stable").reset_index(drop=True)


def _when(row: pd.Series) -> str:
    return f"day {row['day']}, {row['start']}"


def _parted(now: pd.DataFrame, hit: pd.DataFrame, loss: Loss) -> pd.DataFrame:
    """The sessions with those that are hit cut where the loss begins and ends; the lost part is "now lost"."""
    rows: list[pd.Series] = []
    for place, row in now.iterrows():
        if place not in hit.index:
            rows.append(row)
            continue
        turns = sorted({row["start"], row["end"], max(row["start"], loss.start), min(row["end"], loss.end)})
        for start, end in pairwise(turns):
            piece = _piece(row, start, end)
            if loss.start <= start < loss.end:
                piece["kind"] = "lost" if row["free"] else "now lost"
                piece["free"] = False
            rows.append(piece)
    return pd.DataFrame(rows).astype(now.dtypes).reset_index(drop=True)


def _piece(row: pd.Series, start: str, end: str) -> pd.Series:
    """A part of a session, from one time to another."""
    later = pd.Timedelta(minutes=_minutes(row["start"], start))
    piece = row.copy()
    piece["start"], piece["end"], piece["minutes"] = start, end, _minutes(start, end)
    piece["local_start"] = f"{pd.Timestamp(row['date'] + ' ' + row['local_start']) + later:%H:%M}"
    return piece


def _minutes(start: str, end: str) -> int:
    return round((pd.Timestamp(f"2000-01-01 {end}") - pd.Timestamp(f"2000-01-01 {start}")).total_seconds()) // 60


def _moved(now: pd.DataFrame, place: int, team: Team) -> tuple[pd.DataFrame, list[tuple[str, int]]]:
    """Put the minutes of a lost session into later reserve at its site; pieces with their new place."""
    lost = now.iloc[place]
    left = int(lost["minutes"])
    found: list[tuple[str, int]] = []
    later = now[
        now["free"] & now["site"].eq(lost["site"])
        & (now["day"].gt(lost["day"]) | (now["day"].eq(lost["day"]) & now["start"].ge(lost["end"])))
    ]  # fmt: skip
    for spot in np.flatnonzero(now.index.isin(later.index)):
        row = now.iloc[int(spot)]
        allowed = team.may_examine(str(row["auditor"]), site=str(lost["site"]), clause=str(lost["clause"]))
        if not left or not allowed or _asked_elsewhere(now, row, str(lost["interviewee"])):
            continue
        taken = min(left, int(row["minutes"]))
        if taken < min(left, SHORTEST):
            continue
        now = _split(now, int(spot), taken, lost)
        found.append((_when(row), taken))
        left -= taken
    return now, found + ([("", left)] if left else [])


def _asked_elsewhere(now: pd.DataFrame, row: pd.Series, who: str) -> bool:
    same = now["interviewee"].eq(who) & now["site"].eq(row["site"]) & now["day"].eq(row["day"])
    return bool(
        (same & now["kind"].eq("examination") & now["start"].lt(row["end"]) & now["end"].gt(row["start"])).any()
    )


def _split(now: pd.DataFrame, spot: int, taken: int, lost: pd.Series) -> pd.DataFrame:
    """Use the first minutes of a reserve; what is left stays reserve."""
    row = now.iloc[spot]
    turn = f"{pd.Timestamp(row['date'] + ' ' + row['start']) + pd.Timedelta(minutes=taken):%H:%M}"
    rest = _piece(row, turn, str(row["end"]))
    used = {"kind": "examination", "clause": lost["clause"], "interviewee": lost["interviewee"], "minutes": taken}
    for column, value in (used | {"end": turn, "free": False}).items():
        now.loc[spot, column] = value
    return pd.concat([now, rest.to_frame().T.astype(now.dtypes)], ignore_index=True) if rest["minutes"] else now


BURN_DTYPES = {
    "site": "str", "clause": "str", "planned": "int64", "used": "Int64", "left": "Int64", "over": "Int64",
    "residual": "str",
}  # fmt: skip


def burn_down(planned: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Planned against used minutes.

    Parameters
    ----------
    planned : DataFrame
        ``site, clause, minutes``.
    used : DataFrame
        Time log with the same columns; several rows for a cell are summed. A cell without a row, or with
        empty ones alone, has no record yet.

    Returns
    -------
    DataFrame
        ``site, clause, planned, used, left, over`` [minutes; missing where no time is recorded], ``residual`` (what
        a cut leaves open), in the order of the plan; cells that were not planned stand at the end.
    """
    keys = ["site", "clause"]
    spent = used.groupby(keys, sort=False)["minutes"].sum(min_count=1).astype("Int64").rename("used")
    wanted = planned.groupby(keys, sort=False)["minutes"].sum().rename("planned")
    table = pd.concat([wanted, spent], axis=1).reset_index()
    table["planned"] = table["planned"].fillna(0).astype("int64")
    table["left"] = (table["planned"] - table["used"]).clip(lower=0)
    table["over"] = (table["used"] - table["planned"]).clip(lower=0)
    recorded, less = table["used"].notna(), table["left"].fillna(0) > 0
    words = pd.Series("", index=table.index, dtype="str").mask(~recorded, "no time is recorded yet")
    words = words.mask(recorded & less, "examined in less depth than planned")
    words = words.mask(recorded & (table["used"].fillna(1) == 0), "not examined")
    return table.assign(residual=words)[list(BURN_DTYPES)].astype(BURN_DTYPES)

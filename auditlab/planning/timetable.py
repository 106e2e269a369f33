"""The timetable: who examines what with whom, where and when, to the minute.

A list schedule: whoever is free first takes the cell with the fewest people who may examine it, and among equal
cells one for the person just interviewed. Nobody is in two places, no interviewee and no system is asked for twice
at the same time. What finds no place is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.planning.team import Team
from auditlab.planning.timetable_board import TIMETABLE_DTYPES, Board, Places
from auditlab.planning.timetable_parts import Absence, Clock, Shift, Work
from auditlab.planning.workdays import AFTERNOON, MORNING, Workdays


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Sessions, and what found no place."""

    sessions: pd.DataFrame
    clashes: pd.DataFrame

    @property
    def minutes(self) -> int:
        """All planned minutes."""
        return int(self.sessions["minutes"].sum())


def timetable(
    work: Sequence[Work],
    *,
    site_days: pd.DataFrame,
    reserves: Mapping[str, int],
    days: Workdays,
    team: Team,
    clock: Clock,
    absences: Sequence[Absence] = (),
    shifts: Sequence[Shift] = (),
) -> Timetable:
    """The timetable of a visit.

    Parameters
    ----------
    work : sequence of Work
        Cells with time.
    site_days : DataFrame
        ``site, day, half, auditors`` of one share of the budget, as `visit_minutes` returns them.
    reserves : mapping
        Contingency reserve by site [minutes].
    days : Workdays
        The days of the team.
    team : Team
        Its members and their conflicts.
    clock : Clock
        First day, start and time zones.
    absences : sequence of Absence
        When somebody cannot be interviewed.
    shifts : sequence of Shift
        When people work; without any, the whole day.

    Returns
    -------
    Timetable
        ``sessions``: ``day, date, start, end`` (clock of the plan), ``local_start`` (clock of the site), ``auditor,
        site, kind`` (opening, examination, contingency, team, closing, not placed), ``clause,
        interviewee, minutes``. The minutes sum to the budget; time that no examination could fill is "not
        placed" and stands in ``clashes`` (``rule, site, clause, minutes, sentence``) with the cells that need it.
    """
    board = Board(
        work=list(work), reserves=dict(reserves), team=team, clock=clock, absences=tuple(absences),
        shifts=tuple(shifts),
    )  # fmt: skip
    if days.odd_minutes:
        board.odd(days, site=str(site_days["site"].iloc[0]))
    places = _places(site_days, days, team, work)
    for half in days.half_days:
        board.meeting_before(half, days, places)
        for site, members in places[half.day, half.half].items():
            afternoon = places[half.day, AFTERNOON].get(site, ())
            board.fill(half, site, members, days, staying=afternoon)
        board.meetings_after(half, days, places)
    frame = pd.DataFrame(board.rows, columns=list(TIMETABLE_DTYPES)).astype(TIMETABLE_DTYPES)
    frame = frame.sort_values(["day", "start", "auditor"], kind="stable").reset_index(drop=True)
    return Timetable(sessions=frame, clashes=board.clashes())


def _places(site_days: pd.DataFrame, days: Workdays, team: Team, work: Sequence[Work]) -> Places:
    """Who is at which site in each half day.

    Each morning whoever alone may examine something goes where that is; the others, and all at noon, stay where they
    are if the numbers allow it.
    """
    wanted = {
        (int(day), str(half), str(site)): int(number)
        for day, half, site, number in zip(
            site_days["day"], site_days["half"], site_days["site"], site_days["auditors"], strict=True
        )
    }
    sites = list(dict.fromkeys(site_days["site"].astype("str")))
    rare = _rare(team, work)
    idle = _idle(team, work)
    at: dict[str, str] = {}
    places: dict[tuple[int, str], dict[str, list[str]]] = {}
    for half in days.half_days:
        room = {site: wanted.get((half.day, half.half, site), 0) for site in sites}
        now: dict[str, list[str]] = {site: [] for site in sites if room[site]}
        for site, able in rare if half.half == MORNING else ():
            seated = {member for members in now.values() for member in members}
            coming = [member for member in team.members if member in able and member not in seated]
            if coming and len(now.get(site, ())) < room[site] and not able & set(now[site]):
                now[site].append(coming[0])
        seated = {member for members in now.values() for member in members}
        # Whoever has nothing to examine at one of the sites keeps the place at another.
        order = sorted(team.members, key=lambda one: -sum((one, site) in idle for site in now))
        for member in (one for one in order if one not in seated):
            stays = (member, at.get(member, "")) not in idle
            if stays and room.get(at.get(member, ""), 0) > len(now.get(at.get(member, ""), [])):
                now[at[member]].append(member)
        seated = {member for members in now.values() for member in members}
        for member in (one for one in order if one not in seated):
            open_sites = [site for site in now if len(now[site]) < room[site]]
            # Whoever is barred somewhere goes elsewhere, if there is an elsewhere.
            site = min(
                ((member, name) in idle, _barred(team, member, name), place, name)
                for place, name in enumerate(open_sites)
            )[-1]
            now[site].append(member)
        at = {member: site for site, members in now.items() for member in members}
        rare = [(site, able) for site, able in rare if not able & set(now.get(site, ()))]
        places[half.day, half.half] = now
    return places


def _rare(team: Team, work: Sequence[Work]) -> list[tuple[str, frozenset[str]]]:
    """Sites with the members who alone may examine something there, most time first."""
    minutes: dict[tuple[str, frozenset[str]], int] = {}
    for item in work:
        able = frozenset(one for one in team.members if team.may_examine(one, site=item.site, clause=item.clause))
        if able and len(able) < len(team.members):
            minutes[item.site, able] = minutes.get((item.site, able), 0) + item.minutes
    return sorted(minutes, key=lambda place: (-minutes[place], place[0], sorted(place[1])))


def _idle(team: Team, work: Sequence[Work]) -> frozenset[tuple[str, str]]:
    """Members and the sites with work where they may examine nothing."""
    everybody = {(member, item.site) for member in team.members for item in work}
    return frozenset(
        everybody
        - {
            (member, item.site)
            for item in work
            for member in team.members
            if team.may_examine(member, site=item.site, clause=item.clause)
        }
    )


def _barred(team: Team, member: str, site: str) -> int:
    return sum(conflict.auditor == member and conflict.site in ("", site) for conflict in team.conflicts)

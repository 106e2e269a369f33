"""The timetable: who examines what with whom, where and when, to the minute.

A list schedule: whoever is free first takes the cell with the fewest people who may examine it, and among equal
cells one for the person just interviewed. Nobody is in two places, no interviewee and no system is asked for twice
at the same time. What finds no place is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from auditlab.planning.team import Team
from auditlab.planning.workdays import MORNING, HalfDay, Workdays

TIMETABLE_DTYPES = {
    "day": "int64", "date": "str", "start": "str", "end": "str", "local_start": "str", "auditor": "str", "site": "str",
    "kind": "str", "clause": "str", "interviewee": "str", "minutes": "int64",
}  # fmt: skip
CLASH_DTYPES = {"rule": "str", "site": "str", "clause": "str", "minutes": "int64", "sentence": "str"}
SHORTEST = 10
"""A part of an examination shorter than this is not worth sitting down for [minutes]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time at which somebody at a site cannot be interviewed, on the clock of the plan."""

    role: str
    site: str
    day: int  # 1 is the first
    start: time = time(0)
    end: time = time(23, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The day of the team, on the clock of the first site."""

    first_day: date
    start: time = time(9)
    lunch_minutes: int = 60  # no audit time
    zone: str = "UTC"
    zones: Mapping[str, str] = field(default_factory=dict)  # site to its time zone, where it is another
    working_days_only: bool = True

    def day(self, number: int) -> date:
        """The date of a day of the audit; weekends are skipped."""
        if not self.working_days_only:
            return self.first_day + timedelta(days=number - 1)
        return pd.bdate_range(self.first_day, periods=number)[-1].date()

    def local(self, moment: datetime, site: str) -> datetime:
        """The same moment on the clock of the site."""
        zone = self.zones.get(site, self.zone)
        return moment.replace(tzinfo=ZoneInfo(self.zone)).astimezone(ZoneInfo(zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One cell of the plan and who can speak about it."""

    site: str
    clause: str
    minutes: int
    roles: tuple[str, ...]
    rank: int
    system: str = ""  # shown to one auditor at a time


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

    Returns
    -------
    Timetable
        ``sessions``: ``day, date, start, end`` (clock of the plan), ``local_start`` (clock of the site), ``auditor,
        site, kind`` (opening, examination, contingency, team, closing, not placed), ``clause,
        interviewee, minutes``. The minutes sum to the budget; time that no examination could fill is "not
        placed" and stands in ``clashes`` (``rule, site, clause, minutes, sentence``) with the cells that need it.
    """
    board = _Board(work=list(work), reserves=dict(reserves), team=team, clock=clock, absences=tuple(absences))
    if days.odd_minutes:
        board.odd(days, site=str(site_days["site"].iloc[0]))
    places = _places(site_days, days, team)
    for half in days.half_days:
        board.meeting_before(half, days, places)
        for site, members in places[half.day, half.half].items():
            board.fill(half, site, members, days)
        board.meetings_after(half, days, places)
    frame = pd.DataFrame(board.rows, columns=list(TIMETABLE_DTYPES)).astype(TIMETABLE_DTYPES)
    frame = frame.sort_values(["day", "start", "auditor"], kind="stable").reset_index(drop=True)
    return Timetable(sessions=frame, clashes=board.clashes())


_Places = dict[tuple[int, str], dict[str, list[str]]]


def _places(site_days: pd.DataFrame, days: Workdays, team: Team) -> _Places:
    """Who is at which site in each half day; everybody stays where he is if the numbers allow it."""
    wanted = {
        (int(day), str(half), str(site)): int(number)
        for day, half, site, number in zip(
            site_days["day"], site_days["half"], site_days["site"], site_days["auditors"], strict=True
        )
    }
    sites = list(dict.fromkeys(site_days["site"].astype("str")))
    at: dict[str, str] = {}
    places: _Places = {}
    for half in days.half_days:
        room = {site: wanted.get((half.day, half.half, site), 0) for site in sites}
        now: dict[str, list[str]] = {site: [] for site in sites if room[site]}
        for member in team.members:
            if room.get(at.get(member, ""), 0) > len(now.get(at.get(member, ""), [])):
                now[at[member]].append(member)
        seated = {member for members in now.values() for member in members}
        for member in (one for one in team.members if one not in seated):
            open_sites = [site for site in now if len(now[site]) < room[site]]
            # Whoever is barred somewhere goes elsewhere, if there is an elsewhere.
            site = min((_barred(team, member, name), place, name) for place, name in enumerate(open_sites))[2]
            now[site].append(member)
        at = {member: site for site, members in now.items() for member in members}
        places[half.day, half.half] = now
    return places


def _barred(team: Team, member: str, site: str) -> int:
    return sum(conflict.auditor == member and conflict.site in ("", site) for conflict in team.conflicts)


class _Board:
    """The timetable while it is filled."""

    def __init__(
        self, *, work: list[Work], reserves: dict[str, int], team: Team, clock: Clock, absences: tuple[Absence, ...]
    ) -> None:
        self._left = {(item.site, item.clause): item.minutes for item in work}
        self._work = sorted(work, key=lambda item: (self._choices(item, team), item.rank, item.clause))
        self._reserves = reserves
        self._team = team
        self._clock = clock
        self._absences = absences
        self._busy: list[tuple[str, str, datetime, datetime]] = []  # site, role or system, from, to
        self._with: dict[str, tuple[str, str]] = {}  # auditor to site and role of the last interview
        self.rows: list[tuple[object, ...]] = []

    @staticmethod
    def _choices(item: Work, team: Team) -> int:
        return sum(team.may_examine(member, site=item.site, clause=item.clause) for member in team.members)

    def _start(self, half: HalfDay, days: Workdays) -> datetime:
        """When the half day begins, before its meetings."""
        begin = datetime.combine(self._clock.day(half.day), self._clock.start)
        if half.half == MORNING:
            return begin
        return begin + timedelta(minutes=days.day_minutes[half.day - 1] // 2 + self._clock.lunch_minutes)

    def _add(
        self,
        day: int,
        start: datetime,
        length: int,
        *,
        auditor: str,
        site: str,
        kind: str,
        clause: str = "",
        who: str = "",
    ) -> None:
        if length:
            local = self._clock.local(start, site).strftime("%H:%M") if site else ""
            end = start + timedelta(minutes=length)
            times = (f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}", local)
            self.rows.append((day, *times, auditor, site, kind, clause, who, length))

    def odd(self, days: Workdays, *, site: str) -> None:
        """Minutes that the auditors cannot share belong to the leader, before the first meeting."""
        start = self._start(days.half_days[0], days) - timedelta(minutes=days.odd_minutes)
        self._reserves[site] = self._reserves.get(site, 0) - days.odd_minutes
        self._add(1, start, days.odd_minutes, auditor=self._team.members[0], site=site, kind="contingency")

    def meeting_before(self, half: HalfDay, days: Workdays, places: _Places) -> None:
        """The opening meeting; those at other sites take part from there."""
        if half.day == 1 and half.half == MORNING:
            self._meeting(half, self._start(half, days), days.meetings.opening, "opening", places)

    def meetings_after(self, half: HalfDay, days: Workdays, places: _Places) -> None:
        """The team meeting of the day, and the closing meeting of the last."""
        if half.half == MORNING:
            return
        start = self._start(half, days) + timedelta(minutes=half.minutes)
        self._meeting(half, start, days.meetings.team, "team", places)
        if half.day == days.days:
            self._meeting(half, start + timedelta(minutes=days.meetings.team), days.meetings.closing, "closing", places)

    def _meeting(self, half: HalfDay, start: datetime, length: int, kind: str, places: _Places) -> None:
        for site, members in places[half.day, half.half].items():
            for member in members:
                self._add(half.day, start, length, auditor=member, site=site, kind=kind)

    def fill(self, half: HalfDay, site: str, members: Sequence[str], days: Workdays) -> None:
        """The examinations of one site in one half day."""
        opening = days.meetings.opening if half.day == 1 and half.half == MORNING else 0
        begin = self._start(half, days) + timedelta(minutes=opening)
        end = begin + timedelta(minutes=half.minutes)
        at = dict.fromkeys(members, begin)
        while any(moment < end for moment in at.values()):
            member = min(members, key=lambda one: (at[one], members.index(one)))
            at[member] += timedelta(minutes=self._next(half, site, member, at[member], end))

    def _next(self, half: HalfDay, site: str, member: str, now: datetime, end: datetime) -> int:
        """Place the next thing this auditor does; its minutes."""
        room = int((end - now).total_seconds()) // 60
        chosen = self._choose(half, site, member, now, room)
        if chosen is not None:
            item, who, length = chosen
            until = now + timedelta(minutes=length)
            self._left[item.site, item.clause] -= length
            self._busy += [(site, name, now, until) for name in (who, item.system) if name]
            self._with[member] = (site, who)
            self._add(half.day, now, length, auditor=member, site=site, kind="examination", clause=item.clause, who=who)
            return length
        waiting = self._waiting(site, now, end)
        length = min(room, waiting)
        reserved = min(length, max(self._reserves.get(site, 0), 0))
        kind = "contingency" if reserved else "not placed"
        length = reserved or length
        if reserved:
            self._reserves[site] -= reserved
        self._add(half.day, now, length, auditor=member, site=site, kind=kind)
        return length

    def _waiting(self, site: str, now: datetime, end: datetime) -> int:
        """Minutes until somebody at the site is free again, or the half day ends."""
        moments = [until for place, _, _, until in self._busy if place == site and now < until < end]
        return int((min([*moments, end]) - now).total_seconds()) // 60

    def _choose(self, half: HalfDay, site: str, member: str, now: datetime, room: int) -> tuple[Work, str, int] | None:
        """The cell with the fewest people who may examine it, whole before in parts, in the order of rank.

        Among equals: with whoever knows it best, then with the person just interviewed, so that several short cells
        make one interview. Minutes too short for a part go to the reserve where it has them.
        """
        best: tuple[tuple[bool, int, bool, bool, int], Work, str, int] | None = None
        spare = self._reserves.get(site, 0) >= room
        for place, item in enumerate(self._work):
            left = self._left[item.site, item.clause]
            if item.site != site or not left or not self._team.may_examine(member, site=site, clause=item.clause):
                continue
            for role in item.roles:
                length = min(left, room, self._free_for(half, site, role, item.system, now))
                parted = length < left
                if length <= 0 or (parted and min(length, left - length) < SHORTEST and (length < room or spare)):
                    continue
                other = self._with.get(member) != (site, role)
                key = (parted, self._choices(item, self._team), role != item.roles[0], other, place)
                if best is None or key < best[0]:
                    best = (key, item, role, length)
                break
        return None if best is None else best[1:]

    def _free_for(self, half: HalfDay, site: str, role: str, system: str, now: datetime) -> int:
        """Minutes for which the role and the system are free from now on."""
        free = 24 * 60
        for place, name, start, until in self._busy:
            if place == site and name in (role, system) and until > now:
                free = min(free, max(int((start - now).total_seconds()) // 60, 0))
        for absence in self._absences:
            if absence.role == role and absence.site == site and absence.day == half.day:
                start, until = (datetime.combine(now.date(), part) for part in (absence.start, absence.end))
                if until > now:
                    free = min(free, max(int((start - now).total_seconds()) // 60, 0))
        return free

    def clashes(self) -> pd.DataFrame:
        """Cells whose time found no place, with what stands against it."""
        rows = []
        for item in self._work:
            left = self._left[item.site, item.clause]
            if not left:
                continue
            if not self._choices(item, self._team):
                rule = "independence: nobody in the team may examine it"
            elif any(absence.site == item.site and absence.role in item.roles for absence in self._absences):
                rule = "availability of the interviewee"
            else:
                rule = "nobody who may examine it was at the site when its interviewees were free"
            said = f"{item.clause} at {item.site}: {left} of {item.minutes} minutes have no place ({rule})."
            rows.append((rule, item.site, item.clause, left, said))
        return pd.DataFrame(rows, columns=list(CLASH_DTYPES)).astype(CLASH_DTYPES)

"""The timetable while it is filled: whoever is free first takes the next cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import pandas as pd

from auditlab.planning.knowledge import Level, level_of
from auditlab.planning.leaves import area_of
from auditlab.planning.team import Team
from auditlab.planning.timetable_parts import Absence, Clock, Shift, Work
from auditlab.planning.workdays import MORNING, HalfDay, Workdays

TIMETABLE_DTYPES = {
    "day": "int64", "date": "str", "start": "str", "end": "str", "local_start": "str", "auditor": "str", "site": "str",
    "kind": "str", "clause": "str", "interviewee": "str", "minutes": "int64",
}  # fmt: skip
CLASH_DTYPES = {"rule": "str", "site": "str", "clause": "str", "minutes": "int64", "sentence": "str"}
SHORTEST = 15
"""A part of an examination shorter than this is not worth sitting down for [minutes]."""

SHORT = 15
"""A cell up to this length goes to the person just spoken with about its area, if it is theirs too [minutes]."""

LUNCH_MOVES = 30
"""By so much the lunch of an auditor who stays at the site can begin earlier or later [minutes]."""

Places = Mapping[tuple[int, str], Mapping[str, Sequence[str]]]
"""Day and half to the auditors at each site."""


class Board:
    """The timetable while it is filled."""

    def __init__(
        self, *, work: list[Work], reserves: dict[str, int], team: Team, clock: Clock, absences: tuple[Absence, ...],
        shifts: tuple[Shift, ...],
    ) -> None:  # fmt: skip
        self._left = {(item.site, item.clause): item.minutes for item in work}
        self._work = sorted(work, key=lambda item: (self._choices(item, team), item.rank, item.clause))
        self._reserves = reserves
        self._team = team
        self._clock = clock
        self._absences = absences
        self._shifts = shifts
        self._late: dict[tuple[int, str], int] = {}  # day and auditor to the minutes by which lunch moved
        self._busy: list[tuple[str, str, datetime, datetime]] = []  # site, role or system, from, to
        self._with: dict[str, tuple[str, str, str]] = {}  # auditor to site, role and area of the last interview
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

    def meeting_before(self, half: HalfDay, days: Workdays, places: Places) -> None:
        """The opening meeting; those at other sites take part from there."""
        if half.day == 1 and half.half == MORNING:
            self._meeting(half, self._start(half, days), days.meetings.opening, "opening", places)

    def meetings_after(self, half: HalfDay, days: Workdays, places: Places) -> None:
        """The team meeting of the day, and the closing meeting of the last."""
        if half.half == MORNING:
            return
        start = self._start(half, days) + timedelta(minutes=half.minutes)
        self._meeting(half, start, days.meetings.team, "team", places)
        if half.day == days.days:
            self._meeting(half, start + timedelta(minutes=days.meetings.team), days.meetings.closing, "closing", places)

    def _meeting(self, half: HalfDay, start: datetime, length: int, kind: str, places: Places) -> None:
        for site, members in places[half.day, half.half].items():
            for member in members:
                self._add(half.day, start, length, auditor=member, site=site, kind=kind)

    def fill(
        self, half: HalfDay, site: str, members: Sequence[str], days: Workdays, *, staying: Collection[str]
    ) -> None:
        """The examinations of one site in one half day; lunch of those who stay can move a little."""
        opening = days.meetings.opening if half.day == 1 and half.half == MORNING else 0
        begin = self._start(half, days) + timedelta(minutes=opening)
        end = begin + timedelta(minutes=half.minutes)
        late = self._late if half.half != MORNING else {}
        at = {member: begin + timedelta(minutes=late.get((half.day, member), 0)) for member in members}
        while any(moment < end for moment in at.values()):
            member = min(members, key=lambda one: (at[one], members.index(one)))
            stretch = LUNCH_MOVES if half.half == MORNING and member in staying else 0
            at[member] += timedelta(minutes=self._next(half, site, member, at[member], end, stretch=stretch))
            over = int((at[member] - end).total_seconds()) // 60
            if over > 0:
                self._late[half.day, member] = over

    def _next(self, half: HalfDay, site: str, member: str, now: datetime, end: datetime, *, stretch: int) -> int:
        """Place the next thing this auditor does; its minutes."""
        room = int((end - now).total_seconds()) // 60
        chosen = self._choose(half, site, member, now, room, stretch=stretch)
        if chosen is not None:
            item, who, length = chosen
            until = now + timedelta(minutes=length)
            self._left[item.site, item.clause] -= length
            self._busy += [(site, name, now, until) for name in (who, item.system) if name]
            self._with[member] = (site, who, area_of(item.clause))
            self._add(half.day, now, length, auditor=member, site=site, kind="examination", clause=item.clause, who=who)
            return length
        if room <= stretch:
            self._late[half.day, member] = -room
            return room
        length = min(room, self._waiting(half, site, now, end))
        reserved = min(length, max(self._reserves.get(site, 0), 0))
        kind = "contingency" if reserved else "not placed"
        length = reserved or length
        if reserved:
            self._reserves[site] -= reserved
        self._add(half.day, now, length, auditor=member, site=site, kind=kind)
        return length

    def _waiting(self, half: HalfDay, site: str, now: datetime, end: datetime) -> int:
        """Minutes until somebody at the site is free again or comes to work, or the half day ends."""
        moments = [until for place, _, _, until in self._busy if place == site]
        moments += [
            datetime.combine(now.date(), absence.end)
            for absence in self._absences
            if absence.site == site and absence.day == half.day
        ]
        there = self._clock.local(now, site).replace(tzinfo=None)
        for shift in self._shifts:
            if shift.site == site:
                moments.append(now + (datetime.combine(there.date(), shift.start) - there) % timedelta(days=1))
        soon = [moment for moment in moments if now < moment < end]
        return int((min([*soon, end]) - now).total_seconds()) // 60

    def _choose(
        self, half: HalfDay, site: str, member: str, now: datetime, room: int, *, stretch: int
    ) -> tuple[Work, str, int] | None:
        """The cell with the fewest people who may examine it, whole before in parts, in the order of rank.

        Among equals: with whoever knows it best, then with the person just interviewed, so that several short cells
        make one interview. Where lunch can move, a cell is held whole into it, or after it, and not cut for it.
        Minutes too short for a part go to the reserve where it has them.
        """
        best: tuple[tuple[bool, bool, int, bool, bool, int], Work, str, int] | None = None
        spare = self._reserves.get(site, 0) >= room
        for place, item in enumerate(self._work):
            left = self._left[item.site, item.clause]
            if item.site != site or not left or not self._team.may_examine(member, site=site, clause=item.clause):
                continue
            here, last, area = self._with.get(member, ("", "", ""))
            # Whoever is just spoken with answers a neighbouring short cell too, where the clause is theirs as well;
            # nobody answers in the place of top management.
            goes_on = (
                here == site and last in item.roles and left <= SHORT and area == area_of(item.clause)
                and level_of(item.roles[0]) != Level.TOP
            )  # fmt: skip
            for role in (last, *item.roles) if goes_on else item.roles:
                free = self._free_for(half, site, role, item.system, now)
                length = left if left <= min(room + stretch, free) else min(left, room, free)
                parted = length < left
                if parted and room <= stretch:
                    continue
                if length <= 0 or (parted and min(length, left - length) < SHORTEST and (length < room or spare)):
                    continue
                other = (here, last) != (site, role)
                second = role != item.roles[0] and not goes_on
                key = (parted, length > room, self._choices(item, self._team), second, other, place)
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
        return min(free, self._on_shift(site, role, now))

    def _on_shift(self, site: str, role: str, now: datetime) -> int:
        """Minutes for which the role goes on working from now; a day where no shift is stated."""
        here = [shift for shift in self._shifts if shift.site == site]
        own = [shift for shift in here if shift.role == role] or [shift for shift in here if not shift.role]
        there = self._clock.local(now, site).replace(tzinfo=None)
        return max((shift.left(there) for shift in own), default=24 * 60)

    def clashes(self) -> pd.DataFrame:
        """Cells whose time found no place, with what stands against it."""
        rows = []
        for item in self._work:
            left = self._left[item.site, item.clause]
            if not left:
                continue
            if not self._choices(item, self._team):
                rule = f"nobody in the team may examine it: {self._team.why_not(site=item.site, clause=item.clause)}"
            elif any(absence.site == item.site and absence.role in item.roles for absence in self._absences):
                rule = "availability of the interviewee"
            elif any(shift.site == item.site and shift.role in ("", *item.roles) for shift in self._shifts):
                rule = "shift of the interviewee"
            else:
                rule = "nobody who may examine it was at the site when its interviewees were free"
            said = f"{item.clause} at {item.site}: {left} of {item.minutes} minutes have no place ({rule})."
            rows.append((rule, item.site, item.clause, left, said))
        return pd.DataFrame(rows, columns=list(CLASH_DTYPES)).astype(CLASH_DTYPES)

"""What a timetable is made of: cells with the people who can speak about them, clocks, shifts and absences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A time at which somebody at a site cannot be interviewed, on the clock of the plan."""

    role: str
    site: str
    day: int  # 1 is the first
    start: time = time(0)
    end: time = time(23, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """When people at a site work, on the clock of the site; without a role, all who have no shift of their own."""

    site: str
    start: time
    end: time  # before `start`, it is that of the next day
    role: str = ""

    def left(self, moment: datetime) -> int:
        """Minutes of the shift that are left at a moment on the clock of the site; 0 outside it."""
        since = (moment - datetime.combine(moment.date(), self.start)) % timedelta(days=1)
        return max(self.length - int(since.total_seconds()) // 60, 0)

    @property
    def length(self) -> int:
        """From start to end [minutes]."""
        day = date(2000, 1, 1)
        whole = (datetime.combine(day, self.end) - datetime.combine(day, self.start)) % timedelta(days=1)
        return int(whole.total_seconds()) // 60 or 24 * 60


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

"""The settings of an audit plan: section ``plan`` of ``auditlab.toml``."""

from __future__ import annotations

from datetime import date, time
from typing import Literal

from pydantic import Field

from auditlab.setting_types import PERSON, Section, Word


class TeamConflict(Section):
    """Why an auditor may not examine something: own work, or advice to the client."""

    auditor: Word = Field(json_schema_extra=PERSON)
    kind: Literal["own_work", "advice"]
    reason: Word
    site: str = ""
    clause: str = ""
    until: date | None = None


class Unavailable(Section):
    """When somebody at a site cannot be interviewed; day 1 is the first day of the audit."""

    role: Word
    site: Word
    day: int = Field(ge=1)
    start: time = time(0)
    end: time = time(23, 59)


class Shift(Section):
    """When people at a site work, on the clock of the site; without a role, everybody there."""

    site: Word
    start: time
    end: time
    role: str = ""


class LostTime(Section):
    """Time of an auditor that was lost on the day; day 1 is the first day of the audit."""

    auditor: Word = Field(json_schema_extra=PERSON)
    day: int = Field(ge=1)
    start: time
    end: time
    reason: Word


class TimeBand(Section):
    """One row of the user's own table of audit times: days of the initial audit by number of persons."""

    persons_from: int = Field(ge=0)
    persons_to: int = Field(ge=0)
    days: float = Field(gt=0)


class TimeFactor(Section):
    """One reason for more or less time, as a share of the days of the table; less is negative."""

    name: Word
    change: float = Field(ge=-1, le=1)
    justification: Word


class TableTime(Section):
    """How the days of the audit follow from the user's own table."""

    persons: int = Field(ge=1)
    bands: tuple[TimeBand, ...]
    factors: tuple[TimeFactor, ...] = ()
    shares: dict[str, float] = Field(default_factory=dict)
    rounding: float = Field(default=0.5, gt=0)


class CycleAhead(Section):
    """The years after this audit: least and most sites of each year, and the time at each of them."""

    sites_a_year: tuple[tuple[int, int], ...] = Field(min_length=1)
    minutes_a_visit: int = Field(gt=0)


class Plan(Section):
    """The plan of the next audit: team, days, least times and reserves."""

    team: tuple[Word, ...] = Field(default=(), json_schema_extra=PERSON)
    lead: Word | None = Field(default=None, json_schema_extra=PERSON)
    language: Word | None = None
    conflicts: tuple[TeamConflict, ...] = ()
    unavailable: tuple[Unavailable, ...] = ()
    day_start: time = time(9)
    zone: Word = "UTC"
    zones: dict[str, Word] = Field(default_factory=dict)
    systems: dict[str, Word] = Field(default_factory=dict)
    slot_minutes: int = Field(default=15, ge=5, le=120)
    leaf_minutes: int = Field(default=5, ge=1, le=60)
    follow_up_minutes: int = Field(default=20, ge=0, le=240)
    contingency_share: float = Field(default=0.05, ge=0, le=0.5)
    opening_minutes: int = Field(default=30, ge=0, le=240)
    closing_minutes: int = Field(default=45, ge=0, le=240)
    team_meeting_minutes: int = Field(default=15, ge=0, le=120)
    remote_share: float = Field(default=0.0, ge=0, le=1)
    travel_minutes: int = Field(default=0, ge=0)
    requirements: tuple[Word, ...] = ()
    elements: dict[str, tuple[Word, ...]] = Field(default_factory=dict)
    languages: dict[str, Word] = Field(default_factory=dict)
    competences: dict[str, Word] = Field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    lost: tuple[LostTime, ...] = ()
    table_time: TableTime | None = None
    cycle: CycleAhead | None = None
    excluded_services: dict[str, Word] = Field(default_factory=dict)
    excluded_sites: dict[str, Word] = Field(default_factory=dict)

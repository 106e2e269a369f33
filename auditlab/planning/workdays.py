"""The days of the team: half days that can be spent at a site, and the meetings that also take audit time."""

from __future__ import annotations

from dataclasses import dataclass

from auditlab.errors import ArgumentError

MORNING, AFTERNOON = "morning", "afternoon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """Time of the whole team for meetings; each auditor who sits there spends it [minutes]."""

    opening: int = 30
    closing: int = 45
    team: int = 15  # at the end of every day


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDay:
    """One half day of the team."""

    day: int  # 1 is the first
    half: str
    minutes: int  # for each auditor, without meetings


@dataclass(frozen=True, slots=True, kw_only=True)
class Workdays:
    """The days of a team that share a budget evenly."""

    auditors: int
    half_days: tuple[HalfDay, ...]
    day_minutes: tuple[int, ...]  # of each auditor, by day, meetings included
    meetings: Meetings
    odd_minutes: int  # what the auditors cannot share evenly

    @property
    def days(self) -> int:
        """Days on site [count]."""
        return len(self.day_minutes)

    @property
    def meeting_minutes(self) -> dict[str, int]:
        """Audit time in meetings of all auditors [minutes]."""
        each = {"opening": self.meetings.opening, "closing": self.meetings.closing}
        return {name: self.auditors * time for name, time in (each | {"team": self.days * self.meetings.team}).items()}


def workdays(
    budget_minutes: int, *, auditors: int, day_minutes: int = 480, meetings: Meetings | None = None
) -> Workdays:
    """The days in which a team spends its budget, each auditor the same time, the days as even as can be.

    Parameters
    ----------
    budget_minutes : int
        Audit time of all auditors together [minutes].
    auditors : int
        Auditors; experts, interpreters and trainees do not count [count].
    day_minutes : int
        Longest day [minutes].
    meetings : Meetings, optional
        Their times.

    Raises
    ------
    ArgumentError
        If there is no auditor, or the meetings fill a half day.
    """
    held = Meetings() if meetings is None else meetings
    if auditors < 1:
        raise ArgumentError("The team has no auditor. Name at least one.")
    each, odd = divmod(budget_minutes, auditors)
    days = max(-(-each // day_minutes), 1)
    lengths = tuple(each // days + (place < each % days) for place in range(days))
    halves: list[HalfDay] = []
    for place, length in enumerate(lengths):
        last = place == days - 1
        morning = length // 2 - (held.opening if place == 0 else 0)
        afternoon = length - length // 2 - held.team - (held.closing if last else 0)
        if min(morning, afternoon) < 0:
            raise ArgumentError(
                f"Day {place + 1} has {length} minutes for each of {auditors} auditors, less than its meetings take "
                f"(opening {held.opening}, closing {held.closing}, team {held.team}). "
                "Shorten them or send fewer auditors."
            )
        halves += [HalfDay(day=place + 1, half=MORNING, minutes=morning)]
        halves += [HalfDay(day=place + 1, half=AFTERNOON, minutes=afternoon)]
    return Workdays(auditors=auditors, half_days=tuple(halves), day_minutes=lengths, meetings=held, odd_minutes=odd)

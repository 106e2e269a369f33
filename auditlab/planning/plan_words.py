"""What the plan says to everybody: its elements in sentences, without samples, scores and seeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.history.cells import plural, text_of
from auditlab.planning.audit_time import remote_minutes
from auditlab.planning.criteria import audit_criteria, audit_objectives
from auditlab.planning.team import Team
from auditlab.planning.timetable import Timetable
from auditlab.planning.workdays import Workdays
from auditlab.settings import Party

_FIXED: Mapping[str, tuple[str, ...]] = {
    "familiarisation": ("The team reads the documents of the request list before the first day.",),
    "methods": (
        "Document review, interviews, observation, and records of the services.",
        (
            "Records are chosen in part at random and in part by judgement; the list is opened on the day. "
            "An audit is a sample: what was not looked at can be different."
        ),
    ),
    "resources_by_risk": (
        (
            "Time goes first to what must be covered and to earlier nonconformities, then to what was not examined in "
            "this cycle, then by earlier results and changes; a part is drawn at random and a part is kept in reserve."
        ),
    ),
    "report_topics": (
        (
            "Findings with their evidence, areas not covered with reasons, deviations from this plan, and "
            "the follow-up of the previous audit."
        ),
    ),
    "logistics": (
        (
            "A room at each site, read access to the record systems in the presence of their owners, and a guide. "
            "Lunch and travel are no audit time."
        ),
    ),
    "contingency": (
        (
            "A reserve of time is part of the plan and not shown here. If somebody or something is not available, the "
            "deputy is met, the session moves into the reserve, or it is held remotely; every deviation is reported."
        ),
    ),
    "confidentiality": (
        (
            "What the team sees stays confidential. Persons do not appear by name in findings or tables; "
            "no performance of single persons is assessed."
        ),
    ),
    "other_follow_up": ("Not stated, beyond the previous audit; the organisation names it before the first day.",),
    "coordination": ("Not stated; other audits at the same time are named before the first day.",),
    "contacts": ("The contacts at each site are named by the organisation before the first day.",),
}


def said_in_plan(
    lab: Engagement, *, sentence: str, sites: pd.DataFrame, table: Timetable, days: Workdays, team: Team, start: date
) -> dict[str, tuple[str, ...]]:
    """Every element of the plan in sentences.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    sentence : str
        The scope.
    sites : DataFrame
        The sites of the visit.
    table : Timetable
        Sessions.
    days : Workdays
        Days of the team.
    team : Team
        Its members.
    start : date
        First day.
    """
    settings = lab.settings
    chosen = settings.plan
    remote = remote_minutes(table.minutes, share=chosen.remote_share)
    where = f"of these {remote} minutes remote" if remote else "all on site"
    travel = f"Travel of {chosen.travel_minutes} minutes" if chosen.travel_minutes else "Travel"
    visited = ", ".join(text_of(site) for site in sites.loc[sites["selected"].astype(bool), "site"])
    spent = table.minutes / (60 * settings.method.auditor_day_hours)
    last = table.sessions["date"].max() if len(table.sessions) else start.isoformat()
    beside = f"Times are those of {chosen.zone}; the time at a site with another clock stands beside it."
    clock = (beside,) if chosen.zones else ()
    language = chosen.language or "the working language of the sites"
    objectives = audit_objectives(str(settings.next_audit.type), improvements=settings.party != Party.THIRD)
    return dict(_FIXED) | {
        "objectives": tuple(f"{one[0].upper()}{one[1:]}." for one in objectives),
        "scope": (sentence,),
        "criteria": tuple(f"{one[0].upper()}{one[1:]}." for one in audit_criteria(
            settings.edition, on=start, own=chosen.requirements
        )),
        "places_and_times": (
            f"Sites: {visited}. {span_of_days(start.isoformat(), str(last)).capitalize()}.",
            (f"{table.minutes} minutes of audit time ({spent:g} auditor-days) in {plural(days.days, 'day')} with "
            f"{plural(len(team.members), 'auditor')}, {where}. {travel} is not included."),
            *clock,
        ),
        "roles": (
            f"Leader: auditor {team.members[0]}. Auditors: {', '.join(team.members[1:]) or 'none beside the leader'}.",
            "Guides help and do not answer in the place of others; observers do not take part.",
        ),
        "language": (f"The audit is held and reported in {language}.",),
        "follow_up": _follow_up(lab),
    }  # fmt: skip


def span_of_days(first: str, last: str) -> str:
    """``from 2025-06-10 to 2025-06-12``, and ``on 2025-06-10`` for one day."""
    return f"on {first}" if first == last else f"from {first} to {last}"


def _follow_up(lab: Engagement) -> tuple[str, ...]:
    if not lab.has("audits"):
        return ("No earlier audit is on record.",)
    return ("The actions on nonconformities of earlier audits are verified at the site where they were found.",)

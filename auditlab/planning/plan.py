"""The audit plan of an engagement: scope, time, team, timetable, interviews, checklists, contingency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from auditlab import priority, sampling
from auditlab.engagement import Engagement
from auditlab.errors import ArgumentError, NotEnoughDataError
from auditlab.history.cells import text_of
from auditlab.intake.quality import quality_card
from auditlab.planning.audit_time import AuditTime
from auditlab.planning.changes_on_site import Loss, Replan, replan
from auditlab.planning.checklists import checklist, trace_cards
from auditlab.planning.contingency import contingency_register
from auditlab.planning.elements import PlanElement, plan_elements
from auditlab.planning.interviews import document_requests, interview_plan, method_mix
from auditlab.planning.knowledge import roles_of
from auditlab.planning.leaves import area_minutes, leaf_plan, unplanned_leaves
from auditlab.planning.minutes import VisitMinutes, visit_minutes
from auditlab.planning.plan_words import said_in_plan
from auditlab.planning.programme import CyclePlan
from auditlab.planning.scope import objective_trace, other_parties, outside_scope, scope_grid, scope_sentence
from auditlab.planning.settings_of_plan import budget_of, cycle_ahead, team_of, time_of
from auditlab.planning.team import Team
from auditlab.planning.timetable import Timetable, timetable
from auditlab.planning.timetable_parts import Absence, Clock, Shift, Work
from auditlab.planning.workdays import Meetings, Workdays, workdays
from auditlab.seeds import engagement_seed, seed_of
from auditlab.settings import AuditType

_RECORDS = ("incidents", "requests", "problems", "changes", "outages", "sla_monthly")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlan:
    """Everything a plan holds; the tables for the audit team are marked.

    Attributes
    ----------
    scope, outside, parties, objectives : DataFrame
        `scope_grid`, `outside_scope`, `other_parties`, `objective_trace`.
    sentence : str
        The scope in one sentence.
    sites : DataFrame
        The sites and why they are visited.
    minutes : VisitMinutes
        Time by cell, meetings, reserves, clashes and losses (audit team).
    leaves, areas : DataFrame
        The same time by leaf (audit team) and by area and site.
    unplanned : tuple of str
        Leaves without a minute, where the whole system has to be looked at.
    team : Team
        Members and roster.
    timetable : Timetable
        Sessions and what found no place.
    time : AuditTime or None
        How the days follow from the user's own table, where the settings have one.
    cycle : CyclePlan
        The years after this audit; empty where the settings do not state their sites and hours.
    changes : Replan
        The timetable after time was lost on the day, and every deviation; empty where none was lost.
    interviews, methods, documents, contingency : DataFrame
        `interview_plan`, `method_mix`, `document_requests`, `contingency_register`.
    checklist, traces : DataFrame
        For the audit team.
    elements : tuple of PlanElement
        What the plan says to all, without samples, scores and seeds.
    """

    budget_minutes: int
    scope: pd.DataFrame
    outside: pd.DataFrame
    parties: pd.DataFrame
    objectives: pd.DataFrame
    sentence: str
    sites: pd.DataFrame
    minutes: VisitMinutes
    leaves: pd.DataFrame
    areas: pd.DataFrame
    unplanned: tuple[str, ...]
    team: Team
    timetable: Timetable
    time: AuditTime | None
    cycle: CyclePlan
    changes: Replan
    interviews: pd.DataFrame
    methods: pd.DataFrame
    documents: pd.DataFrame
    contingency: pd.DataFrame
    checklist: pd.DataFrame
    traces: pd.DataFrame
    elements: tuple[PlanElement, ...]


def plan(
    lab: Engagement,
    *,
    ranked: pd.DataFrame | None = None,
    signals: pd.DataFrame | None = None,
) -> AuditPlan:
    """The audit plan of an engagement.

    Parameters
    ----------
    lab : Engagement
        The opened engagement; ``next_audit`` and ``plan`` of its settings decide time, team and reserves.
    ranked : DataFrame, optional
        Result of ``priority.priorities``; by default it is computed for the sites of ``sampling.site_plan_of``.
    signals : DataFrame, optional
        Signals that got worse (``signals.worse``): they add sites, and enter the priorities computed here. Hand
        over those behind `ranked`, so that both name the same sites.

    Raises
    ------
    NotEnoughDataError
        If no auditor-days or no first day are stated, or nothing can be ranked.
    ArgumentError
        If the team, an exclusion or an element of the plan cannot stand as it is.
    """
    time = time_of(lab)
    start, budget = budget_of(lab, time)
    chosen = sampling.site_plan_of(lab, signals=signals)
    cells = ranked
    if cells is None:
        visits = sampling.visited_sites(chosen)
        cells = priority.priorities(lab, signals=signals, draws=100, visited=visits)
    if cells.empty:
        raise NotEnoughDataError("There is no cell to plan for. Hand over audits with sites, or a list of sites.")
    sites = _every_site(cells) if chosen.empty else chosen
    visited = _visited(sites)
    team = team_of(lab, start)
    meetings = Meetings(
        opening=lab.settings.plan.opening_minutes,
        closing=lab.settings.plan.closing_minutes,
        team=lab.settings.plan.team_meeting_minutes,
    )
    day = round(lab.settings.method.auditor_day_hours * 60)
    minutes = visit_minutes(
        cells, budget_minutes=budget, sites=visited, auditors=len(team.members),
        useful=_useful(cells, team), rules=priority.time_rules(lab),
        seed=seed_of(lab.settings.seed, purpose="random reserve"), day_minutes=day, meetings=meetings,
    )  # fmt: skip
    days = workdays(budget, auditors=len(team.members), day_minutes=day, meetings=meetings)
    return _plan(
        lab, cells, sites=sites, visited=visited, minutes=minutes, days=days, team=team, start=start, time=time
    )


def plan_or_reason(
    lab: Engagement, *, ranked: pd.DataFrame | None = None, signals: pd.DataFrame | None = None
) -> tuple[AuditPlan | None, str]:
    """The plan, or why there is none; for a page that has to say so. Parameters as `plan`."""
    try:
        return plan(lab, ranked=ranked, signals=signals), ""
    except (ArgumentError, NotEnoughDataError) as error:
        return None, str(error)


def _plan(
    lab: Engagement, cells: pd.DataFrame, *, sites: pd.DataFrame, visited: Sequence[str], minutes: VisitMinutes,
    days: Workdays, team: Team, start: date, time: AuditTime | None,
) -> AuditPlan:  # fmt: skip
    tables, chosen = lab.tables, lab.settings.plan
    whole, others, there = (
        frame[frame["budget_share"] == 1.0] for frame in (minutes.cells, minutes.others, minutes.site_days)
    )
    evidence = priority.evidence_of(lab)
    leaves = leaf_plan(whole, evidence.coverage)
    table = _timetable(lab, whole, others, there, days=days, team=team, start=start)
    excluded = {"excluded_services": chosen.excluded_services, "excluded_sites": chosen.excluded_sites}
    scope = scope_grid(tables.services, tables.sites, edition=lab.settings.edition, **excluded)
    sentence = scope_sentence(scope, client=lab.settings.client, services=tables.services, sites=tables.sites)
    words = said_in_plan(lab, sentence=sentence, sites=sites, table=table, days=days, team=team, start=start)
    return AuditPlan(
        budget_minutes=minutes.total(),
        scope=scope,
        outside=outside_scope({name: tables[name] for name in _RECORDS}, services=tables.services, sites=tables.sites),
        parties=other_parties(tables.services),
        objectives=objective_trace(tables.objectives, leaves),
        sentence=sentence,
        sites=sites,
        minutes=minutes,
        leaves=leaves,
        areas=area_minutes(leaves, sites=visited),
        unplanned=unplanned_leaves(leaves) if lab.settings.next_audit.type in _WHOLE else (),
        team=team,
        timetable=table,
        time=time,
        cycle=cycle_ahead(lab, cells),
        changes=_changes(lab, table, team, whole),
        interviews=interview_plan(table.sessions),
        methods=method_mix(leaves),
        documents=document_requests(tables.documents, leaves, as_of=pd.Timestamp(lab.settings.as_of)),
        contingency=contingency_register(others, quality_card(lab)),
        checklist=checklist(leaves, cells, evidence.follow_up),
        traces=trace_cards(
            {name: tables[name] for name in ("incidents", "changes", "problems")}, tables.services,
            seed=engagement_seed(lab.settings.seed),
        ),
        elements=plan_elements(words | chosen.elements),
    )  # fmt: skip


_WHOLE = (AuditType.STAGE2, AuditType.RECERTIFICATION, AuditType.TRANSITION)


def _changes(lab: Engagement, table: Timetable, team: Team, cells: pd.DataFrame) -> Replan:
    losses = [
        Loss(auditor=one.auditor, day=one.day, start=f"{one.start:%H:%M}", end=f"{one.end:%H:%M}", reason=one.reason)
        for one in lab.settings.plan.lost
    ]
    # A duty moves before everything else; within the duties, and within the rest, the order of priority decides.
    ranked = cells.assign(free=cells["part"] != str(priority.Part.MANDATORY)).sort_values(["free", "rank"])
    order = {cell: place for place, cell in enumerate(zip(ranked["site"], ranked["clause"], strict=True))}
    return replan(table.sessions if losses else table.sessions.head(0), losses=losses, team=team, order=order)


def _every_site(cells: pd.DataFrame) -> pd.DataFrame:
    """Every site with a cell, where no rule samples the sites of this audit."""
    names = list(dict.fromkeys(cells["site"]))
    frame = pd.DataFrame({"site": names})
    return frame.assign(
        role="site", selected=True, how="judgement", rule="no rule samples the sites of this audit",
        required=len(names), reason="all sites are visited",
    )  # fmt: skip


def _visited(sites: pd.DataFrame) -> list[str]:
    chosen = sites[sites["selected"].astype(bool)]
    return [str(site) for site in chosen.sort_values("role", kind="stable")["site"]]


def _useful(cells: pd.DataFrame, team: Team) -> dict[str, int]:
    """Site to the members who may examine something there; a site that is closed to all keeps its clash by name."""
    at: dict[str, set[str]] = {}
    for site, clause in zip(cells["site"], cells["clause"], strict=True):
        fit = {one for one in team.members if team.may_examine(one, site=str(site), clause=str(clause))}
        at.setdefault(str(site), set()).update(fit)
    return {site: len(members) for site, members in at.items() if members}


def _timetable(
    lab: Engagement, cells: pd.DataFrame, others: pd.DataFrame, there: pd.DataFrame, *, days: Workdays, team: Team,
    start: date,
) -> Timetable:  # fmt: skip
    chosen = lab.settings.plan
    work = [
        Work(
            site=str(site), clause=str(clause), minutes=int(minutes), roles=roles_of(str(clause)), rank=int(rank),
            system=chosen.systems.get(str(clause), ""),
        )
        for site, clause, minutes, rank in zip(
            cells["site"], cells["clause"], cells["minutes"], cells["rank"], strict=True
        )
        if minutes
    ]  # fmt: skip
    kept = others[others["kind"] == "contingency"]
    absences = [
        Absence(role=one.role, site=one.site, day=one.day, start=one.start, end=one.end) for one in chosen.unavailable
    ]
    return timetable(
        work,
        site_days=there,
        reserves={text_of(site): int(length) for site, length in zip(kept["site"], kept["minutes"], strict=True)},
        days=days,
        team=team,
        clock=Clock(first_day=start, start=chosen.day_start, zone=chosen.zone, zones=chosen.zones),
        absences=absences,
        shifts=[Shift(site=one.site, start=one.start, end=one.end, role=one.role) for one in chosen.shifts],
    )

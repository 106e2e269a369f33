"""Floor 5, planning: scope, time, team, timetable, interviews, checklists and contingency of an audit."""

from __future__ import annotations

from auditlab.planning.audit_time import AuditTime, Factor, audit_time, time_steps, whole_minutes
from auditlab.planning.changes_on_site import Loss, Replan, burn_down, replan
from auditlab.planning.checklists import checklist, trace_cards
from auditlab.planning.contingency import contingency_register
from auditlab.planning.criteria import audit_criteria, audit_objectives
from auditlab.planning.elements import REQUIRED, PlanElement, elements_table, plan_elements
from auditlab.planning.headlines import headlines
from auditlab.planning.interviews import document_requests, interview_plan, method_mix
from auditlab.planning.joined import joined_sessions
from auditlab.planning.knowledge import Lens, Level, level_of, methods_for, questions_for, roles_of
from auditlab.planning.leaves import area_minutes, leaf_plan, unplanned_leaves
from auditlab.planning.minutes import VisitMinutes, visit_minutes
from auditlab.planning.plan import AuditPlan, plan, plan_or_reason
from auditlab.planning.programme import CyclePlan, CycleRules, cycle_programme
from auditlab.planning.programme_by_hand import greedy_programme
from auditlab.planning.scope import objective_trace, other_parties, outside_scope, scope_grid, scope_sentence
from auditlab.planning.settings_of_plan import cycle_ahead, days_and_years_said, time_of
from auditlab.planning.team import Conflict, ConflictKind, Team, audit_team
from auditlab.planning.timetable import Timetable, timetable
from auditlab.planning.timetable_parts import Absence, Clock, Shift, Work
from auditlab.planning.visits import Auditor, Schedule, Visit, greedy_schedule, visit_schedule
from auditlab.planning.workdays import Meetings, Workdays, workdays

__all__ = [
    "REQUIRED",
    "Absence",
    "AuditPlan",
    "AuditTime",
    "Auditor",
    "Clock",
    "Conflict",
    "ConflictKind",
    "CyclePlan",
    "CycleRules",
    "Factor",
    "Lens",
    "Level",
    "Loss",
    "Meetings",
    "PlanElement",
    "Replan",
    "Schedule",
    "Shift",
    "Team",
    "Timetable",
    "Visit",
    "VisitMinutes",
    "Work",
    "Workdays",
    "area_minutes",
    "audit_criteria",
    "audit_objectives",
    "audit_team",
    "audit_time",
    "burn_down",
    "checklist",
    "contingency_register",
    "cycle_ahead",
    "cycle_programme",
    "days_and_years_said",
    "document_requests",
    "elements_table",
    "greedy_programme",
    "greedy_schedule",
    "headlines",
    "interview_plan",
    "joined_sessions",
    "leaf_plan",
    "level_of",
    "method_mix",
    "methods_for",
    "objective_trace",
    "other_parties",
    "outside_scope",
    "plan",
    "plan_elements",
    "plan_or_reason",
    "questions_for",
    "replan",
    "roles_of",
    "scope_grid",
    "scope_sentence",
    "time_of",
    "time_steps",
    "timetable",
    "trace_cards",
    "unplanned_leaves",
    "visit_minutes",
    "visit_schedule",
    "whole_minutes",
    "workdays",
]

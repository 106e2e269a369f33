"""Above planning: what an audit reports, what became of its findings, and what the next one must know."""

from __future__ import annotations

from auditlab.reporting.before_after import before_after
from auditlab.reporting.capability import capability_statement
from auditlab.reporting.carry_forward import carry_forward
from auditlab.reporting.efficiency import efficiency_lens
from auditlab.reporting.element_gaps import why_empty
from auditlab.reporting.flagged_signals import flagged_signals
from auditlab.reporting.flow import flow_view, stage_shares
from auditlab.reporting.follow_up_plan import FollowUpRules, action_age_classes, follow_up_plan
from auditlab.reporting.headlines import report_headlines
from auditlab.reporting.improvements import improvement_list, open_needs, roadmap
from auditlab.reporting.management_review import PackTables, management_review
from auditlab.reporting.maturity import DESCRIPTORS, maturity_profile
from auditlab.reporting.measures import measured_series
from auditlab.reporting.own_party import OwnParty, own_party
from auditlab.reporting.performance import Performance, performance
from auditlab.reporting.preparation import awareness, decision_log, readiness_list
from auditlab.reporting.report import AuditReport, FollowedPlan, audit_report, report_or_reason
from auditlab.reporting.scorecard import objective_scorecard
from auditlab.reporting.story import FollowUpStory, follow_up_story
from auditlab.reporting.words import report_words

__all__ = [
    "DESCRIPTORS",
    "AuditReport",
    "FollowUpRules",
    "FollowUpStory",
    "FollowedPlan",
    "OwnParty",
    "PackTables",
    "Performance",
    "action_age_classes",
    "audit_report",
    "awareness",
    "before_after",
    "capability_statement",
    "carry_forward",
    "decision_log",
    "efficiency_lens",
    "flagged_signals",
    "flow_view",
    "follow_up_plan",
    "follow_up_story",
    "improvement_list",
    "management_review",
    "maturity_profile",
    "measured_series",
    "objective_scorecard",
    "open_needs",
    "own_party",
    "performance",
    "readiness_list",
    "report_headlines",
    "report_or_reason",
    "report_words",
    "roadmap",
    "stage_shares",
    "why_empty",
]

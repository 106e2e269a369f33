"""Floor 2, history: what audits and corrective actions show. Frames in, frames out."""

from __future__ import annotations

from auditlab.history.action_rates import corrective_action_rates
from auditlab.history.cells import known_sites
from auditlab.history.chain_causes import chain_causes, recurring_headlines
from auditlab.history.change_pressure import change_pressure
from auditlab.history.corrective_actions import ActionStatus, Effectiveness, corrective_actions
from auditlab.history.coverage import coverage_cells, cycle_start, examinations, site_visits
from auditlab.history.follow_up import follow_up
from auditlab.history.grade_review import grade_review, nonconformity_wording, strengths
from auditlab.history.headline_parts import HistoryResults, waiting_findings
from auditlab.history.headlines import headlines
from auditlab.history.ofi_conversion import OfiOutcome, ofi_conversion, ofi_conversion_rates
from auditlab.history.programme_checks import programme_checks
from auditlab.history.rate_comparisons import auditor_codes, auditor_comparison, rate_comparisons
from auditlab.history.rates import finding_rates
from auditlab.history.recurrence import recurrence_chains
from auditlab.history.recurrence_rates import recurrence_summary
from auditlab.history.same_issue import same_issue_candidates, unknown_decisions

__all__ = [
    "ActionStatus",
    "Effectiveness",
    "HistoryResults",
    "OfiOutcome",
    "auditor_codes",
    "auditor_comparison",
    "chain_causes",
    "change_pressure",
    "corrective_action_rates",
    "corrective_actions",
    "coverage_cells",
    "cycle_start",
    "examinations",
    "finding_rates",
    "follow_up",
    "grade_review",
    "headlines",
    "known_sites",
    "nonconformity_wording",
    "ofi_conversion",
    "ofi_conversion_rates",
    "programme_checks",
    "rate_comparisons",
    "recurrence_chains",
    "recurrence_summary",
    "recurring_headlines",
    "same_issue_candidates",
    "site_visits",
    "strengths",
    "unknown_decisions",
    "waiting_findings",
]

"""From one audit to the next: dates, effects, ages, and what is carried forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.history.action_rates import corrective_action_rates
from auditlab.history.corrective_actions import corrective_actions
from auditlab.history.coverage import examinations
from auditlab.history.follow_up import follow_up
from auditlab.reporting.action_records import not_recorded
from auditlab.reporting.before_after import before_after
from auditlab.reporting.carry_forward import UNRESOLVED, carry_forward
from auditlab.reporting.follow_up_plan import FollowUpRules, action_age_classes, follow_up_plan
from auditlab.reporting.report import AuditReport
from auditlab.reporting.stated_guard import with_warnings
from auditlab.settings import Party
from auditlab.signals.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpStory:
    """What became of the findings.

    Attributes
    ----------
    status, rates : DataFrame
        ``history.corrective_actions`` and their rates.
    plan, ages : DataFrame
        `follow_up_plan` and `action_age_classes`.
    effects : DataFrame
        `before_after`.
    carried : DataFrame
        `carry_forward`.
    """

    status: pd.DataFrame
    rates: pd.DataFrame
    plan: pd.DataFrame
    ages: pd.DataFrame
    effects: pd.DataFrame
    carried: pd.DataFrame


def follow_up_story(
    lab: Engagement, made: AuditReport, series: Sequence[Series], *, improvement: float = 0.6
) -> FollowUpStory:
    """The follow-up of an engagement; next year's files in its folder continue it.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    made : AuditReport
        The report it follows.
    series : sequence of Series
        Result of `measured_series`.
    improvement : float
        Planned fall of a rate, as a part of it [0-1]; not used in a third-party audit, which sets no targets.
    """
    tables, settings = lab.tables, lab.settings
    day, start = pd.Timestamp(settings.as_of), settings.next_audit.start
    examined = examinations(tables.coverage, tables.audits)
    status = corrective_actions(
        tables.corrective_actions, tables.findings, tables.audits, examined, as_of=day,
        register_known=made.audit.actions_known,
    )  # fmt: skip
    rules = FollowUpRules(
        as_of=day, major_closure_days=settings.method.major_closure_days,
        improvement=None if settings.party is Party.THIRD else improvement,
        next_audit=None if start is None else pd.Timestamp(start), confidence=settings.method.confidence,
    )  # fmt: skip
    plan = follow_up_plan(status, series, rules=rules, gaps=not_recorded(tables.corrective_actions))
    listed = follow_up(status, tables.audits, examined, as_of=day)
    carried = carry_forward(
        made, listed, status, actions=tables.corrective_actions, examined=examined[examined["start"] <= day],
        unresolved=settings.report.unresolved,
    )  # fmt: skip
    told = carried["kind"] == UNRESOLVED
    return FollowUpStory(
        status=status,
        rates=corrective_action_rates(status, confidence=settings.method.confidence),
        plan=plan,
        ages=action_age_classes(plan, known=made.audit.actions_known),
        effects=before_after(status, series, confidence=settings.method.confidence),
        carried=with_warnings(carried, said="what", note="why", party=made.audit.party, rows=told),
    )

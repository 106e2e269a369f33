"""What only an organisation's own or its customer's audit may hold: improvements, roadmap, maturity, review pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.errors import ArgumentError
from auditlab.history.change_pressure import change_pressure
from auditlab.history.corrective_actions import recorded_actions
from auditlab.history.coverage import examinations
from auditlab.reporting.flagged_signals import flagged_signals
from auditlab.reporting.improvements import improvement_list, open_needs, roadmap
from auditlab.reporting.management_review import PackTables, management_review
from auditlab.reporting.maturity import maturity_profile
from auditlab.reporting.performance import Performance
from auditlab.reporting.report import AuditReport
from auditlab.reporting.story import FollowUpStory
from auditlab.settings import Party
from auditlab.signals.of_engagement import engagement_signals
from auditlab.signals.review import worse
from auditlab.signals.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnParty:
    """Results of `improvement_list`, `flagged_signals`, ``history.change_pressure``, `roadmap` and the two after them.

    These are `maturity_profile` and `management_review`.
    """

    improvements: pd.DataFrame
    signals: pd.DataFrame
    changes: pd.DataFrame
    waves: pd.DataFrame
    maturity: pd.DataFrame
    pack: pd.DataFrame


def own_party(
    lab: Engagement, made: AuditReport, story: FollowUpStory, shown: Performance, series: Sequence[Series]
) -> OwnParty:
    """All of it for a first- or second-party audit.

    Parameters
    ----------
    lab : Engagement
        The engagement; ``report`` of its settings holds what people planned and rated.
    made : AuditReport
        The report.
    story : FollowUpStory
        The follow-up.
    shown : Performance
        Objectives, capability and satisfaction.
    series : sequence of Series
        Result of `measured_series`.

    Raises
    ------
    ArgumentError
        If the audit is by a third party, or a plan or rating names what is not there.
    """
    if lab.settings.party is Party.THIRD:
        raise ArgumentError(
            "A third-party audit holds no improvement list, roadmap, maturity profile or review pack: a certification "
            "body proposes no solutions. Leave them out, or set party to first or second."
        )
    tables, stated, day = lab.tables, lab.settings.report, pd.Timestamp(lab.settings.as_of)
    tested = engagement_signals(lab).signals
    flagged = flagged_signals(worse(tested))
    names = {*(f"{one.family}: {one.name}" for one in series), *flagged["signal"]}
    needs = open_needs(stated.improvements, story.plan, flagged)
    listed = improvement_list(
        stated.improvements,
        tables.findings,
        story.status,
        tables.services,
        signals=names,
        needs=needs,
        flagged=set(flagged["signal"]),
    )
    examined = examinations(tables.coverage, tables.audits)
    changes = change_pressure(tables.org_changes, tables.contracts, examined, as_of=day)
    pack = PackTables(
        rates=story.rates, plan=story.plan, effects=story.effects, sections=made.sections,
        conversion=made.conversion_rates,
        scorecard=shown.scorecard, capability=shown.capability, satisfaction=shown.satisfaction,
        signals=flagged, tests=int(tested["p"].notna().sum()), improvements=listed,
        changes=changes, findings_known=made.audit.findings_known,
        actions=len(recorded_actions(story.status)) if made.audit.actions_known else None,
    )  # fmt: skip
    return OwnParty(
        improvements=listed,
        signals=flagged,
        changes=changes,
        waves=roadmap(stated.improvements),
        maturity=maturity_profile(stated.maturity),
        pack=management_review(pack),
    )

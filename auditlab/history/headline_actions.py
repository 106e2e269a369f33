"""Sentences for the first screen about corrective actions and follow-up."""

from __future__ import annotations

from auditlab.history.cells import natural_order, plural
from auditlab.history.corrective_actions import ActionStatus
from auditlab.history.follow_up import NOT_VISITED
from auditlab.history.headline_parts import (
    Headline,
    HistoryResults,
    known_row,
    percent,
    rate_and_interval,
    share_headline,
)


def effectiveness_sentence(results: HistoryResults) -> Headline:
    """How many completed actions saw no repeat, beside what the register declares."""
    table = "corrective_action_rates"
    row = known_row(results.corrective_action_rates, "measure", "effectiveness")
    declared = known_row(results.corrective_action_rates, "measure", "declared_effective")
    claim = (
        f" The register declares {declared['k']} of {declared['n']} verified ones effective."
        if declared is not None
        else ""
    )
    if row is None:
        return Headline(
            sentence="Not known whether corrective actions worked: no completed action with a later examination "
            f"is on record.{claim}",
            table=table,
        )
    sentence = (
        f"Of {row['n']} completed corrective actions whose clause was examined again at the site, {row['k']} saw no "
        f"repeat ({rate_and_interval(row)}).{claim}"
    )
    return share_headline(row, sentence, table)


def overdue_sentence(results: HistoryResults) -> Headline:
    """Which actions are overdue, and which are open without a due date."""
    status, table = results.corrective_actions, "corrective_actions"
    recorded = status[~status["status"].isin([str(ActionStatus.UNKNOWN), str(ActionStatus.NO_ACTION)])]
    if recorded.empty:
        return Headline(sentence="Not known which corrective actions are overdue: none were handed over.", table=table)
    overdue = recorded[recorded["status"] == str(ActionStatus.OPEN_OVERDUE)].sort_values(
        "days_overdue", ascending=False
    )
    undated = recorded[recorded["status"] == str(ActionStatus.OPEN_NO_DUE_DATE)]
    sentence = f"{plural(len(overdue), 'corrective action is', 'corrective actions are')} overdue"
    if len(overdue):
        sentence += ": " + ", ".join(
            f"{finding} by {days} days"
            for finding, days in zip(overdue["finding_id"], overdue["days_overdue"], strict=True)
        )
    if len(undated):
        sentence += f"; {' '.join(undated['finding_id'])} open without a due date"
    return Headline(sentence=sentence + ".", table=table, value=len(overdue), n=len(recorded))


def on_time_sentence(results: HistoryResults) -> Headline | None:
    """How many actions due so far were completed in time."""
    row = known_row(results.corrective_action_rates, "measure", "on_time")
    if row is None:
        return None
    closed = known_row(results.corrective_action_rates, "measure", "on_time_closed_only")
    sentence = (
        f"{row['k']} of {row['n']} corrective actions due so far were completed in time ({rate_and_interval(row)})."
    )
    if closed is not None and closed["n"] < row["n"]:
        sentence += f" Leaving out the open ones would show {percent(closed['rate'])}, which misleads."
    return share_headline(row, sentence, "corrective_action_rates")


def follow_up_sentence(results: HistoryResults) -> Headline:
    """What the next audit must follow up, and what nobody could look at since."""
    listed, table = results.follow_up, "follow_up"
    if results.corrective_actions.empty:
        return Headline(sentence="Not known what must be followed up: no nonconformity is on record.", table=table)
    first = listed[listed["reason"] == NOT_VISITED.words]
    sentence = f"The next audit follows up {plural(len(listed), 'nonconformity', 'nonconformities')}"
    if len(first):
        where = ", ".join(sorted(set(first["site"]), key=natural_order))
        sentence += f", first {' '.join(first['finding_id'])}: nobody has visited {where} since"
    return Headline(sentence=sentence + ".", table=table, value=len(first), n=len(listed))

"""Sentences for the first screen about corrective actions and follow-up."""

from __future__ import annotations

import pandas as pd

from auditlab.history.action_rates import why_no_action
from auditlab.history.cells import INFERRED, natural_order, plural
from auditlab.history.corrective_actions import ActionStatus, recorded_actions
from auditlab.history.follow_up import NO_VISIT, NOT_VISITED
from auditlab.history.headline_parts import (
    Headline,
    HistoryResults,
    ended,
    known_row,
    no_nonconformity,
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
        f"The register declares {declared['k']} of {plural(declared['n'], 'verified one')} effective."
        if declared is not None
        else ""
    )
    if row is None:
        sentence = f"Not known whether corrective actions worked: {_why_untested(results)}. {claim}".rstrip()
        return Headline(sentence=ended(sentence, results), table=table)
    result = (
        f"Of {plural(row['n'], 'completed corrective action')} whose clause was examined again at the site, "
        f"{row['k']} saw no repeat ({rate_and_interval(row)})."
    )
    inferred = bool((results.corrective_actions["exposure"] == INFERRED).any())
    # What is inferred is said last, so beside the result and not beside the claim.
    sentence = " ".join(part for part in ((claim, result) if inferred else (result, claim)) if part)
    return share_headline(row, ended(sentence, results, inferred=inferred), table)


def _why_untested(results: HistoryResults) -> str:
    status = results.corrective_actions
    recorded = recorded_actions(status)
    if recorded.empty:
        return why_no_action(status)
    if not status["grade"].notna().any():
        return no_nonconformity(results)
    completed = recorded["status"].isin([str(ActionStatus.COMPLETED), str(ActionStatus.VERIFIED)])
    if not completed.any():
        return "no completed action is on record"
    if recorded.loc[completed, "reexaminations"].isna().all():
        return "the examinations are not on record"
    return "no completed action with a later examination is on record"


def overdue_sentence(results: HistoryResults) -> Headline:
    """Which actions are overdue, and which are open without a due date."""
    status, table = results.corrective_actions, "corrective_actions"
    recorded = recorded_actions(status)
    overdue = status[status["days_overdue"].notna()].sort_values("days_overdue", ascending=False, kind="stable")
    if recorded.empty and overdue.empty:
        sentence = f"Not known which corrective actions are overdue: {why_no_action(status)}."
        return Headline(sentence=sentence, table=table)
    orphaned = status["status"] == str(ActionStatus.NOT_IN_REGISTER)
    undated = recorded[recorded["status"] == str(ActionStatus.OPEN_NO_DUE_DATE)]
    sentence = f"{plural(len(overdue), 'corrective action is', 'corrective actions are')} overdue"
    if len(overdue):
        sentence += ": " + ", ".join(
            f"{row['finding_id']} by {plural(row['days_overdue'], 'day')}"
            + (f" ({row['status']})" if row["status"] == str(ActionStatus.NOT_IN_REGISTER) else "")
            for row in overdue.to_dict("records")
        )
    if len(undated):
        sentence += f"; {' '.join(undated['finding_id'])} open without a due date"
    return Headline(sentence=sentence + ".", table=table, value=len(overdue), n=len(recorded) + int(orphaned.sum()))


def on_time_sentence(results: HistoryResults) -> Headline | None:
    """How many actions due so far were completed in time."""
    row = known_row(results.corrective_action_rates, "measure", "on_time")
    if row is None:
        return None
    closed = known_row(results.corrective_action_rates, "measure", "on_time_closed_only")
    sentence = (
        f"{row['k']} of {plural(row['n'], 'corrective action')} due so far "
        f"{'was' if row['n'] == 1 else 'were'} completed in time ({rate_and_interval(row)})."
    )
    if closed is not None and percent(closed["rate"]) != percent(row["rate"]):
        sentence += f" Leaving out the open ones would show {percent(closed['rate'])}, which misleads."
    return share_headline(row, sentence, "corrective_action_rates")


def follow_up_sentence(results: HistoryResults) -> Headline:
    """What the next audit must follow up, and what nobody could look at since."""
    listed, status, table = results.follow_up, results.corrective_actions, "follow_up"
    graded = bool(status["grade"].notna().any())
    if not graded and recorded_actions(status).empty:
        sentence = f"Not known what must be followed up: {no_nonconformity(results)}."
        return Headline(sentence=sentence, table=table)
    what = ("nonconformity", "nonconformities") if graded else ("corrective action", "corrective actions")
    sentence = f"The next audit follows up {plural(len(listed), *what)}"
    first, nowhere = (listed[listed["reason"] == reason.words] for reason in (NOT_VISITED, NO_VISIT))
    if len(first):
        sentence += f", first {' '.join(first['finding_id'])}: nobody has visited {_places(first)} since"
    if len(nowhere):
        sentence += f"; {' '.join(nowhere['finding_id'])}: no visit to {_places(nowhere)} is on record"
    if not graded:
        sentence += f"; {no_nonconformity(results)}"
    return Headline(sentence=sentence + ".", table=table, value=len(first), n=len(listed))


def _places(listed: pd.DataFrame) -> str:
    return ", ".join(sorted(set(listed["site"]), key=natural_order))

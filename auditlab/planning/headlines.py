"""The audit plan in sentences, for the first screen."""

from __future__ import annotations

import pandas as pd

from auditlab.planning.plan import AuditPlan
from auditlab.planning.plan_words import span_of_days

HEADLINE_DTYPES = {
    "order": "int64", "sentence": "str", "value": "Float64", "n": "Int64", "low": "Float64", "high": "Float64",
    "table": "str",
}  # fmt: skip
_SHOWN = 3


def headlines(made: AuditPlan) -> pd.DataFrame:
    """Who goes where and when, where the time goes, and what does not fit.

    Parameters
    ----------
    made : AuditPlan
        The plan.

    Returns
    -------
    DataFrame
        ``order, sentence, value, n, low, high, table``. The numbers are planned and not estimated, so no
        sentence has an interval.
    """
    sentences = [_visit(made), _time(made), _rules(made), _left_out(made), _places(made)]
    rows = [{"order": place} | row for place, row in enumerate(sentences, start=1)]
    return pd.DataFrame(rows, columns=list(HEADLINE_DTYPES)).astype(HEADLINE_DTYPES)


def _visit(made: AuditPlan) -> dict[str, object]:
    sessions, members = made.timetable.sessions, made.team.members
    with_leader = f"auditor {members[0]} (leader)" + "".join(f", {one}" for one in members[1:])
    sites = ", ".join(sorted(set(sessions["site"])))
    days = span_of_days(str(sessions["date"].min()), str(sessions["date"].max()))
    return {
        "sentence": (
            f"{with_leader[0].upper()}{with_leader[1:]} at {sites} {days}: {made.budget_minutes} minutes of audit time."
        ),
        "value": made.budget_minutes,
        "table": "timetable",
    }


def _time(made: AuditPlan) -> dict[str, object]:
    cells = made.minutes.cells
    most = cells[(cells["budget_share"] == 1.0) & (cells["minutes"] > 0)]
    most = most.sort_values(["minutes", "rank"], ascending=[False, True]).head(_SHOWN)
    named = [
        f"{clause} at {site} ({minutes} minutes)"
        for clause, site, minutes in zip(most["clause"], most["site"], most["minutes"], strict=True)
    ]
    said = f"Most time goes to {', '.join(named)}." if named else "No examination gets time."
    return {"sentence": said, "value": most["minutes"].max() if named else None, "table": "plan_minutes"}


def _rules(made: AuditPlan) -> dict[str, object]:
    counts = made.minutes.clashes.groupby("budget_share").size()
    shares = sorted(made.minutes.cells["budget_share"].unique(), reverse=True)
    said = []
    for share in shares:
        number = int(counts.get(share, 0))
        what = "every rule is kept" if not number else f"{number} {'rule' if number == 1 else 'rules'} cannot be kept"
        said.append(f"at {100 * share:.0f} % of the time {what}")
    sentence = "; ".join(said)
    if counts.empty:
        sentence = f"every rule is kept at {_and([f'{100 * share:.0f}' for share in shares])} % of the time"
    if len(made.timetable.clashes):
        sentence += "; the timetable does not hold all of these minutes"
    return {
        "sentence": f"{sentence[0].upper()}{sentence[1:]}.",
        "value": int(counts.get(1.0, 0)),
        "table": "plan_clashes",
    }


def _and(words: list[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def _left_out(made: AuditPlan) -> dict[str, object]:
    spent = made.leaves.groupby("clause")["minutes"].sum()
    got, known = int((spent > 0).sum()), len(spent)
    sentence = f"{got} of {known} clauses get time at one site at least."
    return {"sentence": sentence, "value": got, "n": known, "table": "plan_leaves"}


def _places(made: AuditPlan) -> dict[str, object]:
    lost = made.timetable.clashes
    minutes = int(lost["minutes"].sum())
    found = "Every examination found a place in the timetable."
    what = "examination" if len(lost) == 1 else "examinations"
    said = f"{len(lost)} {what} found no place in the timetable for {minutes} minutes." if len(lost) else found
    return {"sentence": said, "value": minutes, "table": "timetable_clashes"}

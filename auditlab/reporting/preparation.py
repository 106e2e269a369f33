"""Before and around fieldwork: what is there to begin, who knew what, and what people decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.errors import ArgumentError
from auditlab.history.cells import lies_under, natural_order, text_of
from auditlab.plan_settings import TeamConflict
from auditlab.report_settings import AwarenessCheck, Decision
from auditlab.statistics.intervals import clopper_pearson

READINESS_DTYPES = {"item": "str", "clause": "str", "state": "str", "what_is_known": "str", "asks": "str"}
AWARENESS_DTYPES = {
    "topic": "str", "group": "str", "how": "str", "persons": "Int64", "asked": "Int64", "aware": "Int64",
    "share": "Float64", "low": "Float64", "high": "Float64", "method": "str", "said": "str",
}  # fmt: skip
DECISION_DTYPES = {
    "on": "datetime64[us]", "kind": "str", "what": "str", "before": "str", "after": "str", "reason": "str", "by": "str",
}  # fmt: skip

ABSENT, PAST, THERE, UNKNOWN = "nothing on record", "past its review", "on record", "open"


@cache
def _items() -> tuple[dict[str, str], ...]:
    with resources.files(__package__).joinpath("readiness_items.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return tuple({str(name): str(value) for name, value in row.items()} for row in rows.to_dict("records"))


def readiness_list(lab: Engagement) -> pd.DataFrame:
    """What has to be there before fieldwork, what is known of it, and what to ask for; gaps first.

    Parameters
    ----------
    lab : Engagement
        Uses the table of documents, the other tables, and the next audit and team of the settings.

    Returns
    -------
    DataFrame
        ``item, clause, state`` (nothing on record, past its review, open, on record), ``what_is_known, asks``. On
        record means that a row names it: nobody has read it yet.
    """
    as_of = pd.Timestamp(lab.settings.as_of)
    rows = [_item(lab, item, as_of) for item in _items()]
    following, plan = lab.settings.next_audit, lab.settings.plan
    stated = (
        ("Date of the audit", following.start, "start below [next_audit]"),
        ("Audit time", following.auditor_days, "auditor_days below [next_audit]"),
        ("Audit team", ", ".join(plan.team), "team below [plan]"),
        ("Answers to the questions of intake", "" if len(lab.open_questions) else "all answered", "the open questions"),
    )
    for item, value, asks in stated:
        known = text_of(value)
        rows.append({"item": item, "clause": "", "state": THERE if known else UNKNOWN, "what_is_known": known,
                     "asks": f"State {asks}" if not known else ""})  # fmt: skip
    rank = {ABSENT: 0, UNKNOWN: 1, PAST: 2, THERE: 3}
    rows.sort(key=lambda row: rank[str(row["state"])])
    return pd.DataFrame(rows, columns=list(READINESS_DTYPES)).astype(READINESS_DTYPES)


def _item(lab: Engagement, item: dict[str, str], as_of: pd.Timestamp) -> dict[str, object]:
    row: dict[str, object] = {name: item[name] for name in ("item", "clause", "asks")}
    if item["kind"] == "table":
        number = len(lab.tables[item["subject"]])
        return row | {"state": THERE if number else ABSENT, "what_is_known": f"{number} rows loaded" if number else ""}
    documents = lab.tables.documents
    own = documents[[lies_under(text_of(clause), item["clause"]) for clause in documents["clause"]]]
    if own.empty:
        return row | {"state": ABSENT, "what_is_known": ""}
    late = own[own["review_due"] < as_of]
    told = "; ".join(_told(one) for one in own.to_dict("records"))
    return row | {"state": PAST if len(late) else THERE, "what_is_known": told}


def _told(row: dict[object, object]) -> str:
    due = row["review_due"]
    when = f", review due {pd.Timestamp(str(due)):%Y-%m-%d}" if pd.notna(due) else ", no review date"  # type: ignore[call-overload]
    version = f" {row['version']}" if text_of(row["version"]) else ""
    return f"{row['document']}{version}{when}"


def awareness(checks: Sequence[AwarenessCheck], *, confidence: float = 0.95) -> pd.DataFrame:
    """How many of those asked knew a topic, by group.

    Parameters
    ----------
    checks : sequence of AwarenessCheck
        ``[[report.awareness]]`` of the settings.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        ``topic, group, how, persons`` (in the group), ``asked, aware, share`` [0-1]; ``low, high`` (Clopper-Pearson)
        only where people were chosen at random; ``said``. Least aware first.

    Raises
    ------
    ArgumentError
        If more people were aware than asked, or more asked than there are.
    """
    rows = [_awareness_row(one, confidence) for one in checks]
    frame = pd.DataFrame(rows, columns=list(AWARENESS_DTYPES)).astype(AWARENESS_DTYPES)
    return frame.sort_values(["share", "topic", "group"], kind="stable").reset_index(drop=True)


def _awareness_row(one: AwarenessCheck, confidence: float) -> dict[str, object]:
    if one.aware > one.asked or (one.persons is not None and one.asked > one.persons):
        raise ArgumentError(
            f"[[report.awareness]] of '{one.topic}', {one.group}: {one.aware} aware of {one.asked} asked"
            + (f" of {one.persons} persons" if one.persons is not None else "") + ". Mend the numbers."
        )  # fmt: skip
    row: dict[str, object] = {"topic": one.topic, "group": one.group, "how": one.how, "persons": one.persons,
                              "asked": one.asked, "aware": one.aware}  # fmt: skip
    if not one.asked:
        return row | {"said": "nobody was asked"}
    row |= {"share": one.aware / one.asked}
    if one.how == "judgement":
        return row | {"said": f"{one.aware} of {one.asked} asked; chosen by judgement, so it speaks for them alone"}
    limit = clopper_pearson(one.aware, n=one.asked, confidence=confidence)
    return row | {"low": limit.low, "high": limit.high, "method": limit.method,
                  "said": f"{one.aware} of {one.asked} drawn at random"}  # fmt: skip


def decision_log(decisions: Sequence[Decision], conflicts: Sequence[TeamConflict] = ()) -> pd.DataFrame:
    """What people decided about the audit: overrides of results, and what keeps it impartial, by day.

    Parameters
    ----------
    decisions : sequence of Decision
        ``[[report.decisions]]`` of the settings.
    conflicts : sequence of TeamConflict
        ``[[plan.conflicts]]`` of the settings: who does not examine what, and why; they have no day and come last.

    Returns
    -------
    DataFrame
        ``on, kind, what, before, after, reason, by`` (code or role).
    """
    ordered = sorted(decisions, key=lambda one: (one.on, natural_order(one.what)))
    rows = [{name: getattr(one, name) for name in DECISION_DTYPES} for one in ordered]
    for one in conflicts:
        where = " at ".join(filter(None, [one.clause or "anything", one.site]))
        kept = f"auditor {one.auditor} does not examine {where}"
        until = f" (until {one.until:%Y-%m-%d})" if one.until else ""
        words = one.kind.replace("_", " ")
        rows.append({"on": pd.NaT, "kind": "impartiality", "what": kept, "before": "", "after": "", "by": "",
                     "reason": f"{words}: {one.reason}{until}"})  # fmt: skip
    return pd.DataFrame(rows, columns=list(DECISION_DTYPES)).astype(DECISION_DTYPES)

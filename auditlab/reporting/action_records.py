"""What a register says of an action beside its dates: whether it worked, how late it was, and what is not written."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any  # the cells of a row

import pandas as pd

from auditlab.history.cells import number_of, plural, text_of
from auditlab.history.corrective_actions import ActionStatus, Effectiveness

_CONTENT = {"root_cause": "cause", "correction": "correction", "action": "action"}

NOT_TESTED = "not yet tested"
_SEEN = {
    Effectiveness.NOT_TESTED: NOT_TESTED,
    Effectiveness.EFFECTIVE: "examined again, no nonconformity",
    Effectiveness.INVALID: "dates contradict each other",
}
NOT_COMPLETE = "not complete"
NOT_KNOWN = "not known"
"""No register of actions says whether there is one."""


def effect_seen(row: Mapping[Hashable, Any]) -> str:
    """Whether audits have seen that an action worked, in words: a tick in a register is none of them.

    Parameters
    ----------
    row : mapping
        Row of ``history.corrective_actions``.
    """
    if text_of(row["status"]) == str(ActionStatus.UNKNOWN):
        return NOT_KNOWN
    effect = text_of(row["effectiveness"])
    if effect == str(Effectiveness.REPEAT):
        return f"came back as {text_of(row['repeat_finding'])}"
    if effect:
        return _SEEN[Effectiveness(effect)]
    done = pd.notna(row["completed"]) or pd.notna(row["verified"])
    return "not known whether examined" if done else NOT_COMPLETE


def not_recorded(actions: pd.DataFrame) -> dict[str, str]:
    """Completed or verified actions without cause, correction or action in words.

    Parameters
    ----------
    actions : DataFrame
        Canonical corrective actions. What the register holds for no action at all is no gap of a single one.

    Returns
    -------
    dict
        Finding to what is not written, such as ``"cause, correction, action"``.
    """
    closed = actions[actions["completed"].notna() | actions["verified"].notna()]
    kept = [name for name in _CONTENT if actions[name].map(text_of).ne("").any()]
    gaps = {
        text_of(row["finding_id"]): ", ".join(_CONTENT[name] for name in kept if not text_of(row[name]))
        for row in closed.to_dict("records")
    }
    return {finding: gap for finding, gap in gaps.items() if gap}


def action_note(row: Mapping[Hashable, Any], gap: str) -> str:
    """How late an action was completed and what is not written about it; empty where there is nothing to say.

    Parameters
    ----------
    row : mapping
        Row of ``history.corrective_actions``.
    gap : str
        What is not written, as `not_recorded` tells it.
    """
    late = number_of(row["late_days"])
    told = [f"completed {plural(int(late), 'day')} after the date first agreed"] if late else []
    return "; ".join([*told, *([f"not on record: {gap}"] if gap else [])])

"""What the management review hears about effects: what came back, what nobody has tested, and before and after."""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import listed, plural, text_of
from auditlab.history.corrective_actions import Effectiveness
from auditlab.history.headline_parts import percent
from auditlab.reporting.before_after import NOT_TOLD, NOTHING_BEFORE
from auditlab.reporting.effect_words import counted_words, interval_words
from auditlab.standard.grades import Grade

_NAMED = 8
"""Findings named in a line at most; their number stands before them."""


def effect_lines(rates: pd.DataFrame, plan: pd.DataFrame, effects: pd.DataFrame) -> list[dict[str, object]]:
    """The share without a repeat, the actions no audit has tested, and before and after those still followed.

    Parameters
    ----------
    rates : DataFrame
        Result of ``history.corrective_action_rates``.
    plan : DataFrame
        Result of `follow_up_plan`.
    effects : DataFrame
        Result of `before_after`.
    """
    return [*_without_repeat(rates), *_not_tested(plan), *_before_after(plan, effects)]


def _without_repeat(rates: pd.DataFrame) -> list[dict[str, object]]:
    own = rates[(rates["measure"] == "effectiveness") & (rates["n"].fillna(0) > 0)]
    return [
        {"sentence": f"{row['k']} of {row['n']} completed actions that a later audit examined again had no repeat "
                     f"({percent(row['rate'])}, interval {percent(row['low'])} to {percent(row['high'])}). "
                     "An audit report counts places in its audit alone.",
         "value": row["rate"], "n": row["n"], "table": "report_action_rates"}
        for row in own.to_dict("records")
    ]  # fmt: skip


def _not_tested(plan: pd.DataFrame) -> list[dict[str, object]]:
    own = plan[plan["effectiveness"] == str(Effectiveness.NOT_TESTED)] if len(plan) else plan
    if own.empty:
        return []
    majors = own["grade"] == str(Grade.MAJOR)
    names = [f"{name} (major)" for name in own.loc[majors, "finding_id"]] + list(own.loc[~majors, "finding_id"])
    told = plural(len(own), "completed action")
    sentence = f"Not yet tested by any audit: {told}: {listed(names, most=_NAMED)}."
    return [{"sentence": sentence, "value": len(own), "n": len(plan), "table": "follow_up_plan"}]


def _before_after(plan: pd.DataFrame, effects: pd.DataFrame) -> list[dict[str, object]]:
    if plan.empty or effects.empty:
        return []
    followed = effects[effects["finding_id"].isin(plan["finding_id"]) & effects["n_after"].notna()]
    followed = followed[~followed["note"].str.contains(NOTHING_BEFORE, regex=False)]
    rows = followed.to_dict("records")
    grades = dict(zip(plan["finding_id"], plan["grade"], strict=True))
    rows.sort(key=lambda row: grades[row["finding_id"]] != str(Grade.MAJOR))
    return [
        {"sentence": f"{row['finding_id']}, {str(row['kpi']).replace('_', ' ')}, {row['series']}: "
                     f"{counted_words(row, 'before')} before, {counted_words(row, 'after', again=True)} since"
                     f"{interval_words(row)}{'; it followed an extreme month' if text_of(row['warning']) else ''}"
                     f"{'; an effect is not shown' if NOT_TOLD in text_of(row['note']) else ''}.",
         "value": row["after"], "n": row["n_after"], "table": "before_after"}
        for row in rows
    ]  # fmt: skip


def since_action(signal: str, effects: pd.DataFrame) -> str:
    """What a flagged measure shows since the last action on it; empty where there was none.

    Parameters
    ----------
    signal : str
        Its name, such as ``"unapproved_at_start_rate: site B"``.
    effects : DataFrame
        Result of `before_after`, the last action first.
    """
    if effects.empty:
        return ""
    own = effects[(effects["kpi"] + ": " + effects["series"] == signal) & effects["n_after"].notna()]
    if own.empty:
        return ""
    last = own.to_dict("records")[0]
    return f"After the action on {last['finding_id']}: {counted_words(last, 'after')}."

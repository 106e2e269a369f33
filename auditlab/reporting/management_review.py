"""The pack for the management review: what top management has to hear, in short.

Every input that clause 9.3 asks for has a line; where the records hold nothing the line says that it has to be brought
to the review. Nobody is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from auditlab.history.cells import plural
from auditlab.history.headline_parts import percent
from auditlab.history.ofi_conversion import IMPROVEMENTS
from auditlab.reporting.against_target import MISSED, REACHED
from auditlab.reporting.improvements import PLANNED
from auditlab.reporting.review_audits import action_lines, change_lines, result_lines, with_names
from auditlab.reporting.review_effects import effect_lines, since_action
from auditlab.signals.periods import last_months

PACK_DTYPES = {"input": "str", "sentence": "str", "value": "Float64", "n": "Int64", "table": "str", "decision": "str"}
INPUTS: Mapping[str, str] = {
    "review_actions": "Actions of earlier management reviews",
    "earlier_actions": "Actions on earlier nonconformities",
    "effectiveness": "Whether actions worked",
    "audit_results": "Results of audits",
    "changes": "Changes that concern the system",
    "policies": "Policies: whether they are followed and still fit",
    "objectives": "Reaching of objectives",
    "performance": "Performance of services and suppliers",
    "signals": "What changed in the service data",
    "feedback": "Feedback of customers",
    "risks": "Risks and opportunities",
    "resources": "Resources",
    "improvement": "Opportunities for continual improvement",
}
"""Inputs of ISO/IEC 20000-1:2018, 9.3, in our words and order."""

LINES = 3
"""Sentences of an input at most, so that the pack stays short; one more tells how many others there are."""

SIGNAL_LINES = 4
"""Flagged signals at most; a further line tells how many more there are."""

EFFECT_LINES = 4
"""Sentences on effects at most: the share, what is not tested, and before and after."""

MEASURED_LINES = 2
"""Measured objectives at most; the last line tells how many more there are."""

LINE_CHARACTERS = 170
"""Length of a sentence at most [characters]; the table it points to has the whole."""

NOT_KNOWN = "Nothing is on record; it has to be brought to the review."


@dataclass(frozen=True, slots=True, kw_only=True)
class PackTables:
    """The tables behind the pack; each may be empty. ``tests`` of service data were made for ``signals`` [count].

    ``findings_known`` tells whether a register of findings was handed over, and ``actions`` how many actions on
    nonconformities the register of actions holds [count]; ``None`` where none was handed over.
    """

    rates: pd.DataFrame
    plan: pd.DataFrame
    effects: pd.DataFrame
    sections: pd.DataFrame
    changes: pd.DataFrame
    scorecard: pd.DataFrame
    capability: pd.DataFrame
    satisfaction: pd.DataFrame
    improvements: pd.DataFrame
    signals: pd.DataFrame
    conversion: pd.DataFrame
    tests: int
    findings_known: bool
    actions: int | None


def management_review(tables: PackTables) -> pd.DataFrame:
    """The pack as a table: a row per sentence, in the order of `INPUTS`.

    Parameters
    ----------
    tables : PackTables
        Results of the floors.

    Returns
    -------
    DataFrame
        ``input`` (heading), ``sentence, value, n, table`` (where it comes from), ``decision`` (what the review is asked
        to decide; on the last line of an input).
    """
    makers = {
        "earlier_actions": action_lines(tables.plan, actions=tables.actions),
        "effectiveness": effect_lines(tables.rates, tables.plan, tables.effects),
        "audit_results": result_lines(tables.sections, known=tables.findings_known),
        "changes": change_lines(tables.changes),
        "objectives": _objectives(tables.scorecard), "performance": _performance(tables.capability),
        "feedback": _feedback(tables.satisfaction), "signals": _signals(tables.signals, tables.tests, tables.effects),
        "improvement": [*_improvement(tables.improvements), *_conversion(tables.conversion)],
    }  # fmt: skip
    rows: list[dict[str, object]] = []
    for name, heading in INPUTS.items():
        lines = _fitted(makers.get(name, []), _MOST.get(name, LINES)) or [{"sentence": NOT_KNOWN}]
        asked = _DECISIONS.get(name, "") if makers.get(name) else ""
        rows += [{"input": heading, **line, "sentence": _short(str(line["sentence"]))} for line in lines]
        rows[-1] = rows[-1] | {"decision": asked}
    return pd.DataFrame(rows, columns=list(PACK_DTYPES)).astype(PACK_DTYPES)


_MOST = {"signals": SIGNAL_LINES + 1, "effectiveness": EFFECT_LINES, "objectives": MEASURED_LINES + 1}

_DECISIONS = {
    "earlier_actions": "Time and owner for overdue and undated actions",
    "effectiveness": "What is done differently where nonconformities come back",
    "objectives": "What follows where a target is missed; measure and owner for objectives without one",
    "performance": "What follows where targets are missed month after month",
    "signals": "Who follows each signal to its cause, and until when",
    "improvement": "Which improvements begin, and with which means",
}


def _fitted(lines: list[dict[str, object]], most: int) -> list[dict[str, object]]:
    """The first lines, and how many more there are."""
    more = len(lines) - most
    told = [{"sentence": f"{more} more in the workbook.", "table": lines[most].get("table")}] if more > 0 else []
    return [*lines[:most], *told]


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= LINE_CHARACTERS else f"{sentence[: LINE_CHARACTERS - 1].rstrip()}…"


def _objectives(scorecard: pd.DataFrame) -> list[dict[str, object]]:
    """What is reached stands beside its target, and missed where its words tell that; those missed come first."""
    if scorecard.empty:
        return []
    stated = scorecard[scorecard["objective"] != ""]
    measured, without = (stated[stated["orphan"] == orphan] for orphan in (False, True))
    unserved = list(scorecard.loc[scorecard["objective"] == "", "service"])
    told = f"{len(measured)} of {plural(len(stated), 'objective')} measured"
    if missed := int((measured["against_target"] == MISSED).sum()):
        told += f", {missed} missed"
    if unserved:
        told += f"; {plural(len(unserved), 'service')} without one"
    if len(without):
        names = ", ".join(without["objective"].head(3))
        more = f" and {len(without) - 3} more" if len(without) > 3 else ""
        told += f"; without measure, target, value or trace: {names}{more}"
    lines: list[dict[str, object]] = [{"sentence": f"{told}.", "value": len(measured), "n": len(stated)}]
    lines += [
        {"sentence": f"{row['objective']}: {row['actual']} against a target of {row['target']}"
                     f"{_told(row['against_target'])} ({pd.Timestamp(str(row['measured'])):%Y-%m-%d})."}
        for row in _missed_first(measured).head(MEASURED_LINES).to_dict("records")
    ]  # fmt: skip
    if len(measured) > MEASURED_LINES:
        lines[-1] = {"sentence": f"{len(measured) - MEASURED_LINES + 1} more measured objectives are in the table."}
    return [{**line, "table": "objective_scorecard"} for line in lines]


def _missed_first(measured: pd.DataFrame) -> pd.DataFrame:
    return measured.sort_values("against_target", key=lambda told: told != MISSED, kind="stable")


def _told(against: str) -> str:
    return f": {against}" if against in (MISSED, REACHED) else ""


def _performance(capability: pd.DataFrame) -> list[dict[str, object]]:
    worst = capability.sort_values(["last_three_met", "share_met"], kind="stable")
    return [
        {"sentence": row["statement"], "value": row["share_met"], "n": row["months"], "table": "capability_statement"}
        for row in worst.to_dict("records")
    ]


def _feedback(satisfaction: pd.DataFrame) -> list[dict[str, object]]:
    if satisfaction.empty:
        return []
    year = last_months(pd.Timestamp(satisfaction["cut_off"].iloc[0]), 12).label
    pleased = satisfaction[(satisfaction["kpi"] == "csat_top2") & (satisfaction["period"] == year)]
    return [
        {"sentence": f"{row['service']}, {row['period']}: {percent(row['value'])} of {row['n']} answers in the two "
                     f"best classes (interval {percent(row['low'])} to {percent(row['high'])}); {row['note']}.",
         "value": row["value"], "n": row["n"], "table": "satisfaction"}
        for row in pleased.to_dict("records")
    ]  # fmt: skip


def _improvement(improvements: pd.DataFrame) -> list[dict[str, object]]:
    if improvements.empty:
        return []
    planned = improvements[improvements["state"] == PLANNED]
    rest = plural(len(improvements) - len(planned), "finding or signal", "findings or signals")
    sentence = f"{plural(len(planned), 'improvement')} planned; {rest} without one."
    first = {"sentence": sentence, "value": len(planned)}
    named = "; ".join(planned["improvement"].head(3).astype("str"))
    return with_names(first, "First in rank: ", named, table="improvement_list")


def _conversion(rates: pd.DataFrame) -> list[dict[str, object]]:
    own = rates[(rates["measure"] == IMPROVEMENTS) & (rates["n"].fillna(0) > 0)]
    return [
        {"sentence": f"{row['k']} of {row['n']} improvements noted by audits and examined again had become "
                     f"nonconformities ({percent(row['rate'])}, interval {percent(row['low'])} to "
                     f"{percent(row['high'])}).",
         "value": row["rate"], "n": row["n"], "table": "ofi_conversion_rates"}
        for row in own.to_dict("records")
    ]  # fmt: skip


def _signals(signals: pd.DataFrame, tests: int, effects: pd.DataFrame) -> list[dict[str, object]]:
    """What is flagged; that nothing is flagged is said where something could be tested."""
    table = "flagged_signals"
    if signals.empty:
        none = f"None of {plural(tests, 'test')} of the service data is flagged as worse."
        return [{"sentence": none, "value": 0, "n": tests, "table": table}] if tests else []
    lines: list[dict[str, object]] = []
    for row in signals.head(SIGNAL_LINES).to_dict("records"):
        told = " ".join(filter(None, [str(row["said"]), since_action(row["signal"], effects)]))
        said = told if len(told) <= LINE_CHARACTERS else row["said"]
        lines.append({"sentence": said, "value": row["recent"], "n": row["n"], "table": table})
    more = len(signals) - SIGNAL_LINES
    if more > 0:
        lines.append({"sentence": f"{more} more are flagged.", "table": table})
    return lines

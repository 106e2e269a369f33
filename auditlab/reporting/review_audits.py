"""What the management review hears about audits: actions on earlier findings, results, and changes since."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any  # the cells of a row

import pandas as pd

from auditlab.history.cells import clause_sort_key, listed, plural, text_of
from auditlab.history.corrective_actions import ActionStatus, open_majors
from auditlab.reporting.element_gaps import NO_REGISTER
from auditlab.reporting.follow_up_plan import is_open
from auditlab.reporting.sections import NO_AREA
from auditlab.reporting.unresolved import majors_sentence
from auditlab.standard.grades import Grade

_MAJORS, _NAMED = 3, 4
"""Findings named in a line at most; their number stands before them."""


def with_names(first: Mapping[str, object], lead: str, named: str, *, table: str) -> list[dict[str, object]]:
    """A line of numbers, and one that names the most important of what it counts."""
    lines = [first]
    if named:
        lines.append({"sentence": f"{lead}{named}."})
    return [{**line, "table": table} for line in lines]


def action_lines(plan: pd.DataFrame, *, actions: int | None) -> list[dict[str, object]]:
    """Open majors by name, how many actions are open, overdue or missing, and the longest overdue.

    Parameters
    ----------
    plan : DataFrame
        Result of `follow_up_plan`.
    actions : int, optional
        Actions on nonconformities in the register [count]; ``None`` where no register was handed over.
    """
    if plan.empty:
        return _settled(actions)
    if (plan["status"] == str(ActionStatus.UNKNOWN)).all():
        said = f"What was done about {plural(len(plan), 'nonconformity', 'nonconformities')} is not known: no register "
        return [*_open_majors(plan), {"sentence": f"{said}of actions was handed over.", "table": "follow_up_plan"}]
    number = int(is_open(plan).sum())
    late = plan[plan["days_overdue"].notna()]
    undated = int((plan["status"] == str(ActionStatus.OPEN_NO_DUE_DATE)).sum())
    bare = int((plan["status"] == str(ActionStatus.NO_ACTION)).sum())
    told = f"; {plural(bare, 'nonconformity', 'nonconformities')} without an action on record" if bare else ""
    first = {
        "sentence": f"{plural(number, 'action')} open, {len(late)} overdue, {undated} without a due date{told}.",
        "value": len(late), "n": number,
    }  # fmt: skip
    late = late.sort_values("days_overdue", ascending=False, kind="stable")
    named = [f"{row['finding_id']}{_at(row)} ({plural(row['days_overdue'], 'day')})" for row in late.to_dict("records")]
    lines = with_names(first, "Longest overdue: ", listed(named, most=_NAMED), table="follow_up_plan")
    return [*_open_majors(plan), *lines]


def _settled(actions: int | None) -> list[dict[str, object]]:
    """Nothing to follow up is a result where a register says so, and nothing known where there is none."""
    if actions is None:
        return []
    said = f"None of {plural(actions, 'action')} on record is open, unverified or waiting to be examined."
    if not actions:
        said = "The register of actions holds none on a nonconformity."
    return [{"sentence": said, "value": 0, "n": actions, "table": "follow_up_plan"}]


def _at(row: Mapping[Hashable, Any]) -> str:  # Any: the cells of a row
    """The site of an action; of one without a finding, that it has none."""
    if row["status"] == str(ActionStatus.NOT_IN_REGISTER):
        return ", its finding not in the register"
    return f" at {row['site']}" if text_of(row["site"]) else ""


def _open_majors(plan: pd.DataFrame) -> list[dict[str, object]]:
    """Majors whose action is not verified, by name: nothing weighs more."""
    sentence, value = majors_sentence(plan, most=_MAJORS), int(open_majors(plan).sum())
    return [{"sentence": sentence, "value": value, "n": len(plan), "table": "follow_up_plan"}] if value else []


def result_lines(sections: pd.DataFrame, *, known: bool) -> list[dict[str, object]]:
    """How many nonconformities in which clauses, and the majors; an audit without a finding is a result as well.

    Parameters
    ----------
    sections : DataFrame
        Result of `report_sections`.
    known : bool
        Whether a register of findings was handed over.
    """
    table = "report_sections"
    if not known:
        return [{"sentence": f"What the audit found is not known: {NO_REGISTER}.", "table": table}]
    ncs = sections[sections["kind"] == "nonconformity"]
    majors = ncs[ncs["grade"] == str(Grade.MAJOR)] if len(ncs) else ncs
    strengths = int((sections["kind"] == "strength").sum())
    areas = sorted({text_of(area) for area in ncs["area"]} - {NO_AREA}, key=clause_sort_key) if len(ncs) else []
    where = f" in {'clause' if len(areas) == 1 else 'clauses'} {', '.join(areas)}" if areas else ""
    found = (
        f"{plural(len(majors), 'major nonconformity', 'major nonconformities')} and "
        f"{plural(len(ncs) - len(majors), 'minor nonconformity', 'minor nonconformities')}"
    )
    lines: list[dict[str, object]] = [
        {"sentence": f"{found}{where}; {plural(strengths, 'strength')}.", "value": len(ncs), "n": len(sections)}
    ]
    named = [f"{row['finding_id']} ({row['clause']}{_site(row)})" for row in majors.to_dict("records")]
    if named:
        said = f"Major: {listed(named, most=_NAMED)}."
        lines.append({"sentence": said, "value": len(majors), "n": len(ncs)})
    return [{**line, "table": table} for line in lines]


def _site(row: Mapping[Hashable, Any]) -> str:
    return f" at {row['site']}" if text_of(row["site"]) else ""


def change_lines(changes: pd.DataFrame) -> list[dict[str, object]]:
    """Changes with a day; the end of a contract that the list of changes tells as well stands once.

    Parameters
    ----------
    changes : DataFrame
        Result of ``history.change_pressure``.
    """
    if changes.empty:
        return []
    dated = changes.dropna(subset=["date"])
    told = dated[(dated["source"] != "contracts") & dated["supplier"].notna()]
    known = set(zip(told["supplier"], told["date"], strict=True))
    rows = [
        row for row in dated.to_dict("records")
        if row["source"] != "contracts" or (row["supplier"], row["date"]) not in known
    ]  # fmt: skip
    return [
        {"sentence": f"{row['what']} ({pd.Timestamp(str(row['date'])):%Y-%m-%d}).", "table": "report_changes"}
        for row in rows
    ]

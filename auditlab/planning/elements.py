"""The elements an audit plan must have; a plan without one of them is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlab.errors import ArgumentError

REQUIRED: Mapping[str, str] = {
    "objectives": "objectives of the audit",
    "scope": "scope with organisation, functions and processes",
    "criteria": "criteria and references",
    "places_and_times": "places, physical and virtual, with dates, expected time and duration",
    "familiarisation": "what the team has to get to know before",
    "methods": "methods, with the extent of sampling",
    "roles": "roles of the team, guides and observers",
    "resources_by_risk": "allocation of the time by risk",
    "contacts": "contacts of the auditee",
    "language": "language of audit and report",
    "report_topics": "topics of the report",
    "logistics": "logistics and communication",
    "contingency": "actions against risks to the objectives of the audit",
    "confidentiality": "confidentiality and information security",
    "follow_up": "follow-up of the previous audit",
    "other_follow_up": "other follow-up",
    "coordination": "coordination with other audits",
}
"""Elements in the order of ISO 19011, 6.3.2.2, in our words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanElement:
    """One element of the plan, with what it says."""

    name: str
    title: str
    lines: tuple[str, ...]


def plan_elements(said: Mapping[str, Sequence[str]]) -> tuple[PlanElement, ...]:
    """All elements in order.

    Parameters
    ----------
    said : mapping
        Name of an element to its sentences.

    Raises
    ------
    ArgumentError
        If an element is missing or says nothing; it is named. If a name is no element.
    """
    strange = sorted(set(said) - set(REQUIRED))
    if strange:
        raise ArgumentError(f"'{', '.join(strange)}' is no element of an audit plan. There are: {', '.join(REQUIRED)}.")
    absent = [name for name in REQUIRED if not any(line.strip() for line in said.get(name, ()))]
    if absent:
        named = "; ".join(f"{name} ({REQUIRED[name]})" for name in absent)
        raise ArgumentError(f"The audit plan lacks: {named}. Say what it is, or that there is none.")
    return tuple(PlanElement(name=name, title=title, lines=tuple(said[name])) for name, title in REQUIRED.items())


def elements_table(elements: Sequence[PlanElement]) -> pd.DataFrame:
    """The elements as a table: ``element, title, text``, one row per sentence."""
    rows = [(element.name, element.title, line) for element in elements for line in element.lines]
    return pd.DataFrame(rows, columns=["element", "title", "text"]).astype("str")

"""The elements an audit report must have; one that nobody filled in is named and not left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.reporting.stated_guard import stated_warning
from auditlab.settings import Party

ELEMENTS: Mapping[str, str] = {
    "body": "who audited",
    "client": "the organisation and its representative",
    "audit_type": "type of audit",
    "criteria": "criteria",
    "objectives": "objectives",
    "scope": "scope with units and processes, and the time",
    "scope_appropriateness": "whether the scope is appropriate",
    "team": "team and participants",
    "dates_places": "dates and places",
    "combined": "whether the audit was combined or integrated",
    "deviations": "deviations from the plan with reasons",
    "not_covered": "areas not covered with reasons",
    "obstacles": "obstacles that weaken the conclusions",
    "sampling": "statement on sampling",
    "findings": "findings, evidence and conclusions",
    "verification": "verification of earlier corrective actions",
    "changes": "significant changes since the last audit",
    "significant_issues": "issues that matter for the audit programme",
    "conformity_effectiveness": "conformity and effectiveness, with capability, internal audit and management review",
    "objectives_confirmed": "whether the objectives of the audit were met",
    "opinions": "diverging opinions",
    "unresolved": "unresolved issues",
    "recommendation": "recommendation on certification",
    "marks": "control of certificates and marks",
    "confidentiality": "confidentiality and distribution",
}
"""Elements of ISO/IEC 17021-1:2015, 9.4.8, with those of ISO 19011, 6.5.1, in our words."""

CERTIFICATION_ONLY = frozenset({"recommendation", "marks"})
"""Elements that belong to the report of a certification body alone."""

BY_PEOPLE: Mapping[str, str] = {
    "body": "Name the auditing body or function.",
    "client": "Name who spoke for the organisation.",
    "team": "Name the team with roles, and who else took part.",
    "scope_appropriateness": "Say whether the scope fits what the organisation does.",
    "combined": "Say whether other standards were audited together, or that there were none.",
    "deviations": "Name deviations with their reasons, or say that there were none.",
    "obstacles": "Name obstacles met, or say that there were none.",
    "changes": "Name the changes since the last audit, or say that there were none.",
    "significant_issues": "Name what the audit programme must take up, or say that there is nothing.",
    "conformity_effectiveness": "State it in the words of the team, with internal audit and management review.",
    "objectives_confirmed": "Say which objectives of the audit were met.",
    "opinions": "Record opinions that differ, or say that there were none.",
    "unresolved": "Name what stays unresolved, or say that there is nothing.",
    "recommendation": "State the recommendation; auditlab makes none.",
    "marks": "Say how certificate and marks are used.",
}
"""What a person has to write where the data say nothing."""

PARTLY = frozenset({"client", "team"})
"""Elements of which settings or records give a part: the rest is missing until somebody states it."""


class Origin(StrEnum):
    """Where a sentence of the report comes from."""

    PEOPLE = "stated by people"
    DATA = "from the records"
    BUILT_IN = "standard wording"
    WARNING = "to be read again"
    MISSING = "missing"


class Line(NamedTuple):
    """A sentence of the report with its origin, and for a gap where it is filled (by default the element itself)."""

    text: str
    origin: Origin
    setting: str = ""


def lines_of(origin: Origin, *texts: str) -> tuple[Line, ...]:
    """Sentences of one origin."""
    return tuple(Line(text, origin) for text in texts)


ELEMENT_DTYPES = {"element": "str", "title": "str", "text": "str", "origin": "str", "setting": "str"}


def report_elements(
    computed: Mapping[str, Sequence[Line]], *, stated: Mapping[str, Sequence[str]], party: Party
) -> pd.DataFrame:
    """All elements in order, a row per sentence; what is missing says what to write, and where.

    Parameters
    ----------
    computed : mapping
        Element to the sentences that the records allow, to those that every report of its kind has, and to what is
        missing beside them.
    stated : mapping
        Element to the sentences of people (``[report.elements]`` of the settings); they follow the computed ones.
    party : Party
        Who held the audit; what belongs to certification is left out of other audits.

    Returns
    -------
    DataFrame
        ``element, title, text, origin`` (see `Origin`), ``setting`` (where in ``auditlab.toml`` people state what is
        missing, or in which table they add it).

    Raises
    ------
    ArgumentError
        If a name is no element.
    """
    strange = sorted((set(stated) | set(computed)) - set(ELEMENTS))
    if strange:
        raise ArgumentError(
            f"'{', '.join(strange)}' is no element of an audit report. There are: {', '.join(ELEMENTS)}."
        )
    rows = []
    for name, title in ELEMENTS.items():
        if party is not Party.THIRD and name in CERTIFICATION_ONLY and name not in stated:
            continue
        own = [line for line in computed.get(name, ()) if line.text.strip()]
        for text in stated.get(name, ()):
            warning = stated_warning(name, text, party=party)
            own += [Line(text, Origin.PEOPLE), *lines_of(Origin.WARNING, *filter(None, [warning]))]
        if not own or (name in PARTLY and name not in stated):
            own.append(Line(_missing(name), Origin.MISSING))
        rows += [(name, title, line.text, str(line.origin), _setting(name, line)) for line in own]
    return pd.DataFrame(rows, columns=list(ELEMENT_DTYPES)).astype(ELEMENT_DTYPES)


def _missing(name: str) -> str:
    what = BY_PEOPLE.get(name, "Nothing is on record.")
    return f"Missing. {what}"


def _setting(name: str, line: Line) -> str:
    return (line.setting or f"[report.elements] {name}") if line.origin is Origin.MISSING else ""


def missing_elements(elements: pd.DataFrame) -> tuple[str, ...]:
    """Titles of the elements of `report_elements` that nobody filled in."""
    return tuple(dict.fromkeys(elements.loc[elements["origin"] == str(Origin.MISSING), "title"]))

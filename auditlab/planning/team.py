"""Who may examine what: competence, language, own work and advice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import text_of

STANDARD = "ISO/IEC 20000-1"
COOLING_YEARS = 2
"""Whoever advised a client does not audit it for this long (ISO/IEC 17021-1, 5.2) [years]."""

_SEPARATORS = re.compile(r"[;,]\s*")
ROSTER_DTYPES = dict.fromkeys(("auditor", "role", "competence", "languages", "barred", "reason"), "str")


class ConflictKind(StrEnum):
    """What stands between an auditor and a part of the audit."""

    OWN_WORK = "own_work"
    ADVICE = "advice"
    COMPETENCE = "competence"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What bars an auditor from a part of the audit; an empty site or clause means all of them."""

    auditor: str
    kind: ConflictKind
    reason: str
    site: str = ""
    clause: str = ""
    until: date | None = None  # last day of the advice; without it the conflict has no end


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The auditors of a visit, by code, the leader first.

    Attributes
    ----------
    roster : DataFrame
        Everybody who was considered: ``auditor, role`` (leader, auditor, not in the team), ``competence,
        languages, barred`` (where), ``reason``.
    """

    members: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    roster: pd.DataFrame

    def may_examine(self, auditor: str, *, site: str, clause: str) -> bool:
        """Whether no conflict bars this auditor from the clause at the site."""
        return not any(conflict.auditor == auditor for conflict in self._barring(site, clause))

    def why_not(self, *, site: str, clause: str) -> str:
        """The reasons that bar members from the clause at the site, each once."""
        barring = self._barring(site, clause)
        return "; ".join(dict.fromkeys(one.reason for one in barring if one.auditor in self.members))

    def _barring(self, site: str, clause: str) -> list[Conflict]:
        return [
            conflict
            for conflict in self.conflicts
            if conflict.site in ("", site) and (not conflict.clause or f"{clause}.".startswith(f"{conflict.clause}."))
        ]


def audit_team(
    auditors: pd.DataFrame,
    *,
    on: date,
    team: Sequence[str] = (),
    lead: str | None = None,
    conflicts: Sequence[Conflict] = (),
    competence: str = STANDARD,
    language: str | None = None,
    clause_competences: Mapping[str, str] = MappingProxyType({}),
    site_languages: Mapping[str, str] = MappingProxyType({}),
) -> Team:
    """The team of an audit, and why the others are not in it.

    Parameters
    ----------
    auditors : DataFrame
        Canonical auditors, by code.
    on : date
        First day of the audit; advice that ended more than two years before no longer bars.
    team : sequence of str
        Codes; empty takes everybody who is competent and free.
    lead : str, optional
        Code of the leader; without it the first of the team.
    conflicts : sequence of Conflict
        Own work and advice.
    competence : str
        What every auditor must have.
    language : str, optional
        Language that every auditor must speak.
    clause_competences : mapping
        Clause to the competence that whoever examines it must have.
    site_languages : mapping
        Site to the language that whoever examines there must speak.

    Raises
    ------
    ArgumentError
        If a named auditor is unknown, lacks competence or language, or advised the client too lately; if nobody
        is left; if the leader is not in the team.
    """
    known = set(auditors["auditor"].astype("str"))
    unknown = [code for code in (*team, *([lead] if lead else [])) if code not in known]
    if unknown:
        names = ", ".join(unknown)
        raise ArgumentError(f"The auditor {names} is not in the list of auditors. Mend the code or add a row.")
    valid = tuple(conflict for conflict in conflicts if not _over(conflict, on))
    rows, free, lacking = [], [], list[Conflict]()
    for code, skills, spoken in zip(auditors["auditor"], auditors["competence"], auditors["languages"], strict=True):
        lacking += _lacking(str(code), text_of(skills), text_of(spoken), clause_competences, site_languages)
        own = [conflict for conflict in (*valid, *lacking) if conflict.auditor == code]
        reason = _obstacle(text_of(skills), text_of(spoken), own, competence=competence, language=language)
        if code in team and reason:
            raise ArgumentError(f"The auditor {code} cannot be in the team: {reason}. Name somebody else.")
        if not reason:
            free.append(str(code))
        barred = [f"{part.clause or 'all clauses'} at {part.site or 'all sites'}: {part.reason}" for part in own]
        rows.append([str(code), "", text_of(skills), text_of(spoken), "; ".join(barred), reason])
    members = [code for code in (team or free) if code in free]
    if not members:
        raise ArgumentError("Nobody is left for the team. Mend competence, language and conflicts of the auditors.")
    if lead is not None and lead not in members:
        raise ArgumentError(f"The leader {lead} is not in the team ({', '.join(members)}). Name one of them.")
    ordered = sorted(members, key=lambda code: code != (lead or members[0]))
    for row in rows:
        row[5] = row[5] or ("" if row[0] in ordered else "not named for this audit")
        row[1] = "leader" if row[0] == ordered[0] else "auditor" if row[0] in ordered else "not in the team"
    roster = pd.DataFrame(rows, columns=list(ROSTER_DTYPES)).astype(ROSTER_DTYPES)
    return Team(members=tuple(ordered), conflicts=(*valid, *lacking), roster=roster)


def _lacking(
    code: str, skills: str, spoken: str, competences: Mapping[str, str], languages: Mapping[str, str]
) -> list[Conflict]:
    """What an auditor cannot examine for want of a competence or a language."""
    known, speaks = _SEPARATORS.split(skills), _SEPARATORS.split(spoken)
    return [
        Conflict(
            auditor=code, kind=ConflictKind.COMPETENCE, reason=f"no competence for {needed} is on record", clause=clause
        )
        for clause, needed in competences.items()
        if needed not in known
    ] + [
        Conflict(auditor=code, kind=ConflictKind.LANGUAGE, reason=f"does not speak {needed}", site=site)
        for site, needed in languages.items()
        if needed not in speaks
    ]


def _over(conflict: Conflict, on: date) -> bool:
    """Whether advice ended so long ago that it no longer bars; own work always does."""
    if conflict.kind != ConflictKind.ADVICE or conflict.until is None:
        return False
    return pd.Timestamp(conflict.until) + pd.DateOffset(years=COOLING_YEARS) < pd.Timestamp(on)


def _obstacle(skills: str, spoken: str, own: Sequence[Conflict], *, competence: str, language: str | None) -> str:
    if competence not in _SEPARATORS.split(skills):
        return f"no competence for {competence} is on record"
    if language is not None and language not in _SEPARATORS.split(spoken):
        return f"does not speak {language}"
    advice = [conflict for conflict in own if conflict.kind == ConflictKind.ADVICE]
    if advice:
        return f"advised the client within {COOLING_YEARS} years ({advice[0].reason})"
    return ""

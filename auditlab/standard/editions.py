"""Which edition an audit cites, and where a clause of the 2011 edition went in 2018.

Thirteen auditable numbers mean one thing in 2011 and another in 2018 (9.2 was change management
and is internal audit), so a number without its edition is no key. ``edition_map.csv`` beside this
module holds the map; its `keywords` say what separates the targets of one clause, its
`deciding_words` are the same in a form that can be searched for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from auditlab.standard._tables import read_rows
from auditlab.standard.clauses import (
    auditable_leaves,
    clause_order,
    clause_title,
    common_ancestor,
    leaves_under,
    parent_clause,
    parse_clause,
)
from auditlab.standard.edition_evidence import EditionEvidence, detect_edition

__all__ = [
    "EDITION_MAP_VERSION",
    "EditionEvidence",
    "MappedClause",
    "covered_in_2018",
    "detect_edition",
    "is_new_in_2018",
    "to_2018",
]

EDITION_MAP_VERSION = "2011-2018/1"
"""Version of the map and of its deciding words; part of every manifest."""

_NEW = "new-or-largely-new"
_NOT_MAPPED = "not mapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedClause:
    """The 2018 clause of a citation; it may be a parent such as 7.5.3, and stays one."""

    clause: str | None
    relation: str  # same, parent, not mapped, or a word of the map: same-topic, split, merged, moved, extended ...
    candidates: tuple[str, ...]  # every target of the map, the primary one first
    decided_by: str  # edition 2018, only target, primary, keywords, common ancestor, not mapped


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    clause: str
    relation: str
    primary: bool
    words: tuple[tuple[str, ...], ...]  # each entry is a group of words that must all occur


def to_2018(clause: str, *, edition: str, statement: str | None = "") -> MappedClause:
    """Where a citation belongs in the 2018 edition.

    The primary target of the map, unless the words of the statement meet the deciding words of
    another target of the same clause more often. A citation above the leaves of 2011 goes to the
    deepest 2018 clause above all that became of it, and is not pushed down. The edition of 2005 is
    not mapped.

    Parameters
    ----------
    clause : str
        Clause as cited.
    edition : str
        Edition of the citation: ``"2018"``, ``"2011"`` or ``"2005"``.
    statement : str, optional
        Finding statement; anything but a text counts as empty.

    Raises
    ------
    ClauseError
        If that edition has no such clause.
    """
    if edition == "2005":
        parse_clause(clause)
        return MappedClause(clause=None, relation=_NOT_MAPPED, candidates=(), decided_by=_NOT_MAPPED)
    clause_title(clause, edition=edition)
    if edition == "2018":
        return MappedClause(clause=clause, relation="same", candidates=(clause,), decided_by="edition 2018")
    targets = _targets().get(clause)
    if targets is None:
        return _parent_to_2018(clause)
    chosen, decided_by = targets[0], "only target" if len(targets) == 1 else "primary"
    words = _words(statement) if isinstance(statement, str) else frozenset()
    hits = {target.clause: _hits(target, words) for target in targets}
    strongest = max(targets, key=lambda target: hits[target.clause])  # the first of equals
    if hits[strongest.clause] > hits[chosen.clause]:
        chosen, decided_by = strongest, "keywords"
    candidates = tuple(target.clause for target in targets)
    return MappedClause(clause=chosen.clause, relation=chosen.relation, candidates=candidates, decided_by=decided_by)


@cache
def covered_in_2018(clause_2011: str) -> tuple[str, ...]:
    """The 2018 leaves that were examined when this 2011 clause was.

    All targets of the map, expanded to leaves, without the clauses that are new in 2018: nobody can
    have examined in 2011 what was not asked for. A 2011 clause above the leaves stands for its
    leaves.

    Raises
    ------
    ClauseError
        If the 2011 edition has no such clause.
    """
    leaves = {
        leaf
        for old in leaves_under(clause_2011, edition="2011")
        for target in _targets()[old]
        for leaf in leaves_under(target.clause)
    }
    return tuple(sorted((leaf for leaf in leaves if not is_new_in_2018(leaf)), key=clause_order))


def is_new_in_2018(clause: str) -> bool:
    """Whether a 2018 clause, with all its leaves, is new or largely new against 2011.

    No finding of a 2011 audit is a predecessor of one at such a clause unless a person links them.

    Raises
    ------
    ClauseError
        If the 2018 edition has no such clause.
    """
    return all(leaf in _new_clauses() for leaf in leaves_under(clause))


def _parent_to_2018(clause: str) -> MappedClause:
    """A 2011 clause above the leaves: what the primary targets of its leaves have in common, above their leaves."""
    targets = [_targets()[leaf] for leaf in leaves_under(clause, edition="2011")]
    above = common_ancestor(group[0].clause for group in targets)
    if above in auditable_leaves():  # 2011 6.3 is continuity and availability, and not 8.7.2 alone
        above = parent_clause(above)
    candidates = tuple(dict.fromkeys(target.clause for group in targets for target in group))
    return MappedClause(clause=above, relation="parent", candidates=candidates, decided_by="common ancestor")


@cache
def _targets() -> Mapping[str, tuple[_Target, ...]]:
    """Targets of each 2011 leaf, the primary one first, then in the order of the map."""
    targets: dict[str, list[_Target]] = {leaf: [] for leaf in auditable_leaves("2011")}
    for row in read_rows("edition_map.csv"):
        if row["relation"] != _NEW:
            targets[row["clause_2011"]].append(
                _Target(
                    clause=row["clause_2018"],
                    relation=row["relation"],
                    primary=row["primary"] == "y",
                    words=tuple(tuple(group.split()) for group in row["deciding_words"].split(";") if group),
                )
            )
    return MappingProxyType(
        {leaf: tuple(sorted(group, key=lambda target: not target.primary)) for leaf, group in targets.items()}
    )


@cache
def _new_clauses() -> frozenset[str]:
    return frozenset(row["clause_2018"] for row in read_rows("edition_map.csv") if row["relation"] == _NEW)


def _words(statement: str) -> frozenset[str]:
    """Words in lower case; a hyphen joins, so that back-out and non-conformity are one word."""
    return frozenset(re.findall(r"\w+", re.sub(r"[-\u2010-\u2013]", "", statement.lower())))


def _hits(target: _Target, words: frozenset[str]) -> int:
    return sum(all(_occurs(word, words) for word in group) for group in target.words)


def _occurs(word: str, words: frozenset[str]) -> bool:
    """Whether a word occurs; a star at its end stands for any ending."""
    return any(each.startswith(word[:-1]) for each in words) if word.endswith("*") else word in words

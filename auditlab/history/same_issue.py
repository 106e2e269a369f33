"""Same clause or same issue? Earlier nonconformities that a finding may repeat, for a person to decide.

Texts are compared by the fragments of words they share, behind a gate of clause and place. The score orders
candidates and decides nothing: on real findings the best threshold was right six times in ten and found half of the
repeats, so that an automatic verdict would be wrong too often.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from auditlab.history.cells import (
    audits_once,
    looked_up,
    natural_order,
    nonconformities,
    text_of,
    with_keys,
    with_shares,
)
from auditlab.standard.grades import Grade

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SAME_CLAUSE, SAME_PARENT, SAME_SITE = 0.30, 0.15, 0.10
"""What clause, parent clause and site add to the likeness of the texts (policy, not fitted)."""

LEAST_LIKENESS = 0.20
"""Likeness from which a text is a candidate whatever its clause (policy, not fitted)."""

AUDITS_BACK = 3
"""The clause gate looks at so many audits before that of the finding."""

TOP = 3

CANDIDATE_DTYPES = {
    "finding_id": "str", "audit_id": "str", "site": "str", "clause": "str", "grade": "str", "statement": "str",
    "place": "int64", "candidate": "str", "candidate_audit": "str", "candidate_site": "str", "candidate_clause": "str",
    "candidate_grade": "str", "candidate_statement": "str", "likeness": "float64", "same_clause": "bool",
    "same_parent": "bool", "same_site": "bool", "score": "float64", "gate": "str", "decision": "str", "setting": "str",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """One finding as the gate sees it."""

    name: str
    audit: str
    turn: int  # place of its audit in time
    site: str
    service: str
    keys: frozenset[str]
    clause: str
    grade: str
    statement: str

    @property
    def parents(self) -> frozenset[str]:
        return frozenset(key.rpartition(".")[0] for key in self.keys) - {""}


def same_issue_candidates(
    findings: pd.DataFrame, audits: pd.DataFrame, *, decisions: Mapping[str, str] | None = None, top: int = TOP
) -> pd.DataFrame:
    """The earlier nonconformities that each finding may repeat, the likeliest first.

    Parameters
    ----------
    findings : DataFrame
        Canonical findings with the 2018 ``clause``, so that findings of both editions can be compared; a finding
        that cites several clauses is of the same clause as one that shares any of them.
    audits : DataFrame
        Canonical audits; findings of audits without a date have no order in time and no candidates.
    decisions : mapping, optional
        What a person decided: ``"F001 + F015"`` to ``"yes"`` or ``"no"`` (section ``same_issue`` of the settings).
    top : int
        Candidates shown by finding; a decided pair is shown whatever its place.

    Returns
    -------
    DataFrame
        By finding (nonconformities and improvements, the newest first) and ``place``: ``finding_id, audit_id, site,
        clause, grade, statement, place, candidate, candidate_audit, candidate_site, candidate_clause,
        candidate_grade, candidate_statement, likeness`` (cosine) [0-1], ``same_clause, same_parent, same_site,
        score, gate`` (clause or text), ``decision`` (yes, no; empty where nobody decided), ``setting`` (the line for
        the section ``[same_issue]`` of ``auditlab.toml`` that decides it).

    References
    ----------
    Salton and Buckley (1988), Information Processing and Management 24:513-523, for the weights of the fragments.
    """
    ordered = _in_time(findings, audits)
    texts = _fragments([finding.statement for finding in ordered])
    decided = {_pair(*key.split(" + ", 1)): answer for key, answer in (decisions or {}).items() if " + " in key}
    earlier = [place for place, finding in enumerate(ordered) if finding.grade != str(Grade.OFI)]
    rows: list[dict[str, object]] = []
    for place, finding in sorted(enumerate(ordered), key=lambda item: -item[1].turn):
        before = [other for other in earlier if ordered[other].turn < finding.turn]
        likeness = _likeness(texts, place, before)
        found = list(_candidates(finding, [ordered[other] for other in before], likeness, decided))
        found.sort(key=lambda row: (-float(str(row["score"])), natural_order(row["candidate"])))
        shown = enumerate(found, start=1)
        rows += [row | {"place": number} for number, row in shown if number <= top or row["decision"]]
    return pd.DataFrame(rows, columns=list(CANDIDATE_DTYPES)).astype(CANDIDATE_DTYPES)


def unknown_decisions(findings: pd.DataFrame, decisions: Mapping[str, str]) -> list[str]:
    """Findings that decisions name and the register does not have; such a decision decides nothing."""
    known = set(findings["finding_id"].dropna())
    named = {name.strip() for key in decisions for name in key.split(" + ", 1)}
    return sorted(named - known, key=natural_order)


def _in_time(findings: pd.DataFrame, audits: pd.DataFrame) -> list[_Finding]:
    """Nonconformities and improvements with a dated audit and a clause, in order of time."""
    dated = audits_once(audits).dropna(subset=["start"])
    turns = pd.Series(range(len(dated)), index=dated["audit_id"], dtype="Int64")
    keyed = with_keys(findings)
    cells = with_shares(findings).dropna(subset=["key"]).groupby("finding_id")["key"].agg(frozenset)
    kept = keyed["finding_id"].isin(nonconformities(findings)["finding_id"]) | (keyed["grade"] == str(Grade.OFI))
    keyed = keyed[kept].assign(turn=looked_up(keyed.loc[kept, "audit_id"], turns)).dropna(subset=["turn", "key"])
    found = [
        _Finding(
            name=text_of(row["finding_id"]),
            audit=text_of(row["audit_id"]),
            turn=int(row["turn"]),
            site=text_of(row["site"]),
            service=text_of(row["service"]),
            keys=cells[row["finding_id"]],
            clause=text_of(row["clause"]),
            grade=text_of(row["grade"]),
            statement=text_of(row["statement"]),
        )
        for _, row in keyed.iterrows()
    ]
    return sorted(found, key=lambda finding: (finding.turn, natural_order(finding.name)))


def _fragments(statements: list[str]) -> csr_matrix | None:
    """Weights of the word fragments of 3 to 5 letters by statement; `None` where there is no text at all."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # heavy, and only needed here

    if not any(len(text.strip()) > 1 for text in statements):
        return None
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    weights: csr_matrix = vectorizer.fit_transform(statements)
    return weights


def _likeness(texts: csr_matrix | None, place: int, before: list[int]) -> np.ndarray:
    if texts is None or not before:
        return np.zeros(len(before))
    return np.asarray((texts[before] @ texts[place].T).todense()).ravel()


def _candidates(
    finding: _Finding, before: list[_Finding], likeness: np.ndarray, decided: Mapping[frozenset[str], str]
) -> Iterator[dict[str, object]]:
    for other, alike in zip(before, likeness, strict=True):
        decision = decided.get(_pair(finding.name, other.name), "")
        gate = _gate(finding, other, float(alike))
        if gate or decision:
            yield _row(finding, other, float(alike)) | {"gate": gate or "decided", "decision": decision}


def _gate(finding: _Finding, other: _Finding, alike: float) -> str:
    near = bool(finding.site and finding.site == other.site) or bool(
        finding.service and finding.service == other.service
    )
    related = finding.keys & other.keys or finding.parents & other.parents
    if related and near and finding.turn - other.turn <= AUDITS_BACK:
        return "clause"
    return "text" if alike >= LEAST_LIKENESS else ""


def _row(finding: _Finding, other: _Finding, alike: float) -> dict[str, object]:
    same_clause = bool(finding.keys & other.keys)
    same_parent = not same_clause and bool(finding.parents & other.parents)
    same_site = bool(finding.site) and finding.site == other.site
    score = alike + SAME_CLAUSE * same_clause + SAME_PARENT * same_parent + SAME_SITE * same_site
    first, second = sorted((finding.name, other.name), key=natural_order)
    quoted = f"{first} + {second}".replace("\\", "\\\\").replace('"', '\\"')
    return {
        "finding_id": finding.name,
        "audit_id": finding.audit,
        "site": finding.site,
        "clause": finding.clause,
        "grade": finding.grade,
        "statement": finding.statement,
        "candidate": other.name,
        "candidate_audit": other.audit,
        "candidate_site": other.site,
        "candidate_clause": other.clause,
        "candidate_grade": other.grade,
        "candidate_statement": other.statement,
        "likeness": round(alike, 4),
        "same_clause": same_clause,
        "same_parent": same_parent,
        "same_site": same_site,
        "score": round(score, 4),
        "setting": f'"{quoted}" = "yes"',
    }


def _pair(first: str, second: str) -> frozenset[str]:
    return frozenset((first.strip(), second.strip()))


def decided_issue(chain: Iterable[str], decisions: Mapping[str, str] | None) -> tuple[str, str]:
    """Whether the findings of a chain are one issue, as far as a person decided it.

    Parameters
    ----------
    chain : iterable of str
        Findings in order of time.
    decisions : mapping, optional
        As for `same_issue_candidates`.

    Returns
    -------
    tuple of str
        "yes" where the decisions join all findings, "no" where every neighbour was decided and they do not, else
        "confirm"; and the decisions in words, empty where there is none.
    """
    names = list(chain)
    decided = {_pair(*key.split(" + ", 1)): answer for key, answer in (decisions or {}).items() if " + " in key}
    own = {pair: answer for pair, answer in decided.items() if pair <= set(names)}
    joined = {name: name for name in names}
    for pair, answer in own.items():
        if answer == "yes":
            ends = {joined[name] for name in pair}
            joined = {name: min(ends) if group in ends else group for name, group in joined.items()}
    words = [
        f"{' and '.join(sorted(pair, key=natural_order))} {'are' if answer == 'yes' else 'are not'} the same issue"
        for pair, answer in sorted(own.items(), key=lambda item: [natural_order(name) for name in sorted(item[0])])
    ]
    told = f"decided by a person: {', '.join(words)}" if words else ""
    if len(set(joined.values())) == 1:
        return "yes", told
    neighbours = [_pair(first, second) for first, second in pairwise(names)]
    return ("no" if all(pair in own for pair in neighbours) else "confirm"), told

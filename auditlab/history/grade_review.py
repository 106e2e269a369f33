"""Findings whose grade a person should read again, and the strengths with what followed them.

Nothing here changes a grade. An improvement must not hide a nonconformity (ISO/IEC 17021-1,
9.4.5.2), so wording that reads like one is pointed out, and so is an improvement that took the place
of a nonconformity in a cell that had come back before.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.history.cells import (
    cell_examinations,
    looked_up,
    natural_order,
    shared_nonconformities,
    text_of,
    with_keys,
    with_shares,
)
from auditlab.history.same_issue import LEAST_LIKENESS
from auditlab.standard.grades import Grade

REVIEW_DTYPES = {
    "finding_id": "str",
    "audit_id": "str",
    "site": "str",
    "service": "str",
    "clause": "str",
    "grade": "str",
    "statement": "str",
    "reason": "str",
    "matched": "str",
}

STRENGTH_DTYPES = {
    "finding_id": "str",
    "audit_id": "str",
    "site": "str",
    "service": "str",
    "clause": "str",
    "key": "str",
    "statement": "str",
    "examinations_since": "Int64",
    "later_nc": "str",
    "note": "str",
}

READS_LIKE_NC = "wording reads like a nonconformity: a person checks the grade"
SOFTENING = "improvement noted where nonconformities came back before: a person checks the grade"
LOWERED = "improvement noted that repeats an earlier nonconformity: a person checks the grade"


@cache
def _patterns(kind: str) -> re.Pattern[str]:
    """One pattern for all rows of ``nonconformity_words.csv`` of that kind, in all languages."""
    with resources.files(__package__).joinpath("nonconformity_words.csv").open(encoding="utf-8") as source:
        words = pd.read_csv(source, dtype="str", keep_default_na=False)
    return re.compile(
        "|".join(f"(?:{pattern})" for pattern in words.loc[words["kind"] == kind, "pattern"]), re.IGNORECASE
    )


def nonconformity_wording(statement: object) -> tuple[str, ...]:
    """The parts of `statement` that read like a nonconformity.

    Sentences and half-sentences are read one by one; one that suggests ("could", "consider") is an
    improvement whatever else it says.
    """
    parts = re.split(r"[.;!?\n]+", text_of(statement))
    return tuple(
        match.group().strip()
        for part in parts
        if not _patterns("suggestion").search(part)
        for match in _patterns("nonconformity").finditer(part)
    )


def wording_screen() -> str:
    """A pattern that every text matches in which `nonconformity_wording` finds something, and some others do too.

    It has no edges of words and no letters, which engines read differently: a database sorts out with it, without case,
    what need not be looked at more closely.
    """
    return _patterns("nonconformity").pattern.replace(r"\b", "").replace(r"\w", r"\S")


def grade_review(findings: pd.DataFrame, chains: pd.DataFrame, candidates: pd.DataFrame | None = None) -> pd.DataFrame:
    """OFIs and observations whose grade a person should read again.

    Parameters
    ----------
    findings : DataFrame
        Canonical findings.
    chains : DataFrame
        Result of `recurrence_chains`.
    candidates : DataFrame, optional
        Result of ``same_issue_candidates``: an improvement is also listed if a person decided that it is the same
        issue as an earlier nonconformity, or, where nobody decided, if it reads like one at the same clause and site.

    Returns
    -------
    DataFrame
        One row per finding and reason: ``finding_id, audit_id, site, service, clause`` (2018),
        ``grade, statement, reason, matched`` (the words, or the earlier nonconformities).
    """
    keyed = with_keys(findings)
    recurrent = chains[(chains["view"] == "site") & chains["recurrent"].astype(bool)]
    softened = {
        finding: chain_findings
        for softened_to, chain_findings in zip(recurrent["softened_to"], recurrent["findings"], strict=True)
        for finding in text_of(softened_to).split()
    }
    alike = {} if candidates is None else _alike(candidates)
    rows = []
    lower = keyed[keyed["grade"].isin([str(Grade.OFI), str(Grade.OBSERVATION)])]
    for _, finding in lower.iterrows():
        matched = nonconformity_wording(finding["statement"])
        if matched:
            rows.append({**finding.to_dict(), "reason": READS_LIKE_NC, "matched": "; ".join(matched)})
        if finding["finding_id"] in softened:
            rows.append({**finding.to_dict(), "reason": SOFTENING, "matched": softened[finding["finding_id"]]})
        elif finding["finding_id"] in alike:
            rows.append({**finding.to_dict(), "reason": LOWERED, "matched": " ".join(alike[finding["finding_id"]])})
    rows.sort(key=lambda row: natural_order(row["finding_id"]))
    return pd.DataFrame(rows, columns=list(REVIEW_DTYPES)).astype(REVIEW_DTYPES)


def _alike(candidates: pd.DataFrame) -> dict[str, list[str]]:
    """Earlier nonconformities by improvement that repeats them, as far as a person or the words say so."""
    lower = candidates[candidates["grade"] == str(Grade.OFI)]
    near = lower["same_clause"] & lower["same_site"] & (lower["likeness"] >= LEAST_LIKENESS)
    repeats = lower[(lower["decision"] == "yes") | (near & (lower["decision"] != "no"))]
    return {str(name): list(own["candidate"]) for name, own in repeats.groupby("finding_id")}


def strengths(findings: pd.DataFrame, examined: pd.DataFrame) -> pd.DataFrame:
    """The strengths, kept out of every rate, and whether a nonconformity followed at the same cell.

    Returns
    -------
    DataFrame
        ``finding_id, audit_id, site, service, clause`` (2018), ``key, statement,
        examinations_since`` [audits; missing when nothing is known], ``later_nc`` (space-separated
        nonconformities at the same key and site in later audits), ``note``. A strength that cites
        clauses under several keys has one row for each.
    """
    keyed = with_shares(findings)
    starts = examined.drop_duplicates("audit_id").set_index("audit_id")["start"]
    ncs = shared_nonconformities(findings)
    rows = []
    for _, strength in keyed[keyed["grade"] == str(Grade.STRENGTH)].iterrows():
        start = starts.get(strength["audit_id"], pd.NaT)
        row = strength.to_dict()
        if pd.notna(start):
            cell = cell_examinations(examined, text_of(strength["key"]) or None, text_of(strength["site"]))
            same = ncs[(ncs["key"] == strength["key"]) & (ncs["site"] == strength["site"])]
            later = same[looked_up(same["audit_id"], starts) > start]
            since = int((cell["start"] > start).sum())
            row |= {"examinations_since": since, "later_nc": " ".join(sorted(later["finding_id"], key=natural_order))}
            row["note"] = _strength_note(since, len(later))
        else:
            row["note"] = "not known what followed"
        rows.append(row)
    rows.sort(key=lambda row: (natural_order(row["finding_id"]), natural_order(text_of(row["clause"]))))
    return pd.DataFrame(rows, columns=list(STRENGTH_DTYPES)).astype(STRENGTH_DTYPES)


def _strength_note(since: int, later: int) -> str:
    if later:
        return "a nonconformity followed at the same clause and site"
    return "no nonconformity in later examinations" if since else "not examined since"

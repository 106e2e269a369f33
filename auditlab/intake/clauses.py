"""Give every finding its clause in the 2018 edition."""

from __future__ import annotations

import pandas as pd

from auditlab.errors import ClauseError, EngagementError
from auditlab.intake.ledger import Action, Place, place_of
from auditlab.intake.loading import Intake
from auditlab.intake.shared_clauses import JOINT, split_clauses
from auditlab.intake.spoilt_clauses import known_clause, likely_clause, possible_editions, what_happened
from auditlab.settings import SETTINGS_FILE
from auditlab.standard.clauses import EDITIONS, ancestors, parse_clause
from auditlab.standard.editions import to_2018

NO_CLAUSE = "none"
"""Answer for a finding, or for all of a sheet, whose citation is no clause of the standard."""


def settle_findings(findings: pd.DataFrame, *, intake: Intake) -> pd.DataFrame:
    """Findings with ``clause``, the 2018 clause of what was cited; missing where it cannot be told.

    Where a cell cites several, ``clause`` is the first and ``clauses`` are all of them; see
    `auditlab.intake.shared_clauses.finding_weights`.
    """
    cited, clauses, shared = [], [], []
    for _, row in findings.iterrows():
        several = split_clauses(row["clause_as_cited"])
        citations = several if len(several) > 1 else (_cited_clause(row, intake=intake),)
        derived = [_clause_2018(row, citation, intake=intake) for citation in citations]
        known = list(dict.fromkeys(clause for clause in derived if clause))
        cited.append(JOINT.join(several) if len(several) > 1 else citations[0] or row["clause_as_cited"])
        clauses.append(known[0] if known else None)
        shared.append(" ".join(known) if len(known) > 1 else None)
    settled = {"clause_as_cited": cited, "clause": clauses, "clauses": shared}
    return findings.assign(
        **{name: pd.Series(texts, index=findings.index, dtype="str") for name, texts in settled.items()}
    )


def settle_coverage(coverage: pd.DataFrame, audits: pd.DataFrame, *, intake: Intake) -> pd.DataFrame:
    """Coverage without the rows whose clause is none of their audit's edition; those are rejected."""
    editions = dict(zip(audits["audit_id"], audits["edition"], strict=True))
    coverage = _one_clause_a_row(coverage)
    valid: list[bool] = []
    bad: list[tuple[pd.Series, str]] = []
    for _, row in coverage.iterrows():
        edition = editions.get(row["audit_id"])
        possible = possible_editions(edition)
        ok = known_clause(row["clause"], editions=possible)
        if not ok:
            proposal = likely_clause(row["clause"], editions=possible)
            hint = f"; perhaps {proposal}: correct the cell and write it as text" if proposal else ""
            rule = f"clause '{row['clause']}' is not in the edition {' or '.join(sorted(possible))}{hint}"
            bad.append((row, rule))
        valid.append(ok)
    kept = coverage[pd.Series(valid, index=coverage.index, dtype="bool")].reset_index(drop=True)
    counted = {place_of(record) for record in kept.to_dict("records")} if bad else set()
    for row, rule in bad:
        if _place(row) in counted:  # another clause of the same cell counts, so the row does
            intake.ledger.cell(
                _place(row), table="coverage", field="clause", action=Action.FLAGGED, rule=f"left out: {rule}",
                old=row["clause"],
            )  # fmt: skip
        else:
            intake.ledger.row(_place(row), table="coverage", action=Action.REJECTED, rule=rule)
    return kept


def _one_clause_a_row(coverage: pd.DataFrame) -> pd.DataFrame:
    """Rows that name several clauses as one row each; the minutes are shared, the sample served all."""
    several = coverage["clause"].map(split_clauses, na_action="ignore")
    count = several.str.len()
    if not (count > 1).any():
        return coverage
    clause = several.where(count > 1, coverage["clause"])
    shared = coverage.assign(clause=clause, minutes=coverage["minutes"] / count.where(count > 1, 1))
    return shared.explode("clause", ignore_index=True).astype({"clause": "str"})


def _cited_clause(row: pd.Series, *, intake: Intake) -> str | None:
    """The clause a finding cites, or ``None`` when nobody has said what the cell means."""
    try:
        return parse_clause(row["clause_as_cited"])
    except ClauseError:
        pass
    word = intake.settings.aliases.get("clause", {}).get(row["clause_as_cited"])
    if word:
        return _answered_clause(row, word, where=f"[aliases.clause], '{row['clause_as_cited']}'", intake=intake)
    key = f"clause/{row['source_file']}/{row['source_sheet']}/{row['finding_id']}"
    proposal = likely_clause(row["clause_as_cited"], editions=possible_editions(row["edition"]))
    place = _place(row)
    answer = intake.questions.decided(
        key,
        place,
        field="clause_as_cited",
        asks=f"Which clause does {row['finding_id']} cite? The cell holds '{row['clause_as_cited']}'."
        f"{what_happened(row['clause_as_cited'])} "
        f"A text that always stands for one clause belongs under [aliases.clause]; '{NO_CLAUSE}' keeps the finding "
        "without a clause.",
        proposal=proposal,
        answers=intake.settings.answers,
        group=f"clause/{place.file}/{place.sheet}",
        for_all=NO_CLAUSE,
    )
    if not answer:
        return None
    if answer == NO_CLAUSE:
        intake.ledger.cell(
            place,
            table="findings",
            field="clause_as_cited",
            action=Action.FLAGGED,
            old=row["clause_as_cited"],
            new="",
            rule="cites no clause, as answered in auditlab.toml; counted without a clause",
        )
        return None
    return _answered_clause(row, answer, where=f"[answers], '{key}'", intake=intake)


def _answered_clause(row: pd.Series, answer: str, *, where: str, intake: Intake) -> str:
    """The clause that a person gave for a citation, with its entry in the ledger."""
    try:
        clause = parse_clause(answer)
    except ClauseError as error:
        raise EngagementError(f"{SETTINGS_FILE}, section {where}: {error}") from None
    intake.ledger.cell(
        _place(row),
        table="findings",
        field="clause_as_cited",
        action=Action.REPAIRED,
        old=row["clause_as_cited"],
        new=clause,
        rule="clause as answered in auditlab.toml",
    )
    return clause


def _clause_2018(row: pd.Series, cited: str | None, *, intake: Intake) -> str | None:
    edition = row["edition"]
    if cited is None or edition not in EDITIONS:
        return None
    known = next((clause for clause in (cited, *ancestors(cited)) if known_clause(clause, editions=(edition,))), None)
    if known != cited:
        intake.ledger.cell(
            _place(row),
            table="findings",
            field="clause",
            action=Action.FLAGGED,
            old=cited,
            new=known,
            rule=f"the edition {edition} has no clause {cited}; counted at {known or 'no clause'}",
        )
    return to_2018(known, edition=edition, statement=row["statement"]).clause if known else None


def _place(row: pd.Series) -> Place:
    return place_of(row.to_dict())

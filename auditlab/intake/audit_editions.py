"""Give every audit its edition: as it is stated, as its clause numbers tell it, or as a person says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pandas as pd

from auditlab.intake.ledger import Action, Place, place_of
from auditlab.intake.loading import Intake
from auditlab.intake.questions import Group, Question, toml_line
from auditlab.intake.shared_clauses import split_clauses
from auditlab.intake.shared_edition import KEY, edition_group, shared_edition
from auditlab.standard.editions import EditionEvidence, detect_edition
from auditlab.tables import SOURCE_COLUMNS

STATED = "edition taken from the audit"
ANSWERED = "edition as answered in auditlab.toml"


def settle_editions(tables: dict[str, pd.DataFrame], *, intake: Intake) -> dict[str, pd.DataFrame]:
    """Audits and findings with their edition filled in where the evidence allows it.

    The edition of an audit is what the audit list says; else what all its findings say; else the
    answer in the settings; else what the clause numbers of the whole audit show, together with
    its date. Where only numbers occur that both editions use, a question is put and nothing is
    assumed; one answer may hold for all such audits, also for those without any number.
    """
    audits, findings, coverage = tables["audits"], tables["findings"], tables["coverage"]
    identifiers = pd.unique(pd.concat([audits["audit_id"], findings["audit_id"], coverage["audit_id"]]))
    told = findings.groupby("audit_id")["audit_date"].min().dropna()
    starts = told.to_dict() | dict(zip(audits["audit_id"], audits["start"], strict=True))
    stated = _stated_editions(audits, findings)
    words = intake.settings.aliases.get("clause", {})
    cited = _cited_by_audit(findings, coverage, words)
    where = ["audit_id", *SOURCE_COLUMNS]
    places = pd.concat([findings[where], audits[where]]).drop_duplicates("audit_id").set_index("audit_id", drop=False)
    days = {audit: _day(starts.get(audit)) for audit in identifiers}
    readable = {audit: _readable(cited.get(audit, ())) for audit in identifiers if audit not in stated}
    evidences = {audit: detect_edition(texts, audit_date=days[audit]) for audit, texts in readable.items()}
    own, answers = intake.settings.editions, intake.settings.answers
    silent = {audit for audit, evidence in evidences.items() if evidence.silent and str(audit) not in own}
    group = edition_group([evidences[audit].edition for audit in silent if readable[audit]])
    editions: dict[str, str] = dict(stated)
    reasons: dict[str, str] = dict.fromkeys(stated, STATED)
    for audit, evidence in evidences.items():
        shared = shared_edition(answers, days[audit]) if audit in silent else ""
        edition = own.get(str(audit), "") or shared
        reason = ANSWERED
        if evidence.edition and not evidence.needs_confirmation:
            reason = ANSWERED if edition else f"edition inferred: {evidence.note}"
            edition = edition or evidence.edition
        elif readable[audit] or edition:  # without a clause to carry over, an unknown edition changes nothing
            place = place_of(places.loc[audit].to_dict()) if audit in places.index else Place("", "", 0)
            open_group = group if audit in silent and KEY not in answers else None
            _ask(str(audit), evidence, place, answer=edition, shared=bool(shared), group=open_group, intake=intake)
        if edition:
            editions[audit], reasons[audit] = edition, reason
    tables = dict(tables)
    for name in ("audits", "findings"):
        tables[name] = _fill_edition(name, tables[name], editions, reasons, intake=intake)
    return tables


def _stated_editions(audits: pd.DataFrame, findings: pd.DataFrame) -> dict[str, str]:
    """Editions that the audit list gives, and those that all findings of an audit agree on."""
    stated: dict[str, str] = {}
    for audit, group in findings.dropna(subset=["edition"]).groupby("audit_id"):
        if len(group["edition"].unique()) == 1:
            stated[str(audit)] = str(group["edition"].iloc[0])
    listed = audits.dropna(subset=["edition"])
    return stated | dict(zip(listed["audit_id"], listed["edition"], strict=True))


def _cited_by_audit(
    findings: pd.DataFrame, coverage: pd.DataFrame, words: Mapping[str, str]
) -> dict[object, list[str]]:
    """The different citations of every audit, those of the findings first; `words` stand for clauses."""
    cited = pd.concat(
        [
            findings[["audit_id", "clause_as_cited"]].rename(columns={"clause_as_cited": "clause"}),
            coverage[["audit_id", "clause"]],
        ]
    ).dropna()
    cited = cited.assign(clause=cited["clause"].map(lambda text: words.get(text, text))).drop_duplicates()
    return {audit: list(texts) for audit, texts in cited.groupby("audit_id", sort=False)["clause"]}


def _readable(cited: Iterable[str]) -> list[str]:
    clauses: list[str] = []
    for text in cited:
        clauses.extend(split_clauses(text))
    return clauses


def _day(start: object) -> dt.date | None:
    return start.date() if isinstance(start, pd.Timestamp) and not pd.isna(start) else None


def _ask(  # the parts of a question
    audit: str,
    evidence: EditionEvidence,
    place: Place,
    *,
    answer: str,
    shared: bool,
    group: Group | None,
    intake: Intake,
) -> None:
    """The edition of an audit that its numbers do not tell; `shared` says that one answer for many audits holds."""
    proposal = evidence.edition or ""
    setting = (
        toml_line("answers", KEY, intake.settings.answers[KEY])
        if shared
        else toml_line("editions", audit, answer or proposal)
    )
    question = Question(
        question=KEY if shared else f"editions/{audit}",
        file=place.file,
        sheet=place.sheet,
        row=place.row,
        field="edition",
        asks=f"Against which edition was audit {audit} made? {evidence.note}",
        proposal=proposal,
        answer=answer,
        setting=setting,
    )
    intake.questions.ask(question, group=group)


def _fill_edition(
    name: str, frame: pd.DataFrame, editions: Mapping[str, str], reasons: Mapping[str, str], *, intake: Intake
) -> pd.DataFrame:
    empty = frame["edition"].isna() & frame["audit_id"].isin(editions)
    for _, row in frame[empty].iterrows():
        intake.ledger.cell(
            place_of(row.to_dict()),
            table=name,
            field="edition",
            action=Action.REPAIRED,
            rule=reasons[row["audit_id"]],
            old="",
            new=editions[row["audit_id"]],
        )
    return frame.assign(edition=frame["edition"].mask(empty, frame["audit_id"].map(editions)))

"""What the codes and words of a report mean: audits, sites, services, grades and states that occur in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.history.cells import audits_once, text_of
from auditlab.reporting.action_records import effect_seen
from auditlab.reporting.element_words import BY_PARTY, days_of, places_of
from auditlab.reporting.report import AuditReport
from auditlab.reporting.reported_audit import ReportedAudit, party_of
from auditlab.settings import Party
from auditlab.standard.grades import Grade

WORD_DTYPES = {"kind": "str", "word": "str", "meaning": "str"}
THIS_AUDIT, EARLIER_AUDIT = "this audit", "earlier audit"
_NUMBERS = "a finding has the number of the register of findings, and its corrective action has the same"
_CLAUSES = "findings of several audits are compared by process: three numbers of the clause in clause 8, two elsewhere"


@cache
def _meanings() -> tuple[dict[str, str], ...]:
    with resources.files(__package__).joinpath("word_meanings.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return tuple({str(name): str(value) for name, value in row.items()} for row in rows.to_dict("records"))


def report_words(lab: Engagement, made: AuditReport, *, confidence: float = 0.95) -> pd.DataFrame:
    """Codes and words of the report with their meaning, so that it can be read without the page.

    Parameters
    ----------
    lab : Engagement
        The engagement: names of sites and services, and the list of audits.
    made : AuditReport
        The report.
    confidence : float
        Two-sided confidence of its intervals [0-1].

    Returns
    -------
    DataFrame
        ``kind, word, meaning``: this audit and those before it with kind, party, days and sites; sites, services; how
        findings are numbered and compared; what an interval is; the grades, states and results that occur.
    """
    interval = f"the range that holds the true value with a confidence of {100 * confidence:g} %"
    rows = [
        *_audits(lab, made.audit),
        *_places(lab),
        ("number", "finding", _NUMBERS),
        ("number", "clause", _CLAUSES),
        ("number", "interval", interval),
        *_used(made),
    ]
    return pd.DataFrame(rows, columns=list(WORD_DTYPES)).astype(WORD_DTYPES)


def _audits(lab: Engagement, audit: ReportedAudit) -> Iterator[tuple[str, str, str]]:
    """The reported audit, then those before it, the latest of them first."""
    at = places_of(audit)
    when = f"{days_of(audit)}{';' if ';' in at else ''} {at}".rstrip()
    yield THIS_AUDIT, audit.audit_id, f"{_kind(audit.type)} {BY_PARTY[audit.party]}, {when}"
    known = audits_once(lab.tables.audits).set_index("audit_id")
    for name in reversed(audit.earlier):
        row = known.loc[name]
        at = f" at {text_of(row['sites'])}" if text_of(row["sites"]) else ""
        who = BY_PARTY[party_of(row["type"], otherwise=lab.settings.party)]
        yield EARLIER_AUDIT, name, f"{_kind(text_of(row['type']))} {who}, {row['start']:%Y-%m-%d}{at}"


def _kind(audit_type: str) -> str:
    return f"{audit_type} audit" if audit_type else "audit of a kind not recorded"


def _places(lab: Engagement) -> Iterator[tuple[str, str, str]]:
    """Sites and services by their names; a code without a name needs no line."""
    for row in lab.tables.sites.to_dict("records"):
        words = [text_of(row["name"]), "central function" if row["central"] is True else ""]
        if any(words):
            yield "site", text_of(row["site"]), ", ".join(filter(None, words))
    for row in lab.tables.services.to_dict("records"):
        critical = text_of(row["criticality"])
        words = [text_of(row["name"]), f"criticality {critical}" if critical else ""]
        if any(words):
            yield "service", text_of(row["service"]), ", ".join(filter(None, words))


def _used(made: AuditReport) -> Iterator[tuple[str, str, str]]:
    """Grades, states and results that occur in the report, in the order of the list of meanings."""
    occurring: dict[str, Collection[object]] = {
        "grade": set(made.sections["grade"]) | set(made.status["grade"]),
        "state of an action": set(made.status["status"]),
        "effect of an action": {effect_seen(row) for row in made.status.to_dict("records")},
        "what this audit saw": set(made.verification["seen"]),
        "part of the plan": set(made.expected["part"]),
    }
    for row in _meanings():
        if row["word"] in occurring[row["kind"]]:
            yield row["kind"], _named(row["word"], made.audit.party), row["meaning"]


def _named(word: str, party: Party) -> str:
    """The short form of an improvement with the words of its audit."""
    if word != str(Grade.OFI):
        return word
    return f"{word} ({'area' if party is Party.THIRD else 'opportunity'} for improvement)"

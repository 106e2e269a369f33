"""The elements of a report that the records can fill, in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.history.cells import NAMED, listed, natural_order, plural
from auditlab.planning.criteria import audit_criteria, audit_objectives
from auditlab.planning.scope import scope_grid, scope_sentence
from auditlab.reporting.element_gaps import element_gaps, findings_unknown
from auditlab.reporting.elements import Line, Origin, lines_of
from auditlab.reporting.not_covered import NOT_STATED, SMALL
from auditlab.reporting.reported_audit import ReportedAudit
from auditlab.reporting.unresolved import unresolved_sentences
from auditlab.reporting.verification import Seen, verification_counts
from auditlab.settings import Party
from auditlab.standard.grades import Grade

SAMPLING = (
    "An audit looks at samples. What was not looked at can be different, and that nothing was found in a sample does "
    "not show that there is nothing."
)
FEW_CELLS = 3
"""Clauses of one site that a sentence on deviations names at most; the table has all."""
CONFIDENTIAL = "What the team saw stays confidential."
BY_PARTY = {
    Party.FIRST: "by the organisation itself (first party)",
    Party.SECOND: "by a customer (second party)",
    Party.THIRD: "by a certification body (third party)",
}
_GRADE_WORDS = {
    Grade.MAJOR: ("major nonconformity", "major nonconformities"),
    Grade.MINOR: ("minor nonconformity", "minor nonconformities"),
    Grade.OFI: ("opportunity for improvement", "opportunities for improvement"),
    Grade.OBSERVATION: ("observation", "observations"),
    Grade.STRENGTH: ("strength", "strengths"),
}


def computed_elements(
    lab: Engagement,
    *,
    audit: ReportedAudit,
    sections: pd.DataFrame,
    uncovered: pd.DataFrame,
    deviations: pd.DataFrame,
    verified: pd.DataFrame,
    status: pd.DataFrame,
    planned: bool,
) -> dict[str, tuple[Line, ...]]:
    """Element to the sentences that the records allow, each with its origin; an element without one is left out.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    audit : ReportedAudit
        The audit.
    sections : DataFrame
        Result of `report_sections`.
    uncovered : DataFrame
        Result of `not_covered`.
    deviations : DataFrame
        Result of `plan_deviations`.
    verified : DataFrame
        Result of `verification`.
    status : DataFrame
        Result of ``history.corrective_actions``.
    planned : bool
        Whether the plan that the audit followed is known.
    """
    recorded = {
        "audit_type": (type_sentence(audit),),
        "scope": _scope(lab, audit),
        "team": (f"{', '.join(audit.team)} (codes).",) if audit.team else (),
        "dates_places": (f"{days_of(audit)} {places_of(audit) or 'at no site on record'}.",),
        "deviations": _deviations(deviations) if planned else (),
        "not_covered": _not_covered(uncovered, audit),
        "findings": (counts_sentence(sections, audit), *_majors(sections)) if audit.findings_known else (),
        "verification": _verification(verified, audit),
        "changes": _changes(lab, audit),
        "unresolved": unresolved_sentences(status, verified, sections, audit=audit),
    }
    said = {name: lines_of(Origin.DATA, *texts) for name, texts in recorded.items()} | {
        "client": lines_of(Origin.PEOPLE, f"{lab.settings.client}."),
        "criteria": _criteria(lab, audit),
        "objectives": lines_of(Origin.BUILT_IN, *_objectives(audit)),
        "sampling": lines_of(Origin.BUILT_IN, SAMPLING),
        "confidentiality": lines_of(Origin.BUILT_IN, CONFIDENTIAL, *_names(lab)),
    }
    gaps = element_gaps(
        lab, audit=audit, sections=sections, uncovered=uncovered, deviations=deviations,
        stated=lab.settings.report.elements,
    )  # fmt: skip
    for name, gap in gaps:
        said[name] = (*said.get(name, ()), gap)
    return {name: lines for name, lines in said.items() if lines}


def type_sentence(audit: ReportedAudit) -> str:
    """What kind of audit it was, and by whom."""
    kind = f"{audit.type.capitalize()} audit" if audit.type else "Audit of a kind not recorded"
    return f"{kind} ({audit.audit_id}) {BY_PARTY[audit.party]}."


def _names(lab: Engagement) -> tuple[str, ...]:
    """How persons appear, which the settings decide."""
    if lab.settings.pseudonymised:
        return ("People appear as codes and roles; a name that stands in a text only was not known.",)
    return ("The team appears as codes; statements and evidence name people as the files do.",)


def _criteria(lab: Engagement, audit: ReportedAudit) -> tuple[Line, ...]:
    own = lab.settings.plan.requirements
    if audit.edition == "2018":
        standard, *usual = audit_criteria("2018", on=audit.start.date())
    else:
        standard, usual = f"ISO/IEC 20000-1:{audit.edition or 'edition not recorded'}", []
    lines = [
        (Origin.DATA, standard),
        *((Origin.BUILT_IN, one) for one in usual),
        *((Origin.PEOPLE, one) for one in own),
    ]
    return tuple(Line(f"{text[0].upper()}{text[1:]}.", origin) for origin, text in lines)


def _objectives(audit: ReportedAudit) -> tuple[str, ...]:
    if not audit.type:
        return ()
    lines = audit_objectives(audit.type, improvements=audit.party is not Party.THIRD)
    return tuple(f"{line[0].upper()}{line[1:]}." for line in lines)


def _scope(lab: Engagement, audit: ReportedAudit) -> tuple[str, ...]:
    tables, plan = lab.tables, lab.settings.plan
    time = () if audit.auditor_days is None else (f"{audit.auditor_days:g} auditor-days were spent.",)
    if tables.services.empty or tables.sites.empty:
        return time
    grid = scope_grid(
        tables.services, tables.sites, edition=lab.settings.edition, excluded_services=plan.excluded_services,
        excluded_sites=plan.excluded_sites,
    )  # fmt: skip
    sentence = scope_sentence(grid, client=lab.settings.client, services=tables.services, sites=tables.sites)
    return (sentence, *time)


def days_of(audit: ReportedAudit) -> str:
    """First and last day of the audit."""
    first = f"{audit.start:%Y-%m-%d}"
    return first if audit.end == audit.start else f"{first} to {audit.end:%Y-%m-%d}"


def places_of(audit: ReportedAudit) -> str:
    """Where the audit was; where the records of what it examined name other sites than the list of audits, both."""
    if not audit.sites:
        return ""
    if not audit.examination_recorded or audit.examined_at == audit.sites:
        return f"at {', '.join(audit.sites)}"
    return f"planned at {', '.join(audit.sites)}; examined at {', '.join(audit.examined_at)}"


def _deviations(deviations: pd.DataFrame) -> tuple[str, ...]:
    """Where the minutes left the plan, by kind; what people stated stands beside it as theirs."""
    own = deviations[deviations["kind"] != "stated"]
    if own.empty:
        return ("Every planned cell was examined, none beyond the plan, and none in half the time or half more.",)
    lines = []
    small = own["kind"] == SMALL
    for (kind, reason), rows in own[~small].groupby(["kind", "reason"], sort=False):
        places = [place for row in rows.to_dict("records") for place in _places(row)]
        number = int(rows["cells"].sum())
        why = reason if reason == NOT_STATED else f"as stated: {str(reason).rstrip('.')}"
        lines.append(f"{_KINDS[str(kind)]} ({number}): {listed(places)}; {why}.")
    lines += [f"{what}." for what in own.loc[small, "what"]]
    return tuple(lines)


def _places(row: Mapping[Hashable, object]) -> list[str]:
    """The cells of a deviation; of many at one site, how many."""
    clauses, site = str(row["clause"]).split(), row["site"]
    if len(clauses) > FEW_CELLS:
        return [f"{len(clauses)} clauses at {site}"]
    spent = f" ({row['what']})" if row["kind"] == "time" else ""
    return [f"{clause} at {site}{spent}" for clause in clauses]


_KINDS = {
    "not examined": "Planned and not examined",
    "not planned": "Examined without being planned",
    "time": "Examined in half the planned time or less, or in half more",
}


def _not_covered(uncovered: pd.DataFrame, audit: ReportedAudit) -> tuple[str, ...]:
    if uncovered.empty and audit.examination_recorded:
        return ("Every auditable clause was examined at every site in scope.",)
    lines = []
    for (site, reason), own in uncovered.groupby(["site", "reason"], sort=False):
        what = "the whole site" if (own["clause"] == "all").any() else listed(list(own["clause"]))
        lines.append(f"Site {site}, {what}: {reason}.")
    return tuple(lines)


def counts_sentence(sections: pd.DataFrame, audit: ReportedAudit) -> str:
    """How many findings of each grade, every grade by its name; without a register of findings, that nobody knows."""
    if not audit.findings_known:
        return findings_unknown(audit)
    counts = {grade: int((sections["grade"] == str(grade)).sum()) for grade in Grade}
    words = [plural(counts[grade], *audit_words(grade, audit.party)) for grade in Grade]
    return f"{audit.audit_id} recorded {', '.join(words[:-1])} and {words[-1]}."


def _majors(sections: pd.DataFrame) -> tuple[str, ...]:
    """All majors with their places, so that nobody has to look for them among the findings."""
    own = sections[sections["grade"] == str(Grade.MAJOR)].to_dict("records")
    named = [f"{row['finding_id']} ({row['clause']} at {row['site'] or 'no site'})" for row in own]
    return (f"Major: {', '.join(named)}.",) if named else ()


def audit_words(grade: Grade, party: Party) -> tuple[str, str]:
    """One and many of a grade in the words of an audit of this party."""
    if grade is Grade.OFI and party is Party.THIRD:
        return "area for improvement", "areas for improvement"
    return _GRADE_WORDS[grade]


def _verification(verified: pd.DataFrame, audit: ReportedAudit) -> tuple[str, ...]:
    if not audit.findings_known:
        return ()
    if verified.empty:
        why = "no earlier audit" if not audit.earlier else "no nonconformity of an earlier audit"
        return (f"There is {why} on record.",)
    counts = verification_counts(list(verified["seen"]))
    told = [f"{number} {_in_brackets(seen)}" for seen, number in counts.items() if number]
    earlier = plural(len(verified), "earlier nonconformity", "earlier nonconformities")
    back = verified[verified["seen"] == str(Seen.CAME_BACK)]
    places = [
        f"{', '.join(sorted(own['finding_id'], key=natural_order))} ({clause} at {site}) came back as {later}."
        for (clause, site, later), own in back.groupby(["clause", "site", "came_back_as"], sort=False)
    ]
    more = [f"{len(places) - NAMED} more places; the table of earlier nonconformities has all."]
    return (f"Of {earlier}: {'; '.join(told)}.", *places[:NAMED], *(more if len(places) > NAMED else []))


def _in_brackets(words: str) -> str:
    """What follows a semicolon in brackets, so that the words can stand in a list that semicolons divide."""
    first, _, rest = words.partition("; ")
    return f"{first} ({rest})" if rest else first


def _changes(lab: Engagement, audit: ReportedAudit) -> tuple[str, ...]:
    changes = lab.tables.org_changes
    dates = lab.tables.audits.set_index("audit_id")["start"]
    before = dates.get(audit.earlier[-1]) if audit.earlier else None
    own = changes[changes["date"] <= audit.end]
    own = own[own["date"] > before] if before is not None else own
    return tuple(f"{row['change']} ({row['date']:%Y-%m-%d})." for row in own.sort_values("date").to_dict("records"))

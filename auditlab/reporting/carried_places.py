"""The list for the next audit by place: each clause and site is led by the worst open finding there."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any  # the cells of a row

import pandas as pd

from auditlab.history.cells import natural_order, text_of
from auditlab.history.corrective_actions import ActionStatus, Effectiveness, open_majors
from auditlab.reporting.report import AuditReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One thing to carry forward."""

    kind: str
    what: object
    why: object
    table: str
    site: object = ""
    clause: object = ""
    finding_id: object = ""
    grade: object = ""
    earlier: object = ""
    since: object = pd.NaT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of every nonconformity up to the reported audit."""

    rows: Mapping[str, Mapping[Hashable, Any]]
    majors: frozenset[str]  # not verified
    order: Mapping[str, int]  # place of the audit in time

    def of(self, finding: object, name: str) -> str:
        """A fact of a finding as text; empty where it is not known."""
        row = self.rows.get(text_of(finding))
        return "" if row is None else text_of(row[name])

    def at(self, finding: object) -> int:
        """Place of the audit of a finding in time; an unknown one is the first."""
        return self.order.get(self.of(finding, "audit_id"), -1)

    def named(self, finding: str, *, state: bool = False) -> str:
        """A finding with its grade, and with the state of its action."""
        told = [self.of(finding, "grade") or "grade not known", *([self.of(finding, "status")] if state else [])]
        return f"{finding} ({', '.join(filter(None, told))})"

    def weight(self, item: Carried) -> tuple[object, ...]:
        """Open before verified, major before minor, longest overdue first, then the newest."""
        name = text_of(item.finding_id)
        is_open = self.of(name, "status") != str(ActionStatus.VERIFIED)
        late = self.of(name, "days_overdue")
        return not is_open, name not in self.majors, -int(late or 0), -self.at(name), natural_order(name)


def by_place(items: Iterable[Carried], made: AuditReport, status: pd.DataFrame) -> list[Carried]:
    """One item per clause and site, and one for every further open major there; places with an open major first.

    Parameters
    ----------
    items : iterable of Carried
        Nonconformities to take up, the most urgent first.
    made : AuditReport
        The report.
    status : DataFrame
        Result of ``history.corrective_actions``.
    """
    audits = [*made.audit.earlier, made.audit.audit_id]
    known = _Known(
        rows={text_of(row["finding_id"]): row for row in status.to_dict("records")},
        majors=frozenset(status.loc[open_majors(status), "finding_id"]),
        order={name: place for place, name in enumerate(audits)},
    )
    chains = _chains(status[status["audit_id"].isin(audits)], known)
    places: dict[tuple[str, ...], list[Carried]] = {}
    for item in items:
        place = (text_of(item.site), text_of(item.clause))
        places.setdefault(place if all(place) else (text_of(item.finding_id),), []).append(item)
    ordered = sorted(
        places.items(), key=lambda own: not any(text_of(item.finding_id) in known.majors for item in own[1])
    )
    return [one for place, own in ordered for one in _together(own, chains.get(place, []), known)]


def _chains(ncs: pd.DataFrame, known: _Known) -> dict[tuple[str, ...], list[str]]:
    """All nonconformities of each clause and site, the oldest first, whether they are listed or not."""
    findings = sorted(ncs["finding_id"], key=lambda name: (known.at(name), natural_order(name)))
    chains: dict[tuple[str, ...], list[str]] = {}
    for finding in findings:
        place = (known.of(finding, "site"), known.of(finding, "clause"))
        if all(place):
            chains.setdefault(place, []).append(text_of(finding))
    return chains


def _together(items: list[Carried], chain: list[str], known: _Known) -> list[Carried]:
    """The worst open finding of a place with all others there, each by its own grade; open majors keep a line."""
    lead, *rest = sorted(items, key=known.weight)
    majors = [item for item in rest if text_of(item.finding_id) in known.majors]
    rest = [item for item in rest if text_of(item.finding_id) not in known.majors]
    name = text_of(lead.finding_id)
    apart = {name, *(text_of(item.finding_id) for item in majors)}
    others = [one for one in chain if one not in apart]
    before = [one for one in others if known.at(one) < known.at(name)]
    reasons = {text_of(item.finding_id): text_of(item.why) for item in rest if text_of(item.finding_id) in before}
    told = [
        text_of(lead.why),
        *_beside("in the same audit", [one for one in others if known.at(one) == known.at(name)], known),
        *_later([one for one in others if known.at(one) > known.at(name)], known),
        *(f"{one}: {why}" for one, why in reasons.items() if "came back" not in why),
    ]
    earlier = ", ".join(known.named(one) for one in before)
    return [replace(lead, earlier=earlier, why="; ".join(told)), *majors]


def _beside(when: str, findings: list[str], known: _Known) -> Iterator[str]:
    if findings:
        yield f"{when}: {', '.join(known.named(one, state=True) for one in findings)}"


def _later(findings: list[str], known: _Known) -> Iterator[str]:
    """Nonconformities that came after the one listed; of a chain that has ended, that its last one stayed away."""
    if not findings:
        return
    last = findings[-1]
    if known.of(last, "effectiveness") != str(Effectiveness.EFFECTIVE):
        yield from _beside("later there", findings, known)
        return
    before = "" if len(findings) == 1 else f"it came back as {', '.join(findings)}; "
    yield f"{before}its {'last ' if before else ''}repeat {last} did not come back when it was examined again"

"""What the next auditor must know: one list from every part of the report."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from auditlab.history.cells import natural_order, text_of
from auditlab.history.corrective_actions import Effectiveness, open_majors
from auditlab.reporting.report import AuditReport
from auditlab.reporting.verification import Seen

CARRY_DTYPES = {
    "order": "Int64", "kind": "str", "site": "str", "clause": "str", "finding_id": "str", "grade": "str",
    "earlier": "str",
    "what": "str", "why": "str", "since": "datetime64[us]", "table": "str",
}  # fmt: skip

UNRESOLVED = "unresolved"
NO_FINDING = "its finding was not handed over: clause, site and grade are not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
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


def carry_forward(
    made: AuditReport, follow_up: pd.DataFrame, status: pd.DataFrame, *, actions: pd.DataFrame,
    unresolved: Iterable[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Nonconformities to take up, what was not covered, grades to settle, plan deviations, and what stays unresolved.

    Parameters
    ----------
    made : AuditReport
        The report.
    follow_up : DataFrame
        Result of ``history.follow_up``.
    status : DataFrame
        Result of ``history.corrective_actions``.
    actions : DataFrame
        Canonical corrective actions: their texts stand where no statement is known.
    unresolved : iterable of str
        What people stated to be unresolved.

    Returns
    -------
    DataFrame
        ``order`` (1 first), ``kind, site, clause, finding_id, grade, earlier, what, why, since`` (last examined),
        ``table`` (where it comes from). Nothing is listed twice: nonconformities of one clause and site stand in one
        line, under the newest that has to be taken up, with all ``earlier`` ones there and all reasons. Places with a
        major whose action is not verified come first; the others follow as urgent as they are.
    """
    items = [
        *_by_place([*_to_follow_up(follow_up, actions), *_came_back(made, follow_up)], made, status),
        *(
            _Item(kind="not covered", site=row["site"], clause=row["clause"], what=row["title"], why=row["reason"],
                  since=row["last_examined"], table="report_not_covered")
            for row in made.not_covered.to_dict("records")
        ),
        *(
            _Item(kind="grade to settle", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
                  grade=row["grade"], what=row["statement"], why=row["flag"], table="report_sections")
            for row in made.sections[made.sections["flag"] != ""].to_dict("records")
        ),
        *(
            _Item(kind="planned, not examined", site=row["site"], clause=row["clause"], what=row["what"],
                  why=row["reason"], table="report_deviations")
            for row in made.deviations[made.deviations["kind"] == "not examined"].to_dict("records")
        ),
        *(_Item(kind=UNRESOLVED, what=line, why="as stated", table="report_elements") for line in unresolved),
    ]  # fmt: skip
    rows = [
        {name: getattr(item, name) for name in CARRY_DTYPES if name != "order"} | {"order": place}
        for place, item in enumerate(items, start=1)
    ]
    return pd.DataFrame(rows, columns=list(CARRY_DTYPES)).astype(CARRY_DTYPES)


def _to_follow_up(follow_up: pd.DataFrame, actions: pd.DataFrame) -> Iterator[_Item]:
    texts = {row["finding_id"]: _text_of_action(row) for row in actions.to_dict("records")}
    for row in follow_up.to_dict("records"):
        known = bool(text_of(row["grade"]))
        yield _Item(
            kind="nonconformity" if known else "action without its finding", site=row["site"], clause=row["clause"],
            finding_id=row["finding_id"], grade=row["grade"],
            what=row["statement"] if known else texts.get(row["finding_id"], ""),
            why=row["reasons"] if known else f"{row['reasons']}; {NO_FINDING}",
            since=row["last_examined"], table="follow_up",
        )  # fmt: skip


def _text_of_action(row: Mapping[Hashable, Any]) -> str:  # Any: the cells of a row
    """What the action says of itself; a clause in it is not read, because nobody said of which edition it is."""
    return next((words for name in ("action", "correction", "root_cause") if (words := text_of(row[name]))), "")


def _came_back(made: AuditReport, follow_up: pd.DataFrame) -> Iterator[_Item]:
    """Earlier nonconformities that came back and that the follow-up does not list."""
    back = made.verification[made.verification["seen"] == str(Seen.CAME_BACK)]
    for row in back[~back["finding_id"].isin(follow_up["finding_id"])].to_dict("records"):
        yield _Item(
            kind="nonconformity", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
            grade=row["grade"], what=row["statement"], why=f"came back as {row['came_back_as']}",
            table="report_verification",
        )  # fmt: skip


def _by_place(items: Iterable[_Item], made: AuditReport, status: pd.DataFrame) -> list[_Item]:
    """One item per clause and site: those with an open major first, then by the most urgent one there."""
    chains = _chains(made, status)
    places: dict[tuple[str, ...], list[_Item]] = {}
    for item in items:
        place = (text_of(item.site), text_of(item.clause))
        places.setdefault(place if all(place) else (text_of(item.finding_id),), []).append(item)
    majors = frozenset(status.loc[open_majors(status), "finding_id"])
    ordered = sorted(places.items(), key=lambda own: not any(text_of(item.finding_id) in majors for item in own[1]))
    return [_together(own, chains.get(place, []), status) for place, own in ordered]


def _chains(made: AuditReport, status: pd.DataFrame) -> dict[tuple[str, ...], list[str]]:
    """All nonconformities of each clause and site, the oldest first, whether they are listed or not."""
    audits = [*made.audit.earlier, made.audit.audit_id]
    ncs = status[status["audit_id"].isin(audits)]
    known = sorted(
        zip(ncs["finding_id"], ncs["audit_id"], ncs["site"], ncs["clause"], strict=True),
        key=lambda one: (audits.index(one[1]), natural_order(one[0])),
    )
    chains: dict[tuple[str, ...], list[str]] = {}
    for finding, _, site, clause in known:
        place = (text_of(site), text_of(clause))
        if all(place):
            chains.setdefault(place, []).append(text_of(finding))
    return chains


def _together(items: list[_Item], chain: list[str], status: pd.DataFrame) -> _Item:
    """The newest listed one of a place, with every earlier one and what there is to say of them."""
    place = {name: number for number, name in enumerate(chain)}
    newest, *before = sorted(items, key=lambda item: place.get(text_of(item.finding_id), -1), reverse=True)
    at = place.get(text_of(newest.finding_id), len(chain))
    told = [text_of(newest.why), *_ended(chain[at + 1 :], status)]
    told += [f"{one.finding_id}: {one.why}" for one in before if "came back" not in text_of(one.why)]
    earlier = chain[:at] or sorted((text_of(one.finding_id) for one in before), key=natural_order)
    return replace(newest, earlier=" ".join(earlier), why="; ".join(told))


def _ended(later: list[str], status: pd.DataFrame) -> Iterator[str]:
    """Nonconformities that came after the one listed, where the last of them has stayed away since."""
    if not later:
        return
    last = status.loc[status["finding_id"] == later[-1], "effectiveness"]
    if (last == str(Effectiveness.EFFECTIVE)).any():
        before = "" if len(later) == 1 else f"it came back as {', '.join(later)}; "
        yield f"{before}its {'last ' if before else ''}repeat {later[-1]} did not come back when it was examined again"

"""What the next auditor must know: one list from every part of the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

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
    made: AuditReport, follow_up: pd.DataFrame, status: pd.DataFrame, *, unresolved: Iterable[str] = ()
) -> pd.DataFrame:
    """Nonconformities to take up, what was not covered, grades to settle, plan deviations, and what stays unresolved.

    Parameters
    ----------
    made : AuditReport
        The report.
    follow_up : DataFrame
        Result of ``history.follow_up``.
    status : DataFrame
        Result of ``history.corrective_actions``.
    unresolved : iterable of str
        What people stated to be unresolved.

    Returns
    -------
    DataFrame
        ``order`` (1 first), ``kind, site, clause, finding_id, grade, earlier, what, why, since`` (last examined),
        ``table`` (where it comes from). Nothing is listed twice: nonconformities of one clause and site stand in one
        line, under the newest of them, with the ``earlier`` ones and all reasons. Places with a major whose action is
        not verified come first; the others follow as urgent as they are.
    """
    items = [
        *_by_place([*_to_follow_up(follow_up), *_came_back(made, follow_up)], made, status),
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
        *(_Item(kind="unresolved", what=line, why="as stated", table="report_elements") for line in unresolved),
    ]  # fmt: skip
    rows = [
        {name: getattr(item, name) for name in CARRY_DTYPES if name != "order"} | {"order": place}
        for place, item in enumerate(items, start=1)
    ]
    return pd.DataFrame(rows, columns=list(CARRY_DTYPES)).astype(CARRY_DTYPES)


def _to_follow_up(follow_up: pd.DataFrame) -> Iterator[_Item]:
    for row in follow_up.to_dict("records"):
        yield _Item(
            kind="nonconformity", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
            grade=row["grade"], what=row["statement"], why=row["reasons"],
            since=row["last_examined"], table="follow_up",
        )  # fmt: skip


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
    audits = [*made.audit.earlier, made.audit.audit_id]
    held = dict(zip(status["finding_id"], status["audit_id"], strict=True))
    places: dict[tuple[str, ...], list[_Item]] = {}
    for item in items:
        place = (text_of(item.site), text_of(item.clause))
        places.setdefault(place if all(place) else (text_of(item.finding_id),), []).append(item)

    def age(item: _Item) -> int:
        audit = held.get(item.finding_id)
        return audits.index(audit) if audit in audits else -1

    outcomes = status.set_index("finding_id")
    majors = frozenset(status.loc[open_majors(status), "finding_id"])
    ordered = sorted(places.values(), key=lambda own: not any(text_of(item.finding_id) in majors for item in own))
    return [_together(sorted(own, key=age, reverse=True), outcomes) for own in ordered]


def _together(items: list[_Item], outcomes: pd.DataFrame) -> _Item:
    """The newest of a place, first of `items`, with what there is to say of the earlier ones."""
    newest, *before = items
    told = [text_of(newest.why), *_ended(newest, outcomes)]
    told += [f"{one.finding_id}: {one.why}" for one in before if "came back" not in text_of(one.why)]
    names = sorted((text_of(one.finding_id) for one in before), key=natural_order)
    return replace(newest, earlier=" ".join(names), why="; ".join(told))


def _ended(newest: _Item, outcomes: pd.DataFrame) -> Iterator[str]:
    """A nonconformity that came back, where the later one has stayed away since."""
    later = text_of(outcomes["repeat_finding"].get(newest.finding_id))
    if later in outcomes.index and outcomes["effectiveness"][later] == str(Effectiveness.EFFECTIVE):
        yield f"its repeat {later} did not come back when it was examined again"

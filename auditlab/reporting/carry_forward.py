"""What the next auditor must know: one list from every part of the report."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from auditlab.history.cells import cell_examinations, listed, number_of, plural, text_of
from auditlab.history.corrective_actions import open_majors, open_orphans
from auditlab.reporting.carried_places import Carried, by_place
from auditlab.reporting.not_covered import NOT_STATED
from auditlab.reporting.report import AuditReport
from auditlab.reporting.verification import Seen

CARRY_DTYPES = {
    "order": "Int64", "kind": "str", "site": "str", "clause": "str", "finding_id": "str", "grade": "str",
    "earlier": "str",
    "what": "str", "why": "str", "since": "datetime64[us]", "table": "str",
}  # fmt: skip

UNRESOLVED = "unresolved"
NO_FINDING = "its finding was not handed over: clause, site and grade are not known"
ORPHAN = "its finding is not in the register"


def carry_forward(
    made: AuditReport, follow_up: pd.DataFrame, status: pd.DataFrame, *, actions: pd.DataFrame, examined: pd.DataFrame,
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
    examined : DataFrame
        Result of ``history.examinations`` up to the day of the review.
    unresolved : iterable of str
        What people stated to be unresolved.

    Returns
    -------
    DataFrame
        ``order`` (1 first), ``kind, site, clause, finding_id, grade, earlier, what, why, since`` (last day of the
        last audit that examined the place; missing where there is no place, or none is on record),
        ``table`` (where it comes from). Nothing is listed twice: nonconformities of one clause and site stand in one
        line, under the worst open one (major, then longest overdue), with those of ``earlier`` audits there, each with
        its grade, and all reasons; every further open major keeps a line of its own. Places with a major whose action
        is not verified come first; the others follow as urgent as they are. What was planned and not examined is told
        with the area not covered; actions whose finding is not in the register are listed until they are verified.
    """
    named = [*_to_follow_up(follow_up, actions), *_orphans(status, actions), *_came_back(made, follow_up)]
    nonconformities = [*named, *_further_majors(made, status, {item.finding_id for item in named})]
    planned = _planned_places(made.deviations)
    items = [
        *by_place(nonconformities, made, status),
        *(
            Carried(kind="not covered", site=row["site"], clause=row["clause"], what=row["title"],
                    why=_why_not_covered(row, planned), since=row["last_examined"], table="report_not_covered")
            for row in made.not_covered.to_dict("records")
        ),
        *(
            Carried(kind="grade to settle", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
                    grade=row["grade"], what=row["statement"], why=row["flag"], table="report_sections")
            for row in made.sections[made.sections["flag"] != ""].to_dict("records")
        ),
        *_planned_elsewhere(made, planned),
        *(Carried(kind=UNRESOLVED, what=line, why="as stated", table="report_elements") for line in unresolved),
    ]  # fmt: skip
    items = [replace(item, since=_last_examined(item, examined)) if item.finding_id else item for item in items]
    rows = [
        {name: getattr(item, name) for name in CARRY_DTYPES if name != "order"} | {"order": place}
        for place, item in enumerate(items, start=1)
    ]
    return pd.DataFrame(rows, columns=list(CARRY_DTYPES)).astype(CARRY_DTYPES)


def _last_examined(item: Carried, examined: pd.DataFrame) -> object:
    """The last day of the last audit that examined the place of a finding."""
    if pd.notna(item.since):  # type: ignore[call-overload]  # a scalar of a frame
        return item.since
    site = text_of(item.site)
    cell = cell_examinations(examined, text_of(item.clause) or None, site) if site else examined.iloc[:0]
    return cell["end"].iloc[-1] if len(cell) else pd.NaT


def _to_follow_up(follow_up: pd.DataFrame, actions: pd.DataFrame) -> Iterator[Carried]:
    texts = {row["finding_id"]: _text_of_action(row) for row in actions.to_dict("records")}
    for row in follow_up.to_dict("records"):
        known = bool(text_of(row["grade"]))
        yield Carried(
            kind="nonconformity" if known else "action without its finding", site=row["site"], clause=row["clause"],
            finding_id=row["finding_id"], grade=row["grade"],
            what=row["statement"] if known else texts.get(row["finding_id"], ""),
            why=row["reasons"] if known else f"{row['reasons']}; {NO_FINDING}",
            since=row["last_examined"], table="follow_up",
        )  # fmt: skip


def _orphans(status: pd.DataFrame, actions: pd.DataFrame) -> Iterator[Carried]:
    """Actions on findings that are not in the register, the longest overdue first."""
    texts = {row["finding_id"]: _text_of_action(row) for row in actions.to_dict("records")}
    own = status[open_orphans(status)].sort_values("days_overdue", ascending=False, kind="stable")
    for row in own.to_dict("records"):
        late = number_of(row["days_overdue"])
        state = "not verified" if pd.notna(row["completed"]) else "open"
        state = state if late is None else f"overdue by {plural(int(late), 'day')}"
        yield Carried(
            kind="action without its finding", finding_id=row["finding_id"], what=texts.get(row["finding_id"], ""),
            why=f"corrective action {state}; {ORPHAN}", table="follow_up_plan",
        )  # fmt: skip


def _text_of_action(row: Mapping[Hashable, Any]) -> str:  # Any: the cells of a row
    """What the action says of itself; a clause in it is not read, because nobody said of which edition it is."""
    return next((words for name in ("action", "correction", "root_cause") if (words := text_of(row[name]))), "")


def _came_back(made: AuditReport, follow_up: pd.DataFrame) -> Iterator[Carried]:
    """Earlier nonconformities that came back and that the follow-up does not list."""
    back = made.verification[made.verification["seen"] == str(Seen.CAME_BACK)]
    for row in back[~back["finding_id"].isin(follow_up["finding_id"])].to_dict("records"):
        yield Carried(
            kind="nonconformity", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
            grade=row["grade"], what=row["statement"], why=f"came back as {row['came_back_as']}",
            table="report_verification",
        )  # fmt: skip


def _further_majors(made: AuditReport, status: pd.DataFrame, named: Collection[object]) -> Iterator[Carried]:
    """Majors that nobody verified, seen again since, and of whose action nothing is on record."""
    left = status[open_majors(status) & ~status["finding_id"].isin(list(named))]
    for row in left[left["audit_id"].isin([*made.audit.earlier, made.audit.audit_id])].to_dict("records"):
        yield Carried(
            kind="nonconformity", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
            grade=row["grade"], what=row["statement"], why=f"not verified; its action: {row['status']}",
            table="follow_up_plan",
        )  # fmt: skip


def _planned_places(deviations: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Site and clause that were planned and not examined, to the reason stated."""
    own = deviations[deviations["kind"] == "not examined"]
    return {
        (text_of(row["site"]), clause): text_of(row["reason"])
        for row in own.to_dict("records")
        for clause in text_of(row["clause"]).split()
    }


def _why_not_covered(row: Mapping[Hashable, Any], planned: Mapping[tuple[str, str], str]) -> str:
    """Why an area was not covered; what of it was planned follows, with the reasons of its places."""
    site, clause = text_of(row["site"]), text_of(row["clause"])
    own = {at: why for at, why in planned.items() if at[0] == site and clause in ("all", at[1])}
    if not own:
        return text_of(row["reason"])
    told = "it was planned" if clause != "all" else f"planned: {plural(len(own), 'clause')}"
    reasons: dict[str, list[str]] = {}
    for (_, place), why in own.items():
        if why not in (NOT_STATED, row["reason"]):
            reasons.setdefault(why, []).append(place)
    said = [f"{listed(places)}: {why}" if clause == "all" else why for why, places in reasons.items()]
    return "; ".join([text_of(row["reason"]), told, *said])


def _planned_elsewhere(made: AuditReport, planned: Mapping[tuple[str, str], str]) -> Iterator[Carried]:
    """Planned and not examined places that no area not covered names, a line for each site and reason."""
    told = set(zip(made.not_covered["site"], made.not_covered["clause"], strict=True))
    left: dict[tuple[str, str], list[str]] = {}
    for (site, clause), why in planned.items():
        if not {(site, clause), (site, "all")} & told:
            left.setdefault((site, why), []).append(clause)
    for (site, why), clauses in left.items():
        yield Carried(
            kind="planned, not examined", site=site, clause=" ".join(clauses), what="planned and not examined", why=why,
            table="report_deviations",
        )  # fmt: skip

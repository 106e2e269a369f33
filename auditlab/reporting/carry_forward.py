"""What the next auditor must know: one list from every part of the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from auditlab.reporting.report import AuditReport
from auditlab.reporting.verification import Seen

CARRY_DTYPES = {
    "order": "Int64", "kind": "str", "site": "str", "clause": "str", "finding_id": "str", "what": "str", "why": "str",
    "since": "datetime64[us]", "table": "str",
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
    since: object = pd.NaT


def carry_forward(made: AuditReport, follow_up: pd.DataFrame, *, unresolved: Iterable[str] = ()) -> pd.DataFrame:
    """Nonconformities to take up, what was not covered, grades to settle, plan deviations, and what stays unresolved.

    Parameters
    ----------
    made : AuditReport
        The report.
    follow_up : DataFrame
        Result of ``history.follow_up``.
    unresolved : iterable of str
        What people stated to be unresolved.

    Returns
    -------
    DataFrame
        ``order`` (1 first), ``kind, site, clause, finding_id, what, why, since`` (last examined), ``table`` (where it
        comes from). Nothing is listed twice: a nonconformity stands once, with all its reasons.
    """
    items = [
        *(
            _Item(kind="nonconformity", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
                  what=row["statement"], why=row["reasons"], since=row["last_examined"], table="follow_up")
            for row in follow_up.to_dict("records")
        ),
        *_came_back(made, follow_up),
        *(
            _Item(kind="not covered", site=row["site"], clause=row["clause"], what=row["title"], why=row["reason"],
                  since=row["last_examined"], table="report_not_covered")
            for row in made.not_covered.to_dict("records")
        ),
        *(
            _Item(kind="grade to settle", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
                  what=row["statement"], why=row["flag"], table="report_sections")
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


def _came_back(made: AuditReport, follow_up: pd.DataFrame) -> Iterable[_Item]:
    """Earlier nonconformities that came back and that the follow-up does not list."""
    back = made.verification[made.verification["seen"] == str(Seen.CAME_BACK)]
    for row in back[~back["finding_id"].isin(follow_up["finding_id"])].to_dict("records"):
        yield _Item(
            kind="nonconformity", site=row["site"], clause=row["clause"], finding_id=row["finding_id"],
            what=row["statement"], why=f"came back as {row['came_back_as']}", table="report_verification",
        )  # fmt: skip

"""Whom to speak with, on which level, about what, and which papers to ask for before."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from auditlab.history.cells import natural_order, text_of
from auditlab.planning.knowledge import (
    Lens,
    Level,
    expected_documents,
    level_of,
    methods_for,
    questions_for,
    roles_of,
)
from auditlab.standard.clauses import clause_table

INTERVIEW_DTYPES = {
    "site": "str", "level": "str", "role": "str", "clauses": "str", "minutes": "int64", "days": "str", "lens": "str",
    "question": "str",
}  # fmt: skip

LISTED, NOT_HANDED_OVER = "listed", "not handed over"
"""Standing of a paper: in the list of documents, or asked for because the list does not name it."""


def interview_plan(sessions: pd.DataFrame) -> pd.DataFrame:
    """The interviews of a timetable by site, level and role.

    Parameters
    ----------
    sessions : DataFrame
        ``sessions`` of a `Timetable`.

    Returns
    -------
    DataFrame
        ``site, level`` (top management, owners and managers, people who do the work), ``role, clauses, minutes, days,
        lens, question`` (the opening question). Interviews with top management open with the objective lens. Where a
        planned clause names people who do the work, they stand in the list, with 0 minutes of their own if the
        session is held with somebody else: they are asked to join.
    """
    held = sessions[sessions["kind"] == "examination"]
    minutes: dict[tuple[str, str], int] = {}
    clauses: dict[tuple[str, str], set[str]] = {}
    days: dict[tuple[str, str], set[int]] = {}
    for site, clause, who, length, day in zip(
        held["site"], held["clause"], held["interviewee"], held["minutes"], held["day"], strict=True
    ):
        joining = [role for role in roles_of(clause) if level_of(role) != Level.OWNERS]
        for role in dict.fromkeys((str(who), *joining)):
            place = (str(site), role)
            minutes[place] = minutes.get(place, 0) + (int(length) if role == who else 0)
            clauses.setdefault(place, set()).add(str(clause))
            days.setdefault(place, set()).add(int(day))
    levels = list(Level)
    order = sorted(minutes, key=lambda place: (place[0], levels.index(level_of(place[1])), -minutes[place], place[1]))
    rows = []
    for site, role in order:
        level, about = level_of(role), sorted(clauses[site, role], key=natural_order)
        lens = {Level.TOP: Lens.OBJECTIVE, Level.OWNERS: Lens.CONSISTENCY}.get(level, Lens.CUSTOMER)
        asked = questions_for(about[0]).get(lens, "")
        named = ", ".join(str(day) for day in sorted(days[site, role]))
        rows.append((site, str(level), role, ", ".join(about), minutes[site, role], named, str(lens), asked))
    return pd.DataFrame(rows, columns=list(INTERVIEW_DTYPES)).astype(INTERVIEW_DTYPES)


def method_mix(planned: pd.DataFrame) -> pd.DataFrame:
    """How each planned leaf is examined.

    Parameters
    ----------
    planned : DataFrame
        Result of `leaf_plan`.

    Returns
    -------
    DataFrame
        ``site, clause, minutes, methods`` (separated by semicolons), for leaves with time.
    """
    held = planned[planned["minutes"] > 0]
    mixed = ["; ".join(methods_for(clause)) for clause in held["clause"]]
    return held[["site", "clause", "minutes"]].assign(methods=mixed).reset_index(drop=True)


def document_requests(documents: pd.DataFrame, planned: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Papers to ask for: those of the list that was handed over, with their age, and those it does not name.

    Parameters
    ----------
    documents : DataFrame
        Canonical documents.
    planned : DataFrame
        Result of `leaf_plan`; the minutes of their clause say for what they are needed.
    as_of : Timestamp
        Day of the review.

    Returns
    -------
    DataFrame
        ``document, version, clause, owner, reviewed, age_days, review_due, days_past`` (missing where no review is
        due yet or none is known), ``standing`` (listed, not handed over), ``minutes`` planned for the clause. Papers
        past their review come first, then documented information that the standard asks for and the list does not
        name at its clause, then the others.

    References
    ----------
    .. [1] ISO/IEC 20000-1:2018, 7.5.4 and the clauses named; titles in our words.
    """
    listed = documents[["document", "version", "clause", "owner", "reviewed", "review_due"]].copy()
    listed.insert(5, "age_days", (as_of - listed["reviewed"]).dt.days.astype("Int64"))
    past = (as_of - listed["review_due"]).dt.days.astype("Int64")
    listed["days_past"] = past.mask(past <= 0)
    listed["standing"] = LISTED
    asked = _not_listed({text_of(clause) for clause in listed["clause"]}).assign(standing=NOT_HANDED_OVER)
    overdue = listed["days_past"].notna()
    first = listed[overdue].sort_values("days_past", ascending=False, kind="stable")
    whole = pd.concat([first, asked.reindex(columns=listed.columns).astype(listed.dtypes), listed[~overdue]])
    minutes = planned.groupby("clause")["minutes"].sum()
    whole["minutes"] = [
        int(minutes[[f"{leaf}.".startswith(f"{text_of(clause)}.") for leaf in minutes.index]].sum())
        if text_of(clause)
        else 0
        for clause in whole["clause"]
    ]
    return whole.reset_index(drop=True)


def _not_listed(named: Collection[str]) -> pd.DataFrame:
    """Expected documents without a paper at their clause, below it, or at the clause that findings are counted at."""
    expected = expected_documents()
    keys = clause_table().set_index("clause")["key"]
    absent = [
        not any(clause == keys[leaf] or f"{clause}.".startswith(f"{leaf}.") for clause in named if clause)
        for leaf in expected["clause"]
    ]
    return expected[absent]

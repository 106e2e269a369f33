"""Audits that cannot be right: one that ends before it starts, and one that only a row of coverage names."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab.errors import EngagementError
from auditlab.intake.ledger import Action, Ledger, place_of
from auditlab.intake.loading import Intake
from auditlab.intake.questions import Questions
from auditlab.settings import SETTINGS_FILE

MOST = 0.5
"""From this share of rows on, the list of audits is probably incomplete rather than the rows wrong."""
KEEP, LEAVE_OUT = "keep", "leave out"
START, END, SWAP = "start", "end", "swap"
SETTLED = "audit that ended before it started, as answered in auditlab.toml"


def settle_unlisted(tables: dict[str, pd.DataFrame], *, intake: Intake) -> dict[str, pd.DataFrame]:
    """`tables` without coverage of audits that the list of audits does not name.

    Without a list of audits nothing is left out: the coverage is then all that tells which audits
    there were. Where at least `MOST` of the rows name an unknown audit, they stay and a person is
    asked; a few are rejected, since a slip of the keyboard must not make up an audit.
    """
    audits, coverage = tables["audits"], tables["coverage"]
    unlisted = ~coverage["audit_id"].isin(audits["audit_id"])
    if audits.empty or not unlisted.any():
        return tables
    if unlisted.mean() >= MOST and _asked(coverage[unlisted], intake=intake) != LEAVE_OUT:
        return tables
    for record in coverage[unlisted].to_dict("records"):
        rule = f"audit '{record['audit_id']}' is not among the audits that were loaded"
        intake.ledger.row(place_of(record), table="coverage", action=Action.REJECTED, rule=rule)
    return tables | {"coverage": coverage[~unlisted].reset_index(drop=True)}


def _asked(unlisted: pd.DataFrame, *, intake: Intake) -> str:
    place = place_of(unlisted.iloc[0].to_dict())
    named = list(dict.fromkeys(unlisted["audit_id"]))
    shown = ", ".join(f"'{audit}'" for audit in named[:5]) + (f" and {len(named) - 5} more" if len(named) > 5 else "")
    unread = intake.ledger.unread_audits
    said = (
        f"{len(unlisted)} rows of coverage belong to audits whose rows in the list of audits could not be read "
        f"({shown}). Settle those rows first. Until then '{KEEP}' counts them as audits without a date, "
        f"'{LEAVE_OUT}' leaves them out."
        if unread.issuperset(named)
        else f"{len(unlisted)} rows of coverage belong to audits that the list of audits does not name ({shown}). Is "
        f"the list incomplete, or are the rows wrong? '{KEEP}' counts them as audits without a date, "
        f"'{LEAVE_OUT}' leaves them out. Better still, add the audits to the list."
    )
    return intake.questions.decided(
        f"unlisted/{place.file}/{place.sheet}",
        place,
        field="audit_id",
        asks=said,
        proposal=KEEP,
        answers=intake.settings.answers,
    )


def settle_reversed(audits: pd.DataFrame, *, intake: Intake) -> pd.DataFrame:
    """`audits` with the days of those that end before they start as a person says; unanswered, they stay as they are.

    Raises
    ------
    EngagementError
        If the answer is none of `START`, `END`, `SWAP`.
    """
    audits = audits.copy()
    for index, row in audits[audits["end"] < audits["start"]].iterrows():
        answer = _which_day(row, answers=intake.settings.answers, questions=intake.questions)
        days = {
            "": (row["start"], row["end"]),
            START: (row["start"], pd.NaT),
            END: (row["end"], row["end"]),
            SWAP: (row["end"], row["start"]),
        }[answer]
        for field, old, new in zip(("start", "end"), (row["start"], row["end"]), days, strict=True):
            if new is pd.NaT or new != old:
                _note(row, field, old, new, ledger=intake.ledger)
        audits.loc[index, ["start", "end"]] = list(days)
    return audits


def _which_day(row: pd.Series, *, answers: Mapping[str, str], questions: Questions) -> str:
    place = place_of(row.to_dict())
    key = f"days/{place.file}/{place.sheet}/{row['audit_id']}"
    answer = questions.decided(
        key,
        place,
        field="end",
        asks=(
            f"Audit {row['audit_id']} ends on {row['end']:%Y-%m-%d}, before it starts on {row['start']:%Y-%m-%d}. "
            f"Which day is right? '{START}' keeps the start and leaves the end out, '{END}' keeps the end as its only "
            f"day, '{SWAP}' exchanges them. Better still, correct the cell."
        ),
        proposal=START,
        answers=answers,
    )
    if answer not in ("", START, END, SWAP):
        raise EngagementError(
            f"{SETTINGS_FILE}, section [answers], '{key}': '{answer}' is none of {START}, {END}, {SWAP}. Write one."
        )
    return answer


def _note(row: pd.Series, field: str, old: object, new: object, *, ledger: Ledger) -> None:
    ledger.cell(
        place_of(row.to_dict()), table="audits", field=field, action=Action.REPAIRED, rule=SETTLED, old=old,
        new="" if new is pd.NaT else new,
    )  # fmt: skip

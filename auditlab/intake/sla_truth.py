"""Was the target met? Recomputed from times and targets, beside what the tool's own flag says.

Flags lie in known ways: made_sla of ServiceNow turns late, "passed" in iTop means that the deadline
passed, and "Time to resolution" in Jira is time left in one export and time used in another. So the
answer of the times is kept beside the flag, and their agreement is reported.
"""

from __future__ import annotations

import pandas as pd

from auditlab.intake.ledger import Action, Ledger, Place

BY_DEADLINE = "resolved against deadline"
BY_TARGET = "time from opening, pauses taken off, against target"
BY_ELAPSED = "minutes as the tool counts them against target"
BY_REMAINING = "minutes left when the clock stopped"
MIN_TOLD = 20
MOSTLY = 0.9
"""From this share of tickets on whose minutes equal the time that passed, minutes called left are minutes used."""


def settle_sla(incidents: pd.DataFrame, *, ledger: Ledger) -> pd.DataFrame:
    """`incidents` with one polarity of the flag and the answer of the times beside it.

    Parameters
    ----------
    incidents : DataFrame
        Canonical incidents.
    ledger : Ledger
        Is told where a flag of missed targets was turned round and where minutes left were minutes
        used.

    Returns
    -------
    DataFrame
        ``sla_met`` filled from ``sla_breached`` or from the sign of the minutes left where only that
        was given; ``sla_met_recomputed``
        (true, false, missing) and ``sla_basis``, the first of: resolved against the deadline;
        minutes from opening to resolution less paused minutes against the target; the tool's own
        working minutes against the target; minutes left. Without one of these the answer is missing.
    """
    if incidents.empty:
        return incidents
    frame = _remaining_or_used(_one_polarity(incidents, ledger=ledger), ledger=ledger)
    resolved, target = frame["resolved"], frame["sla_target_minutes"]
    ended = resolved.notna()
    # Minutes left are how some tools say it: below zero is late.
    told = (frame["sla_remaining_minutes"] >= 0).astype("boolean").mask(frame["sla_remaining_minutes"].isna() | ~ended)
    frame = frame.assign(sla_met=frame["sla_met"].fillna(told))
    used = (resolved - frame["opened"]).dt.total_seconds() / 60 - frame["paused_minutes"].fillna(0)
    answers = (
        (BY_DEADLINE, resolved <= frame["deadline"], ended & frame["deadline"].notna()),
        (BY_ELAPSED, frame["elapsed_minutes"] <= target, frame["elapsed_minutes"].notna() & target.notna() & ended),
        (BY_TARGET, used <= target, used.notna() & target.notna()),
        (BY_REMAINING, frame["sla_remaining_minutes"] >= 0, frame["sla_remaining_minutes"].notna() & ended),
    )
    met = pd.Series(pd.NA, index=frame.index, dtype="boolean")
    basis = pd.Series(pd.NA, index=frame.index, dtype="str")
    for name, answer, known in answers:
        first = known & met.isna()
        met = met.mask(first, answer.astype("boolean"))
        basis = basis.mask(first, name)
    return frame.assign(sla_met_recomputed=met, sla_basis=basis)


def _one_polarity(frame: pd.DataFrame, *, ledger: Ledger) -> pd.DataFrame:
    turned = frame["sla_met"].isna() & frame["sla_breached"].notna()
    for (file, sheet), rows in frame[turned].groupby(["source_file", "source_sheet"], sort=False):
        ledger.cell(
            Place(str(file), str(sheet), int(rows["source_row"].min())),
            table="incidents",
            field="sla_met",
            action=Action.REPAIRED,
            rule="a flag of missed targets turned round, from this row on",
            old="sla_breached",
            new=f"sla_met in {len(rows)} rows",
        )
    return frame.assign(sla_met=frame["sla_met"].mask(turned, ~frame["sla_breached"]))


def _remaining_or_used(frame: pd.DataFrame, *, ledger: Ledger) -> pd.DataFrame:
    """Minutes called "left" that are the minutes used: never negative and equal to the time that passed.

    Decided per sheet, from the rows that can tell; see `MOSTLY`.
    """
    gross = (frame["resolved"] - frame["opened"]).dt.total_seconds() / 60
    left = frame["sla_remaining_minutes"]
    moved = pd.Series(data=False, index=frame.index)
    for (file, sheet), rows in frame[left.notna() & gross.notna()].groupby(["source_file", "source_sheet"], sort=False):
        minutes, passed = left[rows.index], gross[rows.index]
        alike = (minutes - passed).abs() <= passed.abs() * 0.01 + 1
        if (minutes >= 0).all() and len(rows) >= MIN_TOLD and alike.mean() >= MOSTLY:
            moved |= (frame["source_file"] == file) & (frame["source_sheet"] == sheet)
            ledger.cell(
                Place(str(file), str(sheet), int(rows["source_row"].min())),
                table="incidents",
                field="sla_remaining_minutes",
                action=Action.REPAIRED,
                rule="minutes called left are the minutes used: they equal the time from opening to resolution",
                old=f"{len(rows)} rows",
                new="elapsed_minutes",
            )
    return frame.assign(
        elapsed_minutes=frame["elapsed_minutes"].mask(moved & frame["elapsed_minutes"].isna(), left),
        sla_remaining_minutes=left.mask(moved),
    )


def sla_agreement(incidents: pd.DataFrame) -> pd.DataFrame:
    """How often the exported flag and the times agree, per file, sheet and basis.

    Returns
    -------
    DataFrame
        ``source_file, source_sheet, sla_basis``; ``n`` records with both answers [count];
        ``agree`` [count]; ``flag_met`` and ``times_met`` [count], the records met by either;
        ``source_row``, the first row where they differ, missing where none does.
    """
    both = incidents.dropna(subset=["sla_met", "sla_met_recomputed"])
    flag, times = both["sla_met"].astype("bool"), both["sla_met_recomputed"].astype("bool")
    told = both.assign(agree=flag == times, flag_met=flag, times_met=times)
    told["differs_at"] = told["source_row"].where(~told["agree"])
    keys = ["source_file", "source_sheet", "sla_basis"]
    return (
        told.groupby(keys, sort=True)
        .agg(
            n=("agree", "size"),
            agree=("agree", "sum"),
            flag_met=("flag_met", "sum"),
            times_met=("times_met", "sum"),
            source_row=("differs_at", "min"),
        )
        .reset_index()
    )

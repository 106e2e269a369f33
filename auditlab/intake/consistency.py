"""Contradictions between rows that were loaded: each stays in its table, and is listed with its effect."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import pandas as pd

from auditlab.intake.impossible_values import days_below_zero, days_beyond_a_team, expiry_before_decision
from auditlab.intake.sla_truth import sla_agreement
from auditlab.standard.grades import NONCONFORMITIES
from auditlab.tables import Tables

DISCREPANCY_COLUMNS = ("table", "record", "field", "rule", "found", "expected", "effect", "file", "sheet", "row")
TRANSITION_ENDED = pd.Timestamp(2021, 9, 30)

Finding = tuple[pd.Series, str, str, str, str, str]
"""Row, field, rule, found, expected, effect."""


UNLISTED_AUDIT = " of an audit that is not in the audit list"
UNREAD_AUDIT = " of an audit whose row in the audit list could not be read"
"""End of a rule about a finding or coverage whose audit is not known."""


def discrepancies(tables: Tables, *, unread_audits: Collection[str] = ()) -> pd.DataFrame:
    """Every contradiction found, one row each.

    Parameters
    ----------
    tables : Tables
        The rows that were loaded.
    unread_audits : collection of str
        Numbers of the audits whose row in the list of audits could not be read: they are listed all the same.

    Returns
    -------
    DataFrame
        ``table, record, field, rule, found, expected, effect, file, sheet, row``. ``effect`` says
        what the contradiction means for the numbers.
    """
    rows = []
    for table, key, check in _CHECKS:
        if not tables.handed_over(table):
            continue  # every check looks at the rows of its own table
        for row, field, said, found, expected, effect in check(tables):
            rule = said.replace(UNLISTED_AUDIT, UNREAD_AUDIT) if found in unread_audits else said
            place = (row["source_file"], row["source_sheet"], row["source_row"])
            rows.append((table, row[key], field, rule, found, expected, effect, *place))
    frame = pd.DataFrame(rows, columns=list(DISCREPANCY_COLUMNS))
    return frame.astype(dict.fromkeys(DISCREPANCY_COLUMNS[:-1], "str") | {"row": "Int64"})


def _day(moment: object) -> str:
    return moment.date().isoformat() if isinstance(moment, pd.Timestamp) and not pd.isna(moment) else "no date"


def _actions_with_findings(tables: Tables) -> pd.DataFrame:
    findings = tables.findings[["finding_id", "audit_id", "grade"]].merge(
        tables.audits[["audit_id", "start"]], on="audit_id", how="left"
    )
    return tables.corrective_actions.merge(findings, on="finding_id", how="left", indicator="known")


def _completed_before_audit(tables: Tables) -> Iterator[Finding]:
    actions = _actions_with_findings(tables)
    for _, row in actions[actions["completed"] < actions["start"]].iterrows():
        yield (
            row,
            "completed",
            "completed before the audit that raised the finding",
            _day(row["completed"]),
            f"{_day(row['start'])} or later",
            "left out of every corrective-action rate; the finding stays",
        )


def _verified_before_completed(tables: Tables) -> Iterator[Finding]:
    actions = tables.corrective_actions
    for _, row in actions[actions["verified"] < actions["completed"]].iterrows():
        yield (
            row,
            "verified",
            "verified before it was completed",
            _day(row["verified"]),
            f"{_day(row['completed'])} or later",
            "time to recurrence counted from completion only",
        )


def _without_due_date(tables: Tables) -> Iterator[Finding]:
    actions = _actions_with_findings(tables)
    undated = actions["due_original"].isna() & actions["due_current"].isna() & actions["grade"].isin(NONCONFORMITIES)
    for _, row in actions[undated].iterrows():
        yield (
            row,
            "due_original",
            "no due date for a nonconformity",
            "no date",
            "a due date",
            "cannot be overdue; left out of the on-time rate and listed",
        )


def _completed_not_verified(tables: Tables) -> Iterator[Finding]:
    actions = tables.corrective_actions
    for _, row in actions[actions["completed"].notna() & actions["verified"].isna()].iterrows():
        yield (
            row,
            "verified",
            "completed but not verified",
            "no date",
            "a date of verification",
            "status 'completed, not verified'",
        )


def _action_for_unknown_finding(tables: Tables) -> Iterator[Finding]:
    if not tables.handed_over("findings"):
        return
    actions = _actions_with_findings(tables)
    for _, row in actions[actions["known"] == "left_only"].iterrows():
        yield (
            row,
            "finding_id",
            "action for a finding that is not in the register",
            str(row["finding_id"]),
            "a finding of the register",
            "left out of every corrective-action rate",
        )


def _nonconformity_without_action(tables: Tables) -> Iterator[Finding]:
    if not tables.handed_over("corrective_actions"):
        return
    findings = tables.findings
    missing = findings["grade"].isin(NONCONFORMITIES) & ~findings["finding_id"].isin(
        tables.corrective_actions["finding_id"]
    )
    for _, row in findings[missing].iterrows():
        yield (
            row,
            "finding_id",
            "nonconformity without a corrective action on record",
            "no row",
            "one row",
            "listed as 'no action recorded'",
        )


def _finding_of_unknown_audit(tables: Tables) -> Iterator[Finding]:
    if not tables.handed_over("audits"):
        return
    findings = tables.findings
    for _, row in findings[~findings["audit_id"].isin(tables.audits["audit_id"])].iterrows():
        yield (
            row,
            "audit_id",
            f"finding{UNLISTED_AUDIT}",
            str(row["audit_id"]),
            "an audit of the list",
            "has no date and no exposure",
        )


def _ends_before_start(tables: Tables) -> Iterator[Finding]:
    audits = tables.audits
    for _, row in audits[audits["end"] < audits["start"]].iterrows():
        yield (
            row,
            "end",
            "audit that ends before it starts",
            _day(row["end"]),
            f"{_day(row['start'])} or later",
            "the start dates the audit, and the end counts as its last day, until it is said which is right",
        )


def _coverage_of_unknown_audit(tables: Tables) -> Iterator[Finding]:
    if not tables.handed_over("audits"):
        return
    coverage = tables.coverage
    for _, row in coverage[~coverage["audit_id"].isin(tables.audits["audit_id"])].iterrows():
        yield (
            row,
            "audit_id",
            f"coverage{UNLISTED_AUDIT}",
            str(row["audit_id"]),
            "an audit of the list",
            "counts as examined in an audit without a date",
        )


def _old_edition_after_transition(tables: Tables) -> Iterator[Finding]:
    audits = tables.audits
    for _, row in audits[(audits["edition"] == "2011") & (audits["start"] >= TRANSITION_ENDED)].iterrows():
        yield (
            row,
            "edition",
            "audit against the 2011 edition after the transition ended",
            _day(row["start"]),
            "2018",
            "an internal template or an error in the data",
        )


def _resolved_before_opened(tables: Tables) -> Iterator[Finding]:
    incidents = tables.incidents
    for _, row in incidents[incidents["resolved"] < incidents["opened"]].iterrows():
        yield (
            row,
            "resolved",
            "resolved before it was opened",
            str(row["resolved"]),
            f"after {row['opened']}",
            "left out of durations",
        )


def _sla_flag_against_times(tables: Tables) -> Iterator[Finding]:
    """One line per file, sheet and basis: thousands of tickets with a flag of another definition are one finding."""
    incidents = tables.incidents
    for line in sla_agreement(incidents).to_dict("records"):
        if line["agree"] == line["n"]:
            continue
        place = incidents[
            (incidents["source_file"] == line["source_file"])
            & (incidents["source_sheet"] == line["source_sheet"])
            & (incidents["source_row"] == line["source_row"])
        ]
        yield (
            place.iloc[0],
            "sla_met",
            f"the exported SLA flag and the times disagree ({line['sla_basis']})",
            f"{line['flag_met']} of {line['n']} met by the flag",
            f"{line['times_met']} of {line['n']} met by the times",
            f"{line['n'] - line['agree']} of {line['n']} tickets differ, this one first; state which is used",
        )


def _overlapping_outages(tables: Tables) -> Iterator[Finding]:
    """Outages of one service that overlap: their union counts, not their sum."""
    for service, group in tables.outages.dropna(subset=["start", "end"]).groupby("service"):
        ordered = group.sort_values(["start", "end"], kind="stable")
        together: list[pd.Series] = []
        for _, row in ordered.iterrows():
            if together and row["start"] < max(each["end"] for each in together):
                together.append(row)
                union = _union_minutes(together)
                total = sum(_minutes(each["start"], each["end"]) for each in together)
                yield (
                    row,
                    "start",
                    "overlaps another outage of the same service",
                    f"{total:g} minutes when added up",
                    f"{union:g} minutes",
                    f"the union of the outages of {service} counts",
                )
            else:
                together = [row]


def _union_minutes(overlapping: list[pd.Series]) -> float:
    """Length of outages that all hang together [minutes]."""
    return _minutes(min(row["start"] for row in overlapping), max(row["end"] for row in overlapping))


def _minutes(start: pd.Timestamp, end: pd.Timestamp) -> float:
    return (end - start).total_seconds() / 60


_CHECKS: tuple[tuple[str, str, Callable[[Tables], Iterator[Finding]]], ...] = (
    ("corrective_actions", "finding_id", _completed_before_audit),
    ("corrective_actions", "finding_id", _verified_before_completed),
    ("corrective_actions", "finding_id", _without_due_date),
    ("corrective_actions", "finding_id", _completed_not_verified),
    ("corrective_actions", "finding_id", _action_for_unknown_finding),
    ("findings", "finding_id", _nonconformity_without_action),
    ("findings", "finding_id", _finding_of_unknown_audit),
    ("audits", "audit_id", _ends_before_start),
    ("audits", "audit_id", days_below_zero),
    ("audits", "audit_id", days_beyond_a_team),
    ("certificates", "certificate_id", expiry_before_decision),
    ("audits", "audit_id", _old_edition_after_transition),
    ("coverage", "audit_id", _coverage_of_unknown_audit),
    ("incidents", "incident_id", _resolved_before_opened),
    ("incidents", "incident_id", _sla_flag_against_times),
    ("outages", "outage_id", _overlapping_outages),
)

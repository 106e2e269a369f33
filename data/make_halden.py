"""Write the sample engagement ``data/halden``: the raw files that a service provider would hand over.

The client "Halden Digital Services" is invented. The files hold planted facts (PF-01 to PF-31), negative
controls (NC-01 to NC-09) and defects (D-01 to D-18); ``tests/golden/expected.csv`` lists every one with the
number a correct analysis gives. The clean truth of the findings is ``tests/golden/findings_truth.csv``;
this script puts the defects into the register.

Months 1 to 24 are April 2022 to March 2024. All noise comes from one seed, one stream per subject, so that a
change in one subject leaves the others as they are. Run ``python data/make_halden.py`` to write the files
again: the bytes are the same every time.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from statistics import NormalDist
from typing import TypeVar

import numpy as np
import xlsxwriter

SEED = 20240331
HERE = Path(__file__).resolve().parent
TRUTH = HERE.parent / "tests" / "golden" / "findings_truth.csv"
AS_OF = dt.datetime(2024, 3, 31)
MADE = dt.datetime(2024, 4, 2, 8, 0)  # date written into every workbook, so that its bytes never change
DAY_MINUTES = 480  # an auditor-day of eight hours
MONTHS = range(1, 25)
LAST_MONTH = 24
LAST_MONTH_OLD_TOOL = 15  # the new tool took over on 1 July 2023

Cell = str | int | float | dt.date | dt.datetime | None
Row = list[Cell]
T = TypeVar("T")

# ------------------------------------------------------------------------------------------------
# What each sheet holds: (file, sheet) -> canonical table and, per header, the canonical column.
# ------------------------------------------------------------------------------------------------
PROGRAMME = "Audit programme and findings.xlsx"
ACTIONS = "Corrective actions 2020-2023.xlsx"
OLD_TOOL = "Incidents 2022-23 (old tool).xlsx"
NEW_TOOL = "incidents_new_tool.csv"
ANNEX = "Service desk annex 2022.csv"
CHANGES_Y1, CHANGES_Y2 = "Changes Y1.xlsx", "Changes Y2.xlsx"
LEVELS = "Service levels.xlsx"
OUTAGES = "Outages 2022-24.xlsx"
SATISFACTION = "Satisfaction.xlsx"
CONTINUITY = "Continuity and organisation.xlsx"
CONTRACTS = "Contracts and documents.xlsx"
PROBLEMS = "Problems.xlsx"
MASTER = "Master data.xlsx"

FINDING_COLUMNS = {
    "NCR no": "finding_id", "Audit no": "audit_id", "Edition": "edition", "Site": "site", "Service": "service",
    "Clause": "clause_as_cited", "Grading": "grade", "Statement of finding": "statement", "Auditor": "auditor",
}  # fmt: skip
CHANGE_COLUMNS = {
    "Change no": "change_id", "Type": "type", "Service": "service", "Site": "site", "Requested": "opened",
    "Approved": "approved", "Planned start": "planned_start", "Actual start": "started", "Actual end": "ended",
    "Result": "outcome", "Emergency": "emergency", "CI": "ci", "Incident no": "incident_id",
}  # fmt: skip
SHEETS: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    (PROGRAMME, "Audits"): ("audits", {
        "Audit no": "audit_id", "Organisation": "client", "Visit": "type", "From": "start", "To": "end",
        "Standard": "edition", "Sites visited": "sites", "MD": "auditor_days", "Lead auditor": "lead",
        "Decision": "decision_date"}),
    (PROGRAMME, "Coverage"): ("coverage", {
        "Audit no": "audit_id", "Site": "site", "Clause": "clause", "Examined": "examined", "Minutes": "minutes",
        "Method": "method", "Records seen": "sample_n"}),
    (PROGRAMME, "Findings"): ("findings", FINDING_COLUMNS),
    (PROGRAMME, "old"): ("findings", FINDING_COLUMNS),
    (ACTIONS, "CA log"): ("corrective_actions", {
        "NCR no": "finding_id", "Root cause": "root_cause", "Correction": "correction", "Corrective action": "action",
        "Owner": "owner", "Due date": "due_original", "Completed": "completed", "Verified": "verified",
        "Verified by": "verified_by", "Effective (y/n)": "effective_declared"}),
    (OLD_TOOL, "Export"): ("incidents", {
        "Ticket no": "incident_id", "Opened": "opened", "First response": "first_response", "Resolved at": "resolved",
        "Closed": "closed", "Status": "state", "Prio": "priority", "Service": "service", "Site": "site", "CI": "ci",
        "Category": "category", "Major incident": "major", "Reassignments": "reassignments", "Reopened": "reopens",
        "Pause (min)": "paused_minutes", "Target (min)": "sla_target_minutes", "In SLA": "sla_met",
        "Caused by change": "caused_by_change", "Problem no": "problem_id", "Supplier": "supplier"}),
    (NEW_TOOL, "incidents_new_tool"): ("incidents", {
        "number": "incident_id", "opened_at": "opened", "first_response_at": "first_response",
        "resolved_at": "resolved", "closed_at": "closed", "state": "state", "priority": "priority",
        "business_service": "service", "location": "site", "cmdb_ci": "ci", "category": "category",
        "major_incident": "major", "reassignment_count": "reassignments", "reopen_count": "reopens",
        "pause_duration_min": "paused_minutes", "sla_target_min": "sla_target_minutes", "made_sla": "sla_met",
        "caused_by": "caused_by_change", "problem_id": "problem_id", "vendor": "supplier"}),
    (ANNEX, "Service desk annex 2022"): ("incidents", {
        "Ticket": "incident_id", "Opened": "opened", "Resolved": "resolved", "Closed": "closed", "Status": "state",
        "Priority": "priority", "Service": "service", "Site code": "site", "CI": "ci", "Category": "category",
        "Paused (min)": "paused_minutes", "Target (min)": "sla_target_minutes", "SLA met": "sla_met"}),
    (CHANGES_Y1, "Changes"): ("changes", CHANGE_COLUMNS),
    (CHANGES_Y2, "Changes"): ("changes", CHANGE_COLUMNS),
    (LEVELS, "By priority"): ("sla_monthly", {
        "Service": "service", "Month": "month", "Measure": "metric", "Priority": "priority", "Met": "met",
        "Total": "total", "Attainment %": "value", "Target": "target"}),
    (LEVELS, "Suppliers"): ("sla_monthly", {
        "Supplier": "supplier", "Service": "service", "Month": "month", "Measure": "metric", "Met": "met",
        "Total": "total", "Reported": "value", "Contract target": "target"}),
    (LEVELS, "Availability"): ("sla_monthly", {
        "Service": "service", "Month": "month", "Measure": "metric", "Reported": "value", "Target": "target",
        "Exclusions": "exclusion_note"}),
    (OUTAGES, "Outages"): ("outages", {
        "Outage no": "outage_id", "Service": "service", "Service lost": "start", "Service restored": "end",
        "Users affected": "affected_users", "Planned": "planned", "Excluded as": "exclusion_code",
        "Change no": "change_id"}),
    (SATISFACTION, "CSAT"): ("csat", {
        "Service": "service", "Quarter from": "month", "Surveys sent": "sent", "Answers": "responded",
        "Top two boxes": "top_two", "Scale": "scale", "Channel": "channel"}),
    (CONTINUITY, "Continuity tests"): ("continuity_tests", {
        "Service": "service", "Site": "site", "Planned for": "planned", "Tested on": "done",
        "Interval (months)": "interval_months", "Kind of test": "type", "RTO (min)": "rto_minutes",
        "Achieved (min)": "achieved_minutes", "Result": "outcome"}),
    (CONTINUITY, "Organisation changes"): ("org_changes", {
        "What changes": "change", "From when": "date", "Site": "site", "Service": "service", "Supplier": "supplier",
        "Clause affected": "clause", "Kind": "kind"}),
    (CONTRACTS, "Contracts"): ("contracts", {
        "Contract no": "contract_id", "Supplier": "supplier", "Customer": "customer", "Service": "service",
        "Measure": "metric", "Target": "target", "Valid from": "start", "Valid to": "end"}),
    (CONTRACTS, "Certificate"): ("certificates", {
        "Certificate no": "certificate_id", "Organisation": "client", "Standard": "edition",
        "Decision": "decision_date", "Valid until": "expiry", "Scope": "scope"}),
    (CONTRACTS, "Documents"): ("documents", {
        "Document": "document", "Version": "version", "Clause": "clause", "Owner": "owner",
        "Last review": "reviewed", "Next review": "review_due"}),
    (PROBLEMS, "Problems"): ("problems", {
        "Problem no": "problem_id", "Opened": "opened", "Closed": "closed", "Service": "service", "Site": "site",
        "CI": "ci", "Category": "category", "Root cause": "root_cause", "Change no": "change_id"}),
    (MASTER, "Sites"): ("sites", {
        "Site": "site", "Name": "name", "Other names": "aliases", "Central": "central", "Headcount": "persons",
        "Activities": "activities"}),
    (MASTER, "Services"): ("services", {
        "Service": "service", "Name": "name", "Other names": "aliases", "Criticality": "criticality",
        "Regulated": "regulated", "Sites": "sites", "Suppliers": "suppliers", "Users": "users"}),
    (MASTER, "Suppliers"): ("suppliers", {
        "Supplier": "supplier", "Name": "name", "Other names": "aliases", "Services": "services"}),
    (MASTER, "Clients"): ("clients", {
        "Client": "client", "Name": "name", "Other names": "aliases", "Sector": "sector", "Headcount": "persons"}),
    (MASTER, "Auditors"): ("auditors", {
        "Auditor": "auditor", "Competence": "competence", "Languages": "languages"}),
}  # fmt: skip


# ------------------------------------------------------------------------------------------------
# Chance: every draw comes from Generator.random, the one stream that numpy keeps stable.
# ------------------------------------------------------------------------------------------------
class Dice:
    """Seeded draws for one subject."""

    def __init__(self, subject: str) -> None:
        self._generator = np.random.default_rng([SEED, zlib.crc32(subject.encode())])

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        return low + (high - low) * float(self._generator.random())

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._generator.random() * (high - low + 1))

    def pick(self, values: Sequence[T]) -> T:
        """One of `values`."""
        return values[self.whole(0, len(values) - 1)]

    def shuffled(self, values: Iterable[T]) -> list[T]:
        """`values` in another order."""
        keyed = [(float(self._generator.random()), place, value) for place, value in enumerate(values)]
        return [value for _, _, value in sorted(keyed, key=lambda entry: entry[:2])]

    def normal(self) -> float:
        """A standard normal number."""
        return NormalDist().inv_cdf(min(max(float(self._generator.random()), 1e-9), 1 - 1e-9))


def quiet(deviations: Sequence[float], *, sparse: bool = False) -> bool:
    """Whether standardised monthly deviations hold nothing that a chart or a comparison would call a signal.

    Sparse series (mostly noughts and ones) have long runs on one side by nature; runs are not asked of them.
    """
    n = len(deviations)
    mean = sum(deviations) / n
    early, late = deviations[: n // 2], deviations[n // 2 :]
    shift = abs(sum(early) / len(early) - sum(late) / len(late)) * math.sqrt(n) / 2
    sides = [value > mean for value in deviations]
    crossings = sum(a != b for a, b in pairwise(sides))
    runs = [len(list(group)) for _, group in groupby(sides)]
    moving_sigma = sum(abs(a - b) for a, b in pairwise(deviations)) / (n - 1) / 1.128
    slope = sum((place - (n - 1) / 2) * value for place, value in enumerate(deviations)) / math.sqrt(n**3 / 12)
    return (
        max(map(abs, deviations)) < 2.2
        and max(abs(value - mean) for value in deviations) < 2.8 * moving_sigma
        and (sparse or (max(runs) < 6 and crossings >= 0.4 * n))
        and shift < 1
        and abs(slope) < 1
        and abs(sum(deviations[-6:])) < math.sqrt(6)
    )


def steady(dice: Dice, *, mean: float, n: int, total: int | None = None) -> list[int]:
    """`n` monthly counts of a process that does not change, with the sum `total` where it is given."""
    while True:
        counts = [max(0, round(mean + 0.8 * math.sqrt(mean) * dice.normal())) for _ in range(n)]
        while total is not None and sum(counts) != total:
            counts[dice.whole(0, n - 1)] += 1 if sum(counts) < total else -1
        if min(counts) >= 0 and quiet([(count - mean) / math.sqrt(mean) for count in counts]):
            return counts


def steady_years(dice: Dice, *, totals: Sequence[int]) -> list[list[int]]:
    """Twelve monthly counts for each year's total, quiet as one series as well."""
    mean = sum(totals) / (12 * len(totals))
    while True:
        years = [steady(dice, mean=total / 12, n=12, total=total) for total in totals]
        if quiet([(count - mean) / math.sqrt(mean) for year in years for count in year]):
            return years


def allotted(dice: Dice, *, flagged: int, sizes: Sequence[int]) -> list[int]:
    """How many of `flagged` records fall into each month, when `sizes` are the records of the months."""
    share = flagged / sum(sizes)
    places = [month for month, size in enumerate(sizes) for _ in range(size)]
    while True:
        found = Counter(dice.shuffled(places)[:flagged])
        spread = [math.sqrt(max(size * share * (1 - share), 0.05)) for size in sizes]
        if quiet(
            [(found[m] - size * share) / spread[m] for m, size in enumerate(sizes)], sparse=flagged < 2 * len(sizes)
        ):
            return [found[m] for m in range(len(sizes))]


def shares(weights: Sequence[float], *, total: int) -> list[int]:
    """Whole numbers in proportion to `weights` that add up to `total` (largest remainders)."""
    exact = [weight * total / sum(weights) for weight in weights]
    whole = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in order[: total - sum(whole)]:
        whole[i] += 1
    return whole


# ------------------------------------------------------------------------------------------------
# Time
# ------------------------------------------------------------------------------------------------
def first_day(month: int) -> dt.datetime:
    """First day of month 1 to 24 (and of month 25, where month 24 ends)."""
    return dt.datetime(2022 + (month + 2) // 12, (month + 2) % 12 + 1, 1)


def days_in(month: int) -> int:
    return (first_day(month + 1) - first_day(month)).days


def moment(dice: Dice, month: int, *, first: int = 1, last: int = 31) -> dt.datetime:
    """A minute of a month between 6 and 20 o'clock, from day `first` to day `last`."""
    day = dice.whole(first, min(last, days_in(month)))
    return first_day(month) + dt.timedelta(days=day - 1, hours=dice.whole(6, 19), minutes=dice.whole(0, 59))


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=round(number))


END = AS_OF + dt.timedelta(days=1)


def known(when: dt.datetime | None) -> dt.datetime | None:
    """`when`, if it had come by the as-of date."""
    return when if when is not None and when < END else None


# ------------------------------------------------------------------------------------------------
# Audits, coverage, findings, corrective actions
# ------------------------------------------------------------------------------------------------
AUDITS: list[Row] = [
    ["AU-1", "Halden Digital Services", "Surveillance 2", dt.date(2020, 6, 16), dt.date(2020, 6, 17), None, "A+B", 4,
     "P", None],  # D-12: no edition
    ["AU-2", "Halden Digital Services", "Recertification and transition", dt.date(2021, 6, 15), dt.date(2021, 6, 18),
     "ISO/IEC 20000-1:2018", "A, B, C", 8, "P", dt.date(2021, 7, 20)],
    ["AU-3", "Halden Digital Services", "Surveillance 1", dt.date(2022, 6, 14), dt.date(2022, 6, 15),
     "ISO/IEC 20000-1:2018", "HQ, Brekke", 3.5, "Q", None],
    ["AU-4", "Halden Digital Services", "Surveillance 2", dt.date(2023, 6, 13), dt.date(2023, 6, 14),
     "ISO/IEC 20000-1:2018", "A+C", 3.5, "R", None],
]  # fmt: skip
LEAD = {"AU-1": "P", "AU-2": "P", "AU-3": "Q", "AU-4": "R"}


def leaves(*lines: str) -> list[str]:
    """Clause numbers from lines of them."""
    return " ".join(lines).split()


LEAVES_2011 = leaves(
    "4.1.1 4.1.2 4.1.3 4.1.4 4.2 4.3.1 4.3.2 4.3.3 4.4.1 4.4.2 4.5.1 4.5.2 4.5.3 4.5.4.1 4.5.4.2 4.5.4.3 4.5.5.1",
    "4.5.5.2 5.1 5.2 5.3 5.4 6.1 6.2 6.3.1 6.3.2 6.3.3 6.4 6.5 6.6.1 6.6.2 6.6.3 7.1 7.2 8.1 8.2 9.1 9.2 9.3",
)
LEAVES_2018 = leaves(
    "4.1 4.2 4.3 4.4 5.1 5.2.1 5.2.2 5.3 6.1.1 6.1.2 6.1.3 6.2.1 6.2.2 6.3 7.1 7.2 7.3 7.4 7.5.1 7.5.2 7.5.3.1 7.5.3.2",
    "7.5.4 7.6 8.1 8.2.1 8.2.2 8.2.3.1 8.2.3.2 8.2.4 8.2.5 8.2.6 8.3.1 8.3.2 8.3.3 8.3.4.1 8.3.4.2 8.4.1 8.4.2 8.4.3",
    "8.5.1.1 8.5.1.2 8.5.1.3 8.5.2.1 8.5.2.2 8.5.2.3 8.5.3 8.6.1 8.6.2 8.6.3 8.7.1 8.7.2 8.7.3.1 8.7.3.2 8.7.3.3",
    "9.1 9.2.1 9.2.2 9.3 9.4 10.1.1 10.1.2 10.2",
)
LEFT_OUT_AU3 = leaves("8.2.2 8.2.5 8.4.1 8.4.2 8.4.3 8.5.2.1 8.5.2.2 8.5.2.3 8.7.1 8.7.2 8.7.3.1 8.7.3.2 8.7.3.3")
LEFT_OUT_AU4 = leaves("8.2.2 8.2.3.1 8.2.3.2 8.2.5 8.4.1 8.4.2 8.5.2.1 8.5.2.2 8.5.2.3 8.5.3")
VISITS: list[tuple[str, str, float, list[str], list[str]]] = [  # audit, site, days, leaves, left out
    ("AU-1", "A", 2.5, LEAVES_2011, []),
    ("AU-1", "B", 1.5, LEAVES_2011, []),
    ("AU-2", "A", 4, LEAVES_2018, []),
    ("AU-2", "B", 2, LEAVES_2018, []),
    ("AU-2", "C", 2, LEAVES_2018, []),
    ("AU-3", "A", 2, LEAVES_2018, LEFT_OUT_AU3),
    ("AU-3", "B", 1.5, LEAVES_2018, LEFT_OUT_AU3),
    ("AU-4", "A", 2, LEAVES_2018, LEFT_OUT_AU4),
    ("AU-4", "C", 1.5, LEAVES_2018, LEFT_OUT_AU4),
]


def coverage_rows() -> list[Row]:
    """One row per audit, site and clause; the minutes of a visit add up to its days of eight hours."""
    dice = Dice("coverage")
    rows: list[Row] = []
    for audit, site, days, leaves, left_out in VISITS:
        if rows:
            rows.append([])  # the planner leaves a blank row between visits
        examined = [leaf for leaf in leaves if leaf not in left_out]
        weights = [dice.between(1, 2) * (1.6 if leaf[0] == "8" else 1) for leaf in examined]
        spent = dict(zip(examined, shares(weights, total=round(days * DAY_MINUTES)), strict=True))
        for leaf in leaves:
            if leaf in spent:
                how = dice.pick(["record", "record", "interview", "observation"])
                rows.append([audit, site, leaf, "yes", spent[leaf], how, dice.whole(2, 9) if how == "record" else None])
            else:
                rows.append([audit, site, leaf, "no", None, None, None])
    return rows


def truth() -> list[dict[str, str]]:
    with TRUTH.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


SITE_WORDS = {  # D-10
    "A": ["HQ", "Site A", "A-Aarlund", "A"],
    "B": ["B", "B-Brekke", "Brekke "],
    "C": ["C", "NOC", "C-Corvo"],
}
GRADE_WORDS = {  # D-11
    "major": ["Major"],
    "minor": ["Minor", "mNC", "NC-B"],
    "OFI": ["OFI", "AFI"],
    "observation": ["Observation"],
    "strength": ["PF", "Strength"],
}
NUMERIC_CLAUSES = {"F003", "F004", "F005"}  # D-03
CLAUSE_CELLS: dict[str, Cell] = {
    "F040": dt.date(2003, 6, 8),  # D-04: the spreadsheet took 8.6.3 for a day
    "F043": "8.2.6\u200b",  # D-06: zero-width space
    "F044": "Cl. 8.6.1",  # D-05
    "F047": "8.5.3.",  # D-05
}
OLD_FINDINGS: list[Row] = [  # D-18: an audit of 2019 on a hidden sheet
    ["OLD-01", "AU-0", 2011, "A", "S5", "8.1", "minor", "Incident priorities not explained to the desk", "P"],
    ["OLD-02", "AU-0", 2011, "B", "S3", "9.2", "minor", "Change calendar not published", "P"],
    ["OLD-03", "AU-0", 2011, "A", None, "4.5.4.3", "minor", "Management review held late", "P"],
    ["OLD-04", "AU-0", 2011, "B", "S6", "9.1", "OFI", "CI owners could be shown in the tool", "P"],
    ["OLD-05", "AU-0", 2011, "A", "S7", "6.3.2", "OFI", "Continuity plan could name deputies", "P"],
    ["OLD-06", "AU-0", 2011, "A", None, "7.1", "strength", "Regular customer meetings", "P"],
]


def finding_rows() -> list[Row]:
    """The findings register as the provider keeps it: 60 findings, one of them twice, and a total row."""
    turn: Counter[str] = Counter()
    rows: list[Row] = []
    audit = ""
    for found in truth():
        if audit and found["audit_id"] != audit:
            rows.append([])
        audit = found["audit_id"]
        sites, grades = SITE_WORDS[found["site"]], GRADE_WORDS[found["grade"]]
        clause: Cell = CLAUSE_CELLS.get(found["finding_id"], found["clause_as_cited"])
        if found["finding_id"] in NUMERIC_CLAUSES:
            clause = float(found["clause_as_cited"])
        rows.append([
            found["finding_id"], audit, int(found["edition"]) if audit != "AU-1" else None,  # D-12
            sites[turn[found["site"]] % len(sites)], found["service"] or None, clause,
            grades[turn[found["grade"]] % len(grades)], found["statement"], LEAD[audit],
        ])  # fmt: skip
        turn.update([found["site"], found["grade"]])
    again = next(found for found in truth() if found["finding_id"] == "F005")
    rows.append(["F005 ", "AU-1 ", None, "A ", "S3 ", "7.2 ", "Major ", again["statement"] + "  ", "P "])  # D-01
    rows.append(["Total", None, None, None, None, None, None, "61 findings", None])  # D-02
    return rows


CAUSES = [
    ("Step missing in the procedure", "Gap closed for the sampled records", "Procedure changed and explained"),
    ("Responsibility not assigned", "Open cases assigned", "Role described and named"),
    ("No reminder in the tool", "Overdue cases worked off", "Reminder set up in the tool"),
    ("Requirement not known to the team", "Team informed", "Training held, attendance recorded"),
    ("Record kept outside the tool", "Records entered", "Mandatory field added"),
]
OWNERS = ["Change manager", "Service desk lead", "Configuration manager", "Supplier manager", "SMS manager"]
WITHOUT_CAUSE = {"F045", "F053"}  # no plan received yet


def action_rows() -> list[Row]:
    """The corrective-action log: one row per nonconformity; D-07, D-08 and D-09 are in the truth as well."""
    rows: list[Row] = []
    for number, found in enumerate(found for found in truth() if found["grade"] in {"major", "minor"}):
        due, completed, verified = (
            dt.date.fromisoformat(found[name]) if found[name] else None
            for name in ("ca_due", "ca_completed", "ca_verified")
        )
        plan = [None, None, None] if found["finding_id"] in WITHOUT_CAUSE else list(CAUSES[number % len(CAUSES)])
        by = ("P" if verified.year < 2022 else "Q" if verified.year == 2022 else "R") if verified else None
        rows.append([
            found["finding_id"], *plan, OWNERS[number % len(OWNERS)], due, completed, verified, by,
            "yes" if verified else None,
        ])  # fmt: skip
    return rows


# ------------------------------------------------------------------------------------------------
# Changes
# ------------------------------------------------------------------------------------------------
@dataclass(slots=True, kw_only=True)
class Change:
    """One change; standard (pre-approved) changes are handled as requests and are not in the list."""

    month: int
    site: str
    service: str
    started: dt.datetime
    emergency: bool = False
    approval: str = "before"  # before | after | missing
    outcome: str = "Successful"
    number: str = ""
    requested: dt.datetime = AS_OF
    planned: dt.datetime = AS_OF
    approved: dt.datetime | None = None
    ended: dt.datetime = AS_OF
    ci: str = ""
    incident: str | None = None


CHANGE_SERVICES = {"A": ["S1", "S2", "S4", "S5", "S7"], "B": ["S2", "S3", "S6"], "C": ["S3", "S8"]}
# Per year and site: all changes, emergencies, then unapproved at start by kind (normal approved after the
# start, emergency approved after the start, normal without any approval). Year 2 is PF-17 and PF-18:
# unapproved A 2/240, B 9/180, C 1/160; emergency 19, 36, 13. Two of B's nine are emergencies.
CHANGE_PLAN: dict[int, dict[str, tuple[int, int, int, int, int]]] = {
    1: {"A": (228, 18, 2, 0, 0), "B": (168, 21, 3, 0, 0), "C": (152, 12, 1, 0, 0)},
    2: {"A": (240, 19, 2, 0, 0), "B": (180, 36, 5, 2, 2), "C": (160, 13, 1, 0, 0)},
}


def make_changes() -> list[Change]:
    changes: list[Change] = []
    for site in CHANGE_SERVICES:
        totals = [plan[site][0] for plan in CHANGE_PLAN.values()]
        sizes = steady_years(Dice(f"number of changes {site}"), totals=totals)
        for year, plan in CHANGE_PLAN.items():
            changes += _changes_of(year, site, plan[site], sizes=sizes[year - 1])
    changes.sort(key=lambda change: (change.started, change.site))
    counter: Counter[int] = Counter()
    for change in changes:
        counter[change.started.year] += 1
        change.number = f"CHG-{change.started:%y}-{counter[change.started.year]:04d}"
    return changes


def _changes_of(year: int, site: str, numbers: tuple[int, int, int, int, int], *, sizes: Sequence[int]) -> list[Change]:
    _, emergencies, late, rushed, missing = numbers
    dice = Dice(f"changes {year} {site}")
    urgent = allotted(dice, flagged=emergencies, sizes=sizes)
    changes = []
    for place, (size, hurried) in enumerate(zip(sizes, urgent, strict=True)):
        month = 12 * (year - 1) + place + 1
        for i in range(size):
            service = dice.pick(CHANGE_SERVICES[site])
            # The last days of month 24 stay free, so that every change has ended by the as-of date.
            started = moment(dice, month, last=29)
            changes.append(Change(month=month, site=site, service=service, started=started, emergency=i < hurried))
    normal = dice.shuffled(change for change in changes if not change.emergency)
    for change in normal[:late] + dice.shuffled(change for change in changes if change.emergency)[:rushed]:
        change.approval = "after"
    for change in normal[late : late + missing]:
        change.approval = "missing"
    for place, change in enumerate(dice.shuffled(changes)):
        change.outcome = {0: "Backed out", 1: "Successful with issues"}.get(place % 25, "Successful")
    for change in changes:
        _time_change(dice, change)
    return changes


def _time_change(dice: Dice, change: Change) -> None:
    lead = dice.between(60, 600) if change.emergency else dice.between(4, 20) * 1440
    change.planned = change.started if change.emergency else change.started - minutes(dice.between(0, 20))
    change.requested = change.started - minutes(lead)
    waited = (change.planned - change.requested).total_seconds() / 60
    change.approved = change.requested + minutes(waited * dice.between(0.2, 0.9))
    change.ended = change.started + minutes(dice.between(20, 300))
    change.ci = f"{CI_PREFIX[change.service]}-{change.site}-{dice.whole(10, 89)}"
    if change.approval == "after":
        change.approved = change.started + minutes(dice.between(90, 1800))
    elif change.approval == "missing":
        change.approved = None


def change_rows(changes: Sequence[Change], *, year: int) -> list[Row]:
    dice = Dice(f"change sheet {year}")
    return [
        [
            change.number, "Emergency" if change.emergency else "Normal", change.service,
            dice.pick(SITE_WORDS[change.site]), change.requested, change.approved, change.planned, change.started,
            change.ended, change.outcome, "yes" if change.emergency else "no", change.ci, change.incident,
        ]
        for change in changes
        if (change.month > 12) == (year == 2)
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------
# Incidents
# ------------------------------------------------------------------------------------------------
@dataclass(slots=True, kw_only=True)
class Ticket:
    """One incident. Times are minutes on the provider's clock, which runs day and night."""

    service: str
    month: int
    opened: dt.datetime
    priority: str
    site: str = ""
    resolved: dt.datetime | None = None
    paused: int = 0
    target: int | None = None
    met: bool | None = None
    major: bool = False
    ci: str = ""
    category: str = ""
    number: str = ""
    file: str = ""
    change: str | None = None
    problem: str | None = None
    # The sheet details below mean nothing; they make the export look like one.
    response: int = 15
    reassigned: int = 0
    reopened: int = 0


NAMES = {
    "S1": "Managed workplace", "S2": "ERP hosting", "S3": "WAN", "S4": "E-mail", "S5": "Service desk",
    "S6": "Backup and storage", "S7": "Payments platform", "S8": "Cloud IaaS",
}  # fmt: skip
NEW_NAMES = NAMES | {"S1": "Workplace", "S7": "Payments", "S6": "Storage", "S8": "Cloud"}
SERVICE_SITES = {
    "S1": ["A"], "S2": ["A", "B"], "S3": ["B", "C"], "S4": ["A"], "S5": ["A"], "S6": ["B"], "S7": ["A"], "S8": ["C"],
}  # fmt: skip
CI_PREFIX = {"S1": "WS", "S2": "ERP", "S3": "NET", "S4": "MBX", "S5": "SD", "S6": "STO", "S7": "PAY", "S8": "CLD"}
CATEGORIES = {
    "S1": ["Hardware", "Software", "Printing", "Sign-in"],
    "S2": ["Batch job", "Interface", "Report", "Access", "Posting"],
    "S3": ["Line fault", "Latency", "Router", "Configuration"],
    "S4": ["Mailbox", "Delivery", "Client"],
    "S5": ["How-to", "Password", "Call routing", "Knowledge article"],
    "S6": ["Storage latency", "Backup job", "Capacity", "Restore"],
    "S7": ["Authorisation", "Settlement", "Interface", "Terminal"],
    "S8": ["Network", "Instance", "Image", "Access"],
}
MONTHLY_MEAN = {"S1": 12.0, "S3": 12.0, "S4": 9.0, "S6": 10.0, "S7": 7.0, "S8": 10.0}
SUPPLIER_OF = {"S3": "X", "S8": "Y"}
SUPPLIER_WORDS = {"X": "Carrier X", "Y": "Hyperscaler"}
TARGETS = {"P1": 240, "P2": 480, "P3": 4320, "P4": 14400}  # agreed with users of S1, S4 and S5 only
WITH_TARGET = ("S1", "S4", "S5")
DURATIONS = {"P1": (45, 300), "P2": (90, 1200), "P3": (240, 3600), "P4": (480, 9600)}
# PF-19: S7 twice in months 1 to 18, six times in months 19 to 24. NC-04: S4 once in year 1 and three times in
# year 2, but only once in the last six months. The other services show nothing in either comparison.
MAJOR_MONTHS = {
    "S1": [10], "S2": [4, 15, 21], "S3": [2, 11, 20], "S4": [6, 14, 17, 22], "S5": [9], "S6": [5, 13, 23],
    "S7": [5, 12, 19, 20, 21, 22, 23, 24], "S8": [3, 14, 20],
}  # fmt: skip
PEAKS = {9: (54, 15), 21: (56, 14)}  # NC-06: S2 in December, priority P2 and the others
ERP_COHORT = {22: (10, 5, 3), 23: (10, 5, 3), 24: (10, 5, 4)}  # PF-22: resolved at 4, 10, 40 hours; 15 open each
STORAGE_CLUSTER = {20: 4, 21: 4, 22: 3}  # PF-21: incidents of one CI and category, no problem record
CLUSTER_CI, CLUSTER_CATEGORY = "STO-B-04", "Storage latency"
CLUSTERS_WITH_PROBLEM = {"S8": ("CLD-C-02", "Network", 8), "S2": ("ERP-B-03", "Batch job", 9)}  # five incidents each


def priorities(dice: Dice, n: int) -> list[str]:
    """The usual mix of priorities, in an order of its own."""
    counts = shares([1.5, 10, 47, 41.5], total=n)
    return dice.shuffled(word for word, count in zip(TARGETS, counts, strict=True) for _ in range(count))


def plain_tickets(service: str) -> list[Ticket]:
    """Tickets of a service whose volume does not change over the two years."""
    dice = Dice(f"tickets {service}")
    counts = steady(dice, mean=MONTHLY_MEAN[service], n=24)
    found = [
        Ticket(service=service, month=month, opened=moment(dice, month), priority=priority)
        for month, n in zip(MONTHS, counts, strict=True)
        for priority in priorities(dice, n)
    ]
    late = allotted(dice, flagged=round(0.05 * len(found)), sizes=counts)
    for ticket in dice.shuffled(found):
        if service in WITH_TARGET:
            ticket.target = TARGETS[ticket.priority]
            missed = late[ticket.month - 1] > 0
            late[ticket.month - 1] -= 1
            factor = dice.between(1.1, 1.7) if missed else dice.between(0.1, 0.95)
            ticket.resolved = known(ticket.opened + minutes(factor * ticket.target))
            ticket.met = _tool_flag(ticket)
        else:
            ticket.resolved = known(ticket.opened + minutes(dice.between(*DURATIONS[ticket.priority])))
    return found


def _tool_flag(ticket: Ticket) -> bool | None:
    """The flag of the tool: missed as soon as the deadline has passed, met only when resolved."""
    deadline = ticket.opened + minutes((ticket.target or 0) + ticket.paused)
    if ticket.resolved is not None:
        return ticket.resolved <= deadline
    return False if deadline < END else None


def erp_tickets() -> list[Ticket]:
    """S2: December peaks (NC-06), a durable long tail, and the cohort of quarter 8 (PF-22)."""
    dice = Dice("tickets S2")
    urgent = steady(dice, mean=33, n=19)
    others = steady(dice, mean=9, n=22)
    found = []
    for month in MONTHS:
        rest = PEAKS[month][1] if month in PEAKS else others.pop(0)
        mix = ["P1"] * (month % 3 == 0) + ["P3"] * (rest // 2) + ["P4"] * (rest - rest // 2)
        for priority in dice.shuffled(mix)[:rest]:
            ticket = Ticket(service="S2", month=month, opened=moment(dice, month), priority=priority)
            ticket.resolved = known(ticket.opened + minutes(dice.between(*DURATIONS[priority])))
            found.append(ticket)
        if month in ERP_COHORT:
            found += _erp_cohort(dice, month)
        else:
            n = PEAKS[month][0] if month in PEAKS else urgent.pop(0)
            found += _erp_urgent(dice, month, n)
    return found


def _erp_urgent(dice: Dice, month: int, n: int) -> list[Ticket]:
    """P2 tickets of S2: three in ten gone in a shift, nearly half wait for the vendor's next release."""
    hours = [(3, 5), (8, 12), (30, 50), (100 * 24, 170 * 24)]
    spans = [span for span, count in zip(hours, shares([30, 15, 10, 45], total=n), strict=True) for _ in range(count)]
    found = []
    for low, high in spans:
        opened = moment(dice, month)
        resolved = known(opened + minutes(60 * dice.between(low, high)))
        found.append(Ticket(service="S2", month=month, opened=opened, priority="P2", resolved=resolved))
    return found


def _erp_cohort(dice: Dice, month: int) -> list[Ticket]:
    """PF-22: 30 resolved after 4 hours, 15 after 10, 10 after 40, 45 open for more than 72 hours."""
    hours: list[int | None] = [None] * 15
    for duration, count in zip((4, 10, 40), ERP_COHORT[month], strict=True):
        hours += [duration] * count
    found = []
    for after in hours:
        opened = moment(dice, month, last=27)
        resolved = opened + dt.timedelta(hours=after) if after else None
        found.append(Ticket(service="S2", month=month, opened=opened, priority="P2", resolved=resolved))
    return found


# S5, PF-23 and PF-24. "Settled" is a ticket whose deadline (opened + target + pause) has passed by the as-of
# date, which is also every ticket for which the tool has set its flag. Year 2 has 1000 settled tickets: 924
# opened in months 13 to 23 (all resolved) and 76 of the 100 opened in month 24 (60 in time, 4 late, 12 open
# and past their deadline). Met 915 + 60 = 975. Rescued = in time only because the clock was paused:
# 125 + 10 = 135, so 975 - 135 = 840 met on the gross clock. Paused: 135 rescued, 76 + 6 in time anyway, 2 + 1 late.
DESK_YEARS = {1: (12, 1008, 12, 136, 82, 3), 2: (11, 924, 9, 125, 76, 2)}
#                months, tickets, late, rescued, paused and in time anyway, late of which paused
DESK_LAST_MONTH = [  # kind, first and last day, number by priority
    ("rescued", 1, 12, {"P3": 6, "P4": 4}),
    ("paused", 1, 12, {"P3": 3, "P4": 3}),
    ("in time", 1, 14, {"P1": 1, "P2": 10, "P3": 20, "P4": 13}),
    ("late", 1, 8, {"P3": 2, "P4": 1}),
    ("late and paused", 1, 6, {"P4": 1}),
    ("open and late", 3, 24, {"P3": 12}),
    ("open in time", 23, 31, {"P4": 20}),
    ("open in time", 30, 31, {"P3": 4}),
]


def desk_tickets() -> list[Ticket]:
    """S5: the service desk's own incidents, with targets, pauses and the flag of the tool."""
    dice = Dice("tickets S5")
    found = []
    for year, (n_months, total, late, rescued, paused, late_paused) in DESK_YEARS.items():
        sizes = steady(dice, mean=total / n_months, n=n_months, total=total)
        totals = (late - late_paused, late_paused, rescued, paused)
        kinds = [allotted(dice, flagged=flagged, sizes=sizes) for flagged in totals]
        for place, size in enumerate(sizes):
            month = 12 * (year - 1) + place + 1
            words = ["late", "late and paused", "rescued", "paused"]
            drawn = [word for word, per_month in zip(words, kinds, strict=True) for _ in range(per_month[place])]
            drawn += ["in time"] * (size - len(drawn))
            for kind, priority in zip(drawn, priorities(dice, size), strict=True):
                found.append(_desk_ticket(dice, kind, priority, opened=moment(dice, month), month=month))
    for kind, first, last, counts in DESK_LAST_MONTH:
        for priority, count in counts.items():
            for _ in range(count):
                opened = moment(dice, LAST_MONTH, first=first, last=last)
                found.append(_desk_ticket(dice, kind, priority, opened=opened, month=LAST_MONTH))
    return found


def _desk_ticket(dice: Dice, kind: str, priority: str, *, opened: dt.datetime, month: int) -> Ticket:
    target = TARGETS[priority]
    ticket = Ticket(service="S5", month=month, opened=opened, priority=priority, target=target)
    factor = {
        "in time": (0.1, 0.95), "paused": (0.4, 0.95), "rescued": (1.1, 1.5), "late": (1.1, 1.5),
        "late and paused": (1.4, 1.7),
    }.get(kind)  # fmt: skip
    if factor:
        gross = round(target * dice.between(*factor))
        ticket.resolved = opened + minutes(gross)
        if kind == "rescued":
            ticket.paused = gross - round(target * dice.between(0.5, 0.9))
        elif kind in {"paused", "late and paused"}:
            ticket.paused = round(target * dice.between(0.1, 0.3))
    ticket.met = _tool_flag(ticket)
    return ticket


def make_tickets(changes: Sequence[Change]) -> list[Ticket]:
    """All incidents with number, file, site, configuration item and links."""
    found = [ticket for service in MONTHLY_MEAN for ticket in plain_tickets(service)] + erp_tickets() + desk_tickets()
    found.sort(key=lambda ticket: (ticket.opened, ticket.service, ticket.priority))
    _declare_majors(found)
    dice = Dice("ticket details")
    turn: Counter[str] = Counter()
    for ticket in found:
        sites = SERVICE_SITES[ticket.service]
        ticket.site = sites[turn[ticket.service] % len(sites)]  # in turn, so that no site drifts by chance
        turn[ticket.service] += 1
        ticket.response = dice.whole(2, 12) if ticket.priority == "P1" else dice.whole(5, 90)
        ticket.reassigned = dice.pick([0, 0, 0, 1, 1, 2])
        ticket.reopened = int(dice.between(0, 1) < 0.03)
    _name_items(found)
    _number(found)
    _link_changes(found, changes)
    return found


def _declare_majors(found: Sequence[Ticket]) -> None:
    """The major incidents: one in each listed month, on a ticket that was resolved within its target."""
    for service, months in MAJOR_MONTHS.items():
        for month in months:
            ticket = next(
                ticket for ticket in found
                if (ticket.service, ticket.month) == (service, month) and not ticket.paused
                and ticket.priority in {"P1", "P3"} and ticket.resolved and ticket.met is not False
            )  # fmt: skip
            ticket.major, ticket.priority = True, "P1"
            if ticket.target:
                ticket.target = TARGETS["P1"]
            ticket.resolved = ticket.opened + minutes(150)


def _name_items(found: Sequence[Ticket]) -> None:
    """Configuration items and categories: the planted clusters, and nowhere else three alike within 90 days."""
    dice = Dice("configuration items")
    _plant_clusters(dice, found)
    seen: dict[tuple[str, str], list[dt.datetime]] = defaultdict(list)
    for ticket in found:
        while not ticket.ci:
            service = ticket.service
            item = f"{CI_PREFIX[service]}-{ticket.site}-{dice.whole(10, 89)}"
            if service in WITH_TARGET:
                item = f"{CI_PREFIX[service]}-{dice.whole(10000, 14999)}"
            category = dice.pick(CATEGORIES[service])
            near = [day for day in seen[item, category] if ticket.opened - day <= dt.timedelta(days=92)]
            if len(near) < 2:
                ticket.ci, ticket.category = item, category
                seen[item, category].append(ticket.opened)


def _plant_clusters(dice: Dice, found: Sequence[Ticket]) -> None:
    for month, n in STORAGE_CLUSTER.items():
        # From 6 November to the last third of January: 11 incidents within 90 days.
        last = 24 if month == 22 else 31
        alike = [
            t for t in found
            if (t.service, t.month) == ("S6", month) and not t.major and 6 <= t.opened.day <= last
        ]  # fmt: skip
        for ticket in dice.shuffled(alike)[:n]:
            ticket.ci, ticket.category = CLUSTER_CI, CLUSTER_CATEGORY
    for service, (item, category, month) in CLUSTERS_WITH_PROBLEM.items():
        site = item.split("-")[1]
        alike = [t for t in found if t.service == service and t.month == month and t.site == site and not t.major]
        for ticket in dice.shuffled(alike)[:5]:
            ticket.ci, ticket.category = item, category


MIGRATED = 12  # D-17: the same ticket in both tools
REISSUED = 4  # D-17: the same number for different tickets


def _number(found: Sequence[Ticket]) -> None:
    """Numbers and files: annex (D-15), old tool until month 15, new tool from month 16 (D-17)."""
    annex = [t for t in found if t.service == "S5" and t.month in {7, 8, 9} and not t.major][::4]
    for place, ticket in enumerate(annex, start=1):
        ticket.number, ticket.file = f"SD22-{place:03d}", ANNEX
    old = [t for t in found if not t.file and t.month <= LAST_MONTH_OLD_TOOL]
    new = [t for t in found if not t.file and t.month > LAST_MONTH_OLD_TOOL]
    for place, ticket in enumerate(old, start=1001):
        ticket.number, ticket.file = f"INC-{place:05d}", OLD_TOOL
    for place, ticket in enumerate(new, start=9001):
        ticket.number, ticket.file = f"INC-{place:05d}", NEW_TOOL
    # In its first days the new tool ran on a number range that the old one had used.
    for place, ticket in enumerate(new[:REISSUED], start=1201):
        ticket.number = f"INC-{place:05d}"


def migrated(found: Sequence[Ticket]) -> list[Ticket]:
    """D-17: tickets of the old tool that were copied to the new one at the turn of the month."""
    return [t for t in found if t.file == OLD_TOOL and not t.major][-MIGRATED:]


def _link_changes(found: Sequence[Ticket], changes: Sequence[Change]) -> None:
    """Some incidents name the change that caused them, some emergency changes the incident they answer."""
    taken: set[int] = set()
    for place, change in enumerate(changes):
        if change.emergency and place % 3 == 0:
            window = (change.started - dt.timedelta(days=4), change.started)
        elif place % 12 == 5:
            window = (change.started, change.started + dt.timedelta(days=3))
        else:
            continue
        near = (
            t for t in found
            if (t.service, t.site) == (change.service, change.site) and window[0] <= t.opened <= window[1]
            and id(t) not in taken and not t.major and t.ci != CLUSTER_CI
        )  # fmt: skip
        ticket = next(near, None)
        if ticket is None:
            continue
        taken.add(id(ticket))
        if ticket.opened > change.started:
            ticket.change = change.number
        else:
            change.incident = ticket.number


def state_of(ticket: Ticket) -> str:
    if ticket.resolved is None:
        return "On hold" if ticket.service == "S2" and ticket.priority == "P2" else "In progress"
    return "Closed" if closed_at(ticket) else "Resolved"


def closed_at(ticket: Ticket) -> dt.datetime | None:
    """The tool closes a ticket five days after it was resolved."""
    return known(ticket.resolved + dt.timedelta(days=5)) if ticket.resolved else None


def responded_at(ticket: Ticket) -> dt.datetime:
    soonest = ticket.opened + minutes(ticket.response)
    return min(soonest, ticket.resolved) if ticket.resolved else min(soonest, END - minutes(1))


def _written(when: dt.datetime | None, form: str) -> str | None:
    return when.strftime(form) if when else None


def old_tool_rows(found: Sequence[Ticket]) -> list[Row]:
    """The archive of the old tool. D-14: text dates, day first; "First response" mixes both orders."""
    dice = Dice("old tool")
    form = "%d/%m/%Y %H:%M"
    rows: list[Row] = []
    for place, t in enumerate(ticket for ticket in found if ticket.file == OLD_TOOL):
        mixed = form if place % 2 == 0 else "%m/%d/%Y %H:%M"
        rows.append([
            t.number, _written(t.opened, form), _written(responded_at(t), mixed), _written(t.resolved, form),
            _written(closed_at(t), form), state_of(t), t.priority, NAMES[t.service],
            dice.pick(SITE_WORDS[t.site]), t.ci, t.category, "yes" if t.major else "no", t.reassigned, t.reopened,
            t.paused, t.target, None if t.met is None else "yes" if t.met else "no", t.change, t.problem,
            SUPPLIER_WORDS.get(SUPPLIER_OF.get(t.service, "")),
        ])  # fmt: skip
    return rows


def new_tool_rows(found: Sequence[Ticket]) -> list[Row]:
    dice = Dice("new tool")
    form = "%Y-%m-%d %H:%M"
    words = {"P1": "1 - Critical", "P2": "2 - High", "P3": "3 - Moderate", "P4": "4 - Low"}
    copied = {id(t) for t in migrated(found)}
    return [
        [
            t.number, _written(t.opened, form), _written(responded_at(t), form), _written(t.resolved, form),
            _written(closed_at(t), form), state_of(t), words[t.priority], NEW_NAMES[t.service],
            dice.pick(SITE_WORDS[t.site]), t.ci, t.category, str(t.major).lower(), t.reassigned, t.reopened, t.paused,
            t.target, None if t.met is None else str(t.met).lower(), t.change, t.problem,
            SUPPLIER_WORDS.get(SUPPLIER_OF.get(t.service, "")),
        ]
        for t in found
        if t.file == NEW_TOOL or id(t) in copied
    ]  # fmt: skip


def annex_rows(found: Sequence[Ticket]) -> list[Row]:
    """Tickets of the service-desk annex. D-15: its legacy site code is "NA" (north annex)."""
    form = "%d.%m.%Y %H:%M"
    words = {"P1": "Critical", "P2": "High", "P3": "Medium", "P4": "Low"}
    return [
        [
            t.number, _written(t.opened, form), _written(t.resolved, form), _written(closed_at(t), form), state_of(t),
            words[t.priority], NAMES[t.service], "HQ" if place % 4 == 3 else "NA", t.ci, t.category, t.paused, t.target,
            None if t.met is None else "Y" if t.met else "N",
        ]
        for place, t in enumerate(ticket for ticket in found if ticket.file == ANNEX)
    ]  # fmt: skip


ROOT_CAUSES = ["Software defect", "Configuration drift", "Hardware fault", "Capacity limit", "Manual step missed"]


def problem_rows(found: Sequence[Ticket], changes: Sequence[Change]) -> list[Row]:
    """Problem records; every one is linked to incidents, and none touches the storage cluster (PF-21)."""
    dice = Dice("problems")
    starts: list[list[Ticket]] = []
    for item, category, _ in CLUSTERS_WITH_PROBLEM.values():
        starts.append([t for t in found if (t.ci, t.category) == (item, category)])
    handled = {id(t) for group in starts for t in group}
    plain = [
        t for t in found if id(t) not in handled and t.category != CLUSTER_CATEGORY and t.service not in {"S1", "S5"}
        and t.month < LAST_MONTH and t.number not in _reissued_numbers(found)
    ]  # fmt: skip
    starts += [[t] for t in plain[20 :: len(plain) // 28]]
    starts.sort(key=lambda group: group[min(2, len(group) - 1)].opened)
    rows: list[Row] = []
    for place, group in enumerate(starts, start=1):
        first = group[min(2, len(group) - 1)]
        opened = first.opened + minutes(dice.between(1, 6) * 1440)
        closed = known(opened + minutes(dice.between(20, 110) * 1440))
        number = f"PRB-{place:04d}"
        for ticket in group:
            ticket.problem = number
        mending = (c.number for c in changes if closed and c.service == first.service and opened < c.started < closed)
        fix = next(mending, None)
        cause = ROOT_CAUSES[place % len(ROOT_CAUSES)] if closed else None
        rows.append([number, opened, closed, first.service, first.site, first.ci, first.category, cause, fix])
    return rows


def _reissued_numbers(found: Sequence[Ticket]) -> set[str]:
    return {number for number, n in Counter(ticket.number for ticket in found).items() if n > 1}


# ------------------------------------------------------------------------------------------------
# Service levels, outages, satisfaction
# ------------------------------------------------------------------------------------------------
# PF-25: tickets (incidents and requests of all services) handled by the service desk, met of total.
BY_PRIORITY = {
    1: {"P1": (40, 50), "P2": (255, 300), "P3": (1380, 1500), "P4": (1140, 1150)},
    2: {"P1": (42, 56), "P2": (249, 304), "P3": (1260, 1400), "P4": (3201, 3240)},
}
DESK_TARGETS = {"P1": 0.80, "P2": 0.85, "P3": 0.90, "P4": 0.98}
# PF-15 and NC-07: faults of 200 repaired within four hours by supplier X.
CARRIER_MET = [196, 197, 195, 196, 196, 197, 196, 195, 196, 197, 196, 195, 196,
               194, 192, 190, 188, 186, 184, 182, 180, 178, 176, 174]  # fmt: skip
CARRIER_TOTAL = 200
CLOUD_TOTAL, CLOUD_MISSED = 120, 21  # supplier Y: 99.2 % over 23 months
GAP = 17  # PF-30: nothing was reported for S8 in this month
FAULTS_4H, FAULTS_8H = "Faults repaired within 4 h", "Faults repaired within 8 h"


def priority_rows() -> list[Row]:
    dice = Dice("service levels by priority")
    cells: dict[tuple[int, str], tuple[int, int]] = {}
    for year, by_priority in BY_PRIORITY.items():
        for priority, (met, total) in by_priority.items():
            sizes = steady(dice, mean=total / 12, n=12, total=total)
            missed = allotted(dice, flagged=total - met, sizes=sizes)
            for place in range(12):
                cells[12 * (year - 1) + place + 1, priority] = (sizes[place] - missed[place], sizes[place])
    rows: list[Row] = []
    for month in MONTHS:
        for priority, target in DESK_TARGETS.items():
            met, total = cells[month, priority]
            percent = round(100 * met / total, 1) if total else None
            when = first_day(month).date()
            rows.append(["S5", when, "Tickets resolved within target", priority, met, total, percent, target])
    return rows


def reported(place: int, met: int, total: int) -> Cell:
    """D-13: the same column holds 0.98, 98 and "98,0 %"."""
    percent = round(100 * met / total, 1)
    return [round(percent / 100, 4), percent, f"{percent:.1f} %".replace(".", ",")][place % 3]


def supplier_rows() -> list[Row]:
    dice = Dice("supplier Y")
    months = [month for month in MONTHS if month != GAP]
    missed = allotted(dice, flagged=CLOUD_MISSED, sizes=[CLOUD_TOTAL] * len(months))
    carrier: list[Row] = [
        ["Carrier X", "S3", f"{first_day(month):%b %Y}", FAULTS_4H, met, CARRIER_TOTAL,
         reported(month, met, CARRIER_TOTAL), 0.98]
        for month, met in zip(MONTHS, CARRIER_MET, strict=True)
    ]  # fmt: skip
    cloud: list[Row] = [
        ["Hyperscaler", "S8", f"{first_day(month):%b %Y}", FAULTS_8H, CLOUD_TOTAL - late, CLOUD_TOTAL,
         reported(month, CLOUD_TOTAL - late, CLOUD_TOTAL), 0.99]
        for month, late in zip(months, missed, strict=True)
    ]  # fmt: skip
    return [*carrier, [], *cloud]


@dataclass(slots=True, kw_only=True)
class Outage:
    """One interruption of a service."""

    service: str
    start: dt.datetime
    end: dt.datetime
    planned: bool = False
    change: str | None = None

    @property
    def minutes(self) -> float:
        """Length [minutes]."""
        return (self.end - self.start).total_seconds() / 60


WITH_AVAILABILITY = ("S2", "S3", "S6", "S7", "S8")
AVAILABILITY_TARGET = 0.995
OVERLAP_MONTH, UNCOVERED_MONTH = 7, 20  # D-16 in October 2022, PF-26 in November 2023


def make_outages(changes: Sequence[Change]) -> list[Outage]:
    dice = Dice("outages")
    found = [
        # D-16: two notifications of one interruption, 180 minutes together.
        Outage(service="S6", start=dt.datetime(2022, 10, 18, 10), end=dt.datetime(2022, 10, 18, 12)),
        Outage(service="S6", start=dt.datetime(2022, 10, 18, 11), end=dt.datetime(2022, 10, 18, 13)),
        # PF-26: 12.6 + 9 minutes counted, 480 + 360 minutes left out as maintenance without a change.
        Outage(service="S6", start=dt.datetime(2023, 11, 8, 9, 14), end=dt.datetime(2023, 11, 8, 9, 26, 36)),
        Outage(service="S6", start=dt.datetime(2023, 11, 21, 15, 40), end=dt.datetime(2023, 11, 21, 15, 49)),
        Outage(service="S6", start=dt.datetime(2023, 11, 12, 8), end=dt.datetime(2023, 11, 12, 16), planned=True),
        Outage(service="S6", start=dt.datetime(2023, 11, 26, 9), end=dt.datetime(2023, 11, 26, 15), planned=True),
    ]
    kept_free = {("S6", OVERLAP_MONTH), ("S6", UNCOVERED_MONTH), ("S8", GAP)}
    for offset, service in enumerate(WITH_AVAILABILITY):
        free = [month for month in MONTHS if (service, month) not in kept_free]
        found += _unplanned(dice, service, free)
        for month in free:
            if (month + offset) % 4 == 0:
                found += _maintenance(dice, service, month, changes)
    return sorted(found, key=lambda outage: (outage.start, outage.service))


def _unplanned(dice: Dice, service: str, months: Sequence[int]) -> list[Outage]:
    """At most one short interruption a month, in its first half; without a drift in the minutes lost."""
    while True:
        lost = [round(dice.between(6, 150)) if dice.between(0, 1) < 0.65 else 0 for _ in months]
        if quiet([(down - 50) / 50 for down in lost], sparse=True):
            break
    starts = [moment(dice, month, last=14) for month in months]
    return [
        Outage(service=service, start=start, end=start + minutes(n)) for start, n in zip(starts, lost, strict=True) if n
    ]


def _maintenance(dice: Dice, service: str, month: int, changes: Sequence[Change]) -> list[Outage]:
    """A maintenance window in the second half of the month, covered by an approved normal change."""
    approved = [c for c in changes if (c.service, c.month) == (service, month) and c.approval == "before"]
    covering = [c for c in approved if c.started.day > 15 and not c.emergency]
    if not covering:
        return []
    change = dice.pick(covering)
    return [Outage(service=service, start=change.started, end=change.ended, planned=True, change=change.number)]


def outage_rows(outages: Sequence[Outage]) -> list[Row]:
    dice = Dice("outage sheet")
    return [
        [
            f"OUT-{place:03d}", o.service, o.start, o.end, 10 * dice.whole(3, 60), "yes" if o.planned else "no",
            "maintenance" if o.planned else None, o.change,
        ]
        for place, o in enumerate(outages, start=1)
    ]  # fmt: skip


def availability_rows(outages: Sequence[Outage]) -> list[Row]:
    """Availability as the provider reports it: planned windows left out, overlaps counted once."""
    rows: list[Row] = []
    for service in WITH_AVAILABILITY:
        for month in MONTHS:
            if (service, month) == ("S8", GAP):
                continue
            lost = [o for o in outages if o.service == service and not o.planned and _in_month(o, month)]
            down = 180.0 if (service, month) == ("S6", OVERLAP_MONTH) else sum(o.minutes for o in lost)
            percent = 100 * (1 - down / (days_in(month) * 1440))
            left_out = any(o.service == service and o.planned and _in_month(o, month) for o in outages)
            note = "maintenance windows not counted" if left_out else None
            when = first_day(month).date()
            rows.append([service, when, "Availability", f"{percent:.2f} %", AVAILABILITY_TARGET, note])
        rows.append([])
    return rows[:-1]


def _in_month(outage: Outage, month: int) -> bool:
    return first_day(month) <= outage.start < first_day(month + 1)


QUARTERS = range(1, 25, 3)
# NC-05: S1 320 of 400 in year 1 (2000 sent), 20 of 22 in year 2 (2000 sent).
WORKPLACE_SURVEYS = [(500, 101, 81), (500, 98, 78), (500, 103, 82), (500, 98, 79),
                     (500, 6, 6), (500, 5, 4), (500, 6, 5), (500, 5, 5)]  # fmt: skip


def csat_rows() -> list[Row]:
    dice = Dice("satisfaction")
    rows: list[Row] = []
    for service, sent, mean, share in (("S2", 160, 40, 0.80), ("S5", 400, 64, 0.86)):
        answers = [mean + dice.whole(-4, 4) for _ in QUARTERS]
        pleased = [round(n * share) + dice.whole(-2, 2) for n in answers]
        for month, n, top in zip(QUARTERS, answers, pleased, strict=True):
            rows.append([service, first_day(month).date(), sent, n, top, "1-5", "E-mail"])
    workplace: list[Row] = [
        ["S1", first_day(month).date(), sent, n, top, "1-5", "E-mail"]
        for month, (sent, n, top) in zip(QUARTERS, WORKPLACE_SURVEYS, strict=True)
    ]
    return [*workplace, *rows]


# ------------------------------------------------------------------------------------------------
# Small lists
# ------------------------------------------------------------------------------------------------
day = dt.date
CONTINUITY_TESTS: list[Row] = [
    ["S2", "B", day(2022, 5, 10), day(2022, 5, 12), 12, "Restore test", 480, 410, "RTO met"],
    ["S2", "B", day(2023, 5, 9), day(2023, 5, 9), 12, "Restore test", 480, 395, "RTO met"],
    ["S3", "C", day(2022, 10, 11), day(2022, 10, 11), 12, "Line switch-over", 60, 38, "RTO met"],
    ["S3", "C", day(2023, 10, 10), day(2023, 10, 12), 12, "Line switch-over", 60, 41, "RTO met"],
    ["S6", "B", day(2022, 9, 20), day(2022, 9, 20), 12, "Restore test", 720, 640, "RTO met"],
    ["S6", "B", day(2023, 9, 19), day(2023, 9, 19), 12, "Restore test", 720, 610, "RTO met"],
    # PF-20: last tested in February 2022, twelve months agreed; the test of 2023 was put off.
    ["S7", "A", day(2022, 2, 22), day(2022, 2, 24), 12, "Site fail-over", 120, 105, "RTO met"],
    ["S7", "A", day(2023, 2, 21), None, 12, "Site fail-over", 120, None, "put off"],
    ["S8", "C", day(2023, 4, 18), day(2023, 4, 18), 12, "Automated recovery", 240, 95, "RTO met"],
]
ORG_CHANGES: list[Row] = [  # PF-29
    ["Reorganisation of the NOC: two shifts merged", day(2024, 1, 8), "C", None, None, "8.6.1", "reorganisation"],
    ["Release project: new ERP generation", day(2024, 2, 1), None, "S2", None, "8.5.2", "project"],
    ["Contract with carrier X ends, follow-up open", day(2024, 9, 30), None, "S3", "Carrier X", "8.3.4", "supplier"],
]
CONTRACT_ROWS: list[Row] = [  # PF-16: supplier 98 %, customer 99 % on the same measure of S3
    ["CON-01", "Carrier X", None, "S3", FAULTS_4H, 0.98, day(2021, 10, 1), day(2024, 9, 30)],
    ["CON-02", "Hyperscaler", None, "S8", FAULTS_8H, 0.99, day(2022, 1, 1), day(2025, 12, 31)],
    ["SLA-03", None, "All customers", "S3", FAULTS_4H, 0.99, day(2021, 10, 1), day(2025, 9, 30)],
    ["SLA-05", None, "All customers", "S5", "Tickets resolved within target", 0.90, day(2022, 1, 1), day(2025, 12, 31)],
    ["SLA-06", None, "All customers", "S6", "Availability", 0.995, day(2022, 1, 1), day(2025, 12, 31)],
    ["SLA-08", None, "All customers", "S8", FAULTS_8H, 0.98, day(2022, 1, 1), day(2025, 12, 31)],
]
CERTIFICATES: list[Row] = [
    ["HDS-20K-2021", "Halden Digital Services", "ISO/IEC 20000-1:2018", day(2021, 7, 20), day(2024, 7, 19),
     "Workplace, ERP hosting, WAN, e-mail, service desk, storage, payments platform and cloud services"],
]  # fmt: skip
DOCUMENTS: list[Row] = [
    ["SMS scope statement", "4.1", "4.3", "SMS manager", day(2023, 9, 5), day(2024, 9, 5)],
    ["Service management policy", "3.2", "5.2.1", "Top management", day(2023, 9, 5), day(2024, 9, 5)],
    ["Service management plan", "5.0", "6.3", "SMS manager", day(2023, 11, 14), day(2024, 11, 14)],
    ["Risk register and criteria", "2.3", "6.1.2", "SMS manager", day(2023, 10, 17), day(2024, 10, 17)],
    ["Change management policy", "3.0", "8.5.1.1", "Change manager", day(2023, 8, 22), day(2024, 8, 22)],
    ["Incident and major incident procedure", "6.1", "8.6.1", "Service desk lead", day(2023, 7, 11), day(2024, 7, 11)],
    ["Problem management procedure", "2.4", "8.6.3", "Problem manager", day(2023, 7, 11), day(2024, 7, 11)],
    ["Configuration plan", "2.0", "8.2.6", "Configuration manager", day(2023, 6, 27), day(2024, 6, 27)],
    ["Service continuity plans", "4.0", "8.7.2", "Continuity manager", day(2023, 5, 16), day(2024, 5, 16)],
    ["Information security policy", "3.1", "8.7.3.1", "Security manager", day(2023, 12, 5), day(2024, 12, 5)],
    ["Internal audit programme", "2.2", "9.2.2", "Internal audit lead", day(2023, 12, 12), day(2024, 12, 12)],
    ["Service catalogue", "7.3", "8.2.4", "Catalogue owner", day(2024, 1, 23), day(2025, 1, 23)],
]
SITES: list[Row] = [  # D-10: some names are only in auditlab.toml
    ["A", "Aarlund", "HQ; A-Aarlund", "yes", 120, "Central function, service desk, payments operations"],
    ["B", "Brekke", "B-Brekke", "no", 60, "Operations and change execution"],
    ["C", "Corvo", "NOC", "no", 45, "NOC and cloud"],
]
SERVICES: list[Row] = [
    ["S1", "Managed workplace", "Workplace", "medium", "no", "A", None, 4200],
    ["S2", "ERP hosting", "ERP", "high", "no", "A+B", None, 1800],
    ["S3", "WAN", "Wide area network", "high", "no", "B+C", "X", 5200],
    ["S4", "E-mail", "Mail", "medium", "no", "A", None, 5200],
    ["S5", "Service desk", "Desk", "medium", "no", "A", None, 5200],
    ["S6", "Backup and storage", "Storage", "high", "no", "B", None, 5200],
    ["S7", "Payments platform", None, "critical", "yes", "A", None, 900],
    ["S8", "Cloud IaaS", "Cloud", "high", "no", "C", "Y", 700],
]
SUPPLIERS: list[Row] = [
    ["X", "Carrier X", "Carrier", "S3"],
    ["Y", "Cloud provider Y", None, "S8"],
]
CLIENTS: list[Row] = [["HDS", "Halden Digital Services", "Halden", "IT services", 225]]
AUDITORS: list[Row] = [
    ["P", "ISO/IEC 20000-1, ISO/IEC 27001", "English, Norwegian"],
    ["Q", "ISO/IEC 20000-1", "English"],
    ["R", "ISO/IEC 20000-1, ISO 22301", "English, German"],
]
NOTES: list[Row] = [
    ["Sheets of this workbook are kept by the SMS office."],
    ["Clause numbers of the first audit follow the standard of that time."],
    ["PF = point fort, from the French template of the group."],
]


# ------------------------------------------------------------------------------------------------
# Writing
# ------------------------------------------------------------------------------------------------
HEADER_ROW = {(PROGRAMME, "Findings"): 4, (PROGRAMME, "old"): 1}  # all other workbook sheets: row 3
HIDDEN = {(PROGRAMME, "old")}
TITLES = {
    (PROGRAMME, "Audits"): ("Halden Digital Services - audit programme", "MD = auditor-days on site"),
    (PROGRAMME, "Coverage"): ("What was looked at in each audit", "minutes on site; clauses as numbered then"),
    (PROGRAMME, "Findings"): ("Findings register", "all audits since 2020"),
    (ACTIONS, "CA log"): ("Corrective action log", "one line per nonconformity"),
    (OLD_TOOL, "Export"): ("Archive export of the old tool, all teams, made 02/04/2024", ""),
    (CHANGES_Y1, "Changes"): ("Changes April 2022 to March 2023", "without standard changes: these run as requests"),
    (CHANGES_Y2, "Changes"): ("Changes April 2023 to March 2024", "without standard changes: these run as requests"),
    (LEVELS, "By priority"): ("Service desk: tickets of all services by priority", "incidents and requests"),
    (LEVELS, "Suppliers"): ("Supplier performance", "as reported by the suppliers"),
    (LEVELS, "Availability"): ("Availability as reported to customers", "24 x 7"),
    (OUTAGES, "Outages"): ("Interruptions of service", "local time"),
}


def write_workbook(path: Path, sheets: dict[str, list[Row]]) -> None:
    """One workbook; XlsxWriter stamps its parts with a fixed day, so equal content gives equal bytes."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": path.stem, "author": "Halden Digital Services", "created": MADE})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"bold": True, "bg_color": "#DDE6EE", "border": 1}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "short date": book.add_format({"num_format": "dd.mm.yy"}),
        "share": book.add_format({"num_format": "0.0 %"}),
        "clause": book.add_format({"num_format": "0.0"}),
    }
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        place = (path.name, name)
        if place not in SHEETS:
            for number, row in enumerate(rows):
                sheet.write_string(number, 0, str(row[0]))
            continue
        _write_sheet(sheet, place, rows, formats)
        if place in HIDDEN:
            sheet.hide()
    book.close()


def _write_sheet(
    sheet: xlsxwriter.worksheet.Worksheet, place: tuple[str, str], rows: Sequence[Row], formats: dict[str, object]
) -> None:
    headers = list(SHEETS[place][1])
    top = HEADER_ROW.get(place, 3)
    if top > 1:
        title, remark = TITLES.get(place, (place[1], ""))
        sheet.write_string(0, 0, title, formats["title"])
        if remark:
            sheet.write_string(1, 0, remark)
    for column, header in enumerate(headers):
        sheet.write_string(top - 1, column, header, formats["head"])
        sheet.set_column(column, column, 60 if header.startswith("Statement") else max(11, len(header) + 2))
    for number, row in enumerate(rows, start=top):
        for column, cell in enumerate(row):
            _write_cell(sheet, (number, column), cell, headers[column], formats)


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet, place: tuple[int, int], cell: Cell, header: str, formats: dict[str, object]
) -> None:
    row, column = place
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif isinstance(cell, dt.datetime):
        sheet.write_datetime(row, column, cell, formats["time"])
    elif isinstance(cell, dt.date):
        sheet.write_datetime(row, column, cell, formats["short date" if header == "Clause" else "date"])
    else:
        shown = formats["share"] if "target" in header.lower() else formats["clause"] if header == "Clause" else None
        sheet.write_number(row, column, cell, shown)


def write_text(path: Path, rows: Sequence[Row], *, delimiter: str, encoding: str) -> None:
    headers = list(SHEETS[path.name, path.stem][1])
    with path.open("w", encoding=encoding, newline="") as target:
        writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(headers)
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


def write_all(folder: Path) -> None:
    """Write every file of the engagement but its settings into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    changes = make_changes()
    tickets = make_tickets(changes)
    problems = problem_rows(tickets, changes)  # also links the incidents
    outages = make_outages(changes)
    books: dict[str, dict[str, list[Row]]] = {
        PROGRAMME: {"Audits": AUDITS, "Coverage": coverage_rows(), "Findings": finding_rows(), "Notes": NOTES,
                    "old": OLD_FINDINGS},
        ACTIONS: {"CA log": action_rows()},
        OLD_TOOL: {"Export": old_tool_rows(tickets)},
        CHANGES_Y1: {"Changes": change_rows(changes, year=1)},
        CHANGES_Y2: {"Changes": change_rows(changes, year=2)},
        LEVELS: {"By priority": priority_rows(), "Suppliers": supplier_rows(),
                 "Availability": availability_rows(outages)},
        OUTAGES: {"Outages": outage_rows(outages)},
        SATISFACTION: {"CSAT": csat_rows()},
        CONTINUITY: {"Continuity tests": CONTINUITY_TESTS, "Organisation changes": ORG_CHANGES},
        CONTRACTS: {"Contracts": CONTRACT_ROWS, "Certificate": CERTIFICATES, "Documents": DOCUMENTS},
        PROBLEMS: {"Problems": problems},
        MASTER: {"Sites": SITES, "Services": SERVICES, "Suppliers": SUPPLIERS, "Clients": CLIENTS,
                 "Auditors": AUDITORS},
    }  # fmt: skip
    for name, sheets in books.items():
        write_workbook(folder / name, sheets)
    write_text(folder / NEW_TOOL, new_tool_rows(tickets), delimiter=",", encoding="utf-8")
    write_text(folder / ANNEX, annex_rows(tickets), delimiter=";", encoding="utf-8-sig")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the raw files of the sample engagement.")
    parser.add_argument("--output", type=Path, default=HERE / "halden", help="folder to write to")
    chosen = parser.parse_args()
    write_all(chosen.output)
    print(f"Wrote the raw files to {chosen.output}")

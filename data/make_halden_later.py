"""Write the raw files of data/halden_2025: the same provider one year on, invented like the first.

What happened between: the recertification audit AU-5 in June 2024, with all clauses at all sites. Actions that were
open were completed; some worked, some came back, some no audit has seen since. The truth is in `UPDATES`,
`NEW_FINDINGS` and `UNAPPROVED`; every number of the tests follows from them.
"""

import argparse
import datetime as dt
from collections import Counter
from pathlib import Path

import make_halden as earlier

HERE = Path(__file__).resolve().parent
OBJECTIVES = "Objectives.xlsx"
day = dt.date

earlier.SHEETS[OBJECTIVES, "Objectives"] = (
    "objectives",
    {"Objective": "objective", "Clause": "clause", "Service": "service", "Measure": "measure", "Target": "target",
     "Actual": "actual", "Measured on": "measured"},
)  # fmt: skip
earlier.TITLES |= {
    (earlier.ACTIONS, "CA log"): ("Corrective action log", "one line per nonconformity, to March 2025"),
    (earlier.CHANGES_Y1, "Changes"): ("Changes April 2023 to March 2024", "without standard changes"),
    (earlier.CHANGES_Y2, "Changes"): ("Changes April 2024 to March 2025", "without standard changes"),
}

AUDIT: earlier.Row = [
    "AU-5", "Halden Digital Services", "Recertification", day(2024, 6, 11), day(2024, 6, 13), "ISO/IEC 20000-1:2018",
    "A+B+C", 6, "Q", day(2024, 7, 15),
]  # fmt: skip
VISITS = [("AU-5", site, days, earlier.LEAVES_2018, []) for site, days in (("A", 3), ("B", 1.5), ("C", 1.5))]

# What became of the actions: due (None: as before), completed, verified.
UPDATES: dict[str, tuple[dt.date | None, dt.date | None, dt.date | None]] = {
    "F024": (None, day(2021, 9, 15), day(2024, 6, 11)),  # examined again, stayed away
    "F039": (None, day(2024, 5, 20), None),  # came back as F061
    "F040": (None, day(2022, 9, 20), None),  # came back as F062
    "F043": (None, day(2022, 9, 15), day(2024, 6, 12)),  # examined again, stayed away
    "F045": (None, day(2024, 4, 30), day(2024, 6, 12)),  # examined again, stayed away
    "F050": (None, day(2024, 5, 31), day(2024, 6, 11)),  # examined again, stayed away
    "F051": (None, day(2023, 9, 22), day(2024, 6, 13)),  # examined again, stayed away
    "F052": (None, day(2024, 4, 25), day(2024, 6, 11)),  # examined again, stayed away
    "F053": (day(2024, 6, 30), day(2024, 6, 20), None),  # completed after AU-5: no audit has seen it since
}
NEW_FINDINGS: list[dict[str, str]] = [
    {"finding_id": "F061", "site": "B", "service": "S3", "clause_as_cited": "8.5.1.3", "grade": "minor",
     "statement": "Two of twelve changes were started before approval"},
    {"finding_id": "F062", "site": "B", "service": "S6", "clause_as_cited": "8.6.3", "grade": "minor",
     "statement": "Eleven storage incidents of one item without a problem record"},
    {"finding_id": "F063", "site": "A", "service": "S3", "clause_as_cited": "8.3.4.1", "grade": "major",
     "statement": "Falling performance of the carrier was not acted upon for ten months"},
    {"finding_id": "F064", "site": "C", "service": "S8", "clause_as_cited": "8.2.6", "grade": "OFI",
     "statement": "Owners of cloud items could be shown on the board"},
    {"finding_id": "F065", "site": "A", "service": "S1", "clause_as_cited": "8.6.2", "grade": "strength",
     "statement": "Requests are explained to users before they are closed"},
]  # fmt: skip
NEW_ACTIONS: dict[str, tuple[dt.date | None, dt.date | None, dt.date | None]] = {
    "F061": (day(2024, 9, 10), day(2024, 9, 5), None),  # not tested
    "F062": (day(2024, 12, 31), None, None),  # 90 days overdue at the as-of date
    "F063": (day(2024, 9, 10), day(2024, 9, 1), day(2024, 10, 1)),  # not tested
}
# Changes per month and site, April 2023 to March 2025, and how many of them started without approval. At B: 16 of 180
# in the twelve months before September 2024, August the worst of all; 1 of 90 after it. Elsewhere the share stays.
PER_MONTH = {"A": 20, "B": 15, "C": 13}
UNAPPROVED = {
    "A": [0, 0, 1, 0, 0, 0] * 4,
    "B": [1, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 2, 1, 5, 0, 0, 0, 1, 0, 0, 0],
    "C": [0, 0, 0, 0, 0, 1] * 4,
}
SUPPLIER_MET = [174, 174, 175, 176, 178, 181, 186, 190, 194, 196, 196, 197]  # carrier X, of 200, April 2024 on
SURVEYS = [(500, 61, 49), (500, 66, 54), (500, 70, 57), (500, 72, 60)]  # S1: sent, answers, best two classes
OBJECTIVE_ROWS: list[earlier.Row] = [
    ["Users are back at work quickly", "8.6.1", "S1", "Median time to restore, priority 2", "4 h", "5.1 h",
     day(2025, 3, 31)],
    ["Carrier keeps what we promise", "8.3.4", "S3", "Faults repaired within 4 h", "99 %", "98.5 %", day(2025, 3, 31)],
    ["Be seen as a partner", None, "S2", None, None, None, None],
    ["Payments never stop", "8.7.1", "S7", "Availability", None, None, None],
    ["Staff know the policy", "5.2", None, "Share of staff asked who know it", "90 %", None, None],
]  # fmt: skip


def finding_rows() -> list[earlier.Row]:
    """The register, kept more tidily than the year before."""
    rows: list[earlier.Row] = []
    for found in [*earlier.truth(), *({"audit_id": "AU-5", "edition": "2018"} | new for new in NEW_FINDINGS)]:
        lead = (earlier.LEAD | {"AU-5": "Q"})[found["audit_id"]]
        rows.append([
            found["finding_id"], found["audit_id"], int(found["edition"]), found["site"], found["service"] or None,
            found["clause_as_cited"], found["grade"], found["statement"], lead,
        ])  # fmt: skip
    return rows


def action_rows() -> list[earlier.Row]:
    """The log of the year before with its updates, and the actions of AU-5."""
    rows = earlier.action_rows()
    for row in rows:
        if row[0] in UPDATES:
            due, completed, verified = UPDATES[str(row[0])]
            row[5:] = [due or row[5], completed, verified, "Q" if verified else None, "yes" if verified else None]
    for number, (name, (due, completed, verified)) in enumerate(NEW_ACTIONS.items()):
        rows.append([
            name, *earlier.CAUSES[number], earlier.OWNERS[number], due, completed, verified, "Q" if verified else None,
            "yes" if verified else None,
        ])  # fmt: skip
    return rows


def coverage_rows() -> list[earlier.Row]:
    """What each audit looked at; the minutes of AU-5 add up to its days of eight hours."""
    dice, rows = earlier.Dice("coverage 2024"), [row for row in earlier.coverage_rows() if row]
    for audit, site, days, leaves, _ in VISITS:
        weights = [dice.between(1, 2) * (1.6 if leaf[0] == "8" else 1) for leaf in leaves]
        spent = earlier.shares(weights, total=round(days * earlier.DAY_MINUTES))
        rows += [
            [audit, site, leaf, "yes", minutes, "record", dice.whole(2, 9)]
            for leaf, minutes in zip(leaves, spent, strict=True)
        ]
    return rows


def change_rows(*, year: int) -> list[earlier.Row]:
    """The changes of one of the two years."""
    dice, counter = earlier.Dice(f"changes {year} later"), Counter[str]()
    rows: list[earlier.Row] = []
    for place in range(12 * (year - 1), 12 * year):
        first = dt.datetime(2023 + (place + 3) // 12, (place + 3) % 12 + 1, 1)
        for site, size in PER_MONTH.items():
            for number in range(size):
                started = first + dt.timedelta(days=dice.whole(0, 27), minutes=dice.whole(360, 1200))
                approved = started - dt.timedelta(days=dice.whole(1, 9))
                counter["all"] += 1
                rows.append([
                    f"CHG-{year}-{counter['all']:04d}", "Normal", dice.pick(earlier.CHANGE_SERVICES[site]), site,
                    started - dt.timedelta(days=12), None if number < UNAPPROVED[site][place] else approved, started,
                    started, started + dt.timedelta(minutes=dice.whole(20, 300)), "Successful", "no", f"CI-{site}-01",
                    None,
                ])  # fmt: skip
    return rows


def level_rows() -> list[earlier.Row]:
    """What carrier X reported."""
    return [
        ["X", "S3", day(2024 + place // 12, place % 12 + 1, 1), earlier.FAULTS_4H, met, 200, met / 200, 0.98]
        for place, met in enumerate(SUPPLIER_MET, start=3)
    ]


def survey_rows() -> list[earlier.Row]:
    """The surveys of S1, by quarter."""
    quarters = [day(2024, 4, 1), day(2024, 7, 1), day(2024, 10, 1), day(2025, 1, 1)]
    return [["S1", quarter, *numbers, "1-5", "E-mail"] for quarter, numbers in zip(quarters, SURVEYS, strict=True)]


def write_all(folder: Path) -> None:
    """Write every file of the engagement but its settings into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    audits: list[earlier.Row] = [*earlier.AUDITS, AUDIT]
    books: dict[str, dict[str, list[earlier.Row]]] = {
        earlier.PROGRAMME: {"Audits": audits, "Coverage": coverage_rows(), "Findings": finding_rows()},
        earlier.ACTIONS: {"CA log": action_rows()},
        earlier.CHANGES_Y1: {"Changes": change_rows(year=1)},
        earlier.CHANGES_Y2: {"Changes": change_rows(year=2)},
        earlier.LEVELS: {"Suppliers": level_rows()},
        earlier.SATISFACTION: {"CSAT": survey_rows()},
        OBJECTIVES: {"Objectives": OBJECTIVE_ROWS},
        earlier.MASTER: {"Sites": earlier.SITES, "Services": earlier.SERVICES, "Suppliers": earlier.SUPPLIERS,
                         "Clients": earlier.CLIENTS, "Auditors": earlier.AUDITORS},
    }  # fmt: skip
    for name, sheets in books.items():
        earlier.write_workbook(folder / name, sheets)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the raw files of the sample engagement one year on.")
    parser.add_argument("--output", type=Path, default=HERE / "halden_2025", help="folder to write to")
    chosen = parser.parse_args()
    write_all(chosen.output)
    print(f"Wrote the raw files to {chosen.output}")

"""Write the sample portfolio ``data/portfolio``: twelve invented clients of a certification body over two years.

Days and nonconformities of each client and year are given (see `CLIENTS`). Planted facts: in 2023 only K09 differs from
the others by more than chance, K04 and K10 are the small clients with the highest and the lowest raw rate, and both
return to the common rate in 2024 without any action; K05 had its first surveillance 12 days late; K12 was not seen at
its central function in 2024; K11's certificate ended without a recertification; K03 has an action that is 548 days
overdue; K07 is written in two ways; reductions of K02 and K08 are cut by the cap. No
auditor shares a client with another, so auditors cannot be compared.

All choices come from one seed. Run ``python data/make_portfolio.py`` to write the files again: the bytes are the same
every time.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SEED = 20250331
HERE = Path(__file__).resolve().parent
AS_OF = dt.date(2025, 3, 31)
YEARS = (2023, 2024)

# code: name, sector, country, office, persons, lead auditor, days and nonconformities of each year
CLIENTS: dict[str, tuple[str, str, str, str, int, str, tuple[float, int], tuple[float, int]]] = {
    "K01": ("Kaldera Hosting", "hosting", "DE", "Nord", 180, "I. Adler", (4, 8), (4, 7)),
    "K02": ("Kamille Care IT", "health", "DE", "Nord", 60, "I. Adler", (2, 4), (2, 3)),
    "K03": ("Kanaal Logistics", "logistics", "NL", "West", 320, "B. Bakker", (6, 11), (6, 13)),
    "K04": ("Kappel Payments", "finance", "DE", "Nord", 14, "I. Adler", (1, 6), (1, 2)),
    "K05": ("Karst Utilities", "utilities", "AT", "Sued", 110, "C. Celik", (3, 6), (3, 5)),
    "K06": ("Kastell Telecom", "telecom", "AT", "Sued", 260, "C. Celik", (5, 9), (5, 10)),
    "K07": ("Kestrel Data", "hosting", "NL", "West", 55, "B. Bakker", (2, 2), (2, 4)),
    "K08": ("Kobalt Group", "finance", "DE", "Nord", 540, "D. Dahl", (8, 16), (8, 15)),
    "K09": ("Kolossus Cloud", "hosting", "NL", "West", 95, "B. Bakker", (3, 15), (3, 14)),
    "K10": ("Komet Media", "media", "AT", "Sued", 30, "C. Celik", (1.5, 0), (1.5, 3)),
    "K11": ("Konsul Public", "public", "DE", "Nord", 170, "D. Dahl", (4, 9), (4, 6)),
    "K12": ("Kurier Retail", "retail", "AT", "Sued", 75, "C. Celik", (2.5, 3), (2.5, 5)),
}
SITES = {"K03": 4, "K06": 3, "K08": 9, "K12": 1}  # besides the central function
DECISIONS = {"K05": dt.date(2022, 4, 20), "K11": dt.date(2022, 2, 21)}  # the others on 20 September 2022
FIRST_VISIT = {"K05": dt.date(2023, 5, 2), "K11": dt.date(2023, 2, 15)}  # K05: 12 days late
WITHOUT_CENTRAL = ("K12", 2024)
OVERDUE = ("K03", dt.date(2023, 9, 30))  # 548 days before the day of the review
FACTORS = {
    "K02": (("already certified to another standard", -0.15), ("low reliance on other parties", -0.15),
            ("identical shifts", -0.12)),
    "K05": (("already certified to another standard", -0.10), ("complex processes", 0.10)),
    "K08": (("combined audit", -0.20), ("identical shifts", -0.15)),
    "K12": (("already certified to another standard", -0.20),),
}  # fmt: skip
CLAUSES = (
    "4.1", "4.3", "5.2", "6.1", "6.2", "7.2", "7.5", "8.1", "8.2.4", "8.2.6", "8.3.2", "8.3.3", "8.3.4", "8.5.1",
    "8.5.3", "8.6.1", "8.6.3", "8.7.1", "8.7.2", "8.7.3", "9.1", "9.2", "9.3", "10.1", "10.2",
)  # fmt: skip
MATTERS = {
    "4": "The scope statement does not name the service added in spring.",
    "5": "The policy was not communicated to the new team.",
    "6": "Two objectives have no planned means of evaluation.",
    "7": "The record of competence lacks the change of role.",
    "8": "The record of the sample does not show the step that the own procedure asks for.",
    "9": "The planned evaluation of the half-year was not made.",
    "10": "The register of improvements gives no date for three entries.",
}
Row = list[object]


def _start(client: str, year: int, number: int) -> dt.date:
    if year == YEARS[0] and client in FIRST_VISIT:
        return FIRST_VISIT[client]
    return dt.date(year, 3, 1) + dt.timedelta(days=7 * number + (year - YEARS[0]))


def _sites(client: str, year: int) -> list[str]:
    others = [f"{client}-S{number}" for number in range(1, SITES.get(client, 0) + 1)]
    central = [] if (client, year) == WITHOUT_CENTRAL else [f"{client}-HQ"]
    # A surveillance visits 0.6 times the square root of the other sites; K12's second audit saw a branch instead.
    seen = others[:2] if central else [f"{client}-S1"]
    return central + seen


def _audit_rows() -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for number, (client, facts) in enumerate(CLIENTS.items()):
        for place, year in enumerate(YEARS):
            start = _start(client, year, number)
            days = facts[6 + place][0]
            # The second audit of K07 carries the name as the other file of the body writes it.
            name = "Kestrel Benelux" if (client, year) == ("K07", 2024) else facts[0]
            end = start + dt.timedelta(days=max(int(days) // 2, 0))
            table = round(days / (1 - min(0.3, sum(-share for _, share in FACTORS.get(client, ())))), 2)
            rows.setdefault(client, []).append([
                f"{client}-{year}", name, "surveillance", start, end, "2018", ", ".join(_sites(client, year)), days,
                facts[5], table,
            ])  # fmt: skip
    return rows


def _findings(random: np.random.Generator) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {client: [] for client in CLIENTS}
    for client, facts in CLIENTS.items():
        for place, year in enumerate(YEARS):
            grades = ["minor"] * facts[6 + place][1]
            if client in {"K03", "K09"} and grades:
                grades[0] = "major"
            grades += ["ofi"] * int(random.integers(1, 4))
            for number, grade in enumerate(grades, start=1):
                clause = str(random.choice(CLAUSES))
                site = str(random.choice(_sites(client, year)))
                rows[client].append([
                    f"{client}-{year}-{number:02}", f"{client}-{year}", site, clause, "2018", grade,
                    MATTERS[clause.split(".", maxsplit=1)[0]],
                ])  # fmt: skip
    return rows


def _actions(findings: dict[str, list[Row]], audits: dict[str, list[Row]]) -> dict[str, list[Row]]:
    ends = {audit[0]: audit[4] for rows in audits.values() for audit in rows}
    rows: dict[str, list[Row]] = {}
    for client, found in findings.items():
        for finding in (row for row in found if row[5] in {"major", "minor"}):
            end = ends[finding[1]]
            due, done = end + dt.timedelta(days=90), end + dt.timedelta(days=70)
            if client == OVERDUE[0] and finding[0] == f"{client}-2023-02":
                rows.setdefault(client, []).append([finding[0], OVERDUE[1], None, None])
            else:
                rows.setdefault(client, []).append([finding[0], due, done, done + dt.timedelta(days=10)])
    return rows


def _coverage(audits: dict[str, list[Row]]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for client, held in audits.items():
        for audit in held:
            for site in str(audit[6]).split(", "):
                rows.setdefault(client, []).extend([audit[0], site, clause, "yes"] for clause in CLAUSES)
    return rows


def _certificates() -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for client in CLIENTS:
        decision = DECISIONS.get(client, dt.date(2022, 9, 20))
        expiry = decision.replace(year=decision.year + 3) - dt.timedelta(days=1)
        rows[client] = [[f"C-{client}", "2018", decision, expiry]]
    return rows


def write(path: Path, headers: Sequence[str], rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow(headers)
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)


def write_all(folder: Path) -> None:
    """Write every file of the portfolio but its settings into `folder`."""
    random = np.random.default_rng(SEED)
    audits, findings = _audit_rows(), _findings(random)
    tables = {
        "Audits.csv": (["Audit no", "Client", "Visit", "From", "To", "Standard", "Sites visited", "MD", "Lead auditor",
                        "Table days"], audits),
        "Findings.csv": (["NCR no", "Audit no", "Site", "Clause", "Edition", "Grade", "Statement"], findings),
        "Actions.csv": (["NCR no", "Due date", "Completed", "Verified"], _actions(findings, audits)),
        "Coverage.csv": (["Audit no", "Site", "Clause", "Examined"], _coverage(audits)),
        "Certificate.csv": (["Certificate no", "Standard", "Decision", "Valid until"], _certificates()),
        "Sites.csv": (["Site", "Name", "Central"], {
            client: [[f"{client}-HQ", "Head office", "yes"],
                     *([f"{client}-S{n}", f"Branch {n}", "no"] for n in range(1, SITES.get(client, 0) + 1))]
            for client in CLIENTS}),
    }  # fmt: skip
    for name, (headers, by_client) in tables.items():
        for client, rows in by_client.items():
            write(folder / client / name, headers, rows)
    master = [
        [code, name, sector, country, office, persons]
        for code, (name, sector, country, office, persons, *_) in CLIENTS.items()
    ]
    write(folder / "Clients.csv", ["Client code", "Client name", "Sector", "Country", "Office", "Employees"], master)
    times = [
        [f"{client}-{year}", factor, share, "stated in the contract review"]
        for client, factors in FACTORS.items()
        for year in YEARS
        for factor, share in factors
    ]
    write(folder / "Audit times.csv", ["Audit no", "Factor", "Share of the table", "Justification"], times)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the raw files of the sample portfolio.")
    parser.add_argument("--output", type=Path, default=HERE / "portfolio", help="folder to write to")
    chosen = parser.parse_args()
    write_all(chosen.output)
    print(f"Wrote the raw files to {chosen.output}")

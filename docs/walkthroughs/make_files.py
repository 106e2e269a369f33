"""Write the raw files of a walk-through: ``python docs/walkthroughs/make_files.py recertification FOLDER``.

Everybody and everything in them is invented. The faults are planted on purpose, and each of them is named where it is
planted; the bytes depend on the seed alone.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

Row = Sequence[object]
BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"

SITES = (("BGO", "Bergen", "yes", 140), ("OSL", "Oslo", "no", 75), ("TOS", "Tromsø", "no", 40))
SERVICES = (
    ("S1", "Managed workplace", "medium", "BGO", 3100), ("S2", "Hosting", "high", "BGO, OSL", 1900),
    ("S3", "Network", "high", "OSL, TOS", 4200), ("S4", "Backup", "medium", "TOS", 900),
)  # fmt: skip
CLAUSES = (
    "4.1", "4.2", "4.3", "5.2.1", "6.1.1", "6.2.1", "7.2", "7.5.1", "8.2.4", "8.2.6", "8.3.2", "8.3.3", "8.3.4.1",
    "8.5.1.1", "8.5.1.3", "8.5.2.1", "8.5.3", "8.6.1", "8.6.2", "8.6.3", "8.7.1", "8.7.2", "8.7.3.2", "9.1", "9.2.1",
    "9.3", "10.1.1", "10.2",
)  # fmt: skip
MATTERS = {
    "4": "The scope does not name the service taken on in spring",
    "5": "The policy has not reached the team on night shift",
    "6": "Two objectives have no planned way to be measured",
    "7": "The record of competence lacks the change of role",
    "8": "The sampled record does not show the step the procedure asks for",
    "9": "The evaluation planned for the half-year was not made",
    "10": "Three improvements stand without a date",
}
AGAIN = (
    "Emergency changes were carried out before anybody had approved them",
    "Two emergency changes had no approval before implementation",
    "Approval of emergency changes was written down after the implementation",
    "Emergency changes were again implemented without approval",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One audit of the past."""

    number: str
    kind: str
    start: dt.date
    sites: str
    days: float
    lead: str


def recertification(folder: Path) -> None:
    """A managed-service provider before its recertification, as the certification body gets its files."""
    random = np.random.default_rng(20240611)
    audits = (
        Audit(
            number="FD-1", kind="Recertification", start=dt.date(2021, 6, 8), sites="BGO, OSL, TOS", days=6, lead="K"
        ),
        Audit(number="FD-2", kind="Surveillance 1", start=dt.date(2022, 6, 7), sites="BGO, OSL", days=3, lead="K"),
        Audit(number="FD-3", kind="Surveillance 2", start=dt.date(2023, 6, 6), sites="BGO, TOS", days=3, lead="L"),
    )
    findings = _findings(random, audits, again="OSL")
    _master(folder / "Master list.xlsx")
    book = Workbook()
    # A title over merged cells, and a total below that is no audit.
    sheet = _sheet(book, "Audits", "Fjellnett Drift: audits of this cycle", (
        "Audit no", "Visit", "From", "To", "Standard", "Sites visited", "MD", "Lead auditor", "Decision",
    ), [
        (a.number, a.kind, a.start, _end(a), "ISO/IEC 20000-1:2018", a.sites, a.days, a.lead,
         dt.date(2021, 7, 12) if a.kind == "Recertification" else None) for a in audits
    ])  # fmt: skip
    sheet.append(["Total", None, None, None, None, None, sum(a.days for a in audits)])
    rows = [list(row) for row in findings]
    rows[3][2] = "Oslo Nydalen"  # a site that no list names
    rows[5][5] = "Cat. B"  # a grade of another certification body
    rows[7][3] = dt.date(2003, 6, 8)  # 8.6.3, as the spreadsheet has read it
    rows.append(list(rows[2]))  # a row pasted twice
    # The header of the statement is known to nobody else.
    _sheet(book, "Findings", "All findings since 2021", (
        "NCR no", "Audit no", "Site", "Clause", "Standard", "Grading", "What we wrote on the form",
    ), rows)  # fmt: skip
    _save(book, folder / "Audits and findings.xlsx")
    _actions(folder / "Actions.xlsx", findings, audits, swapped=True)
    _coverage(folder / "Clauses seen.csv", random, audits)
    _changes(folder / "Changes.xlsx", random, months=24, last=dt.date(2024, 3, 31))
    _incidents(folder / "tickets.csv", random, months=24, last=dt.date(2024, 3, 31))
    _levels(folder / "Service levels.xlsx", random, months=24, last=dt.date(2024, 3, 31))


def nonconformity(folder: Path) -> None:
    """Five years of internal audits of the same provider, as its own service manager keeps them."""
    random = np.random.default_rng(20240930)
    audits = tuple(
        Audit(number=f"IA-{year % 100}-{half}", kind="Internal audit", start=dt.date(year, 3 if half == 1 else 9, 12),
              sites="BGO, OSL" if half == 1 else "OSL, TOS", days=2, lead="M" if half == 1 else "N")
        for year in range(2020, 2025) for half in (1, 2)
    )[:-1]  # fmt: skip
    findings = _findings(random, audits, again="OSL")
    _master(folder / "Stammdaten.xlsx")
    book = Workbook()
    _sheet(book, "Audits", "Internal audits", (
        "Audit no", "Audit type", "From", "To", "Standard", "Sites", "Days", "Lead",
    ), [
        (a.number, a.kind, a.start, _end(a), 2018, a.sites, a.days, a.lead) for a in audits
    ])  # fmt: skip
    rows = [list(row) for row in findings]
    rows[4][5] = "B-finding"  # a grade word of the house
    rows[6][2] = "Head office"  # a site under the name that people use
    # Two rows of headers, and a column whose header tells nobody what it is.
    sheet = _sheet(book, "NC log", "Nonconformities and improvements", (
        "NC no", "Audit no", "Site", "Clause", "Standard", "Grade", "Text",
    ), rows)  # fmt: skip
    sheet.insert_rows(2)
    sheet["A2"], sheet["D2"] = "Record", "Requirement"
    sheet.merge_cells("A2:C2")
    sheet.merge_cells("D2:G2")
    _save(book, folder / "NC log.xlsx")
    _actions(folder / "Measures.xlsx", findings, audits, swapped=False)
    _coverage(folder / "Audit coverage.csv", random, audits)
    _changes(folder / "Change calendar.xlsx", random, months=24, last=dt.date(2024, 9, 30))
    _incidents(folder / "incidents.csv", random, months=24, last=dt.date(2024, 9, 30))


def own_data(folder: Path) -> None:
    """Two lists of findings kept by hand: the current one, and an older one in words that only its author knows."""
    days = (dt.date(2023, 3, 1), dt.date(2024, 3, 4))
    clauses, grades = ("8.5.1", "8.6.1", "9.2.1", "8.7.2"), ("NC-", "NC+", "Rec")
    book = Workbook()
    _sheet(book, "Liste", "Internal audits - findings list 2023/24", (
        "No.", "Audit date", "Where", "Std. ref", "What we saw", "Class", "Who fixes it", "by when", "Done on",
        "Remark",
    ), [
        (
            number, days[number > 6], ("Bergen", "Oslo")[number % 2], clauses[number % 4],
            MATTERS["8"] if number % 2 else f"Record {number} has no owner", grades[number % 3], "A. Berg",
            days[number > 6] + dt.timedelta(days=90), dt.date(2023, 5, 2) if number in {3, 4} else None, None,
        )
        for number in range(1, 13)
    ])  # fmt: skip
    _save(book, folder / "our findings.xlsx")
    book = Workbook()
    _sheet(book, "2021", "From the old notebook", (
        "Day", "Office", "Paragraph no", "Notes from the floor", "How bad",
    ), [
        (dt.date(2021, 3, 2), "Oslo", "8.5.1", "Approvals were given by telephone only", "bad"),
        (dt.date(2021, 3, 2), "Oslo", "8.7.2", "No continuity test since the move", "bad"),
        (dt.date(2021, 3, 2), "Oslo", "9.2.1", "The programme of audits has no criteria", "idea"),
    ])  # fmt: skip
    _save(book, folder / "old notebook.xlsx")


def portfolio(folder: Path, *, clients: int = 5000) -> None:
    """The registers of a certification body: three years of all its clients, as its planning desk exports them."""
    sys.path.insert(0, str(BENCHMARKS))
    from synthetic_portfolio import make_portfolio  # noqa: PLC0415  # lies beside the benchmarks that share it

    with TemporaryDirectory() as private:
        make_portfolio(Path(private), clients=clients, years=3, seed=20180131, coverage_rows=1)
        tables = {path.stem: pd.read_parquet(path) for path in Path(private).glob("*.parquet")}
    names = tables["clients"].set_index("client")["name"]
    audits = tables["audits"].assign(client=tables["audits"]["client"].map(names))
    audits["client"] = audits["client"].replace("Client C000017", "Cliemt C000017")  # one client under two names
    findings = tables["findings"].assign(statement="See the form of the audit.")
    findings = findings.drop(columns="clause")
    findings["clause_as_cited"] = findings["clause_as_cited"].astype("object")
    findings.loc[5, "clause_as_cited"] = "2003-06-08"  # 8.6.3, as the spreadsheet has read it
    minor = findings.index[findings["grade"] == "minor"]
    # The words of an office that was bought; the first rows have questions of their own.
    findings.loc[minor[minor > 20][:200], "grade"] = "Cat. B"
    findings = pd.concat([findings, findings.loc[[9]]])  # a row pasted twice
    folder.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    columns = ("Client", "Name", "Sector", "Country", "Office", "Headcount")
    own = tables["clients"][["client", "name", "sector", "country", "office", "persons"]]
    _sheet(book, "Clients", "Clients under contract", columns, own.astype("object").to_numpy().tolist())
    _save(book, folder / "Clients.xlsx")
    # A name for the grade that is in no list: the column has to be pointed out.
    findings = findings.rename(columns={"grade": "How we called it"})
    for name, frame in {"Audits": audits, "Findings": findings, "Actions": tables["corrective_actions"],
                        "Certificates": tables["certificates"]}.items():  # fmt: skip
        frame.to_csv(folder / f"{name}.csv", index=False)


def _end(audit: Audit) -> dt.date:
    return audit.start + dt.timedelta(days=max(round(audit.days / 2) - 1, 0))


def _findings(random: np.random.Generator, audits: Sequence[Audit], *, again: str) -> list[Row]:
    """Number, audit, site, clause, standard, grade, statement; 8.5.1.3 comes back at the site `again`."""
    rows: list[Row] = []
    for audit in audits:
        sites = audit.sites.split(", ")
        if again in sites:
            told = AGAIN[sum(1 for row in rows if row[6] in AGAIN) % len(AGAIN)]
            rows.append((f"F{len(rows) + 1:03}", audit.number, again, "8.5.1.3", 2018, "Minor", told))
        for _ in range(int(random.integers(3, 6))):
            clause, grade = str(random.choice(CLAUSES)), str(random.choice(["Minor", "Minor", "OFI"]))
            matter = MATTERS[clause.split(".", maxsplit=1)[0]]
            place = str(random.choice(sites))
            rows.append((f"F{len(rows) + 1:03}", audit.number, place, clause, 2018, grade, f"{matter} ({place})"))
    return rows


def _actions(path: Path, findings: Sequence[Row], audits: Sequence[Audit], *, swapped: bool) -> None:
    ends = {audit.number: _end(audit) for audit in audits}
    last = audits[-1].number
    rows: list[list[object]] = []
    for finding in (row for row in findings if row[5] == "Minor"):
        end, back = ends[str(finding[1])], finding[3] == "8.5.1.3"
        done = None if finding[1] == last and back else end + dt.timedelta(days=50 + 7 * (len(rows) % 8))
        cause = "Approval is asked for by mail, outside the tool" if back else "Step missing in the procedure"
        rows.append([
            finding[0], cause, "Procedure explained to the team" if back else "Procedure changed", "Change manager",
            end + dt.timedelta(days=90), done, done + dt.timedelta(days=21) if done else None, "yes" if done else None,
        ])  # fmt: skip
    if swapped:  # 7 August became 8 July: day and month changed places
        rows[1][5] = dt.date(2021, 1, 8)
    book = Workbook()
    sheet = _sheet(book, "CA log", "Corrective actions", (
        "NCR no", "Root cause", "Corrective action", "Owner", "Due date", "Completed", "Verified", "Effective (y/n)",
    ), rows)  # fmt: skip
    # The owner of several rows is written once, over merged cells.
    sheet.merge_cells(start_row=4, end_row=6, start_column=4, end_column=4)
    _save(book, path)


def _coverage(path: Path, random: np.random.Generator, audits: Sequence[Audit]) -> None:
    """Semicolons and an encoding of old Windows, as a spreadsheet program of the place writes it."""
    rows: list[Row] = [("Audit no", "Site", "Clause", "Examined", "Minutes")]
    for audit in audits:
        for site in audit.sites.split(", "):
            name = {"TOS": "Tromsø"}.get(site, site)
            for clause in CLAUSES:
                seen = clause == "8.5.1.3" or random.random() < 0.75
                rows.append(
                    (audit.number, name, clause, "x" if seen else "no", int(random.integers(15, 40)) if seen else "")
                )
    _csv(path, rows, encoding="cp1252", delimiter=";")


def _changes(path: Path, random: np.random.Generator, *, months: int, last: dt.date) -> None:
    rows: list[Row] = []
    for number in range(14 * months):
        start = _moment(random, months=months, last=last)
        emergency = random.random() < 0.12
        late = emergency and random.random() < 0.5
        approved = start + dt.timedelta(hours=20) if late else start - dt.timedelta(days=float(random.uniform(1, 6)))
        service = SERVICES[int(random.integers(len(SERVICES)))]
        rows.append((
            f"C{number + 1:04}", "Emergency" if emergency else "Normal", service[1], service[3].split(", ")[0],
            start - dt.timedelta(days=9), approved.replace(microsecond=0), start,
            start + dt.timedelta(minutes=int(random.integers(10, 180))),
            "Successful" if random.random() < 0.93 else "Backed out", "yes" if emergency else "no",
        ))  # fmt: skip
    book = Workbook()
    _sheet(book, "Changes", "Change calendar", (
        "Change no", "Type", "Service", "Site", "Requested", "Approved", "Actual start", "Actual end", "Result",
        "Emergency",
    ), rows)  # fmt: skip
    _save(book, path)


def _incidents(path: Path, random: np.random.Generator, *, months: int, last: dt.date) -> None:
    header = ("Ticket", "Opened", "Resolved", "Status", "Priority", "Service", "Site", "CI", "Category", "Target (min)")
    rows: list[Row] = [header]
    for number in range(40 * months):
        opened, place = (
            _moment(random, months=months, last=last),
            int(random.choice([1, 2, 3, 4], p=[0.05, 0.2, 0.45, 0.3])),
        )
        target = (240, 480, 1440, 4320)[place - 1]
        resolved = opened + dt.timedelta(minutes=float(random.lognormal(np.log(target * 0.4), 0.8)))
        still_open = resolved.date() > last
        service = SERVICES[int(random.integers(len(SERVICES)))]
        rows.append((
            f"T{number + 1:05}", f"{opened:%d.%m.%Y %H:%M}", "" if still_open else f"{resolved:%d.%m.%Y %H:%M}",
            "Open" if still_open else "Closed", f"P{place}", service[0], service[3].split(", ")[-1],
            f"{service[0]}-{int(random.integers(1, 30)):02}", str(random.choice(["Login", "Disk", "Link", "Job"])),
            target,
        ))  # fmt: skip
    _csv(path, rows, encoding="utf-8", delimiter=",")


def _levels(path: Path, random: np.random.Generator, *, months: int, last: dt.date) -> None:
    rows: list[Row] = []
    for back in range(months):
        month = dt.date(last.year - (back + 12 - last.month) // 12, (last.month - back - 1) % 12 + 1, 1)
        for service in SERVICES:
            total = int(random.integers(60, 140))
            met = int(random.binomial(total, 0.95))
            rows.append((service[0], month, "Tickets in time", met, total, 0.95))
    # A total that would count every ticket twice.
    rows.append(("Total", None, "Tickets in time", sum(int(str(row[3])) for row in rows), None, None))
    book = Workbook()
    _sheet(book, "Levels", "Service levels by month", ("Service", "Month", "Measure", "Met", "Total", "Target"), rows)
    _save(book, path)


def _moment(random: np.random.Generator, *, months: int, last: dt.date) -> dt.datetime:
    minutes = int(random.integers(months * 30 * 24 * 60))
    return dt.datetime.combine(last, dt.time(23)) - dt.timedelta(minutes=minutes)


def _master(path: Path) -> None:
    book = Workbook()
    _sheet(book, "Sites", "Sites", ("Site", "Name", "Central", "Headcount"), SITES)
    _sheet(book, "Services", "Services", ("Service", "Name", "Criticality", "Sites", "Users"), SERVICES)
    _sheet(book, "Auditors", "Auditors", ("Auditor", "Competence", "Languages"), [
        ("K", "ISO/IEC 20000-1", "English, Norwegian"), ("L", "ISO/IEC 20000-1", "English"),
    ])  # fmt: skip
    _save(book, path)


def _sheet(book: Workbook, name: str, title: str, header: Row, rows: Sequence[Row]) -> Worksheet:
    """A sheet with a title over merged cells, an empty row, the header and the rows."""
    sheet: Worksheet = book.create_sheet(name)
    sheet.append([title])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(header))
    sheet.append([])
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    return sheet


def _save(book: Workbook, path: Path) -> None:
    book.remove(book.worksheets[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def _csv(path: Path, rows: Sequence[Row], *, encoding: str, delimiter: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


MAKERS: dict[str, Callable[[Path], None]] = {
    "recertification": recertification, "nonconformity": nonconformity, "own_data": own_data,
}  # fmt: skip


def main() -> None:
    """Write the files that the command line names."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("name", choices=[*MAKERS, "portfolio"], help="of the walk-through")
    reader.add_argument("folder", type=Path)
    reader.add_argument("--clients", type=int, default=5000, help="of the portfolio")
    given = reader.parse_args()
    if given.name == "portfolio":
        portfolio(given.folder, clients=given.clients)
    else:
        MAKERS[given.name](given.folder)


if __name__ == "__main__":
    main()

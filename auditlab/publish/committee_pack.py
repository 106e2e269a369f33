"""The pack for the impartiality committee: anonymous tables of a portfolio, and what they cannot show."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from auditlab.publish.workbook import Sheet, workbook_bytes

PACK_TABLES = (
    "benchmark", "clause_sector", "programme_summary", "audit_time_summary", "rates_over_time", "calibration_measures",
)  # fmt: skip
"""Tables of the portfolio page that name no client and no auditor."""

_TITLES = {
    "benchmark": "Benchmark", "clause_sector": "Clauses and sectors", "programme_summary": "Programme rules",
    "audit_time_summary": "Audit times", "rates_over_time": "Over time", "calibration_measures": "Auditors as a group",
}  # fmt: skip
_LIMITS = (
    "Whether any client conforms: nonconformities are what audits of a certain length found, not what there is.",
    "Why sectors, countries or years differ: scopes, auditors and editions differ with them.",
    "Anything about one client, one auditor or one office: numbers about fewer clients than stated are suppressed.",
    "Whether clients who left the portfolio were like those who stayed.",
    "Whether a broken programme rule had been agreed with the accreditation body.",
)


def committee_pack(tables: Path, *, name: str, as_of: date, least: int) -> bytes:
    """The workbook of the committee.

    Parameters
    ----------
    tables : Path
        Folder of the tables of the run.
    name : str
        Name of the portfolio.
    as_of : date
        Day of the review.
    least : int
        Fewest clients that a number may be about; smaller groups are left out [count].

    Returns
    -------
    bytes
        An .xlsx file: what cannot be concluded, then a sheet a table.
    """
    heading = f"{name}: {{}} as of {as_of.isoformat()}; numbers about fewer than {least} clients are suppressed"
    limits = pd.DataFrame({"limit": _LIMITS})
    sheets = [
        Sheet(title="Read first", heading=heading.format("what cannot be concluded"), frame=limits,
              labels={"limit": "Cannot be concluded from these tables"})
    ]  # fmt: skip
    for table in PACK_TABLES:
        frame = _anonymous(pd.read_csv(tables / f"{table}.csv", keep_default_na=False, dtype="str"), table, least=least)
        labels = {column: column.replace("_", " ") for column in frame.columns}
        title = _TITLES[table]
        sheets.append(Sheet(title=title, heading=heading.format(title.lower()), frame=frame, labels=labels))
    return workbook_bytes(sheets, title=f"Committee pack as of {as_of.isoformat()}")


def _anonymous(frame: pd.DataFrame, table: str, *, least: int) -> pd.DataFrame:
    """`frame` without what could be about one client, office or auditor."""
    if table == "audit_time_summary":
        return frame[frame["office"] == "all"].drop(columns="office")
    if table == "rates_over_time":
        return frame[pd.to_numeric(frame["clients"]) >= least]
    if table == "programme_summary":
        few = pd.to_numeric(frame["clients"]).between(1, least - 1)
        masked = frame.assign(
            clients=frame["clients"].mask(few, f"1 to {least - 1}"), longest_days=frame["longest_days"].mask(few, "")
        )
        # The counts of cases that few clients made would say as much.
        return masked.assign(broken=frame["broken"].mask(few, "few"), kept=frame["kept"].mask(few, ""))
    if table == "calibration_measures":
        return frame.drop(columns="note")
    return frame

"""The pack for the impartiality committee: anonymous tables of a portfolio, and what they cannot show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from auditlab.publish.workbook import Sheet, workbook_bytes

PACK_TABLES = (
    "benchmark", "clause_sector", "programme_summary", "audit_time_summary", "rates_over_time", "calibration_measures",
)  # fmt: skip
"""Tables of the portfolio page that name no client and no auditor."""

SUPPRESSED = "suppressed"

_TITLES = {
    "benchmark": "Benchmark", "clause_sector": "Clauses and sectors", "programme_summary": "Programme rules",
    "audit_time_summary": "Audit times", "rates_over_time": "Over time", "calibration_measures": "Auditors as a group",
}  # fmt: skip
_LIMIT_WIDTH = 120  # [characters]: one line a sentence, and a heading that is not cut off in print
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
              labels={"limit": "Cannot be concluded from these tables"}, widths={"limit": _LIMIT_WIDTH})
    ]  # fmt: skip
    for table in PACK_TABLES:
        frame = anonymous(_read(tables / f"{table}.csv"), table, least=least)
        labels = {column: column.replace("_", " ") for column in frame.columns}
        title = _TITLES[table]
        sheets.append(Sheet(title=title, heading=heading.format(title.lower()), frame=frame, labels=labels))
    return workbook_bytes(sheets, title=f"Committee pack as of {as_of.isoformat()}")


def _read(path: Path) -> pd.DataFrame:
    """A table as the run wrote it; a clause or an edition stays text."""
    text = dict.fromkeys(("clause", "half_year"), "str")
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=text)


def anonymous(frame: pd.DataFrame, table: str, *, least: int) -> pd.DataFrame:
    """The table `table` without what is about fewer than `least` clients or auditors, or follows from what is shown.

    Extremes (the longest delay, the highest sum of reductions) are about one client each and are left out.

    Parameters
    ----------
    frame : DataFrame
        The table of the run.
    table : str
        One of `PACK_TABLES`.
    least : int
        Fewest clients, or auditors, that a number may be about [count].
    """
    if table == "audit_time_summary":
        whole = frame[frame["office"] == "all"].drop(columns=["office", "highest_sum", "unjustified"])
        shown = _masked(whole, whole["clients"] < least, ["audits", "clients", "capped", "share", "low", "high"])
        parts = _few_of(whole["clients_capped"], whole["clients"], least=least)
        return _masked(shown, parts, ["capped", "share", "low", "high"]).drop(columns="clients_capped")
    if table == "rates_over_time":
        return _masked(frame, course_suppressed(frame["clients"], least=least), frame.columns.drop("half_year"))
    if table == "programme_summary":
        plain = frame.drop(columns=["longest_days", "open"])
        few = plain["clients_asked"] < least
        parts = _few_of(plain["clients"], plain["clients_asked"], least=least)
        shown = _masked(plain, few, ["cases", "clients_asked"])
        return _masked(shown, few | parts, ["kept", "broken", "clients"])
    if table == "calibration_measures":
        counts = ["comparable", "between", "within", "icc", "median_odds_ratio"]
        shown = _masked(frame.drop(columns="note"), frame["comparable"] < least, counts)
        return _masked(shown, frame["auditors"] < least, ["auditors"])
    return frame


def course_suppressed(clients: pd.Series, *, least: int) -> pd.Series:
    """Which rows of a course are not shown: the small ones and, so that no total less the others shows them, one more.

    The same clients may stand behind several small rows, so that together they are about no more than one of them: the
    further row is about enough clients by itself.
    """
    hidden = clients < least
    large = clients[~hidden]
    return hidden | (clients.index == large.idxmin()) if hidden.any() and len(large) else hidden


def _few_of(part: pd.Series, whole: pd.Series, *, least: int) -> pd.Series:
    """Where a part, or what is left of the whole without it, is about some but fewer than `least`."""
    return part.between(1, least - 1) | (whole - part).between(1, least - 1)


def _masked(frame: pd.DataFrame, rows: pd.Series, columns: Iterable[str]) -> pd.DataFrame:
    """`frame` without the numbers of `columns` in `rows`."""
    return frame.assign(**{column: frame[column].astype("object").mask(rows, SUPPRESSED) for column in columns})

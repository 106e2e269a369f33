"""The calendar of continuity tests: what is due, what was tested, and whether recovery was quick enough."""

from __future__ import annotations

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Row
from auditlab.signals.groups import UNNAMED
from auditlab.tables import Tables

DAYS_PER_MONTH = 365.25 / 12


def continuity_figures(tables: Tables, *, as_of: pd.Timestamp, confidence: float = 0.95) -> list[Row]:
    """Months overdue by service, services on schedule, tests within the recovery time objective.

    Parameters
    ----------
    tables : Tables
        Uses continuity_tests and findings.
    as_of : Timestamp
        Day of the review.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures.
    """
    tests = tables.continuity_tests
    day = f"{as_of:%Y-%m-%d}"
    nameless = int(tests["service"].isna().sum())
    rows = [_of_no_service(nameless, period=day)] if nameless else []
    overdue = []
    for service, own in tests.dropna(subset=["service"]).groupby("service", sort=True):
        row = _overdue(own, str(service), tables.findings, as_of=as_of)
        rows.append(row)
        overdue.append(row["value"])
    known = [value for value in overdue if value is not None]
    if known:
        in_time = sum(float(str(value)) <= 0 for value in known)
        note = f"{len(overdue) - len(known)} services without an interval or a test are left out"
        rows.append(
            frames.share("continuity_test_on_schedule", in_time, len(known), period=day, confidence=confidence,
                         note=note if len(known) < len(overdue) else "")
        )  # fmt: skip
    measured = tests.dropna(subset=["done", "rto_minutes", "achieved_minutes"])
    if len(measured):
        kept = int((measured["achieved_minutes"] <= measured["rto_minutes"]).sum())
        left = int(tests["done"].notna().sum()) - len(measured)
        note = f"{left} tests done without a measured time are left out" if left else ""
        rows.append(
            frames.share("rto_achieved_in_test", kept, len(measured), period=f"up to {day}", confidence=confidence,
                         note=note)
        )  # fmt: skip
    return rows


def _of_no_service(tests: int, *, period: str) -> Row:
    note = f"{tests} tests name no service: what they say about the calendar of a service cannot be known"
    return frames.figure("continuity_test_overdue", None, n=tests, note=note, period=period, service=UNNAMED)


def _overdue(own: pd.DataFrame, service: str, findings: pd.DataFrame, *, as_of: pd.Timestamp) -> Row:
    done = own["done"].max()
    dated = own.assign(at=own["done"].fillna(own["planned"])).sort_values(
        ["at", "interval_months"], na_position="first"
    )
    months = dated["interval_months"].dropna()
    cited = _nonconformities(findings, service)
    linked = f"; findings at 8.7.2 for this service: {' '.join(cited)}" if cited else ""
    day = f"{as_of:%Y-%m-%d}"
    if pd.isna(done) or months.empty:
        what = "no test on record" if pd.isna(done) else "no agreed interval on record"
        return frames.figure(
            "continuity_test_overdue", None, note=f"{what}: cannot be known{linked}", period=day, service=service
        )
    due = pd.Timestamp(done) + pd.DateOffset(months=int(months.iloc[-1]))
    missed = own[own["done"].isna() & (own["planned"] <= as_of)]
    planned = f"; planned for {missed['planned'].max():%Y-%m-%d}, not done" if len(missed) else ""
    value = round((as_of - due) / pd.Timedelta(days=1) / DAYS_PER_MONTH, 2)
    note = f"last test {done:%Y-%m-%d}, next due {due:%Y-%m-%d}{planned}{linked}"
    return frames.figure(
        "continuity_test_overdue", value, n=len(own), method="calendar", note=note, period=day, service=service
    )


def _nonconformities(findings: pd.DataFrame, service: str) -> list[str]:
    about = findings["clause"].str.startswith("8.7.2", na=False) & (findings["service"] == service)
    graded = findings["grade"].isin(["major", "minor"])
    return sorted(findings.loc[about & graded, "finding_id"])

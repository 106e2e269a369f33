"""What is open: the backlog at month ends, its age, and whether more comes in than goes out."""

from __future__ import annotations

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.frames import Row
from auditlab.signals.groups import groups_of
from auditlab.signals.periods import Period, last_months


def backlog_figures(
    incidents: pd.DataFrame, *, recorded: Period, as_of: pd.Timestamp, cut_off: pd.Timestamp
) -> list[Row]:
    """Open incidents at the end of each of the last twelve recorded months, age at the cut-off, net flow, by service.

    Parameters
    ----------
    incidents : DataFrame
        Canonical incidents.
    recorded : Period
        Months with records.
    as_of, cut_off : Timestamp
        Day of the review and its end.

    Returns
    -------
    list of dict
        Rows of the table of key figures. The backlog is recomputed from dates; what was opened before the records
        begin is not in it.
    """
    known = incidents.dropna(subset=["opened"])
    # After the end of an extract nothing is known to be open or restored.
    year = last_months(min(as_of, recorded.after - pd.Timedelta(days=1)), 12)
    months = [month + pd.DateOffset(months=1) for month in year.months if month >= recorded.first]
    rows: list[Row] = []
    for service, own in groups_of(known, "service"):
        for end in months:
            left = int(((own["opened"] < end) & ~(own["resolved"] < end)).sum())
            label = f"{end - pd.Timedelta(days=1):%Y-%m}"
            rows.append(
                frames.figure("backlog_open", left, k=left, period=label, service=service, method="count of dates")
            )
        rows += _age(own, service, cut_off=cut_off, label=f"{as_of:%Y-%m-%d}")
        if year.first >= recorded.first:
            opened, resolved = (int(year.holds(own[name]).sum()) for name in ("opened", "resolved"))
            note = f"{opened} opened, {resolved} restored"
            rows.append(
                frames.figure("net_flow", opened - resolved, period=year.label, service=service,
                              method="count of dates", note=note)
            )  # fmt: skip
    return rows


def _age(own: pd.DataFrame, service: str, *, cut_off: pd.Timestamp, label: str) -> list[Row]:
    left = own[own["resolved"].isna() | (own["resolved"] >= cut_off)]
    if left.empty:
        return []
    days = (cut_off - left["opened"]).dt.total_seconds() / 86_400
    note = f"nine in ten are younger than {days.quantile(0.9):.0f} days"
    return [
        frames.figure("backlog_age", float(days.median()), n=len(left), period=label, service=service,
                      method="median of the open", note=note)
    ]  # fmt: skip

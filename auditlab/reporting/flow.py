"""Where the time of incidents goes: waiting, paused, or neither, and what stays open.

Waiting and pauses have a time on record. Of what is left no record tells what happened in it: for incidents that were
handed on it is told apart, and never called a bottleneck.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab.history.cells import number_of
from auditlab.signals.frames import ALL
from auditlab.signals.periods import Period, cut_off, last_months
from auditlab.signals.review import with_a_service
from auditlab.tables import Tables

STAGE_DTYPES = {
    "service": "str", "period": "str", "n": "Int64", "hours": "Float64", "waiting": "Float64", "paused": "Float64",
    "handed_on": "Float64", "in_hand": "Float64", "bottleneck": "str", "left_out": "Int64", "note": "str",
}  # fmt: skip
FLOW_DTYPES = {
    "service": "str", "period": "str", "due": "Int64", "reported": "Float64", "within_target": "Float64",
    "gross": "Float64",
    "gross_low": "Float64", "gross_high": "Float64", "pause_share": "Float64", "reassigned": "Float64",
    "bottleneck": "str", "opened_less_restored": "Int64", "backlog": "Int64", "backlog_age": "Float64", "said": "str",
}  # fmt: skip

STAGES = ("waiting", "paused", "handed_on", "in_hand")
STAGE_WORDS = {"waiting": "waiting", "paused": "paused", "handed_on": "handed on", "in_hand": "in hand"}
TIMED = ("waiting", "paused")
"""Stages whose time is on record; only these can be called a bottleneck."""
NONE_TIMED = "none on record"
NOTICEABLE = 0.05
"""Difference of the attainment with and without pauses from which it is told [share]."""
FEW_OPEN = 5
"""Open incidents below which their age and number say nothing about the flow [count]."""


def stage_shares(tables: Tables, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Where the time of restored incidents went.

    Parameters
    ----------
    tables : Tables
        Uses incidents.
    as_of : Timestamp
        Day of the review.

    Returns
    -------
    DataFrame
        By service, of the incidents opened in the last twelve months and restored: ``n, hours`` in all, the shares
        ``waiting`` (to the first response), ``paused`` (clock stopped), ``handed_on`` (the rest of incidents that
        changed hands at least once; no record tells how long a change took) and ``in_hand`` (the rest of the others)
        [0-1], ``bottleneck`` (the largest of them, where its time is on record),
        ``left_out`` (a time of a recorded stage is missing, or times contradict each other), ``note`` (how many of
        which). The shares add up to 1. A stage that is not recorded is missing, and its time lies in the last one. In
        hand is not worked on: no record tells when somebody worked. Records tell how long a clock stood, and not when:
        a pause is taken to follow the first response as far as it fits there, and to be part of the wait beyond that.
        An empty pause is none, as in the key figures.
    """
    incidents, period = with_a_service(tables).incidents, last_months(as_of, 12)
    restored = incidents[period.holds(incidents["opened"]) & (incidents["resolved"] < cut_off(as_of))]
    rows = [_stages(str(service), own, period) for service, own in restored.groupby("service", sort=True)]
    return pd.DataFrame(rows, columns=list(STAGE_DTYPES)).astype(STAGE_DTYPES)


def _stages(service: str, own: pd.DataFrame, period: Period) -> dict[str, object]:
    elapsed = own["resolved"].sub(own["opened"]).dt.total_seconds() / 60
    waiting = own["first_response"].sub(own["opened"]).dt.total_seconds() / 60
    paused, handed = own["paused_minutes"].astype("float64"), own["reassignments"]
    recorded = [name for name, known in zip(STAGES, (waiting, paused, handed), strict=False) if known.notna().any()]
    absent = [name for name in STAGES[:3] if name not in recorded]
    silent = {name: known.isna() for name, known in (("waiting", waiting), ("handed_on", handed)) if name in recorded}
    silent["contradicting"] = ~(elapsed > 0) | ~waiting.fillna(0).between(0, elapsed)
    silent["contradicting"] |= ~paused.fillna(0).between(0, elapsed)
    usable = ~pd.concat(silent, axis=1).any(axis=1)
    n, total = int(usable.sum()), float(elapsed[usable].sum())
    notes = [f"{number} left out: {_WHY[why]}" for why, number in _counted(silent).items()]
    row: dict[str, object] = {"service": service, "period": period.label, "n": n, "left_out": len(own) - n}
    if not n:
        return row | {"note": "; ".join(["no incident with usable times", *notes])}
    times = pd.DataFrame({"elapsed": elapsed, "waiting": waiting.fillna(0), "paused": paused.fillna(0)})[usable]
    after = times["paused"].clip(upper=times["elapsed"] - times["waiting"])
    rest = times["elapsed"] - times["waiting"] - after
    minutes = {"waiting": times["waiting"], "paused": after, "handed_on": rest.where(handed[usable].fillna(0) > 0, 0)}
    shares = {name: float(minutes[name].sum()) / total for name in recorded}
    shares["in_hand"] = max(0.0, 1 - sum(shares.values()))
    if absent:
        notes.append(f"not recorded: {', '.join(STAGE_WORDS[name] for name in absent)}; it is part of in hand")
    blank, within = int(paused[usable].isna().sum()), int((after < times["paused"]).sum())
    if "paused" in recorded and blank:
        notes.append(f"{blank} of {n} without an entry for pauses: taken as none")
    if within:
        notes.append(f"in {within} of {n} the pause reaches into the wait for a response: that part counts as waiting")
    largest = max(shares, key=lambda name: shares[name])
    neck = STAGE_WORDS[largest] if largest in TIMED else NONE_TIMED
    return row | shares | {"hours": round(total / 60, 1), "bottleneck": neck, "note": "; ".join(notes)}


_WHY = {
    "waiting": "no first response", "handed_on": "no count of changed hands",
    "contradicting": "times that contradict each other",
}  # fmt: skip


def _counted(silent: Mapping[str, pd.Series]) -> dict[str, int]:
    """Rows by the first reason that leaves them out; reasons without a row are not in the result."""
    left = pd.concat(silent, axis=1)
    first = left[left.any(axis=1)].idxmax(axis=1).value_counts()
    return {why: int(first[why]) for why in silent if why in first}


def flow_view(tables: Tables, kpis: pd.DataFrame, stages: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Each service in one line: reported and gross attainment, hands changed, the bottleneck, and what stays open.

    Parameters
    ----------
    tables : Tables
        Uses incidents.
    kpis : DataFrame
        Key figures of ``signals.service_signals``.
    stages : DataFrame
        Result of `stage_shares`.
    as_of : Timestamp
        Day of the review.

    Returns
    -------
    DataFrame
        By service, of the last twelve months: ``due`` incidents with a target, the share ``reported`` within target by
        the tool, ``within_target`` (from the times, pauses deducted), ``gross`` (no pause deducted, with its Wilson
        interval), ``pause_share`` (incidents with a pause), ``reassigned`` (incidents that changed hands) [0-1],
        ``bottleneck``, ``opened_less_restored`` [count], ``backlog`` (open on the day), ``backlog_age`` (their median)
        [days], ``said``. What is not recorded is missing.
    """
    year = last_months(as_of, 12)
    incidents = with_a_service(tables).incidents
    opened = incidents[year.holds(incidents["opened"])]
    by_service = stages.set_index("service")
    rows = []
    for service, own in opened.groupby("service", sort=True):
        name = str(service)
        figures = _Figures(kpis[kpis["service"] == name], year)
        hands = own["reassignments"].dropna()
        row: dict[str, object] = {
            "service": name, "period": figures.period, "due": figures.of("gross_attainment", "n"),
            "reported": figures.of("resolution_attainment_reported"),
            "within_target": figures.of("resolution_attainment_settled"), "gross": figures.of("gross_attainment"),
            "gross_low": figures.of("gross_attainment", "low"), "gross_high": figures.of("gross_attainment", "high"),
            "pause_share": figures.of("pause_share"), "reassigned": float((hands > 0).mean()) if len(hands) else pd.NA,
            "bottleneck": by_service["bottleneck"].get(name, ""), "opened_less_restored": figures.of("net_flow"),
            "backlog": figures.of("backlog_open", period=f"{year.months[-1]:%Y-%m}"),
            "backlog_age": figures.of("backlog_age", period=f"{as_of:%Y-%m-%d}"),
        }  # fmt: skip
        rows.append(row | {"said": _said(row, handed=number_of(by_service["handed_on"].get(name)))})
    return pd.DataFrame(rows, columns=list(FLOW_DTYPES)).astype(FLOW_DTYPES)


class _Figures:
    """The key figures of one service over all priorities."""

    def __init__(self, kpis: pd.DataFrame, year: Period) -> None:
        self._rows = kpis[kpis["priority"].isna() | kpis["priority"].isin(["", ALL])]
        self.period = _period(self._rows["period"], year)

    def of(self, kpi: str, column: str = "value", *, period: str | None = None) -> object:
        """One cell; missing where there is no such figure."""
        rows = self._rows
        found = rows.loc[(rows["kpi"] == kpi) & (rows["period"] == (period or self.period)), column]
        return found.iloc[0] if len(found) else pd.NA


def _period(labels: pd.Series, year: Period) -> str:
    """The last year; where the records begin later, what they hold of it."""
    first, last = year.label.split("/")
    inside = {label for label in labels if label.endswith(f"/{last}") and label >= first}
    return min(inside, default=year.label)


def _said(row: dict[str, object], *, handed: float | None) -> str:
    told = []
    names = ("within_target", "gross", "opened_less_restored", "backlog", "backlog_age")
    within, gross, more, backlog, age = (number_of(row[name]) for name in names)
    if within is not None and gross is not None and within - gross >= NOTICEABLE:
        told.append(f"{100 * within:.1f} % within target with pauses deducted, {100 * gross:.1f} % without")
    if handed:
        told.append(
            f"handed on at least once: {100 * handed:.1f} % of the time of tickets (without waiting and pauses; "
            "how long a change of hands took is not on record)"
        )
    if more is not None and more >= FEW_OPEN:
        told.append(f"{more:.0f} more opened than restored")
    if age is not None and backlog is not None and backlog >= FEW_OPEN:
        told.append(f"half of the open ones are older than {age:.0f} days")
    return "; ".join(told)

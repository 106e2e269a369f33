"""Key figures of incidents that are sums of counts: one small function for each, over the monthly counts.

Every function takes the counts of one group and period, added up, and gives the rows of the table of key figures.
Figures that need the durations themselves are in `restoration`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from auditlab.signals import frames
from auditlab.signals.engine import COUNTS
from auditlab.signals.frames import Cut, Row
from auditlab.signals.groups import named
from auditlab.signals.periods import Period, review_periods, running_month


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The counts of one group of incidents in one period."""

    counts: Mapping[str, float]
    period: Period
    confidence: float
    users: float | None = None  # of the service [count]
    cut: Cut = field(default_factory=Cut)

    def count(self, name: str) -> int:
        """One of the counts."""
        return int(self.counts[name])

    @property
    def impossible(self) -> str:
        """How many incidents with a target have times that no target can be held against; empty for none."""
        return frames.leaves_out(self.count("impossible"), frames.BEFORE_OPENED)

    def share(self, kpi: str, k: str, n: str, *, note: str = "") -> Iterator[Row]:
        """The proportion of two counts; no row where the denominator is 0."""
        if self.count(n):
            yield frames.share(
                kpi, self.count(k), self.count(n), period=self.period.label, confidence=self.confidence, note=note,
                **self.cut,
            )  # fmt: skip

    def rate(self, kpi: str, k: int, exposure: float, *, scale: float = 1.0, note: str = "") -> Iterator[Row]:
        """Events per exposure; no row without exposure."""
        if exposure:
            yield frames.rate(
                kpi, k, exposure, scale=scale, period=self.period.label, confidence=self.confidence, note=note,
                **self.cut,
            )  # fmt: skip

    def figure(self, kpi: str, value: float | None, **rest: object) -> Iterator[Row]:
        """A figure without interval, or with one that the caller knows."""
        yield frames.figure(kpi, value, period=self.period.label, **rest, **self.cut)  # type: ignore[arg-type]  # passed on


def resolution_attainment_settled(group: Group) -> Iterator[Row]:
    """Met of settled; open incidents whose deadline has passed are in the denominator."""
    yield from group.share("resolution_attainment_settled", "settled_met", "settled", note=group.impossible)


def resolution_attainment_reported(group: Group) -> Iterator[Row]:
    """As the tool flags it, on the settled ones that carry a flag."""
    yield from group.share("resolution_attainment_reported", "reported_met", "reported", note=group.impossible)


def gross_attainment(group: Group) -> Iterator[Row]:
    """Without pauses, with the distance to the reported figure as a trigger for sampling."""
    n, met, reported = (group.count(name) for name in ("settled", "settled_gross", "reported_met"))
    notes = [group.impossible]
    if n and group.count("reported"):
        gap = 100 * (reported / group.count("reported") - met / n)
        notes.append(f"reported minus gross: {gap:+.1f} percentage points; a large gap is a reason to sample pauses")
    yield from group.share("gross_attainment", "settled_gross", "settled", note="; ".join(filter(None, notes)))


def pause_share(group: Group) -> Iterator[Row]:
    """How many clocks were stopped."""
    yield from group.share("pause_share", "settled_paused", "settled_pause_known", note=group.impossible)


def open_share(group: Group) -> Iterator[Row]:
    """Not restored at the cut-off."""
    left = dict(group.counts) | {"left": group.counts["opened"] - group.counts["resolved"]}
    yield from Group(counts=left, period=group.period, confidence=group.confidence, cut=group.cut).share(
        "open_share", "left", "opened"
    )


def reopen_rate(group: Group) -> Iterator[Row]:
    """Reopened of restored."""
    yield from group.share("reopen_rate", "reopened", "reopen_known")


def reassignment_mean(group: Group) -> Iterator[Row]:
    """Reassignments per incident."""
    yield from group.rate("reassignment_mean", group.count("reassignments"), group.count("reassignment_known"))


def mttr_elapsed_mean(group: Group) -> Iterator[Row]:
    """The mean of the restored, with the number that it leaves out."""
    k, n = group.count("timed"), group.count("opened")
    if k:
        note = f"leaves out {n - k} of {n}, which are not restored or have no usable times" if n > k else ""
        yield from group.figure(
            "mttr_elapsed_mean", group.counts["resolved_hours"] / k, k=k, n=n, method="mean of the restored", note=note
        )


def mtta(group: Group) -> Iterator[Row]:
    """The mean of the stated responses, with the share that states one."""
    k, n = group.count("responded"), group.count("opened")
    if k:
        left = frames.leaves_out(group.count("response_impossible"), "answered before they were opened")
        note = "; ".join(filter(None, (f"{k} of {n} incidents state a first response", left)))
        yield from group.figure(
            "mtta", group.counts["response_minutes"] / k, k=k, n=n, method="mean of the stated", note=note
        )


def major_incident_rate(group: Group) -> Iterator[Row]:
    """Declared major, per month."""
    if group.count("major_known"):
        yield from group.rate("major_incident_rate", group.count("major"), len(group.period))


def incident_volume(group: Group) -> Iterator[Row]:
    """Opened, per month."""
    yield from group.rate("incident_volume", group.count("opened"), len(group.period))


def incident_rate_per_exposure(group: Group) -> Iterator[Row]:
    """Opened, per thousand user-months."""
    if group.users:
        exposure = group.users * len(group.period)
        yield from group.rate("incident_rate_per_exposure", group.count("opened"), exposure, scale=1000)


def link_rates(group: Group) -> Iterator[Row]:
    """How often an incident names its problem, its change and its configuration item."""
    for kpi, k in (
        ("link_incident_problem", "with_problem"),
        ("link_incident_change", "with_change"),
        ("link_incident_ci", "with_ci"),
    ):
        yield from group.share(kpi, k, "opened")


def running_bounds(group: Group) -> Iterator[Row]:
    """The running month: what will hold whatever happens to the open ones, and two ways to count it wrongly."""
    n, met, late = group.count("targeted"), group.count("met"), group.count("late")
    still, breached = group.count("not_due"), group.count("breached_open")
    if not n:
        return
    note = f"provisional: {still} open and not yet due" if still else "settled: no open incident is before its deadline"
    note = "; ".join(filter(None, (note, group.impossible)))
    method = "bounds: all or none of those not yet due will be met"
    value = met / n if not still else None
    yield from group.figure(
        "resolution_attainment_bounds", value, k=met, n=n, low=met / n, high=(met + still) / n, method=method, note=note
    )
    counts = {"met": met, "closed": met + late, "counted": met + late + breached}
    told = Group(counts=counts, period=group.period, confidence=group.confidence, cut=group.cut)
    yield from told.share("resolution_attainment_tool_style", "met", "counted", note=note)
    yield from told.share("resolution_attainment_closed_only", "met", "closed", note=note)


FIGURES: tuple[Callable[[Group], Iterator[Row]], ...] = (
    resolution_attainment_settled, resolution_attainment_reported, gross_attainment, pause_share, open_share,
    reopen_rate, reassignment_mean, mttr_elapsed_mean, mtta, major_incident_rate, incident_volume,
    incident_rate_per_exposure, link_rates,
)  # fmt: skip

BY_PRIORITY = (open_share, mttr_elapsed_mean)
"""Figures that say little over all priorities together."""


def incident_figures(
    counts: pd.DataFrame, services: pd.DataFrame, *, recorded: Period, as_of: pd.Timestamp, confidence: float = 0.95
) -> list[Row]:
    """The figures of all services and periods.

    Parameters
    ----------
    counts : DataFrame
        Result of ``engine.monthly_counts``.
    services : DataFrame
        Canonical services; its ``users`` are the exposure.
    recorded : Period
        The months with records.
    as_of : Timestamp
        Day of the review.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    list of dict
        Rows of the table of key figures.
    """
    stated = services.dropna(subset=["users"])
    users = dict(zip(stated["service"], stated["users"].astype("float64"), strict=True))
    rows: list[Row] = []
    for period in review_periods(recorded, as_of=as_of):
        for group in _groups(counts, ["service"], period=period, confidence=confidence, users=users):
            rows += [row for make in FIGURES if make not in BY_PRIORITY for row in make(group)]
        for group in _groups(counts, ["service", "priority"], period=period, confidence=confidence, users={}):
            rows += [row for make in BY_PRIORITY for row in make(group)]
    for group in _groups(counts, ["service"], period=running_month(as_of), confidence=confidence, users={}):
        rows += running_bounds(group)
    return rows


def _groups(
    counts: pd.DataFrame, by: list[str], *, period: Period, confidence: float, users: Mapping[str, float]
) -> Iterator[Group]:
    chosen = named(counts[period.holds(counts["month"])], by)
    for key, row in chosen.groupby(by, sort=True)[list(COUNTS)].sum().iterrows():
        names = [str(name) for name in (key if isinstance(key, tuple) else (key,))]
        yield Group(
            counts={str(name): float(value) for name, value in row.items()},
            period=period,
            confidence=confidence,
            users=users.get(names[0]),
            cut=Cut(**dict(zip(by, names, strict=True))),  # type: ignore[typeddict-item]  # names of CUTS
        )

"""Which monthly series of the service data belong to a finding: same clause, and same site or service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.history.cells import key_of, text_of
from auditlab.signals import engine
from auditlab.signals.change_approvals import PRE_APPROVED, UNAPPROVED, unapproved_at_start
from auditlab.signals.periods import Period, cut_off, recorded_months
from auditlab.signals.review import with_a_service
from auditlab.signals.series import Measure, Series, watched_series


def measured_series(lab: Engagement) -> tuple[Series, ...]:
    """The monthly series of an engagement, with changes started without approval by site.

    Parameters
    ----------
    lab : Engagement
        The engagement.

    Returns
    -------
    tuple of Series
        Those of ``signals``, then the share of unapproved starts of each site.
    """
    tables, day = with_a_service(lab.tables), pd.Timestamp(lab.settings.as_of)
    end = cut_off(day)
    counts = engine.monthly_counts(tables.incidents, cut_off=end)
    watched = watched_series(tables, counts, as_of=day, cut_off=end)
    return (*watched, *_unapproved(tables.changes, as_of=day))


def _unapproved(changes: pd.DataFrame, *, as_of: pd.Timestamp) -> Iterator[Series]:
    """Nothing without a single approval time: a field that is not kept is no evidence."""
    pre_approved = changes["type"].fillna("").str.strip().str.casefold().isin(PRE_APPROVED)
    known = changes[~pre_approved].dropna(subset=["site", "started"])
    recorded = recorded_months(known["started"], as_of=as_of)
    if recorded is None or known["approved"].isna().all():
        return
    marked = known.assign(
        month=known["started"].dt.to_period("M").dt.to_timestamp(), k=unapproved_at_start(known).astype("Int64"), n=1
    )
    for site, own in marked.groupby("site", sort=True):
        sums = own.groupby("month")[["k", "n"]].sum()
        yield Series(
            family=UNAPPROVED, measure=Measure.SHARE, months=_filled(sums, recorded), cut={"site": str(site)},
            note="full population of changes",
        )  # fmt: skip


def _filled(sums: pd.DataFrame, recorded: Period) -> pd.DataFrame:
    """Every month of the period; one without a change is missing and not zero."""
    months = pd.DataFrame({"month": recorded.months}).merge(sums.reset_index(), on="month", how="left")
    shares = months["k"].astype("Float64") / months["n"].astype("Float64")
    return months.assign(value=shares.astype("float64")).astype({"k": "Int64", "n": "Int64"})


def linked_series(series: Iterable[Series], *, clause: object, site: object, service: object) -> list[Series]:
    """The series that are evidence for the recurrence key of `clause` at this site or for this service.

    A series that is cut by supplier and service belongs to the findings of that service. Volumes, of which neither
    more nor less is better, are evidence for nothing.
    """
    key, where, what = key_of(clause), text_of(site), text_of(service)
    found = []
    for one in series:
        keys = {key_of(part.strip()) for part in one.clause.split(";")}
        same_place = one.cut.get("site") == where if "site" in one.cut else one.cut.get("service") == what
        if one.better and key in keys and same_place:
            found.append(one)
    return found


def comparison_series(series: Iterable[Series], own: Series) -> Series | None:
    """The same measure at all other sites, services or suppliers together; ``None`` where there is none."""
    others = [one for one in series if one.family == own.family and one.cut != own.cut]
    if not others or own.measure is Measure.VALUE:
        return None
    together = pd.concat([one.months for one in others]).dropna(subset=["k", "n"])
    sums = together.groupby("month")[["k", "n"]].sum().reset_index()
    months = own.months[["month"]].merge(sums, on="month", how="left")
    value = months["k"].astype("Float64") / months["n"].astype("Float64")
    months = months.assign(value=value.astype("float64")).astype({"k": "Int64", "n": "Int64"})
    return replace(own, months=months, cut={"site": "all others"}, target=None)

"""The series of reports that state a percentage and not what it was counted from.

Such months have no size, so they are watched as values: every month counts alike, and no exact test is possible.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from auditlab.signals.availability import is_availability
from auditlab.signals.frames import ALL
from auditlab.signals.groups import named
from auditlab.signals.periods import Period, recorded_months
from auditlab.signals.series import METRIC, Measure, Series, last_target, measures_apart, whole_months
from auditlab.tables import Tables


def reported_series(tables: Tables, *, as_of: pd.Timestamp) -> Iterator[Series]:
    """The series of percentages without numbers behind them, by family and name.

    Parameters
    ----------
    tables : Tables
        Uses sla_monthly and outages.
    as_of : Timestamp
        Day of the review.

    Yields
    ------
    Series
        Reported availability where a service has no outages to recompute it from, attainment by service and priority,
        and attainment by supplier.
    """
    told = tables.sla_monthly
    told = told[told["value"].notna() & (told["met"].isna() | told["total"].isna())]
    by_supplier = told["supplier"].notna()
    available = is_availability(told) & ~by_supplier & told["priority"].isna()
    recomputed = told["service"].isin(set(tables.outages["service"].dropna()))
    yield from _family("availability_reported", told[available & ~recomputed], ["service"], as_of=as_of)
    attained = told[~available & ~by_supplier]
    attained = attained.assign(priority=attained["priority"].fillna(ALL))
    yield from _family("sla_attainment_reported", attained, ["service", "priority"], as_of=as_of)
    yield from _family("supplier_attainment_reported", told[by_supplier], ["service", "supplier"], as_of=as_of)


def _family(family: str, rows: pd.DataFrame, names: list[str], *, as_of: pd.Timestamp) -> Iterator[Series]:
    recorded = recorded_months(rows["month"], as_of=as_of)
    if recorded is None:
        return
    chosen, by = measures_apart(named(rows, names), names)
    for key, own in chosen.groupby(by, sort=True):
        cut = {name: str(value) for name, value in zip(by, key, strict=True)}
        metric = cut.pop(METRIC)
        one = _one(family, own, recorded, cut=cut, metric=metric)
        if len(one.known):
            yield one


def _one(family: str, own: pd.DataFrame, recorded: Period, *, cut: dict[str, str], metric: str) -> Series:
    # Two percentages of one month cannot be put together without what they were counted from.
    single = own[~own.duplicated("month", keep=False)]
    left = own["month"].nunique() - len(single)
    notes = [
        f"measure: {metric}" if metric else "",
        f"several percentages of one month, left out: {left}" if left else "",
    ]
    cells = [{"month": row["month"], "value": float(row["value"])} for row in single.to_dict("records")]
    return Series(
        family=family, measure=Measure.VALUE, months=whole_months(cells, recorded), cut=cut,
        note="; ".join(filter(None, notes)), metric=metric, target=last_target(own),
    )  # fmt: skip

"""The monthly series that are watched, in declared families.

A family is one measure over all services, suppliers or sites that state it. What belongs to it is declared here, before
anyone looks at a value, and every series counts as a test. Records that name no service or site are a series of their
own, so that nothing leaves the watch because a field is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

import pandas as pd

from auditlab.signals.availability import MINUTE, covered_by_change, union_minutes
from auditlab.signals.change_figures import settled_changes
from auditlab.signals.definitions import definition_of
from auditlab.signals.frames import ALL, BEFORE_OPENED, leaves_out
from auditlab.signals.groups import NOT_NAMED, named
from auditlab.signals.periods import Period, recorded_months
from auditlab.tables import Tables

METRIC = "metric"
"""The column of a report that names what was measured."""


class Measure(StrEnum):
    """What a monthly value is, and therefore how two periods are compared."""

    SHARE = "share"  # k of n
    COUNT = "count"  # k events in the month
    VALUE = "value"  # a number of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One monthly series.

    Attributes
    ----------
    family : str
        Identifier of the key figure.
    measure : Measure
        What a value is.
    months : DataFrame
        ``month, k, n, value`` for every month of the period; missing where there are no data. ``n`` is the
        denominator of a share and 1 month of a count.
    cut : dict
        ``service``, ``site``, ``supplier``, ``priority``, as far as they are known.
    note : str
        What the series leaves out.
    metric : str
        The measure as the report names it, where one service is measured by several; they are never added up.
    target : float or None
        The target agreed for a share, as last reported [0-1].
    """

    family: str
    measure: Measure
    months: pd.DataFrame
    cut: dict[str, str] = field(default_factory=dict)
    note: str = ""
    metric: str = ""
    target: float | None = None

    @property
    def name(self) -> str:
        """``S3, supplier X``, with the measure behind it where there are several."""
        words = [value if key not in {"supplier", "site"} or value == NOT_NAMED[key] else f"{key} {value}"
                 for key, value in self.cut.items()]  # fmt: skip
        return ", ".join(filter(None, [*words, self.metric])) or "all"

    @property
    def known(self) -> pd.DataFrame:
        """The months with data."""
        return self.months[self.months["value"].notna()]

    @property
    def clause(self) -> str:
        """Clauses that the series is evidence for; the first is the one to follow it under."""
        return definition_of(self.family).clause

    @property
    def in_shares(self) -> bool:
        """Whether values are shares, counted or as a report states them."""
        return definition_of(self.family).unit == "share"

    @property
    def better(self) -> str:
        """``higher``, ``lower``, or empty where neither is better."""
        return definition_of(self.family).better


def watched_series(tables: Tables, counts: pd.DataFrame, *, as_of: pd.Timestamp, cut_off: pd.Timestamp) -> list[Series]:
    """All series of all declared families, ordered by family and name.

    Parameters
    ----------
    tables : Tables
        Canonical tables.
    counts : DataFrame
        Result of ``engine.monthly_counts``.
    as_of, cut_off : Timestamp
        Day of the review and its end.

    Returns
    -------
    list of Series
        Each reaches from the first full month its table has records for to the last full month.
    """
    return [
        *_of_suppliers(tables.sla_monthly, as_of=as_of),
        *_of_reports(tables.sla_monthly, as_of=as_of),
        *_of_incidents(counts, as_of=as_of),
        *_of_answers(tables.csat, as_of=as_of),
        *_of_outages(tables, as_of=as_of),
        *_of_changes(tables, as_of=as_of, cut_off=cut_off),
    ]


def _of_suppliers(sla_monthly: pd.DataFrame, *, as_of: pd.Timestamp) -> Iterator[Series]:
    chosen = sla_monthly[sla_monthly["supplier"].notna()]
    recorded = recorded_months(chosen["month"], as_of=as_of)
    chosen, by = measures_apart(chosen, ["service", "supplier"])
    yield from _shares("supplier_attainment", chosen, by, k="met", n="total", month="month", recorded=recorded)


def _of_reports(sla_monthly: pd.DataFrame, *, as_of: pd.Timestamp) -> Iterator[Series]:
    chosen = sla_monthly[sla_monthly["supplier"].isna() & sla_monthly["total"].notna()]
    recorded = recorded_months(chosen["month"], as_of=as_of)
    chosen, by = measures_apart(chosen.assign(priority=chosen["priority"].fillna(ALL)), ["service", "priority"])
    yield from _shares("sla_attainment", chosen, by, k="met", n="total", month="month", recorded=recorded)


def measures_apart(rows: pd.DataFrame, by: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """`rows` with the columns to group them by: the measure among them, empty where a group has only one.

    Measures that never share a month are one that was renamed.
    """
    words = rows[METRIC].astype("str").fillna("measure not named").str.strip()
    folded = rows.assign(folded=words.str.casefold())
    monthly = folded.groupby([*by, "month"], dropna=False)["folded"].transform("nunique")
    several = folded.assign(monthly=monthly).groupby(by, dropna=False)["monthly"].transform("max") > 1
    return rows.assign(**{METRIC: words.where(several, "")}), [*by, METRIC]


def _of_incidents(counts: pd.DataFrame, *, as_of: pd.Timestamp) -> Iterator[Series]:
    # The last month of an extract that ended early is not whole, and the months after it are not known.
    recorded = recorded_months(counts["month"], as_of=as_of, until_last=True)
    known = named(counts, ["service"])
    # Of a month with open incidents before their deadline, the quick and the late ones are settled first.
    waiting = known.groupby(["service", "month"])["not_due"].transform("sum") > 0
    provisional = "months with incidents that are not yet due are left out"
    impossible = known.groupby("service")["impossible"].sum()
    for one in _shares("resolution_attainment_settled", known[~waiting], ["service"], k="settled_met", n="settled",
                       month="month", recorded=recorded):  # fmt: skip
        left = leaves_out(int(impossible[one.cut["service"]]), BEFORE_OPENED)
        yield replace(one, note="; ".join(filter(None, (provisional, left))))
    declared = known.groupby("service")["major_known"].transform("sum") > 0
    yield from _counts("major_incident_rate", known[declared], "major", recorded=recorded)
    yield from _counts("incident_volume", known, "opened", recorded=recorded)


def _of_answers(csat: pd.DataFrame, *, as_of: pd.Timestamp) -> Iterator[Series]:
    recorded = recorded_months(csat["month"], as_of=as_of)
    yield from _shares("csat_top2", csat, ["service"], k="top_two", n="responded", month="month", recorded=recorded)


def _of_changes(tables: Tables, *, as_of: pd.Timestamp, cut_off: pd.Timestamp) -> Iterator[Series]:
    settled = settled_changes(tables, cut_off=cut_off)
    months = settled["settled"].dt.to_period("M").dt.to_timestamp()
    counted = settled.assign(month=months, k=settled["success"].astype("Int64"), n=1)
    recorded = recorded_months(counted["month"], as_of=as_of)
    yield from _shares("change_success_rate", counted, ["site"], k="k", n="n", month="month", recorded=recorded)


def _of_outages(tables: Tables, *, as_of: pd.Timestamp) -> Iterator[Series]:
    outages = tables.outages.dropna(subset=["service", "start"])
    recorded = recorded_months(outages["start"], as_of=as_of)
    if recorded is None:
        return
    left_out = outages["exclusion_code"].notna() & covered_by_change(outages, tables.changes)
    for service, own in outages[~left_out].groupby("service", sort=True):
        rows = []
        for month in recorded.months:
            after = month + pd.DateOffset(months=1)
            share = 1 - union_minutes(own, first=month, after=after) / ((after - month) / MINUTE)
            rows.append({"month": month, "k": pd.NA, "n": pd.NA, "value": share})
        yield Series(family="availability_agreed", measure=Measure.VALUE, months=whole_months(rows, recorded),
                     cut={"service": str(service)})  # fmt: skip


def _shares(
    family: str,
    rows: pd.DataFrame,
    by: list[str],
    *,
    k: str,
    n: str,
    month: str,
    recorded: Period | None,
    note: str = "",
) -> Iterator[Series]:
    if recorded is None:
        return
    complete = named(rows.dropna(subset=[month, k, n]), [name for name in by if name != METRIC])
    for key, own in complete[complete[n] > 0].groupby(by, sort=True):
        sums = own.groupby(month)[[k, n]].sum().astype("int64")
        cells = [{"month": at, "k": row[k], "n": row[n], "value": row[k] / row[n]} for at, row in sums.iterrows()]
        names = [str(name) for name in key]
        months = whole_months(cells, recorded)
        if months["value"].notna().any():
            cut = dict(zip(by, names, strict=True))
            metric, target = cut.pop(METRIC, ""), last_target(own)
            said = f"measure: {metric}" if metric else note
            yield Series(
                family=family, measure=Measure.SHARE, months=months, cut=cut, note=said, metric=metric, target=target
            )


def last_target(own: pd.DataFrame) -> float | None:
    """The target last reported for a share."""
    known = own.sort_values("month")["target"].dropna() if "target" in own else own.head(0)
    return float(known.to_numpy("float64")[-1]) if len(known) else None


def _counts(family: str, counts: pd.DataFrame, column: str, *, recorded: Period | None) -> Iterator[Series]:
    if recorded is None:
        return
    for service, own in counts.groupby("service", sort=True):
        sums = own.groupby("month")[column].sum()
        # The table of incidents reaches over all months, so a month without a row had no incident.
        cells = [
            {"month": month, "k": int(sums.get(month, 0)), "n": 1, "value": float(sums.get(month, 0))}
            for month in recorded.months
        ]
        yield Series(
            family=family, measure=Measure.COUNT, months=whole_months(cells, recorded), cut={"service": str(service)}
        )


def whole_months(rows: list[dict[str, object]], recorded: Period) -> pd.DataFrame:
    """One row for every month of the period, missing where there are no data."""
    cells = pd.DataFrame(rows, columns=["month", "k", "n", "value"])
    types = {"month": "datetime64[us]", "k": "Int64", "n": "Int64", "value": "float64"}
    months = pd.Index(recorded.months, dtype="datetime64[us]", name="month")
    return cells.astype(types).set_index("month").reindex(months).reset_index()

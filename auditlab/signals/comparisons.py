"""Groups and years side by side: exact tests, and the same totals at one mix of priorities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from auditlab.signals.frames import ALL, COMPARISON_DTYPES, CUTS, Row, typed
from auditlab.signals.groups import unnamed
from auditlab.signals.periods import Period, last_months
from auditlab.signals.series import Measure, Series
from auditlab.signals.strength import strength_of
from auditlab.signals.windows import Change, compare_months, series_dispersion
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.intervals import wilson
from auditlab.statistics.poisson_rates import poisson_rate

YEARLY = ("supplier_attainment", "sla_attainment", "major_incident_rate", "csat_top2", "change_success_rate")
"""Families that are also compared year against year."""

MIXED = "sla_attainment"
"""The family whose total hangs on the mix of priorities."""


def year_comparisons(series: Iterable[Series], *, as_of: pd.Timestamp, confidence: float = 0.95) -> pd.DataFrame:
    """The last twelve months against the twelve before, by series, and totals at one mix of priorities.

    Parameters
    ----------
    series : iterable of Series
        The watched series; those of `YEARLY` that reach over two years are compared.
    as_of : Timestamp
        Day of the review.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        See `frames.COMPARISON_DTYPES`. Rows with ``priority`` all carry ``standardised`` and
        ``standardised_against``: both years at the pooled mix of priorities. Where the total and every priority move
        in opposite directions the note says so (Simpson).
    """
    recent, earlier = last_months(as_of, 12), last_months(as_of, 12, before=12)
    chosen = [one for one in series if one.family in YEARLY and one.months["month"].min() <= earlier.first]
    rows = [row for one in chosen for row in _compared(one, recent, earlier, confidence=confidence)]
    mixed: dict[tuple[str, str], list[Series]] = {}
    for one in chosen:
        if one.family == MIXED and one.cut.get("priority") != ALL:
            mixed.setdefault((one.cut["service"], one.metric), []).append(one)
    for (service, _), parts in mixed.items():
        if len(parts) > 1:
            rows += _standardised(service, parts, recent, earlier, confidence=confidence)
    return typed(rows, COMPARISON_DTYPES)


def _compared(series: Series, recent: Period, earlier: Period, *, confidence: float) -> list[Row]:
    parts = [series.months[period.holds(series.months["month"])] for period in (recent, earlier)]
    if any(part["value"].notna().sum() == 0 for part in parts):
        return []
    change = compare_months(series, *parts, confidence=confidence)
    return [_row(series, parts, change, recent, earlier, confidence=confidence)]


def _row(
    series: Series, parts: list[pd.DataFrame], change: Change, recent: Period, earlier: Period, *, confidence: float
) -> Row:
    counted = [(int(part["k"].sum()), int(part["n"].sum())) for part in parts]
    limits = [
        wilson(k, n=n, confidence=confidence)
        if series.measure is Measure.SHARE
        else poisson_rate(k, exposure=n, confidence=confidence)
        for k, n in counted
    ]
    return {
        "kpi": series.family,
        "clause": series.clause,
        "subject": recent.label,
        "against": earlier.label,
        "period": f"{earlier.label.split('/', maxsplit=1)[0]}/{recent.label.rsplit('/', maxsplit=1)[-1]}",
        "k": counted[0][0],
        "n": counted[0][1],
        "value": limits[0].estimate,
        "k_against": counted[1][0],
        "n_against": counted[1][1],
        "value_against": limits[1].estimate,
        "low_against": limits[1].low,
        "high_against": limits[1].high,
        "measure": change.measure,
        "effect": change.effect,
        "low": change.low,
        "high": change.high,
        "p": change.p,
        "method": change.method,
        "note": series.note,
    } | dict(series.cut)


def _standardised(
    service: str, parts: list[Series], recent: Period, earlier: Period, *, confidence: float
) -> list[Row]:
    """The total of a service over its priorities, crude and at the pooled mix of both years."""
    months = pd.concat(part.months for part in parts).groupby("month", as_index=False)[["k", "n"]].sum(min_count=1)
    total = Series(
        family=MIXED, measure=Measure.SHARE, months=months.assign(value=(months["k"] / months["n"]).astype("float64")),
        cut={"service": service, "priority": ALL},
    )  # fmt: skip
    rows = _compared(total, recent, earlier, confidence=confidence)
    years = [_by_priority(parts, period) for period in (recent, earlier)]
    weights = years[0]["n"] + years[1]["n"]
    if not rows or any((year["n"] == 0).any() for year in years):
        return rows
    now, then = (float((year["k"] / year["n"] * weights).sum() / weights.sum()) for year in years)
    moves = years[0]["k"] / years[0]["n"] - years[1]["k"] / years[1]["n"]
    note = _simpson(float(str(rows[0]["effect"])), now - then, moves)
    return [rows[0] | {"standardised": now, "standardised_against": then, "note": note}]


def _by_priority(parts: list[Series], period: Period) -> pd.DataFrame:
    sums = {
        part.cut["priority"]: part.months.loc[period.holds(part.months["month"]), ["k", "n"]].sum().astype("float64")
        for part in parts
    }
    return pd.DataFrame(sums).T


def _simpson(crude: float, standardised: float, moves: pd.Series) -> str:
    said = f"total {100 * crude:+.1f} points, at the pooled mix of priorities {100 * standardised:+.1f} points"
    if crude * standardised >= 0:
        return f"{said}; the mix of priorities does not turn the direction"
    every = "every priority moves" if (moves * crude < 0).all() else "the standardised total moves"
    return f"{said}. Simpson: {every} against the total, which only follows the mix of priorities"


def against_rest(series: Iterable[Series], *, by: str, as_of: pd.Timestamp, confidence: float = 0.95) -> pd.DataFrame:
    """Each site, service, supplier or priority against all others of its family, last twelve months.

    Parameters
    ----------
    series : iterable of Series
        Series of shares or counts; those with `by` as their only cut, or all cuts but `by` alike, are compared.
    by : str
        One of `frames.CUTS`.
    as_of : Timestamp
        Day of the review.
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        See `frames.COMPARISON_DTYPES`. Where the months of the family vary more than chance, on average over all its
        series, the limits are widened for it.
    """
    period = last_months(as_of, 12)
    groups: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[Series]] = {}
    for one in series:
        # Records that name nobody are neither a group nor part of the others.
        if one.measure is not Measure.VALUE and by in one.cut and one.cut[by] != ALL and not unnamed(one.cut):
            rest = tuple((name, value) for name, value in sorted(one.cut.items()) if name != by)
            groups.setdefault((one.family, one.metric, rest), []).append(one)
    rows = [
        row
        for members in groups.values()
        if len(members) > 1
        for row in _each_against_rest(members, period, by, confidence)
    ]
    return typed(rows, COMPARISON_DTYPES)


def corrected(comparisons: pd.DataFrame) -> pd.DataFrame:
    """`comparisons` with their q-values and, in words, how large they are.

    A family is one figure, split in one way, against the rest or against a year.

    Parameters
    ----------
    comparisons : DataFrame
        See `frames.COMPARISON_DTYPES`.

    Returns
    -------
    DataFrame
        The same rows in the same order with ``q`` (Benjamini-Hochberg), ``tests`` (how many the family holds) and
        ``strength``.
    """
    if comparisons.empty:
        return comparisons
    families = [comparisons["kpi"], comparisons["against"] == "rest", *(comparisons[cut].notna() for cut in CUTS)]
    made = comparisons["p"].astype("float64")
    grouped = made.groupby([family.rename(str(place)) for place, family in enumerate(families)])
    q = grouped.transform(lambda own: q_values(list(own)))
    tests = grouped.transform("count")
    named = {"recent": comparisons["value"], "earlier": comparisons["value_against"]}
    strength = [strength_of(row) for row in comparisons.assign(**named).to_dict("records")]
    words = pd.Series(strength, index=comparisons.index, dtype="str")
    return comparisons.assign(q=q.astype("Float64"), tests=tests.astype("Int64"), strength=words)


def _each_against_rest(members: list[Series], period: Period, by: str, confidence: float) -> Iterator[Row]:
    phi = float(np.mean([series_dispersion(member) for member in members]))
    own = [one.months[period.holds(one.months["month"])] for one in members]
    for place, one in enumerate(members):
        rest = pd.concat(own[:place] + own[place + 1 :])
        if own[place]["n"].fillna(0).sum() == 0 or rest["n"].fillna(0).sum() == 0:
            continue
        change = compare_months(one, own[place], rest, confidence=confidence, phi=phi)
        row = _row(one, [own[place], rest], change, period, period, confidence=confidence)
        words = "; ".join(filter(None, (f"{by} against all others of the family", one.note)))
        yield row | {"subject": one.cut[by], "against": "rest", "period": period.label, "note": words}

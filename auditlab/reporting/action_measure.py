"""The measure of an action: its share of deviations before the action, and what the records since then show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from auditlab.reporting.measures import linked_series
from auditlab.signals.detectability import detectability
from auditlab.signals.series import Measure, Series
from auditlab.statistics.intervals import clopper_pearson, wilson

BASE_MONTHS = 12
"""Months before an action, or before the day of the review, that the share of its measure is taken from."""

MEASURE_DTYPES = {
    "measure": "str", "k": "Int64", "n": "Int64", "baseline": "Float64", "low": "Float64", "high": "Float64",
    "planned": "Float64", "months_to_see": "Float64", "other_measures": "str", "k_since": "Int64", "n_since": "Int64",
    "since": "Float64", "since_low": "Float64", "since_high": "Float64",
}  # fmt: skip


def months_around(
    series: Series, day: pd.Timestamp, *, until: pd.Timestamp | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The year of months before an action and the months after it; the month of the action belongs to neither.

    Parameters
    ----------
    series : Series
        The measure.
    day : Timestamp
        Completion of the action.
    until : Timestamp, optional
        Completion of the next action on the same measure; its month and those after it belong to that one.
    """
    months, month = series.months, month_of(day)
    first = month - pd.DateOffset(months=BASE_MONTHS)
    after = months["month"] > month
    if until is not None:
        after &= months["month"] < month_of(until)
    return months[(months["month"] >= first) & (months["month"] < month)], months[after]


def month_of(day: pd.Timestamp) -> pd.Timestamp:
    """The first day of the month."""
    return day.normalize().replace(day=1)


def slowest_measure(
    place: Mapping[object, object], series: Iterable[Series], *, done: pd.Timestamp | None, improvement: float | None,
    confidence: float = 0.95,
) -> dict[str, object]:  # fmt: skip
    """The linked share that takes longest to tell: on its day all of them would show an effect.

    Parameters
    ----------
    place : mapping
        ``clause, site, service`` of the finding.
    series : iterable of Series
        Result of `measured_series`.
    done : Timestamp or None
        Completion of the action. The baseline is the year of months before it, so that it holds nothing of the effect;
        of an action that is not complete it is the last year.
    improvement : float or None
        Planned fall, as a part of the share [0-1]; ``None`` where nobody may plan one.
    confidence : float
        Two-sided confidence of the exact interval of ``since`` [0-1].

    Returns
    -------
    dict
        Columns of `MEASURE_DTYPES`. Without a linked share ``measure`` is empty; without a record in the year before
        the completion the baseline is missing. ``k_since`` of ``n_since`` deviate after the month of the completion.
    """
    linked = linked_series(series, clause=place["clause"], site=place["site"], service=place["service"])
    shares = [one for one in linked if one.measure is Measure.SHARE]
    known = [(one, rate) for one in shares if (rate := _baseline(one, done)) is not None]
    if not known:
        silent = shares[0] if shares and done is not None else None
        return {"measure": _named(silent) if silent else "", "other_measures": ""} | _since(silent, done, confidence)
    waits = [_wait(rate, one, done, improvement) for one, rate in known]
    table = pd.concat(waits, ignore_index=True).assign(
        name=[_named(one) for one, _ in known], place=range(len(known))
    )  # fmt: skip
    table = table.sort_values(["months", "name"], ascending=[False, True], kind="stable", na_position="last")
    slowest = table.iloc[0]
    # A share in which nothing deviated cannot fall: it stands beside the measure only where it is the measure.
    others = table.iloc[1:].dropna(subset=["months"])["name"]
    return {
        "measure": slowest["name"], "k": slowest["k"], "n": slowest["n"], "baseline": slowest["baseline"],
        "low": slowest["low"], "high": slowest["high"], "planned": slowest["planned"] if improvement else pd.NA,
        "months_to_see": slowest["months"], "other_measures": "; ".join(others),
    } | _since(known[int(slowest["place"])][0], done, confidence)  # fmt: skip


def _named(series: Series) -> str:
    return f"{series.family}: {series.name}"


def deviations_of(series: Series, months: pd.DataFrame) -> tuple[int, int]:
    """Deviations and records of a share; of one that is to be high, what is missing from it deviates.

    Parameters
    ----------
    series : Series
        A share.
    months : DataFrame
        Rows of its months.
    """
    inside = months.dropna(subset=["k", "n"])
    k, n = int(inside["k"].sum()), int(inside["n"].sum())
    return (n - k if series.better == "higher" else k), n


def _base_months(series: Series, done: pd.Timestamp | None) -> pd.DataFrame:
    return series.months.tail(BASE_MONTHS) if done is None else months_around(series, done)[0]


def _baseline(series: Series, done: pd.Timestamp | None) -> dict[str, object] | None:
    deviations, n = deviations_of(series, _base_months(series, done))
    if not n:
        return None
    limit = wilson(deviations, n=n)
    return {"kpi": series.family, "site": series.cut.get("site"), "service": series.cut.get("service"),
            "clause": series.clause, "k": deviations, "n": n, "value": limit.estimate, "low": limit.low,
            "high": limit.high}  # fmt: skip


def _wait(
    rate: Mapping[str, object], series: Series, done: pd.Timestamp | None, improvement: float | None
) -> pd.DataFrame:
    """By the volume of the months that the series has: a short series is not taken for a year."""
    months = len(_base_months(series, done))
    return detectability(pd.DataFrame([rate]), months=months, improvement=improvement or 1.0)


def _since(series: Series | None, done: pd.Timestamp | None, confidence: float) -> dict[str, object]:
    if series is None or done is None:
        return {}
    deviations, n = deviations_of(series, months_around(series, done)[1])
    if not n:
        return {"k_since": 0, "n_since": 0}
    limit = clopper_pearson(deviations, n=n, confidence=confidence)
    return {"k_since": deviations, "n_since": n, "since": limit.estimate, "since_low": limit.low,
            "since_high": limit.high}  # fmt: skip


def said_since(measure: Mapping[str, object]) -> str:
    """What the records since the action show, in words; empty where there is none.

    Parameters
    ----------
    measure : mapping
        Result of `slowest_measure`.
    """
    if not measure.get("n_since"):
        return ""
    share, low, high = (100 * float(str(measure[name])) for name in ("since", "since_low", "since_high"))
    before = f" ({measure['k']} of {measure['n']} in the months before)" if measure.get("n") else ""
    return (
        f"since the completion {measure['k_since']} of {measure['n_since']} deviate{before}: {share:.1f} %, "
        f"interval {low:.1f} to {high:.1f} %"
    )

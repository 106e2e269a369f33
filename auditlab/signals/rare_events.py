"""Charts of what happens too seldom for monthly counts: days, or cases, from one event to the next.

A month with one event instead of none says nothing. The time between events does: it gets shorter when they become
more frequent, and every event is a point.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.signals.change_figures import succeeded
from auditlab.signals.groups import groups_of
from auditlab.signals.periods import cut_off
from auditlab.signals.trends import EVENTS, RULE_SETS, convention_words
from auditlab.statistics.control_charts import control_chart
from auditlab.tables import Tables

POINTS = 6
"""Gaps between events from which a chart is drawn; limits of fewer are too rough [count]."""

LENGTHS = (6, 12, 24, 36)
FALSE_SHARE = {"t": (0.01, 0.03, 0.07, 0.10), "g": (0.03, 0.17, 0.34, 0.50)}
"""Share of charts of so many gaps that show a signal although events come at one rate throughout: three-sigma limits
and run rules, 800 simulated series each, standard error at most 0.02 (``benchmarks/chart_false_alarms.py``). Cases
between events are skewed, so g charts signal often by chance."""

RARE_DTYPES = {
    "chart": "str", "what": "str", "service": "str", "unit": "str", "event": "datetime64[us]", "value": "float64",
    "center": "float64", "lower": "float64", "upper": "float64", "outside": "bool", "signal": "bool", "rule": "str",
    "since_last": "float64", "convention": "str",
}  # fmt: skip


def rare_event_points(tables: Tables, *, as_of: pd.Timestamp, rules: str = "anhoej") -> pd.DataFrame:
    """Days between major incidents of each service, and continuity tests between failed ones.

    Parameters
    ----------
    tables : Tables
        Uses incidents and continuity_tests.
    as_of : Timestamp
        Day of the review.
    rules : str
        One of `trends.RULE_SETS`.

    Returns
    -------
    DataFrame
        See `RARE_DTYPES`: a row for each event but the first. ``value`` are the days since the event before (t chart)
        or the tests passed since then (g chart); ``since_last`` are those from the last event to the day of the review,
        which is no gap yet and not in the chart. Events that happen more than `trends.EVENTS` times a month have a
        monthly chart and none here; fewer than `POINTS` gaps have no limits and no row.

    References
    ----------
    .. [1] Benneyan (2001), International Journal for Quality in Health Care 13:309-318 (g chart). [2] Montgomery,
       Introduction to Statistical Quality Control, chapter 7 (t chart, power 1/3.6).
    """
    parts = [*_major_incidents(tables.incidents, as_of=as_of, rules=rules)]
    parts += _failed_tests(tables.continuity_tests, as_of=as_of, rules=rules)
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(RARE_DTYPES))
    return found[list(RARE_DTYPES)].astype(RARE_DTYPES)


def _major_incidents(incidents: pd.DataFrame, *, as_of: pd.Timestamp, rules: str) -> Iterator[pd.DataFrame]:
    end = cut_off(as_of)
    major = incidents[incidents["major"].fillna(value=False).astype(bool) & (incidents["opened"] < end)]
    for service, own in groups_of(major, "service"):
        # Two of one minute are one event told twice: a gap of nothing has no chart.
        events = own["opened"].dt.floor("min").drop_duplicates().sort_values()
        days = (events.diff().dropna().dt.total_seconds() / 86_400).to_numpy("float64")
        often = len(days) and days.mean() < 365.25 / 12 / EVENTS
        if len(days) >= POINTS and not often:
            chart = _charted(days, kind="t", rules=rules)
            waited = (end - events.iloc[-1]) / pd.Timedelta(days=1)
            yield chart.assign(what="major incidents", service=service, unit="days", event=events.iloc[1:].to_numpy(),
                               since_last=waited)  # fmt: skip


def _failed_tests(tests: pd.DataFrame, *, as_of: pd.Timestamp, rules: str) -> Iterator[pd.DataFrame]:
    """All services together: one service is tested once or twice a year."""
    done = tests[tests["done"] < cut_off(as_of)].sort_values("done", kind="stable")
    late = (done["achieved_minutes"] > done["rto_minutes"]).astype("boolean")
    failed = late.mask(done["achieved_minutes"].isna() | done["rto_minutes"].isna(), ~succeeded(done["outcome"]))
    known = done[failed.notna()]
    places = np.flatnonzero(failed[failed.notna()].to_numpy("bool"))
    between = np.diff(places) - 1
    if len(between) >= POINTS:
        chart = _charted(between.astype("float64"), kind="g", rules=rules)
        events, passed = known["done"].to_numpy()[places[1:]], float(len(known) - 1 - places[-1])
        yield chart.assign(what="failed continuity tests", service=None, unit="tests passed in between", event=events,
                           since_last=passed)  # fmt: skip


def _charted(gaps: npt.NDArray[np.float64], *, kind: str, rules: str) -> pd.DataFrame:
    chart = control_chart(gaps, kind=kind, rules=RULE_SETS[rules])
    words = convention_words(chart.attrs["convention"] | {"rebased": None})
    return chart.assign(chart=kind, convention=f"{words}; {_chance_words(kind, len(gaps), rules=rules)}")


def _chance_words(kind: str, gaps: int, *, rules: str) -> str:
    """How often such a chart signals although events come at one rate throughout."""
    if rules != "anhoej":
        return "how often these rules signal by chance on such charts was not measured"
    share = float(np.interp(gaps, LENGTHS, FALSE_SHARE[kind]))
    return f"about {100 * share:.0f} of 100 such charts signal by chance"

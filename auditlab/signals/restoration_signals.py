"""Did restoration get slower? The incidents of the last six months against the earlier ones, open ones kept in."""

from __future__ import annotations

import math

import pandas as pd

from auditlab.signals import engine
from auditlab.signals.definitions import definition_of
from auditlab.signals.frames import BEFORE_OPENED, SIGNAL_DTYPES, Row, leaves_out, typed
from auditlab.signals.groups import named
from auditlab.signals.periods import WINDOW_MONTHS, Period, comparison_window
from auditlab.statistics.exact_tests import Comparison
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.hazard_ratios import hazard_ratio

FAMILY = "time_to_restore"

ENOUGH = 20
"""Incidents in each of the two periods, at least [count]."""


def restoration_signals(
    incidents: pd.DataFrame,
    *,
    recorded: Period | None,
    cut_off: pd.Timestamp,
    confidence: float = 0.95,
    false_discovery_rate: float = 0.10,
) -> pd.DataFrame:
    """One test for every service and priority with enough incidents in both periods.

    Incidents that name no service or priority are a group of their own; those restored before they were opened have
    no time to restore: they are left out and counted in the note.

    Parameters
    ----------
    incidents : DataFrame
        Canonical incidents.
    recorded : Period or None
        Months with records.
    cut_off : Timestamp
        Where open incidents are censored.
    confidence : float
        Two-sided confidence of the limits [0-1].
    false_discovery_rate : float
        Accepted rate of false discoveries within the family [0-1].

    Returns
    -------
    DataFrame
        See `frames.SIGNAL_DTYPES`; ``effect`` is the rate of restoration of the last six months over the earlier
        one, below 1 slower. Empty with fewer than twelve earlier months.
    """
    window = None if recorded is None else comparison_window(recorded)
    if window is None:
        return typed([], SIGNAL_DTYPES)
    groups = ["service", "priority"]
    counted = [
        named(engine.durations(incidents, cut_off=cut_off, first=part.first, after=part.after), groups)
        for part in window
    ]
    recent, earlier = (part[part["hours"].notna()] for part in counted)
    untimed = pd.concat([part[part["hours"].isna()] for part in counted])
    enough = [
        key
        for key, own in recent.groupby(groups, sort=True)
        if own["n"].sum() >= ENOUGH and _of(earlier, key)["n"].sum() >= ENOUGH
    ]
    found = [(key, *_compared(_of(recent, key), _of(earlier, key), confidence)) for key in enough]
    q = q_values([test.p for _, test, _, _ in found])
    tests = sum(not math.isnan(test.p) for _, test, _, _ in found)
    return typed(
        (
            _row(key, test, q=value, tests=tests, rate=false_discovery_rate, window=window)
            | {"note": _note(open_1, open_2, untimed=int(_of(untimed, key)["n"].sum()))}
            for (key, test, open_1, open_2), value in zip(found, q, strict=True)
        ),
        SIGNAL_DTYPES,
    )


def _of(counted: pd.DataFrame, key: tuple[object, ...]) -> pd.DataFrame:
    return counted[(counted["service"] == key[0]) & (counted["priority"] == key[1])]


def _compared(recent: pd.DataFrame, earlier: pd.DataFrame, confidence: float) -> tuple[Comparison, float, float]:
    one, two = (part.loc[part.index.repeat(part["n"])] for part in (recent, earlier))
    test = hazard_ratio(one["hours"], one["observed"], two["hours"], two["observed"], confidence=confidence)
    open_1, open_2 = (float((~part["observed"]).mean()) for part in (one, two))
    return test, open_1, open_2


def _row(
    key: tuple[object, ...], test: Comparison, *, q: float, tests: int, rate: float, window: tuple[Period, Period]
) -> Row:
    return {
        "family": FAMILY,
        "series": f"{key[0]}, {key[1]}",
        "clause": definition_of(FAMILY).clause,
        "service": key[0],
        "priority": key[1],
        "method": f"last {WINDOW_MONTHS} months against {len(window[1])} earlier: {test.method}; "
        f"Benjamini-Hochberg over {tests} tests",
        "measure": test.measure,
        "effect": test.effect,
        "low": test.low,
        "high": test.high,
        "n": test.n,
        "p": test.p,
        "q": q,
        "tests": tests,
        "flagged": bool(q <= rate),
        "direction": _direction(test.effect),
    }


def _note(open_1: float, open_2: float, *, untimed: int) -> str:
    still = f"still open at the cut-off: {100 * open_1:.0f} % of the recent, {100 * open_2:.0f} % of the earlier"
    return "; ".join(filter(None, (still, leaves_out(untimed, BEFORE_OPENED))))


def _direction(effect: float) -> str:
    """Slower is worse; nothing where neither is slower, or nobody was restored."""
    return "worse" if effect < 1 else "better" if effect > 1 else ""

"""What changed, where, since when and how sure: the first screen in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from auditlab.signals.actions import text_of
from auditlab.signals.frames import Row, typed
from auditlab.signals.levels import SUFFIX, base_family
from auditlab.signals.periods import last_months
from auditlab.signals.review import ServiceSignals, one_a_series
from auditlab.signals.strength import Cells, strength_of
from auditlab.signals.trends import chart_kind
from auditlab.statistics.false_signals import false_signals

HEADLINE_DTYPES = {
    "order": "int64", "sentence": "str", "value": "Float64", "n": "Int64", "low": "Float64", "high": "Float64",
    "table": "str", "spark": "str",
}  # fmt: skip

MONTHS_SIMULATED = (18, 24, 30, 35, 36, 48, 60)
FALSE_SHARE = {
    "i": (0.15, 0.22, 0.27, 0.32, 0.38, 0.45, 0.45),
    "p": (0.09, 0.13, 0.21, 0.21, 0.19, 0.21, 0.26),
    "pp": (0.13, 0.22, 0.28, 0.33, 0.39, 0.42, 0.47),
    "u": (0.13, 0.22, 0.27, 0.32, 0.25, 0.29, 0.35),
    "up": (0.17, 0.23, 0.29, 0.33, 0.41, 0.40, 0.46),
    "run": (0.0,) * 7,
}
"""Share of charts of so many steady months that show at least one signal, by kind: limits frozen on the first twelve
months, from 36 months on with the mean of each calendar month taken out, three-sigma and run rules; 800 simulated
series each, standard error at most 0.02 (``benchmarks/chart_false_alarms.py``). Rare events are drawn without rules."""

NAMED = 8
"""Flagged signals told in sentences; the table has all."""


def expected_false_charts(found: ServiceSignals) -> float:
    """How many charts of the page would show a signal if nothing had changed anywhere."""
    if found.rules != "anhoej":
        lengths = [len(one.known) for one in found.series if chart_kind(one) != "run"]
        return false_signals(lengths, rules=(found.rules,))
    shares = [
        np.interp(len(one.known), MONTHS_SIMULATED, FALSE_SHARE[chart_kind(one)], left=0.0) for one in found.series
    ]
    return float(sum(shares))


def signal_headlines(found: ServiceSignals, *, false_discovery_rate: float) -> pd.DataFrame:
    """The answer first: the flagged signals, what else the records contradict, and what to expect by chance.

    Parameters
    ----------
    found : ServiceSignals
        Result of `service_signals`.
    false_discovery_rate : float
        The rate that the flags were made with [0-1].

    Returns
    -------
    DataFrame
        ``order, sentence, value, n, low, high, table, spark``; ``spark`` are the months of a flagged series.
    """
    rows = [*_flagged(found.signals), *_contradictions(found), *_chance(found, false_discovery_rate)]
    return typed(({"order": place} | row for place, row in enumerate(rows, start=1)), HEADLINE_DTYPES)


def _flagged(signals: pd.DataFrame) -> Iterator[Row]:
    every = signals[signals["flagged"].fillna(value=False).astype(bool)]
    flagged = one_a_series(every)
    levels = every[every["family"].str.endswith(SUFFIX)]
    also = dict(zip(zip(levels["family"].map(base_family), levels["series"], strict=True), levels["q"], strict=True))
    for row in flagged.head(NAMED).to_dict("records"):
        values = {name: row[name] for name in ("n", "low", "high", "spark")}
        values |= {"value": row["effect"], "table": "signals"}
        yield {"sentence": flag_sentence(row, level_q=also.get((row["family"], row["series"])))} | values
    if len(flagged) > NAMED:
        yield {"sentence": f"{len(flagged) - NAMED} more series are flagged.", "table": "signals"}
    if len(flagged) == 0:
        tests = int(signals["p"].notna().sum())
        none = f"None of {tests} tests is flagged."
        short = "Nothing could be tested: no series has twelve months before its last six, with data in both."
        yield {"sentence": none if tests else short, "n": tests, "table": "signals"}


def family_words(family: str) -> str:
    """``SLA attainment`` for ``sla_attainment``: the name of a figure as a heading."""
    words = base_family(family).split("_")
    first = words[0].upper() if words[0] in ABBREVIATIONS else words[0].capitalize()
    return " ".join([first, *words[1:]])


ABBREVIATIONS = frozenset({"sla", "csat"})


def _sentence(note: object) -> str:
    """A remark with a capital at its beginning; what follows, such as a number of a finding, stays as it is."""
    words = text_of(note)
    return words[:1].upper() + words[1:]


def flag_sentence(row: Cells, *, level_q: float | None = None) -> str:
    """One flagged series: what, where, how much, since when, and how sure; with `level_q` both tests flag it."""
    told = f"{family_words(str(row['family']))}, {row['series']}: {row['direction']}, {strength_of(row)}"
    if isinstance(row["onset"], str):
        told += f"; since {row['onset'][:7]}"
        known = isinstance(row["onset_low"], str)
        told += f" (interval {row['onset_low'][:7]} to {row['onset_high'][:7]})" if known else ""
        told += f", {row['shape']}" if isinstance(row["shape"], str) and row["shape"] else ""
    also = "" if level_q is None else f" (and as a change of level, {_q_words(level_q)})"
    return f"{told}; {_q_words(row['q'])}{also}. Signal to follow under clause {row['clause']}."


def _q_words(q: float) -> str:
    # Digits beyond the fourth place come from the model and not from the records.
    return "q < 0.0001" if q < 0.0001 else f"q = {q:.2g}"


def _contradictions(found: ServiceSignals) -> Iterator[Row]:
    """What the records hold against each other; no test and no flag."""
    yield from _simpson(found.comparisons)
    yield from _clusters(found.clusters)
    yield from _figures(found.kpis)


def _simpson(comparisons: pd.DataFrame) -> Iterator[Row]:
    for row in comparisons[comparisons["note"].str.contains("Simpson", na=False)].to_dict("records"):
        sentence = (
            f"{row['service']}, {family_words(row['kpi'])}: {100 * row['value_against']:.1f} % became "
            f"{100 * row['value']:.1f} %, while at one mix of priorities {100 * row['standardised_against']:.1f} % "
            f"became {100 * row['standardised']:.1f} % (Simpson: the total follows the mix)."
        )
        yield {"sentence": sentence, "value": row["standardised"], "n": row["n"], "table": "comparisons"}


def _clusters(clusters: pd.DataFrame) -> Iterator[Row]:
    for row in clusters[clusters["problem_records"] == 0].head(3).to_dict("records"):
        sentence = (
            f"{row['n']} incidents of {row['service']} on {row['ci']} ({row['category']}), {row['first']:%Y-%m-%d} to "
            f"{row['last']:%Y-%m-%d}, without a problem record. {_sentence(row['note'])}".rstrip()
        )
        yield {"sentence": sentence, "n": row["n"], "table": "incident_clusters"}


def _figures(kpis: pd.DataFrame) -> Iterator[Row]:
    late = kpis[(kpis["kpi"] == "continuity_test_overdue") & (kpis["value"] > 0)]
    for row in late.sort_values("value", ascending=False).head(3).to_dict("records"):
        yield {"sentence": f"Continuity test of {row['service']}: {row['value']:.0f} months overdue; {row['note']}.",
               "value": row["value"], "table": "kpis"}  # fmt: skip
    for row in kpis[(kpis["kpi"] == "supplier_sla_gap") & (kpis["value"] > 0)].to_dict("records"):
        yield {"sentence": f"{row['service']}, supplier {row['supplier']}: {row['note']}.", "value": row["value"],
               "table": "kpis"}  # fmt: skip
    gaps = kpis[(kpis["kpi"] == "report_source_gap") & (kpis["value"].abs() >= NOTABLE_GAP)]
    for row in gaps.sort_values("value", key=abs, ascending=False, kind="stable").head(2).to_dict("records"):
        sentence = (
            f"Availability of {row['service']} in {row['period']}: {_availability(kpis, row, 'reported')} reported, "
            f"{_availability(kpis, row, 'agreed')} recomputed; {row['value']:+.2f} percentage points."
        )
        yield {"sentence": sentence, "value": row["value"], "table": "kpis"}
    if len(kpis):
        yield from _reported_and_gross(kpis)


def _availability(kpis: pd.DataFrame, gap: Cells, which: str) -> str:
    """The availability that a gap was made from."""
    same = (kpis["service"] == gap["service"]) & (kpis["period"] == gap["period"])
    value = kpis.loc[same & (kpis["kpi"] == f"availability_{which}"), "value"].iloc[0]
    return f"{100 * value:.2f} %"


NOTABLE_GAP = 0.5
"""Distance between reported and recomputed availability that is told on the first screen [percentage points]."""


def _reported_and_gross(kpis: pd.DataFrame) -> Iterator[Row]:
    by = ["service", "period"]
    year = kpis[kpis["period"] == last_months(pd.Timestamp(kpis["cut_off"].max()), 12).label]
    wanted = {name: year[year["kpi"] == name] for name in ("resolution_attainment_reported", "gross_attainment")}
    both = wanted["resolution_attainment_reported"].merge(wanted["gross_attainment"], on=by, suffixes=("", "_gross"))
    far = both[both["value"] - both["value_gross"] >= NOTABLE_PAUSES].drop_duplicates("service", keep="first")
    for row in far.head(2).to_dict("records"):
        sentence = (
            f"{row['service']}, {row['period']}: {100 * row['value']:.1f} % of targets met as reported, "
            f"{100 * row['value_gross']:.1f} % without the pauses of the clock."
        )
        yield {"sentence": sentence, "value": row["value_gross"], "n": row["n"], "table": "kpis"}


NOTABLE_PAUSES = 0.05
"""Distance between reported and gross attainment that is told on the first screen [0-1]."""


def _chance(found: ServiceSignals, rate: float) -> Iterator[Row]:
    signals = found.signals
    tests, families = int(signals["p"].notna().sum()), signals.loc[signals["p"].notna(), "family"].nunique()
    flags = signals[signals["flagged"].fillna(value=False).astype(bool)]
    flagged, facts = len(flags), len(one_a_series(flags))
    both = f" on {facts} series" if facts < flagged else ""
    charts = len(found.series)
    yield {
        "sentence": (
            f"{tests} tests in {families} declared families, {flagged} flagged{both}. On average at most "
            f"{100 * rate:.0f} % of flags are false, in each family and on the whole page. "
            "If nothing had changed, about "
            f"{expected_false_charts(found):.0f} of {charts} charts would show a pattern by chance: chart signals are "
            "no flags."
        ),
        "n": tests,
        "table": "signals",
    }

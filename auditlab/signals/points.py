"""The monthly points behind the signals with their charts, and the figures that could not be worked out."""

from __future__ import annotations

import pandas as pd

from auditlab.signals.definitions import definition_of, definitions
from auditlab.signals.frames import CUTS
from auditlab.signals.review import ServiceSignals
from auditlab.signals.series import Series
from auditlab.signals.trends import as_recorded, assurance_words, chart_kind, chart_of, convention_words
from auditlab.statistics.assurance import variation


def series_points(found: ServiceSignals) -> pd.DataFrame:
    """The monthly points of every series with their chart, for ``service_series`` and its panels.

    Parameters
    ----------
    found : ServiceSignals
        Result of `service_signals`.

    Returns
    -------
    DataFrame
        ``family, series, service, site, supplier, priority, month, k, n, value, center, lower, upper, outside,
        signal, rule, target, variation, assurance, definition, convention``; ``variation`` is the icon of Making Data
        Count where its rules were asked for; a month without data has missing values.
    """
    parts = []
    for one in found.series:
        name = (one.family, one.name)
        chart = chart_of(one, rules=found.rules, rebase=found.rebases.get(name), baseline=found.baselines.get(name))
        lines = as_recorded(one, chart).drop(columns=["i", "value", "phase", "season"])
        points = one.months.merge(lines, on="month")
        named = {"family": one.family, "series": one.name} | {name: one.cut.get(name) for name in CUTS}
        said = {
            "definition": definition_of(one.family).definition,
            "convention": convention_words(chart.attrs["convention"]),
            "target": one.target,
            "assurance": assurance_words(one, chart),
            "variation": _variation(one, chart) if found.rules == "mdc" else "",
        }
        parts.append(points.assign(**named, **said))
    columns = ["family", "series", *CUTS, "month", "k", "n", "value", "center", "lower", "upper", "outside", "signal",
               "rule", "target", "variation", "assurance", "definition", "convention"]  # fmt: skip
    together = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return together[columns].astype(dict.fromkeys(CUTS, "str"))


def target_outlook(points: pd.DataFrame) -> pd.DataFrame:
    """Whether each process with a target will meet it if nothing changes.

    Parameters
    ----------
    points : DataFrame
        Result of `series_points`.

    Returns
    -------
    DataFrame
        ``family, series, service, site, supplier, priority, target, last, months, outlook``: the target [0-1], the last
        month with data [0-1], how many there are, and the answer in words with its interval.
    """
    known = points[points["target"].notna() & points["value"].notna()]
    by = ["family", "series", *CUTS]
    found = known.groupby(by, sort=False, dropna=False, as_index=False).agg(
        target=("target", "last"), last=("value", "last"), months=("value", "size"), outlook=("assurance", "last")
    )
    said = found["outlook"].astype("str").str.replace("^[^:]*: ", "", regex=True)
    said = said.where(said != "", "no direction is better")
    return found.assign(outlook=said)


def _variation(series: Series, chart: pd.DataFrame) -> pd.Series | str:
    """Kind of variation of each month; rare events have no rules and therefore none."""
    if chart_kind(series) == "run":
        return ""
    better = {"higher": "increase", "lower": "decrease"}.get(series.better, "neutral")
    return variation(chart, improvement=better)


def figures_left_out(availability: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """The figures of the catalogue that are not in `kpis`, and why.

    Parameters
    ----------
    availability : DataFrame
        Result of ``intake.kpi_availability``.
    kpis : DataFrame
        The key figures of this floor.

    Returns
    -------
    DataFrame
        ``kpi, clause, missing_fields, reason``.
    """
    left = availability[~availability["kpi"].isin(set(kpis["kpi"]))]
    reasons = [_reason(str(row["kpi"]), str(row["missing_fields"] or "")) for row in left.to_dict("records")]
    return left[["kpi", "clause", "missing_fields"]].assign(reason=reasons).reset_index(drop=True)


def _reason(kpi: str, missing: str) -> str:
    if missing:
        return f"no such field in the records: {missing.replace('-.', '')}"
    if kpi in definitions():
        return "the fields are there, but no record in a full month, or none that can be counted"
    return "worked out from audits and findings: see the history review and the data readiness page"

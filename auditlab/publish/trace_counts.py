"""The rows that a row of a table counts from: of its site, service, supplier, priority, clause, period and state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.publish.trace_index import ABOUT, Condition, Counting, conditions, countings
from auditlab.signals.frames import ALL
from auditlab.signals.groups import NOT_NAMED
from auditlab.signals.periods import Period
from auditlab.standard.grades import NONCONFORMITIES
from auditlab.standard.kpis import kpi_catalogue
from auditlab.tables import table_specs

_PERIOD = re.compile(r"\b(\d{4}-(?:0[1-9]|1[0-2]))(?:/(\d{4}-(?:0[1-9]|1[0-2])))?\b(?!-)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = pd.Timedelta(days=28)
_LEVEL = "_level"
"""Ends the name of a family that tests a figure for a change of level."""

_GRADES = {"nc": frozenset(map(str, NONCONFORMITIES))}
"""Groups of grades of the table of rates that are no grade themselves."""


def counted(table: str, shown: Mapping[str, str], records: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The records that the row `shown` of `table` counts from, and of what they are, in words.

    Parameters
    ----------
    table : str
        Name of a table of a run.
    shown : mapping
        The row: text by column.
    records : DataFrame
        The index of the run; see `trace_index`.
    """
    figure = figure_of(shown)
    period = _period(shown)
    sources = sources_of(table, figure)
    parts = [_chosen(records[records["table"] == one], one, figure or table, period=period) for one in sources]
    found = pd.concat(parts) if parts else records.iloc[:0]
    told = {"clause": shown.get("area", "")} | dict(shown)
    for column in ABOUT:
        found = _about(found, column, told.get(column, ""), strict=bool(figure))
    if {"audits", "coverage"} <= set(sources):
        found = _visited(found)
    grades = shown.get("grade_group", "")
    if grades:
        others = found["table"] != "findings"
        found = found[others | found[_name("findings", "grade")].isin(_GRADES.get(grades, {grades}))]
    about = [f"{column} {told[column]}" for column in (*ABOUT, "grade_group") if told.get(column)]
    about += [] if period is None else [f"period {period.label}"]
    return found.sort_index(), ", ".join(about) or "all"


def exact(table: str, figure: str) -> bool:
    """Whether the rows that `counted` finds are those that count, no more: a rule or a list of places says so."""
    return bool(figure) or any(known == table for known, _ in countings()) or table in _CELLS


_CELLS = frozenset({"coverage_cells", "finding_rates", "stage_shares", "efficiency_lens"})
"""Tables whose rows count every record of their place and period."""


def _visited(found: pd.DataFrame) -> pd.DataFrame:
    """`found` without the audits that examined nothing of what the row is about."""
    seen = found.loc[found["table"] == "coverage", "audit_id"]
    return found[(found["table"] != "audits") | found["record"].isin(seen)]


@cache
def measured(measure: str) -> tuple[Condition, ...] | None:
    """Which actions of ``corrective_actions`` a measure of ``corrective_action_rates`` looks at; ``None``: all."""
    with resources.files(__package__).joinpath("traced_measures.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False).set_index("measure")["keep"]
    return conditions(rows[measure]) if measure in rows else None


def figure_of(shown: Mapping[str, str]) -> str:
    """The key figure that a row is about; empty for a row of another table."""
    named = (shown.get("kpi") or shown.get("family") or "").removesuffix(_LEVEL)
    return named if named in _figures() or any(named and named == figure for figure, _ in countings()) else ""


def sources_of(table: str, figure: str) -> list[str]:
    """The canonical tables behind a row; a key figure tells its own, by its rules or by the catalogue."""
    ruled = {one for known, one in countings() if figure and known == figure}
    needs = ruled or _figures().get(figure)
    return sorted(needs) if needs else _tables().get(table, [])


def _period(shown: Mapping[str, str]) -> Period | None:
    """The months (or the day) that a row is about: a column of its own, or part of the name of its series."""
    if _DAY.fullmatch(shown.get("period", "")):
        day = pd.Timestamp(shown["period"])
        return Period(first=day, after=day + pd.Timedelta(days=1))
    for text in (shown.get("period", ""), shown.get("month", "")[: len("2024-03")], shown.get("series", "")):
        found = _PERIOD.search(text)
        if found:
            last = pd.Timestamp(found[2] or found[1]) + pd.DateOffset(months=1)
            return Period(first=pd.Timestamp(found[1]), after=last)
    return None


def _chosen(records: pd.DataFrame, table: str, figure: str, *, period: Period | None) -> pd.DataFrame:
    rule = countings().get((figure, table)) or countings().get(("", table))
    if rule is None:
        return records
    for condition in rule.keep:
        records = records[condition.held(records[_name(table, condition.column)])]
    # What is told of one day is what stands at its end, not what happened on it.
    if period is None or not rule.days or (period.after - period.first < _MONTH and not rule.open_at):
        return records
    return records[_in_period(records, table, rule, period)]


def _in_period(records: pd.DataFrame, table: str, rule: Counting, period: Period) -> pd.Series:
    days = [records[_name(table, day)] for day in rule.days]
    if rule.open_at:
        return days[0].lt(period.after) & ~days[1].lt(period.after)
    held = period.holds(days[0])
    for day in days[1:]:
        held |= period.holds(day)
    return held


def _name(table: str, column: str) -> str:
    return column if column in ABOUT else f"{table}.{column}"


def _about(found: pd.DataFrame, column: str, wanted: str, *, strict: bool) -> pd.DataFrame:
    """The records about the same; where a figure counts by it (`strict`), an empty cell is something else."""
    if not wanted or wanted == ALL:
        return found
    told = found[column]
    if wanted == NOT_NAMED.get(column):
        return found[told.isna() | (told == "")]
    same = told.isna() | (told == wanted) | ((told == "") & (not strict))
    if column == "clause":
        same |= told.str.startswith(f"{wanted}.").fillna(value=False)
        same |= pd.Series(strict, index=found.index)  # the clause of a key figure says what it serves
    return found[same]


@cache
def _figures() -> dict[str, set[str]]:
    catalogue = kpi_catalogue()
    fields = {kpi: re.split(r"[;|]", needs) for kpi, needs in zip(catalogue["kpi"], catalogue["needs"], strict=True)}
    known = set(table_specs())
    return {kpi: {field.partition(".")[0] for field in needs} & known for kpi, needs in fields.items()}


@cache
def _tables() -> dict[str, list[str]]:
    with resources.files(__package__).joinpath("traced_tables.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {row["table"]: row["from"].split() for row in rows.to_dict("records")}

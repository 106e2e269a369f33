"""From a row of a table of a run back to the rows of the files it comes from.

Every run holds an index of the loaded rows. A row of a table that names records or places leads straight
to them. A row that counts leads to the rows of its source tables that its definition counts from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from auditlab.errors import EngagementError, ParameterError
from auditlab.publish.files import sha256_of
from auditlab.publish.manifest import MANIFEST, listed_hashes
from auditlab.publish.trace_counts import counted, exact, figure_of, measured, sources_of
from auditlab.publish.trace_index import PLACES, RECORDS, Condition

_SCOPE = frozenset({"sites", "services", "suppliers", "clients", "audits", "coverage"})
"""Their identifiers say what a row is about; they are not what it lists."""
_LIST = re.compile(r"[\s,;]+")
_WHOLE_LISTS = frozenset({"action_ages"})
"""Tables whose rows name every record they count."""
_NUMBER = re.compile(r"[-+.\d]+(?:e[-+]?\d+)?%?", re.IGNORECASE)
_IDENTIFIES = re.compile(r".*_id|record|item|findings|incidents|problems|changes|candidate|matched|repeat_finding")
"""Columns in which a bare number is an identifier and no count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """Rows of input files, with how they were found: ``table, record, file, sheet, row``."""

    words: str
    places: pd.DataFrame


def traced(run: Path, table: str, row: int) -> Traced:
    """Where row `row` of table `table` of the run folder `run` comes from.

    Parameters
    ----------
    run : Path
        The run folder.
    table : str
        Name of a table of the run.
    row : int
        Its row; the first below the header is 1.

    Returns
    -------
    Traced
        The rows of the files, in their order.

    Raises
    ------
    EngagementError
        If the run has no index of its rows, or table or index is not as the run wrote it.
    ParameterError
        If the run has no such table, or the table no such row.
    """
    shown = _row(run, table, row)
    try:
        records = pd.read_parquet(run / RECORDS)
    except (OSError, ValueError):
        raise EngagementError(f"{run} holds no readable {RECORDS.as_posix()}. Run the notebooks again.") from None
    _require_unchanged(run, RECORDS.as_posix())
    if shown.get("file"):
        return _placed(shown, records)
    if table == "corrective_action_rates" and (conditions := measured(shown.get("measure", ""))) is not None:
        return _actions(run, shown["measure"], conditions, records)
    named = records.iloc[:0] if figure_of(shown) else _named(shown, records)
    if len(named) or table in _WHOLE_LISTS:
        words = (
            "Records that the row names:" if len(named) else "The row names all that it counts, and that is nothing."
        )
        return Traced(words=words, places=named)
    try:
        return _counted(table, shown, records)
    except KeyError as absent:
        raise EngagementError(
            f"{run} was made by another version of auditlab: its {RECORDS.as_posix()} lacks {absent}. "
            "Run the notebooks again."
        ) from None


def _require_unchanged(run: Path, path: str) -> None:
    """Refuse what somebody changed since the run: its rows would be taken for others."""
    if sha256_of(run / path) != listed_hashes(run).get(path):
        raise EngagementError(
            f"{run / path} is not as the run wrote it ({MANIFEST} has another hash). Trace an unchanged run."
        )


def _placed(shown: Mapping[str, str], records: pd.DataFrame) -> Traced:
    """The place that the row itself names, or all rows of its sheet."""
    if shown.get("row"):
        place = pd.DataFrame([{"table": shown.get("table", ""), "record": shown.get("record", "")} | dict(shown)])
        place = place.reindex(columns=list(PLACES), fill_value="")
        return Traced(words="The row itself names the place.", places=place)
    here = (records["file"] == shown["file"]) & (records["sheet"] == shown.get("sheet", ""))
    return Traced(words="Rows loaded from that sheet:", places=records[here][list(PLACES)].reset_index(drop=True))


def _counted(table: str, shown: Mapping[str, str], records: pd.DataFrame) -> Traced:
    """The rows that a row counts from."""
    figure = figure_of(shown)
    sources = sources_of(table, figure)
    if not sources:
        return Traced(words=_elsewhere(table, shown), places=records.iloc[:0][list(PLACES)])
    found, about = counted(table, shown, records)
    counts = "The row counts. Rows it counts from"
    widest = "The row is worked out from rows among these; not every one of them has to count"
    words = f"{counts if exact(table, figure) else widest} ({about}) in {', '.join(sources)}: {len(found)}"
    definition = shown.get("definition", "")
    words += f". By definition: {definition}" if definition else ""
    return Traced(words=words, places=found[list(PLACES)].reset_index(drop=True))


def _elsewhere(table: str, shown: Mapping[str, str]) -> str:
    """Where to look on for a row whose own table leads to no row of a file."""
    told = shown.get("table", "")
    if re.fullmatch(r"[a-z][a-z0-9_]*", told):
        return f"The row sums up table '{told}'. Trace the rows of that table."
    return (
        f"The index of the run does not lead from table '{table}' to rows of files: it is worked out from settings, "
        "from other tables of the run or from the account of intake."
    )


def _actions(run: Path, measure: str, conditions: tuple[Condition, ...], records: pd.DataFrame) -> Traced:
    """The actions that a measure looks at, by the table of the run that says what became of each."""
    frame = _table(run, "corrective_actions")
    for condition in conditions:
        frame = frame[condition.held(frame[condition.column])]
    own = records[(records["table"] == "corrective_actions") & records["record"].isin(frame["finding_id"])]
    words = f"The row counts. Actions that the measure '{measure}' looks at: {len(own)}"
    return Traced(words=words, places=own[list(PLACES)].reset_index(drop=True))


def _row(run: Path, table: str, row: int) -> dict[str, str]:
    frame = _table(run, table)
    if not 1 <= row <= len(frame):
        raise ParameterError(f"Table '{table}' has rows 1 to {len(frame)}; there is no row {row}. Name one of them.")
    return {str(name): str(value) for name, value in frame.iloc[row - 1].items()}


def _table(run: Path, table: str) -> pd.DataFrame:
    path = run / "tables" / f"{table}.csv"
    if not re.fullmatch(r"[a-z0-9_]+", table) or not path.is_file():
        there = ", ".join(sorted(file.stem for file in (run / "tables").glob("*.csv"))) or "none"
        raise ParameterError(f"The run {run} has no table '{table}'. There are: {there}.")
    _require_unchanged(run, f"tables/{table}.csv")
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def _named(shown: Mapping[str, str], records: pd.DataFrame) -> pd.DataFrame:
    """The records whose identifiers stand in the row, alone or in a list."""
    words = {
        word
        for column, value in shown.items()
        for word in _LIST.split(value)
        if word and (not _NUMBER.fullmatch(word) or _IDENTIFIES.fullmatch(column))
    }
    own = records[records["record"].isin(words) & ~records["table"].isin(_SCOPE)]
    return own[list(PLACES)].reset_index(drop=True)

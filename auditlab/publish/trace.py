"""From a row of a table of a run back to the rows of the files it comes from.

Every run holds an index of the loaded rows (``trace/records.parquet``): the record, where it stood
and what it is about. A row of a table that names records or places leads straight to them. A row
that counts leads to all rows of its source tables with the same site, service, supplier, priority,
month and clause: those from which its definition counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.errors import EngagementError, ParameterError
from auditlab.publish.files import write_file
from auditlab.standard.kpis import kpi_catalogue
from auditlab.tables import Kind, table_specs

RECORDS = Path("trace") / "records.parquet"
PLACES = ("table", "record", "file", "sheet", "row")
ABOUT = ("audit_id", "site", "service", "supplier", "priority", "month", "clause")
"""By what a row that counts is compared with the records."""

_SCOPE = frozenset({"sites", "services", "suppliers", "clients", "audits", "coverage"})
"""Their identifiers say what a row is about; they are not what it lists."""
_LIST = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """Rows of input files, with how they were found: ``table, record, file, sheet, row``."""

    words: str
    places: pd.DataFrame


def write_records(folder: Path, lab: Engagement) -> Path:
    """Write the index of the loaded rows of `lab` into the run folder `folder`; it names no person."""
    parts = [_records(name, lab.tables[name]) for name in lab.tables if lab.has(name)]
    columns = [*PLACES, *ABOUT]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns, dtype="str")
    return write_file(folder / RECORDS, frame[columns].to_parquet(None, index=False))


def _records(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    own = next((column.name for column in table_specs()[name].columns if column.kind is Kind.ID), None)
    blank = pd.Series(pd.NA, index=frame.index, dtype="str")
    about = {column: frame.get(column, blank) for column in ABOUT}
    if "month" in frame:
        about["month"] = frame["month"].dt.strftime("%Y-%m")
    return pd.DataFrame(
        {
            "table": name,
            "record": blank if own is None else frame[own].astype("str"),
            "file": frame["source_file"],
            "sheet": frame["source_sheet"],
            "row": frame["source_row"].astype("Int64"),
        }
        | {column: values.astype("str") for column, values in about.items()}
    )


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
        If the run has no index of its rows.
    ParameterError
        If the run has no such table, or the table no such row.
    """
    shown = _row(run, table, row)
    try:
        records = pd.read_parquet(run / RECORDS)
    except (OSError, ValueError):
        raise EngagementError(f"{run} holds no readable {RECORDS.as_posix()}. Run the notebooks again.") from None
    if shown.get("file") and shown.get("row"):
        place = pd.DataFrame([{"table": shown.get("table", ""), "record": shown.get("record", "")} | shown])
        place = place.reindex(columns=["table", "record", "file", "sheet", "row"], fill_value="")
        return Traced(words="The row itself names the place.", places=place)
    if shown.get("file"):
        here = (records["file"] == shown["file"]) & (records["sheet"] == shown.get("sheet", ""))
        return Traced(words="Rows loaded from that sheet:", places=records[here][list(PLACES)].reset_index(drop=True))
    named = _named(shown, records)
    if len(named):
        return Traced(words=f"Records that the row names ({_of_what(shown)}):", places=named)
    return _counted(table, shown, records)


def _row(run: Path, table: str, row: int) -> dict[str, str]:
    path = run / "tables" / f"{table}.csv"
    if not re.fullmatch(r"[a-z0-9_]+", table) or not path.is_file():
        there = ", ".join(sorted(file.stem for file in (run / "tables").glob("*.csv"))) or "none"
        raise ParameterError(f"The run {run} has no table '{table}'. There are: {there}.")
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    if not 1 <= row <= len(frame):
        raise ParameterError(f"Table '{table}' has rows 1 to {len(frame)}; there is no row {row}.")
    return {str(name): str(value) for name, value in frame.iloc[row - 1].items()}


def _named(shown: Mapping[str, str], records: pd.DataFrame) -> pd.DataFrame:
    """The records whose identifiers stand in the row, alone or in a list."""
    words = {word for value in shown.values() for word in _LIST.split(value) if word}
    own = records[records["record"].isin(words) & ~records["table"].isin(_SCOPE)]
    return own[list(PLACES)].reset_index(drop=True)


def _counted(table: str, shown: Mapping[str, str], records: pd.DataFrame) -> Traced:
    sources = _sources(table, shown)
    if not sources:
        words = f"Table '{table}' is worked out from settings or from other tables; no row of a file stands behind it."
        return Traced(words=words, places=records.iloc[:0][list(PLACES)])
    found = records[records["table"].isin(sources)]
    for column in ABOUT:
        wanted = shown.get(column, "")
        if wanted and column == "clause":
            below = found["clause"].str.startswith(f"{wanted}.").fillna(value=False)
            found = found[found["clause"].isna() | (found["clause"] == wanted) | below]
        elif wanted:
            found = found[found[column].isna() | (found[column] == wanted)]
    words = f"The row counts. Rows it counts from ({_of_what(shown)}) in {', '.join(sources)}: {len(found)}"
    return Traced(words=words, places=found[list(PLACES)].reset_index(drop=True))


def _sources(table: str, shown: Mapping[str, str]) -> list[str]:
    """The canonical tables behind a row; a key figure tells its own."""
    figure = shown.get("kpi") or shown.get("family") or ""
    needs = _figures().get(figure)
    return sorted(needs) if needs else _tables().get(table, [])


def _of_what(shown: Mapping[str, str]) -> str:
    about = [f"{column} {shown[column]}" for column in ABOUT if shown.get(column)]
    return ", ".join(about) or "all"


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

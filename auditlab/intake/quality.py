"""Can I rely on what I got? The four dimensions of verified information, and what can be computed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.intake.date_columns import REFUSED
from auditlab.intake.ledger import Action
from auditlab.standard.kpis import kpi_catalogue
from auditlab.tables import Kind, table_specs

QUALITY_COLUMNS = (
    "table",
    "rows",
    "complete_k",
    "complete_n",
    "correct_k",
    "correct_n",
    "consistent_k",
    "consistent_n",
    "latest",
    "days_behind",
    "note",
)
NOWHERE = "-."
"""Begins a field of the catalogue of key figures that no canonical table holds."""
_DATES = frozenset({Kind.DATE, Kind.TIME, Kind.MONTH})
_RECORDS = (Action.LOADED, Action.REJECTED, Action.DUPLICATE)
# Dates that lie ahead by their nature say nothing about how current a table is.
_AHEAD = frozenset(
    {"due_original", "due_current", "planned", "planned_start", "planned_end", "expiry", "review_due", "end", "date"}
    | {"clock_due"}
)


def quality_card(lab: Engagement) -> pd.DataFrame:
    """Completeness, correctness, consistency and currency of every table that was handed over.

    Returns
    -------
    DataFrame
        ``table``; ``rows`` [count] loaded; ``complete_k`` of ``complete_n`` cells filled in the
        columns that were handed over; ``correct_k`` of ``correct_n`` data rows loaded without a cell
        or row rejected; ``consistent_k`` of ``consistent_n`` rows without a contradiction;
        ``latest`` date in the table and ``days_behind`` the as-of date [days]; ``note``. Tables that
        were not handed over stand with missing values and say so.

    References
    ----------
    .. [1] ISO 19011, annex A.5: information is verified to be complete, correct, consistent, current.
    """
    lines = [_line(lab, name) for name in table_specs()]
    frame = pd.DataFrame(lines, columns=list(QUALITY_COLUMNS))
    counts = [column for column in QUALITY_COLUMNS if column[-2:] in ("_k", "_n")] + ["rows", "days_behind"]
    return frame.astype(dict.fromkeys(counts, "Int64"))


def _line(lab: Engagement, name: str) -> tuple[object, ...]:
    rows_seen = data_rows(lab, name)
    if not lab.has(name):
        note = f"handed over, but none of its {rows_seen} rows was loaded" if rows_seen else "not handed over"
        return (name, *[None] * (len(QUALITY_COLUMNS) - 2), note)
    frame = lab.tables[name]
    spec = table_specs()[name]
    handed = [column.name for column in spec.columns if frame[column.name].notna().any() and not column.kind.derived]
    contradicted = lab.discrepancies.loc[lab.discrepancies["table"] == name, ["file", "sheet", "row"]].drop_duplicates()
    latest = _latest(frame, name)
    behind = (pd.Timestamp(lab.settings.as_of) - latest).days if latest is not None else None
    return (
        name,
        len(frame),
        int(frame[handed].notna().to_numpy().sum()),
        len(frame) * len(handed),
        rows_seen - _rows_with_rejects(lab, name),
        rows_seen,
        len(frame) - len(contradicted),
        len(frame),
        latest,
        behind,
        "",
    )


def data_rows(lab: Engagement, name: str) -> int:
    """Rows of a table that hold a record: loaded, rejected or repeated; blank and later rows are none."""
    ledger = lab.ledger
    if ledger.empty:  # tables that no file was read for
        return 0
    own = (ledger["table"] == name) & (ledger["field"] == "")
    return int((own & ledger["action"].isin(_RECORDS)).sum())


def _rows_with_rejects(lab: Engagement, name: str) -> int:
    """Rows rejected or loaded without one of their cells; a refused column counts every cell it held."""
    place = ["file", "sheet", "row"]
    own = lab.ledger[lab.ledger["table"] == name]
    records = own[(own["field"] == "") & own["action"].isin(_RECORDS)][place]
    rejected = own[own["action"] == Action.REJECTED]
    rows = rejected[place].drop_duplicates().merge(records, on=place).groupby(["file", "sheet"]).size()
    columns = rejected[rejected["rule"].str.startswith(REFUSED)]
    refused = columns["old"].str.extract(r"^(\d+)", expand=False).astype("int64")
    by_column = refused.groupby([columns["file"], columns["sheet"]]).max()
    return int(pd.concat([rows, by_column], axis=1).fillna(0).max(axis=1).sum())


def _latest(frame: pd.DataFrame, name: str) -> pd.Timestamp | None:
    columns = [column.name for column in table_specs()[name].columns if column.kind in _DATES]
    moments = [frame[column].max() for column in columns if column not in _AHEAD and frame[column].notna().any()]
    return max(moments).normalize() if moments else None


def sheet_account(lab: Engagement) -> pd.DataFrame:
    """What became of every sheet and table: recognised, loaded, repaired, refused, asked.

    Returns
    -------
    DataFrame
        ``file, sheet, table``; ``columns_used`` and ``columns_without_meaning`` [count]; ``seen,
        loaded, rejected, skipped, duplicate`` [rows]; ``cells_repaired, cells_left_out,
        cells_marked, columns_refused`` [count]; ``asked`` and ``unanswered`` [questions of the
        sheet]; ``engine`` that read it; ``note``.
    """
    lines = []
    for row in lab.summary.to_dict("records"):
        own = lab.columns[_of_sheet(lab.columns, row) & (lab.columns["table"] == row["table"])]
        entries = lab.ledger[_of_sheet(lab.ledger, row) & (lab.ledger["table"] == row["table"])]
        cells = entries[entries["field"] != ""]
        refused = cells["rule"].str.startswith(REFUSED)
        asked = lab.questions[_of_sheet(lab.questions, row)]
        lines.append(
            {
                **{name: row[name] for name in ("file", "sheet", "table")},
                "columns_used": int((own["field"] != "").sum()),
                "columns_without_meaning": int((own["field"] == "").sum()),
                **{name: row[name] for name in ("seen", "loaded", "rejected", "skipped", "duplicate")},
                "cells_repaired": int((cells["action"] == Action.REPAIRED).sum()),
                "cells_left_out": int(((cells["action"] == Action.REJECTED) & ~refused).sum()),
                "cells_marked": int((cells["action"] == Action.FLAGGED).sum()),
                "columns_refused": int(refused.sum()),
                "asked": len(asked),
                "unanswered": int((~asked["answered"].astype(bool)).sum()),
                "engine": row["engine"],
                "note": row["note"],
            }
        )
    return pd.DataFrame(lines)


def _of_sheet(frame: pd.DataFrame, row: Mapping[Hashable, object]) -> pd.Series:
    return (frame["file"] == row["file"]) & (frame["sheet"] == row["sheet"])


def missing_fields(kpis: pd.DataFrame) -> pd.DataFrame:
    """What to ask for first: every missing field with the key figures and clauses that wait for it.

    Parameters
    ----------
    kpis : DataFrame
        Result of `kpi_availability`.

    Returns
    -------
    DataFrame
        ``field``; ``kpis_waiting`` [count] and ``kpis_by_it_alone`` [count], those that need nothing
        else; ``clauses`` they are evidence for; ``meaning`` for the audit. Most first; fields that
        no canonical table holds (``-.field``) last.
    """
    waiting = kpis[~kpis["computable"].astype(bool)]
    pairs = [
        (need.strip(), row["kpi"], str(row["clause"]), ";" not in row["missing_fields"])
        for row in waiting.to_dict("records")
        for need in row["missing_fields"].split(";")
    ]
    frame = pd.DataFrame(pairs, columns=["field", "kpi", "clause", "alone"])
    lines = []
    for field, group in frame.groupby("field", sort=True):
        clauses = sorted({part for clause in group["clause"] for part in clause.split(";")}, key=_clause_order)
        figures = "1 key figure" if len(group) == 1 else f"{len(group)} key figures"
        place = "No table of auditlab has a place for it so far. " if str(field).startswith(NOWHERE) else ""
        meaning = (
            f"{place}Without it {figures} cannot be computed; evidence for {', '.join(clauses)} has to come from "
            "records, interviews and observation in the audit itself."
        )
        lines.append((field, len(group), int(group["alone"].sum()), " ".join(clauses), meaning))
    columns = ["field", "kpis_waiting", "kpis_by_it_alone", "clauses", "meaning"]
    found = pd.DataFrame(lines, columns=columns)
    found["nowhere"] = found["field"].str.startswith(NOWHERE)
    order = ["nowhere", "kpis_by_it_alone", "kpis_waiting"]
    ranked = found.sort_values(order, ascending=[True, False, False], kind="stable", ignore_index=True)
    return ranked.drop(columns="nowhere")


def _clause_order(clause: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in clause.split(".")]


def kpi_availability(lab: Engagement) -> pd.DataFrame:
    """Which KPIs of the catalogue can be computed from what was handed over.

    Returns
    -------
    DataFrame
        ``kpi, clause, computable`` (True, False), ``missing_fields`` (``table.column``, separated by
        semicolons; a field that no canonical table holds is written ``-.field``), ``formula``.
    """
    lines = []
    for row in kpi_catalogue().to_dict("records"):
        missing = [need for need in filter(None, str(row["needs"]).split(";")) if not _held(lab, need)]
        lines.append((row["kpi"], row["clause"], not missing, ";".join(missing), row["formula"]))
    return pd.DataFrame(lines, columns=["kpi", "clause", "computable", "missing_fields", "formula"])


def _held(lab: Engagement, need: str) -> bool:
    """Whether one of the alternatives of a need has at least one value."""
    return any(_filled(lab, alternative) for alternative in need.split("|"))


def _filled(lab: Engagement, reference: str) -> bool:
    table, _, column = reference.strip().partition(".")
    if table not in table_specs():
        return False
    frame = lab.tables[table]
    return column in frame and bool(frame[column].notna().any())

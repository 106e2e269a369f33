"""Exports that hold several kinds of record: a service request is no incident and gets a table of its own."""

from __future__ import annotations

from functools import cache
from importlib import resources

import pandas as pd

from auditlab.intake.ledger import Action, Ledger, place_of
from auditlab.intake.plain import plain_header
from auditlab.tables import as_canonical, table_specs

INCIDENTS = "incidents"
FROM_INCIDENT = {
    "requests": {"incident_id": "request_id", "resolved": "closed"},
    "problems": {"incident_id": "problem_id"},
    "changes": {"incident_id": "change_id"},
}
"""Columns that are called otherwise in the table of the other kind."""


@cache
def _tables_by_word() -> dict[str, str]:
    with resources.files(__package__).joinpath("record_kind_words.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {plain_header(word): str(table) for table, word in zip(rows["table"], rows["word"], strict=True)}


def part_record_kinds(tables: dict[str, pd.DataFrame], *, ledger: Ledger) -> dict[str, pd.DataFrame]:
    """`tables` with the requests, problems and changes of a mixed export moved out of the incidents.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables.
    ledger : Ledger
        Every moved row is accounted for in its new table.

    Returns
    -------
    dict
        Rows whose ``record_type`` is a word for an incident, unknown or missing stay incidents.
        Columns that the other table does not have are kept with ``given:`` before their name.
    """
    incidents = tables[INCIDENTS]
    kinds = incidents["record_type"].dropna()
    kinds = kinds.map(plain_header).map(_tables_by_word()).dropna()
    parted = dict(tables)
    for table, rows in kinds.groupby(kinds):
        if table == INCIDENTS:
            continue
        moved = _as_table(str(table), incidents.loc[rows.index])
        for record in moved.to_dict("records"):
            ledger.row(place_of(record), table=str(table), action=Action.LOADED)
        parted[str(table)] = pd.concat([tables[str(table)], moved], ignore_index=True)
    others = kinds.index[kinds != INCIDENTS]
    return parted | {INCIDENTS: incidents.drop(index=others).reset_index(drop=True)}


def _as_table(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    spec = table_specs()
    kept = rows.dropna(axis="columns", how="all").rename(columns=FROM_INCIDENT[table])
    strange = set(spec[INCIDENTS].column_names) - set(spec[table].column_names)
    kept = kept.loc[:, ~kept.columns.duplicated()]
    return as_canonical(table, kept.rename(columns={name: f"given: {name}" for name in strange})).reset_index(drop=True)

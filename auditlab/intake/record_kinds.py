"""Exports that hold several kinds of record: a service request is no incident and gets a table of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.intake.exports import PERSON, Role, export_of
from auditlab.intake.plain import plain_header
from auditlab.intake.recognition import Recognition
from auditlab.intake.table_regions import TableArea
from auditlab.intake.values import clean_text
from auditlab.tables import table_specs

RECORD_TYPE = "record_type"
KINDS = ("incidents", "requests", "problems", "changes")
OTHERWISE_CALLED = {("incidents", "requests"): {"resolved": "closed"}}
"""From table to table: columns, beside the number of the record, that are called otherwise there."""


@cache
def _tables_by_word() -> Mapping[str, str]:
    with resources.files(__package__).joinpath("record_kind_words.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {plain_header(word): str(table) for table, word in zip(rows["table"], rows["word"], strict=True)}


def part_kinds(area: TableArea) -> list[TableArea]:
    """One table per kind of record of a mixed export.

    Parameters
    ----------
    area : TableArea
        A table whose column ``record_type``, or one with `Role.KIND`, tells the kind of each record.

    Returns
    -------
    list of TableArea
        The table itself with the rows of its own kind and of every unknown word, then the other
        kinds in the order of `KINDS`; each row lies in one of them. Columns of another kind are
        those of the export of the same tool, else those of the same name.
    """
    found = area.recognition
    position = found.roles.get(Role.KIND) or found.columns.get(RECORD_TYPE)
    if found.table not in KINDS or position is None:
        return [area]
    below = range(found.header_row + 1, len(area.sheet.rows) + 1)
    words = {row: plain_header(clean_text(area.sheet.cell(row, position))) for row in below}
    kinds = {row: table for row, word in words.items() if (table := _tables_by_word().get(word, "")) != found.table}
    others = {table: frozenset(row for row, kind in kinds.items() if kind == table) for table in KINDS}
    own = replace(area, elsewhere=frozenset().union(*others.values()))
    parts = [
        replace(area, recognition=_as_table(area, table), elsewhere=frozenset(below) - rows, titles=(), header_rows=())
        for table, rows in others.items()
        if rows
    ]
    return [own, *parts]


def _as_table(area: TableArea, table: str) -> Recognition:
    """The same headers read as `table`."""
    found = area.recognition
    columns = {
        name: place for name, place in _renamed(found, table).items() if name in table_specs()[table].column_names
    }
    persons = {plain_header(header) for header in found.persons}
    headers = {
        place: clean_text(cell)
        for place, cell in enumerate(area.sheet.rows[found.header_row - 1], start=1)
        if clean_text(cell) and plain_header(clean_text(cell)) not in persons
    }
    export = export_of(found.system, table=table)
    if export is not None:
        known = {place: export.headers.get(plain_header(header)) for place, header in headers.items()}
        own = {
            each.column: place for place, each in known.items() if each is not None and each.column not in ("", PERSON)
        }
        columns = {name: place for name, place in columns.items() if place not in own.values()} | own
    return replace(
        found,
        table=table,
        columns=columns,
        unknown={header: place for place, header in headers.items() if place not in columns.values()},
        missing=tuple(name for name in table_specs()[table].required if name not in columns),
        times={name: place for name, place in found.times.items() if name in columns},
        near=(),
    )


def _renamed(found: Recognition, table: str) -> dict[str, int]:
    """The columns of `found` under the names they have in `table`."""
    keys = {found.table: table_specs()[found.table].columns[0].name, table: table_specs()[table].columns[0].name}
    names = {keys[found.table]: keys[table]} | OTHERWISE_CALLED.get((found.table, table), {})
    renamed = {names[name]: place for name, place in found.columns.items() if name in names}
    return {name: place for name, place in found.columns.items() if name not in names} | renamed

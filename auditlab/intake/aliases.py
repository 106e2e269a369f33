"""The catalogue of headers: ``column_aliases.csv`` per canonical column and language, and ``common_headers.csv``."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import resources

from auditlab.intake.plain import plain_header
from auditlab.tables import table_specs

EVERY_TABLE = "*"


@cache
def _catalogue() -> list[list[str]]:
    """The names of its columns, then its rows: table, column, and the headers of each language."""
    with resources.files(__package__).joinpath("column_aliases.csv").open(encoding="utf-8") as source:
        return list(csv.reader(source))


@cache
def _rows() -> Mapping[str, list[list[str]]]:
    """Rows of the catalogue by table."""
    rows: dict[str, list[list[str]]] = {}
    for table, *row in _catalogue()[1:]:
        rows.setdefault(table, []).append(row)
    return rows


@cache
def languages() -> tuple[str, ...]:
    """The languages of the catalogue, English first: its columns behind table and column."""
    return tuple(_catalogue()[0][2:])


@cache
def column_aliases(table: str) -> Mapping[str, str]:
    """Plain header to canonical column for one table, in all languages; English wins where two disagree."""
    given = [column.name for column in table_specs()[table].columns if not column.kind.derived]
    names = {plain_header(name): name for name in given}
    # The table's own aliases are laid over the general ones, and English over the other languages.
    for part in (EVERY_TABLE, table):
        own = [(column, texts) for column, *texts in _rows().get(part, ()) if column in given]
        for place in reversed(range(len(languages()))):
            for column, texts in own:
                names |= {plain_header(alias): column for alias in texts[place].split("|") if alias}
    return names


@cache
def common_headers(table: str) -> Mapping[str, str]:
    """Plain header to canonical column, of headers too common to tell a table: they count where it is known already."""
    found: dict[str, str] = {}
    with resources.files(__package__).joinpath("common_headers.csv").open(encoding="utf-8") as source:
        for row in csv.DictReader(source):
            if row["table"] == table:
                found |= {plain_header(text): row["column"] for text in row["headers"].split("|")}
    return found


@cache
def header_tables() -> Mapping[str, int]:
    """Every known header, without case and punctuation, and the number of tables that have it."""
    return Counter(header for table in table_specs() for header in column_aliases(table))


@cache
def known_headers() -> frozenset[str]:
    """Every header of the catalogue, without case and punctuation."""
    return frozenset(header_tables())

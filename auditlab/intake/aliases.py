"""The catalogue ``column_aliases.csv``: the headers seen in practice per canonical column, by language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.intake.plain import plain_header
from auditlab.tables import table_specs

EVERY_TABLE = "*"


@cache
def _catalogue() -> pd.DataFrame:
    with resources.files(__package__).joinpath("column_aliases.csv").open(encoding="utf-8") as source:
        return pd.read_csv(source, dtype="str", keep_default_na=False)


@cache
def languages() -> tuple[str, ...]:
    """The languages of the catalogue, English first: its columns behind table and column."""
    return tuple(_catalogue().columns[2:])


@cache
def column_aliases(table: str) -> Mapping[str, str]:
    """Plain header to canonical column for one table, in all languages; English wins where two disagree."""
    rows = _catalogue()
    given = (column.name for column in table_specs()[table].columns if not column.kind.derived)
    names = {plain_header(name): name for name in given}
    own = rows[rows["table"].isin([table, EVERY_TABLE]) & rows["column"].isin(names.values())]
    # The table's own aliases are laid over the general ones, and English over the other languages.
    for general in (True, False):
        part = own[(own["table"] == EVERY_TABLE) == general]
        for language in reversed(languages()):
            for column, aliases in zip(part["column"], part[language], strict=True):
                names |= {plain_header(alias): column for alias in aliases.split("|") if alias}
    return names


@cache
def header_tables() -> Mapping[str, int]:
    """Every known header, without case and punctuation, and the number of tables that have it."""
    return Counter(header for table in table_specs() for header in column_aliases(table))


@cache
def known_headers() -> frozenset[str]:
    """Every header of the catalogue, without case and punctuation."""
    return frozenset(header_tables())

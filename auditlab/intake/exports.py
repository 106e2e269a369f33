"""Tell by its headers which tool wrote a file: the exports of service-management and audit tools.

``exports.csv`` beside this module lists, per tool and table, the headers of its exports, the
canonical column each fills, the unit of bare numbers, and its role. A header that only one tool
writes says more than one that many share, so each counts with one over the number of its tools.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.intake.plain import plain_header
from auditlab.tables import table_specs

MIN_HEADERS = 3
MIN_WEIGHT = 2.0
STRONG_WEIGHT = 5.0
MIN_SHARE = 0.5
PERSON = "(person)"
"""Stands in the catalogue for a column that names people: it is left out of the tables."""


class Role(StrEnum):
    """What is special about a column of an export."""

    NONE = ""
    FALLBACK = "fallback"  # used only where the better column is absent
    SEQUENCE = "sequence"  # counts or dates the updates of a record
    EVENT = "event"  # the moment of an event; the log has no column for the opening
    LEGACY = "legacy"  # a flag of an older engine
    CLOCK = "clock"  # time left in some exports, time used in others
    AGREEMENT = "agreement"  # names the service-level clock to which a row belongs
    STAGE = "stage"  # says where that clock stands
    KIND = "kind"  # tells incidents, requests, problems and changes of one export apart


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportColumn:
    """One header of an export; `column` is empty where it has no canonical meaning."""

    column: str
    unit: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One table as a tool exports it: plain header to its meaning."""

    system: str
    table: str
    headers: Mapping[str, ExportColumn]


@cache
def known_exports() -> tuple[Export, ...]:
    """All exports of the catalogue."""
    with resources.files(__package__).joinpath("exports.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return tuple(
        Export(
            system=str(system),
            table=str(table),
            headers={
                plain_header(row["header"]): ExportColumn(
                    column=row["column"], unit=row["unit"], role=Role(row["role"])
                )
                for row in group.to_dict("records")
            },
        )
        for (system, table), group in rows.groupby(["system", "table"], sort=False)
    )


def export_of(system: str, *, table: str) -> Export | None:
    """What is known of the records of `table` in the exports of `system`; ``None`` where that is nothing."""
    return next((export for export in known_exports() if (export.system, export.table) == (system, table)), None)


@cache
def _weights() -> Mapping[str, float]:
    systems: dict[str, set[str]] = defaultdict(set)
    for export in known_exports():
        for header in export.headers:
            systems[header].add(export.system)
    return {header: 1 / len(names) for header, names in systems.items()}


def fingerprint(headers: Iterable[str], *, table: str) -> Export | None:
    """The export of `table` that the plain `headers` give away, or ``None``.

    Parameters
    ----------
    headers : iterable of str
        Headers of a sheet, as `plain_header` writes them.
    table : str
        Canonical table.

    Returns
    -------
    Export or None
        At least `MIN_HEADERS` headers must match, with a summed weight of `MIN_WEIGHT`, where a
        header counts with one over the number of tools that write it; and they must be the
        `MIN_SHARE` of all headers or weigh `STRONG_WEIGHT`, as exports may hold many own columns.
        Headers that are all canonical names are those of our own blank workbook, and of no tool.
    """
    given = set(headers)
    if given <= {plain_header(column.name) for column in table_specs()[table].columns}:
        return None
    best, best_weight = None, 0.0
    for export in known_exports():
        if export.table != table:
            continue
        common = given & set(export.headers)
        weight = sum(_weights()[header] for header in common)
        told = len(common) >= MIN_SHARE * len(given) or weight >= STRONG_WEIGHT
        if told and len(common) >= MIN_HEADERS and weight >= MIN_WEIGHT and weight > best_weight:
            best, best_weight = export, weight
    return best

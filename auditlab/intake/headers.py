"""Find the header row of a sheet and tell by its headers which canonical table it holds.

Three sources of knowledge, the surest first: what a person said in ``[mapping]``; the fingerprints
of known exports (``exports.csv``); the catalogue ``column_aliases.csv``, which lists per canonical
column the headers seen in practice, one column per language. A header matches when it is the same
without case and punctuation, or else without what stands in brackets (usually a unit). What is
left may be a near miss; see ``auditlab.intake.near_headers``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.intake.exports import PERSON, Export, Role, fingerprint
from auditlab.intake.near_headers import NearHeader, near_headers
from auditlab.intake.plain import plain_header
from auditlab.intake.sheets import RawSheet
from auditlab.intake.time_headers import time_of_day_columns
from auditlab.intake.values import clean_text
from auditlab.tables import table_specs

SEARCHED_ROWS = 30
MIN_MATCHED = 2
EVERY_TABLE = "*"
TABLE = "table"
NO_TABLE = "none"
"""Answer for a sheet that holds no table: it is left out without a question."""
JOIN = " + "
"""Between the headers that a person joins for one column."""
NO_COLUMN = "none"
"""Answer for a canonical column that the sheet does not have."""
LANGUAGES = ("en", "de", "fr", "es", "pt", "nl", "it")
RECORD_PREFIXES = {
    "INC": "incidents",
    "PRB": "problems",
    "CHG": "changes",
    "CRQ": "changes",
    "RITM": "requests",
    "REQ": "requests",
}
"""How the numbers of records begin in tools that call the same column "Number" in every table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What a sheet was recognised as.

    Attributes
    ----------
    table : str
        Canonical table.
    header_row : int
        Row of the headers, as the spreadsheet program numbers it.
    columns : mapping of str to int
        Canonical column to sheet column, counted from 1.
    unknown : mapping of str to int
        Headers that belong to no canonical column of the table, or to one that is taken already.
    missing : tuple of str
        Required columns for which no header was found.
    system : str
        Tool whose export it is, or ``""``.
    units : mapping of str to str
        Canonical column to the unit of its bare numbers, where the header or the tool says it.
    roles : mapping of str to int
        What some columns are good for beyond their value (`Role`) to sheet column.
    times : mapping of str to int
        Canonical column to the sheet column that holds its time of day.
    persons : tuple of str
        Headers of columns that name people; they are left out.
    near : tuple of NearHeader
        Headers that resemble a known one; the likely ones are among `columns` already.
    set_aside : mapping of int to str
        Rows that are no record of their own, with the reason.
    joined : mapping of str to tuple of int
        Canonical column to the sheet columns that a person joined for it, such as a key of three.
    """

    table: str
    header_row: int
    columns: Mapping[str, int]
    unknown: Mapping[str, int]
    missing: tuple[str, ...]
    system: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)
    persons: tuple[str, ...] = ()
    near: tuple[NearHeader, ...] = ()
    set_aside: Mapping[int, str] = field(default_factory=dict)
    joined: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    explained: int = 0

    @property
    def score(self) -> tuple[bool, float, int]:
        """Complete tables first, then the share of headers explained, then their number."""
        known = max(self.explained, len(self.columns))
        total = len(self.columns) + len(self.unknown) + len(self.persons)
        return not self.missing, known / total, known

    @property
    def shown(self) -> str:
        """What was recognised beyond the table, as remarks for the summary."""
        parts = [f"export of {self.system}"] if self.system else []
        if self.persons:
            parts.append(f"columns that name people left out: {', '.join(self.persons)}")
        parts += [near.shown for near in self.near if near.taken]
        return "; ".join(parts)


def _without_brackets(header: str) -> str:
    """A header without what stands in brackets, usually a unit."""
    return plain_header(re.sub(r"[(\[].*?[)\]]", " ", header))


def _told_apart(header: str, column: str | None, columns: Mapping[str, int], unknown: Mapping[str, int]) -> str:
    """A header of no column of its own, with what makes it differ from its namesakes."""
    told = f"{header} (a second '{column}')" if column in columns else header
    repeats = 2
    while told in unknown:
        told = f"{header} ({repeats})"
        repeats += 1
    return told


@cache
def column_aliases(table: str) -> Mapping[str, str]:
    """Plain header to canonical column for one table, in all languages; English wins where two disagree."""
    with resources.files(__package__).joinpath("column_aliases.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    given = (column.name for column in table_specs()[table].columns if not column.kind.derived)
    names = {plain_header(name): name for name in given}
    own = rows[rows["table"].isin([table, EVERY_TABLE]) & rows["column"].isin(names.values())]
    # The table's own aliases are laid over the general ones, and English over the other languages.
    for general in (True, False):
        part = own[(own["table"] == EVERY_TABLE) == general]
        for language in reversed(LANGUAGES):
            for column, aliases in zip(part["column"], part[language], strict=True):
                names |= {plain_header(alias): column for alias in aliases.split("|") if alias}
    return names


@cache
def _every_alias() -> frozenset[str]:
    return frozenset(alias for table in table_specs() for alias in column_aliases(table))


def recognise(sheet: RawSheet, *, mapping: Mapping[str, str] | None = None) -> Recognition | None:
    """The best table for a sheet, or ``None`` when its headers explain nothing.

    Parameters
    ----------
    sheet : RawSheet
        The cells.
    mapping : mapping of str to str, optional
        What a person said of this sheet: canonical column to header, and ``table`` to the name of
        the table. It wins over the catalogue.

    Returns
    -------
    Recognition or None
        A table is only proposed when at least `MIN_MATCHED` headers match and its headers cover half
        of the required columns; `Recognition.missing` then names the others.
    """
    mapping = mapping or {}
    said = {column: header for column, header in mapping.items() if column != TABLE}
    own = {plain_header(header): column for column, header in said.items() if header != NO_COLUMN}
    joins = {column: header.split(JOIN) for column, header in said.items() if JOIN in header}
    denied = {column for column, header in said.items() if header == NO_COLUMN}
    tables = [mapping[TABLE]] if TABLE in mapping else list(table_specs())
    best: Recognition | None = None
    for number, row in enumerate(sheet.rows[:SEARCHED_ROWS], start=1):
        headers = {column: clean_text(cell) for column, cell in enumerate(row, start=1) if isinstance(cell, str)}
        headers = {column: header for column, header in headers.items() if header}
        if len(headers) < MIN_MATCHED:
            continue
        for table in tables:
            found = _match(table, headers, header_row=number, own=own, denied=denied, joins=joins)
            if found is not None and (best is None or _rank(found, sheet) > _rank(best, sheet)):
                best = found
    return best


def _rank(found: Recognition, sheet: RawSheet) -> tuple[bool, bool, float, int]:
    """Tables whose record numbers begin as they should come first, then the score."""
    key = found.columns.get(table_specs()[found.table].columns[0].name)
    wanted = None
    if key is not None and found.table in RECORD_PREFIXES.values():
        first = next((cell for row in sheet.rows[found.header_row :] for cell in row[key - 1 : key] if cell), None)
        letters = re.match(r"[A-Z]+(?=\d)", first) if isinstance(first, str) else None
        wanted = RECORD_PREFIXES.get(letters[0]) if letters else None
    complete, share, known = found.score
    return complete, wanted in (None, found.table), share, known


def _match(
    table: str,
    headers: Mapping[int, str],
    *,
    header_row: int,
    own: Mapping[str, str],
    denied: Collection[str],
    joins: Mapping[str, Sequence[str]],
) -> Recognition | None:
    spec = table_specs()[table]
    aliases = dict(column_aliases(table)) | {h: column for h, column in own.items() if column in spec.column_names}
    export = fingerprint((plain_header(header) for header in headers.values()), table=table)
    columns: dict[str, int] = {}
    unknown: dict[str, int] = {}
    persons: dict[str, int] = {}
    joined = _joined(joins, headers)
    for position, header in sorted(headers.items(), key=lambda item: _turn(item[1], own, export)):
        column = _meaning(header, aliases=aliases, own=own, export=export)
        if column == PERSON:
            persons[_told_apart(header, None, {}, persons)] = position
        elif column is None or column in columns or column in denied or column in joined:
            unknown[_told_apart(header, column, columns, unknown)] = position
        else:
            columns[column] = position
    columns |= {column: positions[0] for column, positions in joined.items()}
    # "Clause" is 91 % like "cause": a header that means something in any table is no misspelling.
    strange = [header for header in unknown if plain_header(header) not in _every_alias()]
    free = {column.name for column in spec.columns if not column.kind.derived} - set(columns) - set(denied)
    near = near_headers(strange, aliases=aliases, free=free) if export is None else ()
    for each in near:
        if each.taken:
            columns[each.column] = unknown.pop(each.header)
    missing = tuple(name for name in spec.required if name not in columns)
    if len(columns) < MIN_MATCHED or len(missing) * 2 > len(spec.required):
        return None
    times = time_of_day_columns(columns, unknown, headers, table=table)
    found = Recognition(
        table=table,
        header_row=header_row,
        columns=columns,
        unknown={header: position for header, position in unknown.items() if position not in times.values()},
        missing=missing,
        units=_units(columns, headers, export),
        times=times,
        persons=tuple(persons),
        near=near,
        joined=joined,
    )
    return found if export is None else _as_export(found, export, headers)


def _joined(joins: Mapping[str, Sequence[str]], headers: Mapping[int, str]) -> dict[str, tuple[int, ...]]:
    """Canonical column to the sheet columns joined for it, where all their headers are there."""
    positions = {plain_header(header): position for position, header in headers.items()}
    found = {
        column: tuple(positions[plain] for part in parts if (plain := plain_header(part)) in positions)
        for column, parts in joins.items()
    }
    return {column: places for column, places in found.items() if len(places) == len(joins[column])}


def _turn(header: str, own: Mapping[str, str], export: Export | None) -> int:
    """Headers take their columns in turn: named by a person, known of the export, others, stand-ins."""
    plain = plain_header(header)
    if plain in own:
        return 0
    if export is not None and plain in export.headers:
        return 3 if export.headers[plain].role is Role.FALLBACK else 1
    return 2


def _meaning(header: str, *, aliases: Mapping[str, str], own: Mapping[str, str], export: Export | None) -> str | None:
    plain = plain_header(header)
    if export is not None and plain in export.headers and plain not in own:
        return export.headers[plain].column or None
    return aliases.get(plain) or aliases.get(_without_brackets(header))


_UNIT = re.compile(r"[(\[_ ](?P<unit>s|secs?|seconds|mins?|minutes|h|hrs?|hours|days?)[)\]]?$", re.IGNORECASE)
_UNIT_NAMES = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _units(columns: Mapping[str, int], headers: Mapping[int, str], export: Export | None) -> dict[str, str]:
    """Unit of bare numbers per duration column, from the header or else from the tool."""
    units = {}
    for column, position in columns.items():
        if not column.endswith("_minutes"):
            continue
        known = export.headers.get(plain_header(headers[position])) if export else None
        written = _UNIT.search(headers[position])
        if known is not None and known.unit:
            units[column] = known.unit
        elif written:
            units[column] = _UNIT_NAMES[written["unit"][0].lower()]
    return units


def _as_export(found: Recognition, export: Export, headers: Mapping[int, str]) -> Recognition:
    """`found` with what is known of the export: its tool and the roles of its columns."""
    known = {position: export.headers.get(plain_header(header)) for position, header in headers.items()}
    roles: dict[str, int] = {}
    for position, column in known.items():
        if column is not None and column.role is not Role.NONE:
            roles.setdefault(column.role, position)
    explained = sum(column is not None for column in known.values())
    extra = sum(1 for name in found.columns.values() if known.get(name) is None)
    return replace(found, system=export.system, roles=roles, explained=explained + extra)

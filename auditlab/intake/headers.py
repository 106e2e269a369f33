"""Find the header row of a sheet and tell by its headers which canonical table it holds.

Three sources of knowledge, the surest first: what a person said in ``[mapping]``; the fingerprints
of known exports (``exports.csv``); the catalogue ``column_aliases.csv``, which lists per canonical
column the headers seen in practice, one column per language. A header matches when it is the same
without case and punctuation, or else without what stands in brackets (usually a unit). What is
left may be a near miss; see ``auditlab.intake.near_headers``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from auditlab.intake.aliases import column_aliases, header_tables, known_headers
from auditlab.intake.cells import Cell
from auditlab.intake.exports import PERSON, Export, Role, fingerprint
from auditlab.intake.header_zones import header_zones
from auditlab.intake.near_headers import NearHeader, near_headers
from auditlab.intake.plain import plain_header
from auditlab.intake.recognition import CONSTANT, JOIN, MIN_MATCHED, NO_COLUMN, SEARCHED_ROWS, TABLE, Recognition
from auditlab.intake.risk_registers import may_list_risks
from auditlab.intake.sheets import RawSheet
from auditlab.intake.time_headers import time_of_day_columns
from auditlab.intake.values import clean_text
from auditlab.tables import table_specs

RECORD_PREFIXES = {
    "INC": "incidents",
    "PRB": "problems",
    "CHG": "changes",
    "CRQ": "changes",
    "RITM": "requests",
    "REQ": "requests",
}
"""How the numbers of records begin in tools that call the same column "Number" in every table."""
MIN_WEIGHT = 1.0
MIN_SHARE = 0.5
MOST_STRANGE = 1_000
"""Of more unknown headers in one row, none is taken for a misspelling: it is no row of headers."""


@lru_cache(maxsize=4096)
def without_brackets(header: str) -> str:
    """A header without what stands in brackets, usually a unit."""
    return plain_header(re.sub(r"[(\[].*?[)\]]", " ", header))


@dataclass(frozen=True, slots=True)
class _Strangers:
    """Headers of no column of their own, and how often each has been seen."""

    found: dict[str, int] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def add(self, header: str, position: int, *, told: str = "") -> None:
        """Note a header as `told`, or itself, with a number where that is a namesake."""
        told = told or header
        while told in self.found:
            self.seen[header] += 1  # the number goes on from the namesake before: a sheet may have thousands
            told = f"{header} ({self.seen[header] + 1})"
        self.found[told] = position


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a person said of a sheet: header to column, headers joined, columns it lacks, and those of one value."""

    own: Mapping[str, str] = field(default_factory=dict)
    joins: Mapping[str, Sequence[str]] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()


def _said(mapping: Mapping[str, str]) -> _Said:
    fixed = frozenset(column for column, header in mapping.items() if header.startswith(CONSTANT))
    said = {column: header for column, header in mapping.items() if column != TABLE and column not in fixed}
    return _Said(
        own={plain_header(header): column for column, header in said.items() if header != NO_COLUMN},
        joins={column: header.split(JOIN) for column, header in said.items() if JOIN in header},
        denied=fixed | {column for column, header in said.items() if header == NO_COLUMN},
        fixed=fixed,
    )


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
        A table is only proposed when at least `MIN_MATCHED` headers match, its headers cover half
        of the required columns, and the headers say enough; `Recognition.missing` then names the
        other required columns. What headers say is weighed: each counts one over the number of tables that
        know it, and "Code" and "Name" alone (`MIN_WEIGHT`) make no table among headers of which
        they are less than half (`MIN_SHARE`). Actions that may belong to risks are none of a finding until a
        person says so.
    """
    mapping = mapping or {}
    tables = (mapping[TABLE],) if TABLE in mapping else tuple(table_specs())
    best: Recognition | None = None
    for number, row in enumerate(sheet.rows[:SEARCHED_ROWS], start=1):
        headers = row_headers(row)
        if len(headers) < MIN_MATCHED:
            continue
        for found in _matches(tables, headers, mapping):
            placed = replace(found, header_row=number)
            if best is None or _rank(placed, sheet) > _rank(best, sheet):
                best = placed
    return best


def row_headers(row: Sequence[Cell]) -> dict[int, str]:
    """The texts of a row by their column, counted from 1."""
    texts = {column: clean_text(cell) for column, cell in enumerate(row, start=1) if isinstance(cell, str)}
    return {column: text for column, text in texts.items() if text}


def _matches(
    tables: tuple[str, ...], headers: Mapping[int, str], mapping: Mapping[str, str]
) -> tuple[Recognition, ...]:
    if mapping:
        said = _said(mapping)
        found = (_match(table, headers, said=said, forced=len(tables) == 1) for table in tables)
        return tuple(one for one in found if one is not None)
    return _unaided_matches(tables, tuple(headers.items()))


@lru_cache(maxsize=512)
def _unaided_matches(tables: tuple[str, ...], headers: tuple[tuple[int, str], ...]) -> tuple[Recognition, ...]:
    """Every table that the headers fit; the same row of headers is looked at many times while regions are found."""
    found = (_match(table, dict(headers), said=_Said(), forced=False) for table in tables)
    return tuple(one for one in found if one is not None)


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


def _match(table: str, headers: Mapping[int, str], *, said: _Said, forced: bool) -> Recognition | None:
    """The headers read as `table`; ``None`` where they do not fit it. `forced` says that a person named the table."""
    spec = table_specs()[table]
    aliases = column_aliases(table)
    if said.own:
        aliases = {**aliases, **{text: column for text, column in said.own.items() if column in spec.column_names}}
    export = fingerprint((plain_header(header) for header in headers.values()), table=table)
    taken = _taken(headers, aliases=aliases, export=export, said=said)
    columns, unknown = taken.columns, taken.unknown.found
    near = () if export is not None else _near(table, taken, aliases=aliases, denied=said.denied)
    for each in near:
        if each.taken:
            columns[each.column] = unknown.pop(each.header)
    missing = tuple(name for name in spec.required if name not in columns and name not in said.fixed)
    if len(columns) + len(said.fixed) < MIN_MATCHED or (len(missing) * 2 > len(spec.required) and not forced):
        return None
    unaided = not forced and export is None
    if unaided and not _telling(columns, headers, said):
        return None
    if unaided and not said.own and may_list_risks(table, columns, headers):
        return None
    times = time_of_day_columns(columns, unknown, headers, table=table)
    found = Recognition(
        table=table,
        header_row=0,
        columns=columns,
        unknown={header: position for header, position in unknown.items() if position not in times.values()},
        missing=missing,
        units=_units(columns, headers, export),
        times=times,
        zones=header_zones(columns, headers, table=table),
        persons=tuple(taken.persons.found),
        near=near,
        joined=taken.joined,
    )
    return found if export is None else _as_export(found, export, headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """Headers shared out: to columns, to people who are left out, to nothing."""

    columns: dict[str, int] = field(default_factory=dict)
    unknown: _Strangers = field(default_factory=_Strangers)
    persons: _Strangers = field(default_factory=_Strangers)
    joined: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def _taken(headers: Mapping[int, str], *, aliases: Mapping[str, str], export: Export | None, said: _Said) -> _Taken:
    taken = _Taken(joined=_joined(said.joins, headers))
    for position, header in sorted(headers.items(), key=lambda item: _turn(item[1], said.own, export)):
        column = _meaning(header, aliases=aliases, own=said.own, export=export)
        if column == PERSON:
            taken.persons.add(header, position)
        elif column is None or column in taken.columns or column in said.denied or column in taken.joined:
            taken.unknown.add(
                header, position, told=f"{header} (a second '{column}')" if column in taken.columns else ""
            )
        else:
            taken.columns[column] = position
    taken.columns.update({column: positions[0] for column, positions in taken.joined.items()})
    return taken


def _near(table: str, taken: _Taken, *, aliases: Mapping[str, str], denied: Collection[str]) -> tuple[NearHeader, ...]:
    """Near misses, where they could matter: a table that lacks more than they could give is none."""
    spec = table_specs()[table]
    # "Clause" is 91 % like "cause": a header that means something in any table is no misspelling.
    strange = [header for header in taken.unknown.found if plain_header(header) not in known_headers()]
    lacking = sum(name not in taken.columns for name in spec.required)
    if not 0 < len(strange) <= MOST_STRANGE or (lacking - len(strange)) * 2 > len(spec.required):
        return ()
    free = {column.name for column in spec.columns if not column.kind.derived} - set(taken.columns) - set(denied)
    return near_headers(strange, aliases=aliases, free=free)


def _telling(columns: Mapping[str, int], headers: Mapping[int, str], said: _Said) -> bool:
    """Whether the headers that match are more than words every list has, such as "Code" and "Name"."""
    if len(columns) >= MIN_SHARE * len(headers):
        return True
    texts = [plain_header(headers[position]) for position in columns.values()]
    return sum(1.0 if text in said.own else 1 / header_tables().get(text, 1) for text in texts) >= MIN_WEIGHT


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
    return aliases.get(plain) or aliases.get(without_brackets(header))


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

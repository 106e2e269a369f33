"""Lists kept by hand that hold a finding and its corrective action on the same row: the row is read as both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from auditlab.intake.aliases import column_aliases
from auditlab.intake.common_headers import likely_headers
from auditlab.intake.headers import without_brackets
from auditlab.intake.ledger import Action, Ledger, place_of
from auditlab.intake.plain import plain_header
from auditlab.intake.recognition import NO_COLUMN, Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.table_regions import TableArea
from auditlab.intake.values import clean_text
from auditlab.tables import table_specs

ACTIONS, FINDINGS = "corrective_actions", "findings"
TELLING = frozenset({"action", "due_original", "completed", "verified"})
"""One of these columns has to be there: an owner or a cause alone is no corrective action."""
READ_TWICE = "the same rows as the findings, read for their corrective actions"
NO_FINDING = "the finding on the same row is left out"
NO_ACTION = "no corrective action on the row of the finding"


def with_actions(areas: Sequence[TableArea], *, said: Callable[[RawSheet], Mapping[str, str]]) -> list[TableArea]:
    """The tables, with one of corrective actions beside each list of findings that has columns for them.

    Where a sheet was recognised as corrective actions, a list of findings beside it is not read as
    such too, unless a person named the columns: which of the two is right, nobody could tell.

    Parameters
    ----------
    areas : sequence of TableArea
        All tables of all files.
    said : callable
        What a person said of a sheet; columns of corrective actions may stand there too.
    """
    listed = any(area.table == ACTIONS for area in areas)
    several = {(area.sheet.file, area.sheet.name) for area in areas if area.first_column}
    parts: list[TableArea] = []
    for area in areas:
        own = said(area.sheet)
        found = _actions(area.recognition, own, named_only=listed) if area.table == FINDINGS else None
        if found is None or (area.sheet.file, area.sheet.name) in several:
            parts.append(area)
        else:
            parts += _parted(area, found)
    return parts


def without_orphans(
    tables: dict[str, pd.DataFrame], areas: Sequence[TableArea], *, ledger: Ledger
) -> dict[str, pd.DataFrame]:
    """`tables` without the actions on rows whose finding was left out: they come back with it.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables ``findings, corrective_actions``, as they were loaded.
    areas : sequence of TableArea
        Result of `with_actions`; it tells which sheets were read as both.
    ledger : Ledger
        Is told of every row.
    """
    places = {table: {_header(area) for area in areas if area.table == table} for table in (FINDINGS, ACTIONS)}
    both = {place[:2] for place in places[FINDINGS] & places[ACTIONS]}
    if not both:
        return tables
    actions, where = tables[ACTIONS], ["source_file", "source_sheet", "source_row"]
    loaded = set(tables[FINDINGS][where].itertuples(index=False, name=None))
    orphans = pd.Series(
        [row[:2] in both and row not in loaded for row in actions[where].itertuples(index=False, name=None)],
        index=actions.index, dtype="bool",
    )  # fmt: skip
    for record in actions[orphans].to_dict("records"):
        ledger.row(place_of(record), table=ACTIONS, action=Action.REJECTED, rule=NO_FINDING)
    return tables | {ACTIONS: actions[~orphans].reset_index(drop=True)} if orphans.any() else tables


def _header(area: TableArea) -> tuple[str, str, int]:
    return area.sheet.file, area.sheet.name, area.recognition.header_row


def action_columns(headers: Sequence[str], own: Mapping[str, str], *, named_only: bool = False) -> dict[str, str]:
    """Canonical column of a corrective action to the header among `headers` that stands for it."""
    spec = table_specs()[ACTIONS]
    plain = {plain_header(header): header for header in headers}
    said = {name: plain[text] for name, header in own.items() if (text := plain_header(header)) in plain}
    found = {name: header for name, header in said.items() if name in spec.column_names[1:]}
    if not named_only:
        aliases = column_aliases(ACTIONS)
        bare = {without_brackets(header): header for header in headers} | plain
        known = {aliases[text]: header for text, header in bare.items() if text in aliases}
        found = likely_headers(ACTIONS, tuple(headers)) | known | found
    free = {name: header for name, header in found.items() if name in spec.column_names[1:]}
    return {name: header for name, header in free.items() if own.get(name) != NO_COLUMN}


def _actions(findings: Recognition, own: Mapping[str, str], *, named_only: bool) -> Recognition | None:
    """The headers that a list of findings does not use, read as corrective actions; ``None`` where they tell none."""
    if findings.missing or findings.system:
        return None
    read = action_columns(tuple(findings.unknown), own, named_only=named_only)
    if not TELLING.intersection(read):
        return None
    places = {name: findings.unknown[header] for name, header in read.items()}
    return replace(
        findings,
        table=ACTIONS,
        columns={"finding_id": findings.columns["finding_id"]} | places,
        unknown={},
        missing=(),
        near=(),
        persons=(),
        remark=READ_TWICE,
        joined={name: places for name, places in findings.joined.items() if name == "finding_id"},
    )


def _parted(area: TableArea, found: Recognition) -> list[TableArea]:
    """The findings and their corrective actions as two tables that stand side by side."""
    columns = {name: place for name, place in found.columns.items() if name != "finding_id"}
    used = set(columns.values())
    unknown = {header: place for header, place in area.recognition.unknown.items() if place not in used}
    below = range(found.header_row + 1, len(area.sheet.rows) + 1)
    empty = {
        row: NO_ACTION
        for row in below
        if clean_text(area.sheet.cell(row, found.columns["finding_id"]))
        and not any(clean_text(area.sheet.cell(row, place)) for place in used)
    }
    first = min(place for place in area.recognition.columns.values())
    actions = replace(found, set_aside=dict(found.set_aside) | empty)
    return [
        replace(area, recognition=replace(area.recognition, unknown=unknown), first_column=first),
        replace(area, recognition=actions, first_column=min(used), titles=(), header_rows=(), twins=()),
    ]

"""Lists kept by hand that hold a finding and its corrective action on the same row: the row is read as both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditlab.intake.aliases import column_aliases
from auditlab.intake.common_headers import likely_headers
from auditlab.intake.plain import plain_header
from auditlab.intake.recognition import NO_COLUMN, Recognition
from auditlab.intake.table_regions import TableArea
from auditlab.intake.values import clean_text
from auditlab.tables import table_specs

ACTIONS, FINDINGS = "corrective_actions", "findings"
TELLING = frozenset({"action", "due_original", "completed", "verified"})
"""One of these columns has to be there: an owner or a cause alone is no corrective action."""
NO_ACTION = "no corrective action on the row of the finding"
Mappings = Mapping[str, Mapping[str, Mapping[str, str]]]


def with_actions(areas: Sequence[TableArea], *, mapping: Mappings) -> list[TableArea]:
    """The tables, with one of corrective actions beside each list of findings that has columns for them.

    Where a sheet was recognised as corrective actions, a list of findings beside it is not read as
    such too, unless a person named the columns: which of the two is right, nobody could tell.

    Parameters
    ----------
    areas : sequence of TableArea
        All tables of all files.
    mapping : mapping
        File to sheet to what a person said of it; columns of corrective actions may stand there too.
    """
    listed = any(area.table == ACTIONS for area in areas)
    several = {(area.sheet.file, area.sheet.name) for area in areas if area.first_column}
    parts: list[TableArea] = []
    for area in areas:
        own = mapping.get(area.sheet.file, {}).get(area.sheet.name, {})
        found = _actions(area.recognition, own, named_only=listed) if area.table == FINDINGS else None
        if found is None or (area.sheet.file, area.sheet.name) in several:
            parts.append(area)
        else:
            parts += _parted(area, found)
    return parts


def action_columns(headers: Sequence[str], own: Mapping[str, str], *, named_only: bool = False) -> dict[str, str]:
    """Canonical column of a corrective action to the header among `headers` that stands for it."""
    spec = table_specs()[ACTIONS]
    plain = {plain_header(header): header for header in headers}
    said = {name: plain[text] for name, header in own.items() if (text := plain_header(header)) in plain}
    found = {name: header for name, header in said.items() if name in spec.column_names[1:]}
    if not named_only:
        known = {name: plain[text] for text, name in column_aliases(ACTIONS).items() if text in plain}
        found = likely_headers(ACTIONS, tuple(headers)) | known | found
    free = {name: header for name, header in found.items() if name in spec.column_names[1:]}
    return {name: header for name, header in free.items() if own.get(name) != NO_COLUMN}


def _actions(findings: Recognition, own: Mapping[str, str], *, named_only: bool) -> Recognition | None:
    """The headers that a list of findings does not use, read as corrective actions; ``None`` where they tell none."""
    if "finding_id" not in findings.columns or findings.system:
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

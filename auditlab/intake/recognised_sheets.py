"""Which tables the sheets of an engagement hold, and what becomes of the sheets that hold none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

from auditlab.errors import EngagementError
from auditlab.intake.actions_beside import with_actions
from auditlab.intake.clock_rows import fold_clocks
from auditlab.intake.detail_rows import fold_details
from auditlab.intake.event_logs import fold_events
from auditlab.intake.finding_lists import as_findings, completed
from auditlab.intake.ledger import Ledger
from auditlab.intake.left_out import skip_sheet
from auditlab.intake.nearest_table import ask_table, nearest_table
from auditlab.intake.questions import Questions
from auditlab.intake.recognition import NO_TABLE, TABLE
from auditlab.intake.record_kinds import part_kinds
from auditlab.intake.said_mappings import ask_wrong, said_of
from auditlab.intake.sheets import RawSheet
from auditlab.intake.sibling_sheets import settle_siblings
from auditlab.intake.table_regions import TableArea, find_tables
from auditlab.intake.two_dates import with_two_dates
from auditlab.settings import SETTINGS_FILE
from auditlab.tables import table_specs

HIDDEN_SHEET = "hidden sheet: reported, not loaded"
EMPTY_SHEET = "empty sheet"
LEFT_OUT = "left out, as auditlab.toml says"
NOT_RECOGNISED = "not recognised: its headers fit no known table"
NO_HEADERS = "no row near its top looks like headers"


def recognise_sheets(
    sheets: Sequence[RawSheet],
    *,
    mapping: Mapping[str, Mapping[str, Mapping[str, str]]],
    ledger: Ledger,
    questions: Questions,
) -> list[TableArea]:
    """The tables on all sheets, each with its columns; sheets that are none are accounted for or asked about.

    Parameters
    ----------
    sheets : sequence of RawSheet
        All sheets of all files.
    mapping : mapping
        Section `mapping` of the settings.
    ledger, questions : Ledger, Questions
        Are added to.

    Raises
    ------
    EngagementError
        If a sheet is said to be a table that does not exist, or no sheet is a table and none can be asked about.
    """
    recognised: list[TableArea] = []
    strangers: list[str] = []
    for sheet in sheets:
        if sheet.hidden:
            skip_sheet(sheet, rule=HIDDEN_SHEET, ledger=ledger)
            continue
        own = said_of(sheet, mapping)
        table = own.get(TABLE, "")
        if table == NO_TABLE:
            skip_sheet(sheet, rule=LEFT_OUT, ledger=ledger)
            continue
        if table and table not in table_specs():
            raise EngagementError(
                f"{SETTINGS_FILE}: sheet '{sheet.name}' of {sheet.file} is mapped to '{table}', which is no table. "
                f"There are: {', '.join(table_specs())}; '{NO_TABLE}' leaves the sheet out."
            )
        found = find_tables(sheet, mapping=own)
        if not found:
            strangers += _not_recognised(sheet, named=table, ledger=ledger, questions=questions)
        recognised.extend(found)
    if not recognised and not len(questions):
        looks = "\n".join(strangers)
        raise EngagementError(
            f"None of the sheets is recognised as a table.\n{looks}\nA sheet needs a row of headers such as "
            "'Finding ID', 'Audit', 'Clause', 'Grade'. If one of these sheets is a table, say so in "
            f'{SETTINGS_FILE}: [mapping."file"."sheet"] with table = its name, such as "findings", and check again: '
            "the lines for its columns are then written there. auditlab/canonical_tables.csv lists all tables."
        )
    confirmed = {(sheet.file, sheet.name) for sheet in sheets if said_of(sheet, mapping)}
    said = partial(said_of, mapping=mapping)
    areas = [_folded(completed(area, said(area.sheet))) for area in as_findings(recognised, said=said)]
    settled = with_actions(settle_siblings(areas, confirmed=confirmed), said=said)
    for _, parts in groupby(settled, key=lambda area: (area.sheet.file, area.sheet.name)):
        tables = list(parts)
        ask_wrong(tables, said(tables[0].sheet), questions=questions)
    return [with_two_dates(part) for area in settled for part in part_kinds(area)]


def _not_recognised(sheet: RawSheet, *, named: str, ledger: Ledger, questions: Questions) -> list[str]:
    """Account for a sheet that fits no table and say what it looks like; asks where a mapping can be guessed."""
    if not sheet.sizes.any():
        skip_sheet(sheet, rule=EMPTY_SHEET, ledger=ledger)
        return []
    near = nearest_table(sheet, named=named)
    looks = near.shown if near else NO_HEADERS
    skip_sheet(sheet, rule=NOT_RECOGNISED, note=f"{NOT_RECOGNISED}; {looks}", ledger=ledger)
    if near and near.asked:
        ask_table(sheet, near, questions=questions)
    return [f"{sheet.file}, sheet '{sheet.name}': {looks}."]


def _folded(area: TableArea) -> TableArea:
    """A table with one row per record: updates of a log, clocks and further rows of a record are set aside."""
    sheet, found = fold_clocks(*fold_events(area.sheet, area.recognition))
    return replace(area, sheet=sheet, recognition=fold_details(sheet, found))

"""One record on many rows: a finding per award, an inspection per violation. It counts once."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from auditlab.intake.column_cells import column_cells
from auditlab.intake.recognition import Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import clean_text
from auditlab.tables import table_specs

MIN_ROWS_PER_RECORD = 1.2
FOLDED_TABLES = frozenset({"audits", "findings", "corrective_actions"})


def fold_details(sheet: RawSheet, found: Recognition) -> Recognition:
    """`found` with the further rows of a record set aside.

    Only where the sheet plainly keeps several rows a record (`MIN_ROWS_PER_RECORD` on average), and
    only rows that equal the first of their key in every column that is read and differ in a column
    without a meaning. All others stay, and are asked about as duplicates.
    """
    key = table_specs()[found.table].columns[0].name
    if found.table not in FOLDED_TABLES or key not in found.columns or found.missing:
        return found
    numbers = [n for n in range(found.header_row + 1, len(sheet.rows) + 1) if n not in found.set_aside]
    read = pd.DataFrame(
        {
            name: pd.Series([clean_text(cell) for cell in column_cells(sheet, found, name, numbers)], dtype="str")
            for name in found.columns
        }
    ).assign(row=numbers)
    read = read[read[key] != ""]
    if len(read) < MIN_ROWS_PER_RECORD * read[key].nunique():
        return found
    columns = list(found.columns)
    given = [_given(sheet, found, int(number)) for number in read["row"]]
    # Rows that are equal in every cell are a slip of the hand and no detail: duplicates are asked about.
    repeated = read[read.duplicated(columns) & ~read.assign(given=given).duplicated([*columns, "given"])]
    into = read.groupby(columns, sort=False)["row"].transform("first")[repeated.index]
    set_aside = {
        int(row): f"a further row of {record}, equal to row {kept} in every column that is read"
        for row, record, kept in zip(repeated["row"], repeated[key], into, strict=True)
    }
    return replace(found, set_aside=dict(found.set_aside) | set_aside)


def _given(sheet: RawSheet, found: Recognition, number: int) -> str:
    """The cells of a row in columns without a meaning."""
    return "\n".join(clean_text(sheet.cell(number, position)) for position in found.unknown.values())

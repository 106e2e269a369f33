"""The cells of a canonical column: one sheet column, a date with its time of day, or several joined."""

from __future__ import annotations

from collections.abc import Sequence

from auditlab.intake.recognition import Recognition
from auditlab.intake.sheets import Cell, RawSheet
from auditlab.intake.time_headers import joined_moments
from auditlab.intake.values import clean_text

JOINED_BY = "/"


def column_cells(sheet: RawSheet, found: Recognition, name: str, numbers: Sequence[int]) -> list[Cell]:
    """The cells of the canonical column `name` in the rows `numbers`.

    A column that a person mapped to several headers ("Client + Year + No") holds their texts joined
    by a slash, and nothing where one of them is empty.
    """
    if name in found.joined:
        parts = [[clean_text(sheet.cell(number, position)) for position in found.joined[name]] for number in numbers]
        return [JOINED_BY.join(texts) if all(texts) else None for texts in parts]
    cells = [sheet.cell(number, found.columns[name]) for number in numbers]
    if name in found.times:
        return joined_moments(cells, [sheet.cell(number, found.times[name]) for number in numbers])
    return cells

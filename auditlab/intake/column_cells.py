"""The cells of a canonical column: one sheet column, a date with its time of day, or several joined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from auditlab.intake.cells import Cell
from auditlab.intake.distinct import each
from auditlab.intake.recognition import Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.time_headers import joined_moments
from auditlab.intake.values import clean_text

JOINED_BY = "/"


def column_cells(sheet: RawSheet, found: Recognition, name: str, numbers: Sequence[int] | np.ndarray) -> Sequence[Cell]:
    """The cells of the canonical column `name` in the rows `numbers`.

    A column that a person mapped to several headers ("Client + Year + No") holds their texts joined
    by a slash, and nothing where one of them is empty.
    """
    if name in found.joined:
        parts = [each(sheet.cells(numbers, position), clean_text) for position in found.joined[name]]
        return [JOINED_BY.join(texts) if all(texts) else None for texts in zip(*parts, strict=True)]
    cells = sheet.cells(numbers, found.columns[name])
    if name in found.times:
        return joined_moments(cells, sheet.cells(numbers, found.times[name]))
    return cells

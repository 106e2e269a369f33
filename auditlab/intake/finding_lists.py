"""Lists of findings that look like something else: a log of corrective actions, or one whose key is a text.

A log of corrective actions needs no more than the number of a finding, so a list of findings with actions beside
them fits that table too, and would lose what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from auditlab.intake.actions_beside import ACTIONS, FINDINGS
from auditlab.intake.common_headers import with_common_headers
from auditlab.intake.constant_columns import with_constants
from auditlab.intake.day_named_audits import named_by_day
from auditlab.intake.headers import recognise
from auditlab.intake.recognition import TABLE
from auditlab.intake.sheets import RawSheet
from auditlab.intake.table_regions import TableArea
from auditlab.intake.values import clean_text

SAYS_A_FINDING = frozenset({"clause_as_cited", "grade", "statement"})
"""With all of them, a list tells what was found."""
MIN_WORDS = 3
"""A number of a finding has fewer words, and its statement hardly ever has."""
MOST = 0.5


def completed(area: TableArea, said: Mapping[str, str]) -> TableArea:
    """`area` with what it takes to know the table: one value for all rows, common headers, a finding's text and day."""
    area = _with_statement(with_constants(area, said), said)
    return named_by_day(with_common_headers(area, said))


def as_findings(areas: Sequence[TableArea], *, said: Callable[[RawSheet], Mapping[str, str]]) -> list[TableArea]:
    """The tables as they were found, with logs of corrective actions read as lists of findings where they are ones.

    Only where nothing else is a list of findings: beside one, a log that repeats clause and grade stays a log.

    Parameters
    ----------
    areas : sequence of TableArea
        All tables of all files.
    said : callable
        What a person said of a sheet; one that has been named stays what it was said to be.
    """
    lists = [completed(area, said(area.sheet)) for area in areas if area.table == FINDINGS]
    if any(not area.recognition.missing for area in lists):
        return list(areas)
    return [_as_findings(area, said(area.sheet)) or area for area in areas]


def _as_findings(area: TableArea, said: Mapping[str, str]) -> TableArea | None:
    if area.table != ACTIONS or TABLE in said or area.recognition.system:
        return None
    found = recognise(area.sheet, mapping={**said, TABLE: FINDINGS})
    if found is None or found.header_row != area.recognition.header_row:
        return None
    listed = replace(area, recognition=found)
    return listed if SAYS_A_FINDING.issubset(completed(listed, said).recognition.columns) else None


def _with_statement(area: TableArea, said: Mapping[str, str]) -> TableArea:
    """`area` with the column "Finding" as the statement, where it holds texts and no numbers of findings."""
    found = area.recognition
    free = found.table == FINDINGS and "statement" in found.missing and not {"statement", "finding_id"} & said.keys()
    if not free or "finding_id" not in found.columns or "finding_id" in found.joined:
        return area
    place = found.columns["finding_id"]
    texts = [clean_text(cell) for row in area.sheet.rows[found.header_row :] for cell in row[place - 1 : place]]
    words = [len(text.split()) for text in texts if text]
    if not words or sum(count >= MIN_WORDS for count in words) <= MOST * len(words):
        return area
    columns = {name: column for name, column in found.columns.items() if name != "finding_id"} | {"statement": place}
    missing = ("finding_id", *(name for name in found.missing if name != "statement"))
    return replace(area, recognition=replace(found, columns=columns, missing=missing))

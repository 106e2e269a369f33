"""What a person said of a sheet in ``[mapping]``: read so that an empty line says nothing and a wrong one is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz, process

from auditlab.intake.actions_beside import ACTIONS, FINDINGS
from auditlab.intake.headers import row_headers
from auditlab.intake.plain import plain_header
from auditlab.intake.questions import Questions, mapping_question, mapping_section, toml_line
from auditlab.intake.recognition import CONSTANT, JOIN, NO_COLUMN, TABLE
from auditlab.intake.sheets import RawSheet
from auditlab.intake.table_regions import TableArea
from auditlab.tables import table_specs

UNSAID = frozenset({"", "..."})
"""What stands in a line of a proposal that nobody filled in."""
AS_SAID = " as said"
"""Behind the column, the field of a question about a line that is wrong."""
LIKE = 60  # [0-100]


def said_of(sheet: RawSheet, mapping: Mapping[str, Mapping[str, Mapping[str, str]]]) -> dict[str, str]:
    """Canonical column to header, and ``table`` to its name, as a person said of `sheet`; empty lines say nothing."""
    said = mapping.get(sheet.file, {}).get(sheet.name, {})
    return {column: text for column, header in said.items() if (text := header.strip()) not in UNSAID}


def ask_wrong(areas: Sequence[TableArea], said: Mapping[str, str], *, questions: Questions) -> None:
    """One question per line of the mapping that names a column or a header which is not there.

    Parameters
    ----------
    areas : sequence of TableArea
        The tables of the sheet; the first stands for all.
    said : mapping of str to str
        Result of `said_of`.
    questions : Questions
        Is added to.
    """
    columns = {column for area in areas for column in _columns(area.table)}
    headers = {
        plain_header(text): text
        for area in areas
        for text in row_headers(area.sheet.rows[area.recognition.header_row - 1]).values()
        if not text.startswith(CONSTANT)
    }
    nearly = {(near.column, near.alias) for area in areas for near in area.recognition.near if near.taken}
    for column, header in said.items():
        if column == TABLE:
            continue
        if column not in columns:
            problem, proposal = f"the table '{areas[0].table}' has no such column", NO_COLUMN
        else:
            absent = [part for part in header.split(JOIN) if plain_header(part) not in headers]
            if header == NO_COLUMN or header.startswith(CONSTANT) or plain_header(header) in headers or not absent:
                continue
            if (column, plain_header(header)) in nearly:
                continue  # so like a header of the sheet that it was read, with a remark
            problem = f"the sheet has no header '{absent[0]}'"
            best = process.extractOne(plain_header(absent[0]), list(headers), scorer=fuzz.ratio, score_cutoff=LIKE)
            needed = any(column in table_specs()[area.table].required for area in areas)
            proposal = headers[best[0]] if best else "" if needed else NO_COLUMN
        _ask(areas[0], column, header, problem=problem, proposal=proposal, headers=headers, questions=questions)


def _columns(table: str) -> set[str]:
    """Columns that a person may name for a sheet of `table`; findings may hold corrective actions too."""
    own = table_specs()[table].column_names
    return {*own, *(table_specs()[ACTIONS].column_names if table == FINDINGS else ())}


def _ask(
    area: TableArea, column: str, header: str, *, problem: str, proposal: str, headers: Mapping[str, str],
    questions: Questions,
) -> None:  # fmt: skip
    shown = ", ".join(f"'{text}'" for text in headers.values())
    questions.ask(
        mapping_question(
            area.sheet,
            row=area.recognition.header_row,
            field=column + AS_SAID,
            asks=(
                f'auditlab.toml says "{column}" = "{header}" of this sheet, but {problem}. Mend the line, or take '
                f"it away. Headers of the sheet: {shown}."
            ),
            proposal=proposal,
            setting=toml_line(mapping_section(area.sheet), column, proposal),
        )
    )

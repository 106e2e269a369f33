"""The questions that come up while a sheet is loaded: neither a sheet nor a row is given up without asking."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from rapidfuzz import fuzz, process

from auditlab.intake.aliases import column_aliases
from auditlab.intake.columns import OrderEvidence
from auditlab.intake.headers import row_headers
from auditlab.intake.ledger import Place
from auditlab.intake.mapping_lines import constants_of, mapping_lines
from auditlab.intake.names import NameBook
from auditlab.intake.plain import plain_header
from auditlab.intake.questions import Question, Questions, mapping_question, mapping_section, toml_line
from auditlab.intake.recognition import CONSTANT, NO_COLUMN, NO_TABLE, TABLE, Recognition
from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import clean_text
from auditlab.intake.words import YES_NO, word_proposal
from auditlab.settings import DateOrder
from auditlab.standard.grades import Grade, likely_grade, read_grade
from auditlab.tables import Column

MIN_LIKENESS = 75
LISTED = 20
"""Known names that a question lists at most."""


def ask_columns(sheet: RawSheet, recognition: Recognition, *, rows: int, questions: Questions) -> None:
    """One question per required column without a header; rows that wait are counted in each.

    Parameters
    ----------
    sheet : RawSheet
        The sheet that cannot be loaded.
    recognition : Recognition
        What it looks like, with the columns that are missing.
    rows : int
        Rows that wait for the answer [count].
    questions : Questions
        Is added to.
    """
    section = mapping_section(sheet)
    whole = constants_of(sheet, recognition.table, header_row=recognition.header_row, missing=recognition.missing)
    proposals = {
        column: _proposal(column, recognition) or _named_by_value(column, sheet, recognition) or whole.get(column, "")
        for column in recognition.missing
    }
    headers = row_headers(sheet.rows[recognition.header_row - 1])
    named = {place: header for header, place in recognition.unknown.items()}
    read = {column: headers[place] for column, place in recognition.columns.items() if place in headers}
    offered = mapping_lines(
        recognition.table,
        read=whole | {column: header for column, header in proposals.items() if header} | read,
        headers=[named.get(place, header) for place, header in headers.items()],
    )
    given = ", ".join(f"'{header}'" for header in recognition.unknown) or "none"
    waiting = "its row is" if rows == 1 else f"its {rows} rows are"
    for column in recognition.missing:
        proposal = proposals[column]
        questions.ask(
            mapping_question(
                sheet,
                row=recognition.header_row,
                field=column,
                asks=(
                    f"This sheet looks like the table '{recognition.table}', but has no header for '{column}', so "
                    f"{waiting} left out. Which header is it? Not yet used: {given}. If all rows have the same, say "
                    f'{column} = "{CONSTANT}..."; if the sheet is no such table, {TABLE} = "{NO_TABLE}".'
                ),
                proposal=proposal,
                setting=toml_line(section, column, proposal),
                affects=rows,
                offered=offered,
            )
        )


def ask_near(sheet: RawSheet, recognition: Recognition, *, questions: Questions) -> None:
    """One question per header that is almost a known one, but not so like that it is read."""
    section = mapping_section(sheet)
    for near in recognition.near:
        if near.taken or near.column in recognition.missing:
            continue
        questions.ask(
            mapping_question(
                sheet,
                row=recognition.header_row,
                field=near.column,
                asks=(
                    f"Is '{near.header}' the column '{near.column}'? It is {near.likeness:.0f} % like "
                    f"'{near.alias}'. Until it is said, the column is kept without a meaning. If it is not, say "
                    f'{json.dumps(near.column)} = "{NO_COLUMN}".'
                ),
                proposal=near.header,
                setting=toml_line(section, near.column, near.header),
            )
        )


def _proposal(column: str, recognition: Recognition) -> str:
    """The unused header most like one of the known headers of the column, or ``""``."""
    known = [alias for alias, name in column_aliases(recognition.table).items() if name == column]
    best = [
        (match[1], header)
        for header in recognition.unknown
        if (match := process.extractOne(plain_header(header), known, scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS))
    ]
    return max(best)[1] if best else ""


def _named_by_value(column: str, sheet: RawSheet, recognition: Recognition) -> str:
    """A report of one metric names it in the header of its values, if anywhere."""
    position = recognition.columns.get("value") if column == "metric" else None
    header = clean_text(sheet.cell(recognition.header_row, position)) if position else ""
    return f"{CONSTANT}{header}" if header else ""


def ask_order(
    header: Place, column: Column, evidence: OrderEvidence, *, declared: DateOrder | None, questions: Questions
) -> None:
    """Which of day and month a file writes first; once per file."""
    proposal = str(declared or evidence.order or "")
    questions.ask(
        Question(
            question=f"date_order/{header.file}",
            file=header.file,
            sheet=header.sheet,
            row=header.row,
            field=column.name,
            asks=f"Does this file write the day or the month first? {evidence.shown}.",
            proposal=str(evidence.order or ""),
            answer=str(declared or ""),
            setting=toml_line("date_order", header.file, proposal),
        )
    )


def ask_grade(place: Place, written: str, *, own: Mapping[str, str], questions: Questions) -> None:
    """What a grade word stands for; the proposal is the first of its known meanings."""
    candidates = [str(grade) for grade in read_grade(written, own=own).candidates]
    used = f" Registers use it for {' and for '.join(candidates)}." if candidates else ""
    asks = f"Which grade does '{written}' stand for?{used} One of {', '.join(Grade)}."
    proposal = next(iter(candidates), "") or str(likely_grade(written) or "")
    _ask_word(place, "grades", written, field="grade", asks=asks, proposal=proposal, questions=questions)


def ask_meaning(place: Place, written: str, column: Column, *, own: Mapping[str, str], questions: Questions) -> None:
    """What a word of a column with few allowed values stands for; every row with the word waits for the answer."""
    allowed = column.vocabulary or YES_NO
    said = {clean_text(word).casefold(): meaning for word, meaning in own.items()}.get(written.casefold(), "")
    wrong = f" auditlab.toml says '{said}', which is none of them." if said else ""
    asks = f"What does '{written}' mean as '{column.name}' ({column.description})? One of {', '.join(allowed)}.{wrong}"
    proposal = word_proposal(written, vocabulary=allowed)
    _ask_word(
        place, f"aliases.{column.name}", written, field=column.name, asks=asks, proposal=proposal, questions=questions
    )


def ask_name(place: Place, written: str, *, field: str, book: NameBook, questions: Questions) -> None:
    """What a name stands for; the proposal is the known name most like it."""
    asks = f"Which {book.kind} is '{written}'? Known: {_listed(map(book.title, book.codes))}."
    section, proposal = f"aliases.{book.kind}", book.proposal(written)
    _ask_word(place, section, written, field=field, asks=asks, proposal=proposal, questions=questions)


def _listed(codes: Iterable[str]) -> str:
    """The codes in order, the first of them where there are too many to read."""
    shown = sorted(codes)
    more = f" and {len(shown) - LISTED} more" if len(shown) > LISTED else ""
    return ", ".join(shown[:LISTED]) + more


def _ask_word(
    place: Place, section: str, written: str, *, field: str, asks: str, proposal: str, questions: Questions
) -> None:
    questions.ask(
        Question(
            question=f"{section}/{written}",
            file=place.file,
            sheet=place.sheet,
            row=place.row,
            field=field,
            asks=asks,
            proposal=proposal,
            answer="",
            setting=toml_line(section, written, proposal),
        )
    )

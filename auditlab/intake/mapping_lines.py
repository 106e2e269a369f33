"""The lines of ``auditlab.toml`` that a person needs to say what a sheet is: one for each column its table may have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from auditlab.intake.actions_beside import ACTIONS, FINDINGS, action_columns
from auditlab.intake.moments import read_date
from auditlab.intake.recognition import CONSTANT, NO_TABLE, ROW, TABLE
from auditlab.intake.sheet_titles import titled_table
from auditlab.intake.sheets import RawSheet
from auditlab.intake.values import clean_text
from auditlab.tables import Column, table_specs

OF_ONE_AUDIT = frozenset({"findings", "coverage"})
"""Tables of which a sheet often holds the rows of one audit."""
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4}")
_NO_NAME = re.compile(r"(?:sheet|tabelle|feuil|feuille|hoja|folha|planilha|blad|foglio|ark)\W*\d*", re.IGNORECASE)


def mapping_lines(
    table: str, *, read: Mapping[str, str], headers: Sequence[str], others: Sequence[str] = (), proposed: bool = True
) -> list[str]:
    """The lines for a sheet that looks like `table`.

    Parameters
    ----------
    table : str
        The likeliest canonical table.
    read : mapping of str to str
        Canonical column to the header that is, or may be, it.
    headers : sequence of str
        All headers of the sheet.
    others : sequence of str
        Further tables that it may be.
    proposed : bool
        Whether the sheet is so like the table that it is proposed; otherwise the proposal is to leave it out.

    Returns
    -------
    list of str
        Lines of TOML and comments between them, all to be written as comments: the table, the required columns, the
        others, for a list of findings also those of corrective actions, and the headers that no line names.
    """
    spec = table_specs()[table]
    choices = [table, *others, NO_TABLE] if proposed else [NO_TABLE, table, *others]
    choice = f'or {", ".join(map(_quoted, choices[1:]))}; "{NO_TABLE}" leaves the sheet out'
    unused = [header for header in headers if header not in read.values()]
    beside = action_columns(unused, {}) if table == FINDINGS else {}
    used = {*read.values(), *beside.values()}
    left = [header for header in headers if header not in used]
    lines = [f"{_line(TABLE, choices[0])}  # {choice}", f"# Needed for {table}:"]
    lines += _of([column for column in spec.columns if column.required], read)
    lines.append("# Where the sheet has it:")
    lines += _of([column for column in spec.columns if not column.required and not column.kind.derived], read)
    if table == FINDINGS:
        lines.append("# Where corrective actions stand on the same rows:")
        own = [column for column in table_specs()[ACTIONS].columns if column.name != "finding_id"]
        lines += _of(own, beside)
    if left:
        lines.append(f"# Headers that no line names: {', '.join(map(_quoted, left))}.")
    lines.append(f'# Several headers make one column: "A + B". The same in all rows: "{CONSTANT}value".')
    if table == FINDINGS:
        lines.append(f'# A list without numbers: "finding_id" = "{CONSTANT}{ROW}".')
    return lines


def _of(columns: Sequence[Column], read: Mapping[str, str]) -> Iterator[str]:
    for column in columns:
        told = "; its day, where this stays empty" if column.name == "audit_id" and "audit_date" in read else ""
        yield f"{_line(column.name, read.get(column.name, ''))}  # {column.description}{told}"


def _line(column: str, header: str) -> str:
    return f"{_quoted(column)} = {_quoted(header)}"


def _quoted(text: str) -> str:
    # A JSON string is a TOML string.
    return json.dumps(text, ensure_ascii=False)


def constants_of(sheet: RawSheet, table: str, *, header_row: int, missing: Sequence[str]) -> dict[str, str]:
    """What may be said of all rows: the audit and its day, from the name and titles of the sheet; the row as number."""
    numbered = {"finding_id": CONSTANT + ROW} if table == FINDINGS and "finding_id" in missing else {}
    if table not in OF_ONE_AUDIT or "audit_id" not in missing:
        return numbered
    titles = [clean_text(cell) for row in sheet.rows[: header_row - 1] for cell in row if isinstance(cell, str)]
    days = [day for text in (sheet.name, *titles) if (day := _day(text))]
    found = {"audit_date": f"{CONSTANT}{days[0]}"} if days and table == FINDINGS else {}
    if not _NO_NAME.fullmatch(sheet.name) and not titled_table(sheet.name):
        found["audit_id"] = f"{CONSTANT}{sheet.name}"
    return numbered | found


def _day(text: str) -> str:
    match = _DATE.search(text)
    day = read_date(match[0], order=None).value if match else None
    return str(day)[: len("2024-03-31")] if day else ""

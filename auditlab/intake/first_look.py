"""What a person should know of the files before anything else, as the sentences that ``auditlab check`` prints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping

import pandas as pd
from rapidfuzz import fuzz, process

from auditlab.engagement import Engagement
from auditlab.intake.actions_beside import NO_FINDING
from auditlab.intake.aliases import column_aliases
from auditlab.intake.date_columns import REFUSED
from auditlab.intake.ledger import Action
from auditlab.intake.plain import plain_header

MOST = 0.5
"""Above this share of rows rejected for one reason, the reason is told first."""
NEAR = 70  # [0-100]; a header less like a known one is no near miss
MOST_SHOWN = 8
_QUOTED = re.compile(r" \('(?P<text>.*?)'\)")
_RECORDS = (Action.LOADED, Action.REJECTED, Action.DUPLICATE)


def rejected_for_one_reason(lab: Engagement) -> dict[str, list[str]]:
    """Tables of which all or most rows of a sheet are rejected for one reason.

    Returns
    -------
    dict
        Canonical table to one sentence per sheet, with the reason and the words that could not be read.
    """
    rows = lab.ledger[(lab.ledger["field"] == "") & (lab.ledger["table"] != "")]
    records = rows[rows["action"].isin(_RECORDS)]
    found: dict[str, list[str]] = {}
    for (file, sheet, table), own in records.groupby(["file", "sheet", "table"], sort=False):
        reasons = own.loc[own["action"] == Action.REJECTED, "rule"]
        reasons = reasons[reasons != NO_FINDING]  # the reason stands with the finding
        alike = reasons.str.replace(_QUOTED, "", regex=True)
        if len(reasons) <= MOST * len(own):
            continue
        reason, times = Counter(alike).most_common(1)[0]
        if times > MOST * len(own):
            told = f"{file}, {sheet}: {_of(times, len(own), str(table))} rejected, all for one reason: {reason}"
            found.setdefault(str(table), []).append(told + _words(reasons[alike == reason]))
    return found


def _of(part: int, whole: int, table: str) -> str:
    return f"{part} of {whole} {'row' if whole == 1 else 'rows'} of the table '{table}' {'is' if part == 1 else 'are'}"


def _words(reasons: pd.Series) -> str:
    """The words that the reasons quote, the commonest first, with how often each occurs."""
    words = Counter(match["text"] for reason in reasons for match in _QUOTED.finditer(reason))
    shown = ", ".join(
        f"'{word}' {times} times" if times > 1 else f"'{word}'" for word, times in words.most_common(MOST_SHOWN)
    )
    more = len(words) - MOST_SHOWN
    return f" ({shown}{f' and {more} more' if more > 0 else ''})" if words else ""


def reading_remarks(lab: Engagement) -> list[str]:
    """What was left out of the sheets or contradicts itself: refused columns, cells, columns without meaning."""
    return [*_cells_left_out(lab.ledger), *_columns_without_meaning(lab.columns), *_contradictions(lab.discrepancies)]


def _cells_left_out(ledger: pd.DataFrame) -> list[str]:
    """One sentence per field and reason, with the first cell."""
    cells = ledger[(ledger["field"] != "") & (ledger["action"] == Action.REJECTED)]
    lines = []
    for (file, sheet, field, rule), own in cells.groupby(["file", "sheet", "field", "rule"], sort=False):
        first = own.iloc[0]
        cell = f"{first['column']}{first['row']}"
        if str(rule).startswith(REFUSED):
            lines.append(
                f"{file}, {sheet}: column {first['column']} ('{field}') is left out, {str(rule).split(': ')[-1]}"
            )
        elif len(own) == 1:
            lines.append(f"{file}, {sheet}: cell {cell} ('{field}') is left out, {rule}: '{first['old']}'")
        else:
            told = f"{len(own)} cells of '{field}' are left out, {rule}; the first is {cell}: '{first['old']}'"
            lines.append(f"{file}, {sheet}: {told}")
    return lines


def _columns_without_meaning(columns: pd.DataFrame) -> list[str]:
    """One sentence per sheet and table, with what each header is like."""
    lines = []
    for (file, sheet, table), own in columns.groupby(["file", "sheet", "table"], sort=False):
        # A sheet of several kinds of record is read several times: what one of them knows has a meaning.
        of_sheet = columns[(columns["file"] == file) & (columns["sheet"] == sheet)]
        known = set(of_sheet.loc[of_sheet["field"] != "", "header"])
        filled = own[(own["field"] == "") & (own["header"] != "") & (own["filled"] > 0)]
        strange = filled.loc[~filled["header"].isin(known), "header"]
        if strange.empty:
            continue
        taken = set(own["field"])
        aliases = {alias: column for alias, column in column_aliases(str(table)).items() if column not in taken}
        shown = ", ".join(_with_near_miss(header, aliases) for header in strange[:MOST_SHOWN])
        more = len(strange) - MOST_SHOWN
        lines.append(
            f"{file}, {sheet}: columns kept without a meaning: {shown}{f' and {more} more' if more > 0 else ''}"
        )
    return lines


def _with_near_miss(header: str, aliases: Mapping[str, str]) -> str:
    best = process.extractOne(plain_header(header), list(aliases), scorer=fuzz.token_ratio, score_cutoff=NEAR)
    return f"'{header}' ({best[1]:.0f} % like '{best[0]}' for '{aliases[best[0]]}')" if best else f"'{header}'"


def _contradictions(discrepancies: pd.DataFrame) -> list[str]:
    """One sentence per rule, with the first row."""
    lines = []
    for (table, rule), own in discrepancies.groupby(["table", "rule"], sort=False):
        first: Mapping[Hashable, object] = own.iloc[0].to_dict()
        times = "" if len(own) == 1 else f" {len(own)} times; the first is"
        where = f"{first['file']}, {first['sheet']}, row {first['row']}"
        lines.append(f"contradiction in '{table}':{times} {first['record']}, {rule} ({where})")
    return lines

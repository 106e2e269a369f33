"""What a sheet that fits no table looks like: its headers, the table that comes nearest, and a guess at its columns.

The guesses are looser than recognition (one word in common may do), so they are never used: they
are put to a person, who takes them into ``[mapping]`` or not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rapidfuzz import fuzz, process

from auditlab.intake.aliases import column_aliases, header_tables
from auditlab.intake.common_headers import likely_headers
from auditlab.intake.headers import row_headers
from auditlab.intake.mapping_lines import constants_of, mapping_lines
from auditlab.intake.plain import plain_header
from auditlab.intake.questions import Questions, mapping_question, mapping_section, toml_line
from auditlab.intake.recognition import MIN_MATCHED, NO_TABLE, SEARCHED_ROWS, TABLE
from auditlab.intake.risk_registers import ACTIONS, SURE, risk_headers
from auditlab.intake.sheet_titles import titled_table
from auditlab.intake.sheets import RawSheet
from auditlab.tables import table_specs

MIN_GUESSED = 1 / 3
"""A mapping is proposed where this share of the required columns of a table can be guessed."""
MIN_SHARE = 1 / 5
"""And this share of all its headers: "Code" and "Name" among twenty columns of figures are no list."""
MIN_SCORE = 40
"""From this likeness [0-100] on, the nearest table is proposed; below, the proposal is to skip the sheet."""
MIN_RECORDS = 3
LIKE = 85  # [0-100], words in common in any order
MIN_LETTERS = 3
COMMON = 3
"""A word that so many tables know as a header tells nothing within a longer header."""
LONGEST_HEADER = 80  # [characters]; longer cells are texts
SHOWN_HEADERS = 12
OTHERS = 2
COMMON_LIKE = 90
"""How much like a known header one counts that is too common to tell a table [0-100]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """The table that comes nearest to the headers of a sheet.

    Attributes
    ----------
    header_row : int
        Row that looks like headers.
    headers : tuple of str
        Its texts.
    table : str
        Canonical table, ``""`` where not one column can be guessed.
    guesses : mapping of str to str
        Canonical column to the header that may be it.
    missing : tuple of str
        Required columns for which nothing can be guessed.
    records : int
        Rows below with at least two filled cells [count].
    likeness : float
        How like its header each guess is to one that is known, on average [0-100].
    titled : bool
        Whether the name of the sheet says that it is the table.
    others : tuple of str
        Tables that come next, the nearest first.
    named : bool
        Whether a person said that it is the table.
    """

    header_row: int
    headers: tuple[str, ...]
    table: str
    guesses: Mapping[str, str]
    missing: tuple[str, ...]
    records: int
    likeness: float
    titled: bool = False
    others: tuple[str, ...] = ()
    named: bool = False

    @property
    def risks(self) -> tuple[str, ...]:
        """Its headers that a register of risks has, where the nearest table is that of corrective actions."""
        return risk_headers(self.headers) if self.table == ACTIONS else ()

    @property
    def score(self) -> float:
        """How like the table the sheet is [0-100]: the shares of required columns and of headers that are explained.

        Their geometric mean times the square of the likeness of the guesses: two wrong guesses look better
        than they are.
        """
        if not self.table:
            return 0.0
        required = table_specs()[self.table].required
        explained = (1 - len(self.missing) / len(required)) * len(self.guesses) / len(self.headers)
        return 100 * math.sqrt(explained) * (self.likeness / 100) ** 2

    @property
    def asked(self) -> bool:
        """Whether so much can be guessed that a person is asked about the sheet."""
        if self.named:
            return True
        if not self.table or self.records < (1 if self.titled else MIN_RECORDS):
            return False
        if self.titled:
            return True
        if len(self.guesses) < max(MIN_MATCHED, MIN_SHARE * len(self.headers)):
            return False
        required = table_specs()[self.table].required
        return len(required) - len(self.missing) >= max(1, MIN_GUESSED * len(required))

    @property
    def proposed(self) -> bool:
        """Whether the sheet is so like the table, in its headers or its name, that a mapping is proposed."""
        alike = self.asked and self.score >= MIN_SCORE and len(self.risks) < SURE
        return self.named or self.titled or alike

    @property
    def shown(self) -> str:
        """What the sheet looks like, in one sentence."""
        shown = ", ".join(f"'{header}'" for header in self.headers[:SHOWN_HEADERS])
        more = len(self.headers) - SHOWN_HEADERS
        text = f"row {self.header_row} looks like its headers: {shown}" + (f" and {more} more" if more > 0 else "")
        if not self.table:
            return f"{text}; none of them is like a column of a known table"
        by_name = ", as auditlab.toml says" if self.named else ", as its name says" if self.titled else ""
        told = ", ".join(f"'{header}' may be '{column}'" for column, header in self.guesses.items())
        lacks = ", ".join(f"'{column}'" for column in self.missing)
        risks = ", ".join(f"'{header}'" for header in self.risks)
        return (
            f"{text}; nearest is the table '{self.table}'{by_name}: {told or 'no header tells'}"
            + (f"; nothing is like {lacks}" if lacks else "")
            + (f"; a register of risks, for which there is no table, has headers such as {risks}" if risks else "")
        )


def nearest_table(sheet: RawSheet, *, named: str = "") -> Nearest | None:
    """What the sheet looks like; ``None`` where no row near the top looks like headers.

    `named` is the table that a person said it is.
    """
    rows = {number: row_headers(row) for number, row in enumerate(sheet.rows[:SEARCHED_ROWS], start=1)}
    rows = {number: texts for number, texts in rows.items() if _like_headers(list(texts.values()))}
    if not rows:
        return None
    number = max(rows, key=lambda row: (len(rows[row]), -row))
    headers = tuple(dict.fromkeys(rows[number].values()))
    likely = {table: _guesses(table, headers) for table in table_specs()}
    guesses = {table: {column: header for column, (header, _) in found.items()} for table, found in likely.items()}
    titled = titled_table(sheet.name)
    nearest = sorted(guesses, key=lambda name: _closeness(name, guesses[name]), reverse=True)
    table = named or titled or nearest[0]
    found = guesses[table]
    others = [name for name in nearest if name != table and _closeness(name, guesses[name])[0]]
    return Nearest(
        header_row=number,
        headers=headers,
        table=table if found or titled or named else "",
        guesses=found,
        missing=tuple(name for name in table_specs()[table].required if name not in found and not _by_day(name, found)),
        records=int((sheet.sizes[number:] >= MIN_MATCHED).sum()),
        likeness=fmean([like for _, like in likely[table].values()] or [0.0]),
        titled=bool(titled),
        others=tuple(others[:OTHERS]),
        named=bool(named),
    )


def _by_day(column: str, found: Mapping[str, str]) -> bool:
    """Whether the day of the audit stands in for its name."""
    return column == "audit_id" and "audit_date" in found


def _like_headers(texts: Sequence[str]) -> bool:
    return len(texts) >= MIN_MATCHED and all(len(text) <= LONGEST_HEADER for text in texts)


def _closeness(table: str, guesses: Mapping[str, str]) -> tuple[float, int]:
    required = table_specs()[table].required
    told = sum(name in guesses for name in required)
    # A table with a single required column is not nearer for that than one with three of five.
    return told / (len(required) + 1) * len(guesses), told


def _guesses(table: str, headers: Sequence[str]) -> dict[str, tuple[str, float]]:
    """Canonical column to header and how like a known one it is [0-100]; the likest first, each header once."""
    by_column: dict[str, list[str]] = {}
    for alias, column in column_aliases(table).items():
        if len(alias) >= MIN_LETTERS:
            by_column.setdefault(column, []).append(alias)
    common = likely_headers(table, tuple(headers))
    pairs = [(2.0 * COMMON_LIKE, float(COMMON_LIKE), column, header) for column, header in common.items()]
    for header in headers:
        plain = plain_header(header)
        for column, aliases in by_column.items():
            alike = process.extract(plain, aliases, scorer=fuzz.token_set_ratio, score_cutoff=LIKE, limit=None)
            # "Number" within "Control number" says nothing; "Number" alone may.
            told = [(text, like) for text, like, _ in alike if text == plain or header_tables()[text] < COMMON]
            if told:
                whole = max(fuzz.ratio(plain, alias) for alias in aliases)
                pairs.append((max(like + fuzz.ratio(plain, text) for text, like in told), whole, column, header))
    found: dict[str, tuple[str, float]] = {}
    for _, like, column, header in sorted(pairs, key=lambda pair: -pair[0]):
        if column not in found and header not in {taken for taken, _ in found.values()}:
            found[column] = (header, like)
    return {column.name: found[column.name] for column in table_specs()[table].columns if column.name in found}


def ask_table(sheet: RawSheet, near: Nearest, *, questions: Questions) -> None:
    """Which table a sheet is that was not recognised; the proposal names its columns, or is to skip the sheet."""
    section = mapping_section(sheet)
    twice = Counter(near.headers)
    guessed = [(column, header) for column, header in near.guesses.items() if twice[header] == 1]
    # Lines without a header stand there too: a person fills in all of them at once.
    blank = [(column, "") for column in near.missing]
    lines = [(TABLE, near.table), *guessed, *blank] if near.proposed else [(TABLE, NO_TABLE)]
    whole = constants_of(sheet, near.table, header_row=near.header_row, missing=near.missing)
    offered = mapping_lines(
        near.table, read=whole | dict(guessed), headers=near.headers, others=near.others, proposed=near.proposed
    )
    unlike = (
        "" if len(near.risks) >= SURE
        else f"That is nothing similar ({near.score:.0f} of 100; a table is proposed from {MIN_SCORE}). "
    )  # fmt: skip
    told = (
        f'Mend the lines of the proposal, or say {TABLE} = "{NO_TABLE}".'
        if near.proposed
        else f"{unlike}Skip the sheet? If it is a table, say {TABLE} = its name and a line per column."
    )
    questions.ask(
        mapping_question(
            sheet,
            row=near.header_row,
            field=TABLE,
            asks=(
                f"Which table is this sheet? It was not recognised, so its {near.records} rows are left out: "
                f"{near.shown}. {told}"
            ),
            proposal=lines[0][1],
            setting="\n".join(toml_line(section, key, value) for key, value in lines),
            affects=near.records,
            offered=offered,
        )
    )

"""Read cells whose words come from a vocabulary: clauses, editions, priorities, audit types."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import pandas as pd
from rapidfuzz import fuzz, process

from auditlab.errors import ClauseError
from auditlab.intake.cells import Cell
from auditlab.intake.shared_clauses import JOINT, split_clauses
from auditlab.intake.values import MISSING, MISSING_SIGNS, Reading, clean_text, read_text
from auditlab.standard.clauses import parse_clause

_CLAUSE_PREFIX = re.compile(
    r"^(?:(?:sub-?)?clauses?|cl|chapter|section|kapitel|kap|klausel|abschnitt|ziffer|ziff|§|req)[.:]?\s*", re.IGNORECASE
)
_EDITION = re.compile(r"(?:20000-1\s*[:\-/ ]\s*)?(2005|2011|2018)(?:\.0)?")
_EVERY_PREFIX = re.compile(
    r"\b(?:(?:sub-?)?clauses?|cl|kapitel|kap|klausel|abschnitt|ziffer|ziff)\b[.:]?\s*|§", re.IGNORECASE
)
SEVERAL_CLAUSES = "several clauses in one cell; they share the weight of one record"
UNREADABLE_CLAUSE = "clause cannot be read"
BLOCKER_SCALE = "blocker to trivial"
RISING_SCALE = "6 is most urgent"
RISING_SYSTEMS = frozenset({"GLPI", "OTRS"})
"""Tools whose number of the priority rises with urgency."""
YES_NO = ("yes", "no")
LIKE = 75
"""From this likeness [0-100] on, a misspelt word of a vocabulary is proposed."""
_NEGATIONS = frozenset(
    {"not", "no", "none", "never", "nicht", "kein", "keine", "nein", "non", "pas", "ne", "ni", "niet", "geen"}
    | {"não", "nao"}
)
_DONE = frozenset(
    {"done", "examined", "covered", "audited", "completed", "complete", "reached", "seen", "checked", "full", "fully"}
    | {"ok", "erledigt", "geprüft", "fait", "hecho", "feito", "gedaan", "fatto"}
)
CLAUSE_FROM_DATE = "clause turned into a date by the spreadsheet"


def read_clause(cell: Cell) -> Reading:
    """A clause number as cited.

    A date is a clause that the spreadsheet mistook for one (8.6.3 becomes 8 June 2003): it has no
    value, and ``problem`` carries the rule. Text that holds no clause keeps its words as the value
    and says so in ``problem``, because a finding is never lost over its citation.
    """
    if isinstance(cell, dt.date):
        return Reading(clean_text(cell.isoformat()[:10]), problem=CLAUSE_FROM_DATE)
    text = clean_text(cell)
    if not text:
        return MISSING
    bare = _CLAUSE_PREFIX.sub("", text).rstrip(" .").strip()
    try:
        clause = parse_clause(bare)
    except ClauseError:
        several = split_clauses(_EVERY_PREFIX.sub("", text))
        return Reading(JOINT.join(several), SEVERAL_CLAUSES) if several else Reading(text, problem=UNREADABLE_CLAUSE)
    if isinstance(cell, float | int):
        return Reading(clause, "clause stored as a number")
    return Reading(clause, _clause_rule(str(cell), text=text, clause=clause))


def _clause_rule(raw: str, *, text: str, clause: str) -> str:
    if raw == clause:
        return ""
    if text == clause:
        return read_text(raw).rule
    return "clause written with other signs"


def read_edition(cell: Cell) -> Reading:
    """The year of an edition of ISO/IEC 20000-1, also from "ISO/IEC 20000-1:2018"."""
    text = clean_text(cell)
    if not text:
        return MISSING
    match = _EDITION.search(text)
    if match is None:
        return Reading(None, problem="not an edition of ISO/IEC 20000-1 (2005, 2011 or 2018)")
    return Reading(match[1], "" if text == match[1] else "edition taken out of its title")


@cache
def _word_table(name: str, scale: str = "") -> dict[str, str]:
    with resources.files(__package__).joinpath(name).open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    if "scale" in rows:
        rows = rows[rows["scale"].isin(["", scale])]
    return {_plain(word): str(value) for value, word in zip(rows["value"], rows["word"], strict=True)}


def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", " ", word.casefold()).strip()


def priority_scale(words: Iterable[str], *, system: str = "") -> str:
    """Which scale a column of priorities is written in; systems disagree on what 1 and "critical" mean.

    Parameters
    ----------
    words : iterable of str
        The different cells of the column.
    system : str
        Tool whose export it is.

    Returns
    -------
    str
        ``""`` for the usual words, where 1 is most urgent; `BLOCKER_SCALE` where "Blocker" or
        "Trivial" occurs, so that "Critical" is the second of five and "Major" the third;
        `RISING_SCALE` for tools whose number rises with urgency, unless the words beside the digits
        say otherwise.
    """
    plain = {_plain(word) for word in words}
    if plain & {"blocker", "trivial"}:
        return BLOCKER_SCALE
    return RISING_SCALE if system in RISING_SYSTEMS else ""


def read_priority(cell: Cell, *, scale: str = "") -> Reading:
    """P1 (most urgent) to P5, by the word where there is one: systems disagree on what 1 means."""
    text = clean_text(cell)
    if not text or text in MISSING_SIGNS:
        return MISSING
    words = _word_table("priority_words.csv", scale)
    # "3 - Moderate", "3000 3-Moderate/Limited" and "P2 - High" are read by their word, never by the digit.
    for candidate in (_plain(re.sub(r"^(?:[pP]?\d+[\W_]+)+(?=[^\W\d_])", "", text)), _plain(text)):
        for word in (candidate, candidate.split(" ")[0]):
            if word in words:
                value = words[word]
                return Reading(value, "" if value == text else "priority word")
    return Reading(None, problem="not a known priority word")


def read_state(cell: Cell, *, own: Mapping[str, str], system: str = "") -> Reading:
    """A state of a ticket in one spelling.

    `own` holds the user's words, `system` decides what bare numbers mean; unknown words stay as
    they are.
    """
    reading = read_text(cell)
    if not isinstance(reading.value, str):
        return reading
    mine = {_plain(word): meaning for word, meaning in own.items()}
    known = mine | {word: value for word, value in _word_table("state_words.csv", system).items() if word not in mine}
    value = known.get(_plain(reading.value))
    if value is None or value == reading.value:
        return reading
    return Reading(value, "state word")


def read_word(cell: Cell, *, vocabulary: tuple[str, ...], own: Mapping[str, str] | None = None) -> Reading:
    """A word of a closed vocabulary, in its usual spellings; `own` are the user's words for it."""
    text = clean_text(cell)
    if not text:
        return MISSING
    plain = _plain(text)
    mine = {_plain(word): meaning for word, meaning in (own or {}).items()}.get(plain)
    if mine in vocabulary:
        return Reading(mine, "word of the user")
    if plain in vocabulary:
        return Reading(plain, "" if plain == text else "spelling")
    value = _word_table("vocabulary_words.csv").get(plain)
    if value in vocabulary:
        return Reading(value, "word of the vocabulary")
    return Reading(None, problem=f"not one of {', '.join(vocabulary)}")


def word_proposal(written: str, *, vocabulary: tuple[str, ...]) -> str:
    """The word of `vocabulary` that an unknown word most likely stands for, or ``""``.

    A text that names several ("Surveillance 1 + transition") is proposed as the one it names first; yes
    and no are proposed by a negation in the text and by words for something done.
    """
    plain = _plain(written)
    if vocabulary == YES_NO:
        parts = set(plain.split())
        return "no" if parts & _NEGATIONS else "yes" if parts & _DONE else ""
    known = {word: value for word, value in _word_table("vocabulary_words.csv").items() if value in vocabulary}
    known |= {_plain(word): word for word in vocabulary}
    named = [(found.start(), -len(word), known[word]) for word in known if (found := _within(word, plain))]
    if named:
        return min(named)[2]
    best = process.extractOne(plain, list(known), scorer=fuzz.ratio, score_cutoff=LIKE)
    return known[best[0]] if best else ""


def _within(word: str, text: str) -> re.Match[str] | None:
    return re.search(rf"\b{re.escape(word)}\b", text)

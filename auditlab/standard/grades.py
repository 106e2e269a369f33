"""Grades of findings, and the words that registers use for them.

``grade_words.csv`` beside this module holds the words. A word is *clear*, or clear only *as
written* (mNC is a minor nonconformity, MNC may be a major one), or *ambiguous*: then nobody but
the user decides, in the section ``[grades]`` of ``auditlab.toml``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from auditlab.errors import ArgumentError
from auditlab.standard._tables import read_rows


class Grade(StrEnum):
    """Grade of a finding."""

    MAJOR = "major"
    MINOR = "minor"
    OFI = "ofi"
    OBSERVATION = "observation"
    STRENGTH = "strength"


NONCONFORMITIES = (Grade.MAJOR, Grade.MINOR)
"""The grades that count as a nonconformity, the heavier first; a strength counts as none, nor does an OFI."""


MIN_BEGINNING = 3
"""Fewer letters begin too many words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReading:
    """What a grade word says."""

    grade: Grade | None
    candidates: tuple[Grade, ...]  # what it may say; the likelier one first
    rule: str  # how it was read, or why it was not


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    grade: Grade
    certainty: str
    meaning: str


def read_grade(word: str, *, own: Mapping[str, str] | None = None) -> GradeReading:
    """The grade that a word of a register stands for.

    Case, spaces, hyphens, dots, apostrophes and accents make no difference, unless the case alone
    tells two grades apart. A plus or minus at the end does where lists use it so: "NC+" is not "NC-".

    Parameters
    ----------
    word : str
        Word as written.
    own : mapping of str to str, optional
        The user's own words and their grades; they win over ours.

    Returns
    -------
    GradeReading
        Without a grade where the word is ambiguous (then with candidates), unknown or empty.

    Raises
    ------
    ArgumentError
        If `own` gives the word a grade that does not exist.
    """
    key = _squeezed(word)
    if not key:
        return GradeReading(grade=None, candidates=(), rule="the grade is empty")
    mine = _own_word(word, own or {})
    if mine is not None:
        return _settled(_own_grade(*mine), rule="grade word of the user")
    exact = [entry for entry in _words().get(word.strip(), ()) if entry.certainty == "as written"]
    known = _by_key().get(_signed(word)) or _by_key().get(key, ())
    entries = exact or [entry for entry in known if entry.certainty != "as written"]
    if not entries:
        return GradeReading(grade=None, candidates=(), rule=f"'{word.strip()}' is no known grade word")
    if len(entries) == 1:
        return _settled(entries[0].grade, rule="grade word")
    meanings = " or ".join(f"{entry.grade} ({entry.meaning})" for entry in entries)
    rule = f"'{word.strip()}' is ambiguous: {meanings}"
    return GradeReading(grade=None, candidates=tuple(entry.grade for entry in entries), rule=rule)


def likely_grade(word: str) -> Grade | None:
    """The grade of the known words that begin like `word`, such as "Rec" for recommendations; a guess to confirm."""
    key = _squeezed(word)
    grades = {entry.grade for known, entries in _by_key().items() if known.startswith(key) for entry in entries}
    return grades.pop() if len(key) >= MIN_BEGINNING and len(grades) == 1 else None


def _settled(grade: Grade, *, rule: str) -> GradeReading:
    return GradeReading(grade=grade, candidates=(grade,), rule=rule)


def _own_word(word: str, own: Mapping[str, str]) -> tuple[str, str] | None:
    """The user's word for `word` and its grade; one of another sign counts only where signs tell nothing apart."""
    alike = [(written, grade) for written, grade in own.items() if _squeezed(written) == _squeezed(word)]
    same = [(written, grade) for written, grade in alike if _signed(written) == _signed(word)]
    told_apart = _signed(word) in _by_key() or len({_signed(written) for written, _ in alike}) > 1
    return next(iter(same or ([] if told_apart and _sign(word) else alike)), None)


def _own_grade(word: str, grade: str) -> Grade:
    try:
        return Grade(grade.strip().lower())
    except ValueError:
        raise ArgumentError(
            f"The grade word '{word}' is said to mean '{grade}', which is no grade. "
            f"Use one of {', '.join(Grade)} in the section [grades]."
        ) from None


def _squeezed(word: str) -> str:
    """The word without case, accents and everything that is neither letter nor digit."""
    plain = unicodedata.normalize("NFKD", word).casefold()
    return re.sub(r"[\W_]", "", "".join(sign for sign in plain if not unicodedata.combining(sign)))


def _sign(word: str) -> str:
    """A plus or minus at the end of the word."""
    last = word.strip()[-1:]
    return "+" if last == "+" else "-" if last and last in "-\N{MINUS SIGN}\N{EN DASH}" else ""


def _signed(word: str) -> str:
    return _squeezed(word) + _sign(word)


@cache
def _words() -> Mapping[str, tuple[_Word, ...]]:
    words: dict[str, tuple[_Word, ...]] = {}
    for row in read_rows("grade_words.csv"):
        entry = _Word(grade=Grade(row["grade"]), certainty=row["certainty"], meaning=row["meaning"])
        words[row["word"]] = (*words.get(row["word"], ()), entry)
    return MappingProxyType(words)


@cache
def _by_key() -> Mapping[str, tuple[_Word, ...]]:
    """Words by their squeezed form with its sign; spellings of one word that agree are one entry."""
    keys: dict[str, tuple[_Word, ...]] = {}
    for word, entries in _words().items():
        known = keys.get(_signed(word), ())
        keys[_signed(word)] = (*known, *(entry for entry in entries if entry not in known))
    return MappingProxyType(keys)

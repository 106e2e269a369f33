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
    tells two grades apart.

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
    for written, grade in (own or {}).items():
        if _squeezed(written) == key:
            return _settled(_own_grade(written, grade), rule="grade word of the user")
    exact = [entry for entry in _words().get(word.strip(), ()) if entry.certainty == "as written"]
    entries = exact or [entry for entry in _by_key().get(key, ()) if entry.certainty != "as written"]
    if not entries:
        return GradeReading(grade=None, candidates=(), rule=f"'{word.strip()}' is no known grade word")
    if len(entries) == 1:
        return _settled(entries[0].grade, rule="grade word")
    meanings = " or ".join(f"{entry.grade} ({entry.meaning})" for entry in entries)
    rule = f"'{word.strip()}' is ambiguous: {meanings}"
    return GradeReading(grade=None, candidates=tuple(entry.grade for entry in entries), rule=rule)


def _settled(grade: Grade, *, rule: str) -> GradeReading:
    return GradeReading(grade=grade, candidates=(grade,), rule=rule)


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


@cache
def _words() -> Mapping[str, tuple[_Word, ...]]:
    words: dict[str, tuple[_Word, ...]] = {}
    for row in read_rows("grade_words.csv"):
        entry = _Word(grade=Grade(row["grade"]), certainty=row["certainty"], meaning=row["meaning"])
        words[row["word"]] = (*words.get(row["word"], ()), entry)
    return MappingProxyType(words)


@cache
def _by_key() -> Mapping[str, tuple[_Word, ...]]:
    """Words by their squeezed form; spellings of one word that agree are one entry."""
    keys: dict[str, tuple[_Word, ...]] = {}
    for word, entries in _words().items():
        known = keys.get(_squeezed(word), ())
        keys[_squeezed(word)] = (*known, *(entry for entry in entries if entry not in known))
    return MappingProxyType(keys)

"""Names of persons as people write them: which cells hold one, whose it is, and which words never are one.

Roles ("Change manager") and codes ("P", "AUD-07") name nobody; ``role_words.csv`` holds the words that make up roles,
and a value with any other word is taken for a name, because a name that is shown cannot be taken back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd

SHORTEST = 3
"""A name of fewer letters is replaced in columns of persons only: in a text it may be any word [characters]."""

WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[A-Z]|[A-Z]{0,3}[-_]?\d{1,3}|[A-Z]{1,6}[-_]\d+")
_IN_BRACKETS = re.compile(r"[(\[<{]([^)\]>}]*)[)\]>}]?")
_MAIL = re.compile(r"([^\s@]+)@\S*")
_HANDLE = re.compile(r"(?<!\S)@(\S*)")
_DIVIDERS = r"[;|&/\n]|\b(?:and|und|et)\b"
_SEVERAL = re.compile(rf"(\s*(?:{_DIVIDERS})\s*)", re.IGNORECASE)
_SEVERAL_OR_COMMA = re.compile(rf"(\s*(?:,|{_DIVIDERS})\s*)", re.IGNORECASE)


def identity_of(name: str) -> str:
    """A name as it is compared: small letters, single spaces, first names first ("Doe, Jane" is "Jane Doe").

    Titles, mail addresses and what stands in brackets are left out. Where only a role or a code remains, the name is
    what stood in brackets, before the host of a mail address or behind an "@"; empty where that names nobody either.
    """
    name = unicodedata.normalize("NFKC", name)
    outside = _IN_BRACKETS.sub(" ", name)
    bare = _HANDLE.sub(" ", _MAIL.sub(" ", outside))
    within = [_HANDLE.sub(r"\1", _MAIL.sub(r"\1", part)) for part in _IN_BRACKETS.findall(name)]
    beside = [*within, *_MAIL.findall(outside), *_HANDLE.findall(outside)]
    names = [part for part in (bare, *beside) if WORD.search(part) and not _is_role(part)]
    # A title alone is a name only where nothing else is.
    names.sort(key=lambda part: titles().issuperset(plain_word(word) for word in WORD.findall(part)))
    return _ordered(names[0]) if names else ""


def _ordered(name: str) -> str:
    family, comma, first = name.partition(",")
    words = [plain_word(word) for word in WORD.findall(f"{first} {family}" if comma and "," not in first else name)]
    return " ".join([word for word in words if word not in titles()] or words)


def parts_of(words: tuple[str, ...]) -> list[str]:
    """Words of a name that stand for it alone: none of one word beside digits ("EMP 12345"), none of a team."""
    written = [word for word in words if not any(letter.isdigit() for letter in word)]
    if len(written) < 2 or words[-1] in _words()["body"]:
        return []
    return [word for word in written if len(word) >= SHORTEST and word not in no_names()]


def plain_word(word: str) -> str:
    """A word as words are compared."""
    return unicodedata.normalize("NFKC", word).casefold()


def divided(cell: str, *, commas: bool) -> list[str]:
    """The persons of a cell at even places, what divides them at odd ones."""
    # With a semicolon, commas stand inside names: "Doe, Jane; Roe, Richard".
    pattern = _SEVERAL_OR_COMMA if commas and ";" not in cell else _SEVERAL
    return pattern.split(cell)


def _is_role(name: str) -> bool:
    """Whether every word of `name` belongs to roles or is a code, such as one letter; "J. D." are initials."""
    words = re.findall(r"[\w-]+", name)
    known = all(_CODE.fullmatch(word) or set(WORD.findall(plain_word(word))) <= _role_words() for word in words)
    return known and sum(len(word) == 1 for word in words) <= 1


@cache
def _words() -> Mapping[str, frozenset[str]]:
    with resources.files(__package__).joinpath("role_words.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {row["language"]: frozenset(WORD.findall(plain_word(row["words"]))) for row in rows.to_dict("records")}


@cache
def _role_words() -> frozenset[str]:
    return frozenset().union(*(words for kind, words in _words().items() if kind not in ("title", "month")))


@cache
def no_names() -> frozenset[str]:
    """Words that are never a name by themselves: those of roles, titles, months and days."""
    return frozenset().union(*_words().values())


@cache
def titles() -> frozenset[str]:
    """Words that stand before a name, such as "Dr"."""
    return _words()["title"]

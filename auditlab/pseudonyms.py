"""Pseudonyms of persons: what stands for a name, and names found again in texts.

A pseudonym is an HMAC of the name with a key of the engagement: the same in every run, another one in
another engagement, and without the key nobody finds the name by trying. Roles ("Change manager") and
codes ("P", "AUD-07") name nobody and stay; ``role_words.csv`` holds the words that make up roles, and a
value with any other word is taken for a name, because a name that is shown cannot be taken back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import pandas as pd

PREFIX = "person-"
SHORTEST = 3
"""A name of fewer letters is replaced in columns of persons only: in a text it may be any word [characters]."""

_LETTERS = 8  # 40 bits: among 4,000 persons two alike have a chance of 1 in 100,000, and then get longer ones
_BETWEEN = 3  # characters between two words of one name, such as ", "
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[A-Z]|[A-Z]{0,3}[-_]?\d{1,3}|[A-Z]{1,6}[-_]\d+")
_IN_BRACKETS = re.compile(r"[(\[<{]([^)\]>}]*)[)\]>}]?")
_MAIL = re.compile(r"([^\s@]+)@\S*")
_HANDLE = re.compile(r"(?<!\S)@(\S*)")
_AGAIN = re.compile(r"(?<!\w)(person-\w+|\(a person\))(?:[\s,.-]{1,3}\1)+(?!\w)")
_ENDS_OF_SENTENCES = frozenset(".!?:;…\n|")
_BEFORE_A_SENTENCE = " \t\r\"'“„«(*•-"
_ALSO_WORDS = frozenset({"will", "mark", "may", "grant", "bill", "rob", "art", "hope", "grace", "rose", "frank"})
_DIVIDERS = r"[;|&/\n]|\b(?:and|und|et)\b"
_SEVERAL = re.compile(rf"(\s*(?:{_DIVIDERS})\s*)", re.IGNORECASE)
_SEVERAL_OR_COMMA = re.compile(rf"(\s*(?:,|{_DIVIDERS})\s*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pseudonyms:
    """What stands for the persons of an engagement; empty where names are shown.

    Attributes
    ----------
    by_identity : mapping
        Pseudonym by identity, the name as `identity_of` writes it.
    keyed : bool
        Whether a key made them; otherwise they are numbers in the order in which the files name the persons.
    logins : frozenset of str
        Identities of one word that columns of persons write in small letters; texts are searched for them in any case.
    things : frozenset of str
        Identifiers and names of what is no person; a text keeps them, whatever parts of names they hold.
    """

    by_identity: Mapping[str, str] = field(default_factory=dict, repr=False)
    keyed: bool = True
    logins: frozenset[str] = field(default=frozenset(), repr=False)
    things: frozenset[str] = field(default=frozenset(), repr=False)
    _starts: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict, repr=False, compare=False)
    _parts: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _kept: dict[str, list[tuple[str, ...]]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the names by their first word, the longest first, and the parts that stand for one person only."""
        owners: dict[str, set[str]] = {}
        for identity, pseudonym in self.by_identity.items():
            words = tuple(identity.split(" "))
            for order in {words, (words[-1], *words[:-1])}:
                if len("".join(order)) >= SHORTEST and (len(order) > 1 or order[0] not in _no_names()):
                    self._starts.setdefault(order[0], []).append((order, pseudonym))
            for word in _parts_of(words):
                owners.setdefault(word, set()).add(pseudonym)
        self._parts.update({word: own.pop() if len(own) == 1 else "(a person)" for word, own in owners.items()})
        for found in self._starts.values():
            found.sort(key=lambda one: -len(one[0]))
        for thing in self.things if self.by_identity else ():
            if kept := tuple(_plain(word) for word in _WORD.findall(thing)):
                self._kept.setdefault(kept[0], []).append(kept)

    def cell(self, value: str, *, commas: bool = False) -> str:
        """`value` of a column of persons, one or several, with names replaced.

        Parameters
        ----------
        value : str
            The cell.
        commas : bool
            Whether a comma divides persons ("P, Q") and not the two parts of a name ("Doe, Jane").
        """
        parts = _divided(value, commas=commas)
        parts[::2] = [self.by_identity.get(identity_of(part), part) for part in parts[::2]]
        return "".join(parts)

    def persons(self, value: str, *, commas: bool = False) -> list[str]:
        """The pseudonyms of the persons in `value`, as `cell` takes it."""
        known = (self.by_identity.get(identity_of(part), "") for part in _divided(value, commas=commas)[::2])
        return [pseudonym for pseudonym in known if pseudonym]

    def text(self, text: str) -> str:
        """`text` with the names replaced that stand in it as whole words.

        Whole names of several words count in any case and order, the longest first. Names of one word, parts of
        names and names made of ordinary words ("Will Grant") count where they begin with a capital letter, but an
        ordinary word does not at the start of a sentence that goes on in small letters. A longer name or
        identifier of a thing stays, and so does what is shorter than `SHORTEST`.
        """
        if not self.by_identity:
            return text
        text = unicodedata.normalize("NFC", text)
        words = list(_WORD.finditer(text))
        plain = [_plain(word[0]) for word in words]
        made, done, place = [], 0, 0
        while place < len(words):
            length, pseudonym = self._found(text, words, plain, place)
            if pseudonym:
                made += [text[done : words[place].start()], pseudonym]
                done = words[place + length - 1].end()
            place += length or 1
        return _AGAIN.sub(r"\1", "".join([*made, text[done:]])) if made else text

    def _found(self, text: str, words: list[re.Match[str]], plain: list[str], place: int) -> tuple[int, str]:
        """Words of the name that begins at `place`, and its pseudonym (none for a thing); 0 words where none does."""
        kept = max(
            (len(one) for one in self._kept.get(plain[place], ()) if _stands(one, text, words, plain, place)), default=0
        )
        for name, pseudonym in self._starts.get(plain[place], ()):
            if len(name) < max(kept, 2):
                break
            as_name = not set(name) <= _ALSO_WORDS or all(_as_name(text, words, place + n) for n in range(len(name)))
            if as_name and _stands(name, text, words, plain, place):
                return len(name), pseudonym
        if kept:
            return kept, ""
        alone = next((pseudonym for name, pseudonym in self._starts.get(plain[place], ()) if len(name) == 1), "")
        found = alone or self._parts.get(plain[place], "")
        if found and (plain[place] in self.logins or _as_name(text, words, place)):
            return 1, found
        return 0, ""

    def column(self, values: pd.Series, change: Callable[[str], str]) -> pd.Series:
        """`values` with `change` done to every text; each different text is looked at once."""
        texts = [value for value in values.dropna().unique() if isinstance(value, str)]
        new = {old: now for old in texts if (now := change(old)) != old}
        if not new:
            return values
        return values.map(lambda value: new.get(value, value), na_action="ignore").astype(values.dtype)

    def frame(self, frame: pd.DataFrame, *, columns: Iterable[str] | None = None) -> pd.DataFrame:
        """`frame` with names replaced in its `columns` of text (all of them without a choice)."""
        wanted = [str(name) for name in (frame.columns if columns is None else columns)]
        texts = [name for name in wanted if frame[name].dtype == "str" or frame[name].dtype == "object"]
        new = {name: self.column(frame[name], self.text) for name in texts} if self.by_identity else {}
        return frame.assign(**new) if new else frame

    def plain(self, value: object) -> object:
        """A value as JSON knows it, with names replaced in all of its texts."""
        if isinstance(value, Mapping):
            return {self.text(str(name)): self.plain(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(part) for part in value]
        return self.text(value) if isinstance(value, str) else value


def pseudonyms_of(
    cells: Iterable[tuple[str, bool]], *, key: str | None, keep: Iterable[str] = (), things: Iterable[str] = ()
) -> tuple[Pseudonyms, dict[str, str]]:
    """Pseudonyms of the persons in `cells`, and the list of names by pseudonym.

    Parameters
    ----------
    cells : iterable
        Values of columns of persons in their order, each with whether a comma divides persons in it.
    key : str, optional
        32 hexadecimal digits that nobody else knows; without them, persons are numbered.
    keep : iterable of str
        Values that are roles or codes.
    things : iterable of str
        Identifiers and names of what is no person, such as sites and suppliers.
    """
    kept = frozenset(identity_of(value) for value in keep)
    names: dict[str, str] = {}
    logins: set[str] = set()
    for cell, commas in cells:
        for name in _divided(cell, commas=commas)[::2]:
            if (identity := identity_of(name)) and identity not in kept:
                names.setdefault(identity, name.strip())
                if identity in _WORD.findall(unicodedata.normalize("NFKC", name)):
                    logins.add(identity)
    if key is None:
        made = {identity: f"{PREFIX}{number}" for number, identity in enumerate(names, start=1)}
    else:
        made = _keyed(names, key=key)
    listed = {made[identity]: name for identity, name in names.items()}
    found = Pseudonyms(by_identity=made, keyed=key is not None, logins=frozenset(logins), things=frozenset(things))
    return found, listed


def _keyed(identities: Iterable[str], *, key: str) -> dict[str, str]:
    digests = {
        identity: base64.b32encode(hmac.new(bytes.fromhex(key), identity.encode(), hashlib.sha256).digest()).decode()
        for identity in identities
    }
    short = [digest[:_LETTERS] for digest in digests.values()]
    return {
        identity: PREFIX + digest[: _LETTERS * (2 if short.count(digest[:_LETTERS]) > 1 else 1)].lower()
        for identity, digest in digests.items()
    }


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
    names = [part for part in (bare, *beside) if _WORD.search(part) and not _is_role(part)]
    # A title alone is a name only where nothing else is.
    names.sort(key=lambda part: _titles().issuperset(_plain(word) for word in _WORD.findall(part)))
    return _ordered(names[0]) if names else ""


def _ordered(name: str) -> str:
    family, comma, first = name.partition(",")
    words = [_plain(word) for word in _WORD.findall(f"{first} {family}" if comma and "," not in first else name)]
    return " ".join([word for word in words if word not in _titles()] or words)


def _parts_of(words: tuple[str, ...]) -> list[str]:
    """Words of a name that stand for it alone: none of one word beside digits ("EMP 12345"), none of a team."""
    written = [word for word in words if not any(letter.isdigit() for letter in word)]
    if len(written) < 2 or words[-1] in _words()["body"]:
        return []
    return [word for word in written if len(word) >= SHORTEST and word not in _no_names()]


def _stands(name: tuple[str, ...], text: str, words: list[re.Match[str]], plain: list[str], place: int) -> bool:
    """Whether the words of `name` stand at `place`, close to each other and in one line."""
    end = place + len(name)
    return tuple(plain[place:end]) == name and all(
        following.start() - word.end() <= _BETWEEN and "\n" not in text[word.end() : following.start()]
        for word, following in zip(words[place : end - 1], words[place + 1 : end], strict=False)
    )


def _as_name(text: str, words: list[re.Match[str]], place: int) -> bool:
    """Whether the word at `place` may be a name as it is written, and not an ordinary word."""
    word = words[place]
    if word[0][0].islower():
        return False
    if _plain(word[0]) not in _ALSO_WORDS or place + 1 >= len(words):
        return True
    following = words[place + 1]
    goes_on = following[0][0].islower() and text[word.end() : following.start()].isspace()
    before = text[: word.start()].rstrip(_BEFORE_A_SENTENCE)
    titled = place > 0 and _plain(words[place - 1][0]) in _titles()
    return not goes_on or titled or not (not before or before[-1] in _ENDS_OF_SENTENCES)


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold()


def _divided(cell: str, *, commas: bool) -> list[str]:
    """The persons of a cell at even places, what divides them at odd ones."""
    # With a semicolon, commas stand inside names: "Doe, Jane; Roe, Richard".
    pattern = _SEVERAL_OR_COMMA if commas and ";" not in cell else _SEVERAL
    return pattern.split(cell)


def _is_role(name: str) -> bool:
    """Whether every word of `name` belongs to roles or is a code, such as one letter; "J. D." are initials."""
    words = re.findall(r"[\w-]+", name)
    known = all(_CODE.fullmatch(word) or set(_WORD.findall(_plain(word))) <= _role_words() for word in words)
    return known and sum(len(word) == 1 for word in words) <= 1


@cache
def _words() -> Mapping[str, frozenset[str]]:
    with resources.files(__package__).joinpath("role_words.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {row["language"]: frozenset(_WORD.findall(_plain(row["words"]))) for row in rows.to_dict("records")}


@cache
def _role_words() -> frozenset[str]:
    return frozenset().union(*(words for kind, words in _words().items() if kind not in ("title", "month")))


@cache
def _no_names() -> frozenset[str]:
    """Words that are never a name by themselves: those of roles, titles, months and days."""
    return frozenset().union(*_words().values())


@cache
def _titles() -> frozenset[str]:
    return _words()["title"]

"""Pseudonyms of persons: what stands for a name, and names found again in texts.

A pseudonym is an HMAC of the name with a key of the engagement: the same in every run, another one in
another engagement, and without the key nobody finds the name by trying. What a name is, is told by
`auditlab.person_names`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from auditlab.person_names import SHORTEST, WORD, divided, identity_of, no_names, parts_of, plain_word, titles

PREFIX = "person-"
_LETTERS = 8  # 40 bits: among 4,000 persons two alike have a chance of 1 in 100,000, and then get longer ones
_BETWEEN = 3  # characters between two words of one name, such as ", "
_SOMEBODY = "(a person)"
_AGAIN = re.compile(r"(?<!\w)(person-\w+|\(a person\))(?:[\s,.-]{1,3}\1)+(?!\w)")
_ENDS_OF_SENTENCES = frozenset(".!?:;…\n|")
_BEFORE_A_SENTENCE = " \t\r\"'“„«(*•-"
_ALSO_WORDS = frozenset({"will", "mark", "may", "grant", "bill", "rob", "art", "hope", "grace", "rose", "frank"})


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
    _same: dict[str, set[str]] = field(default_factory=dict, repr=False, compare=False)
    _kept: dict[str, list[tuple[str, ...]]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the names by their first word, the longest first, and the parts that stand for one person only."""
        owners: dict[str, set[str]] = {}
        for identity, pseudonym in self.by_identity.items():
            words = tuple(identity.split(" "))
            for order in {words, (words[-1], *words[:-1])}:
                if len("".join(order)) >= SHORTEST and (len(order) > 1 or order[0] not in no_names()):
                    self._starts.setdefault(order[0], []).append((order, pseudonym))
            for word in parts_of(words):
                owners.setdefault(word, set()).add(pseudonym)
                self._same.setdefault(word, set()).update(words)
        self._parts.update({word: own.pop() if len(own) == 1 else _SOMEBODY for word, own in owners.items()})
        for found in self._starts.values():
            found.sort(key=lambda one: -len(one[0]))
        for thing in self.things if self.by_identity else ():
            if kept := tuple(plain_word(word) for word in WORD.findall(thing)):
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
        parts = divided(value, commas=commas)
        parts[::2] = [self.by_identity.get(identity_of(part), part) for part in parts[::2]]
        return "".join(parts)

    def persons(self, value: str, *, commas: bool = False) -> list[str]:
        """The pseudonyms of the persons in `value`, as `cell` takes it."""
        known = (self.by_identity.get(identity_of(part), "") for part in divided(value, commas=commas)[::2])
        return [pseudonym for pseudonym in known if pseudonym]

    def text(self, text: str) -> str:
        """`text` with the names replaced that stand in it as whole words.

        Whole names of several words count in any case and order, the longest first. Names of one word, parts of
        names and names made of ordinary words ("Will Grant") count where they begin with a capital letter, but an
        ordinary word does not at the start of a sentence that goes on in small letters. A part of a name beside
        another word with a capital ("Jonas Berg", where Anna Berg is known) may be somebody else and is
        ``(a person)``. A longer name or identifier of a thing stays, and so does what is shorter than `SHORTEST`.
        """
        if not self.by_identity or (text.isascii() and self._no_name_in(WORD.findall(text.lower()))):
            return text
        text = unicodedata.normalize("NFC", text)
        words = list(WORD.finditer(text))
        plain = [plain_word(word[0]) for word in words]
        made, done, place = [], 0, 0
        while place < len(words):
            length, pseudonym = self._found(text, words, plain, place)
            if pseudonym:
                made += [text[done : words[place].start()], pseudonym]
                done = words[place + length - 1].end()
            place += length or 1
        return _AGAIN.sub(r"\1", "".join([*made, text[done:]])) if made else text

    def _no_name_in(self, plain: list[str]) -> bool:
        """Whether no name begins with one of the words, and none is a part that stands for a name."""
        return self._starts.keys().isdisjoint(plain) and self._parts.keys().isdisjoint(plain)

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
        if found and not alone and self._may_be_another(text, words, plain, place):
            found = _SOMEBODY
        if found and (plain[place] in self.logins or _as_name(text, words, place)):
            return 1, found
        return 0, ""

    def _may_be_another(self, text: str, words: list[re.Match[str]], plain: list[str], place: int) -> bool:
        """Whether the part of a name at `place` stands beside a word that may be the other part of another's name."""
        for near in (place - 1, place + 1):
            if not 0 <= near < len(words):
                continue
            left, right = sorted((place, near))
            between = text[words[left].end() : words[right].start()]
            initial = len(plain[near]) == 1
            divided_name = near > place and between == ", " and not self._known(plain[near])
            if not (
                between in (" ", "-", "\u00a0") or divided_name or (near < place and initial and between in (".", ". "))
            ):
                continue
            if self._other_part(words[near][0], plain[near], of=words[place][0], word=plain[place]):
                return True
        return False

    def _known(self, word: str) -> bool:
        return word in self._parts or word in self._starts

    def _other_part(self, near: str, plain: str, *, of: str, word: str) -> bool:
        """Whether the word `near` may be a part of a name, and of none that `word` is known from."""
        if not near[0].isupper() or any(letter.isdigit() for letter in near):
            return False
        if plain in no_names() or plain in self._kept:
            return False
        if len(near) == 1:
            return not any(own.startswith(plain) for own in self._same[word])
        return plain not in self._same[word] and (not near.isupper() or of.isupper())

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
        for name in divided(cell, commas=commas)[::2]:
            if (identity := identity_of(name)) and identity not in kept:
                names.setdefault(identity, name.strip())
                if identity in WORD.findall(unicodedata.normalize("NFKC", name)):
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
    times = Counter(digest[:_LETTERS] for digest in digests.values())
    return {
        identity: PREFIX + digest[: _LETTERS * (2 if times[digest[:_LETTERS]] > 1 else 1)].lower()
        for identity, digest in digests.items()
    }


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
    if plain_word(word[0]) not in _ALSO_WORDS or place + 1 >= len(words):
        return True
    following = words[place + 1]
    goes_on = following[0][0].islower() and text[word.end() : following.start()].isspace()
    before = text[: word.start()].rstrip(_BEFORE_A_SENTENCE)
    titled = place > 0 and plain_word(words[place - 1][0]) in titles()
    return not goes_on or titled or not (not before or before[-1] in _ENDS_OF_SENTENCES)

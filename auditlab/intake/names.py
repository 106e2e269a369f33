"""Resolve the many names of a site, service, supplier or client to its one code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from rapidfuzz import fuzz, process

from auditlab.intake.cells import Cell
from auditlab.intake.client_names import digits_of, plain_name
from auditlab.intake.values import MISSING, MISSING_SIGNS, SIGN_FOR_MISSING, Reading, clean_text

UNKNOWN_NAME = "name is not in the list nor among the aliases"
MIN_LIKENESS = 60  # a proposal below this likeness misleads more than it helps


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBook:
    """All known names of one kind of thing.

    Without a list of codes (`codes` empty) every name is taken as it is written, once the aliases
    of the settings are applied: there is nothing to check it against.
    """

    kind: str
    codes: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)  # codes by name without legal form; of clients only
    titles: Mapping[str, str] = field(default_factory=dict)  # names by code, where a code tells a reader nothing

    def read(self, cell: Cell) -> Reading:
        """The code for a written name; words such as NA are names, never missing values."""
        text = clean_text(cell)
        if not text:
            return MISSING
        if text in self.codes:
            return Reading(text, "" if text == cell else "spaces removed")
        code, rule = self._named(text)
        if code is not None:
            return Reading(code, rule)
        if text in MISSING_SIGNS:
            return Reading(None, rule=SIGN_FOR_MISSING)
        if not self.codes:
            return Reading(text)
        return Reading(None, problem=UNKNOWN_NAME)

    def title(self, code: str) -> str:
        """The code, with its name where it has one that helps."""
        name = self.titles.get(code, code)
        return code if name == code else f"{code} ({name})"

    def _named(self, text: str) -> tuple[str | None, str]:
        code = self.names.get(text.casefold())
        if code is not None or not self.plain:
            return code, "alias"
        return self.plain.get(plain_name(text)), "spelling"

    def proposal(self, text: str) -> str:
        """The code whose name is most alike, or ``""`` when none is."""
        names = list(self.names)
        if self.plain:
            names = [name for name in names if digits_of(name) == digits_of(text)]
        best = process.extractOne(text.casefold(), names, scorer=fuzz.WRatio, score_cutoff=MIN_LIKENESS)
        return self.names[best[0]] if best else ""


def name_book(kind: str, master: pd.DataFrame, *, aliases: Mapping[str, str]) -> NameBook:
    """Codes, names and aliases from the master table `kind` (for example ``site``) and the settings.

    A name that stands for two codes in the master table belongs to neither: it is left out, so
    that intake asks. The settings win over the table.
    """
    names: dict[str, str] = {}
    ambiguous: set[str] = set()
    for code, name, others in zip(master[kind], master["name"], master["aliases"], strict=True):
        written = [code, name, *(others.split(";") if isinstance(others, str) else [])]
        for plain in {clean_text(word).casefold() for word in written if isinstance(word, str)} - {""}:
            if names.setdefault(plain, code) != code:
                ambiguous.add(plain)
    kept = {plain: code for plain, code in names.items() if plain not in ambiguous}
    kept |= {clean_text(alias).casefold(): code for alias, code in aliases.items()}
    known = master[[kind, "name"]].dropna() if kind == "client" else master[[kind, "name"]].head(0)
    return NameBook(
        kind=kind, codes=frozenset(master[kind].dropna()), names=kept, plain=_plain(kind, kept),
        titles=dict(zip(known[kind], known["name"], strict=True)),
    )  # fmt: skip


def _plain(kind: str, names: Mapping[str, str]) -> dict[str, str]:
    """Codes by what is left of a client's name without case, accents and legal form, where that is one client's."""
    found: dict[str, set[str]] = {}
    for name, code in names.items() if kind == "client" else ():
        found.setdefault(plain_name(name), set()).add(code)
    return {name: min(codes) for name, codes in found.items() if len(codes) == 1}

"""Resolve the many names of a site, service, supplier or client to its one code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from rapidfuzz import fuzz, process

from auditlab.intake.cells import Cell
from auditlab.intake.values import MISSING, MISSING_SIGNS, SIGN_FOR_MISSING, Reading, clean_text

UNKNOWN_NAME = "name is not in the list nor among the aliases"
MIN_LIKENESS = 60  # a proposal below this likeness misleads more than it helps


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBook:
    """All known names of one kind of thing.

    Without a list of codes (`codes` empty) every name is taken as it is written, once the aliases
    of the settings are applied: there is nothing to check it against. The same holds for a list that is not `complete`.
    """

    kind: str
    codes: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    complete: bool = True  # a name that is not among them is unknown

    def read(self, cell: Cell) -> Reading:
        """The code for a written name; words such as NA are names, never missing values."""
        text = clean_text(cell)
        if not text:
            return MISSING
        if text in self.codes:
            return Reading(text, "" if text == cell else "spaces removed")
        code = self.names.get(text.casefold())
        if code is not None:
            return Reading(code, "alias")
        if text in MISSING_SIGNS:
            return Reading(None, rule=SIGN_FOR_MISSING)
        if not (self.codes and self.complete):
            return Reading(text)
        return Reading(None, problem=UNKNOWN_NAME)

    def proposal(self, text: str) -> str:
        """The code whose name is most alike, or ``""`` when none is."""
        best = process.extractOne(text.casefold(), list(self.names), scorer=fuzz.WRatio, score_cutoff=MIN_LIKENESS)
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
    return NameBook(kind=kind, codes=frozenset(master[kind].dropna()), names=kept)

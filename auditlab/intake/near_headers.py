"""Headers that are almost a known one: a typing error, a plural, a joined word."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from auditlab.intake.plain import plain_header

SURE = 90
"""From this likeness [0-100] on, a near miss is read and the ledger says so."""
ASKED = 75
"""From this likeness on, a near miss is a question."""
SAME = 100
MIN_LETTERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NearHeader:
    """A header that resembles a known one; `likeness` is the normalised edit similarity [0-100]."""

    header: str
    column: str
    alias: str
    likeness: float

    @property
    def taken(self) -> bool:
        """Whether it is so like that it is read without a question."""
        return self.likeness >= SURE

    @property
    def shown(self) -> str:
        """The near miss as a remark."""
        like = "" if self.likeness == SAME else f", {self.likeness:.0f} % like '{self.alias}'"
        return f"header '{self.header}' read as '{self.column}'{like}"


def near_headers(
    headers: Collection[str], *, aliases: Mapping[str, str], free: Collection[str]
) -> tuple[NearHeader, ...]:
    """The likeliest known header for each of `headers`, at most one for each free column.

    Parameters
    ----------
    headers : collection of str
        Headers without a meaning.
    aliases : mapping of str to str
        Plain known header to canonical column.
    free : collection of str
        Canonical columns that have no header yet.

    Returns
    -------
    tuple of NearHeader
        Likest first. Short headers and headers that differ in a digit are never near: "Type 1" is
        no misspelt "Type 2".
    """
    choices = [alias for alias, column in aliases.items() if column in free and len(alias) >= MIN_LETTERS]
    found = []
    for header in headers:
        plain = plain_header(header)
        if len(plain) < MIN_LETTERS:
            continue
        best = process.extractOne(plain, choices, scorer=fuzz.ratio, score_cutoff=ASKED)
        if best and re.findall(r"\d", best[0]) == re.findall(r"\d", plain):
            found.append(NearHeader(header=header, column=aliases[best[0]], alias=best[0], likeness=best[1]))
    kept: dict[str, NearHeader] = {}
    for near in sorted(found, key=lambda each: -each.likeness):
        kept.setdefault(near.column, near)
    return tuple(kept.values())

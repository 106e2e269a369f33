"""What the first page of a run says at a glance: the facts that matter, and how far the data carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from auditlab.engagement import Engagement
from auditlab.numerals import count
from auditlab.publish.contents import Contents

FACTS = 10
_READINESS = "data_readiness"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFact:
    """A sentence of the index and the page it comes from."""

    page: str
    sentence: str
    basis: str
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """How far the data carry the numbers: a word, a sign that is not colour, and what it rests on."""

    state: str
    sign: str
    words: str
    basis: str


def chosen_facts(contents: Mapping[str, Contents]) -> list[ChosenFact]:
    """The ten facts of the index: the weightiest of every page, in the order of the pages.

    Each page orders its own facts by weight. The first of every page are taken, then the second, and
    so on; facts about the data come only where no other page has any, because the badge says them.
    """
    spoken = {name: content.facts for name, content in contents.items() if content.facts}
    named = {name: facts for name, facts in spoken.items() if name != _READINESS} or spoken
    by_weight = zip_longest(*([(name, place) for place in range(len(facts))] for name, facts in named.items()))
    taken = [pair for weight in by_weight for pair in weight if pair is not None][:FACTS]
    pages = list(named)
    taken.sort(key=lambda pair: (pages.index(pair[0]), pair[1]))
    return [ChosenFact(page=name, **named[name][place]) for name, place in taken]


def _counted(number: int, noun: str) -> str:
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def quality_badge(lab: Engagement) -> Badge:
    """What the ledger of intake allows to say about the data in one line, without a score."""
    rejected, seen = int(lab.summary["rejected"].sum()), int(lab.summary["seen"].sum())
    unanswered, contradictions = len(lab.open_questions), len(lab.discrepancies)
    basis = (
        f"{count(rejected)} of {count(seen)} rows rejected, "
        f"{_counted(unanswered, 'question')} open, {_counted(contradictions, 'contradiction')} between rows"
    )
    if not seen:
        return Badge(state="broken", sign="✕", words="Data: no row could be read", basis=basis)
    if unanswered:
        return Badge(state="open", sign="?", words="Data: usable, answers are missing", basis=basis)
    if rejected or contradictions:
        return Badge(state="gaps", sign="△", words="Data: usable, with known gaps", basis=basis)
    return Badge(state="whole", sign="✓", words="Data: no row rejected", basis=basis)

"""What people say in a report and decided on the way: section ``report`` of ``auditlab.toml``."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from auditlab.setting_types import PERSON, Section, Word


class PlannedImprovement(Section):
    """An improvement that the organisation plans; nothing of it is filled in by auditlab.

    ``findings`` and ``signals`` say what it answers: identifiers of findings, and series such as
    ``"unapproved_at_start_rate: site B"``.
    """

    name: Word
    findings: tuple[Word, ...] = ()
    signals: tuple[Word, ...] = ()
    measure: Word | None = None
    baseline: Word | None = None
    target: Word | None = None
    owner: Word | None = Field(default=None, json_schema_extra=PERSON)
    effort: Literal["small", "medium", "large"] | None = None
    after: tuple[Word, ...] = ()


class MaturityRating(Section):
    """How well a process is kept up, as somebody rated it, with the evidence seen."""

    process: Word
    level: int = Field(ge=0, le=5)
    evidence: tuple[Word, ...] = ()


class AwarenessCheck(Section):
    """People asked about one topic, and how many knew it; numbers only, no names."""

    topic: Word
    group: Word
    asked: int = Field(ge=0)
    aware: int = Field(ge=0)
    persons: int | None = Field(default=None, ge=0)
    how: Literal["random", "judgement"] = "judgement"


class Decision(Section):
    """What a person decided about the audit itself: an override of a result, or a measure for impartiality."""

    kind: Literal["override", "impartiality"]
    on: date
    by: Word = Field(json_schema_extra=PERSON)
    what: Word
    before: str = ""
    after: str = ""
    reason: Word


class Report(Section):
    """What only people can say in a report, and what they decided on the way."""

    elements: dict[Word, tuple[Word, ...]] = Field(default_factory=dict)
    not_covered: dict[Word, Word] = Field(default_factory=dict)
    deviations: tuple[Word, ...] = ()
    unresolved: tuple[Word, ...] = ()
    improvements: tuple[PlannedImprovement, ...] = ()
    maturity: tuple[MaturityRating, ...] = ()
    awareness: tuple[AwarenessCheck, ...] = ()
    decisions: tuple[Decision, ...] = ()

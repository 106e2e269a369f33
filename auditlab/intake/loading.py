"""What the loading of one engagement shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditlab.intake.ledger import Ledger
from auditlab.intake.names import NameBook
from auditlab.intake.questions import Questions
from auditlab.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Settings, ledger, questions and name books; ledger and questions are added to."""

    settings: Settings
    ledger: Ledger
    questions: Questions
    books: Mapping[str, NameBook]
